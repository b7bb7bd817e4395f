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
from addrsvc.tabular.csv_reading import COLUMN_LIMIT
from addrsvc.tabular.errors import ArchiveRefused, FileEmpty, HeaderRefused, LayerUnreadable
from addrsvc.tabular.model import Cells, Record
from addrsvc.tabular.row_errors import CellDate, CellFormula
from addrsvc.tabular.xlsx_checking import ROWS_LIMIT, check_archive

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
        while header and not header[-1]:
            header.pop()
        if len(header) > COLUMN_LIMIT:
            raise HeaderRefused(file=path.name, limit=COLUMN_LIMIT)
        self.columns = [column.strip() for column in header]

    def estimate(self) -> None:
        """Give nothing: how many rows a sheet has is known when it is read."""
        return

    def records(self) -> Iterator[Record]:
        """Read every row below the header that is not blank."""
        width = len(self.columns)
        rows = (each for each in self._rows(self.columns) if any(each.cells))
        next(rows)
        for row in rows:
            yield row._replace(cells=(row.cells + [""] * width)[:width])

    def _rows(self, columns: list[str]) -> Iterator[Record]:
        broken = (ParseError, DefusedXmlException, zipfile.BadZipFile, KeyError, ValueError)
        try:
            # read only: rows are streamed; data_only off: a formula is seen as one
            with self._path.open("rb") as file:
                book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
                sheet = book[self._sheet] if self._sheet else book.worksheets[0]
                sheet.reset_dimensions()  # a size stated too small would hide rows
                for line, row in enumerate(sheet.iter_rows(max_col=COLUMN_LIMIT + 1), start=1):
                    if line > ROWS_LIMIT:  # rows left out are counted, and given empty
                        raise ArchiveRefused(file=self._path.name)
                    yield _record(line, row, columns)
        except (*broken, IndexError, TypeError, OSError) as error:
            layer = self._sheet or "1"
            raise LayerUnreadable(file=self._path.name, layer=layer) from error


def _record(line: int, row: tuple[Any, ...], columns: list[str]) -> Record:
    spoiled: dict[int, AddrsvcError] = {}
    cells: Cells = []
    for at, cell in enumerate(row):
        value = cell.value
        cells.append("" if value is None else _text(value))
        if value is None or at >= len(columns):
            continue
        if cell.data_type == "f":
            spoiled[at] = CellFormula(column=columns[at])
        elif isinstance(value, datetime | date | time):
            spoiled[at] = CellDate(column=columns[at])
    return Record(line, cells, spoiled=spoiled or None)


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    return str(value)
