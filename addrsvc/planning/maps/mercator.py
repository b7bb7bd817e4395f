"""Pure: where vector tiles lie, in metres of the projected plane web maps are drawn in.

Source: EPSG:3857; its tiles by z, x, y with y to the south, as web maps count them.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

FIRST_ZOOM: Final = 5
LAST_ZOOM: Final = 18
"""Tiles are given from the one to the other."""

MAX_TILE_BYTES: Final = 500_000
"""Nothing larger is given as one tile; what holds it, is in ``cells.py``."""

_RADIUS_M: Final = 6_378_137.0
_HALF_M: Final = math.pi * _RADIUS_M


def to_mercator(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Project shapes from EPSG:4326 degrees to EPSG:3857 metres.

    >>> str(to_mercator(np.array([shapely.Point(180, 0)], dtype=object))[0])
    'POINT (20037508.342789244 0)'
    """
    projected: NDArray[np.object_] = shapely.transform(shapes, _project)
    return projected


def _project(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    xs = np.radians(degrees[:, 0]) * _RADIUS_M
    ys = np.arcsinh(np.tan(np.radians(degrees[:, 1]))) * _RADIUS_M
    return np.column_stack([xs, ys])


def tile_box(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """Give west, south, east, north of a tile in EPSG:3857 metres.

    >>> [round(each) for each in tile_box(1, 0, 0)]
    [-20037508, 0, 0, 20037508]
    """
    side = 2 * _HALF_M / 2**z
    west, north = x * side - _HALF_M, _HALF_M - y * side
    return west, north - side, west + side, north


def tiles_in(box: tuple[float, float, float, float], z: int) -> list[tuple[int, int]]:
    """Give x and y of the tiles of a zoom a box in EPSG:3857 metres meets.

    >>> tiles_in((1.0, 1.0, 2.0, 2.0), 1)
    [(1, 0)]
    """
    side, last = 2 * _HALF_M / 2**z, 2**z - 1
    west, south, east, north = box
    xs = [min(max(int((each + _HALF_M) // side), 0), last) for each in (west, east)]
    ys = [min(max(int((_HALF_M - each) // side), 0), last) for each in (north, south)]
    return [(x, y) for x in range(xs[0], xs[1] + 1) for y in range(ys[0], ys[1] + 1)]


def is_tile(z: int, x: int, y: int) -> bool:
    """Tell whether there is such a tile, at a zoom tiles are given for.

    >>> is_tile(5, 31, 0), is_tile(5, 32, 0), is_tile(4, 0, 0)
    (True, False, False)
    """
    return FIRST_ZOOM <= z <= LAST_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z


def least_seen_m2(z: int) -> float:
    """Give the square metres a quarter of a pixel covers where the land is widest: at 8° north.

    >>> round(least_seen_m2(12))
    358
    """
    side_m = 2 * _HALF_M / 2**z / 256 * math.cos(math.radians(8))
    return float(side_m * side_m / 4)


def places_in_order(shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Give one number for each vertex, sorted: those of one tile stand together (Morton order)."""
    metres = shapely.get_coordinates(shapes)
    at_last = 2**LAST_ZOOM / (2 * _HALF_M)
    xs = np.clip((metres[:, 0] + _HALF_M) * at_last, 0, 2**LAST_ZOOM - 1).astype(np.int64)
    ys = np.clip((_HALF_M - metres[:, 1]) * at_last, 0, 2**LAST_ZOOM - 1).astype(np.int64)
    return np.sort(_spread(xs) | _spread(ys) << 1)


def count_in(places: NDArray[np.int64], z: int, x: int, y: int) -> int:
    """Count vertices in a tile, of those ``places_in_order`` gave.

    >>> point = to_mercator(np.array([shapely.Point(106.5, 11)], dtype=object))
    >>> x, y = tiles_in(tuple(shapely.total_bounds(point)), 12)[0]
    >>> count_in(places_in_order(point), 12, x, y), count_in(places_in_order(point), 12, x, y + 1)
    (1, 0)
    """
    within = 2 * (LAST_ZOOM - z)
    first = int(_spread(np.int64(x)) | _spread(np.int64(y)) << 1) << within
    low, high = np.searchsorted(places, [first, first + (1 << within)])
    return int(high - low)


def _spread(numbers: NDArray[np.int64] | np.int64) -> NDArray[np.int64]:
    """Put a zero behind each bit of numbers below 2^32."""
    spread = np.asarray(numbers, dtype=np.int64)
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        spread = (spread | spread << shift) & mask
    return spread
