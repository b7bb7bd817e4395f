"""A person taken out of what collectors sent and noted, of words to them, and of their tasks.

The bytes of a record are kept as they came but for this; the hash that stands beside them is still
that of what came, so the record sent again is known again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import orjson
from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.collection.areas import QUERIES as TASKS
from addrsvc.collection.areas import shown_name
from addrsvc.collection.keeping import QUERIES
from addrsvc.collection.tasks_model import Named
from addrsvc.db.rows import execute, rows
from addrsvc.personal.collected import (
    Collected,
    list_collected,
    open_collected,
    put_collected,
)
from addrsvc.personal.said import Contact

_BATCH: Final = 500

Cut = Callable[[str], str]
"""Gives a text without the persons; the same where it names none."""


async def take_out_persons(
    conn: AsyncConnection,
    patterns: Sequence[str],
    cut: Cut,
    is_theirs: Callable[[Contact], bool],
) -> int:
    """Cut persons out of all that is kept of records, where they ask to be erased.

    Args:
        conn: of the erasure.
        patterns: of ILIKE, for names and numbers as they were typed.
        cut: takes them out of a text.
        is_theirs: tells whether a contact is of one of them.

    Returns:
        How many records and tasks named one of them.
    """
    naming = {"patterns": list(patterns)}
    await open_collected(conn, None)
    # else who decides on one meanwhile writes back what was read of it before
    await execute(conn, QUERIES["hold_naming"], naming)
    changed = await _take_out_of_noted(conn, cut, is_theirs)
    for each in await rows(conn, QUERIES["revisions_naming"], naming):
        payload = await asyncio.to_thread(_cut_out, orjson.loads(each["payload"]), cut)
        params = {
            "record": each["submission_id"],
            "revision": each["revision"],
            "payload": orjson.dumps(payload).decode(),
            "merge": None if each["merge"] is None else Jsonb(_cut_out(each["merge"], cut)),
            "findings": Jsonb(_cut_out(each["findings"], cut)),
        }
        await execute(conn, QUERIES["put_cut_revision"], params)
        changed.add(each["submission_id"])
    for each in await rows(conn, QUERIES["conflicts_naming"], naming):
        values = ("base", "registered", "collected")
        params = each | {name: Jsonb(_cut_out(each[name], cut)) for name in values}
        await execute(conn, QUERIES["put_cut_conflict"], params)
        changed.add(each["submission_id"])
    for each in await rows(conn, QUERIES["notes_naming"], naming):
        params = {"record": each["submission_id"], "note": cut(each["note"])}
        await execute(conn, QUERIES["put_cut_note"], params)
        changed.add(each["submission_id"])
    return len(changed) + await _take_out_of_tasks(conn, naming, cut)


async def _take_out_of_tasks(conn: AsyncConnection, naming: Mapping[str, Any], cut: Cut) -> int:
    """Cut persons out of what tasks are called and of words to collectors.

    A task called as its street stays so: many a street bears the name of somebody living too.
    """
    count = 0
    for each in await rows(conn, TASKS["tasks_naming"], naming):
        named = Named.from_json(each["named"])
        is_place = named is not None and each["title"] == shown_name(named)
        left = {
            "title": each["title"] if is_place else cut(each["title"]),
            "note": None if each["note"] is None else cut(each["note"]),
        }
        if left != {name: each[name] for name in left}:
            count += await execute(
                conn, TASKS["put_cut_task"], {"task_id": each["task_id"], **left}
            )
    return count


async def _take_out_of_noted(
    conn: AsyncConnection, cut: Cut, is_theirs: Callable[[Contact], bool]
) -> set[UUID]:
    changed: set[UUID] = set()
    after: UUID | None = None
    while True:
        page = await list_collected(conn, after=after, limit=_BATCH)
        if not page:
            return changed
        after = page[-1].record
        for each in page:
            left = await asyncio.to_thread(_left, each.noted, cut, is_theirs)
            if left == each.noted:
                continue
            differs = each.differs and left.contact is not None
            await put_collected(
                conn, each.record, each.commune, left, at=each.kept_at, differs=differs
            )
            changed.add(each.record)


def _left(noted: Collected, cut: Cut, is_theirs: Callable[[Contact], bool]) -> Collected:
    goes = noted.contact is not None and is_theirs(noted.contact)
    return replace(
        noted,
        contact=None if goes else noted.contact,
        words=None if noted.words is None else cut(noted.words),
    )


def _cut_out(value: Any, cut: Cut) -> Any:
    """Give JSON with every text cut."""
    if isinstance(value, str):
        return cut(value)
    if isinstance(value, list):
        return [_cut_out(each, cut) for each in value]
    if isinstance(value, dict):
        return {name: _cut_out(each, cut) for name, each in value.items()}
    return value
