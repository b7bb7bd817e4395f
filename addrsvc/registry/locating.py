"""Decide in which commune an address lies, from its position, its stated commune, or both."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from addrsvc.admin_units import service as admin_units
from addrsvc.admin_units.model import AdminUnit, LocatedCommune
from addrsvc.db.rows import Connection
from addrsvc.geo.measure import distance_m
from addrsvc.registry.errors import (
    CommuneUnknown,
    NothingToLocate,
    OutsideCommune,
    OutsideCoverage,
)
from addrsvc.registry.model import ESTIMATED, CommuneRef, Marks, Method, Position
from addrsvc.types import Level

_TRUSTED_RADII = 3.0
"""How many equal-area radii from a commune's centre a stated commune is believed, where only
indicative cells are known."""

_COORDINATE_DIGITS = 7
"""Decimals of a degree kept: about a centimetre."""


@dataclass(frozen=True, slots=True)
class Located:
    """The commune of an address, and its position: measured, estimated, or none."""

    commune: CommuneRef
    position: Position | None

    @property
    def is_positioned(self) -> bool:
        """Tell whether somebody took the position, so that it earns a code."""
        return self.position is not None and self.position.method not in ESTIMATED


def equal_area_radius_m(area_km2: float) -> float:
    """Give the radius of a disc of this area: how far a place in it may be off its centre."""
    return math.sqrt(area_km2 / math.pi) * 1000


async def locate(
    conn: Connection, position: Position | None, commune_code: str | None, day: date
) -> Located:
    """Settle the commune on a day.

    A measured position decides, through boundaries or, where none are loaded, through
    indicative cells; those do not overrule a stated commune whose centre is near. Without a
    position the stated commune stands, and its centre is a place of honest inaccuracy.

    Raises:
        NothingToLocate: neither is given.
        OutsideCoverage: the position lies in no commune.
        OutsideCommune: the position lies in another commune than stated.
        CommuneUnknown: no commune had the code on that day.
    """
    found = None if position is None else await admin_units.commune_at(conn, position.point, day)
    agreed = commune_code is None or (found is not None and found.code == commune_code)
    stated = None if agreed or commune_code is None else await _commune(conn, commune_code, day)
    return settled(position, found, stated)


def settled(
    position: Position | None, found: LocatedCommune | None, stated: AdminUnit | None
) -> Located:
    """Decide by the rules of :func:`locate`, given the commune found and the one stated.

    Raises:
        NothingToLocate, OutsideCoverage, OutsideCommune: as for :func:`locate`.
    """
    if position is None:
        if stated is None:
            raise NothingToLocate
        return Located(CommuneRef(stated.code, stated.valid_from), centre_of(stated))
    if found is None:
        point = position.point
        raise OutsideCoverage(
            lon=round(point.lon, _COORDINATE_DIGITS), lat=round(point.lat, _COORDINATE_DIGITS)
        )
    if stated is None or stated.code == found.code:
        return Located(CommuneRef(found.code, found.valid_from), position)
    if found.certainty == "boundary" or not _is_near(stated, position):
        raise OutsideCommune(stated=stated.full_name, found=found.code, found_name=found.full_name)
    return Located(CommuneRef(stated.code, stated.valid_from), position)


async def _commune(conn: Connection, code: str, day: date) -> AdminUnit:
    unit = await admin_units.find_unit(conn, code, day)
    if unit is None or unit.level is not Level.COMMUNE:
        raise CommuneUnknown(commune_code=code, day=day.isoformat())
    return unit


def _is_near(unit: AdminUnit, position: Position) -> bool:
    if unit.centre is None or unit.area_km2 is None:
        return False
    reach_m = equal_area_radius_m(unit.area_km2) * _TRUSTED_RADII
    return distance_m(unit.centre, position.point) <= reach_m


def centre_of(unit: AdminUnit) -> Position | None:
    """Give the commune's centre as an estimated position; None when no centre is known."""
    if unit.centre is None or unit.area_km2 is None:
        return None
    radius_m = round(equal_area_radius_m(unit.area_km2))
    return Position(unit.centre, float(radius_m), Method.COMMUNE_CENTRE, Marks.AREA)
