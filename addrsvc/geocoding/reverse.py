"""From a point to where it is: the commune around it first, then the nearest addresses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from addrsvc.admin_units import service
from addrsvc.admin_units.conversion import Conversion, Converter
from addrsvc.admin_units.conversion_schemas import conversion_out
from addrsvc.admin_units.errors import NoCommuneThere
from addrsvc.admin_units.model import REORGANISED, BoundaryKind, LocatedCommune
from addrsvc.admin_units.schemas import NOTES, located_out
from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, rows
from addrsvc.errors import Language
from addrsvc.geocoding.answers import Area, Candidate, Match
from addrsvc.geocoding.calibration import Features
from addrsvc.geocoding.geocodejson import collection, feature
from addrsvc.geocoding.model import MatchLevel
from addrsvc.registry.model import PRIVATE_KINDS, Document
from addrsvc.types import LonLat

QUERIES = Queries("addrsvc.geocoding", "queries_reverse.sql")

MAX_LIMIT: Final = 20
MAX_RADIUS_M: Final = 20_000.0

PROBES: Final = 4
"""So many times more addresses are taken by degrees than are wanted by metres."""

_DEGREE_M: Final = 110_574.0
"""The shortest degree of latitude."""

_SURE: Final = ("confidence", "gap")
"""How sure a text is understood; a point is what it is."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """An address, and how far it is from the point."""

    candidate: Candidate
    distance_m: float
    """On the ellipsoid."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """All that is known of a point."""

    commune: LocatedCommune | None
    """Of the day asked for; None: in none that is known (sea, abroad, no boundary that day)."""
    former: Conversion | None
    """What today's commune was on an earlier day; None: the day is not before the reform, or no
    commune is around the point."""
    nearby: tuple[Nearby, ...]
    """Nearest first."""


async def reverse(
    conn: Connection,
    units: UnitsInMemory,
    point: LonLat,
    day: date,
    *,
    today: date,
    limit: int,
    radius_m: float,
) -> Whereabouts:
    """Say where a point is: its commune on a day, and the nearest addresses of today.

    Before the reform few old communes have a boundary: then the commune of today is traced back,
    which may leave candidates.

    Raises:
        UnitsNotKnownBefore: the day is earlier than the registers reach.
    """
    service.refuse_unknown_past(day)
    around = await service.commune_at(conn, point, day, with_edge=True)
    former = None
    if day < REORGANISED:
        present = await service.commune_at(conn, point, today)
        if present is not None:
            former = trace_back((await units.current(conn)).converter, present, around, day)
    nearby = await nearest(conn, point, limit=limit, radius_m=radius_m)
    return Whereabouts(around, former, tuple(nearby))


def trace_back(
    converter: Converter, present: LocatedCommune, around: LocatedCommune | None, day: date
) -> Conversion:
    """Say what today's commune around a point was on an earlier day."""
    former = converter.convert([present.id], day, located=around)
    if present.certainty == "indicative":
        former = former.doubted("indicative", NOTES[BoundaryKind.INDICATIVE])
    return former


async def nearest(conn: Connection, point: LonLat, *, limit: int, radius_m: float) -> list[Nearby]:
    """List the nearest public addresses in use within a radius, nearest first."""
    half_lon, half_lat = half_box_deg(point, radius_m)
    params = {
        "lon": point.lon,
        "lat": point.lat,
        "half_lon": half_lon,
        "half_lat": half_lat,
        "radius_m": radius_m,
        "limit": limit,
        "probes": limit * PROBES,
    }
    return [nearby_of(row) for row in await rows(conn, QUERIES["nearest_addresses"], params)]


def half_box_deg(point: LonLat, radius_m: float) -> tuple[float, float]:
    """Give half the width and half the height, in degrees, of a box that covers a radius."""
    half_lat = radius_m / _DEGREE_M
    narrowing = max(math.cos(math.radians(min(abs(point.lat) + half_lat, 89.9))), 0.001)
    return half_lat / narrowing, half_lat


def nearby_of(row: Row) -> Nearby:
    """Make one of a row of the queries here."""
    document = Document.from_json(row["document"])
    parts, position = document.components, document.position
    is_home = document.kind in PRIVATE_KINDS
    commune = row["commune_name"] or row["commune_code"]
    province = Area(row["province_code"] or "", row["province_name"] or "", None, None)
    named = not is_home and document.name is not None and parts.house_number is None
    candidate = Candidate(
        Features(MatchLevel.ORGANISATION if named else MatchLevel.HOUSE),
        Area(row["commune_code"], commune, None, None, province),
        name=None if is_home else document.name,
        code=row["code"],
        unit=parts.unit,
        house_number=parts.house_number,
        street=parts.thoroughfare,
        locality=parts.localities[0].name if parts.localities else None,
        point=LonLat(row["lon"], row["lat"]),
        accuracy_m=None if position is None else position.accuracy_m,
        method="unknown" if position is None else position.method.value,
        marks="object" if position is None else position.marks.value,
    )
    return Nearby(candidate, row["distance_m"])


def whereabouts_out(
    found: Whereabouts, point: LonLat, day: date, language: Language
) -> dict[str, Any]:
    """Give an answer as GeocodeJSON, with the commune beside the features."""
    body = collection((), "")
    del body["geocoding"]["query"]  # a position of somebody: not repeated, not kept
    nowhere = NoCommuneThere(lon=point.lon, lat=point.lat)
    known = found.commune is not None or (found.former is not None and found.former.present)
    return {
        **body,
        "at": day.isoformat(),
        "commune": None if found.commune is None else located_out(found.commune, language),
        "former": None if found.former is None else conversion_out(found.former, day, language),
        "note": None if known else nowhere.text(language),
        "features": [_feature(each) for each in found.nearby],
    }


def _feature(nearby: Nearby) -> dict[str, Any]:
    built = feature(Match(nearby.candidate, confidence=1.0, gap=1.0))
    properties: dict[str, Any] = built["properties"]
    geocoding = {key: value for key, value in properties["geocoding"].items() if key not in _SURE}
    distance_m = round(nearby.distance_m, 1)
    del properties["score"]
    built["properties"] = {
        **properties,
        "geocoding": {**geocoding, "distance_m": distance_m},
        "distance": distance_m,
    }
    return built
