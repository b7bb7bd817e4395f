"""What collectors counted and saw of buildings, address by address: rooms, households, where it is.

Observations are no part of the register: they come out here, of records that were accepted, beside
where the register has the entrance. Nothing of people is in them, and no names.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.collection.submissions import QUERIES
from addrsvc.db.rows import Connection, Row, rows
from addrsvc.tabular.layout import Layout
from addrsvc.tabular.writing import open_writer

PAGE_LIMIT: Final = 1_000


@dataclass(frozen=True, slots=True)
class Observed:
    """One address, and what was noted of it last; members are the columns of the file."""

    ref: str
    """Its code, or ``p<id>`` of a proposal."""
    status: str
    kind: str
    commune_code: str
    house_number: str | None
    thoroughfare: str | None
    localities: str | None
    lon: float | None
    """Where the register has it."""
    lat: float | None
    accuracy_m: float | None
    marks: str | None
    building_lon: float | None
    """Where the collector saw it."""
    building_lat: float | None
    building_accuracy_m: float | None
    rooms: int | None
    households: int | None
    made_at: datetime
    record: UUID
    task: UUID | None


COLUMNS: Final = tuple(each.name for each in fields(Observed))
_NUMBERS: Final = frozenset(
    {"lon", "lat", "accuracy_m", "rooms", "households"}
    | {"building_lon", "building_lat", "building_accuracy_m"}
)


@dataclass(frozen=True, slots=True)
class WantedObservations:
    """Of which addresses; all given conditions hold together, None: any."""

    commune: str | None = None
    """Of the record."""
    task: UUID | None = None


async def list_observations(
    conn: Connection,
    principal: Principal,
    wanted: WantedObservations,
    *,
    after: int = 0,
    limit: int = PAGE_LIMIT,
) -> tuple[list[Observed], int | None]:
    """Give a page of addresses in a stable order, and where the next one begins.

    Of each address the newest accepted record that counted something or placed the building.

    Raises:
        NotSignedIn, ScopeMissing, AreaForbidden: not for this principal.
    """
    communes = () if wanted.commune is None else (wanted.commune,)
    principal.require_in(Scope.COLLECTION_REVIEW, communes)
    params = {
        **sight_of(principal).params(),
        "commune": wanted.commune,
        "task": wanted.task,
        "after": after,
        "limit": limit + 1,
    }
    found = await rows(conn, QUERIES["observations"], params)
    following = found[limit - 1]["address_id"] if len(found) > limit else None
    return [_observed(each) for each in found[:limit]], following


def _observed(row: Row) -> Observed:
    return Observed(**{name: row[name] for name in COLUMNS})


def observed_out(observed: Observed) -> dict[str, Any]:
    """Give it as JSON."""
    task = None if observed.task is None else str(observed.task)
    made_at = observed.made_at.isoformat()
    return asdict(observed) | {"record": str(observed.record), "task": task, "made_at": made_at}


def observations_csv(found: Sequence[Observed]) -> bytes:
    """Give a file for spreadsheets; an empty cell is what nobody said."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        writer = open_writer(path, Layout((), COLUMNS, _NUMBERS))
        try:
            for each in found:
                said = observed_out(each)
                cells = (said[name] for name in COLUMNS)
                writer.write([["" if cell is None else str(cell) for cell in cells]])
        finally:
            writer.close()
        return path.read_bytes()
