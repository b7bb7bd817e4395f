"""The page where anybody asks what plans say of an address, a point or a plot.

All of it works without scripts. What is asked about is neither kept nor logged; corners of a plot
go in the body of a request, so that they stand in no link either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, cast
from urllib.parse import urlencode

import shapely
from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from addrsvc.auth.csrf import read_form
from addrsvc.auth.model import ANONYMOUS
from addrsvc.auth.web import NO_STORE, count_miss, count_visit
from addrsvc.clock import Clock, today
from addrsvc.codes.code import DigitalCode
from addrsvc.codes.plus_code import middle_of
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError, Kind, Language
from addrsvc.geo.corners import Corners, read_corners
from addrsvc.geo.crs import ZoneAmbiguous, ZoneNotFound, is_northing
from addrsvc.geo.geometry import check_area
from addrsvc.geo.typed_point import Degrees, Metres, is_in_vietnam
from addrsvc.geocoding import forward
from addrsvc.geocoding.answers import Query
from addrsvc.geocoding.world import Geocoder
from addrsvc.planning import asking
from addrsvc.planning.asking_errors import AddressPlaceRough, AddressWithoutPlace
from addrsvc.planning.grounds import metres_point
from addrsvc.planning.model import Planned
from addrsvc.planning.printing_service import print_sheet, read_sheet
from addrsvc.problems import STATUS
from addrsvc.registry.errors import AddressNotFound
from addrsvc.registry.reading import AddressRef
from addrsvc.settings import Settings
from addrsvc.types import LonLat
from addrsvc.web.asked import MAX_TEXT, Code, PlusCode, read_asked
from addrsvc.web.finding import in_time, read_code
from addrsvc.web.planning_asking import MAX_CORNERS_TEXT, read_day, read_zone
from addrsvc.web.planning_showing import Place, map_of, place_of_corners, shown_planned
from addrsvc.web.plans_wording import zone_choices, zone_words
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.showing import shown_address
from addrsvc.web.signed_in import look_who
from addrsvc.web.words import words

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

_PRIVATE: Final = {"Cache-Control": "private, no-store"}
_CHOICES: Final = 5

_MENDED: Final = frozenset({Kind.INVALID, Kind.NOT_FOUND, Kind.CONFLICT, Kind.GONE, Kind.TOO_LARGE})
"""Errors that stand beside the field: the asker can do something about them."""


@dataclass(slots=True)
class _Asked:
    """What stands in the forms, as it goes back into them."""

    q: str = ""
    corners: str | None = None
    """None: no plot is asked about."""
    zone: int | None = None
    day: str = ""
    is_other_day: bool = False

    def link(self, q: str) -> str:
        """Give the link that asks for this on the same day."""
        given = {"q": q} | ({"day": self.day} if self.is_other_day else {})
        return f"/planning?{urlencode(given)}"


@dataclass(slots=True)
class _Found:
    """What came of a question: an answer, a choice, or what is wrong by field."""

    planned: Planned | None = None
    place: Place = field(default_factory=Place)
    choices: list[dict[str, str]] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)
    status: int = 200


@router.api_route("/planning", methods=["GET", "HEAD"])
async def planning_page(request: Request) -> Response:
    """Show the forms, and under them what plans say of what ``q`` names."""
    given = request.query_params
    asked = _Asked(q=given.get("q", "").strip()[:MAX_TEXT], zone=read_zone(given.get("zone")))
    if not asked.q:
        asked.day = (given.get("day") or "").strip()[:10]
        return _page(request, asked, _Found())
    return await _answer(request, asked, given.get("day"))


@router.post("/planning")
async def ask_corners(request: Request) -> Response:
    """Show what plans say of a plot whose corners were sent."""
    try:
        form = read_form(request.headers.get("content-type"), await request.body())
    except AddrsvcError as error:
        return pages_of(request).refuse(request, error, typed="", template="refused.html")
    asked = _Asked(corners=form.get("corners", ""), zone=read_zone(form.get("zone")))
    return await _answer(request, asked, form.get("day"))


@router.post("/planning/print")
async def print_corners(request: Request) -> Response:
    """Give the answer about a plot on A4 pages."""
    settings = cast("Settings", request.app.state.settings)
    clock = cast("Clock", request.app.state.clock)
    try:
        form = read_form(request.headers.get("content-type"), await request.body())
        await count_visit(request)
        day = read_day(form.get("day"), today(clock)) or today(clock)
        corners, zone = form.get("corners", "")[:MAX_CORNERS_TEXT], read_zone(form.get("zone"))
        read, plot = await run_in_threadpool(_plot_of, corners, zone)
        language = page_language(request)
        async with in_time(request), doors_of(request).pool.connection() as conn:
            planned = await asking.ask_area(conn, plot, day, language)
            sheet = await read_sheet(
                conn,
                planned,
                language,
                printed_at=clock.now(),
                host=settings.public_url.rstrip("/") or str(request.base_url).rstrip("/"),
                corners=read,
            )
        pdf = await print_sheet(sheet, settings.npm_dir)
    except AddrsvcError as error:
        return pages_of(request).refuse(request, error, typed="", template="refused.html")
    headers = {**NO_STORE, "Content-Disposition": 'inline; filename="quy-hoach.pdf"'}
    return Response(pdf, headers=headers, media_type="application/pdf")


async def _answer(request: Request, asked: _Asked, day_text: str | None) -> Response:
    """Find the answer; what can be mended stands beside its field."""
    say, now = words(page_language(request)), today(cast("Clock", request.app.state.clock))
    day = read_day(day_text, now)
    asked.day = (day_text or "").strip()[:10]
    asked.is_other_day = bool(asked.day) and day != now
    try:
        await count_visit(request)
        if day is None:
            name = "day" if asked.corners is None else "corners_day"
            found = _Found(wrong={name: say.planning_day_bad}, status=422)
        elif asked.corners is not None:
            found = await _of_corners(request, asked, day)
        else:
            found = await _of_text(request, asked, day)
    except AddrsvcError as error:
        if error.kind not in _MENDED:
            return pages_of(request).refuse(request, error, typed="", template="refused.html")
        name = "q" if asked.corners is None else "corners"
        sentence = error.text(page_language(request))
        found = _Found(wrong={name: sentence}, status=STATUS[error.kind])
    return _page(request, asked, found)


async def _of_text(request: Request, asked: _Asked, day: date) -> _Found:
    """Answer for what stands in the box."""
    match read_asked(asked.q):
        case Degrees(lon, lat):
            return await _of_point(request, asked, LonLat(lon, lat), day)
        case Metres() as metres:
            return await _of_metres(request, asked, metres, day)
        case PlusCode(code):
            return await _of_point(request, asked, middle_of(code), day)
        case Code(text):
            parsed = await read_code(request, text)
            return await _of_address(request, asked, AddressRef.of_code(parsed), day)
        case _:
            return await _of_written(request, asked, day)


async def _of_point(request: Request, asked: _Asked, point: LonLat, day: date) -> _Found:
    language = page_language(request)
    if not is_in_vietnam(point):
        say = words(language)
        return _Found(wrong={"q": say.planning_bounds}, status=422)
    async with in_time(request), doors_of(request).pool.connection() as conn:
        planned = await asking.ask_point(conn, point, None, day, language)
    q = f"{point.lat:.6f}, {point.lon:.6f}"
    place = {"lat": f"{point.lat:.7f}", "lon": f"{point.lon:.7f}"}
    return _Found(
        planned, Place(share_url=asked.link(q), print_url=_print_url(place, day, language))
    )


async def _of_metres(
    request: Request, asked: _Asked, metres: tuple[float, float], day: date
) -> _Found:
    """Answer for a point in a zone of VN-2000; without one it is found where only one fits."""
    say = words(page_language(request))
    zone = None if asked.zone is None else f"EPSG:{asked.zone}"
    try:
        point = metres_point(*metres, zone)
    except (ZoneAmbiguous, ZoneNotFound):
        return _Found(wrong={"zone": say.planning_zone_bad}, status=422)
    found = await _of_point(request, asked, point, day)
    found.place.notes = (
        say.planning_order_xy if is_northing(metres[0]) else say.planning_order_yx,
    )
    if asked.zone is not None:
        found.place.zone = zone_words(asked.zone, page_language(request))
    return found


async def _of_corners(request: Request, asked: _Asked, day: date) -> _Found:
    """Answer for a plot; where the zone was not named, it is found where only one fits."""
    language, corners = page_language(request), asked.corners or ""
    say = words(language)
    if len(corners) > MAX_CORNERS_TEXT:
        asked.corners = corners[:MAX_CORNERS_TEXT]
        return _Found(wrong={"corners": say.planning_corners_long}, status=413)
    try:
        read, plot = await run_in_threadpool(_plot_of, corners, asked.zone)
    except (ZoneAmbiguous, ZoneNotFound):
        return _Found(wrong={"corners": say.planning_zone_bad}, status=422)
    async with in_time(request), doors_of(request).pool.connection() as conn:
        planned = await asking.ask_area(conn, plot, day, language)
    place = place_of_corners(read, planned.area_m2 or 0.0, language)
    place.print_form = (
        ("corners", corners),
        ("zone", str(read.epsg)),
        ("day", day.isoformat()),
    )
    return _Found(planned, place)


def _plot_of(corners: str, zone: int | None) -> tuple[Corners, shapely.MultiPolygon]:
    read = read_corners(corners, zone)
    return read, check_area(read.polygon)


async def _of_address(request: Request, asked: _Asked, ref: AddressRef, day: date) -> _Found:
    """Answer for an address anybody may see; a miss is counted."""
    language = page_language(request)
    try:
        async with in_time(request), doors_of(request).pool.connection() as conn:
            found = await asking.ask_address(conn, ANONYMOUS, ref, day, language)
    except AddressNotFound:
        count_miss(request, ANONYMOUS)
        raise
    except (AddressWithoutPlace, AddressPlaceRough) as error:
        say = words(language)
        return _Found(wrong={"q": say.planning_no_position}, status=STATUS[error.kind])
    facts = shown_address(found.address, language).facts
    place = Place(
        label=f"{facts['plate']} – {facts['label']}",
        url=f"/a/{facts['code']}",
        share_url=asked.link(facts["plate"]),
        print_url=_print_url({"code": facts["code"]}, day, language),
    )
    return _Found(found.planned, place)


async def _of_written(request: Request, asked: _Asked, day: date) -> _Found:
    """Answer for an address as written: the one it certainly means, else a choice."""
    say, now = words(page_language(request)), today(cast("Clock", request.app.state.clock))
    geocoder = cast("Geocoder", request.app.state.geocoder)
    async with in_time(request):
        answer = await forward.geocode(
            geocoder.probes, geocoder.world, Query(now, asked.q, limit=_CHOICES)
        )
    known = [each.candidate for each in answer.best if each.candidate.code is not None]
    verdict = forward.validate(geocoder.world, answer)
    if known and verdict.category == "A" and known[0] is answer.best[0].candidate:
        return await _of_address(request, asked, AddressRef.parse(str(known[0].code)), day)
    if known:
        choices = [
            {
                "plate": DigitalCode.of(str(each.code)).plate,  # labels of two may be the same
                "label": each.label,
                "url": asked.link(str(each.code)),
            }
            for each in known
        ]
        return _Found(choices=choices)
    if answer.best:
        place = answer.best[0].candidate.label
        return _Found(wrong={"q": say.planning_coarse.format(place=place)}, status=404)
    return _Found(wrong={"q": say.planning_not_found}, status=404)


def _print_url(place: Mapping[str, str], day: date, language: Language) -> str:
    asked = {**place, "at": day.isoformat(), "lang": language}
    return f"/v1/planning/print?{urlencode(asked)}"


def _page(request: Request, asked: _Asked, found: _Found) -> Response:
    language = page_language(request)
    planned, place = found.planned, found.place
    return pages_of(request).respond(
        request,
        "planning.html",
        status=found.status,
        indexed=not asked.q and asked.corners is None,
        headers=_PRIVATE,
        asked_at="/planning",
        asked=asked,
        zones=zone_choices(language),
        max_corners=MAX_CORNERS_TEXT,
        wrong={"q": "", "day": "", "zone": "", "corners": "", "corners_day": "", **found.wrong},
        choices=found.choices,
        answer=None if planned is None else shown_planned(planned, language),
        place=place,
        map=None if planned is None or not planned.plans else map_of(planned),
    )
