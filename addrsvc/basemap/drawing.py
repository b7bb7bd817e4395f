"""Draw tiles of the basemap, layer by layer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from addrsvc.basemap.model import (
    MOST,
    MOST_LETTERS,
    TILE_PIXELS,
    VAGUE_M,
    Layer,
    TileOf,
    band_of,
    layers_at,
)
from addrsvc.basemap.preparing import QUERIES
from addrsvc.db.rows import Connection, row
from addrsvc.planning.maps.mercator import tile_box


async def draw_tile(
    conn: Connection, wanted: TileOf, day: date, layers: Iterable[Layer] | None = None
) -> bytes:
    """Draw the layers of a tile (None: all of its zoom) on a legal day; no bytes: it is empty."""
    params = params_of(wanted, day)
    chosen = layers_at(wanted.z) if layers is None else layers
    parts = []
    for layer in chosen:
        given = {**params, "is_far": wanted.z < layer.near_zoom}
        found = await row(conn, QUERIES[layer.name], given)
        parts.append(b"" if found is None else bytes(found["tile"]))
    return b"".join(parts)


def params_of(wanted: TileOf, day: date) -> dict[str, Any]:
    """Give what the queries of layers are asked with."""
    west, _, east, _ = tile_box(wanted.z, wanted.x, wanted.y)
    return {
        "z": wanted.z,
        "x": wanted.x,
        "y": wanted.y,
        "day": day,
        "last_zoom": band_of(wanted.z),
        "tolerance_m": (east - west) / TILE_PIXELS / 2,
        "letters": MOST_LETTERS,
        "most": MOST,
        "vague_m": VAGUE_M,
    }
