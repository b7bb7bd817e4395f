"""Fill the demo's own database with two invented plans, the later in place of the earlier.

Over real communes, whose cells are indicative; roads and zones are drawn by a fixed seed, and every
answer says that the plans are synthetic. Nothing here was planned by anybody. All goes through the
same doors as real plans, in one transaction: cut off, nothing has happened.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import count
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.admin_units import service as admin_units
from addrsvc.auth.model import command_line
from addrsvc.clock import Clock, SystemClock, today
from addrsvc.db.doors import make_engine
from addrsvc.db.rows import row
from addrsvc.db.transaction import transaction
from addrsvc.geo.areas import areas_m2
from addrsvc.planning import service
from addrsvc.planning.acts import Act, leave_act
from addrsvc.planning.code_lists import use_of
from addrsvc.planning.files.kept import ZoneRow
from addrsvc.planning.model import Described, Level, Plan, PlanKind
from addrsvc.planning.service import Publishing
from addrsvc.planning.storing import copy_zones, settle_zones
from addrsvc.settings import Settings

_PRINCIPAL: Final = command_line("demo")
_TIMEOUT: Final = timedelta(minutes=5)

COMMUNES: Final = (
    "25747", "25750", "25760", "25771", "25849", "25891", "25969", "25978",
)  # fmt: skip
"""Communes of the demo side by side, the one of its example among them."""

_CODE_LIST: Final = "land-use-2018"
_NOTE: Final = "Bịa ra để trình diễn; vùng và tuyến đường không có thật."
_OLD: Final = Described(
    "Quy hoạch sử dụng đất giai đoạn trước (giả lập)",
    PlanKind.LAND_USE,
    Level.DISTRICT,
    _CODE_LIST,
    issuer="Trình diễn (demo)",
    decision_number="01/QĐ-DEMO",
    decision_date=date(2021, 3, 15),
    scale=10_000,
    period_from=2021,
    period_to=2030,
    is_synthetic=True,
    note=_NOTE,
)
_NEW: Final = Described(
    "Điều chỉnh quy hoạch sử dụng đất (giả lập)",
    PlanKind.LAND_USE,
    Level.COMMUNE,
    _CODE_LIST,
    issuer="Trình diễn (demo)",
    decision_number="02/QĐ-DEMO",
    decision_date=date(2025, 7, 10),
    scale=10_000,
    period_from=2025,
    period_to=2030,
    is_synthetic=True,
    note=_NOTE,
)
_OLD_FROM, _NEW_FROM = date(2021, 4, 1), date(2025, 8, 1)

_SEED: Final = 2026
_ZONES_EACH: Final = 45
_ROAD: Final = "DGT"
_ROAD_DEG: Final = 0.00012
"""Half the width of a road: 13 m."""
_SMALLEST_DEG2: Final = 4e-9
"""About 50 m²: crumbs along roads are none of the plan's zones."""
_UNPLANNED: Final = 0.04
"""Of the zones, so many the earlier plan says nothing of."""
_REVISED: Final = 0.3
_USES: Final = {
    "ODT": 34, "CLN": 22, "LUC": 9, "HNK": 6, "TMD": 6, "SKC": 6, "SKK": 5, "DGD": 3, "DYT": 2,
    "DKV": 3, "MNC": 2, "TSC": 2,
}  # fmt: skip
"""Zones of each use in a hundred."""
_BECOMES: Final = {
    "CLN": ("ODT", "TMD", "SKC"),
    "LUC": ("CLN", "ODT", "SKK"),
    "HNK": ("CLN", "ODT"),
    "SKC": ("TMD", "ODT"),
    "ODT": ("TMD", "DKV", "DGD"),
}


Zones = list[tuple[str, shapely.MultiPolygon]]


def ensure(database_url: str) -> None:
    """Fill the database with the demo's plans, once; called again it costs one query."""
    asyncio.run(_ensure(database_url, SystemClock()))


async def _ensure(database_url: str, clock: Clock) -> None:
    timeout_ms = int(_TIMEOUT.total_seconds() * 1000)
    settings = Settings.model_validate(
        {"database_url": database_url, "statement_timeout_ms": timeout_ms}
    )
    engine = make_engine(settings)
    try:
        await fill(engine, clock)
    finally:
        await engine.dispose()


async def fill(engine: AsyncEngine, clock: Clock, communes: Sequence[str] = COMMUNES) -> None:
    """Make both plans, unless they were made."""
    made = "SELECT 1 AS found FROM plan WHERE created_by = %(principal)s LIMIT 1"
    async with transaction(engine) as conn:
        if await row(conn, made, {"principal": _PRINCIPAL.id}) is not None:
            return
        grounds = [each for each in [await _ground(conn, code, clock) for code in communes] if each]
        if not grounds:
            return
        before, after = draw(grounds)
        # the earlier one has long been in force
        old = await _publish(conn, _OLD, before, Publishing(_OLD_FROM, tells=False), clock)
        await _publish(conn, _NEW, after, Publishing(_NEW_FROM, (old.plan_id,)), clock)


