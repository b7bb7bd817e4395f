"""A person taken out of what collectors sent and noted, and of words to them.

The bytes of a record are kept as they came but for this; the hash that stands beside them is still
that of what came, so the record sent again is known again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import orjson
from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.collection.keeping import QUERIES
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
        How many records named one of them.
    """
    changed = await _take_out_of_noted(conn, cut, is_theirs)
    naming = {"patterns": list(patterns)}
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
    return len(changed)


async def _take_out_of_noted(
    conn: AsyncConnection, cut: Cut, is_theirs: Callable[[Contact], bool]
) -> set[UUID]:
    await open_collected(conn, None)
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
