"""Tasks of collectors: make them, give them to people, close them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import orjson
from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.admin_units import service as units
from addrsvc.admin_units.model import AdminUnit
from addrsvc.audit import service as audit
from addrsvc.auth.field_devices import persons_of
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.present import as_of_now
from addrsvc.clock import Clock, today
from addrsvc.collection import areas
from addrsvc.collection.tasks_errors import (
    TaskAreaUnclear,
    TaskClosed,
    TaskCommuneUnknown,
    TaskPersonUnfit,
    TaskStale,
    TaskUnknown,
)
from addrsvc.collection.tasks_model import (
    Changes,
    Named,
    NewTask,
    Task,
    TaskKind,
    TaskState,
    WantedTasks,
)
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, execute, row, rows
from addrsvc.types import Level

QUERIES: Final = Queries("addrsvc.collection", "queries_tasks.sql")

_MOST_OF_ONE: Final = 500
"""Open tasks a device is told of."""


async def create(
    conn: AsyncConnection, principal: Principal, wanted: NewTask, clock: Clock
) -> Task:
    """Make a task of one area.

    Raises:
        NotSignedIn, ScopeMissing, AreaForbidden: for supervisors of the commune.
        TaskCommuneUnknown, TaskAreaUnclear, TaskPersonUnfit: see there.
        TaskAreaUnread, TaskAreaOutside, InvalidInput, TooLarge: of the area as drawn.
    """
    principal.require_in(Scope.COLLECTION_REVIEW, [wanted.commune_code])
    commune = await get_commune(conn, wanted.commune_code, today(clock))
    _require_clear(wanted)
    await require_person(conn, wanted.assigned_to, wanted.commune_code, clock)
    area = None
    if wanted.area is not None:
        area = await areas.read_area(conn, wanted.area, commune)
    task_id, at = uuid4(), clock.now()
    params = _params(wanted, principal, at) | {
        "task_id": task_id,
        "title": wanted.title or areas.title_of(wanted, commune),
        "named": None if wanted.named is None else Jsonb(wanted.named.to_json()),
        "area": area,
    }
    await execute(conn, QUERIES["insert_task"], params)
    await note(conn, principal, "create", task_id, clock, _facts(wanted, wanted.named))
    return await find(conn, task_id)


async def insert_parts(
    conn: AsyncConnection,
    principal: Principal,
    wanted: NewTask,
    parts: Sequence[Named],
    clock: Clock,
) -> list[Task]:
    """Write down a task of each part of a commune; but for the part all are as ``wanted``."""
    at = clock.now()
    params = _params(wanted, principal, at) | {
        "task_ids": [uuid4() for _ in parts],
        "titles": [areas.shown_name(each) for each in parts],
        "named": [Jsonb(each.to_json()) for each in parts],
    }
    made = [_task(each) for each in await rows(conn, QUERIES["insert_parts"], params)]
    entries = [
        audit.Entry("collection-task.create", str(each.task_id), _facts(wanted, each.named))
        for each in made
    ]
    await audit.record_many(conn, principal=principal.id, at=at, entries=entries)
    return made


def _params(wanted: NewTask, principal: Principal, at: datetime) -> dict[str, Any]:
    return {
        "kind": wanted.kind.value,
        "commune": wanted.commune_code,
        "assigned_to": wanted.assigned_to,
        "due_on": wanted.due_on,
        "note": wanted.note,
        "principal": principal.id,
        "at": at,
    }


def _facts(wanted: NewTask, named: Named | None) -> dict[str, object]:
    """Tell the audit log what a task is of."""
    said = None if named is None else named.to_json()
    return {"commune": wanted.commune_code, "kind": wanted.kind.value, "named": said}


def _require_clear(wanted: NewTask) -> None:
    is_street = wanted.named is not None and wanted.named.kind is None
    told = {
        TaskKind.COMMUNE: wanted.named is None and wanted.area is None,
        TaskKind.LOCALITY: wanted.named is not None and not is_street and wanted.area is None,
        TaskKind.STREET: is_street and wanted.area is None,
        TaskKind.POLYGON: wanted.area is not None and wanted.named is None,
    }
    if not told[wanted.kind]:
        raise TaskAreaUnclear


async def get_commune(conn: Connection, code: str, day: date) -> AdminUnit:
    """Give a commune of a day.

    Raises:
        TaskCommuneUnknown: there is none.
    """
    unit = await units.find_unit(conn, code, day)
    if unit is None or unit.level is not Level.COMMUNE:
        raise TaskCommuneUnknown(commune=code)
    return unit


async def require_person(conn: Connection, person: str | None, commune: str, clock: Clock) -> None:
    """Pass nobody, or somebody who may write addresses in a commune.

    Of people of an identity provider who were granted nothing by name, nothing is known here.

    Raises:
        TaskPersonUnfit: there is no such person, or it may not.
    """
    if person is None:
        return
    if person.startswith(("account:", "oidc:")):
        claimed = Principal(person, frozenset({Scope.ADDRESSES_WRITE}))
        known = await as_of_now(conn, claimed, clock.now())
        if known is not None and known.may_in(Scope.ADDRESSES_WRITE, commune):
            return
    raise TaskPersonUnfit(person=person[:80])


async def change(
    conn: AsyncConnection,
    principal: Principal,
    task_id: UUID,
    version: int | None,
    changes: Changes,
    clock: Clock,
) -> Task:
    """Say something else of an open task; on the version read (None: whichever it is).

    Raises:
        NotSignedIn, ScopeMissing, TaskUnknown: for supervisors of its commune.
        TaskStale, TaskClosed, TaskPersonUnfit: see there.
    """
    task = await _locked(conn, principal, task_id, version)
    if not task.is_open:
        raise TaskClosed
    new = replace(task, **changes.values)
    if new.assigned_to != task.assigned_to:
        await require_person(conn, new.assigned_to, task.commune_code, clock)
    told = {"assigned_to": new.assigned_to, "due_on": _day(new.due_on)}
    return await _write(conn, principal, new, "change", clock, told)


async def set_state(
    conn: AsyncConnection,
    principal: Principal,
    task_id: UUID,
    version: int | None,
    state: TaskState,
    clock: Clock,
) -> Task:
    """Close a task, or open it again; where it is so already, nothing changes.

    Raises:
        NotSignedIn, ScopeMissing, TaskUnknown, TaskStale: see ``change``.
    """
    task = await _locked(conn, principal, task_id, version)
    if task.state is state:
        return task
    what = "close" if state is TaskState.CLOSED else "reopen"
    return await _write(conn, principal, replace(task, state=state), what, clock, {})


async def get_task(conn: Connection, principal: Principal, task_id: UUID) -> Task:
    """Give a task to supervisors of its commune, and to whom it is open.

    Raises:
        NotSignedIn, ScopeMissing: for supervisors and collectors.
        TaskUnknown: there is none for this principal.
    """
    if not principal.may(Scope.COLLECTION_REVIEW):
        principal.require(Scope.ADDRESSES_WRITE)
    task = await find(conn, task_id)
    if not principal.reaches(task.commune_code):
        raise TaskUnknown
    if principal.may(Scope.COLLECTION_REVIEW):
        return task
    persons = await persons_of(conn, principal)
    if not task.is_open or task.assigned_to not in (None, *persons):
        raise TaskUnknown
    return task


async def list_tasks(
    conn: Connection,
    principal: Principal,
    wanted: WantedTasks,
    *,
    before: UUID | None = None,
    limit: int = 50,
) -> tuple[list[Task], UUID | None]:
    """Give supervisors a page of tasks, the newest first, and where the next one begins.

    Raises:
        NotSignedIn, ScopeMissing, AreaForbidden: not for this principal.
    """
    communes = () if wanted.commune is None else (wanted.commune,)
    principal.require_in(Scope.COLLECTION_REVIEW, communes)
    params = {
        "before": before,
        "commune": wanted.commune,
        "state": None if wanted.state is None else wanted.state.value,
        "assigned_to": wanted.assigned_to,
        "unassigned": wanted.is_unassigned,
        "areas": areas_of(principal),
        "limit": limit + 1,
    }
    found = [_task(each) for each in await rows(conn, QUERIES["tasks"], params)]
    return found[:limit], found[limit - 1].task_id if len(found) > limit else None


async def list_tasks_for(conn: Connection, principal: Principal) -> list[Task]:
    """Give a collector the open tasks that are its own or nobody's, within its areas.

    Raises:
        NotSignedIn, ScopeMissing: for who may write addresses.
    """
    principal.require(Scope.ADDRESSES_WRITE)
    persons = list(await persons_of(conn, principal))
    params = {"persons": persons, "areas": areas_of(principal), "limit": _MOST_OF_ONE}
    return [_task(each) for each in await rows(conn, QUERIES["tasks_for"], params)]


async def list_communes(conn: Connection, principal: Principal) -> list[str]:
    """Give the codes of communes somebody may make tasks in: one's own, else all with codes."""
    if principal.areas is not None:
        return sorted(principal.areas)
    return sorted(each["commune_code"] for each in await rows(conn, QUERIES["communes"], {}))


