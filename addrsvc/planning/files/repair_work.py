"""Pure: what an invalid zone would become. Runs in a capped child process: shapes may be hostile.

Every zone has so many seconds; then the process ends itself, whatever a library is busy with, and
who started it knows which zone it was: the first that no line was written of.

Method ``structure`` of GEOS keeps what rings were drawn for: shells are ground, holes are none. It
takes a second where ``linework`` takes minutes and gigabytes. That one turns ground into a hole
wherever lines lie twice, as where a ring goes round again or a part lies in another; most programs
draw it so, which is why it is what "before" means, where it is found in time.
"""

from __future__ import annotations

import json
import signal
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from shapely.errors import GEOSException

from addrsvc.geo.areas import areas_m2

_AREAL: Final = (3, 6)


def repair(given: dict[str, Any]) -> dict[str, Any]:
    """Repair zones one after another: two lines of JSON for each, the second may be missing."""
    with Path(given["done"]).open("a", encoding="utf-8") as done:

        def tell(n: int, told: dict[str, Any]) -> None:
            done.write(json.dumps({"n": n} | told) + "\n")
            done.flush()

        for n, wkb in given["zones"]:
            # the default action of this signal ends the process, in the midst of a C function too
            signal.setitimer(signal.ITIMER_REAL, given["zone_seconds"])
            shape = shapely.from_wkb(b64decode(wkb), on_invalid="ignore")
            after, told = repaired(shape)
            tell(n, told)
            signal.setitimer(signal.ITIMER_REAL, given["zone_seconds"])
            tell(n, {} if after is None else compared(shape, after))
            signal.setitimer(signal.ITIMER_REAL, 0)
    return {}


def repaired(shape: Any) -> tuple[Any, dict[str, Any]]:
    """Give the repaired shape, None where there is none, and what is told of it.

    >>> after, told = repaired(shapely.from_wkt("POLYGON ((0 0, 9 9, 9 0, 0 9, 0 0))"))
    >>> shapely.area(after), told["after_m2"] > 0
    (40.5, True)
    """
    try:
        after = areal(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    except GEOSException:
        return None, {"reason": "crashed"}
    if shapely.is_empty(after):
        return None, {"reason": "nothing-left"}
    if not shapely.is_valid(after):
        return None, {"reason": "crashed"}
    wkb = b64encode(shapely.to_wkb(after)).decode("ascii")
    return after, {"after_m2": _area_m2(after), "shape": wkb}


def compared(shape: Any, after: Any) -> dict[str, float]:
    """Give square metres before the repair, and what it took away and added."""
    try:
        before = areal(shapely.make_valid(shape, method="linework"))
        lost = areal(shapely.difference(before, after))
        gained = areal(shapely.difference(after, before))
    except GEOSException:
        return {}
    shapes = {"before_m2": before, "lost_m2": lost, "gained_m2": gained}
    return {name: _area_m2(each) for name, each in shapes.items()}


def _area_m2(shape: Any) -> float:
    return float(areas_m2(np.array([shape], dtype=object))[0])


def areal(shape: Any) -> Any:
    """Give the polygons of a shape, as one polygon or multipolygon; lines and points are left."""
    if shapely.get_type_id(shape) in _AREAL:
        return shape
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == 3])
