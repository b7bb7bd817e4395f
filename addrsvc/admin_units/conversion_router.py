"""HTTP route of conversion between communes of different days: open to everyone."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, cast

from fastapi import APIRouter, Query, Request

from addrsvc.admin_units import converting
from addrsvc.admin_units.conversion_schemas import EXAMPLES, conversion_out
from addrsvc.admin_units.converting import Asked
from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.auth.web import PublicCaller
from addrsvc.clock import today
from addrsvc.db.web import AppClock, ReadDoor
from addrsvc.geo.given_point import given_point_or_none
from addrsvc.problems import language_of

router = APIRouter(prefix="/v1", tags=["administrative units and names"])

Degrees = Annotated[float | None, Query(allow_inf_nan=False, description="WGS 84, degrees")]


@router.get(
    "/convert",
    summary="Old commune to new, and back",
    responses={200: {"content": {"application/json": {"examples": EXAMPLES}}}},
)
async def convert(
    request: Request,
    pool: ReadDoor,
    clock: AppClock,
    _: PublicCaller,
    *,
    text: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=500,
            description="an address or the name of a commune, old or new",
            examples=["P. Phú Cường, TP. Thủ Dầu Một"],
        ),
    ] = None,
    code: Annotated[
        str | None, Query(pattern=r"^[0-9]{2,5}$", description="code of the unit, instead of text")
    ] = None,
    to: Annotated[date | None, Query(description="legal day to convert to; today")] = None,
    since: Annotated[
        date | None, Query(alias="from", description="a day on which the code held")
    ] = None,
    locality: Annotated[
        str | None,
        Query(min_length=1, max_length=100, description="khu phố or ấp", examples=["KP Bình Phú"]),
    ] = None,
    lon: Degrees = None,
    lat: Degrees = None,
) -> dict[str, Any]:
    """Give the commune of another day; of a divided one, every candidate with its share.

    ``certainty``: ``certain`` where it was not divided; ``by_geometry`` where the point lies
    inside an imported boundary; ``by_locality`` where the khu phố or ấp decides, with its source
    in ``evidence``; ``candidate`` where nothing decides. ``share`` is the part of the older
    commune's area in the newer one. ``status`` is ``corrected`` where a slip in the name was put
    right. The registers begin in June 2025.
    """
    day = to or today(clock)
    asked = Asked(text, code, since, locality, given_point_or_none(lon, lat))
    memory = cast("UnitsInMemory", request.app.state.units_in_memory)
    async with pool.connection() as conn:
        found = await converting.convert(conn, await memory.current(conn), asked, day)
    return conversion_out(found.conversion, day, language_of(request), found.status)
