"""Communes and provinces of today in memory: what answers show of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from addrsvc.admin_units import service
from addrsvc.admin_units.model import AdminUnit, UnitFilter
from addrsvc.db.rows import Connection
from addrsvc.geocoding.answers import Area
from addrsvc.types import Level, LonLat

_ALL: Final = 20_000
"""More than there are communes."""


@dataclass(frozen=True, slots=True)
class Areas:
    """Every present unit by its code."""

    communes: Mapping[str, Area]
    provinces: Mapping[str, Area]


async def load_areas(conn: Connection, day: date) -> Areas:
    """Read the units of a day: some 3,400 rows."""
    provinces, _ = await service.list_units(conn, UnitFilter(day, Level.PROVINCE), limit=_ALL)
    communes, _ = await service.list_units(conn, UnitFilter(day, Level.COMMUNE), limit=_ALL)
    return make_areas(provinces, communes)


def make_areas(provinces: Iterable[AdminUnit], communes: Iterable[AdminUnit]) -> Areas:
    """Put units together; a province's middle and size are those of its communes."""
    parts: dict[str, list[AdminUnit]] = defaultdict(list)
    for unit in communes:
        parts[unit.parent_code or ""].append(unit)
    upper = {unit.code: _province(unit, parts[unit.code]) for unit in provinces}
    lower = {
        unit.code: Area(
            unit.code,
            unit.full_name,
            unit.centre,
            _radius_m(unit.area_km2),
            upper.get(code),
        )
        for code, units in parts.items()
        for unit in units
    }
    return Areas(lower, upper)


def _province(unit: AdminUnit, communes: list[AdminUnit]) -> Area:
    centre, area_km2 = unit.centre, unit.area_km2
    placed = [(each.centre, each.area_km2 or 1.0) for each in communes if each.centre is not None]
    if placed and centre is None:
        total = sum(weight for _, weight in placed)
        centre = LonLat(
            sum(point.lon * weight for point, weight in placed) / total,
            sum(point.lat * weight for point, weight in placed) / total,
        )
    if area_km2 is None:
        area_km2 = sum(each.area_km2 or 0.0 for each in communes) or None
    return Area(unit.code, unit.full_name, centre, _radius_m(area_km2))


def _radius_m(area_km2: float | None) -> float | None:
    """Give the radius of the circle of an area, metres."""
    return None if area_km2 is None else math.sqrt(area_km2 / math.pi) * 1000
