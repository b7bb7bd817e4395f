"""Pure: rows of a sheet that was filled in, as what they say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any, Final

from addrsvc.clock import VIETNAM
from addrsvc.collection.sheet import (
    COLUMNS,
    LOCALITIES,
    Outcome,
    SheetId,
    columns_at,
)
from addrsvc.collection.sheet_errors import RowUnclear, SheetTooLong
from addrsvc.errors import AddrsvcError
from addrsvc.parsing.normalise import name_key
from addrsvc.registry.model import KIND_NAMES, Kind
from addrsvc.tabular.model import Record
from addrsvc.tabular.xlsx_reading import XlsxSource

ROWS_MOST: Final = 2_000
"""Of a sheet; a list has half as many."""

_TEXTS: Final = ("house_number", "thoroughfare", "unit", "floor", "building", "name")
_KINDS: Final = {
    name_key(text): kind for kind, names in KIND_NAMES.items() for text in (*names, kind.value)
}
_OUTCOMES: Final = {name_key(each.value): each for each in Outcome}
_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class SheetRow:
    """What one row says."""

    line: int
    ref: str | None
    """Code or number of a proposal as typed; None: a house that is not in the register."""
    cells: Mapping[str, str]
    """By field; a column that was deleted is missing."""
    error: AddrsvcError | None = None

    def cell(self, field: str) -> str:
        """Give a cell; blank where there is none."""
        return self.cells.get(field, "").strip()

    @property
    def is_empty(self) -> bool:
        """Tell whether it is one of the empty rows, with nothing but the commune."""
        return self.ref is None and not any(
            self.cell(field) for field in COLUMNS if field not in {"commune", "version"}
        )

    def outcome(self) -> Outcome | None:
        """Give what was chosen.

        Raises:
            RowUnclear: it is none of the choices.
        """
        chosen: Outcome | None = self._chosen("outcome", _OUTCOMES)
        return chosen

    def kind(self) -> Kind | None:
        """Give the kind.

        Raises:
            RowUnclear: it is none we know.
        """
        chosen: Kind | None = self._chosen("kind", _KINDS)
        return chosen

    def version(self) -> int:
        """Give the version that was printed.

        Raises:
            RowUnclear: it is gone.
        """
        return self._whole("version", least=1) or self._unclear("version")

    def rooms(self) -> int | None:
        """Give the number of rooms that was counted."""
        return self._whole("rooms", least=0)

    def number(self, field: str) -> float | None:
        """Give a number, with a comma or a point.

        Raises:
            RowUnclear: it is none.
        """
        said = self.cell(field)
        try:
            number = float(said.replace(",", ".")) if said else None
        except ValueError:
            self._unclear(field)
        if number is not None and not math.isfinite(number):
            self._unclear(field)
        return number

    def made_at(self, sheet: SheetId) -> datetime:
        """Give when it was noted: noon of the day that was written, else when it was printed.

        Raises:
            RowUnclear: it is no day.
        """
        said = self.cell("day")
        if not said:
            return sheet.printed_at
        try:
            day = datetime.strptime(said, "%d/%m/%Y").date()  # noqa: DTZ007 -- a day, no moment
        except ValueError:
            self._unclear("day")
        return datetime.combine(day, time(12), VIETNAM)

    def texts(self) -> dict[str, str | None]:
        """Give the texts of columns that are there; blank says that there is none."""
        return {name: self.cell(name) or None for name in _TEXTS if name in self.cells}

    def localities(self) -> dict[str, str | None]:
        """Give the localities of columns that are there."""
        return {kind: self.cell(kind) or None for kind in LOCALITIES if kind in self.cells}

    def _chosen(self, field: str, choices: Mapping[str, Any]) -> Any:
        said = self.cell(field)
        if not said:
            return None
        return choices.get(name_key(said)) or self._unclear(field)

    def _whole(self, field: str, *, least: int) -> int | None:
        said = self.cell(field)
        if not said:
            return None
        is_whole = said.isascii() and said.isdigit() and len(said) < 6 and int(said) >= least
        return int(said) if is_whole else self._unclear(field)

    def _unclear(self, field: str) -> Any:
        raise RowUnclear(column=COLUMNS[field][0], value=self.cell(field)[:_SHOWN])


def read_sheet(path: Path) -> tuple[SheetId, list[SheetRow]]:
    """Read a sheet: rows that say nothing are left out. CPU work: not for the event loop.

    Raises:
        SheetNotOurs, SheetTooLong: not such a sheet.
        ArchiveRefused, LayerUnreadable, FileEmpty, HeaderRefused: it cannot be read.
    """
    source = XlsxSource(path)
    sheet, at = SheetId.find(source.header), columns_at(source.header)
    rows = []
    for each in _rows(source, at):
        if not each.is_empty:
            rows.append(each)
        if len(rows) > ROWS_MOST:
            raise SheetTooLong(limit=ROWS_MOST)
    return sheet, rows


def _rows(source: XlsxSource, at: Mapping[str, int]) -> Iterator[SheetRow]:
    for record in source.records():
        cells = record.fitted(len(source.columns))
        said = {field: cells[place] for field, place in at.items()}
        ref = said["code"].strip() or said["ref"].strip() or None
        yield SheetRow(record.line, ref, said, _error_of(record, at))


def _error_of(record: Record, at: Mapping[str, int]) -> AddrsvcError | None:
    if record.error is not None:
        return record.error
    spoiled = record.spoiled or {}
    return next((spoiled[place] for place in at.values() if place in spoiled), None)
