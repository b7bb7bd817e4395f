"""HTTP routes that print what plans say: the same questions as JSON answers, on A4 pages.

Who may ask what is decided as for those answers. What is asked about is neither kept nor logged.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

import shapely
from fastapi import APIRouter, Body, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from addrsvc.auth.web import NO_STORE, PublicCaller
from addrsvc.clock import today
from addrsvc.db.web import AppClock, AppSettings, ReadDoor, origin_of
from addrsvc.errors import Language
from addrsvc.geo.corners import Corners, read_corners
from addrsvc.geo.geometry import check_area
from addrsvc.planning.asking import (
    MAX_ACCURACY_M,
    AddressPlanned,
    ask_address,
    ask_area,
    ask_parcel,
    ask_point,
)
from addrsvc.planning.asking_schemas import OverlayIn, read_geometry
from addrsvc.planning.grounds import point_asked, require_one, zone_asked
from addrsvc.planning.model import Planned
from addrsvc.planning.printing import Sheet
from addrsvc.planning.printing_service import print_sheet, read_sheet
from addrsvc.problems import language_of
from addrsvc.registry.reading import AddressRef, read_code
from addrsvc.settings import Settings

router = APIRouter(prefix="/v1/planning", tags=["planning"])

_PDF: Final = "application/pdf"
_PAGES: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {_PDF: {}}}}
_PLACES: Final = ("code", "lon", "x")
_WAYS: Final = ("geometry", "corners", "parcel")

At = Annotated[date | None, Query(description="legal day whose plans are told; today")]
Lang = Annotated[Language | None, Query(description="of the page; else as Accept-Language says")]


@router.get(
    "/print",
    summary="Print what plans say of an address or a point (PDF)",
    responses=_PAGES,
    response_class=Response,
)
async def print_place(
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
    clock: AppClock,
    settings: AppSettings,
    *,
    code: Annotated[
        str | None, Query(max_length=40, description="code of an address, or p and a number")
    ] = None,
    lon: Annotated[float | None, Query(allow_inf_nan=False, description="WGS 84, degrees")] = None,
    lat: Annotated[float | None, Query(allow_inf_nan=False, description="WGS 84, degrees")] = None,
    x: Annotated[
        float | None, Query(allow_inf_nan=False, description="metres, of crs; northing or easting")
    ] = None,
    y: Annotated[
        float | None, Query(allow_inf_nan=False, description="metres, of crs; the other one")
    ] = None,
    crs: Annotated[str | None, Query(max_length=20, description="of x and y")] = None,
    accuracy_m: Annotated[
        float | None,
        Query(ge=0, le=MAX_ACCURACY_M, allow_inf_nan=False, description="metres it may be off"),
    ] = None,
    at: At = None,
    lang: Lang = None,
) -> Response:
    """Give A4 pages: what was asked, what each plan says with a map, a QR code to ask again.

    Asked as ``GET /v1/planning/at``, or by the code of an address.
    """
    given = {"code": code, "lon": lon if lon is not None else lat, "x": x if x is not None else y}
    require_one(_PLACES, [name for name, value in given.items() if value is not None])
    day, language = at or today(clock), lang or language_of(request)
    point = None if code is not None else point_asked(lon, lat, x, y, crs)
    async with pool.connection() as conn:
        asked: Planned | AddressPlanned
        if point is not None:
            asked = await ask_point(conn, point, accuracy_m, day, language)
        else:
            ref = code or ""
            is_number = ref.startswith("p")
            named = (
                AddressRef.parse(ref)
                if is_number
                else AddressRef.of_code(await read_code(conn, ref))
            )
            asked = await ask_address(conn, caller, named, day, language)
        sheet = await read_sheet(
            conn, asked, language, printed_at=clock.now(), host=origin_of(request)
        )
    return await _printed(sheet, settings)


@router.post(
    "/print",
    summary="Print what plans say of a plot (PDF)",
    responses=_PAGES,
    response_class=Response,
)
async def print_plot(
    asked: Annotated[OverlayIn, Body()],
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
    clock: AppClock,
    settings: AppSettings,
    *,
    at: At = None,
    lang: Lang = None,
) -> Response:
    """Give A4 pages about a plot; what is sent is what ``POST /v1/planning/overlay`` takes.

    Corners stand in a table with their edges, beside the lengths printed on the certificate. They
    are in no link: the QR code asks about a point in the plot.
    """
    require_one(_WAYS, [name for name in _WAYS if getattr(asked, name) is not None])
    day, language = asked.at or at or today(clock), lang or language_of(request)
    plot, corners = (None, None) if asked.parcel else await run_in_threadpool(_plot_of, asked)
    async with pool.connection() as conn:
        found: Planned | AddressPlanned
        if plot is not None:
            found = await ask_area(conn, plot, day, language)
        else:
            parcel = asked.parcel
            named = "" if parcel is None else f"{parcel.commune}-{parcel.sheet}-{parcel.parcel}"
            found = await ask_parcel(conn, caller, named, day, language)
        sheet = await read_sheet(
            conn,
            found,
            language,
            printed_at=clock.now(),
            host=origin_of(request),
            corners=corners,
        )
    return await _printed(sheet, settings)


def _plot_of(asked: OverlayIn) -> tuple[shapely.MultiPolygon, Corners | None]:
    if asked.geometry is not None:
        return read_geometry(asked.geometry), None
    corners = read_corners(
        asked.corners or "", None if asked.crs is None else zone_asked(asked.crs)
    )
    return check_area(corners.polygon), corners


async def _printed(sheet: Sheet, settings: Settings) -> Response:
    headers = {**NO_STORE, "Content-Disposition": 'inline; filename="quy-hoach.pdf"'}
    return Response(await print_sheet(sheet, settings.npm_dir), headers=headers, media_type=_PDF)
