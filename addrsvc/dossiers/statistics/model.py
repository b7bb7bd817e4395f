"""Pure: what is counted of dossiers, by which dimensions, and what follows from the counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from addrsvc.dossiers.model import LINK_STATE_NAMES, ROLE_NAMES, AddressRole, LinkState
from addrsvc.dossiers.statistics.errors import StatisticsByTwice, StatisticsByUnknown
from addrsvc.errors import Language, Text
from addrsvc.geocoding.ranking import Category


class Dimension(StrEnum):
    """What counts are told apart by."""

    COMMUNE = "commune"
    DAY = "day"
    MONTH = "month"
    PROCEDURE = "procedure"
    ROLE = "role"
    STATE = "state"
    CATEGORY = "category"


OF_DOSSIERS: Final = frozenset(
    {Dimension.COMMUNE, Dimension.DAY, Dimension.MONTH, Dimension.PROCEDURE}
)
"""Dimensions a dossier has itself; the others are its addresses'."""

CATEGORY_NAMES: Final[dict[str, Text]] = {
    "A": Text("A – khớp như đã ghi", "A – matches as written"),
    "B": Text("B – khớp sau khi sửa", "B – matches once corrected"),
    "C": Text("C – cần người xem", "C – needs a person"),
}


def parse_by(text: str) -> tuple[Dimension, ...]:
    """Read dimensions with commas between them, in the order given; blank: none.

    >>> parse_by("commune, month")
    (<Dimension.COMMUNE: 'commune'>, <Dimension.MONTH: 'month'>)

    Raises:
        StatisticsByUnknown: there is no such dimension.
        StatisticsByTwice: one is named twice, or day and month together.
    """
    found: list[Dimension] = []
    for name in filter(None, map(str.strip, text.split(","))):
        if name not in set(Dimension):
            raise StatisticsByUnknown(given=name[:40], known=", ".join(Dimension))
        found.append(Dimension(name))
    if len(set(found)) < len(found) or {Dimension.DAY, Dimension.MONTH} <= set(found):
        raise StatisticsByTwice(given=", ".join(found))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; None: whatever it is."""

    by: tuple[Dimension, ...] = ()
    first_day: date | None = None
    """Legal day of receipt; included, as the last one."""
    last_day: date | None = None
    commune: str | None = None
    procedure: str | None = None
    """Code as sent."""
    role: AddressRole | None = None
    state: LinkState | None = None
    category: Category | None = None

    @property
    def tells_dossiers(self) -> bool:
        """Tell whether dossiers themselves can be counted so: they have no role or state."""
        return set(self.by) <= OF_DOSSIERS and {self.role, self.state, self.category} == {None}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many addresses of dossiers there are, and what became of them; the five add up."""

    addresses: int = 0
    by_itself: int = 0
    """Linked as written, by the service."""
    corrected: int = 0
    """Linked with a correction, by the service."""
    by_person: int = 0
    """Linked by a person, who confirmed or chose."""
    waiting: int = 0
    """For a person."""
    unlinked: int = 0
    """A person said that it is not to be linked, or not in the register yet."""
    waiting_days: int | None = None
    """Half of those that wait have waited so long or longer; None: none waits."""
    dossiers: int | None = None
    """None: they cannot be counted by what was asked for."""

    def share(self, part: int) -> float | None:
        """Give a part of the addresses as a share, to four digits; None: there are none.

        >>> Counts(addresses=3, waiting=1).share(1)
        0.3333
        """
        return round(part / self.addresses, 4) if self.addresses else None

    @property
    def settled(self) -> int:
        """Give how many are linked, whoever did it."""
        return self.by_itself + self.corrected + self.by_person


PARTS: Final[dict[str, Text]] = {
    "by_itself": Text("Tự liên kết", "Linked by itself"),
    "corrected": Text("Tự liên kết, có sửa", "Linked with a correction"),
    "by_person": Text("Do cán bộ liên kết", "Linked by a person"),
    "waiting": Text("Chờ người xem", "Waiting for a person"),
    "unlinked": Text("Không liên kết", "Not linked"),
}
"""What becomes of addresses: fields of ``Counts`` and their names."""

Key = Mapping[Dimension, str | date | None]
"""Value of each dimension asked for; None or '': not known, not said."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of dossiers as of a moment."""

    wanted: Wanted
    counted_at: datetime | None
    """None: nothing has been counted yet."""
    event_number: int
    """Every event up to this one is in the counts."""
    total: Counts
    rows: Sequence[tuple[Key, Counts]]
    """In order of the dimensions as ``Dimension`` lists them; unknown values first."""
    names: Mapping[str, str]
    """Of communes, by code."""

    @property
    def communes(self) -> list[str]:
        """Give the communes there are counts of; only where asked for by commune."""
        return [str(code) for key, _ in self.rows if (code := key[Dimension.COMMUNE])]

    def name_of(self, dimension: Dimension, value: str | date | None, language: Language) -> str:
        """Give a value in words; for those that have none, the value itself."""
        if value is None or value == "":
            return NOT_KNOWN[dimension].in_(language)
        text = value if isinstance(value, str) else value.isoformat()
        match dimension:
            case Dimension.COMMUNE:
                return self.names.get(text, text)
            case Dimension.ROLE:
                return ROLE_NAMES[AddressRole(text)].in_(language)
            case Dimension.STATE:
                return LINK_STATE_NAMES[LinkState(text)].in_(language)
            case Dimension.CATEGORY:
                return CATEGORY_NAMES[text].in_(language)
            case _:
                return text


_NO_DAY: Final = Text("Chưa rõ ngày", "Day not known")
NOT_KNOWN: Final[dict[Dimension, Text]] = {
    Dimension.COMMUNE: Text("Chưa rõ nơi", "Place not known yet"),
    Dimension.DAY: _NO_DAY,
    Dimension.MONTH: _NO_DAY,
    Dimension.PROCEDURE: Text("Không ghi thủ tục", "Procedure not said"),
    Dimension.ROLE: Text("—", "–"),
    Dimension.STATE: Text("—", "–"),
    Dimension.CATEGORY: Text("—", "–"),
}
