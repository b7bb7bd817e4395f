"""HTTP routes of units, thoroughfares and localities: open to everyone."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse

from addrsvc.admin_units import registers, service
from addrsvc.admin_units.errors import NoCommuneThere
from addrsvc.admin_units.model import NameFilter, UnitFilter
from addrsvc.admin_units.schemas import (
    features_out,
    link_out,
    locality_out,
    located_out,
    thoroughfare_out,
    unit_out,
)
from addrsvc.auth.web import PublicCaller
from addrsvc.clock import today
from addrsvc.db.web import AppClock, ReadDoor
from addrsvc.errors import Language
from addrsvc.problems import language_of
from addrsvc.types import BBox, Level, LonLat

router = APIRouter(prefix="/v1", tags=["administrative units and names"])


def _day(
    clock: AppClock,
    at: Annotated[date | None, Query(description="legal day; today when left out")] = None,
) -> date:
    return at or today(clock)


def _language(request: Request) -> Language:
    return language_of(request)


def _box(
    bbox: Annotated[
        str | None,
        Query(
            max_length=200, description="west,south,east,north", examples=["106.6,10.9,106.8,11"]
        ),
    ] = None,
) -> BBox | None:
    return None if bbox is None else BBox.parse(bbox)


Day = Annotated[date, Depends(_day)]
Speech = Annotated[Language, Depends(_language)]
Box = Annotated[BBox | None, Depends(_box)]
UnitCode = Annotated[str, Path(pattern=r"^[0-9]{2,5}$", examples=["25747"])]
Parent = Annotated[str | None, Query(pattern=r"^[0-9]{2,3}$", description="code of the unit above")]
Name = Annotated[
    str | None, Query(max_length=100, description="beginning of the name, accents optional")
]
Limit = Annotated[int, Query(ge=1, le=500)]
AfterId = Annotated[int, Query(ge=0, lt=2**62, description="``next`` of the last page")]
RegisterId = Annotated[int, Path(ge=1, lt=2**62)]


@router.get("/admin-units", summary="List administrative units")
async def list_units(
    pool: ReadDoor,
    day: Day,
    box: Box,
    language: Speech,
    _: PublicCaller,
    *,
    level: Level | None = None,
    parent: Parent = None,
    q: Name = None,
    after: Annotated[str | None, Query(pattern=r"^[0-9]{2,5}$")] = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Give the provinces, districts (until 30 June 2025) and communes of one day."""
    wanted = UnitFilter(day=day, level=level, parent=parent, name=q, bbox=box)
    async with pool.connection() as conn:
        units, following = await service.list_units(conn, wanted, after=after, limit=limit)
    return {"items": [unit_out(unit, language) for unit in units], "next": following}


class GeoJsonResponse(JSONResponse):
    """JSON under its own media type."""

    media_type = "application/geo+json"


@router.get("/admin-units.geojson", summary="Units of a map window", response_class=GeoJsonResponse)
async def units_in_window(
    pool: ReadDoor,
    day: Day,
    language: Speech,
    _: PublicCaller,
    *,
    bbox: Annotated[str, Query(max_length=200, examples=["106.6,10.9,106.8,11"])],
    level: Level = Level.COMMUNE,
) -> dict[str, Any]:
    """Give boundaries simplified for the window; each says whether it is only indicative."""
    box = BBox.parse(bbox)
    async with pool.connection() as conn:
        found, complete = await service.units_in_window(conn, level, day, box)
    return features_out(found, language, complete=complete)


@router.get("/admin-units/at", summary="The commune at a place")
async def commune_at(
    pool: ReadDoor,
    day: Day,
    language: Speech,
    _: PublicCaller,
    *,
    lon: Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False, examples=[106.6519])],
    lat: Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False, examples=[10.9804])],
) -> dict[str, Any]:
    """Give the commune a point lies in, how sure that is, and the metres to its edge."""
    service.refuse_unknown_past(day)
    async with pool.connection() as conn:
        found = await service.commune_at(conn, LonLat(lon, lat), day, with_edge=True)
    if found is None:
        raise NoCommuneThere(lon=lon, lat=lat)
    return located_out(found, language)


@router.get("/admin-units/{code}", summary="One administrative unit")
async def get_unit(
    code: UnitCode,
    pool: ReadDoor,
    day: Day,
    language: Speech,
    _: PublicCaller,
    *,
    geometry: Annotated[bool, Query(description="also the boundary, as GeoJSON")] = False,
) -> dict[str, Any]:
    """Give the unit that had the code on the day, its past, and what it came from and became."""
    async with pool.connection() as conn:
        unit = await service.get_unit(conn, code, day)
        body = unit_out(unit, language)
        body["predecessors"] = [link_out(x) for x in await service.predecessors(conn, code, day)]
        body["successors"] = [link_out(x) for x in await service.successors(conn, code, day)]
        past = await service.unit_history(conn, code)
        body["history"] = [unit_out(each, language) for each in past if each.id != unit.id]
        if geometry:
            body["geometry"] = await service.boundary(conn, unit.id)
    return body


@router.get("/thoroughfares", summary="List streets, numbered roads and alleys")
async def list_thoroughfares(
    pool: ReadDoor,
    day: Day,
    box: Box,
    _: PublicCaller,
    *,
    unit: Annotated[str | None, Query(pattern=r"^[0-9]{3,5}$")] = None,
    q: Name = None,
    kind: Literal["street", "numbered_road", "alley"] | None = None,
    after: AfterId = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Give thoroughfares by name or by the commune or old district (with ``at``) they run in."""
    wanted = NameFilter(unit=unit, day=day, name=q, kind=kind, bbox=box)
    async with pool.connection() as conn:
        found, following = await registers.list_thoroughfares(
            conn, wanted, after=after, limit=limit
        )
    return {"items": [thoroughfare_out(each) for each in found], "next": following}


@router.get("/thoroughfares/{thoroughfare_id}", summary="One thoroughfare")
async def get_thoroughfare(
    thoroughfare_id: RegisterId, pool: ReadDoor, _: PublicCaller
) -> dict[str, Any]:
    """Give one thoroughfare with its areas and other names."""
    async with pool.connection() as conn:
        return thoroughfare_out(await registers.get_thoroughfare(conn, thoroughfare_id))


@router.get("/localities", summary="List khu phố, ấp, tổ, thôn, estates and places")
async def list_localities(
    pool: ReadDoor,
    day: Day,
    box: Box,
    _: PublicCaller,
    *,
    unit: Annotated[str | None, Query(pattern=r"^[0-9]{5}$", description="commune code")] = None,
    q: Name = None,
    kind: Literal["khu_pho", "ap", "to", "thon", "residential_area", "industrial_area", "place"]
    | None = None,
    after: AfterId = 0,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Give localities by name or by the commune they lie in."""
    wanted = NameFilter(unit=unit, day=day, name=q, kind=kind, bbox=box)
    async with pool.connection() as conn:
        found, following = await registers.list_localities(conn, wanted, after=after, limit=limit)
    return {"items": [locality_out(each) for each in found], "next": following}


@router.get("/localities/{locality_id}", summary="One locality")
async def get_locality(locality_id: RegisterId, pool: ReadDoor, _: PublicCaller) -> dict[str, Any]:
    """Give one locality with its commune and other names."""
    async with pool.connection() as conn:
        return locality_out(await registers.get_locality(conn, locality_id))
