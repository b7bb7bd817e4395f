"""HTTP routes of plans: published ones for everybody, drafts for planners of their areas."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from addrsvc.auth.web import PublicCaller
from addrsvc.db.idempotency import Answer
from addrsvc.db.web import ReadDoor
from addrsvc.planning import service
from addrsvc.planning.model import Level, Plan, PlanKind, PlanStatus, Wanted
from addrsvc.planning.schemas import (
    PlanChangeIn,
    PlanIn,
    PublishIn,
    WithdrawIn,
    history_out,
    plan_out,
    rehearsal_out,
    zones_out,
)
from addrsvc.problems import language_of
from addrsvc.registry.writing import DryRun, IdempotencyKey, IfMatch, Write, expected_version
from addrsvc.types import BBox

router = APIRouter(prefix="/v1/plans", tags=["plans"])

ZONES_LIMIT: Final = 1_000

PlanId = Annotated[int, Path(ge=1, lt=2**62, examples=[12])]

_VARY: Final = {"Vary": "Accept-Language, Authorization"}


@router.get("", summary="Plans")
async def list_plans(
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
    *,
    status: Annotated[PlanStatus | None, Query(description="left out: any you may see")] = None,
    kind: PlanKind | None = None,
    level: Level | None = None,
    commune: Annotated[
        str | None, Query(pattern=r"^[0-9]{5}$", description="present one it lies in")
    ] = None,
    at: Annotated[date | None, Query(description="legal day on which it holds")] = None,
    bbox: Annotated[
        str | None,
        Query(
            max_length=200, description="west,south,east,north", examples=["106.6,10.9,106.8,11"]
        ),
    ] = None,
    cursor: Annotated[
        int | None, Query(ge=1, lt=2**62, description="``next`` of the last page")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=service.PAGE_LIMIT)] = 50,
) -> dict[str, Any]:
    """Give plans, the newest first; drafts only to who may plan within their communes."""
    box = None if bbox is None else BBox.parse(bbox)
    wanted = Wanted(status, kind, level, commune, at, box)
    async with pool.connection() as conn:
        page, following = await service.list_plans(conn, caller, wanted, before=cursor, limit=limit)
    language = language_of(request)
    return {"items": [plan_out(each, caller, language) for each in page], "next": following}


@router.post("", status_code=201, summary="Begin a draft")
async def create_plan(said: PlanIn, write: Write, _: IdempotencyKey = None) -> Response:
    """Begin a draft: what a decision planned, without its zones yet.

    Send a file of zones next (``/files``), look at its report, store the zones, then publish.
    """

    async def work() -> Answer:
        plan = await service.create_plan(write.conn, write.caller, said.to_described(), write.clock)
        return _answer(201, plan, write)

    return await write.answer(work)


@router.get("/{plan_id}", summary="One plan")
async def get_plan(
    plan_id: PlanId, request: Request, pool: ReadDoor, caller: PublicCaller
) -> Response:
    """Give a plan: its decision, how long it holds, what it replaced, how much it covers."""
    async with pool.connection() as conn:
        plan = await service.get_plan(conn, caller, plan_id)
    headers = {"ETag": etag_of(plan), "Cache-Control": cache_of(plan), **_VARY}
    body = orjson.dumps(plan_out(plan, caller, language_of(request)))
    return Response(body, headers=headers, media_type="application/json")


@router.patch("/{plan_id}", summary="Say something else of a draft")
async def describe_plan(
    plan_id: PlanId,
    said: PlanChangeIn,
    write: Write,
    if_match: IfMatch = None,
    _: IdempotencyKey = None,
) -> Response:
    """Change what is said of a draft; of a published plan nothing is changed any more."""
    version = expected_version(if_match)

    async def work() -> Answer:
        plan = await service.describe_plan(
            write.conn, write.caller, plan_id, said.to_changes(), version, write.clock
        )
        return _answer(200, plan, write)

    return await write.answer(work)


@router.delete("/{plan_id}", status_code=204, summary="Discard a draft")
async def discard_plan(
    plan_id: PlanId, write: Write, if_match: IfMatch = None, _: IdempotencyKey = None
) -> Response:
    """Discard a draft with its zones and files; its history stays."""
    version = expected_version(if_match)

    async def work() -> Answer:
        await service.discard_plan(write.conn, write.caller, plan_id, version, write.clock)
        return Answer(204, {}, b"")

    return await write.answer(work)


@router.post("/{plan_id}:publish", summary="Publish a draft")
async def publish_plan(
    plan_id: PlanId,
    said: PublishIn,
    write: Write,
    *,
    dry_run: DryRun = False,
    if_match: IfMatch = None,
    _: IdempotencyKey = None,
) -> Response:
    """Let a draft hold from a legal day on; the plans it replaces hold until that day.

    ``dry_run=true`` tells what would come of it: plans superseded, plans that would hold beside
    it, and for how many addresses and dossiers something else is planned then. Where ``counts``
    is null a worker is finding out: ask again.
    """
    version, wanted = expected_version(if_match), said.to_publishing()
    conn, caller, clock = write.conn, write.caller, write.clock
    if dry_run:
        told = await service.rehearse_publishing(conn, caller, plan_id, wanted, version, clock)
        body = rehearsal_out(told, caller, language_of(write.request))
        return Response(orjson.dumps(body), media_type="application/json")

    async def work() -> Answer:
        plan = await service.publish_plan(conn, caller, plan_id, wanted, version, clock)
        return _answer(200, plan, write)

    return await write.answer(work)


@router.post("/{plan_id}:withdraw", summary="Withdraw a published plan")
async def withdraw_plan(
    plan_id: PlanId,
    said: WithdrawIn,
    write: Write,
    if_match: IfMatch = None,
    _: IdempotencyKey = None,
) -> Response:
    """Let a plan hold no more from a legal day on.

    Plans it had replaced do not come back by themselves: publish a new draft for that.
    """
    version = expected_version(if_match)

    async def work() -> Answer:
        plan = await service.withdraw_plan(
            write.conn,
            write.caller,
            plan_id,
            said.valid_to,
            said.reason,
            version,
            write.clock,
        )
        return _answer(200, plan, write)

    return await write.answer(work)


@router.get("/{plan_id}/history", summary="What was done to a plan")
async def list_history(
    plan_id: PlanId, request: Request, response: Response, pool: ReadDoor, caller: PublicCaller
) -> dict[str, Any]:
    """Give every act in order; those on drafts, and by whom, to planners."""
    async with pool.connection() as conn:
        found = await service.list_history(conn, caller, plan_id)
    response.headers.update({"Cache-Control": "no-cache", **_VARY})
    language = language_of(request)
    return {"items": [history_out(each, caller, language) for each in found]}


@router.get(
    "/{plan_id}/zones",
    summary="Zones of a plan, as GeoJSON",
    response_class=Response,
    responses={200: {"content": {"application/geo+json": {}}}},
)
async def list_zones(
    plan_id: PlanId,
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
    *,
    cursor: Annotated[int, Query(ge=0, lt=2**31, description="``next`` of the last page")] = 0,
    limit: Annotated[int, Query(ge=1, le=ZONES_LIMIT)] = 100,
) -> Response:
    """Give zones in the order of their file, whole, in WGS 84; a page of large ones is shorter."""
    async with pool.connection() as conn:
        plan = await service.get_plan(conn, caller, plan_id)
        headers = {
            "ETag": f'"{plan.version}-{cursor}-{limit}-{language_of(request)}"',
            "Cache-Control": cache_of(plan),
            **_VARY,
        }
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        page = await service.list_zones(conn, plan, after=cursor, limit=limit)
    body = await run_in_threadpool(
        lambda: orjson.dumps(zones_out(plan, page, language_of(request)))
    )
    return Response(body, headers=headers, media_type="application/geo+json")


def etag_of(plan: Plan) -> str:
    """Give the entity tag of a plan: its version."""
    return f'"{plan.version}"'


def cache_of(plan: Plan) -> str:
    """Give how long an answer about a plan may be kept: drafts by nobody."""
    return "private, no-store" if plan.status is PlanStatus.DRAFT else "no-cache"


def _answer(status: int, plan: Plan, write: Write) -> Answer:
    headers = {"ETag": etag_of(plan), "Location": f"/v1/plans/{plan.plan_id}"}
    told = plan_out(plan, write.caller, language_of(write.request))
    return Answer(status, headers, orjson.dumps(told))
