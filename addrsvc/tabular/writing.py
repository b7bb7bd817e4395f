"""Write files of rows, by extension: at once, or so that a killed process can go on.

CSV and NDJSON grow row by row and can be cut at any position that was kept. The other formats
have an end without which they cannot be read, so they are written once, when all rows are there;
to be resumable, rows wait in a spool beside the file until then.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

import orjson

from addrsvc.tabular.csv_writing import CsvWriter
from addrsvc.tabular.errors import FormatUnknown, ResultLost
from addrsvc.tabular.json_writing import GeoJsonWriter, NdjsonWriter
from addrsvc.tabular.layout import Layout, Row, clean
from addrsvc.tabular.limits import ROWS_LIMIT
from addrsvc.tabular.lines_writing import LinesFile

_BATCH: Final = 2_000

ROW_LIMITS: Final = {".xlsx": ROWS_LIMIT - 1}
"""Most rows of the formats that have a limit."""


class Writer(Protocol):
    """A file being written, batch after batch; its rows are those of its layout."""

    def write(self, rows: Sequence[Row]) -> None:
        """Add rows."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...


class ResumableWriter(Writer, Protocol):
    """A file that another process can go on with."""

    def position(self) -> int:
        """Give how many bytes are whole and on the disk: what to go on from."""
        ...

    def leave(self) -> None:
        """Let go of the file unfinished, for another process to go on with."""
        ...


def open_writer(path: Path, layout: Layout) -> Writer:
    """Begin a file that is written in one go; what was there is overwritten.

    Rows leave the memory as they come. ``close`` must be called; for a file that appears whole
    or not at all, write to another name and rename it.

    Raises:
        FormatUnknown: no such format.
        SheetFull: while writing or closing: .xlsx holds no more rows.
    """
    return _maker(path)(path, layout)


def resume_writer(path: Path, layout: Layout, at: int = 0) -> ResumableWriter:
    """Begin a file, or go on with it at a position kept; what is behind it is cut off.

    CSV and NDJSON are written in place. XLSX, GeoJSON, GeoPackage and Parquet are written by
    ``close``, from rows spooled in a file beside it (``spool_path``): that takes a while, and may
    be done again if it was interrupted.

    Raises:
        FormatUnknown: no such format.
        ResultLost: what was written until that position is gone.
        SheetFull: while closing: .xlsx holds no more rows. See ``ROW_LIMITS``.
    """
    suffix = path.suffix.lower()
    if suffix in _IN_PLACE:
        return _IN_PLACE[suffix](path, layout, at)
    return SpooledWriter(path, layout, at)


def spool_path(path: Path) -> Path:
    """Give where rows wait that are not yet in a file."""
    return path.with_name(f"{path.name}.rows")


class SpooledWriter:
    """Rows that wait in a spool; the file appears whole when it is closed."""

    def __init__(self, path: Path, layout: Layout, at: int = 0) -> None:
        """Begin the spool, or go on at a position.

        Raises:
            FormatUnknown: no such format.
            ResultLost: what was written until there is gone, and the file is not there either.
        """
        self._make = _maker(path)
        self._path, self._layout, self._at = path, layout, at
        spool = spool_path(path)
        # closed, and killed before anybody could say so: nothing is left to do
        is_whole = at > 0 and path.exists() and not spool.exists()
        self._lines = None if is_whole else LinesFile(spool, b"", at)

    def write(self, rows: Sequence[Row]) -> None:
        """Add rows.

        Raises:
            ResultLost: the file is whole already.
        """
        if self._lines is None:
            raise ResultLost(file=self._path.name)
        self._lines.add(b"".join(orjson.dumps(clean(row)) + b"\n" for row in rows))

    def position(self) -> int:
        """Give how many bytes of the spool are whole and on the disk."""
        return self._at if self._lines is None else self._lines.position()

    def leave(self) -> None:
        """Let go of the spool, for another process to go on with."""
        if self._lines is not None:
            self._lines.close()

    def close(self) -> None:
        """Write the file from its spool, put it in place and remove the spool.

        Raises:
            SheetFull: .xlsx holds no more rows; the spool stays.
        """
        if self._lines is None:
            return
        self._lines.close()
        path, spool = self._path, spool_path(self._path)
        partial = path.with_name(f".{path.stem}.{os.getpid()}.partial{path.suffix.lower()}")
        try:
            writer = self._make(partial, self._layout)
            try:
                for rows in spooled_rows(spool):
                    writer.write(rows)
            finally:
                writer.close()
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        spool.unlink()


def spooled_rows(spool: Path) -> Iterator[list[list[str]]]:
    """Give the rows of a spool, in batches."""
    with spool.open("rb") as file:
        while lines := list(islice(file, _BATCH)):
            yield list(map(orjson.loads, lines))


def _maker(path: Path) -> Callable[[Path, Layout], Writer]:
    suffix = path.suffix.lower()
    if suffix in _AT_ONCE:
        return _AT_ONCE[suffix]
    # these libraries are heavy: other formats do without them
    if suffix == ".xlsx":
        from addrsvc.tabular.xlsx_writing import XlsxWriter  # noqa: PLC0415 -- see above

        return XlsxWriter
    if suffix == ".gpkg":
        from addrsvc.tabular.gpkg_writing import GpkgWriter  # noqa: PLC0415 -- see above

        return GpkgWriter
    if suffix == ".parquet":
        from addrsvc.tabular.parquet_writing import ParquetWriter  # noqa: PLC0415 -- see above

        return ParquetWriter
    raise FormatUnknown(file=path.name)


_IN_PLACE: Final[dict[str, Callable[[Path, Layout, int], ResumableWriter]]] = {
    ".csv": CsvWriter,
    ".ndjson": NdjsonWriter,
    ".jsonl": NdjsonWriter,
}
_AT_ONCE: Final[dict[str, Callable[[Path, Layout], Writer]]] = {
    ".csv": CsvWriter,
    ".ndjson": NdjsonWriter,
    ".jsonl": NdjsonWriter,
    ".geojson": GeoJsonWriter,
}
