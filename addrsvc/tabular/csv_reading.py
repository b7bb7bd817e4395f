r"""Read delimited text record by record; a damaged record is reported and the file goes on.

Rules for what standards leave open:

* A record ends with its line, unless a quote that opened is still open: then it may span up to
  fifty lines. If no end makes it a record of as many cells as the header has, the quote is
  broken: its first line alone is refused, and the next line is read afresh.
* A record of more or fewer cells than the header is refused, never padded: a cut-off line must
  not become half an address. Empty cells beyond the header are passed over.
* Blank lines are no records.
* Bytes that are no text in the file's encoding spoil their row, not the file.
* An apostrophe that keeps a cell from being a formula is taken off (see ``formula.py``).
* Lines end as the file likes; inside a quoted cell every end of a line is read as ``\n``.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from addrsvc.errors import AddrsvcError
from addrsvc.tabular import encoding as encodings
from addrsvc.tabular.columns import unique_names
from addrsvc.tabular.errors import FileEmpty, HeaderRefused
from addrsvc.tabular.formula import restore
from addrsvc.tabular.limits import COLUMN_LIMIT, LINE_LIMIT
from addrsvc.tabular.model import Cells, Record
from addrsvc.tabular.row_errors import CellTooLong, RowBroken, RowColumns

_BLOCK = 1 << 18
_SPAN = 50
"""Most lines of a record whose quote stays open."""

_DELIMITERS = (",", ";", "\t", "|")


class CsvSource:
    """A delimited text file; ``records`` may be asked for any number of times."""

    carries_point = False

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        """Read the header.

        Raises:
            FileEmpty: there is none.
            HeaderRefused: it cannot be read as one.
            EncodingUnknown: no such encoding.
        """
        self._path = path
        with path.open("rb") as file:
            sample = file.read(encodings.SAMPLE_BYTES)
        self.encoding = encodings.sniff(sample) if encoding is None else encodings.named(encoding)
        self.crs: str | None = None
        with self._open() as file:
            lines = _Lines(file, composed=self.encoding == "cp1258")
            header = next((line for line in lines if line.strip()), None)
        if header is None:
            raise FileEmpty(file=path.name)
        self._header_line = lines.number
        self.delimiter = max(_DELIMITERS, key=lambda sign: _outside_quotes(header, sign))
        try:
            columns = _cells(header, self.delimiter)
        except csv.Error:
            raise HeaderRefused(file=path.name, limit=COLUMN_LIMIT) from None
        while columns and not columns[-1].strip():
            columns.pop()
        self.header = list(map(restore, columns))
        if len(columns) > COLUMN_LIMIT or len(header) > LINE_LIMIT:
            raise HeaderRefused(file=path.name, limit=COLUMN_LIMIT)
        self.columns = unique_names(self.header)

    def _open(self) -> io.TextIOWrapper:
        # damaged bytes become lone surrogates (or U+FFFD), which the row is then refused for
        errors = "replace" if self.encoding.startswith("utf-16") else "surrogateescape"
        return self._path.open(encoding=self.encoding, errors=errors)

    def estimate(self) -> int:
        """Count the lines below the header: about as many records, for a progress bar."""
        with self._path.open("rb") as file:
            lines = sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b""))
        return max(lines + 1 - self._header_line, 0)

    def records(self) -> Iterator[Record]:
        """Read every record from the first."""
        with self._open() as file:
            lines = _Lines(file, composed=self.encoding == "cp1258")
            for _ in range(self._header_line):
                next(lines)
            yield from self._records(lines)

    def _records(self, lines: _Lines) -> Iterator[Record]:
        width, delimiter = len(self.columns), self.delimiter
        for line in lines:
            if '"' not in line:
                cells = line.split(delimiter)
                if len(cells) == width:
                    yield Record(lines.number, _restored(cells) if "'" in line else cells)
                    continue
                if not line.strip():
                    continue
            if len(line) > LINE_LIMIT:
                error = CellTooLong(field=self.columns[0], limit=LINE_LIMIT)
                yield Record(lines.number, [line[:200]], error)
                continue
            record = self._hard_record(line, lines)
            yield record._replace(cells=_restored(record.cells))

    def _hard_record(self, line: str, lines: _Lines) -> Record:
        """Read a record with quotes, over several lines where a quote stays open."""
        number, width = lines.number, len(self.columns)
        cells = _try_cells(line, self.delimiter)
        if cells is not None:
            return Record(number, *_fitted(cells, width))
        text, taken = line, 0
        for following in lines.ahead(_SPAN):
            text, taken = f"{text}\n{following}", taken + 1
            if len(text) > LINE_LIMIT:
                break
            if '"' not in following:
                continue
            cells = _try_cells(text, self.delimiter)
            if cells is not None and len(cells) == width:
                lines.skip(taken)
                return Record(number, cells)
        return Record(number, [line], RowBroken())


class _Lines:
    """Lines of a file, without their ends, and their numbers; looking ahead takes none.

    A line beyond the limit comes back cut to a character more than the limit. Letters whose tones
    stand behind them, the only way Windows-1258 has, are put together where ``composed``.
    """

    def __init__(self, file: io.TextIOWrapper, *, composed: bool) -> None:
        self._file = file
        self._composed = composed
        self._lines: list[str] = []
        self._next = 0
        self._rest = ""
        self._ended = False
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._next >= len(self._lines) and not self._fill():
            raise StopIteration
        line = self._lines[self._next]
        self._next += 1
        self.number += 1
        return line

    def _fill(self) -> bool:
        """Read another block; false at the end of the file."""
        fresh: list[str] = []
        while not fresh and not self._ended:
            block = self._file.read(_BLOCK)
            self._ended = not block
            fresh = (self._rest + block).split("\n")
            # the start of a line that never ends is all that is kept of it
            self._rest = "" if self._ended else fresh.pop()[: LINE_LIMIT + 1]
        if self._ended and fresh and not fresh[-1]:
            fresh.pop()
        if self._composed:
            fresh = [unicodedata.normalize("NFC", line) for line in fresh]
        self._lines = self._lines[self._next :] + fresh
        self._next = 0
        return bool(fresh)

    def ahead(self, count: int) -> Iterator[str]:
        """Look at the lines to come without taking them."""
        for at in range(count):
            while self._next + at >= len(self._lines):
                if not self._fill():
                    return
            yield self._lines[self._next + at]

    def skip(self, count: int) -> None:
        for _ in range(count):
            next(self)


def _outside_quotes(line: str, sign: str) -> int:
    return sum(part.count(sign) for part in line.split('"')[::2])


def _cells(text: str, delimiter: str) -> Cells:
    lines = io.StringIO(text, newline="")
    return next(csv.reader(lines, delimiter=delimiter, strict=True))


def _restored(cells: Cells) -> Cells:
    return list(map(restore, cells))


def _try_cells(text: str, delimiter: str) -> Cells | None:
    try:
        return _cells(text, delimiter)
    except (csv.Error, StopIteration):
        return None


def _fitted(cells: Cells, width: int) -> tuple[Cells, AddrsvcError | None]:
    found = len(cells)
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if len(cells) == width:
        return cells, None
    return cells, RowColumns(expected=width, found=found)
