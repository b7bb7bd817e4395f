"""Bring dossiers in: a row is one, or one address of one.

Columns with names and numbers of persons are read only to leave them out of addresses; they stay
in the result, which is its owner's own file.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from addrsvc.auth.model import Scope
from addrsvc.dossiers import bulk_rows
from addrsvc.dossiers.bulk_rows import NationalRows, Reader, SpreadsheetRows, put_rows
from addrsvc.dossiers.columns import FIELD_NAMES, GUESSES, columns_at
from addrsvc.dossiers.judging import Judge
from addrsvc.dossiers.national import is_national
from addrsvc.file_jobs.kinds.work import Room, RowDone, RowWork, Terms
from addrsvc.tabular.columns import guess_columns
from addrsvc.tabular.model import Cells, Record


async def work(room: Room, terms: Terms, records: Sequence[Record]) -> list[RowDone]:
    """Bring rows in. Done again, they change nothing and tell the same."""
    done = await put_rows(
        room.engine,
        room.principal,
        Judge(room.geocoder, room.codes, room.doors.pool),
        reader_of(terms),
        [each.cells for each in records],
        room.clock,
        since=terms.since,
    )
    return [RowDone(each.status, each.cells(terms.language), each.code()) for each in done]


def reader_of(terms: Terms) -> Reader:
    """Give how rows are read: by chosen or guessed columns, or as records of the portal."""
    if is_national(terms.columns) and not terms.options.get("columns"):
        return NationalRows(terms.columns)
    return SpreadsheetRows(columns_at(terms.columns, terms.at))


def guess(header: Sequence[str], _: Sequence[Cells]) -> dict[str, str]:
    """Tell by headers alone: what is in the cells is nobody's business before it is chosen."""
    return {role: header[at] for role, at in guess_columns(header, GUESSES, {}).items()}


def lacks(roles: Collection[str]) -> Sequence[str]:
    """Need the code: without addresses a dossier is one all the same."""
    return [] if "code" in roles else ["code"]


WORK: Final = RowWork(
    scope=Scope.DOSSIERS_WRITE,
    roles=FIELD_NAMES,
    guess=guess,
    lacks=lacks,
    added=bulk_rows.COLUMNS,
    work=work,
    numbers=bulk_rows.NUMBERS,
)
