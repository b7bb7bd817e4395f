"""From many points to where each is: one statement per question, however many points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from addrsvc.admin_units import service
from addrsvc.admin_units.conversion import Conversion
from addrsvc.admin_units.model import REORGANISED, LocatedCommune
from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.db.rows import Connection, rows
from addrsvc.geocoding.reverse import (
    PROBES,
    QUERIES,
    Nearby,
    Whereabouts,
    half_box_deg,
    nearby_of,
    trace_back,
)
from addrsvc.types import LonLat


@dataclass(frozen=True, slots=True)
class Place:
    """A point, and the legal day whose commune is asked for."""

    point: LonLat
    day: date


async def reverse_many(
    conn: Connection,
    units: UnitsInMemory,
    places: Sequence[Place],
    *,
    today: date,
    limit: int,
    radius_m: float,
) -> list[Whereabouts]:
    """Say of each point what ``reverse`` would, in order; days are ones the registers reach."""
    around = await service.communes_at(conn, [(each.point, each.day) for each in places])
    former = await _former(conn, units, places, around, today)
    nearby = await _nearest(conn, places, limit=limit, radius_m=radius_m)
    found = zip(around, former, nearby, strict=True)
    return [Whereabouts(commune, past, near) for commune, past, near in found]


async def _former(
    conn: Connection,
    units: UnitsInMemory,
    places: Sequence[Place],
    around: Sequence[LocatedCommune | None],
    today: date,
) -> list[Conversion | None]:
    """Trace today's commune back where an earlier day is asked for."""
    traced: list[Conversion | None] = [None] * len(places)
    past = [at for at, place in enumerate(places) if place.day < REORGANISED]
    if not past:
        return traced
    present = await service.communes_at(conn, [(places[at].point, today) for at in past])
    converter = (await units.current(conn)).converter
    for at, commune in zip(past, present, strict=True):
        if commune is not None:
            traced[at] = trace_back(converter, commune, around[at], places[at].day)
    return traced


async def _nearest(
    conn: Connection, places: Sequence[Place], *, limit: int, radius_m: float
) -> list[tuple[Nearby, ...]]:
    boxes = [half_box_deg(each.point, radius_m) for each in places]
    params = {
        "lons": [each.point.lon for each in places],
        "lats": [each.point.lat for each in places],
        "half_lons": [half_lon for half_lon, _ in boxes],
        "half_lat": boxes[0][1],
        "radius_m": radius_m,
        "limit": limit,
        "probes": limit * PROBES,
    }
    found: list[list[Nearby]] = [[] for _ in places]
    for row in await rows(conn, QUERIES["nearest_to_many"], params):
        found[row["n"] - 1].append(nearby_of(row))
    return [tuple(each) for each in found]
