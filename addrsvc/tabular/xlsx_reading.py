"""Read a spreadsheet row by row: formulas are never evaluated, archives never trusted."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException

from addrsvc.errors import AddrsvcError
from addrsvc.tabular.columns import unique_names
from addrsvc.tabular.errors import ArchiveRefused, FileEmpty, HeaderRefused, LayerUnreadable
from addrsvc.tabular.formula import restore
from addrsvc.tabular.limits import COLUMN_LIMIT, ROWS_LIMIT
from addrsvc.tabular.model import Cells, Record
from addrsvc.tabular.row_errors import CellDate, CellFormula, RowColumns
from addrsvc.tabular.texts import as_text
from addrsvc.tabular.xlsx_checking import check_archive

if not openpyxl.DEFUSEDXML:
    raise ImportError("openpyxl must read XML through defusedxml")


class XlsxSource:
    """One sheet of a spreadsheet."""

    carries_point = False
    encoding = "utf-8"
    delimiter = ""

    def __init__(self, path: Path, sheet: str | None = None) -> None:
        """Check the archive and read the header.

        Raises:
            ArchiveRefused: it would unpack to too much.
            LayerUnreadable: damaged, or no such sheet.
            FileEmpty, HeaderRefused: no names of columns.
        """
        self._path = path
        self._sheet = sheet
        self.crs: str | None = None
        check_archive(path)
        header = next((row.cells for row in self._rows([]) if any(row.cells)), None)
        if header is None:
            raise FileEmpty(file=path.name)
        while header and not header[-1].strip():
            header.pop()
        if len(header) > COLUMN_LIMIT:
            raise HeaderRefused(file=path.name, limit=COLUMN_LIMIT)
        self.header = header
        self.columns = unique_names(header)

    def estimate(self) -> None:
        """Give nothing: how many rows a sheet has is known when it is read."""
        return

    def records(self) -> Iterator[Record]:
        """Read every row below the header that is not blank."""
        width = len(self.columns)
        rows = (each for each in self._rows(self.columns) if any(each.cells))
        next(rows)
        for row in rows:
            cells = row.cells
            while len(cells) > width and not cells[-1].strip():
                cells.pop()
            if len(cells) > width:
                error = RowColumns(expected=width, found=len(cells))
                yield row._replace(error=error)
            else:
                yield row._replace(cells=cells + [""] * (width - len(cells)))

    def _rows(self, columns: list[str]) -> Iterator[Record]:
        broken = (ParseError, DefusedXmlException, zipfile.BadZipFile, KeyError, ValueError)
        try:
            # read only: rows are streamed; data_only off: a formula is seen as one
            with self._path.open("rb") as file:
                book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
                sheet = book[self._sheet] if self._sheet else book.worksheets[0]
                sheet.reset_dimensions()  # a size stated too small would hide rows
                for line, row in enumerate(sheet.iter_rows(min_row=1), start=1):
                    if line > ROWS_LIMIT:  # rows left out are counted, and given empty
                        raise ArchiveRefused(file=self._path.name)
                    yield _record(line, row[: COLUMN_LIMIT + 1], columns)
        except (*broken, IndexError, TypeError, OSError) as error:
            layer = self._sheet or "1"
            raise LayerUnreadable(file=self._path.name, layer=layer) from error


def _record(line: int, row: tuple[Any, ...], columns: list[str]) -> Record:
    spoiled: dict[int, AddrsvcError] = {}
    cells: Cells = []
    for at, cell in enumerate(row):
        value = cell.value
        if value is None:
            cells.append("")
            continue
        cells.append(_text(value, cell))
        if at >= len(columns):
            continue
        if cell.data_type == "f":
            spoiled[at] = CellFormula(column=columns[at])
        elif isinstance(value, datetime | date | time):
            spoiled[at] = CellDate(column=columns[at])
    return Record(line, cells, spoiled=spoiled or None)


def _text(value: object, cell: Any) -> str:
    """Give the text meant: an apostrophe taken off, zeros that a format such as 00000 shows."""
    if isinstance(value, str):
        return restore(value)
    if type(value) is int and value >= 0 and cell.number_format.startswith("00"):
        shown: str = cell.number_format
        return str(value).zfill(len(shown)) if not shown.strip("0") else str(value)
    return as_text(value)
