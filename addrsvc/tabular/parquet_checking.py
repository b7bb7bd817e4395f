"""Judge a Parquet file before the library unpacks any of it: its footer, its groups, its pages.

The library trusts what the file says of its pages and keeps one page of every column at a time.
So the heads of all pages are looked at here, which are the sizes the library goes by.

Source: parquet-format 2.11 (``PageHeader``), Thrift compact protocol.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import pyarrow.parquet as pq

from addrsvc.tabular.errors import (
    FileBroken,
    FormatUnknown,
    LayerUnreadable,
    TableTooLarge,
    TooManyColumns,
)
from addrsvc.tabular.limits import COLUMN_LIMIT
from addrsvc.tabular.thrift_compact import BYTES, LIST, STRUCT, Compact

FOOTER_LIMIT: Final = 20_000_000
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
        thrift_container_size_limit=200_000,
        arrow_extensions_enabled=False,
    )


class Group(NamedTuple):
    """A group of rows, as a file describes it."""

    rows: int
    size: int
    """Bytes, unpacked."""


def check_parquet(path: Path) -> list[Group]:
    """Pass a file that is safe to read; give its groups of rows.

    Raises:
        FormatUnknown: no Parquet, or encrypted.
        TableTooLarge: it cannot be read in small parts.
        TooManyColumns: as it says.
        FileBroken: a page is damaged: the first record of its group.
        LayerUnreadable: the footer is damaged.
    """
    with path.open("rb") as file:
        footer = _footer(file, path)
        checking = _Checking(file, path.name)
        try:
            checking.footer(Compact(footer))
        except (LookupError, ValueError) as error:
            raise LayerUnreadable(file=path.name, layer="1") from error
    return checking.groups


def _footer(file: BinaryIO, path: Path) -> bytes:
    size = path.stat().st_size
    if size < 12 or file.read(4) != _MAGIC:
        raise FormatUnknown(file=path.name)
    file.seek(-8, 2)
    length, magic = int.from_bytes(file.read(4), "little"), file.read(4)
    if magic == _ENCRYPTED:
        raise FormatUnknown(file=path.name)
    if magic != _MAGIC or length > size - 12:
        raise LayerUnreadable(file=path.name, layer="1")
    if length > FOOTER_LIMIT:
        raise TableTooLarge(file=path.name)
    file.seek(-8 - length, 2)
    return file.read(length)


class _Checking:
    """Reads the description of a file, and looks at the pages of each group as it comes."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self._records = self._pages = self._largest = self._columns = 0
        self.groups: list[Group] = []

    def footer(self, said: Compact) -> None:
        """Read ``FileMetaData``: its field 3 counts the rows, 4 lists the groups."""
        count = -1
        for field, kind in said.fields():
            if field == 3:
                count = said.whole()
            elif (field, kind) == (4, LIST):
                for each in said.items():
                    _expect(each, STRUCT)
                    self._group(said)
            else:
                said.skip(kind)
        if count != self._records:
            raise ValueError(count)

    def _group(self, said: Compact) -> None:
        """Read ``RowGroup``: its field 1 lists the columns, 2 is its size, 3 counts its rows."""
        self._largest = self._columns = 0
        found: dict[int, int] = {}
        for field, kind in said.fields():
            if (field, kind) == (1, LIST):
                for each in said.items():
                    _expect(each, STRUCT)
                    self._column(said)
            elif field in (2, 3):
                found[field] = said.whole()
            else:
                said.skip(kind)
        group = Group(rows=found[3], size=found[2])
        if group.rows < 0:
            raise ValueError(group)
        self.groups.append(group)
        self._records += group.rows
        if self._records > RECORDS_LIMIT:
            raise TableTooLarge(file=self._name)

    def _column(self, said: Compact) -> None:
        """Read ``ColumnChunk``: its field 3 describes it, 1 would be the name of another file."""
        self._columns += 1
        if self._columns > COLUMN_LIMIT:
            raise TooManyColumns(file=self._name, limit=COLUMN_LIMIT)
        for field, kind in said.fields():
            if (field, kind) == (1, BYTES):
                raise FormatUnknown(file=self._name)
            if (field, kind) == (3, STRUCT):
                self._chunk(said.numbers())
            else:
                said.skip(kind)

    def _chunk(self, said: dict[int, int]) -> None:
        """Look at ``ColumnMetaData``: 5 values, 7 bytes, 9 first page, 11 dictionary."""
        if said[5] > VALUES_LIMIT:
            raise TableTooLarge(file=self._name)
        at, dictionary = said[9], said.get(11, 0)
        if 0 < dictionary < at:
            at = dictionary
        try:
            largest, count = self._look_at_pages(at, at + said[7])
        except (ValueError, IndexError, OverflowError, OSError) as error:
            raise FileBroken(file=self._name, line=self._records + 1) from error
        self._largest, self._pages = self._largest + largest, self._pages + count
        if self._largest > PAGES_LIMIT or self._pages > COUNT_LIMIT:
            raise TableTooLarge(file=self._name)

    def _look_at_pages(self, at: int, end: int) -> tuple[int, int]:
        """Give the bytes the largest page of a column unpacks to, and the number of pages."""
        largest = count = 0
        while at < end and count <= COUNT_LIMIT:
            unpacked, packed, head = self._page(at, min(_HEAD, end - at))
            largest, count = max(largest, unpacked, packed), count + 1
            at += head + packed
        if at != end and count <= COUNT_LIMIT:
            raise ValueError(at)
        return largest, count

    def _page(self, at: int, most: int) -> tuple[int, int, int]:
        """Read ``PageHeader``: bytes unpacked and packed, and how long it is itself."""
        for length in (most, _LONG_HEAD):
            self._file.seek(at)
            head = Compact(self._file.read(length))
            try:
                said = head.numbers()
            except IndexError:
                continue  # statistics of long texts make long heads
            if min(said.get(2, -1), said.get(3, -1)) < 0:
                break
            return said[2], said[3], head.at
        raise ValueError(at)


def _expect(kind: int, wanted: int) -> None:
    if kind != wanted:
        raise ValueError(kind)
