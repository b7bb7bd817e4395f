"""HTTP routes of OGC API Tiles: the basemap and the open collections as vector tiles."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from addrsvc.auth.web import PublicCaller
from addrsvc.basemap import service
from addrsvc.basemap.answering import FAR_S, kept_s, tile_answer
from addrsvc.basemap.errors import BasemapTileUnknown
from addrsvc.basemap.model import LAST_ZOOM, TileOf
from addrsvc.basemap.router import Cache, Parts
from addrsvc.clock import today
from addrsvc.db.queries import Queries
from addrsvc.db.rows import row
from addrsvc.db.web import AppClock, ReadDoor
from addrsvc.ogc import reading, tilesets
from addrsvc.ogc.answering import FORMAT, OgcRoute, answer_head, base_of, require_format, told
from addrsvc.ogc.describing import JSON
from addrsvc.ogc.errors import CollectionUnknown
from addrsvc.ogc.model import shown
from addrsvc.ogc.tilesets import MATRICES, MVT, TILED, WHOLE, Tiled
from addrsvc.planning.maps.preparing import BANDS
from addrsvc.planning.maps.service import compressed
from addrsvc.planning.model import REFERENCE_NOTICE
from addrsvc.problems import language_of

router = APIRouter(prefix="/ogc", tags=["ogc"], route_class=OgcRoute)

QUERIES: Final = Queries("addrsvc.ogc", "queries_tiles.sql")
_MOST_ZONES: Final = 2_000

_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {MVT: {}}},
    304: {"description": "as you have it"},
}
Name = Annotated[str, Path(max_length=50, description="id of a collection", examples=["communes"])]
Zoom = Annotated[int, Path(ge=0, lt=31, description="tile matrix")]
Number = Annotated[int, Path(ge=0, lt=2**31)]


@router.get("/tiles", summary="OGC API: tiles of everything", openapi_extra=FORMAT)
async def list_tilesets(request: Request) -> Response:
    """List the tilesets of the basemap: one, in web Mercator."""
    require_format(request)
    body = tilesets.tilesets(f"{base_of(request)}/tiles", WHOLE, language_of(request))
    return told(request, body, JSON)


@router.get(
    f"/tiles/{MATRICES}", summary="OGC API: the tileset of everything", openapi_extra=FORMAT
)
async def get_tileset(request: Request, pool: ReadDoor) -> Response:
    """Tell of the basemap's tiles: zooms, extent, layers, where they are."""
    require_format(request)
    base = f"{base_of(request)}/tiles/{MATRICES}"
    async with pool.connection() as conn:
        extent = await service.get_extent(conn)
    return told(request, tilesets.tileset(base, WHOLE, extent, language_of(request)), JSON)


@router.get(
    f"/tiles/{MATRICES}/{{z}}/{{y}}/{{x}}",
    summary="OGC API: a tile of everything",
    response_class=Response,
    responses=_ANSWERS,
)
async def get_tile(
    request: Request, pool: ReadDoor, cache: Cache, parts: Parts, z: Zoom, y: Number, x: Number
) -> Response:
    """Give a tile of the basemap: row before column, as this standard has it."""
    require_format(request, "mvt")
    wanted = TileOf(z, x, y)
    service.require_tile(wanted)
    tile = await service.get_tile(pool, cache, parts.ages, wanted)
    return tile_answer(request, tile, MVT, kept_s(z))


@router.get(
    "/collections/{collection}/tiles",
    summary="OGC API: tiles of a collection",
    openapi_extra=FORMAT,
)
async def list_collection_tilesets(
    collection: Name, request: Request, caller: PublicCaller
) -> Response:
    """List the tilesets of a collection."""
    require_format(request)
    tiled = _get_tiled(collection, caller)
    base = f"{base_of(request)}/collections/{collection}/tiles"
    return told(request, tilesets.tilesets(base, tiled, language_of(request)), JSON)


@router.get(
    f"/collections/{{collection}}/tiles/{MATRICES}",
    summary="OGC API: the tileset of a collection",
    openapi_extra=FORMAT,
)
async def get_collection_tileset(
    collection: Name, request: Request, pool: ReadDoor, caller: PublicCaller
) -> Response:
    """Tell of a collection's tiles: zooms, extent, layers, where they are."""
    require_format(request)
    tiled = _get_tiled(collection, caller)
    base = f"{base_of(request)}/collections/{collection}/tiles/{MATRICES}"
    async with pool.connection() as conn:
        extent = await service.get_extent(conn)
    notice = None if tiled.layers else REFERENCE_NOTICE
    body = tilesets.tileset(base, tiled, extent, language_of(request), notice)
    return told(request, body, JSON)


@router.get(
    f"/collections/{{collection}}/tiles/{MATRICES}/{{z}}/{{y}}/{{x}}",
    summary="OGC API: a tile of a collection",
    response_class=Response,
    responses=_ANSWERS,
)
async def get_collection_tile(
    collection: Name,
    request: Request,
    pool: ReadDoor,
    cache: Cache,
    parts: Parts,
    clock: AppClock,
    caller: PublicCaller,
    z: Zoom,
    y: Number,
    x: Number,
) -> Response:
    """Give a tile of a collection. Zones are those of plans in force, for reference only."""
    require_format(request, "mvt")
    tiled, wanted = _get_tiled(collection, caller), TileOf(z, x, y)
    if not (tiled.first_zoom <= z <= LAST_ZOOM and wanted.is_one):
        raise BasemapTileUnknown(z, x, y, first=tiled.first_zoom, last=LAST_ZOOM)
    if tiled.layers:
        tile = await service.get_tile(pool, cache, parts.ages, wanted, tiled.layers)
        return tile_answer(request, tile, MVT, kept_s(z))
    last_zoom = next((last for last, _ in BANDS if z <= last), BANDS[-1][0])
    place = {"z": z, "x": x, "y": y, "last_zoom": last_zoom, "day": today(clock)}
    async with pool.connection() as conn:
        found = await row(conn, QUERIES["zones_tile"], {**place, "most": _MOST_ZONES})
    body = b"" if found is None else bytes(found["tile"])
    return tile_answer(request, await run_in_threadpool(compressed, body), MVT, FAR_S)


def _get_tiled(collection: str, caller: PublicCaller) -> Tiled:
    """Give what a collection is as tiles.

    Raises:
        CollectionUnknown: there is none, or it is given as features only.
    """
    reading.get_collection(collection, caller)
    found = TILED.get(collection)
    if found is None:
        raise CollectionUnknown(collection=shown(collection))
    return found


answer_head(router)
