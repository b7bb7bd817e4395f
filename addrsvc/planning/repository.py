"""Rows of plans, their history and their files."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, row, rows
from addrsvc.planning.model import Described, Level, Plan, PlanKind, PlanStatus, Wanted

QUERIES: Final = Queries("addrsvc.planning")


@dataclass(frozen=True, slots=True)
class DraftsOf:
    """Whose drafts are given beside what is public."""

    principal: str
    areas: Collection[str] | None
    """None: everywhere."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone of a plan, as it is stored."""

    n: int
    code: str
    label: str | None
    attributes: Mapping[str, Any]
    area_m2: float
    wkb: bytes
    """MultiPolygon in degrees."""


@dataclass(frozen=True, slots=True)
class ZonePage:
    """Some zones of a plan, in the order of its file."""

    zones: Sequence[Zone]
    next: int | None
    """``n`` to go on behind; None: there are no more."""


def plan_of(found: Row) -> Plan:
    """Give a plan from its row of ``plan_told``; what else stands in the row is left alone."""
    extent = None
    if found["west"] is not None:
        extent = (found["west"], found["south"], found["east"], found["north"])
    return Plan(
        plan_id=found["plan_id"],
        version=found["version"],
        status=PlanStatus(found["status"]),
        described=Described(
            name=found["name"],
            kind=PlanKind(found["kind"]),
            level=Level(found["level"]),
            code_list=found["code_list"],
            issuer=found["issuer"],
            decision_number=found["decision_number"],
            decision_date=found["decision_date"],
            scale=found["scale"],
            period_from=found["period_from"],
            period_to=found["period_to"],
            is_synthetic=found["is_synthetic"],
            note=found["note"],
        ),
        valid_from=found["valid_from"],
        valid_to=found["valid_to"],
        zones=found["zones"],
        vertices=found["vertices"],
        area_m2=found["area_m2"],
        extent=extent,
        communes=tuple(found["communes"]),
        replaces=tuple(found["replaces"]),
        replaced_by=tuple(found["replaced_by"]),
        file_id=found["file_id"],
        view_key=found["view_key"],
        created_at=found["created_at"],
        created_by=found["created_by"],
        changed_at=found["changed_at"],
        changed_by=found["changed_by"],
        published_at=found["published_at"],
    )


async def find_plan(conn: Connection, plan_id: int) -> Plan | None:
    """Give a plan, whoever may see it; None: there is none, or it is a discarded draft."""
    found = await row(conn, QUERIES["find_plan"], {"plan_id": plan_id})
    return None if found is None else plan_of(found)


async def list_plans(
    conn: Connection, wanted: Wanted, drafts: DraftsOf | None, *, before: int | None, limit: int
) -> list[Plan]:
    """Give plans, the newest first; drafts None: of nobody."""
    box = wanted.box
    params = {
        "status": wanted.status,
        "kind": wanted.kind,
        "level": wanted.level,
        "commune": wanted.commune,
        "day": wanted.day,
        "west": None if box is None else box.west,
        "south": None if box is None else box.south,
        "east": None if box is None else box.east,
        "north": None if box is None else box.north,
        "with_drafts": drafts is not None,
        "areas": None if drafts is None or drafts.areas is None else list(drafts.areas),
        "principal": None if drafts is None else drafts.principal,
        "before": before,
        "limit": limit,
    }
    return [plan_of(each) for each in await rows(conn, QUERIES["list_plans"], params)]


MOST_VERTICES: Final = 200_000
"""Of the zones of one page, unless one has more by itself."""


async def list_zones(conn: Connection, plan_id: int, *, after: int, limit: int) -> ZonePage:
    """Give zones of a plan, whoever may see it."""
    params = {
        "plan_id": plan_id,
        "after": after,
        "limit": limit,
        "most_vertices": MOST_VERTICES,
    }
    found = await rows(conn, QUERIES["list_zones"], params)
    zones = [Zone(**{**each, "wkb": bytes(each["wkb"])}) for each in found]
    last = zones[-1].n if zones else after
    more = await rows(conn, QUERIES["zone_behind"], {"plan_id": plan_id, "after": last})
    return ZonePage(zones, last if more else None)
