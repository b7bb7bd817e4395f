"""Pages about collectors: figures of their records, and the phones they hold."""

from __future__ import annotations

import re

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from addrsvc.auth.field_devices import list_collectors, list_devices, report_lost
from addrsvc.auth.sessions_web import signed_form
from addrsvc.clock import today
from addrsvc.collection import quality
from addrsvc.db.transaction import transaction
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError
from addrsvc.web.collection_asking import (
    PRIVATE,
    READ,
    clock_of,
    communes_of,
    day_of,
    leader_of,
    refuse,
)
from addrsvc.web.collection_showing import names_of, shown_device, shown_figures
from addrsvc.web.finding import in_time
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.signed_in import look_who, see_other, to_sign_in

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])


@router.api_route("/collection/quality", methods=READ)
async def quality_page(request: Request) -> Response:
    """Show the figures of collectors over some days."""
    try:
        principal = await leader_of(request)
        if principal is None:
            return to_sign_in(request)
        language, asked = page_language(request), request.query_params
        typed = asked.get("commune", "")
        commune = typed if re.fullmatch("[0-9]{5}", typed) else None
        usual = quality.Period.before(day_of(asked.get("to")) or today(clock_of(request)), commune)
        period = quality.Period(day_of(asked.get("from")) or usual.first, usual.last, commune)
        async with in_time(request), transaction(doors_of(request).engine) as conn:
            found = await quality.list_figures(conn, principal, period)
            people = names_of(await list_collectors(conn, principal))
            communes = await communes_of(request, conn, principal)
    except AddrsvcError as error:
        return refuse(request, error)
    return pages_of(request).respond(
        request,
        "collection_quality.html",
        headers=PRIVATE,
        figures=[shown_figures(each, people, language) for each in found],
        communes=communes,
        commune=commune or "",
        first_day=period.first.isoformat(),
        last_day=period.last.isoformat(),
    )


@router.api_route("/collection/devices", methods=READ)
async def devices_page(request: Request) -> Response:
    """Show the phones that work in one's areas."""
    try:
        principal = await leader_of(request)
        if principal is None:
            return to_sign_in(request)
        language, now = page_language(request), clock_of(request).now()
        async with in_time(request), doors_of(request).pool.connection() as conn:
            found = await list_devices(conn, principal)
            people = names_of(await list_collectors(conn, principal))
    except AddrsvcError as error:
        return refuse(request, error)
    return pages_of(request).respond(
        request,
        "collection_devices.html",
        headers=PRIVATE,
        devices=[shown_device(each, people, now, language) for each in found],
    )


@router.post("/collection/devices/{key_id}/lost")
async def device_lost(request: Request, key_id: str) -> Response:
    """Lock a phone that is lost."""
    try:
        session, _ = await signed_form(request)
        async with in_time(request), transaction(doors_of(request).engine) as conn:
            at, kept = clock_of(request).now(), key_id.replace("\x00", "")
            await report_lost(conn, session.principal, kept, at)
    except AddrsvcError as error:
        return refuse(request, error)
    return see_other("/collection/devices")
