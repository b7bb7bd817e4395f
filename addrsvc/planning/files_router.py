"""HTTP routes of files of drafts: sent, looked at, their zones stored. For planners only."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.responses import JSONResponse

from addrsvc.auth.web import NO_STORE, Caller
from addrsvc.db.idempotency import Answer
from addrsvc.db.rows import Connection
from addrsvc.db.transaction import transaction
from addrsvc.db.web import AnyTimeConn, AppClock, AppSettings, doors_of
from addrsvc.planning import plan_files
from addrsvc.planning.file_schemas import (
    WITH_WORKER,
    StoreIn,
    asked_of_file,
    file_line,
    file_out,
)
from addrsvc.planning.files.report_json import marks_geojson
from addrsvc.planning.plan_files import PlanFile
from addrsvc.planning.router import PlanId
from addrsvc.planning.uploading import Asked, take_file
from addrsvc.problems import language_of
from addrsvc.queue.presence import count_file_workers
from addrsvc.registry.writing import IdempotencyKey, Write
from addrsvc.settings import Settings
from addrsvc.uploads.bodies import sent_by
from addrsvc.uploads.receiving import folder_of

router = APIRouter(prefix="/v1/plans/{plan_id}/files", tags=["plans"])

_FILE: Final = {"schema": {"type": "string", "format": "binary"}}

FileId = Annotated[UUID, Path(description="``file_id`` of a file of this plan")]


@router.post(
    "",
    status_code=201,
    summary="Send a file of zones for a draft",
    openapi_extra={
        "requestBody": {
            "description": "the file itself",
            "required": True,
            "content": {"application/octet-stream": _FILE},
        }
    },
    response_class=JSONResponse,
)
async def send_file(
    plan_id: PlanId,
    request: Request,
    caller: Caller,
    asked: Annotated[Asked, Depends(asked_of_file)],
    settings: AppSettings,
    clock: AppClock,
    idempotency_key: Annotated[
        str | None, Header(description="repeat a request safely; a UUID, say")
    ] = None,
) -> Response:
    """Send a file as the body, as it is: ``curl --data-binary @quy-hoach.gpkg``.

    A worker checks it; nothing is stored by that. Ask for the file until ``state`` is ``checked``
    or ``refused``, look at its report and marks, then ``:store``.
    """
    engine = doors_of(request).engine
    sent = sent_by(request, idempotency_key)
    file_id, is_new = await take_file(engine, caller, asked, sent, settings, clock)
    async with transaction(engine) as conn:
        file = await plan_files.get_file(conn, caller, plan_id, file_id)
        body = file_out(file, language_of(request), workers=await _workers(conn, file, settings))
    headers = {"Location": f"/v1/plans/{plan_id}/files/{file_id}", **NO_STORE}
    if not is_new:
        headers["Idempotency-Replayed"] = "true"
    return Response(orjson.dumps(body), 201, headers, media_type="application/json")


@router.get("", summary="Files of a draft")
async def list_files(
    plan_id: PlanId, request: Request, response: Response, conn: AnyTimeConn, caller: Caller
) -> dict[str, Any]:
    """Give the files sent for a plan, the latest first, without their reports."""
    found = await plan_files.list_files(conn, caller, plan_id)
    response.headers.update(NO_STORE)
    language = language_of(request)
    return {"items": [file_line(each, language) for each in found]}


@router.get("/{file_id}", summary="One file, and what was found in it")
async def get_file(
    plan_id: PlanId,
    file_id: FileId,
    request: Request,
    response: Response,
    conn: AnyTimeConn,
    caller: Caller,
    settings: AppSettings,
) -> dict[str, Any]:
    """Give how far a file is, and its report: layer, system, codes, faults, repairs proposed."""
    file = await plan_files.get_file(conn, caller, plan_id, file_id)
    response.headers.update(NO_STORE)
    return file_out(file, language_of(request), workers=await _workers(conn, file, settings))


@router.get(
    "/{file_id}/marks",
    summary="Where a file is wrong, as GeoJSON",
    response_class=Response,
    responses={200: {"content": {"application/geo+json": {}}}},
)
async def list_marks(
    plan_id: PlanId,
    file_id: FileId,
    conn: AnyTimeConn,
    caller: Caller,
    settings: AppSettings,
) -> Response:
    """Give the largest of each fault, and the repairs proposed, as they would be drawn."""
    file = await plan_files.get_file(conn, caller, plan_id, file_id)
    files_dir = folder_of(settings)

    def told() -> bytes:
        return orjson.dumps(marks_geojson(plan_files.read_report(file, files_dir)))

    body = await asyncio.to_thread(told)
    return Response(body, headers=NO_STORE, media_type="application/geo+json")


@router.post("/{file_id}:store", status_code=202, summary="Store the zones of a checked file")
async def store_file(
    plan_id: PlanId,
    file_id: FileId,
    said: StoreIn,
    write: Write,
    settings: AppSettings,
    _: IdempotencyKey = None,
) -> Response:
    """Have a worker store the zones in place of those the draft has: all of them, or nothing.

    Ask for the file until ``state`` is ``stored``; where it is ``checked`` again, ``problem``
    says why, and the draft is as before.
    """

    async def work() -> Answer:
        file = await plan_files.store_file(
            write.conn,
            write.caller,
            plan_id,
            file_id,
            said.to_accepted(),
            write.clock,
            leave_out=said.leave_out,
        )
        workers = await _workers(write.conn, file, settings)
        told = file_line(file, language_of(write.request), workers=workers)
        return Answer(202, {}, orjson.dumps(told))

    return await write.answer(work)


async def _workers(conn: Connection, file: PlanFile, settings: Settings) -> int | None:
    """Give how many processes take files, where one has to; None: none has to."""
    if file.state not in WITH_WORKER:
        return None
    return await count_file_workers(conn, stalled_s=settings.worker_stalled_s)
