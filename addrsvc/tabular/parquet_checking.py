"""Judge a Parquet file before the library unpacks any of it: its footer, its groups, its pages.

The library trusts what the file says of its pages and keeps one page of every column at a time.
So the heads of all pages are looked at here, which are the sizes the library goes by.

Source: parquet-format 2.11 (``PageHeader``), Thrift compact protocol.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from addrsvc.tabular.errors import (
    FileBroken,
    FormatUnknown,
    LayerUnreadable,
    TableTooLarge,
    TooManyColumns,
)
from addrsvc.tabular.limits import COLUMN_LIMIT

FOOTER_LIMIT: Final = 50_000_000
"""Most bytes of what the file says of itself; it is read whole."""
RECORDS_LIMIT: Final = 100_000_000
VALUES_LIMIT: Final = 200_000_000
"""Most values of one column of a group, those of lists counted."""
PAGES_LIMIT: Final = 300_000_000
"""Most bytes that the largest page of every column of a group unpack to, together."""
COUNT_LIMIT: Final = 1_000_000
"""Most pages."""
_MAGIC: Final = b"PAR1"
_ENCRYPTED: Final = b"PARE"
_HEAD: Final = 1 << 12
_LONG_HEAD: Final = 1 << 20


def open_parquet(path: Path, *, dictionaries: list[str] | None = None) -> pq.ParquetFile:
    """Open a file so that its pages are read one by one, not a group of rows at once.

    Columns of ``dictionaries`` come as they are kept: each text once, however often it stands.
    """
    return pq.ParquetFile(
        path,
        read_dictionary=dictionaries,
        buffer_size=1 << 16,
        pre_buffer=False,
        thrift_string_size_limit=FOOTER_LIMIT,
        thrift_container_size_limit=5_000_000,
        arrow_extensions_enabled=False,
    )


def check_parquet(path: Path) -> int:
    """Pass a file that is safe to read; give the number of its records.

    Raises:
        FormatUnknown: no Parquet, or encrypted.
        TableTooLarge: it cannot be read in small parts.
        TooManyColumns: as it says.
        FileBroken: a page is damaged: the first record of its group.
        LayerUnreadable: the footer is damaged.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(4) != _MAGIC or size < 12:
            raise FormatUnknown(file=path.name)
        file.seek(-8, 2)
        length, magic = int.from_bytes(file.read(4), "little"), file.read(4)
        if magic == _ENCRYPTED:
            raise FormatUnknown(file=path.name)
        if magic != _MAGIC or length > size - 12:
            raise LayerUnreadable(file=path.name, layer="1")
        if length > FOOTER_LIMIT:
            raise TableTooLarge(file=path.name)
        try:
            with open_parquet(path) as table:
                said = table.metadata
        except (pa.ArrowException, OSError, ValueError) as error:
            raise LayerUnreadable(file=path.name, layer="1") from error
        if said.num_columns > COLUMN_LIMIT:
            raise TooManyColumns(file=path.name, limit=COLUMN_LIMIT)
        if not 0 <= said.num_rows <= RECORDS_LIMIT:
            raise TableTooLarge(file=path.name)
        _check_groups(file, path.name, said)
    return int(said.num_rows)


def _check_groups(file: BinaryIO, name: str, said: Any) -> None:
    records = pages = 0
    for at in range(said.num_row_groups):
        group = said.row_group(at)
        together = 0
        for column in range(said.num_columns):
            chunk = group.column(column)
            if chunk.num_values > VALUES_LIMIT:
                raise TableTooLarge(file=name)
            try:
                largest, count = _pages(file, chunk)
            except (ValueError, IndexError) as error:
                raise FileBroken(file=name, line=records + 1) from error
            together, pages = together + largest, pages + count
            if together > PAGES_LIMIT or pages > COUNT_LIMIT:
                raise TableTooLarge(file=name)
        records += group.num_rows


def _pages(file: BinaryIO, chunk: Any) -> tuple[int, int]:
    """Give the bytes the largest page of a column unpacks to, and the number of pages."""
    at, dictionary = chunk.data_page_offset, chunk.dictionary_page_offset
    if dictionary is not None and 0 < dictionary < at:
        at = dictionary
    end = at + chunk.total_compressed_size
    largest = count = 0
    while at < end:
        unpacked, packed, head = _page_head(file, at, min(_HEAD, end - at))
        largest, count = max(largest, unpacked, packed), count + 1
        at += head + packed
        if count > COUNT_LIMIT:
            break
    if at != end and count <= COUNT_LIMIT:
        raise ValueError(at)
    return largest, count


def _page_head(file: BinaryIO, at: int, most: int) -> tuple[int, int, int]:
    """Read a page's head: bytes unpacked, bytes packed, and its own."""
    for length in (most, _LONG_HEAD):
        file.seek(at)
        data = file.read(length)
        try:
            fields, end = _struct(data, 0)
        except IndexError:
            if length == _LONG_HEAD:
                raise
        else:
            unpacked, packed = fields.get(2, -1), fields.get(3, -1)
            if unpacked < 0 or packed < 0:
                raise ValueError(at)
            return unpacked, packed, end
    raise ValueError(at)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError(at)


def _struct(data: bytes, at: int, depth: int = 0) -> tuple[dict[int, int], int]:
    """Read a struct of the compact protocol: its whole numbers by field, and where it ends."""
    if depth > 8:
        raise ValueError(at)
    fields: dict[int, int] = {}
    field = 0
    while data[at]:
        step, kind = data[at] >> 4, data[at] & 0x0F
        at += 1
        if step:
            field += step
        else:
            raw, at = _varint(data, at)
            field = (raw >> 1) ^ -(raw & 1)
        if kind in (4, 5, 6):
            raw, at = _varint(data, at)
            fields[field] = (raw >> 1) ^ -(raw & 1)
        else:
            at = _skip(data, at, kind, depth)
    return fields, at + 1


def _skip(data: bytes, at: int, kind: int, depth: int) -> int:
    """Pass over a value that is not looked at; heads of pages hold no lists."""
    if kind in (1, 2):
        return at
    if kind == 3:
        return at + 1
    if kind == 7:
        return at + 8
    if kind == 8:
        length, at = _varint(data, at)
        return at + length
    if kind == 12:
        return _struct(data, at, depth + 1)[1]
    raise ValueError(kind)
