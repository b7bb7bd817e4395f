"""Rows of units and links, through either door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Literal

import orjson

from addrsvc.admin_units.model import (
    AdminUnit,
    BoundaryKind,
    LinkKind,
    LocatedCommune,
    UnitFilter,
    UnitLink,
)
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, rows
from addrsvc.parsing.normalise import name_key
from addrsvc.types import BBox, Level, LonLat, UnitId

QUERIES = Queries("addrsvc.admin_units")


async def commune_at(conn: Connection, point: LonLat, day: date) -> LocatedCommune | None:
    """Find the commune a point lies in."""
    found = await rows(
        conn, QUERIES["commune_at"], {"lon": point.lon, "lat": point.lat, "day": day}
    )
    if not found:
        return None
    return _located(found[0])


async def communes_at(
    conn: Connection, points: Sequence[tuple[LonLat, date]]
) -> list[LocatedCommune | None]:
    """Find the commune of many points, each on its day, with the metres to its edge."""
    params = {
        "lons": [point.lon for point, _ in points],
        "lats": [point.lat for point, _ in points],
        "days": [day for _, day in points],
    }
    found: list[LocatedCommune | None] = [None] * len(points)
    for row in await rows(conn, QUERIES["communes_at"], params):
        found[row["n"] - 1] = _located(row)
    return found


def _located(row: Row) -> LocatedCommune:
    return LocatedCommune(
        code=row["code"],
        valid_from=row["valid_from"],
        full_name=row["full_name"],
        province_code=row["province_code"],
        province_name=row["province_name"],
        certainty="indicative" if row["indicative"] else "boundary",
        edge_m=row.get("edge_m"),
    )


async def with_edge(conn: Connection, found: LocatedCommune, point: LonLat) -> LocatedCommune:
    """Add the metres from the point to the commune's nearest edge."""
    params = {
        "code": found.code,
        "valid_from": found.valid_from,
        "lon": point.lon,
        "lat": point.lat,
    }
    (row,) = await rows(conn, QUERIES["edge_distance"], params)
    return replace(found, edge_m=row["edge_m"])


async def find_unit(conn: Connection, code: str, day: date) -> AdminUnit | None:
    """Find the unit that had a code on a day."""
    found = await rows(conn, QUERIES["unit_on_day"], {"code": code, "day": day})
    return unit_of(found[0]) if found else None


async def unit_history(conn: Connection, code: str) -> list[AdminUnit]:
    """List every unit that ever had a code, oldest first."""
    return [unit_of(row) for row in await rows(conn, QUERIES["unit_history"], {"code": code})]


async def list_units(
    conn: Connection, wanted: UnitFilter, *, after: str | None, limit: int
) -> list[AdminUnit]:
    """List units in order of code, beginning after one."""
    box = wanted.bbox
    params = {
        "day": wanted.day,
        "level": wanted.level,
        "parent": wanted.parent,
        "key": name_key(wanted.name) if wanted.name else None,
        "west": box.west if box else None,
        "south": box.south if box else None,
        "east": box.east if box else None,
        "north": box.north if box else None,
        "after_code": after,
        "limit": limit,
    }
    return [unit_of(row) for row in await rows(conn, QUERIES["list_units"], params)]


async def all_units(conn: Connection, day: date) -> list[AdminUnit]:
    """List every unit of a day."""
    return [unit_of(row) for row in await rows(conn, QUERIES["all_units"], {"day": day})]


async def all_unit_ids(conn: Connection) -> list[UnitId]:
    """List the keys of all units that ever were."""
    return [UnitId(r["code"], r["valid_from"]) for r in await rows(conn, QUERIES["all_names"], {})]


async def links(
    conn: Connection, direction: Literal["successors", "predecessors"], code: str, day: date
) -> list[UnitLink]:
    """List the links of the unit that had a code on a day."""
    found = await rows(conn, QUERIES[direction], {"code": code, "day": day})
    return [
        UnitLink(
            from_id=UnitId(row["from_code"], row["from_valid_from"]),
            from_name=row["from_name"],
            to_id=UnitId(row["to_code"], row["to_valid_from"]),
            to_name=row["to_name"],
            kind=LinkKind(row["kind"]),
            share_of_from=row["share_of_from"],
            share_source=row["share_source"],
            instrument=row["instrument"],
            effective_date=row["effective_date"],
        )
        for row in found
    ]


async def boundary_geojson(
    conn: Connection, unit: UnitId, tolerance_deg: float = 0.0
) -> dict[str, Any] | None:
    """Give a unit's boundary as GeoJSON; None: none is known."""
    params = {"code": unit.code, "valid_from": unit.valid_from, "tolerance_deg": tolerance_deg}
    found = await rows(conn, QUERIES["boundary_geojson"], params)
    return orjson.loads(found[0]["geojson"]) if found else None


async def territory(conn: Connection, day: date) -> bytes | None:
    """Give the ground of all communes of a day as WKB; None: no boundary is known."""
    found = await rows(conn, QUERIES["territory"], {"day": day})
    known = found[0]["territory"]
    return None if known is None else bytes(known)


async def unit_features(
    conn: Connection, level: Level, day: date, box: BBox, *, tolerance_deg: float, limit: int
) -> list[tuple[AdminUnit, dict[str, Any]]]:
    """List units in a window with their simplified boundaries."""
    params = {
        "level": level,
        "day": day,
        "west": box.west,
        "south": box.south,
        "east": box.east,
        "north": box.north,
        "tolerance_deg": tolerance_deg,
        "limit": limit,
    }
    found = await rows(conn, QUERIES["unit_features"], params)
    return [(unit_of(row), orjson.loads(row["geojson"])) for row in found]


def unit_of(row: Row) -> AdminUnit:
    """Build a unit from a row of the unit queries."""
    return AdminUnit(
        code=row["code"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        level=Level(row["level"]),
        kind=row["kind"],
        name=row["name"],
        full_name=row["full_name"],
        full_name_en=row["full_name_en"],
        parent_code=row["parent_code"],
        centre=LonLat(row["lon"], row["lat"]) if row["lon"] is not None else None,
        area_km2=row["area_km2"],
        population=row["population"],
        boundary_kind=BoundaryKind(row["boundary_kind"]) if row["boundary_kind"] else None,
        boundary_source=row["boundary_source"],
        source=row["source"],
    )