def areas_of(principal: Principal) -> list[str] | None:
    """Give the communes a principal is limited to as a parameter of SQL."""
    return None if principal.areas is None else sorted(principal.areas)


async def find(conn: Connection, task_id: UUID) -> Task:
    """Give a task, whoever may see it.

    Raises:
        TaskUnknown: there is none.
    """
    found = await row(conn, QUERIES["task"], {"task_id": task_id})
    if found is None:
        raise TaskUnknown
    return _task(found)


async def note(
    conn: AsyncConnection,
    principal: Principal,
    what: str,
    task_id: UUID,
    clock: Clock,
    facts: Mapping[str, object],
) -> None:
    """Audit what was done to a task."""
    await audit.record(
        conn,
        principal=principal.id,
        action=f"collection-task.{what}",
        subject=str(task_id),
        at=clock.now(),
        detail=facts,
    )


async def _locked(
    conn: AsyncConnection, principal: Principal, task_id: UUID, version: int | None
) -> Task:
    principal.require(Scope.COLLECTION_REVIEW)
    found = await row(conn, QUERIES["lock_task"], {"task_id": task_id})
    if found is None or not principal.reaches(found["commune_code"]):
        raise TaskUnknown
    if version is not None and version != found["version"]:
        raise TaskStale(given=version, current=found["version"])
    return await find(conn, task_id)


async def _write(
    conn: AsyncConnection,
    principal: Principal,
    task: Task,
    what: str,
    clock: Clock,
    facts: Mapping[str, object],
) -> Task:
    params = {
        "task_id": task.task_id,
        "title": task.title,
        "assigned_to": task.assigned_to,
        "due_on": task.due_on,
        "note": task.note,
        "state": task.state.value,
        "at": clock.now(),
    }
    await execute(conn, QUERIES["change_task"], params)
    await note(conn, principal, what, task.task_id, clock, facts)
    return await find(conn, task.task_id)


def _task(found: Row) -> Task:
    facts: dict[str, Any] = dict(found)
    area = facts.pop("area", None)
    return Task(
        **facts
        | {
            "kind": TaskKind(found["kind"]),
            "state": TaskState(found["state"]),
            "named": Named.from_json(found["named"]),
            "area": None if area is None else orjson.loads(area),
        }
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
