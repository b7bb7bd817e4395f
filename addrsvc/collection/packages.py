"""What a device takes along of an area: its addresses, streets, boundary and tiles.

Rows become JSON in the database: ten thousand of them decoded and encoded again here would hold
up everybody else for a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

import orjson

from addrsvc.admin_units import service as units
from addrsvc.admin_units.model import AdminUnit
from addrsvc.auth.model import Principal
from addrsvc.auth.sight import Sight, sight_of
from addrsvc.clock import Clock, today
from addrsvc.collection import areas
from addrsvc.collection.areas import Members
from addrsvc.collection.model import NEAR_M
from addrsvc.collection.tasks import find, get_commune
from addrsvc.collection.tasks_model import Named, Task, TaskKind
from addrsvc.db.rows import Connection, Row, row
from addrsvc.registry.model import PRIVATE_KINDS
from addrsvc.types import BBox

SCHEMA: Final = 1
COLUMNS: Final = (
    "ref", "version", "status", "kind", "house_number", "thoroughfare", "localities", "unit",
    "floor", "building", "name", "lon", "lat", "accuracy_m", "in_task", "visited",
)  # fmt: skip
"""Of each address, as ``queries_tasks.sql`` gives them."""

NEAR_DEG: Final = NEAR_M / 102_000
"""A degree of longitude in the north of the country; elsewhere it is more."""
_DRAWN_DEG: Final = 0.00003
"""Corners of a boundary nearer to its line are left out: some 3 m."""
_AROUND_DEG: Final = 0.01
"""Of a commune of which only the centre is known."""

TilesOf = Callable[[BBox], Mapping[str, Any] | None]
"""Gives the tiles to take along of a box, as the protocol has them; None: there are none."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a package is made of, looked at and not read yet."""

    task: Task
    commune: AdminUnit
    province: str | None
    boundary: Mapping[str, Any] | None
    members: Members
    neighbours: Members
    sight: Sight
    tag: str
    """Changes with any address, record or task of the area."""


async def look(conn: Connection, principal: Principal, task: Task, clock: Clock) -> Ground:
    """Find what lies in the area of a task, and the tag of its package."""
    day, sight = today(clock), sight_of(principal)
    commune = await get_commune(conn, task.commune_code, day)
    province = await units.find_unit(conn, commune.parent_code or "", day)
    boundary = await units.boundary(conn, commune.id, tolerance_deg=_DRAWN_DEG)
    if task.kind is TaskKind.POLYGON and task.area is None:
        task = await find(conn, task.task_id)
    members = await areas.members_of(conn, task, sight)
    neighbours = await areas.neighbours_of(
        conn, members, areas.area_text(task, boundary), sight, near_deg=NEAR_DEG
    )
    visits = await row(conn, areas.QUERIES["visits_mark"], {"ids": [*members.ids, *neighbours.ids]})
    facts = (
        SCHEMA,
        str(task.task_id),
        task.version,
        commune.full_name,
        boundary,
        [len(members.ids), members.mark, len(neighbours.ids), neighbours.mark],
        visits,
        [sorted(sight.levels), sight.is_full, None if sight.areas is None else sorted(sight.areas)],
    )
    tag = f'"{blake2b(orjson.dumps(facts), digest_size=12).hexdigest()}"'
    name = None if province is None else province.full_name
    return Ground(task, commune, name, boundary, members, neighbours, sight, tag)


