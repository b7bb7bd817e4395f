"""Where a report is about: a place as typed, read as the one box reads it.

What cannot be read as a point or a code is kept as it was typed, with its commune where the
gazetteer knows one: a person reads it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Final, cast

from fastapi import Request

from addrsvc.clock import Clock, today
from addrsvc.codes.plus_code import middle_of, recover
from addrsvc.geo.crs import ZoneAmbiguous, ZoneNotFound
from addrsvc.geo.typed_point import Degrees, Metres
from addrsvc.geocoding import forward
from addrsvc.geocoding.answers import Query
from addrsvc.geocoding.errors import GeocoderLoading
from addrsvc.geocoding.world import Geocoder
from addrsvc.parsing.model import ComponentType, Status
from addrsvc.planning.grounds import metres_point
from addrsvc.types import LonLat
from addrsvc.web.asked import Code, PlusCode, ShortPlusCode, read_asked
from addrsvc.web.finding import in_time

_HALF_CELL_M: Final = 10.0
_COMMUNE_DIGITS: Final = 5
_NAMED: Final = frozenset({Status.CONFIRMED, Status.CORRECTED})


@dataclass(frozen=True, slots=True)
class Placed:
    """What a typed place says; all None: words that name no commune known here."""

    point: LonLat | None = None
    accuracy_m: float | None = None
    code: str | None = None
    commune: str | None = None


async def read_place(request: Request, text: str) -> Placed:
    """Read a place.

    Raises:
        InvalidInput: X and Y that fit no zone, or several; a point that is none on Earth.
        DatabaseUnreachable: no answer in time.
    """
    asked = read_asked(text)
    match asked:
        case Degrees(lon, lat, _):
            placed = Placed(LonLat(lon, lat))
        case Metres() as metres:
            placed = Placed(_point_of(metres))
        case PlusCode(code):
            placed = Placed(middle_of(code), _HALF_CELL_M)
        case ShortPlusCode(code, near) if near:
            placed = await _of_short_code(request, code, near)
        case Code(code):
            placed = Placed(code=code)
        case _:
            placed = Placed(commune=await _named_commune(request, text))
    return placed


def _point_of(metres: Metres) -> LonLat | None:
    """Give the point of X and Y; None: no zone fits, or several, so a person reads them."""
    with suppress(ZoneAmbiguous, ZoneNotFound):
        return metres_point(*metres, None)
    return None


async def _of_short_code(request: Request, code: str, near: str) -> Placed:
    found = await _geocoded(request, near)
    best = found.best[0].candidate if found is not None and found.best else None
    if best is None or best.point is None:
        return Placed()
    return Placed(middle_of(recover(code, best.point)), _HALF_CELL_M)


async def _named_commune(request: Request, text: str) -> str | None:
    """Give the commune a text names itself; one that is only guessed sends a report astray."""
    found = await _geocoded(request, text)
    if found is None or not found.best:
        return None
    geocoder = cast("Geocoder", request.app.state.geocoder)
    components = forward.validate(geocoder.world, found).components
    named = any(each.type is ComponentType.COMMUNE and each.status in _NAMED for each in components)
    code = found.best[0].candidate.area.code
    return code if named and len(code) == _COMMUNE_DIGITS else None


async def _geocoded(request: Request, text: str) -> forward.Answer | None:
    """Give what a text may name; None: names are not read yet."""
    geocoder = cast("Geocoder", request.app.state.geocoder)
    day = today(cast("Clock", request.app.state.clock))
    with suppress(GeocoderLoading):
        async with in_time(request):
            return await forward.geocode(geocoder.probes, geocoder.world, Query(day, text, limit=1))
    return None
