"""Areas of tasks: read as drawn, found as addresses have them, the addresses in them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import orjson
import shapely
from psycopg.types.json import Jsonb

from addrsvc.admin_units import registers
from addrsvc.admin_units import service as units
from addrsvc.admin_units.model import AdminUnit, BoundaryKind, NameFilter
from addrsvc.auth.model import Principal
from addrsvc.auth.sight import Sight, sight_of
from addrsvc.collection.tasks_errors import TaskAreaOutside, TaskAreaUnread
from addrsvc.collection.tasks_model import LIVING, MAX_POINTS, Named, NewTask, Part, Task, TaskKind
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, row, rows
from addrsvc.errors import Text
from addrsvc.geo.geometry import check_area
from addrsvc.parsing.parts_localities import LOCALITY_WORDS

QUERIES: Final = Queries("addrsvc.collection", "queries_tasks.sql")

MAX_NEIGHBOURS: Final = 5_000
OUTSIDE_M: Final = 100
"""A finger on a map misses a boundary by as much."""
_OUTSIDE_DEG: Final = OUTSIDE_M / 111_000
_MOST_NAMES: Final = 1_000
_UNREAD: Final = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,  # a whole number larger than any coordinate
    shapely.GEOSException,
)
_TITLES: Final = {word.kind: word.title for word in reversed(LOCALITY_WORDS.values())}
_WHOLE: Final = Text("Cả {name}", "All of {name}")
_DRAWN: Final = Text("Vùng vẽ ở {name}", "Area in {name}")


@dataclass(frozen=True, slots=True)
class Members:
    """Addresses of an area."""

    ids: Sequence[int]
    mark: int | None
    """Changes with any of them; None: there are none."""


async def read_area(conn: Connection, given: Mapping[str, Any], commune: AdminUnit) -> str:
    """Give an area as drawn, as GeoJSON text, once it is known to be one of the commune.

    Where only an indicative cell of the commune is known, the area need but touch it.

    Raises:
        TaskAreaUnread, TaskAreaOutside: see there.
        InvalidInput, TooLarge: see ``geo.geometry.check_area``.
    """
    shape = await asyncio.to_thread(_shape_of, given)
    boundary = await units.boundary(conn, commune.id)
    if boundary is not None:
        is_sure = commune.boundary_kind is not BoundaryKind.INDICATIVE
        if not await asyncio.to_thread(_lies_in, shape, boundary, is_sure=is_sure):
            raise TaskAreaOutside(commune=commune.full_name, metres=OUTSIDE_M)
    return str(shapely.to_geojson(shape))


def _shape_of(given: Mapping[str, Any]) -> shapely.MultiPolygon:
    if given.get("type") == "Feature" and isinstance(given.get("geometry"), Mapping):
        given = given["geometry"]
    if given.get("type") not in ("Polygon", "MultiPolygon"):
        raise TaskAreaUnread
    try:
        shape = shapely.geometry.shape(dict(given))
    except _UNREAD:
        raise TaskAreaUnread from None
    return check_area(shape, max_vertices=MAX_POINTS + 1, max_rings=50)


def _lies_in(shape: shapely.MultiPolygon, boundary: Mapping[str, Any], *, is_sure: bool) -> bool:
    ground = shapely.geometry.shape(dict(boundary))
    if not is_sure:
        return bool(ground.intersects(shape))
    return bool(ground.buffer(_OUTSIDE_DEG, quad_segs=2).covers(shape))


def title_of(wanted: NewTask, commune: AdminUnit) -> str:
    """Name a task after its area."""
    if wanted.named is not None:
        return shown_name(wanted.named)
    words = _DRAWN if wanted.kind is TaskKind.POLYGON else _WHOLE
    return words.vi.format(name=commune.full_name)


def shown_name(named: Named) -> str:
    """Give a locality with the word of its kind; where the name has a word, that.

    >>> shown_name(Named("3", "khu_pho")), shown_name(Named("Khu phố 3", "khu_pho"))
    ('Khu phố 3', 'Khu phố 3')
    >>> shown_name(Named("Lê Lợi")), shown_name(Named("Chợ Cũ", "place"))
    ('Lê Lợi', 'Chợ Cũ')
    """
    title = None if named.kind is None else _TITLES.get(named.kind)
    if title is None or not named.name.replace(" ", "").isalnum():
        return named.name
    is_bare = named.name.isdigit() or len(named.name) == 1
    return f"{title} {named.name}" if is_bare else named.name


async def list_parts(
    conn: Connection, principal: Principal, commune: str, kind: TaskKind
) -> list[Part]:
    """Give the localities or streets addresses of a commune have, those with most first.

    Spellings of one are put together under the one most have.
    """
    name = "streets" if kind is TaskKind.STREET else "localities"
    found = await rows(conn, QUERIES[name], seen_by(sight_of(principal)) | {"commune": commune})
    parts = (Part(Named(each["name"], each.get("kind")), each["addresses"]) for each in found)
    return put_together(parts)


async def list_registered(conn: Connection, commune: str, kind: TaskKind, day: date) -> list[Named]:
    """Give the localities or streets the registers of names have of a commune."""
    wanted = NameFilter(unit=commune, day=day)
    if kind is TaskKind.STREET:
        streets, _ = await registers.list_thoroughfares(conn, wanted, limit=_MOST_NAMES)
        return [Named(each.name) for each in streets]
    found, _ = await registers.list_localities(conn, wanted, limit=_MOST_NAMES)
    return [Named(each.name, each.kind) for each in found]


def put_together(parts: Iterable[Part]) -> list[Part]:
    """Put spellings of one name together.

    >>> khu_pho = [Part(Named("3", "khu_pho"), 5), Part(Named("KP 03", "khu_pho"), 2)]
    >>> put_together(khu_pho)
    [Part(named=Named(name='3', kind='khu_pho'), addresses=7)]
    """
    kept: dict[str, Part] = {}
    for each in sorted(parts, key=lambda part: (-part.addresses, part.named.name)):
        key = each.named.key
        there = kept.get(key)
        addresses = each.addresses + (0 if there is None else there.addresses)
        kept[key] = Part(each.named if there is None else there.named, addresses)
    return sorted(kept.values(), key=lambda part: (-part.addresses, part.named.name))


async def members_of(conn: Connection, task: Task, sight: Sight) -> Members:
    """Give the living addresses in the area of a task that are listed to somebody."""
    params = seen_by(sight) | {"commune": task.commune_code, "task_id": task.task_id}
    if task.kind is TaskKind.LOCALITY and task.named is not None:
        params["spellings"] = await _spellings(conn, task, sight)
    if task.kind is TaskKind.STREET and task.named is not None:
        params["key"] = task.named.key
    found = await row(conn, QUERIES[f"members_{task.kind.value}"], params)
    return Members([], None) if found is None else Members(found["ids"], found["mark"])


async def _spellings(conn: Connection, task: Task, sight: Sight) -> list[Jsonb]:
    named = task.named
    if named is None:
        return []
    found = await rows(conn, QUERIES["localities"], seen_by(sight) | {"commune": task.commune_code})
    spelt = (Named(each["name"], each["kind"]) for each in found)
    return [Jsonb(each.to_json()) for each in spelt if each.key == named.key]


def seen_by(sight: Sight) -> dict[str, Any]:
    """Give what of the register is shown to collectors, as parameters of SQL."""
    levels = sorted(sight.levels - {"secret"})  # nobody carries those about on a telephone
    return {"visibilities": levels, "living": list(LIVING)}


async def neighbours_of(
    conn: Connection, members: Members, area: str | None, sight: Sight, *, near_deg: float
) -> Members:
    """Give living addresses outside an area and near to it; ``area``: GeoJSON text.

    None: near to its addresses.
    """
    params = seen_by(sight) | {
        "ids": members.ids,
        "area": area,
        "near_deg": near_deg,
        "areas": None if sight.areas is None else sorted(sight.areas),
        "limit": MAX_NEIGHBOURS,
    }
    found = await row(conn, QUERIES["neighbours"], params)
    return Members([], None) if found is None else Members(found["ids"], found["mark"])


def area_text(task: Task, boundary: Mapping[str, Any] | None) -> str | None:
    """Give the ground of a task as GeoJSON text; None: it is told by its addresses."""
    if task.kind is TaskKind.POLYGON:
        return orjson.dumps(task.area).decode()
    if task.kind is TaskKind.COMMUNE and boundary is not None:
        return orjson.dumps(boundary).decode()
    return None
