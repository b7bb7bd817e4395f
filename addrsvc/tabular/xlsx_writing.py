"""Write a spreadsheet: texts stay text, whatever they look like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from addrsvc.tabular.errors import SheetFull
from addrsvc.tabular.formula import neutralise
from addrsvc.tabular.layout import Layout, Row, clean, number
from addrsvc.tabular.limits import ROWS_LIMIT

CELL_LIMIT: Final = 32_767
"""Most characters of a cell, by the format; one beyond the first plane counts twice."""
CUT: Final = " … (đã cắt: một ô bảng tính chứa tối đa 32.767 ký tự)"
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class XlsxWriter:
    """One sheet; every cell but numbers is typed as text, and no text is a formula.

    The file is written by ``close``; until then rows wait in a temporary file. What a sheet
    cannot hold is made visible: control characters become U+FFFD, a text too long is cut and
    says so.
    """

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path = path
        self._numbers = layout.numbers_at
        self._width = len(layout.columns)
        self._book = Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet(layout.name)
        self._sheet.freeze_panes = "A2"
        pattern: Any = WriteOnlyCell(self._sheet)
        pattern.number_format = "@"
        self._style = pattern._style  # noqa: SLF001 -- set by name it costs more than the cell
        self._append(layout.columns, frozenset())
        self._rows = 1

    def write(self, rows: Sequence[Row]) -> None:
        """Add rows.

        Raises:
            SheetFull: a sheet holds no more.
        """
        self._rows += len(rows)
        if self._rows > ROWS_LIMIT:
            raise SheetFull
        for row in rows:
            self._append(row, self._numbers)

    def _append(self, row: Row, numbers: frozenset[int]) -> None:
        if len(row) != self._width:
            raise ValueError(len(row))
        self._sheet.append(
            [
                number(text) if at in numbers else self._cell(text)
                for at, text in enumerate(clean(row))
            ]
        )

    def _cell(self, text: str) -> Any:
        if not text:
            return None
        cell: Any = WriteOnlyCell(self._sheet, value=_fitting(neutralise(text)))
        cell.data_type = "s"
        cell._style = self._style  # noqa: SLF001 -- as above
        return cell

    def close(self) -> None:
        """Finish the file."""
        self._book.save(self._path)


def _fitting(text: str) -> str:
    """Give text that a cell can hold."""
    text = _CONTROLS.sub("\ufffd", text)
    if len(text) * 2 <= CELL_LIMIT or _units(text) <= CELL_LIMIT:
        return text
    kept = text.encode("utf-16-le")[: 2 * (CELL_LIMIT - len(CUT))]
    return kept.decode("utf-16-le", "ignore") + CUT


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
