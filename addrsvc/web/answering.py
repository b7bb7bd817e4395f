"""What a text or a point means: for the page of the one box, and for the widget.

Nothing here is worded for a template, and nothing is kept or logged of what was typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from fastapi import Request

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.auth.model import ANONYMOUS, Principal
from addrsvc.auth.sessions import Session
from addrsvc.auth.web import count_miss, count_visit
from addrsvc.clock import Clock, today
from addrsvc.codes.plus_code import middle_of, recover
from addrsvc.db.doors import Reader, ask_lookups
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError, Kind
from addrsvc.geo.crs import ZoneAmbiguous, ZoneNotFound, is_northing
from addrsvc.geo.typed_point import Degrees, Metres, is_in_vietnam
from addrsvc.geocoding import forward
from addrsvc.geocoding.answers import Query
from addrsvc.geocoding.reverse import Whereabouts, reverse
from addrsvc.geocoding.verdict import Verdict
from addrsvc.geocoding.world import Geocoder
from addrsvc.planning.grounds import metres_point
from addrsvc.problems import STATUS
from addrsvc.registry.identifiers import find_by_identifier
from addrsvc.registry.links import LinkScheme
from addrsvc.registry.model import Address
from addrsvc.types import LonLat
from addrsvc.web.asked import Code, Identifier, PlusCode, ShortPlusCode, Words, read_asked
from addrsvc.web.finding import find_address, find_successors, in_time, read_code
from addrsvc.web.plans_wording import zone_words
from addrsvc.web.rendering import page_language
from addrsvc.web.search_showing import (
    ShownPlace,
    ShownPoint,
    ShownVerdict,
    map_of_places,
    shown_point,
    shown_registered,
    shown_verdict,
)
from addrsvc.web.showing import ShownAddress, shown_address
from addrsvc.web.words import words

_CHOICES: Final = 6
_AROUND_M: Final = 1_000.0


@dataclass(slots=True)
class Result:
    """What came of a question; what does not apply stays empty."""

    status: int = 200
    address: ShownAddress | None = None
    successors: list[tuple[str, ShownAddress]] = field(default_factory=list)
    confirm: bool = False
    verdict: ShownVerdict | None = None
    point: ShownPoint | None = None
    places: Sequence[ShownPlace] = ()
    wrong: tuple[str, str] = ("", "")
    """Heading and sentence of what is missing or cannot be."""
    asks_zone: bool = False
    zone: int | None = None

    def map(self) -> dict[str, Any] | None:
        """Give what a map shows of it; None: nothing that lies anywhere."""
        if self.point is not None:
            return self.point.map
        if self.verdict is not None:
            return map_of_places([self.verdict.best, *self.verdict.others])
        return map_of_places(list(self.places))


async def answer(request: Request, text: str, zone: int | None) -> Result:
    """Find what a text means."""
    say = words(page_language(request))
    asked = read_asked(text)
    if isinstance(asked, Code):
        return await _of_code(request, asked.text)  # counts by itself
    await count_visit(request)
    match asked:
        case Degrees(lon, lat, is_exchanged):
            note = say.point_exchanged if is_exchanged else say.point_straight
            result = await at_point(request, LonLat(lon, lat), notes=(note,))
        case Metres() as metres:
            result = await _of_metres(request, metres, zone)
        case PlusCode(code):
            result = await _of_plus_code(request, code)
        case ShortPlusCode(code, near):
            result = await _of_short_code(request, code, near)
        case Identifier() as identifier:
            result = await _of_identifier(request, identifier)
        case Words(""):
            result = Result(422, wrong=(say.empty_title, say.empty_text))
        case Words(written):
            result = await _of_words(request, written)
    return result


async def _of_code(request: Request, text: str) -> Result:
    """Give the address that has a code."""
    parsed = await read_code(request, text)
    address = await find_address(request, parsed)
    return await _one_address(request, address, confirm=not parsed.verified)


async def _one_address(request: Request, address: Address, *, confirm: bool = False) -> Result:
    language = page_language(request)
    successors = await find_successors(request, address)
    return Result(
        address=shown_address(address, language),
        successors=[(how, shown_address(each, language)) for how, each in successors],
        confirm=confirm,
    )


async def at_point(
    request: Request,
    point: LonLat,
    *,
    accuracy_m: float | None = None,
    notes: Sequence[str] = (),
    found: Sequence[Address] = (),
) -> Result:
    """Say where a point is: its commune first, then addresses near by."""
    language = page_language(request)
    say = words(language)
    if not is_in_vietnam(point):
        return Result(422, wrong=(say.point_bad, say.planning_bounds))
    around = await _whereabouts(request, point)
    shown = shown_point(around, point, language, notes=notes, accuracy_m=accuracy_m)
    return Result(point=shown, places=[shown_registered(each, language) for each in found])


async def _whereabouts(request: Request, point: LonLat) -> Whereabouts:
    day = today(cast("Clock", request.app.state.clock))
    units = cast("UnitsInMemory", request.app.state.units_in_memory)
    doors = doors_of(request)

    async def ask(conn: Reader) -> Whereabouts:
        return await reverse(conn, units, point, day, today=day, limit=_CHOICES, radius_m=_AROUND_M)

    async with in_time(request), doors.points:
        return await ask_lookups(doors.lookups, ask)


async def _of_metres(request: Request, metres: Metres, zone: int | None) -> Result:
    """Say where X and Y of VN-2000 are; the zone is found where only one fits."""
    language = page_language(request)
    say = words(language)
    try:
        point = metres_point(*metres, None if zone is None else f"EPSG:{zone}")
    except (ZoneAmbiguous, ZoneNotFound):
        return Result(422, wrong=(say.point_bad, say.planning_zone_bad), asks_zone=True)
    notes = [say.planning_order_xy if is_northing(metres.first) else say.planning_order_yx]
    if zone is not None:
        notes.append(zone_words(zone, language))
    result = await at_point(request, point, notes=notes)
    result.zone = zone
    return result


async def _of_plus_code(request: Request, code: str, notes: Sequence[str] = ()) -> Result:
    """Say where the middle of a plus code is, and which addresses it stands for."""
    async with in_time(request), doors_of(request).pool.connection() as conn:
        found = await find_by_identifier(conn, ANONYMOUS, LinkScheme.PLUS_CODE, code)
    addresses = [each.address for each in found if each.address.code is not None]
    return await at_point(
        request, middle_of(code), accuracy_m=_HALF_CELL_M, notes=notes, found=addresses[:_CHOICES]
    )


_HALF_CELL_M: Final = 10.0
"""From the middle of a plus code of ten signs to its corners."""


async def _of_short_code(request: Request, code: str, near: str) -> Result:
    """Complete a short plus code by the place named beside it."""
    say = words(page_language(request))
    if not near:
        return Result(422, wrong=(say.point_bad, say.short_alone.format(code=code)))
    _, answer = await _geocoded(request, near, limit=1)
    best = answer.best[0].candidate if answer.best else None
    if best is None or best.point is None:
        return Result(404, wrong=(say.point_bad, say.short_nowhere))
    note = say.short_completed.format(code=code, place=best.label)
    return await _of_plus_code(request, recover(code, best.point), (note,))


async def _of_identifier(request: Request, asked: Identifier) -> Result:
    """Give the addresses that have another identifier; of parcels, to those who may know."""
    language, say = page_language(request), words(page_language(request))
    scheme = LinkScheme(asked.scheme.value)
    session = cast("Session | None", request.scope.get("addrsvc.session"))
    principal: Principal = ANONYMOUS if session is None else session.principal
    try:
        async with in_time(request), doors_of(request).pool.connection() as conn:
            found = await find_by_identifier(conn, principal, scheme, asked.value)
    except AddrsvcError as error:
        if error.kind not in {Kind.UNAUTHENTICATED, Kind.FORBIDDEN}:
            raise
        wrong = (say.parcel_closed_title, say.parcel_closed)
        return Result(STATUS[Kind.FORBIDDEN], wrong=wrong)
    addresses = [each.address for each in found if each.address.code is not None]
    if not addresses:
        count_miss(request, ANONYMOUS)
        return Result(404, wrong=(say.nothing_title, say.nothing_code))
    if len(addresses) == 1:
        return await _one_address(request, addresses[0])
    return Result(places=[shown_registered(each, language) for each in addresses[:20]])


async def _of_words(request: Request, text: str) -> Result:
    """Judge an address as people write it."""
    verdict, answer = await _geocoded(request, text, limit=_CHOICES)
    geocoder = cast("Geocoder", request.app.state.geocoder)
    shown = shown_verdict(
        verdict, answer.plan.parsed.text, geocoder.world.describe, page_language(request)
    )
    return Result(200 if shown.best is not None else 404, verdict=shown)


async def _geocoded(request: Request, text: str, *, limit: int) -> tuple[Verdict, forward.Answer]:
    day = today(cast("Clock", request.app.state.clock))
    geocoder = cast("Geocoder", request.app.state.geocoder)
    async with in_time(request):
        answer = await forward.geocode(
            geocoder.probes, geocoder.world, Query(day, text, limit=limit)
        )
    return forward.validate(geocoder.world, answer), answer
