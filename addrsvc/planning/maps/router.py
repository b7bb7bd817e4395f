"""HTTP routes of maps of plans: vector tiles, and maps for frames of their own."""

from __future__ import annotations

from typing import Annotated, Any, Final, cast

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from addrsvc.auth.web import PublicCaller
from addrsvc.db.web import ReadDoor
from addrsvc.planning.maps import service
from addrsvc.planning.maps.cache import Tile, TileCache
from addrsvc.planning.maps.service import TileOf
from addrsvc.planning.model import Plan

router = APIRouter(prefix="/v1/plans", tags=["planning"])

_MEDIA_TYPE: Final = "application/vnd.mapbox-vector-tile"
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {_MEDIA_TYPE: {}}},
    304: {"description": "as you have it"},
}

FORMAT: Final = 1
"""Part of entity tags: goes up whenever tiles of the same zones are drawn in another way."""

_KEPT: Final = "public, max-age=86400"
"""Zones of a published plan never change."""


def _cache(request: Request) -> TileCache:
    return cast("TileCache", request.app.state.plan_tiles)


Cache = Annotated[TileCache, Depends(_cache)]
Key = Annotated[
    str | None, Query(max_length=100, description="of a draft's map, as its page was given it")
]


def _tile_of(
    plan_id: Annotated[int, Path(ge=1, lt=2**63)],
    z: int,
    x: int,
    y: Annotated[str, Path(pattern=r"^[0-9]{1,9}(\.mvt)?$", description=".mvt may follow")],
) -> TileOf:
    wanted = TileOf(plan_id, z, x, int(y.removesuffix(".mvt")))
    service.require_tile(wanted)
    return wanted


@router.get(
    "/{plan_id}/tiles/{z}/{x}/{y}",
    summary="Vector tile of a plan's zones",
    response_class=Response,
    responses=_ANSWERS,
)
async def get_tile(
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
    cache: Cache,
    wanted: Annotated[TileOf, Depends(_tile_of)],
    key: Key = None,
) -> Response:
    """Give the zones of a plan in one tile (EPSG:3857, y to the south), zooms 5 to 18.

    Layer ``zones``. Up to zoom 11, and further down where a tile would hold too many zones, its
    features are land uses: ``code`` only, one feature each, drawn by cells of 1/256 of the tile.
    Else they are zones: ``n`` (number in the plan), ``code``, ``area`` (square metres), and from
    zoom 16 ``label`` as the plan's file says it. No tile is larger than 500,000 bytes before it is
    compressed; where nothing is planned it is empty. Pages from anywhere may ask for tiles of
    published plans.
    """
    async with pool.connection() as conn:
        plan = await service.get_shown_plan(conn, caller, wanted.plan_id, key)
    headers = _headers(request, plan, key)
    if _has(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return _answer(request, headers, await service.get_tile(pool, cache, wanted, plan))


def _headers(request: Request, plan: Plan, key: str | None) -> dict[str, str]:
    is_public = service.is_public(plan)
    headers = {
        "ETag": f'"{plan.version}.{FORMAT}{"-gzip" if _takes_gzip(request) else ""}"',
        "Cache-Control": _KEPT if is_public else "private, no-cache",
        "Vary": "Accept-Encoding" if is_public else "Accept-Encoding, Authorization, Cookie",
        "X-Content-Type-Options": "nosniff",
    }
    if is_public or key is not None:
        # a map's frame is of no origin; nobody's credentials come along
        headers["Access-Control-Allow-Origin"] = "*"
    return headers


def _answer(request: Request, headers: dict[str, str], tile: Tile) -> Response:
    if not tile.body or not _takes_gzip(request):
        return Response(tile.body, headers=headers, media_type=_MEDIA_TYPE)
    headers["Content-Encoding"] = "gzip"
    return Response(tile.compressed, headers=headers, media_type=_MEDIA_TYPE)


def _takes_gzip(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")


def _has(request: Request, tag: str) -> bool:
    """Tell whether the asker names this very answer, as a proxy may have weakened its tag."""
    given = request.headers.get("if-none-match", "").split(",")
    return tag in {each.strip().removeprefix("W/") for each in given}
