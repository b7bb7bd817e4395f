"""Bring lists of thoroughfares or localities into the registers; again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.admin_units.list_file import NameList
from addrsvc.admin_units.list_rows import (
    LOCALITY_KINDS,
    THOROUGHFARE_KINDS,
    ListRules,
    NameRow,
    RowRefused,
    check_row,
)
from addrsvc.admin_units.names_in_memory import load_commune_names
from addrsvc.admin_units.repository import all_unit_ids
from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.db.queries import Queries
from addrsvc.db.rows import driver_connection
from addrsvc.errors import Text
from addrsvc.events import service as events
from addrsvc.parsing.normalise import name_key
from addrsvc.types import UnitId

QUERIES = Queries("addrsvc.admin_units", "lists.sql")

Register = Literal["thoroughfare", "locality"]

_STATEMENTS: Mapping[Register, tuple[str, ...]] = {
    "thoroughfare": (
        "insert_thoroughfares",
        "insert_thoroughfare_areas",
        "insert_thoroughfare_aliases",
    ),
    "locality": ("insert_localities", "insert_locality_aliases"),
}
"""The first one's row count is what was added."""


@dataclass(frozen=True, slots=True)
class ListReceipt:
    """Rows in = added + already there + rejected."""

    rows_in: int
    added: int
    already_there: int
    rejected: list[tuple[dict[str, str], Text]]
    """The rows as they came, with the reason."""


async def list_rules(
    conn: AsyncConnection, register: Register, *, day: date, source: str, kind: str | None
) -> ListRules:
    """Gather what the rows of a list are checked against."""
    return ListRules(
        kinds=THOROUGHFARE_KINDS if register == "thoroughfare" else LOCALITY_KINDS,
        units=frozenset(await all_unit_ids(conn)),
        names=await load_commune_names(conn),
        day=day,
        source=source,
        kind=kind,
    )


async def import_list(
    conn: AsyncConnection,
    principal: Principal,
    register: Register,
    names: NameList,
    rules: ListRules,
    *,
    at: datetime,
) -> ListReceipt:
    """Store the good rows of a list that are not there yet.

    Raises:
        NotSignedIn, ScopeMissing: the principal may not change the registers.
        EverywhereForbidden: it is limited to some communes.
    """
    principal.require_everywhere(Scope.UNITS_WRITE)
    good: list[NameRow] = []
    rejected: list[tuple[dict[str, str], Text]] = []
    for row in names.rows:
        try:
            checked = check_row(names.fields_of(row), rules)
            if register == "locality":
                _require_commune(checked)
            good.append(checked)
        except RowRefused as refused:
            rejected.append((row, refused.reason))
    added = await _store(conn, register, good)
    counts = {"rows_in": len(names.rows), "added": added, "rejected": len(rejected)}
    if added:
        await events.record(
            conn, type=f"{register}.list-imported", subject=rules.source, at=at, data=counts
        )
    await audit.record(
        conn,
        principal=principal.id,
        action=f"{register}.import-list",
        subject=rules.source,
        at=at,
        detail=counts,
    )
    return ListReceipt(len(names.rows), added, len(good) - added, rejected)


def _require_commune(row: NameRow) -> None:
    if len(row.units[0].code) != 5:
        raise RowRefused("cần mã phường, xã", "a commune is needed, not a district")


async def _store(conn: AsyncConnection, register: Register, good: Sequence[NameRow]) -> int:
    driver = await driver_connection(conn)
    await driver.execute(QUERIES["create_name_staging"])
    async with driver.cursor() as cursor:
        async with cursor.copy(QUERIES["copy_names"]) as copy:
            for row_no, row in enumerate(good, 1):
                await copy.write_row(_record(row_no, row))
        first, *others = _STATEMENTS[register]
        await cursor.execute(QUERIES[first])
        added = cursor.rowcount
        for statement in others:
            await cursor.execute(QUERIES[statement])
    return added


def _record(row_no: int, row: NameRow) -> tuple[Any, ...]:
    units: tuple[UnitId, ...] = row.units
    return (
        row_no,
        row.name,
        row.name_key,
        row.kind,
        row.status,
        [unit.code for unit in units],
        [unit.valid_from for unit in units],
        list(row.aliases),
        [name_key(alias) for alias in row.aliases],
        row.segment_from,
        row.segment_to,
        None if row.centre is None else row.centre.lon,
        None if row.centre is None else row.centre.lat,
        row.external_id,
        row.valid_from,
        row.source,
        row.licence,
    )
