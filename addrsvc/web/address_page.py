"""The permanent page of an address: code, place, other names, what plans say, its past."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Final, cast

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from addrsvc.admin_units.conversion import PresentCommune
from addrsvc.admin_units.model import REORGANISED
from addrsvc.admin_units.units_in_memory import UnitsInMemory
from addrsvc.auth.model import ANONYMOUS
from addrsvc.clock import Clock, today
from addrsvc.db.rows import Connection
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError, Language
from addrsvc.planning.asking import ask_point, place_of
from addrsvc.planning.asking_errors import AddressPlaceRough, AddressWithoutPlace
from addrsvc.planning.model import Planned
from addrsvc.registry import history
from addrsvc.registry.identifiers import identifiers_of
from addrsvc.registry.model import Address
from addrsvc.registry.reading import AddressRef
from addrsvc.types import UnitId
from addrsvc.web.address_showing import ShownMore, shown_more
from addrsvc.web.finding import find_address, find_successors, in_time, read_code
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.showing import shown_address, shown_past
from addrsvc.web.signed_in import look_who

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

_BEFORE: Final[date] = REORGANISED - timedelta(days=1)


@router.api_route("/a/{text:path}", methods=["GET", "HEAD"])
async def address_page(request: Request) -> Response:
    """Show the permanent page of an address; other written forms lead to its ten digits."""
    pages, text = pages_of(request), str(request.path_params["text"])
    language = page_language(request)
    try:
        parsed = await read_code(request, text)
        if parsed.code.text != text:
            url = request.url.replace(path=f"/a/{parsed.code.text}")
            link = f"{url.path}?{url.query}" if url.query else url.path
            return RedirectResponse(link, status_code=308)
        address = await find_address(request, parsed)
        successors = await find_successors(request, address)
        async with in_time(request), doors_of(request).pool.connection() as conn:
            past = await history.past_of(conn, ANONYMOUS, address)
            more = await _more(request, conn, address, language)
    except AddrsvcError as error:
        return pages.refuse(request, error, typed=text)
    return pages.respond(
        request,
        "address.html",
        past=shown_past(past, language),
        more=more,
        address=shown_address(address, language),
        successors=[(how, shown_address(each, language)) for how, each in successors],
        confirm=False,
        permanent=True,
    )


async def _more(
    request: Request, conn: Connection, address: Address, language: Language
) -> ShownMore:
    """Read what stands on the permanent page alone."""
    day = today(cast("Clock", request.app.state.clock))
    ref = AddressRef.parse(str(address.code))
    _, links = await identifiers_of(conn, ANONYMOUS, ref, day)
    planned: Planned | None = None
    with suppress(AddressWithoutPlace, AddressPlaceRough):  # the page says so
        planned = await ask_point(conn, *place_of(address), day, language)
    former = await _former_communes(request, conn, address)
    return shown_more(address, links, planned, former, language)


async def _former_communes(
    request: Request, conn: Connection, address: Address
) -> tuple[PresentCommune, ...]:
    """Give the communes of June 2025 that today's was made of; those it may lie in."""
    units = cast("UnitsInMemory", request.app.state.units_in_memory)
    converter = (await units.current(conn)).converter
    unit = UnitId(address.commune_code, REORGANISED)
    if all(each.unit != unit for each in converter.of_code(address.commune_code)):
        return ()
    return converter.convert([unit], _BEFORE).present
