"""Read what is printed of a task."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson

from addrsvc.admin_units import service as units
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import sight_of
from addrsvc.clock import Clock, today
from addrsvc.collection import areas
from addrsvc.collection.listing_model import LINES_MOST, Line, Listing, ListTooLong, walked
from addrsvc.collection.packages import COLUMNS
from addrsvc.collection.tasks import get_commune, get_task
from addrsvc.db.rows import Connection, row
from addrsvc.registry.model import PRIVATE_KINDS, Kind, Locality


async def get_listing(
    conn: Connection, principal: Principal, task_id: UUID, clock: Clock
) -> Listing:
    """Give the addresses of a task in walking order, without names of homes.

    Raises:
        NotSignedIn, ScopeMissing: for who leads collectors.
        TaskUnknown: there is none in its areas.
        ListTooLong: it has too many.
    """
    principal.require(Scope.COLLECTION_REVIEW)
    task = await get_task(conn, principal, task_id)
    commune = await get_commune(conn, task.commune_code, today(clock))
    province = await units.find_unit(conn, commune.parent_code or "", today(clock))
    ids = list((await areas.members_of(conn, task, sight_of(principal))).ids)
    if len(ids) > LINES_MOST:
        raise ListTooLong(count=len(ids), limit=LINES_MOST)
    params = {
        "ids": ids,
        "since": task.created_at,
        "private": sorted(kind.value for kind in PRIVATE_KINDS),
        "is_full": False,
        "areas": None,
        "in_task": True,
    }
    found = await row(conn, areas.QUERIES["package_rows"], params)
    told = orjson.loads(f"[{(found or {}).get('rows') or ''}]")
    return Listing(
        task_id,
        task.title,
        task.commune_code,
        commune.full_name,
        "" if province is None else province.full_name,
        clock.now(),
        walked(_line(dict(zip(COLUMNS, each, strict=True))) for each in told),
    )


def _line(said: dict[str, Any]) -> Line:
    return Line(
        said["ref"],
        said["version"],
        Kind(said["kind"]),
        said["house_number"],
        said["thoroughfare"],
        tuple(Locality(*each) for each in said["localities"]),
        said["unit"],
        said["floor"],
        said["building"],
        said["name"],
    )