async def build(conn: Connection, ground: Ground, tiles_of: TilesOf, clock: Clock) -> bytes:
    """Give a package as JSON."""
    inside = await _rows(conn, ground, ground.members.ids, in_task=True)
    outside = await _rows(conn, ground, ground.neighbours.ids, in_task=False)
    task, day = ground.task, today(clock)
    streets = await areas.list_registered(conn, task.commune_code, TaskKind.STREET, day)
    localities = await areas.list_registered(conn, task.commune_code, TaskKind.LOCALITY, day)
    box = _box(ground, inside)
    head = {
        "schema": SCHEMA,
        "task": task_of(task),
        "made_at": clock.now().isoformat(),
        "commune": {
            "code": ground.commune.code,
            "name": ground.commune.full_name,
            "province": ground.province,
        },
        "area": task.area,
        "commune_boundary": ground.boundary,
        "bbox": [box.west, box.south, box.east, box.north],
        "streets": _streets([inside, outside], streets),
        "localities": _localities([inside, outside], localities),
        "columns": COLUMNS,
        "addresses": _fragment(inside),
        "neighbours": _fragment(outside),
        "tiles": tiles_of(box),
    }
    return await asyncio.to_thread(orjson.dumps, head)


def task_of(task: Task) -> dict[str, Any]:
    """Give a task as devices know it."""
    return {
        "task_id": str(task.task_id),
        "title": task.title,
        "kind": task.kind.value,
        "commune_code": task.commune_code,
        "named": None if task.named is None else task.named.to_json(),
        "note": task.note,
        "due_on": None if task.due_on is None else task.due_on.isoformat(),
        "version": task.version,
    }


async def _rows(conn: Connection, ground: Ground, ids: Sequence[int], *, in_task: bool) -> Row:
    params = {
        "ids": ids,
        "since": ground.task.created_at,
        "private": sorted(kind.value for kind in PRIVATE_KINDS),
        "is_full": ground.sight.is_full,
        "areas": None if ground.sight.areas is None else sorted(ground.sight.areas),
        "in_task": in_task,
    }
    found = await row(conn, areas.QUERIES["package_rows"], params)
    return found or {}


def _fragment(found: Row) -> orjson.Fragment:
    return orjson.Fragment(f"[{found['rows'] or ''}]")


def _streets(rows: Sequence[Row], registered: Sequence[Named]) -> list[str]:
    found = (Named(each) for each in _named(rows, "streets"))
    return [each.name for each in each_once([*found, *registered])]


def _localities(rows: Sequence[Row], registered: Sequence[Named]) -> list[list[str]]:
    found = (Named(name, kind) for kind, name in _named(rows, "localities"))
    return [[each.kind or "", each.name] for each in each_once([*found, *registered])]


def _named(rows: Sequence[Row], key: str) -> list[Any]:
    return [name for each in rows if each[key] for name in sorted(orjson.loads(each[key]))]


def each_once(named: Sequence[Named]) -> list[Named]:
    """Give names in order, each once, in the spelling that comes last.

    >>> [each.name for each in each_once([Named("Lê Lợi"), Named("D1"), Named("Đường Lê Lợi")])]
    ['Đường Lê Lợi', 'D1']
    """
    return list({each.key: each for each in named}.values())


def _box(ground: Ground, inside: Row) -> BBox:
    """Give the box of an area: of its shape, else of its addresses, else of the commune."""
    task = ground.task
    shape = task.area if task.kind is TaskKind.POLYGON else None
    if shape is None and (task.kind is TaskKind.COMMUNE or inside["west"] is None):
        shape = ground.boundary
    if shape is not None:
        corners = [corner for part in shape["coordinates"] for ring in part for corner in ring]
        lons, lats = [each[0] for each in corners], [each[1] for each in corners]
        return _wider(min(lons), min(lats), max(lons), max(lats), 0.0)
    if inside["west"] is not None:
        sides = (inside["west"], inside["south"], inside["east"], inside["north"])
        return _wider(*sides, NEAR_DEG)
    centre = ground.commune.centre
    lon, lat = (106.0, 16.0) if centre is None else (centre.lon, centre.lat)
    return _wider(lon, lat, lon, lat, _AROUND_DEG)


def _wider(west: float, south: float, east: float, north: float, by: float) -> BBox:
    return BBox(
        round(west - by, 7), round(south - by, 7), round(east + by, 7), round(north + by, 7)
    )
