"""HTTP routes of acts over thousands of addresses: plan, preview, run, undo."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Path, Query, Request, Response

from addrsvc.auth.model import Scope
from addrsvc.auth.web import Caller
from addrsvc.db.idempotency import Answer
from addrsvc.db.web import AppClock, AppSettings, ReadDoor, WriteConn, doors_of
from addrsvc.problems import language_of
from addrsvc.registry.bulk_acts import acts, planning
from addrsvc.registry.bulk_acts.engine import Progress, Runner, Undoer
from addrsvc.registry.bulk_acts.preview import preview_act
from addrsvc.registry.bulk_acts.schemas import (
    PlanIn,
    RevertIn,
    bulk_act_out,
    left_out,
    preview_out,
    progress_out,
)
from addrsvc.registry.bulk_acts.undecided import list_undecided
from addrsvc.registry.writing import IdempotencyKey, Write

router = APIRouter(prefix="/v1/acts", tags=["acts"])

ActId = Annotated[int, Path(ge=1, lt=2**62)]

_LAST: Final = 2**62
_STEP: Final = 500
"""Addresses in one transaction of a request."""
_SHARE_OF_DEADLINE: Final = 0.4
"""A request stops beginning chunks after this part of its time."""


@router.post("", status_code=201, summary="Plan a bulk act")
async def plan(command: PlanIn, writing: Write, _: IdempotencyKey = None) -> Response:
    """Check it against the registers and record it; nothing changes until it is run."""

    async def work() -> Answer:
        writing.caller.require(Scope.ACTS_WRITE)
        act = await planning.plan_act(
            writing.conn,
            writing.caller,
            await command.spec(writing.conn),
            writing.clock,
            day=command.on,
            instrument=command.instrument.to_model(),
            reason=command.reason,
        )
        body = bulk_act_out(act, language_of(writing.request))
        return Answer(201, {"Location": f"/v1/acts/{act.act_id}"}, orjson.dumps(body))

    return await writing.answer(work)


@router.get("", summary="Bulk acts, latest first")
async def list_acts(
    request: Request,
    pool: ReadDoor,
    caller: Caller,
    before: Annotated[int, Query(ge=1, le=_LAST, description="``next`` of the last page")] = _LAST,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """List them with their counts, a page at a time."""
    async with pool.connection() as conn:
        found = await acts.list_acts(conn, caller, before=before, limit=limit)
    following = found[-1].act_id if len(found) == limit else None
    language = language_of(request)
    return {"items": [bulk_act_out(each, language) for each in found], "next": following}


@router.get("/{act_id}/preview", summary="What a bulk act would do")
async def preview(
    act_id: ActId,
    request: Request,
    conn: WriteConn,
    caller: Caller,
    *,
    limit: Annotated[int, Query(ge=1, le=20_000, description="most addresses to examine")] = 5_000,
    with_map: Annotated[bool, Query(description="with points as GeoJSON")] = False,
) -> dict[str, Any]:
    """Examine addresses in order of identity; nothing is changed.

    Where ``examined`` is less than ``to_look_at``, the counts are of the first ones: the command
    ``addrsvc acts preview`` examines all.
    """
    made = await preview_act(conn, caller, act_id, limit=limit)
    return preview_out(made, language_of(request), with_map=with_map)


@router.get("/{act_id}/undecided", summary="Addresses a bulk act left for a person")
async def undecided(
    act_id: ActId,
    request: Request,
    pool: ReadDoor,
    caller: Caller,
    after: Annotated[int, Query(ge=0, lt=_LAST, description="``next`` of the last page")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> dict[str, Any]:
    """Give them with the reason and the communes they may be in, a page at a time."""
    async with pool.connection() as conn:
        found = await list_undecided(conn, caller, act_id, after=after, limit=limit)
    following = found[-1].address_id if len(found) == limit else None
    language = language_of(request)
    return {"items": [left_out(each, language) for each in found], "next": following}


@router.post("/{act_id}:run", summary="Run a bulk act, as far as a request goes")
async def run(
    act_id: ActId, request: Request, caller: Caller, clock: AppClock, settings: AppSettings
) -> dict[str, Any]:
    """Settle what a request has time for; call again until ``done``.

    Each chunk is a transaction of its own, so an answer that is lost loses nothing.
    """
    runner = Runner(doors_of(request).engine, caller, clock, act_id)
    return await _go_on(lambda: runner.chunk(_STEP), settings.request_deadline_s)


@router.post("/{act_id}:revert", summary="Undo a bulk act, as far as a request goes")
async def revert(
    act_id: ActId,
    command: RevertIn,
    request: Request,
    caller: Caller,
    clock: AppClock,
    settings: AppSettings,
) -> dict[str, Any]:
    """Begin or go on undoing an act as one act; call again until ``done``."""
    undoer = Undoer(doors_of(request).engine, caller, clock, act_id)
    undo_id = await undoer.begin(command.reason, leave_changed=command.leave_changed)
    return await _go_on(lambda: undoer.chunk(undo_id, _STEP), settings.request_deadline_s)


@router.post("/{act_id}:cancel", summary="Give up a bulk act that was not begun")
async def cancel(act_id: ActId, writing: Write, _: IdempotencyKey = None) -> Response:
    """Keep it on record as cancelled."""

    async def work() -> Answer:
        act = await planning.cancel_act(writing.conn, writing.caller, act_id, writing.clock)
        return Answer(200, {}, orjson.dumps(bulk_act_out(act, language_of(writing.request))))

    return await writing.answer(work)


async def _go_on(chunk: Callable[[], Awaitable[Progress]], deadline_s: float) -> dict[str, Any]:
    """Do chunk after chunk while there is time."""
    begun = time.monotonic()
    progress = await chunk()
    while not progress.done and time.monotonic() - begun < deadline_s * _SHARE_OF_DEADLINE:
        progress = await chunk()
    return progress_out(progress)
