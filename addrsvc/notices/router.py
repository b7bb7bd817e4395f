"""HTTP routes of notices and plates: for who may write addresses, within their areas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from addrsvc.auth.model import Scope
from addrsvc.auth.web import NO_STORE, Caller
from addrsvc.clock import today
from addrsvc.db.idempotency import Answer
from addrsvc.db.web import AppClock, AppSettings, ReadDoor, longer_deadline, origin_of
from addrsvc.notices import service
from addrsvc.notices.marking import mark, take_back
from addrsvc.notices.model import Marked
from addrsvc.notices.schemas import (
    BatchIn,
    MarkIn,
    TakeBackIn,
    batch_out,
    count_out,
    done_out,
    marked_out,
)
from addrsvc.notices.sheets import print_letters, print_plates
from addrsvc.paper.plate import PlateSize
from addrsvc.problems import language_of
from addrsvc.registry.writing import IdempotencyKey, Write

router = APIRouter(prefix="/v1/notices", tags=["notices"])

_PDF: Final = "application/pdf"
_PAGES: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {_PDF: {}}}}
_PRINTING_S: Final = 60

BatchId = Annotated[int, Path(ge=1, lt=2**62, examples=[12])]
Part = Annotated[int, Query(ge=1, le=1_000, description="of those the batch is printed in")]


@router.get("/counts", summary="How far communes are with notices and plates")
async def counts(pool: ReadDoor, caller: Caller) -> dict[str, Any]:
    """Give addresses in use, notified, with a plate, and visited where nobody is told yet.

    Per commune within one's areas.
    """
    caller.require(Scope.ADDRESSES_READ)
    async with pool.connection() as conn:
        return {"items": [count_out(each) for each in await service.counts(conn, caller)]}


@router.post("/batches", status_code=201, summary="Prepare plates and letters for an area")
async def prepare(asked: BatchIn, write: Write, _: IdempotencyKey = None) -> Response:
    """Choose the addresses in use of a commune, a locality of it, or a list of codes.

    They are printed in parts, in the order one walks; what is printed is what the register says
    then. Nothing names a person.
    """

    async def work() -> Answer:
        batch = await service.prepare(write.conn, write.caller, asked.to_wanted(), write.clock)
        headers = {"Location": f"/v1/notices/batches/{batch.batch_id}"}
        return Answer(201, headers, orjson.dumps(batch_out(batch)))

    return await write.answer(work)


@router.get("/batches", summary="Batches of plates and letters")
async def batches(
    pool: ReadDoor,
    caller: Caller,
    *,
    before: Annotated[int, Query(ge=1, lt=2**62, description="``next`` of the last page")] = 2**61,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> dict[str, Any]:
    """Give batches that lie within one's areas, the newest first."""
    async with pool.connection() as conn:
        found = await service.list_batches(conn, caller, before=before, limit=limit + 1)
    is_more = len(found) > limit
    return {
        "items": [batch_out(each) for each in found[:limit]],
        "next": found[limit - 1].batch_id if is_more else None,
    }


@router.get("/batches/{batch_id}", summary="One batch")
async def one_batch(batch_id: BatchId, pool: ReadDoor, caller: Caller) -> dict[str, Any]:
    """Give a batch and where its parts are printed."""
    async with pool.connection() as conn:
        return batch_out(await service.get_batch(conn, caller, batch_id))


@router.get("/batches/{batch_id}/addresses", summary="What was done at the addresses of a batch")
async def batch_addresses(
    batch_id: BatchId,
    pool: ReadDoor,
    caller: Caller,
    *,
    after: Annotated[int, Query(ge=0, lt=2**31, description="``next`` of the last page")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> dict[str, Any]:
    """Give each address of a batch, in order, with the days it was notified and got its plate."""
    async with pool.connection() as conn:
        done, following = await service.list_done(conn, caller, batch_id, after=after, limit=limit)
    return {"items": [done_out(each) for each in done], "next": following}


@router.get(
    "/batches/{batch_id}/plates",
    summary="Print plates of a batch (PDF)",
    responses=_PAGES,
    response_class=Response,
    dependencies=[longer_deadline(_PRINTING_S)],
)
async def plates(
    batch_id: BatchId,
    request: Request,
    pool: ReadDoor,
    caller: Caller,
    settings: AppSettings,
    *,
    part: Part = 1,
    size: Annotated[
        PlateSize, Query(description="200 × 150, 150 × 100 or 90 × 60 mm")
    ] = PlateSize.SMALL,
) -> Response:
    """Give one part of the plates on A4 sheets, as many on each as fit, with marks to cut by."""
    async with pool.connection() as conn:
        _, found = await service.read_part(conn, caller, batch_id, part)
    pdf = await run_in_threadpool(print_plates, found, origin_of(request), size, settings.npm_dir)
    return _file(pdf, f"bien-{batch_id}-{part}")


@router.get(
    "/batches/{batch_id}/letters",
    summary="Print letters of a batch (PDF)",
    responses=_PAGES,
    response_class=Response,
    dependencies=[longer_deadline(_PRINTING_S)],
)
async def letters(
    batch_id: BatchId,
    request: Request,
    pool: ReadDoor,
    caller: Caller,
    clock: AppClock,
    settings: AppSettings,
    *,
    part: Part = 1,
) -> Response:
    """Give one part of the letters, one a page, to whoever is at the address: no names."""
    async with pool.connection() as conn:
        _, found = await service.read_part(conn, caller, batch_id, part)
    origin, day = origin_of(request), today(clock)
    pdf = await run_in_threadpool(
        print_letters, found, origin, day, settings.npm_dir, is_demo=settings.demo
    )
    return _file(pdf, f"thong-bao-{batch_id}-{part}")


@router.post("/marks", summary="Note that people were told, or plates fixed")
async def set_marks(said: MarkIn, write: Write, _: IdempotencyKey = None) -> Response:
    """Note for each code that it was done; one answer a row, in order, as many as were sent.

    What is noted already stays as it was noted first; to correct it, take it back.
    """

    async def work() -> Answer:
        wanted = said.to_mark(today(write.clock))
        found = await mark(write.conn, write.caller, wanted, said.codes, write.clock)
        return _told(found, write.request)

    return await write.answer(work)


@router.post("/marks:take-back", summary="Take such a note back")
async def take_back_marks(said: TakeBackIn, write: Write, _: IdempotencyKey = None) -> Response:
    """Take back for each code that it was done; one answer a row, in order."""

    async def work() -> Answer:
        found = await take_back(write.conn, write.caller, said.state, said.codes, write.clock)
        return _told(found, write.request)

    return await write.answer(work)


def _told(found: Sequence[Marked], request: Request) -> Answer:
    language = language_of(request)
    body = {
        "rows": len(found),
        "outcomes": dict(Counter(each.outcome for each in found)),
        "items": [marked_out(each, language) for each in found],
    }
    return Answer(200, {}, orjson.dumps(body))


def _file(pdf: bytes, name: str) -> Response:
    headers = {**NO_STORE, "Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(pdf, headers=headers, media_type=_PDF)
