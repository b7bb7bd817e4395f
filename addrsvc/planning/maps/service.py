"""Tiles and maps of plans, for who may see the plan or was shown the map of a draft."""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString

from starlette.concurrency import run_in_threadpool

from addrsvc.auth.model import Principal
from addrsvc.db.doors import ReadPool
from addrsvc.db.rows import Connection, row, rows
from addrsvc.planning import repository
from addrsvc.planning.errors import PlanUnknown
from addrsvc.planning.maps.cache import Tile, TileCache
from addrsvc.planning.maps.errors import TileUnknown
from addrsvc.planning.maps.mercator import FIRST_ZOOM, LAST_ZOOM, is_tile
from addrsvc.planning.maps.preparing import BANDS, LABEL_LETTERS, QUERIES
from addrsvc.planning.model import Plan, PlanStatus
from addrsvc.planning.service import is_seen


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
    if last_zoom is None:
        place["label_letters"] = LABEL_LETTERS
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


async def list_uses(conn: Connection, plan_id: int) -> Sequence[UseOf]:
    """Give what each code has of a plan, the largest first."""
    return [UseOf(**each) for each in await rows(conn, QUERIES["uses"], {"plan_id": plan_id})]
