"""What a kind of job is: what it needs to know of a row, what it adds to it, and how."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.db.doors import Doors
from addrsvc.errors import Language, Text
from addrsvc.geocoding.world import Geocoder
from addrsvc.registry.lookup import CodeLookup
from addrsvc.settings import Settings
from addrsvc.tabular.model import Cells, Record

UNREADABLE = "unreadable"
"""Status of rows that were never given to a kind: ragged, no text, a formula where it matters."""


@dataclass(frozen=True, slots=True)
class Room:
    """What rows are worked on with: everything one process holds, and in whose name."""

    engine: AsyncEngine
    settings: Settings
    clock: Clock
    doors: Doors
    geocoder: Geocoder
    units: UnitsInMemory
    codes: CodeLookup
    principal: Principal
    """As of now: what is left of whoever asked."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How the rows of one job are read and answered; the same for all its parts."""

    job_id: UUID
    columns: Sequence[str]
    """Of the file, each told from the others."""
    at: Mapping[str, int]
    """Role → place of its column; roles without a column are left out."""
    day: date
    """Legal day whose units count."""
    since: datetime
    """When the job was made."""
    language: Language
    crs: str | None
    """Reference system of coordinates, as chosen, else as the file says; None: WGS 84 degrees."""
    options: Mapping[str, Any]
    """As asked."""

    def cell(self, record: Record, role: str) -> str:
        """Give what a row has in the column of a role, trimmed; empty: nothing, or no column."""
        place = self.at.get(role)
        return "" if place is None else record.cells[place].strip()


class RowDone(NamedTuple):
    """What became of one row."""

    status: str
    """Counted in the receipt; also the first of the cells."""
    cells: Sequence[str]
    """In the order of ``RowWork.added``, as many."""
    code: str | None = None
    """Digital address code of the answer, to be told of later changes."""


Guess = Callable[[Sequence[str], Sequence[Cells]], dict[str, str]]
"""Columns and first rows → role → column, for the roles that can be told."""


@dataclass(frozen=True, slots=True)
class RowWork:
    """A kind of job. Rows in are rows out: ``work`` gives as many as it is given, in order."""

    scope: Scope
    """What whoever asks must hold, and still hold when rows are done."""
    roles: Mapping[str, Text]
    """What a column may mean, in the words people are shown."""
    guess: Guess
    lacks: Callable[[Collection[str]], Sequence[str]]
    """Roles there are columns for → roles still needed; none: rows can be done."""
    added: Sequence[str]
    """Columns behind those of the file: the first is the status, the last says in words why a row
    could not be read or was refused."""
    work: Callable[[Room, Terms, Sequence[Record]], Awaitable[list[RowDone]]]
    """Does some rows, each readable (as many cells as columns, none spoiled that has a role). May
    be done again from the start when a process dies: what it writes must bear that."""
    numbers: frozenset[str] = frozenset()
    """Of those added, the numbers."""
    lon: str | None = None
    """Columns added that place a row on the map: WGS 84, degrees."""
    lat: str | None = None

    def undone(self, status: str, reason: str) -> RowDone:
        """Give what becomes of a row that is not worked on."""
        return RowDone(status, [status, *[""] * (len(self.added) - 2), reason])
