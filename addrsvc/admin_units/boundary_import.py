"""Bring an operator's boundaries into the register: match, check, and store in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.admin_units import repository
from addrsvc.admin_units.boundary_errors import BoundaryCodesNotFound
from addrsvc.admin_units.boundary_report import BoundaryReport, examine
from addrsvc.admin_units.model import AdminUnit, BoundaryKind
from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, driver_connection, execute
from addrsvc.events import service as events
from addrsvc.geo.crs import WGS84

if TYPE_CHECKING:  # its library is heavy, and the service starts without it
    from addrsvc.admin_units.boundary_file import RawBoundaries

QUERIES = Queries("addrsvc.admin_units", "boundaries.sql")

_LENGTHS = (2, 3, 5)  # digits of province, district and commune codes


@dataclass(frozen=True, slots=True)
class CodeColumn:
    """A column that may hold the codes, and the part of its values that are codes in force."""

    name: str
    known: float


async def units_in_force(conn: Connection, day: date) -> dict[str, AdminUnit]:
    """Give all units of a day by code."""
    return {unit.code: unit for unit in await repository.all_units(conn, day)}


def guess_code_columns(raw: RawBoundaries, units: Mapping[str, AdminUnit]) -> list[CodeColumn]:
    """Rank the columns by how many of their values are codes in force; best first."""
    ranked = []
    for name, values in raw.columns.items():
        known = sum(code_of(value) in units for value in values)
        if known:
            ranked.append(CodeColumn(name, known / len(values)))
    # a province's code in every row is no key: among equals the column of more distinct values
    return sorted(ranked, key=lambda c: (-c.known, -len({*map(str, raw.columns[c.name])})))


def code_of(value: object) -> str:
    """Read a cell as a unit code: ``25747``, ``"25747"`` and ``25747.0`` are the same."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if text.isdigit() and len(text) not in _LENGTHS:
        return text.zfill(5)  # a spreadsheet ate the leading zeros
    return text


def check_boundaries(
    raw: RawBoundaries,
    units: Mapping[str, AdminUnit],
    *,
    file: Path,
    day: date,
    code_column: str | None,
) -> tuple[BoundaryReport, CodeColumn]:
    """Match shapes with units and report on them; touches no database.

    Raises:
        BoundaryCodesNotFound: no column holds codes, or not the one named.
    """
    ranked = guess_code_columns(raw, units)
    chosen = next((c for c in ranked if code_column in (None, c.name)), None)
    if chosen is None:
        columns = ", ".join(raw.columns)
        raise BoundaryCodesNotFound(file=file.name, day=day.isoformat(), columns=columns)
    codes = [code_of(value) for value in raw.columns[chosen.name]]
    return examine(codes, raw.shapes, units), chosen


async def store_boundaries(
    conn: AsyncConnection,
    principal: Principal,
    boundaries: Mapping[str, shapely.MultiPolygon],
    units: Mapping[str, AdminUnit],
    *,
    kind: BoundaryKind,
    source: str,
    at: datetime,
) -> int:
    """Replace the boundaries of these units; those already the same are left alone.

    Communes are also cut into small pieces for looking up points, and shares of split
    predecessors are measured where both boundaries are known. Returns how many changed.

    Raises:
        NotSignedIn, ScopeMissing: the principal may not change units.
        AreaForbidden: one of them lies outside the principal's areas.
    """
    principal.require_in(Scope.UNITS_WRITE, boundaries)
    changed = await _replace(conn, _rows(boundaries, units), kind, source)
    if changed:
        await execute(conn, QUERIES["drop_pieces"], {})
        await execute(conn, QUERIES["cut_pieces"], {})
        await execute(conn, QUERIES["measure_shares"], {})
    for code, valid_from in changed:
        await events.record(
            conn,
            type="admin-unit.boundary-changed",
            subject=code,
            at=at,
            data={"valid_from": valid_from.isoformat(), "kind": kind, "source": source},
        )
    await audit.record(
        conn,
        principal=principal.id,
        action="admin-unit.import-boundaries",
        subject=source,
        at=at,
        detail={"given": len(boundaries), "changed": len(changed), "kind": kind},
    )
    return len(changed)


def _rows(
    boundaries: Mapping[str, shapely.MultiPolygon], units: Mapping[str, AdminUnit]
) -> list[tuple[str, date, str]]:
    return [
        (
            code,
            units[code].valid_from,
            shapely.to_wkb(shapely.set_srid(shape, WGS84), include_srid=True).hex(),
        )
        for code, shape in boundaries.items()
    ]


async def _replace(
    conn: AsyncConnection, rows: Sequence[tuple[str, date, str]], kind: BoundaryKind, source: str
) -> list[Any]:
    """Copy into staging and update what differs; give the keys of what changed."""
    driver = await driver_connection(conn)
    await driver.execute(QUERIES["create_boundary_staging"])
    async with driver.cursor() as cursor:
        async with cursor.copy(QUERIES["copy_boundaries"]) as copy:
            for row in rows:
                await copy.write_row(row)
        await cursor.execute(QUERIES["store_boundaries"], {"kind": kind, "source": source})
        return await cursor.fetchall()
