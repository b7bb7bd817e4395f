"""Judge a spreadsheet's archive before any library reads it: its sizes, its parts, its rows.

The library reads most parts whole, keeps a row until its end, and goes by what the archive says
of itself. So what would fill the memory is looked for here, in the streamed bytes themselves.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Final
from xml.parsers import expat

from addrsvc.tabular.errors import ArchiveRefused, FileBroken, LayerUnreadable
from addrsvc.tabular.limits import ROWS_LIMIT

ENTRY_LIMIT: Final = 500
TOTAL_LIMIT: Final = 1_000_000_000
"""Most bytes all parts unpack to."""
STRINGS_LIMIT: Final = 120_000_000
"""Most bytes of the table of texts, which is read whole."""
ELEMENTS_LIMIT: Final = 8_000_000
"""Most elements of the table of texts."""
PART_LIMIT: Final = 8_000_000
"""Most bytes of all other parts that are read whole, such as formats."""
ROW_LIMIT: Final = 4_000_000
"""Most bytes of a sheet without the end of a row."""
RATIO_LIMIT: Final = 100
_RATIO_FROM: Final = 10_000_000
_CHUNK: Final = 1 << 16

_SHEETS: Final = "xl/worksheets/"
_MEDIA: Final = "xl/media/"
_TYPES: Final = "[Content_Types].xml"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET_TYPE: Final = "spreadsheetml.worksheet+xml"
_STRINGS_TYPE: Final = "spreadsheetml.sharedStrings+xml"


class _RowBroken(Exception):
    """A sheet is damaged in this row."""

    def __init__(self, row: int) -> None:
        super().__init__(row)
        self.row = row


def check_archive(path: Path) -> None:
    """Pass an archive that is safe to read.

    Raises:
        ArchiveRefused: it would unpack to too much.
        FileBroken: a sheet is damaged: the row.
        LayerUnreadable: damaged, or its parts are not what they are said to be.
    """
    damaged = (zipfile.BadZipFile, zlib.error, expat.ExpatError, OSError, EOFError)
    try:
        with zipfile.ZipFile(path) as archive:
            if _is_swollen(archive.infolist()):
                raise ArchiveRefused(file=path.name)
            strings = _strings_of(archive)
            if strings is None:
                raise LayerUnreadable(file=path.name, layer="1")
            if not _is_bounded(archive, strings):
                raise ArchiveRefused(file=path.name)
    except _RowBroken as broken:
        raise FileBroken(file=path.name, line=broken.row) from broken
    except (*damaged, NotImplementedError, RuntimeError, ValueError) as error:
        raise LayerUnreadable(file=path.name, layer="1") from error


def _is_swollen(entries: list[zipfile.ZipInfo]) -> bool:
    """Judge by what the archive declares; no more than that is ever unpacked of a part."""
    whole = sum(
        entry.file_size for entry in entries if not entry.filename.startswith((_SHEETS, _MEDIA))
    )
    strings = sum(e.file_size for e in entries if e.filename.endswith("haredStrings.xml"))
    return (
        len(entries) > ENTRY_LIMIT
        or len({entry.filename for entry in entries}) < len(entries)
        or sum(entry.file_size for entry in entries) > TOTAL_LIMIT
        or strings > STRINGS_LIMIT
        or whole - strings > PART_LIMIT
        or any(entry.filename.lower().endswith((".zip", ".xlsx")) for entry in entries)
        or any(
            entry.file_size > _RATIO_FROM and entry.file_size > RATIO_LIMIT * entry.compress_size
            for entry in entries
        )
    )


def _strings_of(archive: zipfile.ZipFile) -> set[str] | None:
    """Give the parts said to be tables of texts; None: a part is under another's name."""
    strings: set[str] = set()
    is_honest = True

    def started(name: str, said: dict[str, str]) -> None:
        nonlocal is_honest
        part, kind = said.get("PartName", "").lstrip("/"), said.get("ContentType", "")
        if not name.endswith(" Override") or not part:
            return
        if kind.endswith(_STRINGS_TYPE):
            strings.add(part)
            is_honest &= part.endswith("haredStrings.xml")
        if part.startswith(_SHEETS):
            is_honest &= kind.endswith(_SHEET_TYPE)

    parser = _parser()
    parser.StartElementHandler = started
    try:
        parser.Parse(archive.read(_TYPES), True)
    except KeyError:
        return None
    return strings if is_honest else None


def _is_bounded(archive: zipfile.ZipFile, strings: set[str]) -> bool:
    there = archive.namelist()
    sheets = [name for name in there if name.startswith(_SHEETS) and name.endswith(".xml")]
    return all(_has_small_rows(archive, name) for name in sheets) and all(
        _has_few_elements(archive, name) for name in strings.intersection(there)
    )


def _has_small_rows(archive: zipfile.ZipFile, name: str) -> bool:
    depth = rows = read = last = 0

    def started(_: str, __: dict[str, str]) -> None:
        nonlocal depth
        depth += 1

    def ended(tag: str) -> None:
        nonlocal depth, rows, last
        if depth == 3 and tag == f"{_MAIN} row":  # worksheet, sheetData, row
            rows += 1
            last = parser.CurrentByteIndex
        depth -= 1

    parser = _parser()
    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    try:
        with archive.open(name) as file:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk, False)
                read += len(chunk)
                if read - last > ROW_LIMIT or rows > ROWS_LIMIT:
                    return False
            parser.Parse(b"", True)
    except (expat.ExpatError, zlib.error, zipfile.BadZipFile, EOFError) as error:
        raise _RowBroken(rows + 1) from error
    return True


def _has_few_elements(archive: zipfile.ZipFile, name: str) -> bool:
    count = 0

    def started(_: str, __: dict[str, str]) -> None:
        nonlocal count
        count += 1

    parser = _parser()
    parser.StartElementHandler = started
    with archive.open(name) as file:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
            if count > ELEMENTS_LIMIT:
                return False
    return True


def _parser() -> expat.XMLParserType:
    """Make a parser that knows namespaces and refuses documents that define entities."""

    def refused(*_: object) -> None:
        raise ValueError

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refused
    return parser
