"""Tiles and maps of plans, for who may see the plan or was shown the map of a draft."""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, LiteralString

from starlette.concurrency import run_in_threadpool

from addrsvc.admin_units.service import units_in_window
from addrsvc.auth.model import Principal
from addrsvc.db.doors import ReadPool
from addrsvc.db.rows import Connection, row, rows
from addrsvc.planning import repository
from addrsvc.planning.changes.model import Comparison, ComparisonState, in_order
from addrsvc.planning.changes.service import find_comparison
from addrsvc.planning.errors import PlanUnknown
from addrsvc.planning.maps.cache import Tile, TileCache
from addrsvc.planning.maps.cells import MAX_ZONES_BYTES, VERTEX_BYTES, ZONE_BYTES
from addrsvc.planning.maps.errors import TileUnknown
from addrsvc.planning.maps.mercator import FIRST_ZOOM, LAST_ZOOM, is_tile, least_seen_m2
from addrsvc.planning.maps.preparing import BANDS, QUERIES, TEXT_LIMITS
from addrsvc.planning.model import Plan, PlanStatus
from addrsvc.planning.service import is_seen
from addrsvc.types import BBox, Level


@dataclass(frozen=True, slots=True)
class TileOf:
    """Which tile is asked for."""

    plan_id: int
    z: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class UseOf:
    """What one code has of a plan."""

    code: str
    label: str | None
    zones: int
    area_m2: float


EMPTY: Final = Tile(b"", gzip.compress(b"", mtime=0))


async def get_shown_plan(
    conn: Connection, principal: Principal, plan_id: int, key: str | None
) -> Plan:
    """Give a plan to who may see it, or holds the key of its map.

    Raises:
        PlanUnknown: there is none, or it is a draft that is not for the asker.
    """
    plan = await repository.find_plan(conn, plan_id)
    if plan is not None:
        has_key = key is not None and secrets.compare_digest(
            str(plan.view_key).encode(), key.encode()
        )
        if has_key or is_seen(plan, principal):
            return plan
    raise PlanUnknown(plan_id=plan_id)


def require_tile(wanted: TileOf) -> None:
    """Pass only tiles there can be.

    Raises:
        TileUnknown: it is none of them.
    """
    if not is_tile(wanted.z, wanted.x, wanted.y):
        raise TileUnknown(wanted.z, wanted.x, wanted.y, first=FIRST_ZOOM, last=LAST_ZOOM)


async def get_shown_changes(
    conn: Connection,
    principal: Principal,
    plan_id: int,
    against: Sequence[int] | None,
    key: str | None = None,
) -> tuple[Plan, Comparison]:
    """Give a plan and what is known of its changes, to who may see all plans compared.

    The key of a draft shows that draft only: who holds it sees others that are public.

    Args:
        conn: either door.
        principal: who asks.
        plan_id: the plan.
        against: numbers of other plans; None: those whose place it took.
        key: of the draft's map.

    Raises:
        PlanUnknown: one of them is none the asker may see.
    """
    plan = await get_shown_plan(conn, principal, plan_id, key)
    others = in_order(plan.replaces if against is None else against)
    for each in others:
        await get_shown_plan(conn, principal, each, None)
    return plan, await find_comparison(conn, plan_id, others)


async def get_tile(pool: ReadPool, cache: TileCache, wanted: TileOf, plan: Plan) -> Tile:
    """Give a tile of a plan's zones; empty where it has none."""
    key = (wanted, plan.version)
    kept = cache.find(key)
    if kept is None:
        async with pool.connection() as conn:
            body = await draw_tile(conn, wanted)
        kept = await run_in_threadpool(compressed, body)
        cache.keep(key, kept)
    return kept


async def get_changes_tile(
    pool: ReadPool, cache: TileCache, wanted: TileOf, comparison: Comparison
) -> Tile:
    """Give a tile of what a plan changes; empty where that is nothing, or not worked out."""
    if comparison.state is not ComparisonState.DONE:
        return EMPTY
    key = (wanted, "changes", comparison.comparison_id, comparison.done_at)
    kept = cache.find(key)
    if kept is None:
        async with pool.connection() as conn:
            body = await draw_changes_tile(conn, wanted, comparison.comparison_id)
        kept = await run_in_threadpool(compressed, body)
        cache.keep(key, kept)
    return kept


async def draw_changes_tile(conn: Connection, wanted: TileOf, comparison_id: int | None) -> bytes:
    """Draw a tile of what a comparison found; no bytes where that is nothing."""
    params = {
        "comparison_id": comparison_id,
        "z": wanted.z,
        "x": wanted.x,
        "y": wanted.y,
        "code_letters": TEXT_LIMITS["code_letters"],
        "piece_bytes": ZONE_BYTES,
        "vertex_bytes": VERTEX_BYTES,
        "most_bytes": MAX_ZONES_BYTES,
        "least_m2": least_seen_m2(wanted.z),
    }
    return await _bytes_of(conn, QUERIES["tile_of_changes"], params) or b""


async def draw_tile(conn: Connection, wanted: TileOf) -> bytes:
    """Draw a tile of a plan's zones; no bytes where it has none."""
    place: dict[str, Any] = {
        "plan_id": wanted.plan_id,
        "z": wanted.z,
        "x": wanted.x,
        "y": wanted.y,
    }
    stored = await _bytes_of(conn, QUERIES["stored_tile"], place)
    if stored is not None:
        return stored
    last_zoom = next((last for last, _ in BANDS if wanted.z <= last), None)
    place.update(TEXT_LIMITS)
    if last_zoom is None:
        return await _bytes_of(conn, QUERIES["tile_of_zones"], place) or b""
    place["last_zoom"] = last_zoom
    return await _bytes_of(conn, QUERIES["tile_of_shapes"], place) or b""


async def _bytes_of(
    conn: Connection, statement: LiteralString, params: dict[str, Any]
) -> bytes | None:
    found = await row(conn, statement, params)
    return None if found is None else bytes(found["tile"])


def compressed(body: bytes) -> Tile:
    """Make a tile ready to send; leaves the event loop where it may be large."""
    return Tile(body, gzip.compress(body, 6, mtime=0)) if body else EMPTY


def is_public(plan: Plan) -> bool:
    """Tell whether everybody may see a plan."""
    return plan.status is not PlanStatus.DRAFT


async def list_communes(
    conn: Connection, plan: Plan, day: date
) -> list[tuple[str, dict[str, Any]]]:
    """Give names and simplified outlines of present communes around a plan; without zones, none."""
    if plan.extent is None:
        return []
    found, _ = await units_in_window(conn, Level.COMMUNE, day, BBox(*plan.extent))
    return [(unit.full_name, outline) for unit, outline in found]


async def list_uses(conn: Connection, plan_id: int) -> Sequence[UseOf]:
    """Give what each code has of a plan, the largest first."""
    params = {"plan_id": plan_id, **TEXT_LIMITS}
    return [UseOf(**each) for each in await rows(conn, QUERIES["uses"], params)]
