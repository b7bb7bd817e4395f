"""Tiles of the basemap, kept in memory for as long as nothing they show has changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.concurrency import run_in_threadpool

from addrsvc.basemap.drawing import draw_tile
from addrsvc.basemap.errors import BasemapTileUnknown
from addrsvc.basemap.following import Ages
from addrsvc.basemap.model import FIRST_ZOOM, LAST_ZOOM, Layer, TileOf
from addrsvc.basemap.preparing import QUERIES
from addrsvc.db.doors import ReadPool
from addrsvc.db.rows import Connection, row
from addrsvc.planning.maps.cache import Tile, TileCache
from addrsvc.planning.maps.service import compressed
from addrsvc.types import BBox

COUNTRY: Final = BBox(102.0, 7.0, 118.0, 24.0)
"""Where there is something while no units are made ready; degrees, with the eastern islands."""


def require_tile(wanted: TileOf) -> None:
    """Pass only tiles there can be.

    Raises:
        BasemapTileUnknown: it is none of them.
    """
    if not (FIRST_ZOOM <= wanted.z <= LAST_ZOOM and wanted.is_one):
        raise BasemapTileUnknown(wanted.z, wanted.x, wanted.y, first=FIRST_ZOOM, last=LAST_ZOOM)


async def get_tile(
    pool: ReadPool,
    cache: TileCache,
    ages: Ages,
    wanted: TileOf,
    layers: Sequence[Layer] | None = None,
) -> Tile:
    """Give a tile; empty where there is nothing.

    Args:
        pool: the read door.
        cache: where tiles are kept.
        ages: what tells that a kept one is old.
        wanted: which.
        layers: these of it only; None: all.
    """
    day, age = await ages.of(wanted.z)
    names = None if layers is None else tuple(layer.name for layer in layers)
    key = ("basemap", wanted, names, age)
    kept = cache.find(key)
    if kept is None:
        async with pool.connection() as conn:
            body = await draw_tile(conn, wanted, day, layers)
        kept = await run_in_threadpool(compressed, body)
        cache.keep(key, kept)
    return kept


async def get_extent(conn: Connection) -> BBox:
    """Give the box all communes lie in."""
    found = await row(conn, QUERIES["extent"], {"last_zoom": LAST_ZOOM})
    if found is None or found["west"] is None:
        return COUNTRY
    return BBox(found["west"], found["south"], found["east"], found["north"])
