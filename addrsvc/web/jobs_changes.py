"""The page of what has changed since for the rows of a job."""

from __future__ import annotations

from typing import Any, Final, cast

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from addrsvc.auth.sessions_web import session_of
from addrsvc.auth.sight import Sight, sight_of
from addrsvc.auth.web import principal_of
from addrsvc.clock import Clock
from addrsvc.codes.code import DigitalCode
from addrsvc.db.transaction import transaction
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError, Language
from addrsvc.file_jobs import service
from addrsvc.file_jobs.changes import RowChange, read_changes
from addrsvc.registry.model import ACT_NAMES, STATUS_NAMES
from addrsvc.settings import Settings
from addrsvc.uploads.receiving import folder_of
from addrsvc.web.finding import in_time
from addrsvc.web.jobs import job_id_of
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.signed_in import look_who, to_sign_in
from addrsvc.wording import moment_words, number_words

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

_LISTED: Final = 200


@router.api_route("/jobs/{job_id}/changes", methods=["GET", "HEAD"])
async def changes_page(request: Request, job_id: str) -> Response:
    """Show the rows whose address was written about since, and how it stands now."""
    if await session_of(request) is None:
        return to_sign_in(request)
    language, doors = page_language(request), doors_of(request)
    settings = cast("Settings", request.app.state.settings)
    clock = cast("Clock", request.app.state.clock)
    asked = request.query_params.get("cursor", "")
    cursor = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else 0
    try:
        principal = await principal_of(request)
        async with in_time(request):
            async with transaction(doors.engine) as conn:
                job = await service.get_done(conn, principal, job_id_of(job_id), clock)
            page = await read_changes(
                doors.pool, principal, job, folder_of(settings), cursor=cursor, limit=_LISTED
            )
    except AddrsvcError as error:
        return pages_of(request).refuse(request, error, typed="", template="refused.html")
    return pages_of(request).respond(
        request,
        "jobs_changes.html",
        headers={"Cache-Control": "private, no-store"},
        job=job,
        changes=[_shown(each, sight_of(principal), language) for each in page.items],
        following=page.next,
        begins=cursor == 0,
    )


def _shown(change: RowChange, sight: Sight, language: Language) -> dict[str, Any]:
    address = change.changed.address
    code = DigitalCode.of(change.code)
    return {
        "line": number_words(change.line, language),
        "code": code.text,
        "printed": code.printed,
        "done": [
            (ACT_NAMES[each.act].in_(language), moment_words(each.recorded_at, language))
            for each in change.changed.done
        ],
        "status": None if address is None else STATUS_NAMES[address.status].in_(language),
        "successors": [
            (each.code, DigitalCode.of(each.code).printed)
            for each in (() if address is None else address.successors)
            if sight.sees_anywhere(each.visibility)
        ],
    }
