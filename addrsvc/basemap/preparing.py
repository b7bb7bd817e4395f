"""Make units ready for tiles: simplified together, boundaries each once, provinces put together.

Whether anything changed costs ten milliseconds to see; to make all ready takes seconds for the
country as bundled, a minute where all its boundaries are as fine as official ones. All of it is
replaced in one transaction: tiles show what was, until it is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
import shapely
import structlog
from numpy.typing import NDArray
from psycopg import Error
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.basemap.edges import KINDS, Edge, edges_of
from addrsvc.basemap.model import BANDS
from addrsvc.clock import Clock, today
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, driver_connection, execute, row, rows
from addrsvc.db.transaction import transaction
from addrsvc.planning.maps.mercator import to_mercator
from addrsvc.settings import Settings

QUERIES: Final = Queries("addrsvc.basemap")

FORMAT: Final = 1
"""Goes up whenever the same units are made ready in another way."""

EVERY_S: Final = 30.0
"""So old units on the map may be."""

_PATIENCE: Final = "SET LOCAL idle_in_transaction_session_timeout = '30min'"
_COPY_AREAS: Final = (
    "COPY basemap_area (last_zoom, level, code, name, kind, label, shape) FROM STDIN"
)
_COPY_EDGES: Final = "COPY basemap_edge (last_zoom, level, kind, shape) FROM STDIN"
_LABEL_TOLERANCE_M: Final = 200.0

_log = structlog.get_logger("addrsvc.basemap")

Shapes = NDArray[np.object_]
Area = tuple[str, str, str, str, shapely.Geometry, shapely.Geometry]
"""Level, code, name, kind, place of the name, shape."""


async def find_mark(conn: Connection, day: date) -> str:
    """Tell what units in force are like: another mark, other units."""
    found = await row(conn, QUERIES["mark"], {"day": day})
    return f"{FORMAT}.{found['mark'] if found else ''}"


async def find_made(conn: Connection) -> str | None:
    """Tell what was made ready, and when; None: nothing yet."""
    found = await row(conn, QUERIES["made"], {})
    return None if found is None else f"{found['mark']}.{found['made_at'].timestamp():.6f}"


async def prepare_units(conn: AsyncConnection, clock: Clock) -> int | None:
    """Make units ready where they are not; give how many communes, None: they were.

    In a transaction of its own, not ``REPEATABLE READ``.
    """
    day = today(clock)
    mark = await find_mark(conn, day)
    if await _is_made(conn, mark):
        return None
    await execute(conn, _PATIENCE, {})
    await execute(conn, QUERIES["lock_state"], {})
    if await _is_made(conn, mark):
        return None
    units = await rows(conn, QUERIES["units"], {"day": day})
    await execute(conn, QUERIES["forget_areas"], {})
    await execute(conn, QUERIES["forget_edges"], {})
    driver = await driver_connection(conn)
    if units:
        for last_zoom, areas, edges in await asyncio.to_thread(_prepare, units):
            async with driver.cursor() as cursor, cursor.copy(_COPY_AREAS) as copy:
                for *told, label, shape in areas:
                    await copy.write_row((last_zoom, *told, _ewkb(label), _ewkb(shape)))
            async with driver.cursor() as cursor, cursor.copy(_COPY_EDGES) as copy:
                for edge in edges:
                    await copy.write_row((last_zoom, edge.level, edge.kind, _ewkb(edge.line)))
    await execute(conn, QUERIES["note_made"], {"mark": mark, "at": clock.now()})
    return len(units)


async def keep_prepared(
    engine: AsyncEngine, _settings: Settings, clock: Clock, *, every_s: float = EVERY_S
) -> None:
    """Make units ready whenever they change, until cancelled; a database away is asked again."""
    while True:
        try:
            async with transaction(engine) as conn:
                made = await prepare_units(conn, clock)
            if made is not None:
                _log.info("units are ready for the basemap", communes=made)
        except (DBAPIError, PoolExhausted, Error, OSError) as error:
            _log.warning("the basemap waits", error=type(error).__name__)
        await asyncio.sleep(every_s)


async def _is_made(conn: Connection, mark: str) -> bool:
    found = await row(conn, QUERIES["made"], {})
    return found is not None and found["mark"] == mark


def _prepare(units: Sequence[Row]) -> list[tuple[int, list[Area], list[Edge]]]:
    exact = to_mercator(
        shapely.from_wkb(np.array([each["boundary"] for each in units], dtype=object))
    )
    kinds = np.array([KINDS.index(each["kind"]) for each in units])
    provinces = np.array([each["province"] or "" for each in units])
    names = {each["province"]: each["province_name"] for each in units}
    made = []
    for last_zoom, tolerance_m in BANDS:
        shapes = _simplified(exact, tolerance_m)
        areas: list[Area] = [
            ("commune", unit["code"], unit["name"], unit["kind"], label, shape)
            for unit, label, shape in zip(units, _labels(shapes), shapes, strict=True)
        ]
        for code in sorted({each["province"] for each in units if each["province"]}):
            within = provinces == code
            whole = np.array([_joined(shapes[within])], dtype=object)
            kind = KINDS[int(kinds[within].max())]
            areas.append(("province", code, names[code], kind, _labels(whole)[0], whole[0]))
        made.append((last_zoom, areas, edges_of(shapes, kinds, provinces)))
    return made


def _simplified(shapes: Shapes, tolerance_m: float) -> Shapes:
    simple: Shapes = shapely.coverage_simplify(shapes, tolerance_m)
    # where units overlap they are no coverage, and what comes of it may be no area
    bad = ~shapely.is_valid(simple) | shapely.is_empty(simple)
    simple[bad] = shapes[bad]
    return simple


def _joined(shapes: Shapes) -> shapely.Geometry:
    try:
        return shapely.coverage_union_all(shapes)
    except shapely.errors.GEOSException:  # they overlap
        return shapely.union_all(shapely.make_valid(shapes))


def _labels(shapes: Shapes) -> list[shapely.Geometry]:
    """Give the middle of the widest place of each, in its largest part."""
    labels = []
    for shape in shapes:
        parts = shapely.get_parts(shape)
        largest = parts[int(np.argmax(shapely.area(parts)))]
        circle = shapely.maximum_inscribed_circle(largest, tolerance=_LABEL_TOLERANCE_M)
        labels.append(shapely.get_point(circle, 0))
    return labels


def _ewkb(shape: shapely.Geometry) -> str:
    if isinstance(shape, shapely.Polygon):
        shape = shapely.MultiPolygon([shape])
    text: str = shapely.to_wkb(shapely.set_srid(shape, 3857), hex=True, include_srid=True)
    return text
