"""Bring the dossiers of a local file in, a thousand rows at a time; rows in are rows out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from addrsvc.dossiers import bulk_rows
from addrsvc.dossiers.bulk_rows import NationalRows, Reader, RowBrought, SpreadsheetRows
from addrsvc.dossiers.columns import map_columns
from addrsvc.dossiers.imported import Imported
from addrsvc.dossiers.model import AddressRole
from addrsvc.dossiers.national import is_national
from addrsvc.errors import Language
from addrsvc.tabular.layout import Layout
from addrsvc.tabular.model import Record
from addrsvc.tabular.sources import Source
from addrsvc.tabular.writing import open_writer

ROWS: Final = 1_000
"""Rows brought in together."""

STATUSES: Final = (*bulk_rows.STATUSES, "unreadable")
"""What may become of a row of a file."""

PutRows = Callable[[Sequence[Sequence[str]]], Awaitable[list[RowBrought]]]


@dataclass(slots=True)
class FileReceipt:
    """What a file came to; counts add up to its rows."""

    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    """Of the addresses the rows say."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Persons: ``fields`` left behind, and ``texts`` they were cut from."""
    sha256: str = ""
    """Of the file."""


def reader_for(
    source: Source,
    chosen: Mapping[str, str],
    role: AddressRole = AddressRole.RESIDENCE_CURRENT,
    *,
    national: bool = False,
) -> Reader:
    """Give how the rows of a file are read.

    Args:
        source: the file.
        chosen: field → column, over what is guessed.
        role: of addresses whose column and row do not say what they are.
        national: they are records of the national portal, whatever their columns look like.

    Raises:
        ColumnFieldUnknown, ColumnUnknown, CodeColumnMissing: see ``columns.map_columns``.
    """
    if national or (not chosen and is_national(source.columns)):
        return NationalRows(source.columns)
    return SpreadsheetRows(map_columns(source.columns, chosen), role)


async def bring_file(
    file: Path,
    source: Source,
    out: Path,
    put: PutRows,
    language: Language,
    report: Callable[[FileReceipt], None],
    used: frozenset[int] | None = None,
) -> FileReceipt:
    """Bring all rows in, and write each with what became of it; the result appears whole.

    ``used``: places of columns that matter: a row is unusable where one of them is (None: all).

    Raises:
        NotSignedIn, ScopeMissing: it may not bring dossiers in.
        SheetFull: .xlsx holds no more rows.
    """
    receipt = FileReceipt()
    with file.open("rb") as content:
        receipt.sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    layout = Layout(
        source.header,
        bulk_rows.COLUMNS,
        bulk_rows.NUMBERS,
        delimiter=source.delimiter if out.suffix.lower() == ".csv" else ",",
    )
    partial = out.with_name(f".{out.stem}.partial{out.suffix.lower()}")
    try:
        writer = open_writer(partial, layout)
        try:
            for records in _batches(source.records()):
                done = await _bring(records, len(source.columns), put, language, receipt, used)
                writer.write(done)
                report(receipt)
        finally:
            writer.close()
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return receipt


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    while batch := list(islice(records, ROWS)):
        yield batch


async def _bring(
    records: Sequence[Record],
    width: int,
    put: PutRows,
    language: Language,
    receipt: FileReceipt,
    used: frozenset[int] | None,
) -> list[list[str]]:
    problems = [_problem(each, language, used) for each in records]
    fitted = [each.fitted(width) for each in records]
    given = [cells for cells, wrong in zip(fitted, problems, strict=True) if wrong is None]
    done = iter(await put(given) if given else ())
    written = []
    for cells, wrong in zip(fitted, problems, strict=True):
        if wrong is None:
            brought = next(done)
            _count(receipt, brought)
            added = brought.cells(language)
        else:
            added = ["unreadable", *[""] * (len(bulk_rows.COLUMNS) - 2), wrong]
        receipt.rows += 1
        receipt.counts[added[0]] += 1
        written.append([*cells, *added])
    return written


def _problem(record: Record, language: Language, used: frozenset[int] | None) -> str | None:
    """Say why a row cannot be used; None: it can."""
    spoiled = record.spoiled or {}
    wrong = [error for at, error in spoiled.items() if used is None or at in used]
    error = record.error or next(iter(wrong), None)
    return None if error is None else error.text(language)


def _count(receipt: FileReceipt, brought: RowBrought) -> None:
    receipt.states.update(each.state.value for each in brought.addresses())
    if isinstance(brought.read, Imported):
        receipt.left_out.update(bulk_rows.left_out(brought.read))
