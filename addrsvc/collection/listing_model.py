"""Pure: the addresses of a task as they are printed, in the order somebody walks along them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from addrsvc.errors import Text, TooLarge
from addrsvc.parsing.counted import counted
from addrsvc.parsing.normalise import name_key
from addrsvc.registry.model import Kind, Locality

LINES_MOST: Final = 1_000
"""Addresses of one list; a page holds some twenty."""

_TITLES: Final = {"khu_pho": "Khu phố", "ap": "Ấp", "to": "Tổ", "thon": "Thôn"}
"""Of localities that may be called by a number alone; a name that begins otherwise says it all."""


@dataclass(eq=False)
class ListTooLong(TooLarge):
    """The area of the task has more addresses than are printed at once."""

    slug = "collection-list-too-long"
    title = Text("Danh sách quá dài", "The list is too long")
    message = Text(
        "Khu vực này có {count} địa chỉ, mỗi lần in tối đa {limit}. Hãy chia thành các nhiệm vụ "
        "nhỏ hơn, theo khu phố hoặc tuyến đường, rồi in từng nhiệm vụ.",
        "The area has {count} addresses; at most {limit} are printed at once. Split it into tasks "
        "by locality or street, and print each.",
    )
    count: int
    limit: int


@dataclass(frozen=True, slots=True)
class Line:
    """One address; nothing of people."""

    ref: str
    """Ten digits, or ``p<id>`` of a proposal."""
    version: int
    kind: Kind
    house_number: str | None
    thoroughfare: str | None
    localities: tuple[Locality, ...]
    unit: str | None
    floor: str | None
    building: str | None
    name: str | None
    """Of offices, enterprises, places; None of homes."""

    @property
    def street(self) -> str:
        """Give what it counts along: the street, else the innermost locality, else nothing."""
        if self.thoroughfare:
            return self.thoroughfare
        return locality_words(self.localities[:1])

    @property
    def number(self) -> str:
        """Give number and parts of the building, as one reads them at the door."""
        inner = [part for part in (self.unit, self.floor and f"tầng {self.floor}") if part]
        return ", ".join(
            [*filter(None, [self.house_number]), *inner, *filter(None, [self.building])]
        )


@dataclass(frozen=True, slots=True)
class Listing:
    """The addresses of a task."""

    task_id: UUID
    title: str
    commune_code: str
    commune: str
    province: str
    printed_at: datetime
    lines: Sequence[Line]

    def by_street(self) -> list[tuple[str, list[Line]]]:
        """Give the lines street by street."""
        found = groupby(self.lines, key=lambda line: (name_key(line.street), line.street))
        return [(street, list(lines)) for (_, street), lines in found]


def walked(lines: Iterable[Line]) -> list[Line]:
    """Give lines in the order somebody walks: by street, number, part of the building."""
    return sorted(lines, key=_order)


def locality_words(localities: Iterable[Locality]) -> str:
    """Say localities, the innermost first.

    >>> locality_words([Locality("to", "5"), Locality("khu_pho", "3")])
    'Tổ 5, Khu phố 3'
    """
    return ", ".join(_titled(each) for each in localities)


def _titled(locality: Locality) -> str:
    title = _TITLES.get(locality.kind, "")
    is_bare = locality.name[:1].isdigit()
    return f"{title} {locality.name}" if title and is_bare else locality.name


def _order(line: Line) -> tuple[Any, ...]:
    return (
        not line.street,
        counted(line.street),
        counted(line.house_number or ""),
        counted(line.building or ""),
        counted(line.floor or ""),
        counted(line.unit or ""),
        line.ref,
    )
