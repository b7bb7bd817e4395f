"""What a unit became and what it came from, followed from reform to reform. Pure.

An unsplit unit has one certain successor. A split one has candidates, each with the share of
area where it is known; there is never a default. Shares always tell of the older unit: how much
of its area the newer one holds, whichever way the question went.
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
    instrument: str | None = None
    """Legal act; None: not established."""


@dataclass(frozen=True, slots=True)
class Successor:
    """A unit in force on the day asked for, and how much of the older one is in it."""

    unit: UnitId
    share: float | None
    instrument: str | None = None
    """Act of the last step that led here; None: none did, or it is not established."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a unit is on a day; certain only when nothing was divided on the way."""

    successors: tuple[Successor, ...]
    certain: bool


class Succession:
    """Links between units, and the period of each."""

    def __init__(
        self, periods: Mapping[UnitId, ValidPeriod], links: Iterable[tuple[UnitId, Link]]
    ) -> None:
        self._periods = periods
        self._after: dict[UnitId, list[Link]] = defaultdict(list)
        self._before: dict[UnitId, list[Link]] = defaultdict(list)
        for source, link in links:
            self._after[source].append(link)
            back = Link(source, link.kind, link.share, link.instrument)
            self._before[link.to].append(back)

    def on(self, unit: UnitId, day: date) -> Outcome:
        """Follow a unit to the units in force on a day.

        Largest known share first. A unit in force that day is its own certain outcome; one that
        ended without links, or begins later, leads nowhere.
        """
        found: dict[UnitId, Successor] = {}
        entire = self._follow(unit, day, Successor(unit, 1.0), found)
        return _outcome(found, certain=entire)

    def before(self, unit: UnitId, day: date) -> Outcome:
        """Trace a unit back to the units it was made of, in force on an earlier day.

        Certain where there is one only: all of its ground was that unit's.
        """
        found: dict[UnitId, Successor] = {}
        self._trace(unit, day, Successor(unit, 1.0), found)
        return _outcome(found, certain=True)

    def _follow(
        self, unit: UnitId, day: date, held: Successor, found: dict[UnitId, Successor]
    ) -> bool:
        """Collect the final units; tell whether no step was a part."""
        if self._periods[unit].holds(day):
            before = found.get(unit, Successor(unit, 0.0))
            known = held.share is not None and before.share is not None
            share = (held.share or 0.0) + (before.share or 0.0) if known else None
            found[unit] = Successor(unit, share, held.instrument)
            return True
        if day < self._periods[unit].start:
            return False
        entire = True
        for link in self._after[unit]:
            whole = self._follow(link.to, day, _step(held, link), found)
            entire = entire and whole and link.kind is not LinkKind.PART
        return entire

    def _trace(
        self, unit: UnitId, day: date, held: Successor, found: dict[UnitId, Successor]
    ) -> None:
        """Collect the first units; a unit reached twice keeps no share."""
        if self._periods[unit].holds(day):
            twice = unit in found
            found[unit] = Successor(unit, None if twice else held.share, held.instrument)
        elif day < self._periods[unit].start:
            for link in self._before[unit]:
                self._trace(link.to, day, _step(held, link), found)


def _step(held: Successor, link: Link) -> Successor:
    known = held.share is not None and link.share is not None
    share = (held.share or 0.0) * (link.share or 0.0) if known else None
    return Successor(link.to, share, link.instrument)


def _outcome(found: Mapping[UnitId, Successor], *, certain: bool) -> Outcome:
    order = sorted(found.values(), key=lambda each: (-(each.share or 0.0), each.unit))
    return Outcome(tuple(order), certain=certain and len(order) == 1)
