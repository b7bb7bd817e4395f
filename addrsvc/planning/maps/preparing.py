"""Make the zones of a plan ready for tiles, once, when they are stored.

Zones are simplified together, as one coverage: neighbours share their edges afterwards too, and no
crack opens between them. Beyond the last band they are shown as they are.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, driver_connection, execute, rows
from addrsvc.planning.maps.cells import CELLS, Band, CellTile, list_cell_tiles
from addrsvc.planning.maps.mercator import LAST_ZOOM, to_mercator

QUERIES: Final = Queries("addrsvc.planning.maps")

_PATIENCE: Final = "SET LOCAL idle_in_transaction_session_timeout = '30min'"
"""The database waits while shapes are simplified here."""
_COPY: Final = "COPY planning_shape (plan_id, zone_id, last_zoom, shape) FROM STDIN"

BANDS: Final = ((13, 10.0), (15, 2.5))
"""Last zoom of a band, and side in EPSG:3857 metres of the corners taken off: half a pixel."""

TEXT_LIMITS: Final = {"code_letters": 40, "label_letters": 80}
"""Of code and label, so much stands in a tile; what files say may be of any length."""

MAX_USES: Final = 500
"""So many codes are told apart by cells; a plan has forty."""
OTHER_USE: Final = "…"
"""Stands there for the codes of the fewest zones."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    shapes: list[tuple[int, int, str]]
    """Zone, last zoom, EWKB in hexadecimal."""
    tiles: list[CellTile]
    codes: list[str]
    """By the number of the use."""


async def prepare_tiles(conn: Connection, plan_id: int) -> None:
    """Make ready what tiles of a plan are cut from, in place of what was; in its transaction.

    All zones have to be stored, and valid. Takes 15 s for 50,000 of a million corners, nearly all
    of it in a thread.
    """
    params = {"plan_id": plan_id}
    await execute(conn, _PATIENCE, {})
    await execute(conn, QUERIES["forget_shapes"], params)
    await execute(conn, QUERIES["forget_tiles"], params)
    zones = await rows(conn, QUERIES["zones"], {**params, **TEXT_LIMITS})
    if not zones:
        return
    prepared = await asyncio.to_thread(_prepare, zones)
    driver = await driver_connection(conn)
    async with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        for zone_id, last_zoom, shape in prepared.shapes:
            await copy.write_row((plan_id, zone_id, last_zoom, shape))
    for tile in prepared.tiles:
        given = {
            **params,
            "z": tile.z,
            "x": tile.x,
            "y": tile.y,
            "cells": CELLS,
            "codes": [prepared.codes[use] for use, _ in tile.uses],
            "shapes": [shapely.to_wkb(area) for _, area in tile.uses],
        }
        await execute(conn, QUERIES["insert_tile"], given)


def _prepare(zones: Sequence[Row]) -> _Prepared:
    exact = to_mercator(shapely.from_wkb(np.array([each["shape"] for each in zones], dtype=object)))
    bands = [Band(zoom, _simplified(exact, tolerance)) for zoom, tolerance in BANDS]
    counted = Counter(each["code"] for each in zones)
    codes = [code for code, _ in counted.most_common(MAX_USES)]
    numbers = {code: number for number, code in enumerate(codes)}
    uses = [numbers.get(each["code"], len(codes)) for each in zones]
    tiles = list_cell_tiles(
        [*bands, Band(LAST_ZOOM, exact)],
        np.array(uses, dtype=np.int32),
        np.array([each["text_bytes"] for each in zones], dtype=np.int64),
    )
    shapes = [
        (zone["zone_id"], band.last_zoom, shape)
        for band in bands
        for zone, shape in zip(zones, _as_ewkb(band.shapes), strict=True)
    ]
    return _Prepared(shapes, tiles, [*codes, OTHER_USE])


def _simplified(shapes: NDArray[np.object_], tolerance: float) -> NDArray[np.object_]:
    simple: NDArray[np.object_] = shapely.coverage_simplify(shapes, tolerance)
    # where zones overlap they are no coverage, and what comes of it may be no area
    bad = ~shapely.is_valid(simple) | shapely.is_empty(simple)
    simple[bad] = shapes[bad]
    return simple


def _as_ewkb(shapes: NDArray[np.object_]) -> list[str]:
    multi = [
        each if isinstance(each, shapely.MultiPolygon) else shapely.MultiPolygon([each])
        for each in shapes
    ]
    texts: list[str] = shapely.to_wkb(
        shapely.set_srid(np.array(multi, dtype=object), 3857), hex=True, include_srid=True
    ).tolist()
    return texts
