"""Pure: how far communes are, and what follows from the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from addrsvc.errors import Text
from addrsvc.findings import Severity


@dataclass(frozen=True, slots=True)
class Counts:
    """Addresses of a commune, or of several together."""

    in_use: int = 0
    """Collected: status current."""
    households: int = 0
    """Of these dwellings, apartments and rooms; one that is divided counts by its parts."""
    positioned: int = 0
    """Of those in use."""
    verified: int = 0
    """Of those in use: the position was taken at the place, by GNSS or by survey."""
    proposed: int = 0
    reserved: int = 0
    """A code is kept, nobody took the position yet."""
    retired: int = 0
    notified: int = 0
    """Of those in use: people were told the code."""
    plate_fixed: int = 0

    @property
    def others(self) -> int:
        """Give how many in use are no households: offices, enterprises, works, buildings."""
        return self.in_use - self.households

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, each) + getattr(other, each) for each in _NAMES))


_NAMES: Final = tuple(each.name for each in fields(Counts))


@dataclass(frozen=True, slots=True)
class Expected:
    """How many households a commune is said to have."""

    commune: str
    households: int
    as_of: date
    source: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Linking:
    """Addresses of dossiers in a commune."""

    addresses: int = 0
    linked: int = 0
    waiting: int = 0
    """For a person."""

    def __add__(self, other: Linking) -> Linking:
        return Linking(
            self.addresses + other.addresses,
            self.linked + other.linked,
            self.waiting + other.waiting,
        )


Findings = Mapping[Severity, int]
"""Findings of the last audit that stand, by how much they weigh."""


@dataclass(frozen=True, slots=True)
class Commune:
    """How far a commune is; None: nothing is known of that, which is not zero."""

    code: str
    name: str
    is_former: bool = False
    """Its code is of no commune in force: its addresses wait for a reorganisation."""
    counts: Counts | None = None
    expected: int | None = None
    """Households."""
    expected_as_of: date | None = None
    findings: Findings | None = None
    dossiers: Linking | None = None
    tickets: int | None = None
    """Open reports of citizens."""

    @property
    def is_known(self) -> bool:
        """Tell whether the register holds anything of it, or is told what to expect.

        >>> Commune("1", "A", dossiers=Linking(), tickets=0).is_known
        False
        >>> Commune("1", "A", tickets=1).is_known
        True
        """
        numbers = (self.counts, self.expected, self.findings)
        is_counted = any(each is not None for each in numbers)
        return is_counted or self.dossiers not in {None, Linking()} or bool(self.tickets)

    @property
    def share(self) -> float | None:
        """Give households collected of those expected, to four digits; it may be above 1.

        >>> Commune("1", "A", counts=Counts(households=30), expected=20).share
        1.5
        >>> Commune("1", "A", counts=Counts(households=30)).share is None
        True
        """
        if self.counts is None or not self.expected:
            return None
        return round(self.counts.households / self.expected, 4)

    @property
    def is_over(self) -> bool:
        """Tell whether more were collected than expected: one of the numbers is wrong."""
        return self.share is not None and self.share > 1


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far communes are, as of a moment."""

    counted_at: datetime | None
    """None: nothing was counted yet."""
    event_number: int
    """Every event up to this one is in the counts."""
    communes: Sequence[Commune]
    """In order of their codes."""

    @property
    def total(self) -> Commune:
        """Give all communes together; the share is of those for which a number is expected."""
        return together(self.communes)


def together(communes: Sequence[Commune]) -> Commune:
    """Add communes up; ``counts`` are all, so ``share`` is not to be asked of them."""
    counts = [each.counts for each in communes if each.counts is not None]
    given = [each.expected for each in communes if each.expected is not None]
    dossiers = [each.dossiers for each in communes if each.dossiers is not None]
    tickets = [each.tickets for each in communes if each.tickets is not None]
    findings = [each.findings for each in communes if each.findings is not None]
    return Commune(
        "",
        "",
        counts=sum(counts, Counts()) if counts else None,
        expected=sum(given) if given else None,
        findings=_added(findings) if findings else None,
        dossiers=sum(dossiers, Linking()) if dossiers else None,
        tickets=sum(tickets) if tickets else None,
    )


def share_of(communes: Iterable[Commune]) -> float | None:
    """Give households collected of those expected, over communes where both are known.

    >>> share_of([Commune("1", "A", counts=Counts(households=5), expected=20), Commune("2", "B")])
    0.25
    """
    both = [each for each in communes if each.share is not None]
    expected = sum(each.expected or 0 for each in both)
    collected = sum(each.counts.households for each in both if each.counts is not None)
    return round(collected / expected, 4) if expected else None


def _added(findings: Iterable[Findings]) -> dict[Severity, int]:
    added = dict.fromkeys(Severity, 0)
    for each in findings:
        for severity, count in each.items():
            added[severity] += count
    return added


class Period(StrEnum):
    """What growth is told apart by."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


SPAN: Final[dict[Period, timedelta]] = {
    Period.DAY: timedelta(days=30),
    Period.WEEK: timedelta(weeks=26),
    Period.MONTH: timedelta(days=365),
}
"""How far back is looked unless said otherwise."""

LONGEST: Final = timedelta(days=366 * 5)
"""The most that is given at once."""


@dataclass(frozen=True, slots=True)
class Grown:
    """What became of addresses in a period."""

    first_day: date
    last_day: date
    """The last one asked for, where the period goes on."""
    made: int
    """Entered in the register; those whose registration was rejected are not counted."""
    verified: int
    """For the first time in use with a position taken at the place."""
    retired: int
    """Out of use, and so still."""


@dataclass(frozen=True, slots=True)
class Growth:
    """What became of addresses, period by period, the oldest first."""

    counted_at: datetime | None
    by: Period
    first_day: date
    last_day: date
    commune: str | None
    rows: Sequence[Grown]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """How many addresses of a commune have one kind of finding."""

    commune: str
    name: str
    kind: str
    title: Text
    severity: Severity
    count: int
    audited_at: datetime
