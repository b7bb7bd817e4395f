"""HTTP route from a point to its commune and the nearest addresses: open to everyone."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, cast

import orjson
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.auth.web import PublicCaller
from addrsvc.clock import today
from addrsvc.db.doors import Reader, ask_lookups
from addrsvc.db.web import AppClock, doors_of
from addrsvc.geo.given_point import given_point
from addrsvc.geocoding.reverse import (
    MAX_LIMIT,
    MAX_RADIUS_M,
    Whereabouts,
    reverse,
    whereabouts_out,
)
from addrsvc.problems import language_of

router = APIRouter(prefix="/v1", tags=["geocoding"])

MEDIA_TYPE: Final = "application/geo+json"


@router.get(
    "/reverse",
    summary="Where a point is: commune, then nearest addresses",
    responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}},
    response_class=Response,
)
async def look_around(
    request: Request,
    clock: AppClock,
    _: PublicCaller,
    *,
    lon: Annotated[
        float, Query(allow_inf_nan=False, description="WGS 84, degrees", examples=[106.6519])
    ],
    lat: Annotated[
        float, Query(allow_inf_nan=False, description="WGS 84, degrees", examples=[10.9804])
    ],
    at: Annotated[date | None, Query(description="legal day of the commune; today")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="most addresses")] = 5,
    radius_m: Annotated[
        float, Query(gt=0, le=MAX_RADIUS_M, allow_inf_nan=False, description="metres")
    ] = 1_000.0,
) -> Response:
    """Give the commune around a point with how sure that is, then public addresses nearby.

    ``commune`` is null at sea, abroad, and on days for which no boundary is known; before July
    2025 ``former`` traces today's commune back. Distances are metres on the ellipsoid. The point
    is neither kept nor logged.
    """
    point, present = given_point(lon, lat), today(clock)
    day = at or present
    units = cast("UnitsInMemory", request.app.state.units_in_memory)

    async def ask(conn: Reader) -> Whereabouts:
        return await reverse(conn, units, point, day, today=present, limit=limit, radius_m=radius_m)

    doors = doors_of(request)
    async with doors.points:
        found = await ask_lookups(doors.lookups, ask)
    body = whereabouts_out(found, point, day, language_of(request))
    return Response(orjson.dumps(body), media_type=MEDIA_TYPE)
