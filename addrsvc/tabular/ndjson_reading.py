"""Read lines of JSON objects, one record a line.

Rules for what the format leaves open:

* Columns are the keys of all objects, in the order they first appear; the file is read through
  once for them. A key that an object has not is an empty cell.
* Values are written as text (see ``texts.py``), lists and objects as JSON.
* A line that is no object spoils itself, not the file; if none is one, the file is refused.
* Blank lines are no records. The text is UTF-8, as RFC 8259 has it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn

from addrsvc.tabular.columns import unique_names
from addrsvc.tabular.errors import FileBroken, FileEmpty, TooManyColumns
from addrsvc.tabular.limits import COLUMN_LIMIT, LINE_LIMIT
from addrsvc.tabular.model import Record
from addrsvc.tabular.row_errors import CellTooLong, RowNotObject
from addrsvc.tabular.texts import as_text

_BYTES_LIMIT: Final = 4 * LINE_LIMIT
_KEPT: Final = 200
"""Characters kept of a line that is too long."""
_SHAPES: Final = 1_000
"""Most different orders of keys remembered."""


class NdjsonSource:
    """A file of JSON objects; ``records`` may be asked for any number of times."""

    carries_point = False
    encoding = "utf-8"
    delimiter = ""

    def __init__(self, path: Path) -> None:
        """Read the names of the columns.

        Raises:
            FileEmpty: there is no line.
            FileBroken: no line is a JSON object: the first.
            TooManyColumns: as it says.
        """
        self._path = path
        self.crs: str | None = None
        self._count = 0
        self._keys = self._all_keys()
        self.header = self._keys
        self.columns = unique_names(self._keys)

    def _all_keys(self) -> list[str]:
        names: dict[str, None] = {}
        shapes: set[tuple[str, ...]] = set()
        first = 0
        for line, raw in self._lines():
            self._count += 1
            first = first or line
            found = _object(raw)
            if found is None or (shape := tuple(found)) in shapes:
                continue
            if len(shapes) == _SHAPES:
                shapes.clear()
            shapes.add(shape)
            names.update(dict.fromkeys(shape))
            if len(names) > COLUMN_LIMIT or sum(map(len, names)) > LINE_LIMIT:
                raise TooManyColumns(file=self._path.name, limit=COLUMN_LIMIT)
        if not first:
            raise FileEmpty(file=self._path.name)
        if not names:
            raise FileBroken(file=self._path.name, line=first)
        return list(names)

    def estimate(self) -> int:
        """Give the number of records."""
        return self._count

    def records(self) -> Iterator[Record]:
        """Read every record from the first."""
        keys = self._keys
        for line, raw in self._lines():
            found = _object(raw)
            if found is None:
                text = raw.decode("utf-8", "surrogateescape")
                if len(raw) > _BYTES_LIMIT:
                    error = CellTooLong(field=self.columns[0], limit=LINE_LIMIT)
                    yield Record(line, [text[:_KEPT]], error)
                else:
                    yield Record(line, [text.rstrip("\r\n")], RowNotObject())
                continue
            yield Record(line, [as_text(found.get(key)) for key in keys])

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        """Give lines that are not blank, with their numbers; those too long are cut."""
        with self._path.open("rb") as file:
            for number, line in enumerate(_cut_lines(file), start=1):
                text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
                if not text.isspace():
                    yield number, text


def _cut_lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(_BYTES_LIMIT + 1):
        rest = line
        while len(rest) > _BYTES_LIMIT and not rest.endswith(b"\n"):
            rest = file.readline(_BYTES_LIMIT + 1)
        yield line


def _object(line: bytes) -> dict[str, Any] | None:
    """Read an object; None: it is none."""
    if len(line) > _BYTES_LIMIT:
        return None
    try:
        found = json.loads(line.decode(), parse_constant=_refused)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _refused(constant: str) -> NoReturn:
    raise ValueError(constant)