async def _ground(conn: AsyncConnection, code: str, clock: Clock) -> BaseGeometry | None:
    unit = await admin_units.find_unit(conn, code, today(clock))
    drawn = None if unit is None else await admin_units.boundary(conn, unit.id)
    return None if drawn is None else shapely.geometry.shape(drawn)


async def _publish(
    conn: AsyncConnection,
    described: Described,
    zones: Zones,
    wanted: Publishing,
    clock: Clock,
) -> Plan:
    draft = await service.create_plan(conn, _PRINCIPAL, described, clock)
    stored = await copy_zones(conn, draft.plan_id, _rows(zones))
    plan = await settle_zones(conn, _PRINCIPAL, draft.plan_id, stored, clock)
    await leave_act(conn, _PRINCIPAL, plan, Act.STORE, clock, facts={"zones": stored.zones})
    return await service.publish_plan(conn, _PRINCIPAL, plan.plan_id, wanted, None, clock)


def _rows(zones: Zones) -> Iterator[ZoneRow]:
    shapes = np.array([shape for _, shape in zones], dtype=object)
    numbered = zip(count(1), zones, areas_m2(shapes), shapely.to_wkb(shapes), strict=False)
    for n, (code, _), area, wkb in numbered:
        label = use_of(_CODE_LIST, code).name.vi
        yield ZoneRow(n, code, label, json.dumps({"demo": True}), float(area), wkb)


def draw(grounds: Sequence[BaseGeometry]) -> tuple[Zones, Zones]:
    """Cut grounds (EPSG:4326) into zones with land uses, as two plans have them, one after another.

    The same grounds give the same plans. The later one builds a road more, plans ground of which
    the earlier said nothing, and says something else of some zones.
    """
    before: Zones = []
    after: Zones = []
    for number, ground in enumerate(grounds):
        chance = random.Random(f"{_SEED}/{number}")  # noqa: S311 -- scattering, no secret
        cells = _cells(ground, chance)
        roads = [_road(ground, chance) for _ in range(3)]
        codes = chance.choices(list(_USES), weights=list(_USES.values()), k=len(cells))
        old_roads, new_roads = shapely.union_all(roads[:-1]), shapely.union_all(roads)
        # of some ground the earlier one says nothing
        said = [None if chance.random() < _UNPLANNED else code for code in codes]
        before += _zones(ground, cells, said, old_roads)
        after += _zones(ground, cells, [_revised(code, chance) for code in codes], new_roads)
    return before, after


def _cells(ground: BaseGeometry, chance: random.Random) -> list[shapely.Geometry]:
    west, south, east, north = ground.bounds
    points = [
        (chance.uniform(west, east), chance.uniform(south, north)) for _ in range(_ZONES_EACH)
    ]
    cells = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=ground, ordered=True)
    return [shapely.intersection(each, ground) for each in cells.geoms]


def _road(ground: BaseGeometry, chance: random.Random) -> shapely.Geometry:
    """Give a road through a ground, from side to side, with bends."""
    west, south, east, north = ground.bounds
    along = [chance.uniform(0.25, 0.75) for _ in range(4)]
    if chance.random() < 0.5:
        at = np.linspace(west, east, len(along))
        line = [(x, south + part * (north - south)) for x, part in zip(at, along, strict=True)]
    else:
        at = np.linspace(south, north, len(along))
        line = [(west + part * (east - west), y) for y, part in zip(at, along, strict=True)]
    wide = shapely.buffer(shapely.LineString(line), _ROAD_DEG, quad_segs=2, cap_style="flat")
    return shapely.intersection(wide, ground)


def _zones(
    ground: BaseGeometry,
    cells: Sequence[shapely.Geometry],
    codes: Sequence[str | None],
    roads: shapely.Geometry,
) -> Zones:
    """Give cells with their codes, but for roads, which are a zone of their own."""
    zones = [
        (code, _areal(shapely.difference(cell, roads)))
        for cell, code in zip(cells, codes, strict=True)
        if code is not None
    ]
    zones.append((_ROAD, _areal(shapely.intersection(roads, ground))))
    return [(code, shape) for code, shape in zones if not shape.is_empty]


def _areal(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """Leave out what is no area, or next to none."""
    return shapely.MultiPolygon(
        [
            each
            for each in shapely.get_parts(shape)
            if isinstance(each, shapely.Polygon) and each.area > _SMALLEST_DEG2
        ]
    )


def _revised(code: str, chance: random.Random) -> str:
    if chance.random() >= _REVISED or code not in _BECOMES:
        return code
    return chance.choice(_BECOMES[code])
