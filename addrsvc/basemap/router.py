"""HTTP routes of tiles: the basemap, its style and letters, and files operators add."""

from __future__ import annotations

from typing import Annotated, Any, Final, cast

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from addrsvc.basemap import service
from addrsvc.basemap.answering import DAY_S, FAR_S, kept_s, tile_answer
from addrsvc.basemap.archive_tiles import MEDIA_TYPES
from addrsvc.basemap.archives import read_tile
from addrsvc.basemap.errors import BasemapTileUnknown
from addrsvc.basemap.glyphs import RANGE, font_of, list_glyphs
from addrsvc.basemap.model import TileOf
from addrsvc.basemap.parts import Basemap
from addrsvc.basemap.schemas import TilesetOut, TilesetsOut, archive_out, basemap_out
from addrsvc.basemap.style import Theme, style
from addrsvc.db.web import AppSettings, ReadDoor
from addrsvc.planning.maps.cache import Tile, TileCache

router = APIRouter(prefix="/v1/tiles", tags=["tiles"])

_MVT: Final = MEDIA_TYPES["mvt"]
_GLYPHS: Final = "application/x-protobuf"
_TILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {_MVT: {}}},
    304: {"description": "as you have it"},
}
_ANY_TILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {each: {} for each in MEDIA_TYPES.values()}},
    204: {"description": "the file has no tile there"},
    304: {"description": "as you have it"},
}
_LETTERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {_GLYPHS: {}}},
    304: {"description": "as you have it"},
}


def basemap_of(request: Request) -> Basemap:
    """Give what this process keeps for tiles."""
    return cast("Basemap", request.app.state.basemap)


def cache_of(request: Request) -> TileCache:
    """Give where this process keeps tiles."""
    return cast("TileCache", request.app.state.tile_cache)


Parts = Annotated[Basemap, Depends(basemap_of)]
Cache = Annotated[TileCache, Depends(cache_of)]
Name = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description="of the tiles")]
Zoom = Annotated[int, Path(ge=0, lt=31)]
Column = Annotated[int, Path(ge=0, lt=2**31)]


def _tile_of(
    z: Zoom,
    x: Column,
    y: Annotated[str, Path(pattern=r"^[0-9]{1,9}(\.(mvt|pbf))?$", description=".mvt may follow")],
) -> TileOf:
    wanted = TileOf(z, x, int(y.partition(".")[0]))
    service.require_tile(wanted)
    return wanted


@router.get("", summary="Tiles served here")
async def list_tilesets(pool: ReadDoor, parts: Parts, settings: AppSettings) -> TilesetsOut:
    """List the basemap, and the files operators added, as TileJSON tells of them."""
    base = settings.public_url
    async with pool.connection() as conn:
        extent = await service.get_extent(conn)
    archives = [archive_out(base, each) for each in parts.archives.served.values()]
    return TilesetsOut(tilesets=[basemap_out(base, extent), *archives])


@router.get(
    "/basemap/style.json", summary="Style of the basemap", response_model=None, responses={200: {}}
)
async def get_style(
    request: Request,
    parts: Parts,
    settings: AppSettings,
    *,
    theme: Annotated[Theme, Query(description="for a light or a dark page")] = "light",
) -> Response:
    """Give the basemap's style (MapLibre Style Specification 8), with its own tiles and letters.

    Links are whole where the service knows its address (``ADDRSVC_PUBLIC_URL``), else they begin
    with the path.
    """
    body = orjson.dumps(style(theme, settings.public_url, parts.background))
    return tile_answer(request, Tile(body, b""), "application/json", FAR_S)


@router.get(
    "/fonts/{fontstack}/{codes}",
    summary="Letters of names on maps",
    response_class=Response,
    responses=_LETTERS,
)
async def get_glyphs(
    request: Request,
    settings: AppSettings,
    fontstack: Annotated[str, Path(max_length=200, description="names with commas between them")],
    codes: Annotated[
        str,
        Path(pattern=r"^[0-9]{1,5}-[0-9]{1,5}(\.pbf)?$", description="such as 0-255"),
    ],
) -> Response:
    """Give 256 letters as signed distance fields, as MapLibre asks for them.

    Fonts: ``DejaVu Sans``, ``DejaVu Sans Bold``; they hold all letters of Vietnamese.
    """
    first, last = (int(each) for each in codes.removesuffix(".pbf").split("-"))
    start = first if last == first + RANGE - 1 else -1
    font = font_of(fontstack)
    glyphs = await run_in_threadpool(list_glyphs, settings.npm_dir, font, start)
    return tile_answer(request, glyphs, _GLYPHS, DAY_S)


@router.get(
    "/basemap/{z}/{x}/{y}",
    summary="Vector tile of the basemap",
    response_class=Response,
    responses=_TILE,
)
async def get_basemap_tile(
    request: Request,
    pool: ReadDoor,
    cache: Cache,
    parts: Parts,
    wanted: Annotated[TileOf, Depends(_tile_of)],
) -> Response:
    """Give one tile of our own data (EPSG:3857, y to the south), zooms 3 to 16.

    Layers: ``provinces``, ``communes``, ``boundaries`` (``level``; ``kind``: official, approximate
    or indicative), ``streets``, ``localities``, ``commune_names``, ``province_names``, and in zoom
    16 ``house_numbers``: the number and its place, of addresses everybody may see; no codes. Closer
    maps enlarge zoom 16. It may be some seconds old. Where there is nothing, it is empty.
    """
    tile = await service.get_tile(pool, cache, parts.ages, wanted)
    return tile_answer(request, tile, _MVT, kept_s(wanted.z))


@router.get("/{name}", summary="What tiles of one name are")
async def get_tileset(
    pool: ReadDoor, parts: Parts, settings: AppSettings, name: Name
) -> TilesetOut:
    """Tell of tiles as TileJSON 3.0: format, zooms, extent, layers."""
    if name != "basemap":
        return archive_out(settings.public_url, parts.archives.get(name))
    async with pool.connection() as conn:
        extent = await service.get_extent(conn)
    return basemap_out(settings.public_url, extent)


@router.get(
    "/{name}/{z}/{x}/{y}",
    summary="Tile of a file an operator added",
    response_class=Response,
    responses=_ANY_TILE,
)
async def get_archive_tile(
    request: Request,
    cache: Cache,
    parts: Parts,
    name: Name,
    z: Zoom,
    x: Column,
    y: Annotated[str, Path(pattern=r"^[0-9]{1,9}(\.(mvt|pbf|png|jpg|jpeg|webp))?$")],
) -> Response:
    """Give one tile of an MBTiles or PMTiles file (EPSG:3857, y to the south).

    204 where the file has none, 503 where what it has is damaged.
    """
    archive = parts.archives.get(name)
    wanted = TileOf(z, x, int(y.partition(".")[0]))
    if not wanted.is_one:
        first, last = archive.said.first_zoom, archive.said.last_zoom
        raise BasemapTileUnknown(z, x, wanted.y, first=first, last=last)
    key = ("archive", name, wanted)
    tile = cache.find(key)
    if tile is None:
        tile = await run_in_threadpool(read_tile, archive, wanted)
        if tile is None:
            return Response(status_code=204, headers={"Access-Control-Allow-Origin": "*"})
        cache.keep(key, tile)
    return tile_answer(request, tile, MEDIA_TYPES[archive.said.format], DAY_S)
