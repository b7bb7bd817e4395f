"""Store the zones of a checked file in place of those a draft has: all of them, or nothing.

Shapes are judged again outside the database, which is given valid ones only and repairs none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal
from addrsvc.clock import Clock, today
from addrsvc.db.rows import driver_connection, execute, rows
from addrsvc.geo.areas import areas_m2
from addrsvc.planning import repository
from addrsvc.planning.acts import Act, hold_draft, leave_act, require_area
from addrsvc.planning.errors import PlanUnknown, PlanWithoutZones
from addrsvc.planning.file_errors import PlanFileHasErrors
from addrsvc.planning.files.errors import ChildEnded
from addrsvc.planning.files.kept import ZoneRow
from addrsvc.planning.files.model import FileState
from addrsvc.planning.maps.preparing import prepare_tiles
from addrsvc.planning.model import Plan
from addrsvc.planning.plan_files import QUERIES, PlanFile

Read = Callable[[Path, Collection[int]], Iterator[ZoneRow]]
"""Gives the zones kept of a file, those accepted repaired; see ``files.kept.read``."""

SHARE: Final = 0.01
"""A plan lies in a commune that has so much of it, or of which it has so much."""

_CHUNK: Final = 2_000
_COPY: Final = "COPY planning_zone (plan_id, n, code, label, attributes, area_m2, shape) FROM STDIN"
_LONGER: Final = "SET LOCAL statement_timeout = '30min'"
"""Nobody waits for it at a browser, and half of it would be nothing."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written."""

    zones: int
    vertices: int
    area_m2: float


async def store_zones(
    conn: AsyncConnection,
    principal: Principal,
    file: PlanFile,
    kept: Path,
    read: Read,
    clock: Clock,
) -> Plan:
    """Replace the zones of a draft by those of a file; the draft is held until it is committed.

    Args:
        conn: the transaction.
        principal: in whose name; the communes of the zones must lie in its areas.
        file: of the draft, with what is accepted.
        kept: the folder its zones are kept in.
        read: gives them.
        clock: for the moment.

    Raises:
        ScopeMissing, PlanUnknown, PlanNotDraft: see ``hold_draft``.
        AreaForbidden, EverywhereForbidden: zones lie outside the areas of who asked.
        PlanWithoutZones: there is nothing to store.
        PlanFileHasErrors: zones are left out, and nobody agreed to that.
        ChildEnded: what was kept is not as it was written.
    """
    await execute(conn, _LONGER, {})
    plan = await hold_draft(conn, principal, file.plan_id, None, while_storing=True)
    of_plan: dict[str, Any] = {"plan_id": plan.plan_id}
    await execute(conn, QUERIES["forget_zones"], of_plan)
    stored = await copy_zones(conn, plan.plan_id, read(kept, _accepted(file)))
    if not stored.zones:
        raise PlanWithoutZones
    left = int((file.report or {})["features"]) - stored.zones
    if left and not file.leave_out:
        raise PlanFileHasErrors(count=left)
    after = await settle_zones(conn, principal, plan.plan_id, stored, clock, file.file_id)
    require_area(principal, after)
    facts = {
        "file_id": str(file.file_id),
        "sha256": file.sha256,
        "zones": stored.zones,
        "left_out": left,
        "repairs": "all" if file.repairs is None else len(file.repairs),
    }
    await leave_act(conn, principal, after, Act.STORE, clock, facts=facts)
    over = {"file_id": file.file_id, "state": FileState.STORED, "problem": None}
    await execute(conn, QUERIES["end_storing"], {**over, "at": clock.now()})
    return after


async def settle_zones(
    conn: AsyncConnection,
    principal: Principal,
    plan_id: int,
    stored: Stored,
    clock: Clock,
    file_id: UUID | None = None,
) -> Plan:
    """Make zones that were just copied those of a draft; give it as it is then.

    Raises:
        PlanUnknown: it is gone.
    """
    of_plan: dict[str, Any] = {"plan_id": plan_id}
    await execute(conn, QUERIES["cut_zones"], of_plan)
    await prepare_tiles(conn, plan_id)
    lies = {**of_plan, "day": today(clock), "share": SHARE}
    communes = [each["code"] for each in await rows(conn, QUERIES["communes_of"], lies)]
    made = {
        **of_plan,
        "zones": stored.zones,
        "vertices": stored.vertices,
        "area_m2": stored.area_m2,
        "communes": communes,
        "file_id": file_id,
        "at": clock.now(),
        "by": principal.id,
    }
    await execute(conn, QUERIES["store_zones"], made)
    after = await repository.find_plan(conn, plan_id)
    if after is None:
        raise PlanUnknown(plan_id=plan_id)
    return after


def _accepted(file: PlanFile) -> Collection[int]:
    if file.repairs is not None:
        return frozenset(file.repairs)
    repairs: Sequence[Any] = (file.report or {})["repairs"]
    return frozenset(each["n"] for each in repairs if each.get("after_m2") is not None)


async def copy_zones(conn: AsyncConnection, plan_id: int, given: Iterator[ZoneRow]) -> Stored:
    """Write zones of a draft.

    Raises:
        ChildEnded: one is invalid, or no area.
    """
    zones = vertices = 0
    area_m2 = 0.0
    driver = await driver_connection(conn)
    async with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        while True:
            chunk = await asyncio.to_thread(_next_chunk, plan_id, given)
            if not chunk.rows:
                break
            for each in chunk.rows:
                await copy.write_row(each)
            zones += len(chunk.rows)
            vertices += chunk.vertices
            area_m2 += chunk.area_m2
    return Stored(zones, vertices, area_m2)


@dataclass(frozen=True, slots=True)
class _Chunk:
    rows: Sequence[tuple[object, ...]]
    vertices: int = 0
    area_m2: float = 0.0


def _next_chunk(plan_id: int, given: Iterator[ZoneRow]) -> _Chunk:
    """Give the next zones as rows; valid ones only reach the database.

    Raises:
        ChildEnded: one is not, which nobody kept.
    """
    chunk = list(islice(given, _CHUNK))
    if not chunk:
        return _Chunk(())
    shapes = np.array([_multi(each) for each in shapely.from_wkb([e.wkb for e in chunk])])
    if not shapely.is_valid(shapes).all() or shapely.is_empty(shapes).any():
        raise ChildEnded("crashed")
    shapes = shapely.set_srid(shapes, 4326)
    areas = areas_m2(shapes)
    written = shapely.to_wkb(shapes, hex=True, include_srid=True)
    made = [
        (plan_id, each.n, each.code, each.label, each.attributes, float(area), shape)
        for each, area, shape in zip(chunk, areas, written, strict=True)
    ]
    return _Chunk(made, int(shapely.get_num_coordinates(shapes).sum()), float(areas.sum()))


def _multi(shape: shapely.Geometry) -> shapely.MultiPolygon:
    if isinstance(shape, shapely.MultiPolygon):
        return shape
    if isinstance(shape, shapely.Polygon):
        return shapely.MultiPolygon([shape])
    raise ChildEnded("crashed")
