"""What the columns of a file to be written are: those of the input as they were, then others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from addrsvc.tabular.columns import unique_names
from addrsvc.tabular.texts import written

Row = Sequence[str]
"""Cells in the order of ``Layout.columns``, as many; a missing value is the empty string."""

SHEET_NAME: Final = "addresses"


@dataclass(frozen=True)
class Layout:
    """Columns, and what a format that knows more than text makes of them."""

    header: Sequence[str]
    """Of the input, as ``Source.header`` has them: names may repeat or be missing."""
    added: Sequence[str] = ()
    """Behind them; among these names are those below, unless said otherwise."""
    numbers: frozenset[str] = frozenset()
    """Columns added that hold numbers: written as such where a format has any."""
    lon: str | None = None
    lat: str | None = None
    """WGS 84, degrees: columns added, else of the input, that place a row on the map."""
    delimiter: str = ","
    name: str = SHEET_NAME
    """Of the sheet or layer."""

    @property
    def columns(self) -> list[str]:
        """Give all columns as a format of plain rows has them."""
        return [*self.header, *self.added]

    def unique(self, fold: Callable[[str], str] = str) -> list[str]:
        """Give all columns as a format has them that tells columns by name."""
        return unique_names(list(map(written, self.columns)), fold)

    @cached_property
    def numbers_at(self) -> frozenset[int]:
        """Give where numbers stand."""
        width = len(self.header)
        return frozenset(width + at for at, name in enumerate(self.added) if name in self.numbers)

    @cached_property
    def point_at(self) -> tuple[int, int] | None:
        """Give where longitude and latitude stand; None: rows have no place on the map."""
        if self.lon is None or self.lat is None:
            return None
        return self._place(self.lon), self._place(self.lat)

    def _place(self, name: str) -> int:
        if name in self.added:
            return len(self.header) + list(self.added).index(name)
        return unique_names(self.header).index(name)

    @cached_property
    def properties_at(self) -> list[int]:
        """Give the columns beside a point: the point's own, if added, would say it twice."""
        own = [at for at in self.point_at or () if at >= len(self.header)]
        return [at for at in range(len(self.columns)) if at not in own]

    def point(self, row: Row) -> tuple[float, float] | None:
        """Give a row's longitude and latitude; None: it has none, or none on earth."""
        if self.point_at is None:
            return None
        lon, lat = (number(row[at]) for at in self.point_at)
        if lon is None or lat is None or not (abs(lon) <= 180 and abs(lat) <= 90):
            return None
        return lon, lat


def number(text: str) -> float | None:
    """Read a number; None: it is none that is finite.

    >>> number("106.65"), number(""), number("nan"), number("12/3")
    (106.65, None, None, None)
    """
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < float("inf") else None


def clean(row: Row) -> list[str]:
    """Give a row whose texts any format can hold."""
    return list(map(written, row))
