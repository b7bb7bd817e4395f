"""What a unit became, followed from reform to reform. Pure.

An unsplit unit has one certain successor. A split one has candidates, each with the share of
area where it is known; there is never a default.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from addrsvc.admin_units.model import LinkKind
from addrsvc.types import UnitId, ValidPeriod


@dataclass(frozen=True, slots=True)
class Link:
    """One step: a unit went into another, wholly or in part."""

    to: UnitId
    kind: LinkKind
    share: float | None
    """Part of the predecessor's area, 0…1; None: not known."""


@dataclass(frozen=True, slots=True)
class Successor:
    """A unit in force on the day asked for, and how much of the old one it holds."""

    unit: UnitId
    share: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a unit became by a day; certain only when it went over whole."""

    successors: tuple[Successor, ...]
    certain: bool


class Succession:
    """Links between units, and the period of each."""

    def __init__(
        self, periods: Mapping[UnitId, ValidPeriod], links: Iterable[tuple[UnitId, Link]]
    ) -> None:
        self._periods = periods
        self._links: dict[UnitId, list[Link]] = defaultdict(list)
        for source, link in links:
            self._links[source].append(link)

    def on(self, unit: UnitId, day: date) -> Outcome:
        """Follow a unit to the units in force on a day.

        Largest known share first. A unit in force that day is its own certain outcome; one that
        ended without links, or begins later, leads nowhere.
        """
        shares: dict[UnitId, float | None] = {}
        entire = self._follow(unit, day, 1.0, shares)
        order = sorted(shares, key=lambda key: (-(shares[key] or 0.0), key))
        return Outcome(
            successors=tuple(Successor(key, shares[key]) for key in order),
            certain=entire and len(order) == 1,
        )

    def _follow(
        self, unit: UnitId, day: date, share: float | None, shares: dict[UnitId, float | None]
    ) -> bool:
        """Collect shares by final unit; tell whether no step was a part."""
        if self._periods[unit].holds(day):
            before = shares.get(unit, 0.0)
            shares[unit] = None if share is None or before is None else before + share
            return True
        if day < self._periods[unit].start:
            return False
        entire = True
        for link in self._links[unit]:
            known = None if share is None or link.share is None else share * link.share
            whole = self._follow(link.to, day, known, shares)
            entire = entire and whole and link.kind is not LinkKind.PART
        return entire
