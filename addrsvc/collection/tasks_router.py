"""HTTP routes of tasks: made by supervisors, taken along by devices."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal, cast
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Path, Query, Request, Response

from addrsvc.auth.model import Scope
from addrsvc.auth.web import NO_STORE, Caller
from addrsvc.clock import Clock, today
from addrsvc.collection import packages, progress, quality, splitting, tasks
from addrsvc.collection.packages import TilesOf
from addrsvc.collection.tasks_model import PAGE_LIMIT, Task, TaskKind, TaskState, WantedTasks
from addrsvc.collection.tasks_schemas import (
    ChangeIn,
    SplitIn,
    TaskIn,
    figures_out,
    made_out,
    part_out,
    progress_out,
    task_out,
)
from addrsvc.db.idempotency import Answer
from addrsvc.db.web import AnyTimeConn, AppClock, ReadDoor, WriteConn, longer_deadline
from addrsvc.problems import language_of
from addrsvc.registry.writing import IdempotencyKey, IfMatch, Write, expected_version

router = APIRouter(prefix="/v1/collection", tags=["collection"])

_BUILDING_S: Final = 60
_PACKAGE: Final[dict[int | str, dict[str, Any]]] = {304: {"description": "as you have it"}}

TaskId = Annotated[UUID, Path(examples=["0b7e2f5c-3a56-4f0e-8f4e-2f6d1f1c9a10"])]
QualityDay = Annotated[date, Query(ge=quality.EARLIEST, le=quality.LATEST)]
Commune = Annotated[str, Query(pattern=r"^[0-9]{5}$", examples=["25747"])]


@router.post("/tasks", status_code=201, summary="Make a task for collectors")
async def create(said: TaskIn, write: Write, _: IdempotencyKey = None) -> Response:
    """Make a task of a commune, a locality or street of it, or an area drawn on the map."""

    async def work() -> Answer:
        task = await tasks.create(write.conn, write.caller, said.to_new(), write.clock)
        body = task_out(task, today(write.clock), language_of(write.request))
        body["area"] = task.area
        headers = {"Location": f"/v1/collection/tasks/{task.task_id}", "ETag": _etag(task)}
        return Answer(201, headers, orjson.dumps(body))

    return await write.answer(work)


@router.post("/tasks:split", status_code=201, summary="Split a commune into tasks")
async def split(said: SplitIn, write: Write, _: IdempotencyKey = None) -> Response:
    """Make a task of each locality or street of a commune; those with an open one keep it."""

    async def work() -> Answer:
        made = await splitting.split(write.conn, write.caller, said.to_split(), write.clock)
        body = made_out(made, today(write.clock), language_of(write.request))
        return Answer(201, {}, orjson.dumps(body))

    return await write.answer(work)


@router.get("/parts", summary="What a commune may be split by")
async def parts(
    pool: ReadDoor,
    caller: Caller,
    clock: AppClock,
    *,
    commune: Commune,
    by: Literal["locality", "street"] = "locality",
) -> dict[str, Any]:
    """Give localities or streets of a commune, with how many addresses are in each."""
    async with pool.connection() as conn:
        found = await splitting.list_parts(conn, caller, commune, TaskKind(by), clock)
    return {"items": [part_out(each) for each in found]}


@router.get("/tasks", summary="Tasks of collectors")
async def list_tasks(
    request: Request,
    response: Response,
    pool: ReadDoor,
    caller: Caller,
    clock: AppClock,
    *,
    commune: Annotated[str | None, Query(pattern=r"^[0-9]{5}$")] = None,
    state: TaskState | None = None,
    assigned_to: Annotated[
        str | None,
        Query(max_length=200, pattern=r"^[^\x00]*$", description="id of a person, or nobody"),
    ] = None,
    before: Annotated[UUID | None, Query(description="``next`` of the last page")] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50,
) -> dict[str, Any]:
    """Give supervisors the tasks of their areas; collectors and devices those open to them.

    Open to a device is what is given to who holds it, or to nobody yet.
    """
    response.headers.update(NO_STORE)
    language, day = language_of(request), today(clock)
    following = None
    async with pool.connection() as conn:
        if caller.may(Scope.COLLECTION_REVIEW) or not caller.may(Scope.ADDRESSES_WRITE):
            wanted = WantedTasks(
                commune,
                state,
                None if assigned_to == "nobody" else assigned_to,
                assigned_to == "nobody",
            )
            found, following = await tasks.list_tasks(
                conn, caller, wanted, before=before, limit=limit
            )
        else:
            found = await tasks.list_tasks_for(conn, caller)
    return {"items": [task_out(each, day, language) for each in found], "next": following}


@router.get("/tasks/{task_id}", summary="One task")
async def get_task(
    task_id: TaskId,
    request: Request,
    response: Response,
    pool: ReadDoor,
    caller: Caller,
    clock: AppClock,
) -> dict[str, Any]:
    """Give a task with its area as drawn."""
    async with pool.connection() as conn:
        task = await tasks.get_task(conn, caller, task_id)
    response.headers.update(NO_STORE)
    response.headers["ETag"] = _etag(task)
    return task_out(task, today(clock), language_of(request)) | {"area": task.area}


@router.patch("/tasks/{task_id}", summary="Give a task to somebody, change its note or due day")
async def change(
    task_id: TaskId,
    said: ChangeIn,
    request: Request,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    if_match: IfMatch = None,
) -> Response:
    """Change what is named and leave the rest; null takes away."""
    version = expected_version(if_match)
    task = await tasks.change(conn, caller, task_id, version, said.to_changes(), clock)
    return _told(task, request, clock)


@router.post("/tasks/{task_id}:close", summary="Close a task")
async def close(
    task_id: TaskId,
    request: Request,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    if_match: IfMatch = None,
) -> Response:
    """Take it off the lists of devices; records that come later are taken all the same."""
    version = expected_version(if_match)
    task = await tasks.set_state(conn, caller, task_id, version, TaskState.CLOSED, clock)
    return _told(task, request, clock)


@router.post("/tasks/{task_id}:reopen", summary="Open a task again")
async def reopen(
    task_id: TaskId,
    request: Request,
    conn: WriteConn,
    caller: Caller,
    clock: AppClock,
    if_match: IfMatch = None,
) -> Response:
    """Put it back on the lists of devices."""
    version = expected_version(if_match)
    task = await tasks.set_state(conn, caller, task_id, version, TaskState.OPEN, clock)
    return _told(task, request, clock)


@router.get(
    "/tasks/{task_id}/package",
    summary="What a device takes along of an area",
    response_class=Response,
    responses=_PACKAGE,
    dependencies=[longer_deadline(_BUILDING_S)],
)
async def package(
    task_id: TaskId,
    request: Request,
    pool: ReadDoor,
    caller: Caller,
    clock: AppClock,
    if_none_match: Annotated[str | None, Header(max_length=1_000)] = None,
) -> Response:
    """Give the addresses of an area and near to it, streets, boundary, and tiles of the map.

    No holders, no secret addresses. Ask again with ``If-None-Match``: the tag changes with any
    address, record or word of the task.
    """
    async with pool.connection() as conn:
        task = await tasks.get_task(conn, caller, task_id)
        ground = await packages.look(conn, caller, task, clock)
        headers = {"ETag": ground.tag}
        if if_none_match is not None and ground.tag in if_none_match:
            return Response(status_code=304, headers=headers)
        body = await packages.build(conn, ground, _tiles_of(request), clock)
    return Response(body, headers=headers, media_type="application/json")


@router.get("/tasks/{task_id}/progress", summary="How far a task is")
async def progress_of(
    task_id: TaskId, response: Response, pool: ReadDoor, caller: Caller, clock: AppClock
) -> dict[str, Any]:
    """Count addresses of its area, those visited, and records by what came of them."""
    response.headers.update(NO_STORE)
    async with pool.connection() as conn:
        task = await tasks.get_task(conn, caller, task_id)
        found = await progress.progress_of(conn, caller, [task])
    return progress_out(task, found[task_id], today(clock))


@router.get(
    "/quality", summary="Figures of collectors", dependencies=[longer_deadline(_BUILDING_S)]
)
async def list_figures(
    response: Response,
    conn: AnyTimeConn,
    caller: Caller,
    clock: AppClock,
    *,
    first: Annotated[QualityDay | None, Query(description="first day; 30 days ago")] = None,
    last: Annotated[QualityDay | None, Query(description="last day; today")] = None,
    commune: Annotated[str | None, Query(pattern=r"^[0-9]{5}$")] = None,
) -> dict[str, Any]:
    """Give what came of the records of each collector, by the day they arrived.

    They are where a talk begins, not a verdict: some areas are harder than others.
    """
    response.headers.update(NO_STORE)
    usual = quality.Period.before(last or today(clock), commune)
    period = quality.Period(first or usual.first, usual.last, commune)
    found = await quality.list_figures(conn, caller, period)  # readers see no findings
    return {
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "items": [figures_out(each) for each in found],
    }


def _tiles_of(request: Request) -> TilesOf:
    return cast("TilesOf", request.app.state.tiles_of_box)


def _told(task: Task, request: Request, clock: Clock) -> Response:
    body = task_out(task, today(clock), language_of(request)) | {"area": task.area}
    headers = {**NO_STORE, "ETag": _etag(task)}
    return Response(orjson.dumps(body), headers=headers, media_type="application/json")


def _etag(task: Task) -> str:
    return f'"{task.version}"'
