"""Pure: whether one device could have been at two places at two times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from addrsvc.collection.model import Finding
from addrsvc.geo.measure import distance_m
from addrsvc.types import LonLat

MOST_KMH: Final = 150.0
"""Nobody who collects addresses goes faster."""

_LEAST_S: Final = 30.0
"""A record is made a while before or after its position was taken."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a device was, and when."""

    point: LonLat
    accuracy_m: float
    at: datetime


def impossible(earlier: Stand, later: Stand) -> Finding | None:
    """Give what is to be said of the later of two records of one device; None: it may be.

    What either position may be off by counts in the device's favour. Times in any order.
    """
    off_m = distance_m(earlier.point, later.point) - earlier.accuracy_m - later.accuracy_m
    elapsed_s = max(_LEAST_S, abs((later.at - earlier.at).total_seconds()))
    kmh = off_m / elapsed_s * 3.6
    if kmh <= MOST_KMH:
        return None
    facts = {"metres": round(off_m), "seconds": round(elapsed_s), "kmh": round(kmh)}
    return Finding("impossible-movement", facts)
