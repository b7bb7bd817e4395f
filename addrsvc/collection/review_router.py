"""HTTP routes of supervisors: records listed, looked at and decided; the desk does the same."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal
from addrsvc.auth.web import NO_STORE, Caller
from addrsvc.collection import reviewing
from addrsvc.collection.model import Act, State, Submission, Waits
from addrsvc.collection.review_schemas import (
    AcceptIn,
    RefuseIn,
    SendBackIn,
    look_out,
    submission_out,
)
from addrsvc.collection.submissions import PAGE_LIMIT, Listed, list_submissions
from addrsvc.db.web import AnyTimeConn, AppClock, WriteConn
from addrsvc.problems import language_of
from addrsvc.registry.writing import IfMatch, expected_version

router = APIRouter(prefix="/v1/collection/submissions", tags=["collection"])

RecordId = Annotated[UUID, Path(description="id of the record")]


@router.get("", summary="Records of collectors, the newest first")
async def list_records(
    request: Request,
    response: Response,
    conn: AnyTimeConn,
    caller: Caller,
    *,
    state: State | None = None,
    waits_for: Waits | None = None,
    act: Act | None = None,
    commune: Annotated[str | None, Query(pattern=r"^[0-9]{5}$", examples=["25747"])] = None,
    task: UUID | None = None,
    device: Annotated[
        str | None, Query(max_length=80, pattern=r"^[^\x00]*$", description="id of its key")
    ] = None,
    before: Annotated[UUID | None, Query(description="``next`` of the last page")] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50,
) -> dict[str, Any]:
    """Give records of one's areas as they stand; see each one for what was collected."""
    wanted = Listed(state, waits_for, commune, task, device, act)
    page, following = await list_submissions(conn, caller, wanted, before=before, limit=limit)
    response.headers.update(NO_STORE)
    language = language_of(request)
    return {"items": [submission_out(each, language) for each in page], "next": following}


@router.get("/{record}", summary="A record, with all that is needed to decide")
async def get_record(
    record: RecordId, request: Request, response: Response, conn: AnyTimeConn, caller: Caller
) -> dict[str, Any]:
    """Give what was sent, beside what the register says now, field by field, and what was found."""
    look = await reviewing.get_look(conn, caller, record)
    response.headers.update({**NO_STORE, "ETag": _etag(look.submission)})
    return look_out(look, caller, language_of(request))


@router.post("/{record}:accept", summary="Accept a record")
async def accept(
    record: RecordId,
    said: AcceptIn,
    request: Request,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    if_match: IfMatch = None,
) -> Response:
    """Do in the register what the record says, with ``values`` in place of what was collected.

    A field that the register and the collector both changed must be among them.
    """
    version = await _version(conn, caller, record, if_match)
    done = await reviewing.accept(
        conn,
        caller,
        record,
        version,
        values=said.values.to_values(),
        distinct_because=said.distinct_because,
        address_version=said.address_version,
        clock=clock,
    )
    return _answer(done, request)


@router.post("/{record}:send-back", summary="Send a record back to its collector")
async def send_back(
    record: RecordId,
    said: SendBackIn,
    request: Request,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    if_match: IfMatch = None,
) -> Response:
    """Ask the collector for something; the note reaches the device with its receipts."""
    version = await _version(conn, caller, record, if_match)
    done = await reviewing.send_back(conn, caller, record, version, said.note, clock)
    return _answer(done, request)


@router.post("/{record}:refuse", summary="Refuse a record")
async def refuse(
    record: RecordId,
    said: RefuseIn,
    request: Request,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    if_match: IfMatch = None,
) -> Response:
    """Decide that nothing comes of it, unless its collector sends it anew."""
    version = await _version(conn, caller, record, if_match)
    done = await reviewing.refuse(conn, caller, record, version, said.note, clock)
    return _answer(done, request)


@router.post("/{record}:reopen", summary="Take a decision about a record back")
async def reopen(
    record: RecordId,
    request: Request,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    if_match: IfMatch = None,
) -> Response:
    """Let it wait for review again; refused where it wrote the register, undone at the address."""
    version = await _version(conn, caller, record, if_match)
    return _answer(await reviewing.reopen(conn, caller, record, version, clock), request)


async def _version(
    conn: AsyncConnection, caller: Principal, record: UUID, if_match: str | None
) -> int:
    """Give the version decided on: the one named, of ``*`` the present one."""
    version = expected_version(if_match)
    if version is None:
        version = (await reviewing.get_look(conn, caller, record)).submission.version
    return version


def _answer(submission: Submission, request: Request) -> Response:
    body = submission_out(submission, language_of(request))
    headers = {**NO_STORE, "ETag": _etag(submission)}
    return Response(orjson.dumps(body), headers=headers, media_type="application/json")


def _etag(submission: Submission) -> str:
    return f'"{submission.version}"'
