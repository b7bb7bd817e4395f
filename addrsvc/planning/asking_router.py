"""HTTP routes that say what is planned for an address, a point or a plot: open to everyone.

What is asked about is neither kept nor logged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import orjson
import shapely
from fastapi import APIRouter, Body, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from addrsvc.auth.web import NO_STORE, PublicCaller
from addrsvc.clock import today
from addrsvc.db.doors import Reader, ask_lookups
from addrsvc.db.web import AppClock, ReadDoor, doors_of
from addrsvc.geo.corners import read_corners
from addrsvc.geo.geometry import check_area
from addrsvc.planning.asking import MAX_ACCURACY_M, ask_address, ask_area, ask_parcel, ask_point
from addrsvc.planning.asking_schemas import (
    OverlayIn,
    address_planned_out,
    corners_out,
    parcel_planned_out,
    planned_out,
    read_geometry,
)
from addrsvc.planning.grounds import point_asked, require_one, zone_asked
from addrsvc.planning.model import Planned
from addrsvc.problems import language_of
from addrsvc.registry.moments import read_as_of
from addrsvc.registry.reading import AddressRef, read_code
from addrsvc.registry.writing import RefPath

router = APIRouter(prefix="/v1", tags=["planning"])

MAX_AGE_S: Final = 60
"""So long an answer about a point may be told again: plans change by the day."""

_WAYS: Final = ("geometry", "corners", "parcel")

At = Annotated[date | None, Query(description="legal day whose plans are told; today")]


@router.get("/addresses/{ref}/planning", summary="What plans say of an address")
async def planning_of_address(
    ref: RefPath,
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
    clock: AppClock,
    *,
    at: At = None,
    valid_at: Annotated[
        str | None,
        Query(max_length=40, description="legal day whose position of the address counts; now"),
    ] = None,
) -> Response:
    """Give what plans in force say of where an address is, within its accuracy.

    Every land use at the point, and under ``near`` those that begin within its accuracy. The code
    of a duplicate gives the address that was kept, with ``resolved_from``; one retired otherwise
    is told of where it was. ``valid_at`` also gives the day of the plans unless ``at`` does.
    """
    then = read_as_of(valid_at, None, clock).valid_at
    day, language = at or then or today(clock), language_of(request)
    async with pool.connection() as conn:
        if ref.startswith("p"):
            named = AddressRef.parse(ref)
        else:
            named = AddressRef.of_code(await read_code(conn, ref))
        found = await ask_address(conn, caller, named, day, language, valid_at=then)
    body = address_planned_out(found, language) | {
        "confirm": named.code is not None and not named.verified,
        "links": _links({"code": found.address.ref}, day),
    }
    headers = {"Cache-Control": "private, no-cache", "Vary": "Accept-Language, Authorization"}
    return _answer(request, body, headers)


@router.get("/planning/at", summary="What plans say of a point")
async def planning_at(
    request: Request,
    clock: AppClock,
    _: PublicCaller,
    *,
    lon: Annotated[
        float | None,
        Query(allow_inf_nan=False, description="WGS 84, degrees", examples=[106.6519]),
    ] = None,
    lat: Annotated[
        float | None,
        Query(allow_inf_nan=False, description="WGS 84, degrees", examples=[10.9804]),
    ] = None,
    x: Annotated[
        float | None, Query(allow_inf_nan=False, description="metres, of crs; northing or easting")
    ] = None,
    y: Annotated[
        float | None, Query(allow_inf_nan=False, description="metres, of crs; the other one")
    ] = None,
    crs: Annotated[
        str | None, Query(max_length=20, description="of x and y", examples=["EPSG:9210"])
    ] = None,
    accuracy_m: Annotated[
        float | None,
        Query(ge=0, le=MAX_ACCURACY_M, allow_inf_nan=False, description="metres it may be off"),
    ] = None,
    at: At = None,
) -> Response:
    """Give every land use plans in force have at a point, given in degrees or as X and Y.

    On an edge there are several; ``near`` tells those that begin within ``accuracy_m``, in metres
    on the ellipsoid. X and Y are VN-2000 of the zone ``crs``: which is the northing is told by
    range. The point is neither kept nor logged.
    """
    point = point_asked(lon, lat, x, y, crs)
    day, language, doors = at or today(clock), language_of(request), doors_of(request)

    async def ask(conn: Reader) -> Planned:
        return await ask_point(conn, point, accuracy_m, day, language)

    async with doors.points:
        planned = await ask_lookups(doors.lookups, ask)
    place = {"lon": round(point.lon, 7), "lat": round(point.lat, 7)}
    place |= {} if accuracy_m is None else {"accuracy_m": accuracy_m}
    body = planned_out(planned, language) | {"links": _links(place, day)}
    headers = {"Cache-Control": f"public, max-age={MAX_AGE_S}", "Vary": "Accept-Language"}
    return _answer(request, body, headers)


@router.post(
    "/planning/overlay",
    summary="What plans say of a plot: square metres and percent of each land use",
    openapi_extra={
        "requestBody": {
            "content": {"application/geo+json": {"schema": {"type": "object"}}},
        }
    },
)
async def overlay_plot(
    asked: Annotated[OverlayIn, Body()],
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
    clock: AppClock,
    *,
    at: At = None,
) -> Response:
    """Lay a plot over the plans in force: its shape, its corners, or a parcel by its number.

    Nothing is made to fit: what no zone covers stands in ``uncovered_m2``, what two or more
    zones cover in ``overlapping_m2``; shares then make more than a hundred per cent. Of plans of
    one kind, ``conflicts`` tell where they differ. Shapes of parcels are not kept: for a parcel the
    answer is of the point of its address, for keys that may read lists. A shape must be valid, of
    at most 10,000 vertices and 100 km²; nothing is repaired. What is sent is neither kept nor
    logged.
    """
    require_one(_WAYS, [name for name in _WAYS if getattr(asked, name) is not None])
    day, language = asked.at or at or today(clock), language_of(request)
    if asked.parcel is not None:
        parcel = f"{asked.parcel.commune}-{asked.parcel.sheet}-{asked.parcel.parcel}"
        async with pool.connection() as conn:
            found = await ask_parcel(conn, caller, parcel, day, language)
        body = parcel_planned_out(found, language)
        return _answer(
            request, body | {"links": _links({"code": found.address.ref}, day)}, NO_STORE
        )
    plot, understood = await run_in_threadpool(_plot_of, asked)
    async with pool.connection() as conn:
        planned = await ask_area(conn, plot, day, language)
    body = await run_in_threadpool(planned_out, planned, language)
    return _answer(request, body | understood, NO_STORE)


def _plot_of(asked: OverlayIn) -> tuple[shapely.MultiPolygon, dict[str, Any]]:
    """Read the plot, and say how its corners were understood."""
    if asked.geometry is not None:
        return read_geometry(asked.geometry), {}
    epsg = None if asked.crs is None else zone_asked(asked.crs)
    corners = read_corners(asked.corners or "", epsg)
    return check_area(corners.polygon), {"corners": corners_out(corners)}


def _links(place: Mapping[str, object], day: date) -> dict[str, str]:
    """Say where the same answer is to be had on paper."""
    return {"print": "/v1/planning/print?" + urlencode({**place, "at": day.isoformat()})}


def _answer(request: Request, body: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    content = orjson.dumps(body)
    tag = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
    sent = {**headers, "ETag": tag}
    if request.method in {"GET", "HEAD"} and request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=sent)
    return Response(content, headers=sent, media_type="application/json")
