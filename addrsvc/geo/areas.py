"""Pure: square metres and metres of many shapes at once, on the WGS 84 ellipsoid.

Edges run straight in degrees, as those of RFC 7946 and of everything that is cut or drawn in
degrees: parts add up to their whole, which they do not where each edge is taken for a geodesic.
"""

from __future__ import annotations

import math

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

_ELLIPSOID = pyproj.Geod(ellps="WGS84")
_ECCENTRICITY = math.sqrt(_ELLIPSOID.es)


def areas_m2(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Measure polygons and multipolygons in EPSG:4326, in square metres.

    No edge is cut into steps: GEOS "mends" what that makes invalid, and loses parts by it.

    Shells count, holes are taken off, however rings turn; parts that overlap count twice. What is
    no polygon, and None, has no area. Exact to 1e-11 for edges of up to a degree.
    """
    parts, part_of = shapely.get_parts(shapes, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    xy, index = shapely.get_coordinates(rings, return_index=True)
    areas = np.zeros(len(shapes))
    if not len(rings):
        return areas
    lons, lats = np.radians(xy[:, 0]), np.radians(xy[:, 1])
    # a ring's area is the integral of what lies between its edges and a parallel, here its own:
    # from the equator, most digits would be lost
    lowest = _below_m2(lats[np.searchsorted(index, np.arange(len(rings)))])[index[:-1]]
    middle = _below_m2((lats[1:] + lats[:-1]) / 2)
    ends = _below_m2(lats)
    mean = (ends[1:] + 4 * middle + ends[:-1]) / 6 - lowest
    strips = np.where(index[1:] == index[:-1], np.diff(lons) * mean, 0.0)
    area = np.abs(np.bincount(index[:-1], weights=strips, minlength=len(rings)))
    is_hole = np.diff(ring_of, prepend=-1) == 0
    np.add.at(areas, part_of[ring_of], np.where(is_hole, -area, area))
    return areas


def lengths_m(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Measure lines, and rings of polygons, in EPSG:4326, in metres; good to some per cent.

    Taken at the scale of the middle latitude, the mean of that along and across.
    """
    bounds = shapely.bounds(shapes)
    latitude = np.radians((bounds[:, 1] + bounds[:, 3]) / 2)
    bent = 1 - _ELLIPSOID.es * np.sin(latitude) ** 2
    across = _ELLIPSOID.a * np.cos(latitude) / np.sqrt(bent)
    along = _ELLIPSOID.a * (1 - _ELLIPSOID.es) / bent**1.5
    found: NDArray[np.float64] = np.radians(shapely.length(shapes)) * np.sqrt(across * along)
    return found


def _below_m2(lats: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the ground between the equator and a parallel (radians), per radian of longitude.

    Source: Snyder, Map Projections: A Working Manual (USGS 1395), 3-12.
    """
    sine = np.sin(lats)
    folded = np.arctanh(_ECCENTRICITY * sine) / _ECCENTRICITY
    half: float = _ELLIPSOID.b**2 / 2
    found: NDArray[np.float64] = half * (sine / (1 - _ELLIPSOID.es * sine**2) + folded)
    return found
