"""Pure: put numbers into a few classes, for the colours of a map.

>>> limits = breaks_of([0, 3, 8, 12, 40, 95, 300, 1200])
>>> limits, class_of(12, limits), class_of(0, limits)
((1, 10, 100, 200), 1, None)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

CLASSES: Final = 5

SHARE_LIMITS: Final = (0.0, 50.0, 70.0, 85.0, 95.0)
"""Where classes of shares begin, per cent: the same on every map, to be compared."""

_ROUND: Final = (1, 2, 5)


def breaks_of(values: Iterable[float]) -> tuple[int, ...]:
    """Give where classes of counts begin: round numbers, about as many values in each.

    At most ``CLASSES``; the first begins with 1, since none is a class of its own.
    """
    counted = sorted(value for value in values if value > 0)
    found = [1]
    for part in range(1, CLASSES):
        if not counted:
            break
        rounded = _rounded(counted[len(counted) * part // CLASSES])
        if rounded > found[-1]:
            found.append(rounded)
    return tuple(found)


def class_of(value: float, limits: Sequence[float], *, zero_counts: bool = False) -> int | None:
    """Give the class of a value, from 0; None: it has none, or is zero where that is none."""
    if value < 0 or (value == 0 and not zero_counts):
        return None
    return max(sum(value >= limit for limit in limits) - 1, 0)


def _rounded(value: float) -> int:
    """Give the nearest of 1, 2, 5, 10, 20, 50 and so on."""
    steps = [int(step * 10**power) for power in range(10) for step in _ROUND]
    for low, high in pairwise(steps):
        if value < high:
            return low if value * value < low * high else high
    return steps[-1]
