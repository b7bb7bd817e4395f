"""Pure: the advisory locks that let only one writer at a time decide about a place.

``SERIALIZABLE`` does not see two writers who both find nothing through a GiST index and both
insert. So a writer locks, before it looks, the 25 m cells that a box of half the largest radius
around its point touches, and a key of its street and number. Two points within the largest radius
of each other have boxes that meet; the cell where they meet is locked by both.

A row of cells is ``_ROW_DEG`` of latitude; columns are 25 m at the latitude of their row, so that
whoever looks at a row divides it in the same way, wherever its own point is.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from typing import Final

from addrsvc.registry.duplicates.rules import RADII_M, Subject
from addrsvc.types import BBox, LonLat

CELL_M: Final = 25.0
_REACH_M: Final = max(RADII_M.values()) / 2 + 0.5
"""Half the largest radius, and what rounding may cost."""

_LAT_DEG_M: Final = 110_574.0
"""Shortest degree of latitude, at the equator."""
_LON_DEG_M: Final = 111_319.0
"""Degree of longitude at the equator; at a latitude, times its cosine, it is never less."""
_ROW_DEG: Final = CELL_M / _LAT_DEG_M

_CELL: Final = 1 << 60
_COMPONENTS: Final = 2 << 60
GATE: Final = (1 << 63) - 1
"""Shared by who assigns one address, from its look to its commit; whole by an import that commits.
The highest of all keys: who holds it waits for nothing more."""


def lock_keys(subjects: Iterable[Subject]) -> list[int]:
    """Give the advisory locks to take for some addresses, in the order to take them."""
    keys: set[int] = set()
    for subject in subjects:
        if subject.point is not None:
            keys.update(cells(subject.point))
        if subject.component_key is not None:
            text = "\0".join(subject.component_key).encode()
            digest = hashlib.blake2b(text, digest_size=7).digest()
            keys.add(_COMPONENTS | int.from_bytes(digest, "big"))
    return sorted({*keys, GATE}) if keys else []


def cells(point: LonLat) -> list[int]:
    """Give the keys of the cells a point's writer locks."""
    box = box_around(point, _REACH_M)
    keys = []
    for row in range(math.floor(box.south / _ROW_DEG), math.floor(box.north / _ROW_DEG) + 1):
        width_deg = CELL_M / _lon_degree_m((row + 0.5) * _ROW_DEG)
        columns = range(math.floor(box.west / width_deg), math.floor(box.east / width_deg) + 1)
        keys += [_CELL | (row + (1 << 23)) << 28 | (column + (1 << 27)) for column in columns]
    return keys


def box_around(point: LonLat, metres: float) -> BBox:
    """Give a box that holds all within so many metres of a point, and little more."""
    lat_deg = metres / _LAT_DEG_M
    lon_deg = metres / _lon_degree_m(point.lat)
    return BBox(
        west=point.lon - lon_deg,
        south=point.lat - lat_deg,
        east=point.lon + lon_deg,
        north=point.lat + lat_deg,
    )


def _lon_degree_m(lat: float) -> float:
    """Give a degree of longitude in metres; at the poles a bound, to divide by."""
    return _LON_DEG_M * max(math.cos(math.radians(lat)), 0.01)
