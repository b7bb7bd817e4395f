"""Open a file by what it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

from addrsvc.tabular.csv_reading import CsvSource
from addrsvc.tabular.errors import FileEmpty, FileMissing, FormatUnknown
from addrsvc.tabular.model import Record
from addrsvc.tabular.ndjson_reading import NdjsonSource

_TEXT = frozenset({".csv", ".tsv", ".txt"})
_LINES = frozenset({".ndjson", ".jsonl"})
_GEO = frozenset({".gpkg", ".geojson", ".json"})
_PARQUET = frozenset({".parquet", ".geoparquet"})
SUFFIXES: Final = _TEXT | {".xlsx"} | _LINES | _GEO | _PARQUET
"""Of the files read here."""
_BINARY = (b"PK\x03\x04", b"SQLite format 3\0", b"%PDF", b"\xd0\xcf\x11\xe0", b"PAR1")


class Source(Protocol):
    """A file of records, read as often as asked."""

    header: list[str]
    """Names of the columns as the file has them, to be written back."""
    columns: list[str]
    """The same, each told from the others, none without a name."""
    encoding: str
    delimiter: str
    crs: str | None
    """Reference system the file states; None: it states none."""
    carries_point: bool
    """The last two columns are the coordinates of a layer's points."""

    def estimate(self) -> int | None:
        """Give about how many records there are; None: not known."""
        ...

    def records(self) -> Iterator[Record]:
        """Read every record from the first."""
        ...


def open_source(
    path: Path,
    *,
    encoding: str | None = None,
    layer: str | None = None,
    crs: str | None = None,
) -> Source:
    """Open a file by its extension; None: what the file says of itself, or its first layer.

    Raises:
        FileMissing: there is none.
        FileEmpty: nothing is in it.
        FormatUnknown: of no kind read here, or not what its extension says.
    """
    if not path.is_file():
        raise FileMissing(file=path.name)
    if path.stat().st_size == 0:
        raise FileEmpty(file=path.name)
    suffix = path.suffix.lower()
    if suffix in _TEXT | _LINES:
        with path.open("rb") as file:
            if file.read(16).startswith(_BINARY):
                raise FormatUnknown(file=path.name)
        return CsvSource(path, encoding) if suffix in _TEXT else NdjsonSource(path)
    # these libraries are heavy: a CSV import does without them
    if suffix == ".xlsx":
        from addrsvc.tabular.xlsx_reading import XlsxSource  # noqa: PLC0415 -- see above

        return XlsxSource(path, layer)
    if suffix in _GEO:
        from addrsvc.tabular.geo_reading import GeoSource  # noqa: PLC0415 -- see above

        return GeoSource(path, layer, crs)
    if suffix in _PARQUET:
        from addrsvc.tabular.parquet_reading import ParquetSource  # noqa: PLC0415 -- see above

        return ParquetSource(path, crs)
    raise FormatUnknown(file=path.name)
