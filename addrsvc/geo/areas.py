"""Pure: square metres and metres of many shapes at once, on the WGS 84 ellipsoid."""

from __future__ import annotations

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

Shapes = NDArray[np.object_]
Floats = NDArray[np.float64]

_ELLIPSOID = pyproj.Geod(ellps="WGS84")


def areas_m2(shapes: Shapes) -> tuple[Floats, Floats]:
    """Measure polygons and multipolygons in EPSG:4326: area in m², length of all rings in m.

    Edges are geodesics. Shells count, holes are taken off, however rings turn; parts that overlap
    count twice. What is no polygon, and None, has no area.
    """
    parts, part_of = shapely.get_parts(shapes, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    xy, index = shapely.get_coordinates(rings, return_index=True)
    starts = np.searchsorted(index, np.arange(len(rings) + 1))
    lons, lats = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    area, around = np.zeros(len(rings)), np.zeros(len(rings))
    for place in range(len(rings)):
        own = slice(starts[place], starts[place + 1])
        area[place], around[place] = _ELLIPSOID.polygon_area_perimeter(lons[own], lats[own])
    is_hole = np.diff(ring_of, prepend=-1) == 0
    signed = np.where(is_hole, -np.abs(area), np.abs(area))
    owner = part_of[ring_of]
    count = len(shapes)
    return (
        np.bincount(owner, weights=signed, minlength=count).astype(np.float64),
        np.bincount(owner, weights=around, minlength=count).astype(np.float64),
    )


def straight_areas_m2(shapes: Shapes) -> tuple[Floats, Floats]:
    """Measure shapes in EPSG:4326 whose edges run straight in degrees: area in m², length in m.

    For what lies between edges: geodesics between the ends of a long edge and of its halves are
    0.4 m apart at 10 km, where there is nothing. Taken at the scale of the middle latitude: good
    to 1e-6 up to a quarter of a degree; lengths to some per cent.
    """
    bounds = shapely.bounds(shapes)
    latitude = np.radians((bounds[:, 1] + bounds[:, 3]) / 2)
    bent = 1 - _ELLIPSOID.es * np.sin(latitude) ** 2
    across = _ELLIPSOID.a * np.cos(latitude) / np.sqrt(bent)
    along = _ELLIPSOID.a * (1 - _ELLIPSOID.es) / bent**1.5
    degree = np.pi / 180
    area = shapely.area(shapes) * across * along * degree**2
    return area, shapely.length(shapes) * np.sqrt(across * along) * degree
