"""HTTP routes of jobs over files: sent, followed, started, ended, their results taken.

A job is its owner's alone. Rows are read on the write door: readers of the register have no right
to what people send.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from pathlib import Path as FilePath
from typing import Annotated, Any, Final, cast
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.auth.credentials import read_credentials
from addrsvc.auth.model import Principal
from addrsvc.auth.web import Caller
from addrsvc.db.transaction import transaction
from addrsvc.db.web import AnyTimeConn, AppClock, AppSettings, WriteConn, doors_of
from addrsvc.errors import AddrsvcError, Language
from addrsvc.events.streaming import Streamed
from addrsvc.events.watching import Slots
from addrsvc.file_jobs import service
from addrsvc.file_jobs.changes import PAGE_LIMIT, read_changes
from addrsvc.file_jobs.errors import FilesExpired
from addrsvc.file_jobs.expiring import delete_files
from addrsvc.file_jobs.model import FileJob
from addrsvc.file_jobs.progress import ProgressWatch, Standing, list_standings
from addrsvc.file_jobs.receiving import take_file
from addrsvc.file_jobs.schemas import (
    MEDIA_TYPES,
    StartIn,
    asked_for,
    change_out,
    job_line,
    job_out,
    progress_out,
)
from addrsvc.file_jobs.service import Asked
from addrsvc.problems import language_of
from addrsvc.uploads.bodies import sent_by
from addrsvc.uploads.receiving import folder_of

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

HEARTBEAT_S: Final = 15.0
"""So often a stream says that it lives, and asks anew whether its reader may have it."""

_OVER: Final = "over"
"""Id of the last event of a stream."""
_STREAM: Final = "text/event-stream"
_FILE: Final = {"schema": {"type": "string", "format": "binary"}}


AskedFor = Annotated[Asked, Depends(asked_for)]


@router.post(
    "",
    status_code=201,
    summary="Send a file to have something done with every row",
    openapi_extra={
        "requestBody": {
            "description": "the file itself",
            "required": True,
            "content": {"application/octet-stream": _FILE},
        }
    },
    response_class=JSONResponse,
)
async def create_job(
    request: Request,
    caller: Caller,
    asked: AskedFor,
    settings: AppSettings,
    clock: AppClock,
    idempotency_key: Annotated[
        str | None, Header(description="repeat a request safely; a UUID, say")
    ] = None,
) -> Response:
    """Send a file as the body, as it is: ``curl --data-binary @ho-so.csv``. It may be 1 GB.

    ``kind``: ``geocode``, ``reverse``, ``validate``, ``convert`` (old communes to new), ``check``
    (codes), ``planning`` (what plans say of codes or points) or ``dossiers``. Columns are guessed
    from their names and first rows; say others with ``column=role:name``. Where one that is needed
    cannot be told, or with ``start=false``, the job waits for ``:start``. Every row comes back, in
    order, with all its columns and what was found behind them. Follow ``links.progress``; files are
    deleted at ``expires_at``.
    """
    engine = doors_of(request).engine
    sent = sent_by(request, idempotency_key)
    job_id, is_new = await take_file(engine, caller, asked, sent, settings, clock)
    async with transaction(engine) as conn:
        job = await service.get_job(conn, caller, job_id)
        body = await _told(conn, job, request)
    headers = {"Location": f"/v1/jobs/{job_id}", "Cache-Control": "no-store"}
    if not is_new:
        headers["Idempotency-Replayed"] = "true"
    return JSONResponse(body, 201, headers)


@router.get("", summary="One's own jobs")
async def list_jobs(
    request: Request,
    conn: AnyTimeConn,
    caller: Caller,
    *,
    cursor: Annotated[UUID | None, Query(description="``next`` of the last page")] = None,
    limit: Annotated[int, Query(ge=1, le=service.PAGE_LIMIT)] = 50,
) -> dict[str, Any]:
    """Give jobs, the latest first, also those whose files are gone."""
    found = await service.list_jobs(conn, caller, before=cursor, limit=limit)
    language = language_of(request)
    following = str(found[-1].job_id) if len(found) == limit else None
    return {"items": [job_line(each, language) for each in found], "next": following}


@router.get("/{job_id}", summary="One job: how it goes, and its receipt")
async def get_job(
    job_id: UUID, request: Request, response: Response, conn: AnyTimeConn, caller: Caller
) -> dict[str, Any]:
    """Give how far it is, what was found in the file, and once it is over its receipt.

    The receipt stays when the files are gone: rows by what became of them, SHA-256 of file and
    result, and the events between which the data were read.
    """
    response.headers["Cache-Control"] = "no-store"
    return await _told(conn, await service.get_job(conn, caller, job_id), request)


@router.post("/{job_id}:start", summary="Say which columns mean what, and begin")
async def start_job(
    job_id: UUID,
    chosen: StartIn,
    request: Request,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
) -> dict[str, Any]:
    """Begin a job that waits for its columns; without any, with those that were guessed."""
    job = await service.start_job(conn, caller, job_id, chosen.columns, clock)
    return await _told(conn, job, request)


@router.post("/{job_id}:cancel", summary="End a job")
async def cancel_job(
    job_id: UUID, request: Request, caller: Caller, clock: AppClock, settings: AppSettings
) -> dict[str, Any]:
    """End a job that is not over and delete its files; may be repeated. The receipt stays."""
    engine = doors_of(request).engine
    async with transaction(engine) as conn:
        job = await service.cancel_job(conn, caller, job_id, clock)
    return await _deleted(request, job, caller, settings.files_dir, clock)


@router.delete("/{job_id}", summary="Delete the files of a job that is over")
async def forget_files(
    job_id: UUID, request: Request, caller: Caller, clock: AppClock, settings: AppSettings
) -> dict[str, Any]:
    """Delete the file sent and the result before their time; the receipt stays."""
    engine = doors_of(request).engine
    async with transaction(engine) as conn:
        job = await service.forget_files(conn, caller, job_id, clock)
    return await _deleted(request, job, caller, settings.files_dir, clock)


@router.get(
    "/{job_id}/result",
    summary="The result of a job",
    response_class=FileResponse,
    responses={200: {"content": {each.partition(";")[0]: _FILE for each in MEDIA_TYPES.values()}}},
)
async def get_result(
    job_id: UUID, request: Request, caller: Caller, clock: AppClock, settings: AppSettings
) -> Response:
    """Give the file, whole or a range of it; its ETag is the SHA-256 the receipt names."""
    async with transaction(doors_of(request).engine) as conn:
        job = await service.get_done(conn, caller, job_id, clock)
        await service.note_download(conn, caller, job, clock)
    path = service.result_of(job, folder_of(settings))
    try:
        stat = await asyncio.to_thread(path.stat)
    except FileNotFoundError:
        raise FilesExpired from None
    return FileResponse(
        path,
        headers={
            "ETag": f'"{job.result_sha256}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
        media_type=MEDIA_TYPES[job.options["result"]],
        filename=job.result_name,
        stat_result=stat,
    )


@router.get("/{job_id}/changes", summary="What has changed since for the rows of a job")
async def list_changes(
    job_id: UUID,
    request: Request,
    caller: Caller,
    clock: AppClock,
    settings: AppSettings,
    *,
    cursor: Annotated[int, Query(ge=0, lt=2**62, description="``next`` of the last page")] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 200,
) -> dict[str, Any]:
    """Give the rows whose answer named a registered address that was written about since.

    ``line`` is that of the file sent; ``address`` is how the code stands now, with what took its
    place; none: it is not yours to see any more. A page may be empty and ``next`` go on all the
    same, for only some rows are looked at for each. What happened while the job ran, or shortly
    before, is told too and may be in the answers already: ``may_be_in_answers``. Rows answered
    without a registered address have nothing that could change here.
    """
    doors = doors_of(request)
    async with transaction(doors.engine) as conn:
        job = await service.get_done(conn, caller, job_id, clock)
    page = await read_changes(
        doors.pool, caller, job, folder_of(settings), cursor=cursor, limit=limit
    )
    language = language_of(request)
    items = [change_out(each, job, caller, language) for each in page.items]
    return {"items": items, "next": page.next, "event_last": job.event_last}


@router.get(
    "/{job_id}/progress",
    summary="Follow a job, as server-sent events",
    response_class=Response,
    responses={200: {"content": {_STREAM: {"schema": {"type": "string"}}}}, 204: {}},
)
async def follow_job(
    job_id: UUID,
    request: Request,
    conn: AnyTimeConn,
    caller: Caller,
    last_event_id: Annotated[str | None, Header(max_length=40)] = None,
) -> Response:
    """Give an event ``progress`` whenever numbers change, twice a second at most.

    The last one, of a job that is over, has the id ``over``; who comes back with it is told to
    stay away (204). Every 15 seconds without an event there is a comment.
    """
    job = await service.get_job(conn, caller, job_id)
    if job.state.is_over and last_event_id == _OVER:
        return Response(None, 204)
    (standing,) = await _standings(conn, job, request)
    held = AsyncExitStack()
    held.enter_context(cast("Slots", request.app.state.job_streams).taken())
    headers = {"X-Accel-Buffering": "no"}  # a proxy before us is not to gather what is sent
    return Streamed(_events(request, standing), held, media_type=_STREAM, headers=headers)


async def _events(request: Request, standing: Standing) -> AsyncGenerator[bytes]:
    """Give how a job stands, then what changes, until it is over, the process ends or the key."""
    watch = cast("ProgressWatch", request.app.state.progress_watch)
    language, now = language_of(request), asyncio.get_running_loop().time
    job_id = standing.job.job_id
    yield b"retry: 2000\n\n" + _event(standing, language)
    heard_at = now()
    with watch.watching(job_id):
        while not standing.job.state.is_over:
            try:
                found = await watch.look(job_id)
            except TimeoutError:
                found = standing  # the database is away: the watcher asks again
            if watch.is_ending or found is None:
                return
            if found.told != standing.told:
                standing = found
                yield _event(standing, language)
            elif now() >= heard_at + HEARTBEAT_S:
                try:
                    await read_credentials(request)
                except AddrsvcError:
                    return  # the key has ended: who comes back is told
                heard_at = now()
                yield b": \n\n"


def _event(standing: Standing, language: Language) -> bytes:
    """Source: HTML Living Standard, section 9.2."""
    number = _OVER if standing.job.state.is_over else str(standing.job.rows_done)
    told = orjson.dumps(progress_out(standing, language))
    return b"id: %b\nevent: progress\ndata: %b\n\n" % (number.encode(), told)


async def _told(conn: AsyncConnection, job: FileJob, request: Request) -> dict[str, Any]:
    (standing,) = await _standings(conn, job, request)
    return job_out(standing, language_of(request))


async def _standings(conn: AsyncConnection, job: FileJob, request: Request) -> list[Standing]:
    state = request.app.state
    return await list_standings(conn, [job], state.settings, state.clock)


async def _deleted(
    request: Request,
    job: FileJob,
    caller: Principal,
    files_dir: FilePath | None,
    clock: AppClock,
) -> dict[str, Any]:
    engine: AsyncEngine = doors_of(request).engine
    if job.files_gone_at is None and files_dir is not None:
        await delete_files(engine, files_dir, job.job_id, clock)
    async with transaction(engine) as conn:
        return await _told(conn, await service.get_job(conn, caller, job.job_id), request)
