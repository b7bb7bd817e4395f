"""Pages of jobs over files: send one, say what its columns are, follow it, take the result.

A file itself goes to the API (``POST /v1/jobs``), sent by a script of the page; all else works
without scripts.
"""

from __future__ import annotations

from typing import Any, Final, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sessions_web import session_of, signed_form
from addrsvc.auth.web import principal_of
from addrsvc.clock import Clock
from addrsvc.db.transaction import transaction
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError, Language, problem_shown
from addrsvc.file_jobs import service
from addrsvc.file_jobs.expiring import delete_files
from addrsvc.file_jobs.model import RESULT_FORMATS, STATE_NAMES, FileJob
from addrsvc.file_jobs.progress import Standing, list_standings
from addrsvc.problems import RouteUnknown
from addrsvc.settings import Settings
from addrsvc.tabular.sources import SUFFIXES
from addrsvc.web.finding import in_time
from addrsvc.web.jobs_showing import (
    MOVING,
    count_name,
    receipt_of,
    shown_job,
    shown_roles,
    size_words,
)
from addrsvc.web.jobs_words import COUNT_NAMES, FORMAT_NAMES, KIND_TITLES
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.signed_in import look_who, see_other, to_sign_in
from addrsvc.web.words import words

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

_READ: Final = ["GET", "HEAD"]
_PRIVATE: Final = {"Cache-Control": "private, no-store"}
_LISTED: Final = 50


@router.api_route("/jobs", methods=_READ)
async def jobs_page(request: Request) -> Response:
    """Take a file, and list those sent before; who is not signed in, is led to sign in."""
    language, settings = page_language(request), cast("Settings", request.app.state.settings)
    if await session_of(request) is None:
        return to_sign_in(request)
    try:
        principal = await _permitted(request)
        before = request.query_params.get("before")
        async with in_time(request), transaction(doors_of(request).engine) as conn:
            found = await service.list_jobs(
                conn,
                principal,
                before=None if before is None else job_id_of(before),
                limit=_LISTED + 1,
            )
    except AddrsvcError as error:
        return _refuse(request, error)
    now = _clock_of(request).now()
    return pages_of(request).respond(
        request,
        "jobs.html",
        headers=_PRIVATE,
        kinds=[
            {"id": kind.value, "title": title.in_(language)}
            for kind, title in KIND_TITLES.items()
            if service.scope_of(kind) in principal.scopes
        ],
        formats={each: FORMAT_NAMES[each].in_(language) for each in RESULT_FORMATS},
        accepted=",".join(sorted(SUFFIXES)),
        max_bytes=settings.file_max_bytes,
        max_size=size_words(settings.file_max_bytes, language),
        jobs=[shown_job(Standing(each), now, language) for each in found[:_LISTED]],
        older=found[_LISTED - 1].job_id if len(found) > _LISTED else None,
    )


@router.api_route("/jobs/{job_id}", methods=_READ)
async def job_page(request: Request, job_id: str) -> Response:
    """Show one job as far as it has come, and what its owner can do next."""
    language, clock = page_language(request), _clock_of(request)
    if await session_of(request) is None:
        return to_sign_in(request)
    try:
        principal = await _permitted(request)
        async with in_time(request), transaction(doors_of(request).engine) as conn:
            job = await service.get_job(conn, principal, job_id_of(job_id))
            (standing,) = await list_standings(conn, [job], request.app.state.settings, clock)
    except AddrsvcError as error:
        return _refuse(request, error)
    shown: dict[str, Any] = {
        "job": shown_job(standing, clock.now(), language),
        "problem": None if job.problem is None else problem_shown(job.problem, language),
        "live_words": _live_words(language),
        "receipt": receipt_of(job, language),
        **_columns(job, language),
    }
    return pages_of(request).respond(request, "jobs_one.html", headers=_PRIVATE, **shown)


@router.post("/jobs/{job_id}/{act}")
async def steer(request: Request, job_id: str, act: str) -> Response:
    """Do what a button of the page says, then show the page again."""
    clock = _clock_of(request)
    try:
        session, form = await signed_form(request)
        principal, number = session.principal, job_id_of(job_id)
        async with in_time(request), transaction(doors_of(request).engine) as conn:
            if act == "start":
                job = await service.get_job(conn, principal, number)
                chosen = _chosen(job, form)
                service.check_columns(job.kind, chosen, guessed={})  # none is no choice
                await service.start_job(conn, principal, number, chosen, clock)
            elif act == "cancel":
                await service.cancel_job(conn, principal, number, clock)
            elif act == "forget":
                await service.forget_files(conn, principal, number, clock)
            else:
                raise RouteUnknown
        if act != "start":
            await _delete_files(request, number)
    except AddrsvcError as error:
        return _refuse(request, error)
    return see_other(f"/jobs/{number}")


async def _delete_files(request: Request, job_id: UUID) -> None:
    """Delete what is due now; what cannot be, goes by itself later."""
    settings = cast("Settings", request.app.state.settings)
    if settings.files_dir is not None:
        engine = doors_of(request).engine
        await delete_files(engine, settings.files_dir, job_id, _clock_of(request))


async def _permitted(request: Request) -> Principal:
    """Give who asks, if some kind of job is for them.

    Raises:
        ScopeMissing: none is.
        RateLimited: asked for too often.
    """
    principal = await principal_of(request)
    if Scope.DOSSIERS_WRITE not in principal.scopes:
        principal.require(Scope.ADDRESSES_READ)
    return principal


def _refuse(request: Request, error: AddrsvcError) -> Response:
    return pages_of(request).refuse(request, error, typed="", template="refused.html")


def job_id_of(text: str) -> UUID:
    """Read the id of a job in a path.

    Raises:
        RouteUnknown: it is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise RouteUnknown from None


def _clock_of(request: Request) -> Clock:
    return cast("Clock", request.app.state.clock)


def _columns(job: FileJob, language: Language) -> dict[str, Any]:
    """Give what is shown of a file whose columns are to be chosen."""
    found = job.found or {}
    return {
        "roles": shown_roles(job, language),
        "columns": found.get("columns", []),
        "rows": found.get("rows", []),
        "encoding": str(found.get("encoding") or "").upper().removesuffix("-SIG"),
    }


def _chosen(job: FileJob, form: dict[str, str]) -> dict[str, str]:
    """Give role and column as chosen: a form has columns by place, as names may be anything."""
    columns = (job.found or {}).get("columns", [])
    chosen = {}
    for name, place in form.items():
        kind, _, role = name.partition(".")
        if kind == "role":  # one left open means no column, whatever would be guessed
            is_chosen = place in map(str, range(len(columns)))
            chosen[role] = columns[int(place)] if is_chosen else ""
    return chosen


def _live_words(language: Language) -> dict[str, Any]:
    """Give what a script says while it follows a job."""
    say = words(language)
    return {
        "rows": say.job_rows_of,
        "rate": say.job_rate_value,
        "seconds": say.job_seconds,
        "minutes": say.job_minutes,
        "hours": say.job_hours,
        "ahead": say.job_ahead,
        "counts": {each: count_name(each, language) for each in COUNT_NAMES},
        "states": {each.value: STATE_NAMES[each].in_(language) for each in MOVING},
    }
