"""Cut a file into parts of rows, each a file of its own; done in a thread.

A part that is cut again after a kill is the same: rows are read from the first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import orjson

from addrsvc.errors import AddrsvcError, Language, Text
from addrsvc.file_jobs.running_errors import ResultTooManyRows
from addrsvc.tabular.model import Cells, Record
from addrsvc.tabular.row_errors import RowEncoding
from addrsvc.tabular.sources import Source
from addrsvc.tabular.texts import written
from addrsvc.tabular.writing import ROW_LIMITS

PART_ROWS: Final = 1_000
_PART_CHARACTERS: Final = 4_000_000
"""A part of very long rows has fewer, so that memory does not grow with them."""

_IN_LINE: Final = Text("Dòng {line}: {reason}", "Line {line}: {reason}")


class RowIn(NamedTuple):
    """One row of a part: its line in the file, its cells, and why it cannot be used, if so."""

    line: int
    cells: Cells
    reason: str | None


@dataclass(frozen=True, slots=True)
class Cut:
    """Into what a file was cut."""

    rows: int
    parts: int


class CuttingStopped(Exception):
    """Nobody waits for the parts any more."""


def cut(
    source: Source,
    folder: Path,
    used: Collection[int],
    *,
    ending: str,
    language: Language,
    is_stopped: Callable[[], bool],
    part_rows: int = PART_ROWS,
) -> Cut:
    """Write the parts of a file into a folder, as ``JobFiles.part_in`` names them.

    Args:
        source: the file.
        folder: made here; what it held is overwritten.
        used: places of the columns that matter: a row is unusable if one of these is spoiled.
        ending: format of the result.
        language: of the reasons why a row cannot be used.
        is_stopped: asked before each part.
        part_rows: most rows of a part.

    Raises:
        CuttingStopped: so it is said.
        ResultTooManyRows: the result could not hold all rows.
        AddrsvcError: the file is damaged further down.
    """
    folder.mkdir(mode=0o700)
    limit = ROW_LIMITS.get(f".{ending}")
    rows = parts = 0
    for records in _batches(source.records(), part_rows):
        if is_stopped():
            raise CuttingStopped
        rows += len(records)
        if limit is not None and rows > limit:
            raise ResultTooManyRows(ending=ending, limit=limit)
        wide = source.encoding.startswith("utf-16")
        part = _part(records, source, used, language, has_losses=wide)
        (folder / f"{parts:07}.in").write_bytes(part)
        parts += 1
    return Cut(rows, parts)


def read_part(path: Path) -> list[RowIn]:
    """Read a part.

    Raises:
        FileNotFoundError: it is gone.
    """
    return [RowIn(*each) for each in orjson.loads(path.read_bytes())]


def _batches(records: Iterator[Record], most: int) -> Iterator[list[Record]]:
    batch: list[Record] = []
    characters = 0
    for record in records:
        batch.append(record)
        characters += sum(map(len, record.cells))
        if len(batch) >= most or characters >= _PART_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _part(
    records: list[Record],
    source: Source,
    used: Collection[int],
    language: Language,
    *,
    has_losses: bool,
) -> bytes:
    width = len(source.columns)
    rows = [
        (record.line, record.fitted(width), _reason(record, used, language)) for record in records
    ]
    if not has_losses:
        try:
            return orjson.dumps(rows)
        except orjson.JSONEncodeError:
            pass  # bytes that were no text: seldom, so looked for only now
    return orjson.dumps([_mended(*each, source, used, language) for each in rows])


def _reason(record: Record, used: Collection[int], language: Language) -> str | None:
    error = record.error
    if error is None and record.spoiled is not None:
        error = next((record.spoiled[at] for at in used if at in record.spoiled), None)
    return None if error is None else _said(record.line, error, language)


def _said(line: int, error: AddrsvcError, language: Language) -> str:
    return _IN_LINE.in_(language).format(line=line, reason=error.text(language))


def _mended(
    line: int,
    cells: Cells,
    reason: str | None,
    source: Source,
    used: Collection[int],
    language: Language,
) -> tuple[int, Cells, str | None]:
    mended = list(map(written, cells))
    if reason is None:
        at = next((at for at in used if mended[at] != cells[at] or "\ufffd" in cells[at]), None)
        if at is not None:
            error = RowEncoding(column=source.columns[at], encoding=source.encoding)
            reason = _said(line, error, language)
    return line, mended, reason and written(reason)
