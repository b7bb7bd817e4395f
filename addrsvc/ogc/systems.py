"""Pure: reference systems features are given and asked in, and the axis order of each.

CRS84 is longitude first, EPSG:4326 latitude first; the others are easting first. VN-2000 goes
through the pinned transformation of ``geo.crs`` and no other.

>>> system_of("EPSG:9210").uri
'http://www.opengis.net/def/crs/EPSG/0/9210'
>>> there = to_system(system_of("EPSG:4326"), np.array([[106.65, 10.95]]))
>>> there.tolist()
[[10.95, 106.65]]

Source: OGC 18-058r1, API Features part 2: coordinate reference systems.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from addrsvc.geo.crs import WGS84, ZONES, transform_to_vn2000, transform_to_wgs84

Points = NDArray[np.float64]

MERCATOR: Final = 3857
_EPSG: Final = "http://www.opengis.net/def/crs/EPSG/0/"
_SHORT: Final = re.compile(r"\[?EPSG:([0-9]{4,5})\]?")
_DECIMALS_DEG: Final = 9
_DECIMALS_M: Final = 4
"""Of answers: a tenth of a millimetre."""
_STEPS: Final = 16
"""Parts each side of a window is cut into before it is transformed: straight lines bend."""


@dataclass(frozen=True, slots=True)
class System:
    """One reference system."""

    uri: str
    epsg: int
    """EPSG:4326 for CRS84, whose axes are the other way round."""
    is_latitude_first: bool = False

    @property
    def is_in_degrees(self) -> bool:
        """Tell whether its coordinates are degrees."""
        return self.epsg == WGS84

    @property
    def name(self) -> str:
        """Give it as people call it."""
        return "CRS84" if self is CRS84 else f"EPSG:{self.epsg}"


CRS84: Final = System("http://www.opengis.net/def/crs/OGC/1.3/CRS84", WGS84)
SYSTEMS: Final[dict[str, System]] = {
    each.uri: each
    for each in (
        CRS84,
        System(f"{_EPSG}{WGS84}", WGS84, is_latitude_first=True),
        System(f"{_EPSG}{MERCATOR}", MERCATOR),
        *(System(f"{_EPSG}{epsg}", epsg) for epsg in ZONES),
    )
}
"""By URI, the one stored first."""


def system_of(given: str) -> System | None:
    """Find a system by its URI or as ``EPSG:9210``; None: it is none of ours."""
    short = _SHORT.fullmatch(given)
    return SYSTEMS.get(f"{_EPSG}{short[1]}" if short else given)


def to_system(system: System, points: Points) -> Points:
    """Give longitudes and latitudes (two columns) in a system, in its axis order, rounded."""
    lons, lats = points[:, 0], points[:, 1]
    if system.epsg in ZONES:
        found = transform_to_vn2000(system.epsg, lons, lats)
    elif system.epsg == MERCATOR:
        found = _mercator().transform(lons, lats)
    else:
        found = (lats, lons) if system.is_latitude_first else (lons, lats)
    decimals = _DECIMALS_DEG if system.is_in_degrees else _DECIMALS_M
    return np.column_stack([np.round(np.asarray(each, np.float64), decimals) for each in found])


def from_system(system: System, points: Points) -> Points:
    """Give coordinates of a system (two columns, in its axis order) as longitudes and latitudes.

    What is no place on Earth comes back infinite.
    """
    found: Any
    if system.epsg in ZONES:
        found = transform_to_wgs84(_crs(system.epsg), *points.T)
    elif system.epsg == MERCATOR:
        found = _mercator().transform(points[:, 0], points[:, 1], direction="INVERSE")
    else:
        found = points[:, ::-1].T if system.is_latitude_first else points.T
    return np.column_stack([np.asarray(each, dtype=np.float64) for each in found])


def shape_from_system(system: System, shape: shapely.Geometry) -> shapely.Geometry | None:
    """Give a shape of a system in degrees, longitude first; None: it leaves the globe."""
    if shapely.is_empty(shape):
        return None
    there = shapely.transform(shape, lambda points: from_system(system, points))
    west, south, east, north = shapely.bounds(there)
    inside = np.isfinite([west, south, east, north]).all()
    if not inside or west < -180 or east > 180 or south < -90 or north > 90:
        return None
    return there


def window_from_system(
    system: System, low: tuple[float, float], high: tuple[float, float]
) -> shapely.Geometry | None:
    """Give the ground of a bbox, corners in the axis order of its system; None: it is none.

    In degrees the lower corner may lie east of the upper one: it spans the antimeridian.
    """
    if system.is_latitude_first:
        low, high = low[::-1], high[::-1]
    (west, south), (east, north) = low, high
    if system.is_in_degrees:
        if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
            return None
        if west > east:
            halves = [shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)]
            return shapely.MultiPolygon(halves)
        return shapely.box(west, south, east, north)
    if west > east or south > north:
        return None
    step = max(east - west, north - south) / _STEPS
    box = shapely.box(west, south, east, north)
    return shape_from_system(system, shapely.segmentize(box, step) if step else box)


@lru_cache(maxsize=1)
def _mercator() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(WGS84, MERCATOR, always_xy=True)


@lru_cache(maxsize=32)
def _crs(epsg: int) -> pyproj.CRS:
    return pyproj.CRS.from_epsg(epsg)
