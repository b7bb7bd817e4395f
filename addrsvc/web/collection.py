"""The pages of field collection for supervisors: tasks, how far they are, collectors, phones.

All of it works without scripts but drawing on a map, for which a shape may be pasted, and sending
a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Request
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from addrsvc.admin_units.model import AdminUnit
from addrsvc.auth.field_devices import list_collectors
from addrsvc.auth.model import Principal
from addrsvc.auth.sessions_web import signed_form
from addrsvc.clock import Clock, today
from addrsvc.collection import private, splitting, tasks
from addrsvc.collection.progress import progress_of, records_of
from addrsvc.collection.splitting import Made, Split
from addrsvc.collection.tasks_errors import TaskAreaUnclear, TaskAreaUnread, TaskUnknown
from addrsvc.collection.tasks_model import (
    MAX_NOTE,
    MAX_TITLE,
    Changes,
    NewTask,
    Part,
    TaskKind,
    TaskState,
    WantedTasks,
)
from addrsvc.db.rows import Connection
from addrsvc.db.transaction import transaction
from addrsvc.db.web import doors_of
from addrsvc.errors import AddrsvcError, Kind
from addrsvc.problems import STATUS
from addrsvc.web.collection_asking import (
    PRIVATE,
    READ,
    clock_of,
    communes_of,
    leader_of,
    refuse,
)
from addrsvc.web.collection_showing import (
    MOST_PARTS,
    drawn_records,
    names_of,
    shown_parts,
    shown_record,
    shown_task,
)
from addrsvc.web.finding import in_time
from addrsvc.web.rendering import page_language, pages_of
from addrsvc.web.signed_in import look_who, see_other, to_sign_in
from addrsvc.wording import moment_words

router = APIRouter(include_in_schema=False, dependencies=[Depends(look_who)])

_LISTED: Final = 20
_MOST_RECORDS: Final = 200
_MOST_FIELDS: Final = MOST_PARTS + 20
_MENDED: Final = frozenset(
    {Kind.INVALID, Kind.CONFLICT, Kind.STALE, Kind.TOO_LARGE, Kind.FORBIDDEN}
)
"""Errors that stand above the form: who sent it can do something about them."""


@router.api_route("/collection", methods=READ)
async def tasks_page(request: Request) -> Response:
    """Show tasks and how far they are, and of one commune the forms that make new ones."""
    try:
        principal = await leader_of(request)
        if principal is None:
            return to_sign_in(request)
        return await _front(request, principal, dict(request.query_params))
    except AddrsvcError as error:
        return refuse(request, error)


@router.post("/collection")
async def make_tasks(request: Request) -> Response:
    """Make the tasks a form asks for, then lead to the list of their commune."""
    try:
        session, form = await signed_form(request, max_fields=_MOST_FIELDS)
        try:
            async with in_time(request), transaction(doors_of(request).engine) as conn:
                made = await _make(conn, session.principal, form, clock_of(request))
        except AddrsvcError as error:
            if error.kind not in _MENDED:
                raise
            return await _front(request, session.principal, form, wrong=error)
    except AddrsvcError as error:
        return refuse(request, error)
    told = {"made": len(made.tasks), "there": len(made.there_already)}
    return see_other(f"/collection?{urlencode({'commune': form.get('commune', ''), **told})}")


async def _make(
    conn: AsyncConnection, principal: Principal, form: Mapping[str, str], clock: Clock
) -> Made:
    commune, how = form.get("commune", ""), form.get("do", "")
    person, due, note = _assigned(form)
    if how in {"locality", "street"}:
        names = [value for name, value in form.items() if name.startswith(f"part-{how}-")]
        if not names:
            raise TaskAreaUnclear
        wanted = Split(commune, TaskKind(how), names, 0, person, due, note)
        return await splitting.split(conn, principal, wanted, clock)
    if how not in {"commune", "polygon"}:
        raise TaskAreaUnclear
    area = _shape(form.get("area", "")) if how == "polygon" else None
    title = form.get("title", "").strip()[:MAX_TITLE] or None
    new = NewTask(TaskKind(how), commune, title, None, area, person, due, note)
    return Made([await tasks.create(conn, principal, new, clock)], [])


def _shape(text: str) -> dict[str, Any]:
    try:
        shape = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise TaskAreaUnread from None
    if not isinstance(shape, dict):
        raise TaskAreaUnread
    return shape


def _assigned(form: Mapping[str, str]) -> tuple[str | None, date | None, str | None]:
    try:
        due = date.fromisoformat(form["due_on"]) if form.get("due_on") else None
    except ValueError:
        raise TaskAreaUnclear from None
    note = form.get("note", "").strip()[:MAX_NOTE] or None
    return form.get("person", "").strip() or None, due, note


@router.api_route("/collection/tasks/{task_id}", methods=READ)
async def task_page(request: Request, task_id: str) -> Response:
    """Show a task: how far it is, on a map and as a list, and the form to give it to somebody."""
    try:
        principal = await leader_of(request)
        if principal is None:
            return to_sign_in(request)
        return await _one(request, principal, _id(task_id))
    except AddrsvcError as error:
        return refuse(request, error)


@router.post("/collection/tasks/{task_id}")
async def change_task(request: Request, task_id: str) -> Response:
    """Give a task to somebody, change its words, close it or open it again."""
    try:
        session, form = await signed_form(request)
        number, clock = _id(task_id), clock_of(request)
        version = _version(form.get("version", ""))
        how = form.get("do", "")
        try:
            async with in_time(request), transaction(doors_of(request).engine) as conn:
                if how in {"close", "reopen"}:
                    state = TaskState.CLOSED if how == "close" else TaskState.OPEN
                    await tasks.set_state(conn, session.principal, number, version, state, clock)
                else:
                    person, due, note = _assigned(form)
                    values = {"assigned_to": person, "due_on": due, "note": note}
                    changes = Changes(values)
                    await tasks.change(conn, session.principal, number, version, changes, clock)
        except AddrsvcError as error:
            if error.kind not in _MENDED:
                raise
            return await _one(request, session.principal, number, wrong=error)
    except AddrsvcError as error:
        return refuse(request, error)
    return see_other(f"/collection/tasks/{number}?saved=1")


async def _front(
    request: Request,
    principal: Principal,
    asked: Mapping[str, str],
    *,
    wrong: AddrsvcError | None = None,
) -> Response:
    language, clock = page_language(request), clock_of(request)
    before = _id_or_none(asked.get("before", "")) if wrong is None else None
    async with in_time(request), doors_of(request).pool.connection() as conn:
        communes = await communes_of(request, conn, principal)
        wanted = _wanted(asked, communes, is_form=wrong is not None)
        found, older = await tasks.list_tasks(conn, principal, wanted, before=before, limit=_LISTED)
        progress = await progress_of(conn, principal, found)
        collectors = await list_collectors(conn, principal)
        making = await _making(conn, principal, wanted.commune, clock)
    async with in_time(request), transaction(doors_of(request).engine) as conn:
        contacts = len(await private.list_to_choose(conn, principal))
    people = names_of(collectors)
    return pages_of(request).respond(
        request,
        "collection.html",
        status=200 if wrong is None else STATUS[wrong.kind],
        headers=PRIVATE,
        asked_at="/collection",
        typed=asked if wrong is not None else {},
        wrong=_told(request, wrong),
        did=_did(asked) if wrong is None else None,
        waiting_contacts=contacts,
        communes=communes,
        wanted=wanted,
        states=[each.value for each in TaskState],
        collectors=collectors,
        fit=[each for each in collectors if wanted.commune and each.reaches(wanted.commune)],
        older=older,
        tasks=[
            shown_task(each, progress[each.task_id], communes, people, today(clock), language)
            for each in found
        ],
        unit=making[0],
        place=_place_of(making[0]),
        kinds={kind.value: (shown_parts(parts, language), len(parts)) for kind, parts in making[1]},
        max_parts=MOST_PARTS,
    )


def _wanted(asked: Mapping[str, str], communes: Mapping[str, str], *, is_form: bool) -> WantedTasks:
    only = next(iter(communes)) if len(communes) == 1 else None
    commune = asked.get("commune", "")
    chosen = commune if commune in communes else only
    if is_form:
        return WantedTasks(chosen)
    person, state = asked.get("person", "").replace("\x00", ""), asked.get("state", "")
    return WantedTasks(
        chosen,
        TaskState(state) if state in set(TaskState) else None,
        person if person not in {"", "nobody"} else None,
        person == "nobody",
    )


async def _making(
    conn: Connection, principal: Principal, commune: str | None, clock: Clock
) -> tuple[AdminUnit | None, list[tuple[TaskKind, list[Part]]]]:
    """Give what new tasks are made of in a commune; nothing where none is chosen."""
    if commune is None:
        return None, []
    unit = await tasks.get_commune(conn, commune, today(clock))
    kinds = (TaskKind.LOCALITY, TaskKind.STREET)
    parts = [await splitting.list_parts(conn, principal, commune, each, clock) for each in kinds]
    return unit, list(zip(kinds, parts, strict=True))


def _place_of(unit: AdminUnit | None) -> dict[str, Any] | None:
    if unit is None:
        return None
    centre = unit.centre
    place = {} if centre is None else {"lon": round(centre.lon, 5), "lat": round(centre.lat, 5)}
    return {"commune": unit.code, **place}


async def _one(
    request: Request,
    principal: Principal,
    task_id: UUID,
    *,
    wrong: AddrsvcError | None = None,
) -> Response:
    language, clock = page_language(request), clock_of(request)
    async with in_time(request), doors_of(request).pool.connection() as conn:
        task = await tasks.get_task(conn, principal, task_id)
        progress = (await progress_of(conn, principal, [task]))[task_id]
        records = await records_of(conn, task)
        communes = await communes_of(request, conn, principal)
        collectors = await list_collectors(conn, principal)
    fit = [each for each in collectors if each.reaches(task.commune_code)]
    is_known = task.assigned_to in {None, *(each.person for each in fit)}
    last = progress.last_at
    return pages_of(request).respond(
        request,
        "collection_one.html",
        status=200 if wrong is None else STATUS[wrong.kind],
        headers=PRIVATE,
        asked_at=f"/collection/tasks/{task_id}",
        wrong=_told(request, wrong),
        is_saved=wrong is None and "saved" in request.query_params,
        task=shown_task(task, progress, communes, names_of(collectors), today(clock), language),
        kept=task,
        fit=fit,
        stranger=None if is_known else task.assigned_to,
        last=None if last is None else moment_words(last, language),
        records=[shown_record(each, language) for each in records[:_MOST_RECORDS]],
        all_records=progress.records,
        drawn={
            "package": f"/v1/collection/tasks/{task_id}/package",
            "marks": drawn_records(records),
        },
    )


def _did(asked: Mapping[str, str]) -> dict[str, int] | None:
    """Tell what the form before this page did, as its link says: numbers only."""
    made, there = asked.get("made", "")[:4], asked.get("there", "0")[:4]
    if not (made.isdecimal() and there.isdecimal()):
        return None
    return {"made": int(made), "there": int(there)}


def _told(request: Request, wrong: AddrsvcError | None) -> dict[str, str] | None:
    if wrong is None:
        return None
    language = page_language(request)
    return {"title": wrong.title.in_(language), "detail": wrong.text(language)}


def _version(text: str) -> int | None:
    """Read the version a form was made of; None: whichever it is."""
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else None


def _id(text: str) -> UUID:
    found = _id_or_none(text)
    if found is None:
        raise TaskUnknown
    return found


def _id_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
