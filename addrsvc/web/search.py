"""The one box: what was typed, where that is, and what else it may mean.

Everything works without scripts. What is typed is neither kept nor logged; a point somebody taps
on a map or stands at is sent in the body of a request, so that it stands in no link either.
"""

from __future__ import annotations

from typing import Any, Final, cast

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from addrsvc.auth.csrf import read_form
from addrsvc.auth.web import count_visit
from addrsvc.errors import AddrsvcError
from addrsvc.geocoding.errors import GeocoderLoading
from addrsvc.geocoding.world import Geocoder
from addrsvc.types import LonLat, PositionOutOfRange
from addrsvc.web.answering import Result, answer, at_point
from addrsvc.web.asked import MAX_TEXT
from addrsvc.web.planning_asking import read_zone
from addrsvc.web.plans_wording import zone_choices
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.signed_in import look_who
from addrsvc.web.words import words

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

_PRIVATE: Final = {"Cache-Control": "private, no-store"}
_FARTHEST_M: Final = 100_000.0
"""A position less exact than that is none."""


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
            start=start_of_map(request),
        )
    zone = read_zone(given.get("zone"))
    try:
        result = await answer(request, text, zone)
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
        result = await at_point(request, point, accuracy_m=accuracy_m)
    except (ValueError, PositionOutOfRange):
        result = Result(422, wrong=(say.point_bad, say.here_bad))
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


def start_of_map(request: Request) -> dict[str, Any] | None:
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


def _page(request: Request, result: Result, *, typed: str) -> Response:
    language = page_language(request)
    return pages_of(request).respond(
        request,
        "search.html",
        status=result.status,
        headers=_PRIVATE if result.point is not None else None,
        is_locating=True,
        typed=typed[:MAX_TEXT],
        address=result.address,
        successors=result.successors,
        confirm=result.confirm,
        permanent=False,
        past=None,
        verdict=result.verdict,
        point=result.point,
        places=result.places,
        wrong=result.wrong,
        zones=zone_choices(language) if result.asks_zone else (),
        zone=result.zone,
        found_map=result.map(),
    )
