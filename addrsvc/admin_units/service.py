"""Ask the registers: which commune, which unit, what became of it.

Every function takes either door: a psycopg connection of the read pool, or the SQLAlchemy
connection of a running transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from addrsvc.admin_units import repository
from addrsvc.admin_units.errors import UnitNotFound, UnitsNotKnownBefore
from addrsvc.admin_units.model import KNOWN_FROM, AdminUnit, LocatedCommune, UnitFilter, UnitLink
from addrsvc.db.rows import Connection
from addrsvc.types import BBox, Level, LonLat, UnitId


async def commune_at(
    conn: Connection, point: LonLat, day: date, *, with_edge: bool = False
) -> LocatedCommune | None:
    """Find the commune a point lies in on a day; None: in none that is known (sea, abroad).

    Args:
        conn: either door.
        point: EPSG:4326.
        day: legal day; the communes of that day are asked.
        with_edge: also measure the metres to the commune's nearest edge.
    """
    found = await repository.commune_at(conn, point, day)
    if found is None or not with_edge:
        return found
    return await repository.with_edge(conn, found, point)


async def communes_at(
    conn: Connection, points: Sequence[tuple[LonLat, date]]
) -> list[LocatedCommune | None]:
    """Find the commune of many points, each on a day of its own, as ``commune_at`` with edge."""
    return await repository.communes_at(conn, points) if points else []


async def find_unit(conn: Connection, code: str, day: date) -> AdminUnit | None:
    """Find the unit that had a code on a day; None when there was none or it is not known."""
    return await repository.find_unit(conn, code, day)


async def get_unit(conn: Connection, code: str, day: date) -> AdminUnit:
    """Give the unit that had a code on a day.

    Raises:
        UnitsNotKnownBefore: the day is earlier than the registers reach.
        UnitNotFound: no unit had the code then.
    """
    refuse_unknown_past(day)
    unit = await repository.find_unit(conn, code, day)
    if unit is None:
        raise UnitNotFound(code=code, day=day.isoformat())
    return unit


def refuse_unknown_past(day: date) -> None:
    """Pass only days the registers reach.

    Raises:
        UnitsNotKnownBefore: the day is earlier.
    """
    if day < KNOWN_FROM:
        raise UnitsNotKnownBefore(day=day.isoformat(), known_from=KNOWN_FROM.isoformat())


async def unit_history(conn: Connection, code: str) -> list[AdminUnit]:
    """List every unit that ever had a code, oldest first."""
    return await repository.unit_history(conn, code)


async def list_units(
    conn: Connection, wanted: UnitFilter, *, after: str | None = None, limit: int = 100
) -> tuple[list[AdminUnit], str | None]:
    """List units in order of code, a page at a time.

    Returns the page and the cursor of the next one, None at the end.

    Raises:
        UnitsNotKnownBefore: the day is earlier than the registers reach.
    """
    refuse_unknown_past(wanted.day)
    units = await repository.list_units(conn, wanted, after=after, limit=limit + 1)
    more = len(units) > limit
    return units[:limit], units[limit - 1].code if more else None


async def successors(conn: Connection, code: str, day: date) -> list[UnitLink]:
    """List what the unit that had a code on a day became, largest known share first."""
    return await repository.links(conn, "successors", code, day)


async def predecessors(conn: Connection, code: str, day: date) -> list[UnitLink]:
    """List what went into the unit that has a code on a day."""
    return await repository.links(conn, "predecessors", code, day)


MAX_FEATURES = 400
"""Most units of one map window."""

_WINDOW_STEPS = 1_000
"""A simplified edge stays within this part of the window's width."""


async def boundary(
    conn: Connection, unit: UnitId, *, tolerance_deg: float = 0.0
) -> dict[str, Any] | None:
    """Give a unit's boundary as a GeoJSON MultiPolygon, simplified; None: none is known."""
    return await repository.boundary_geojson(conn, unit, tolerance_deg)


async def territory(conn: Connection, day: date) -> bytes | None:
    """Give the ground of all communes of a day as WKB, EPSG:4326; None: no boundary is known."""
    return await repository.territory(conn, day)


async def units_in_window(
    conn: Connection, level: Level, day: date, box: BBox
) -> tuple[list[tuple[AdminUnit, dict[str, Any]]], bool]:
    """List units with boundaries simplified for a map window, and whether these are all.

    Raises:
        UnitsNotKnownBefore: the day is earlier than the registers reach.
    """
    refuse_unknown_past(day)
    found = await repository.unit_features(
        conn,
        level,
        day,
        box,
        tolerance_deg=(box.east - box.west) / _WINDOW_STEPS,
        limit=MAX_FEATURES + 1,
    )
    return found[:MAX_FEATURES], len(found) <= MAX_FEATURES
