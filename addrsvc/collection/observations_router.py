"""HTTP route of what collectors counted and saw of buildings: as a list, and as a table."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from addrsvc.auth.model import Scope
from addrsvc.auth.web import NO_STORE, Caller
from addrsvc.clock import today
from addrsvc.collection.errors import ObservationsTooMany
from addrsvc.collection.observations import (
    PAGE_LIMIT,
    WantedObservations,
    list_observations,
    observations_csv,
    observed_out,
)
from addrsvc.db.web import AnyTimeConn, AppClock, longer_deadline

router = APIRouter(prefix="/v1/collection", tags=["collection"])

_READING_S: Final = 60

Commune = Annotated[str | None, Query(pattern=r"^[0-9]{5}$", examples=["25747"])]


@router.get("/observations", summary="Rooms, households and places of buildings, as collected")
async def get_observations(
    response: Response,
    conn: AnyTimeConn,
    caller: Caller,
    *,
    commune: Commune = None,
    task: UUID | None = None,
    after: Annotated[int, Query(ge=0, lt=2**62, description="``next`` of the last page")] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 100,
) -> dict[str, Any]:
    """Give addresses with what the newest accepted record that says it noted of the building.

    ``lon``, ``lat``: where the register has the address, and what that ``marks``; the building is
    where the collector saw it, which is no part of the register. Null is what nobody said. In the
    areas of who asks; no names, no contacts.
    """
    wanted = WantedObservations(commune, task)
    page, following = await list_observations(conn, caller, wanted, after=after, limit=limit)
    response.headers.update(NO_STORE)
    return {"items": [observed_out(each) for each in page], "next": following}


@router.get(
    "/observations.csv",
    summary="The same of a commune or task as a table",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}}},
    dependencies=[longer_deadline(_READING_S)],
)
async def get_table(
    conn: AnyTimeConn,
    caller: Caller,
    clock: AppClock,
    *,
    commune: Commune = None,
    task: UUID | None = None,
) -> Response:
    """Give all of a commune or a task, one of which must be named, for spreadsheets.

    Columns are the members of the list in their order; later ones go behind.
    """
    if commune is None and task is None:
        caller.require(Scope.COLLECTION_REVIEW)
        raise ObservationsTooMany
    wanted, found = WantedObservations(commune, task), []
    place: int | None = 0
    while place is not None:
        page, place = await list_observations(conn, caller, wanted, after=place)
        found += page
    body = await asyncio.to_thread(observations_csv, found)
    name = f"quan-sat-{commune or str(task)[:8]}-{today(clock)}.csv"
    headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, headers=headers, media_type="text/csv; charset=utf-8")
