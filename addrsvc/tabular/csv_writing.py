"""Write CSV that spreadsheet programs open with its accents, and never as formulas."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from addrsvc.tabular.formula import neutralise
from addrsvc.tabular.layout import Layout, Row
from addrsvc.tabular.lines_writing import LinesFile


class CsvWriter:
    """UTF-8 with a byte order mark; the header as it was, names that repeat included."""

    def __init__(self, path: Path, layout: Layout, at: int = 0) -> None:
        """Begin the file, or go on at a position.

        Raises:
            ResultLost: what was written until there is gone.
        """
        self._delimiter = layout.delimiter or ","
        self._is_number = [at in layout.numbers_at for at in range(len(layout.columns))]
        header = codecs.BOM_UTF8 + self._lines([list(map(neutralise, layout.columns))])
        self._file = LinesFile(path, header, at)

    def write(self, rows: Sequence[Row]) -> None:
        """Add rows."""
        self._file.add(self._lines(map(self._cells, rows)))

    def position(self) -> int:
        """Give how many bytes are whole and on the disk."""
        return self._file.position()

    def leave(self) -> None:
        """Let go of the file, for another process to go on with."""
        self._file.close()

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    def _cells(self, row: Row) -> list[str]:
        return [
            cell if is_number else neutralise(cell)
            for cell, is_number in zip(row, self._is_number, strict=True)
        ]

    def _lines(self, rows: Iterable[Row]) -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self._delimiter).writerows(rows)
        return text.getvalue().encode("utf-8", "replace")
