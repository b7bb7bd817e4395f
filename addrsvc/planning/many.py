"""Say what plans say of every address, or of a list: by a join of tables, a chunk at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import SECRET, sight_of
from addrsvc.clock import Clock
from addrsvc.db.rows import Connection, Row, row, rows
from addrsvc.errors import Language
from addrsvc.planning.asking import EDGE_DEG, QUERIES, list_plans_by_number
from addrsvc.planning.code_lists import use_of
from addrsvc.planning.model import Plan
from addrsvc.planning.service import get_plan
from addrsvc.tabular.layout import Layout
from addrsvc.tabular.writing import open_writer

CHUNK: Final = 50_000
"""Addresses of one statement."""

_COLUMNS: Final = (
    "address_code",
    "plan_id",
    "plan",
    "decision_number",
    "decision_date",
    "code",
    "name",
    "is_synthetic",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose plans are told of which addresses."""

    day: date
    """Legal day whose plans count."""
    plan_id: int | None = None
    """Only this one, whatever day it holds on; None: those in force."""
    codes: Sequence[str] | None = None
    """Addresses, ten digits each; None: all there are."""
    with_secret: bool = False


async def plans_of(conn: Connection, principal: Principal, asked: Asked) -> dict[int, Plan]:
    """Give the plans that are told of, by number.

    Raises:
        PlanUnknown: there is none of this number, or it is a draft that is not for the principal.
    """
    if asked.plan_id is not None:
        return {asked.plan_id: await get_plan(conn, principal, asked.plan_id)}
    found = await rows(conn, QUERIES["plans_in_force"], {"day": asked.day})
    return await list_plans_by_number(conn, {each["plan_id"] for each in found})


async def stream_uses(
    conn: Connection,
    principal: Principal,
    asked: Asked,
    plan_ids: Sequence[int],
    *,
    chunk: int = CHUNK,
) -> AsyncIterator[list[Row]]:
    """Give address, plan and land use wherever addresses in use lie, some thousands at a time.

    One that lies in no zone of these plans does not come, one on an edge comes several times.

    Raises:
        NotSignedIn, ScopeMissing: lists are for keys that may read them.
    """
    principal.require(Scope.ADDRESSES_READ)
    seen: Mapping[str, Any] = sight_of(principal).params()
    levels = [each for each in seen["visibilities"] if asked.with_secret or each != SECRET]
    params = {
        "plan_ids": list(plan_ids),
        "edge_deg": EDGE_DEG,
        "areas": seen["areas"],
        "visibilities": levels,
    }
    if asked.codes is not None:
        for at in range(0, len(asked.codes), chunk):
            some = {**params, "codes": list(asked.codes[at : at + chunk])}
            yield await rows(conn, QUERIES["uses_of_codes"], some)
        return
    after = 0
    while True:
        end = await row(conn, QUERIES["last_of_chunk"], {"after": after, "limit": chunk})
        if end is None or end["last"] is None:
            return
        yield await rows(
            conn, QUERIES["uses_of_chunk"], {**params, "after": after, "last": end["last"]}
        )
        after = end["last"]


async def write_uses(
    conn: AsyncConnection,
    principal: Principal,
    asked: Asked,
    path: Path,
    language: Language,
    clock: Clock,
) -> int:
    """Write what plans say of addresses to a file by its ending; give the number of rows.

    Raises:
        PlanUnknown: see :func:`plans_of`.
        NotSignedIn, ScopeMissing: see :func:`stream_uses`.
        FormatUnknown: no such format.
    """
    plans = await plans_of(conn, principal, asked)
    writer = open_writer(path, Layout(_COLUMNS, name="planning"))
    count = 0
    try:
        async for found in stream_uses(conn, principal, asked, sorted(plans)):
            writer.write([_cells(each, plans, language) for each in found])
            count += len(found)
    finally:
        writer.close()
    await audit.record(
        conn,
        principal=principal.id,
        action="addresses.export",
        subject="all" if asked.codes is None else "codes",
        at=clock.now(),
        detail={"rows": count, "plans": sorted(plans), "with_secret": asked.with_secret},
    )
    return count


def _cells(found: Row, plans: Mapping[int, Plan], language: Language) -> list[str]:
    described = plans[found["plan_id"]].described
    use = use_of(described.code_list, found["code"], found["label"])
    return [
        found["address_code"],
        str(found["plan_id"]),
        described.name,
        described.decision_number or "",
        "" if described.decision_date is None else described.decision_date.isoformat(),
        found["code"],
        use.name.in_(language),
        "true" if described.is_synthetic else "false",
    ]
