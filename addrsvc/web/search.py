"""The one box: what was typed, where that is, and what else it may mean.

Everything works without scripts. What is typed is neither kept nor logged; a point somebody taps
on a map or stands at is sent in the body of a request, so that it stands in no link either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.auth.csrf import read_form
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
from addrsvc.geocoding.errors import GeocoderLoading
from addrsvc.geocoding.reverse import Whereabouts, reverse
from addrsvc.geocoding.verdict import Verdict
from addrsvc.geocoding.world import Geocoder
from addrsvc.planning.grounds import metres_point
from addrsvc.problems import STATUS
from addrsvc.registry.identifiers import find_by_identifier
from addrsvc.registry.links import LinkScheme
from addrsvc.registry.model import Address
from addrsvc.types import LonLat, PositionOutOfRange
from addrsvc.web.asked import (
    MAX_TEXT,
    Code,
    Identifier,
    PlusCode,
    ShortPlusCode,
    Words,
    read_asked,
)
from addrsvc.web.finding import find_address, find_successors, in_time, read_code
from addrsvc.web.planning_asking import read_zone
from addrsvc.web.plans_wording import zone_choices, zone_words
from addrsvc.web.rendering import page_language, pages_of
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
from addrsvc.web.signed_in import look_who
from addrsvc.web.words import words

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

_PRIVATE: Final = {"Cache-Control": "private, no-store"}
_CHOICES: Final = 6
_AROUND_M: Final = 1_000.0
_FARTHEST_M: Final = 100_000.0
"""A position less exact than that is none."""


@dataclass(slots=True)
class _Result:
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


@router.api_route("/", methods=["GET", "HEAD"])
async def home(request: Request) -> Response:
    """Show the one box, and under it what ``q`` means; a bare code only as a question."""
    given = request.query_params
    text = given.get("q")
    if text is None:
        again = "again" in given
        return pages_of(request).respond(
            request,
            "home.html",
            indexed=not again,
            is_locating=True,
            typed="",
            again=again,
            start=_start_of_map(request),
        )
    zone = read_zone(given.get("zone"))
    try:
        result = await _answer(request, text, zone)
    except AddrsvcError as error:
        return pages_of(request).refuse(request, error, typed=text)
    return _page(request, result, typed=text)


@router.post("/here")
async def here(request: Request) -> Response:
    """Show where a point is that was tapped on a map, or that a device stands at."""
    say = words(page_language(request))
    try:
        form = read_form(request.headers.get("content-type"), await request.body())
        await count_visit(request)
        point, accuracy_m = _sent_point(form.get("lon"), form.get("lat"), form.get("accuracy_m"))
        result = await _at_point(request, point, accuracy_m=accuracy_m)
    except (ValueError, PositionOutOfRange):
        result = _Result(422, wrong=(say.point_bad, say.here_bad))
    except AddrsvcError as error:
        return pages_of(request).refuse(request, error, typed="")
    return _page(request, result, typed="")


def _sent_point(
    lon: str | None, lat: str | None, accuracy_m: str | None
) -> tuple[LonLat, float | None]:
    """Read what a page of ours sends.

    Raises:
        ValueError, PositionOutOfRange: it is no point.
    """
    point = LonLat(float(lon or ""), float(lat or ""))
    off_m = float(accuracy_m) if accuracy_m else None
    return point, off_m if off_m is not None and 0 < off_m < _FARTHEST_M else None


async def _answer(request: Request, text: str, zone: int | None) -> _Result:
    """Find what a text means."""
    say = words(page_language(request))
    asked = read_asked(text)
    if isinstance(asked, Code):
        return await _of_code(request, asked.text)  # counts by itself
    await count_visit(request)
    match asked:
        case Degrees(lon, lat, is_exchanged):
            note = say.point_exchanged if is_exchanged else say.point_straight
            result = await _at_point(request, LonLat(lon, lat), notes=(note,))
        case Metres() as metres:
            result = await _of_metres(request, metres, zone)
        case PlusCode(code):
            result = await _of_plus_code(request, code)
        case ShortPlusCode(code, near):
            result = await _of_short_code(request, code, near)
        case Identifier() as identifier:
            result = await _of_identifier(request, identifier)
        case Words(""):
            result = _Result(422, wrong=(say.empty_title, say.empty_text))
        case Words(written):
            result = await _of_words(request, written)
    return result


async def _of_code(request: Request, text: str) -> _Result:
    """Give the address that has a code."""
    parsed = await read_code(request, text)
    address = await find_address(request, parsed)
    return await _one_address(request, address, confirm=not parsed.verified)


async def _one_address(request: Request, address: Address, *, confirm: bool = False) -> _Result:
    language = page_language(request)
    successors = await find_successors(request, address)
    return _Result(
        address=shown_address(address, language),
        successors=[(how, shown_address(each, language)) for how, each in successors],
        confirm=confirm,
    )


async def _at_point(
    request: Request,
    point: LonLat,
    *,
    accuracy_m: float | None = None,
    notes: Sequence[str] = (),
    found: Sequence[Address] = (),
) -> _Result:
    """Say where a point is: its commune first, then addresses near by."""
    language = page_language(request)
    say = words(language)
    if not is_in_vietnam(point):
        return _Result(422, wrong=(say.point_bad, say.planning_bounds))
    around = await _whereabouts(request, point)
    shown = shown_point(around, point, language, notes=notes, accuracy_m=accuracy_m)
    return _Result(point=shown, places=[shown_registered(each, language) for each in found])


async def _whereabouts(request: Request, point: LonLat) -> Whereabouts:
    day = today(cast("Clock", request.app.state.clock))
    units = cast("UnitsInMemory", request.app.state.units_in_memory)
    doors = doors_of(request)

    async def ask(conn: Reader) -> Whereabouts:
        return await reverse(conn, units, point, day, today=day, limit=_CHOICES, radius_m=_AROUND_M)

    async with in_time(request), doors.points:
        return await ask_lookups(doors.lookups, ask)


async def _of_metres(request: Request, metres: Metres, zone: int | None) -> _Result:
    """Say where X and Y of VN-2000 are; the zone is found where only one fits."""
    language = page_language(request)
    say = words(language)
    try:
        point = metres_point(*metres, None if zone is None else f"EPSG:{zone}")
    except (ZoneAmbiguous, ZoneNotFound):
        return _Result(422, wrong=(say.point_bad, say.planning_zone_bad), asks_zone=True)
    notes = [say.planning_order_xy if is_northing(metres.first) else say.planning_order_yx]
    if zone is not None:
        notes.append(zone_words(zone, language))
    result = await _at_point(request, point, notes=notes)
    result.zone = zone
    return result


async def _of_plus_code(request: Request, code: str, notes: Sequence[str] = ()) -> _Result:
    """Say where the middle of a plus code is, and which addresses it stands for."""
    async with in_time(request), doors_of(request).pool.connection() as conn:
        found = await find_by_identifier(conn, ANONYMOUS, LinkScheme.PLUS_CODE, code)
    addresses = [each.address for each in found if each.address.code is not None]
    return await _at_point(
        request, middle_of(code), accuracy_m=_HALF_CELL_M, notes=notes, found=addresses[:_CHOICES]
    )


_HALF_CELL_M: Final = 10.0
"""From the middle of a plus code of ten signs to its corners."""


async def _of_short_code(request: Request, code: str, near: str) -> _Result:
    """Complete a short plus code by the place named beside it."""
    say = words(page_language(request))
    if not near:
        return _Result(422, wrong=(say.point_bad, say.short_alone.format(code=code)))
    _, answer = await _geocoded(request, near, limit=1)
    best = answer.best[0].candidate if answer.best else None
    if best is None or best.point is None:
        return _Result(404, wrong=(say.point_bad, say.short_nowhere))
    note = say.short_completed.format(code=code, place=best.label)
    return await _of_plus_code(request, recover(code, best.point), (note,))


async def _of_identifier(request: Request, asked: Identifier) -> _Result:
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
        return _Result(STATUS[Kind.FORBIDDEN], wrong=wrong)
    addresses = [each.address for each in found if each.address.code is not None]
    if not addresses:
        count_miss(request, ANONYMOUS)
        return _Result(404, wrong=(say.nothing_title, say.nothing_code))
    if len(addresses) == 1:
        return await _one_address(request, addresses[0])
    return _Result(places=[shown_registered(each, language) for each in addresses[:20]])


async def _of_words(request: Request, text: str) -> _Result:
    """Judge an address as people write it."""
    verdict, answer = await _geocoded(request, text, limit=_CHOICES)
    geocoder = cast("Geocoder", request.app.state.geocoder)
    shown = shown_verdict(
        verdict, answer.plan.parsed.text, geocoder.world.describe, page_language(request)
    )
    return _Result(200 if shown.best is not None else 404, verdict=shown)


async def _geocoded(request: Request, text: str, *, limit: int) -> tuple[Verdict, forward.Answer]:
    day = today(cast("Clock", request.app.state.clock))
    geocoder = cast("Geocoder", request.app.state.geocoder)
    async with in_time(request):
        answer = await forward.geocode(
            geocoder.probes, geocoder.world, Query(day, text, limit=limit)
        )
    return forward.validate(geocoder.world, answer), answer


def _start_of_map(request: Request) -> dict[str, Any] | None:
    """Give where a map begins that nothing is asked of yet: the commune with most names."""
    state = request.app.state
    try:
        world = cast("Geocoder", state.geocoder).world
    except GeocoderLoading:
        return None
    known = getattr(state, "start_of_map", None)
    if known is None or known[0] is not world.gazetteer:
        names = [world.gazetteer.names(kind) for kind in ("thoroughfare", "locality")]
        placed = [each for each in world.areas.communes.values() if each.centre is not None]
        busiest = max(
            placed,
            key=lambda area: (sum(len(each.keys_in(area.code)) for each in names), area.code),
            default=None,
        )
        start = None
        if busiest is not None and busiest.centre is not None:
            start = {"lon": busiest.centre.lon, "lat": busiest.centre.lat, "commune": busiest.code}
        known = state.start_of_map = (world.gazetteer, start)
    return cast("dict[str, Any] | None", known[1])


def _page(request: Request, result: _Result, *, typed: str) -> Response:
    language = page_language(request)
    verdict, point = result.verdict, result.point
    if point is not None:
        mapped: dict[str, Any] | None = point.map
    elif verdict is not None:
        mapped = map_of_places([verdict.best, *verdict.others])
    else:
        mapped = map_of_places(list(result.places))
    return pages_of(request).respond(
        request,
        "search.html",
        status=result.status,
        headers=_PRIVATE if point is not None else None,
        is_locating=True,
        typed=typed[:MAX_TEXT],
        address=result.address,
        successors=result.successors,
        confirm=result.confirm,
        permanent=False,
        past=None,
        verdict=verdict,
        point=point,
        places=result.places,
        wrong=result.wrong,
        zones=zone_choices(language) if result.asks_zone else (),
        zone=result.zone,
        found_map=mapped,
    )
