"""Write rows as JSON: lines of objects, or GeoJSON. Text is exact; an empty cell is null."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from addrsvc.tabular.layout import Layout, Row, clean, number
from addrsvc.tabular.lines_writing import LinesFile


def _value(cell: str, *, is_number: bool) -> str | float | None:
    if is_number:
        found = number(cell)
        return int(found) if found is not None and cell.isdigit() else found
    return cell or None


class _Objects:
    """Rows as objects of some of their columns; names that repeat are numbered."""

    def __init__(self, layout: Layout, places: Sequence[int]) -> None:
        names = layout.unique()
        self._width = len(names)
        self._columns = [(names[at], at, at in layout.numbers_at) for at in places]

    def of(self, row: Row) -> dict[str, Any]:
        cells = clean(row)
        if len(cells) != self._width:
            raise ValueError(len(cells))
        return {
            name: _value(cells[at], is_number=is_number) for name, at, is_number in self._columns
        }


class NdjsonWriter:
    """An object a line, in UTF-8."""

    def __init__(self, path: Path, layout: Layout, at: int = 0) -> None:
        """Begin the file, or go on at a position.

        Raises:
            ResultLost: what was written until there is gone.
        """
        self._objects = _Objects(layout, range(len(layout.columns)))
        self._file = LinesFile(path, b"", at)

    def write(self, rows: Sequence[Row]) -> None:
        """Add rows."""
        self._file.add(b"".join(orjson.dumps(self._objects.of(row)) + b"\n" for row in rows))

    def position(self) -> int:
        """Give how many bytes are whole and on the disk."""
        return self._file.position()

    def leave(self) -> None:
        """Let go of the file, for another process to go on with."""
        self._file.close()

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class GeoJsonWriter:
    """RFC 7946: longitude first; a null geometry where a row has no place."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._layout = layout
        self._objects = _Objects(layout, layout.properties_at)
        self._file = path.open("wb")
        self._file.write(b'{"type":"FeatureCollection","features":[\n')
        self._divider = b""

    def write(self, rows: Sequence[Row]) -> None:
        """Add features."""
        for row in rows:
            self._file.write(self._divider + orjson.dumps(self._feature(row)))
            self._divider = b",\n"

    def _feature(self, row: Row) -> dict[str, Any]:
        point = self._layout.point(row)
        geometry = None if point is None else {"type": "Point", "coordinates": point}
        return {"type": "Feature", "geometry": geometry, "properties": self._objects.of(row)}

    def close(self) -> None:
        """Finish the file."""
        self._file.write(b"\n]}\n")
        self._file.close()
