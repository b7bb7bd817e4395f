"""Split a commune into tasks by its localities or streets, in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock, today
from addrsvc.collection import areas, tasks
from addrsvc.collection.tasks_errors import (
    TaskAreaUnclear,
    TaskPartsNone,
    TaskPartsTooMany,
    TaskPartsUnknown,
)
from addrsvc.collection.tasks_model import MAX_SPLIT, Named, NewTask, Part, Task, TaskKind
from addrsvc.db.rows import Connection, execute, rows

_NAMED: Final = 5
"""Names told in an error."""


@dataclass(frozen=True, slots=True)
class Split:
    """What a commune is split by, and what holds for each task."""

    commune_code: str
    by: TaskKind
    """``locality`` or ``street``."""
    names: Sequence[str] | None = None
    """Only these; None: all that have enough addresses."""
    least: int = 1
    """Addresses a part has that was not named."""
    assigned_to: str | None = None
    due_on: date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """Tasks made, and parts that have an open one already."""

    tasks: Sequence[Task]
    there_already: Sequence[str]


async def split(conn: AsyncConnection, principal: Principal, wanted: Split, clock: Clock) -> Made:
    """Make a task of each part of a commune that has no open one.

    Raises:
        NotSignedIn, ScopeMissing, AreaForbidden: for supervisors of the commune.
        TaskCommuneUnknown, TaskPersonUnfit: see there.
        TaskAreaUnclear: by neither localities nor streets.
        TaskPartsUnknown, TaskPartsTooMany, TaskPartsNone: see there.
    """
    principal.require_in(Scope.COLLECTION_REVIEW, [wanted.commune_code])
    if wanted.by not in {TaskKind.LOCALITY, TaskKind.STREET}:
        raise TaskAreaUnclear
    await tasks.get_commune(conn, wanted.commune_code, today(clock))
    await tasks.require_person(conn, wanted.assigned_to, wanted.commune_code, clock)
    parts = await list_parts(conn, principal, wanted.commune_code, wanted.by, clock)
    chosen = _chosen(parts, wanted)
    params = {"commune": wanted.commune_code}
    await execute(conn, tasks.QUERIES["lock_splitting"], params)  # a form sent twice at once
    opened = await rows(conn, tasks.QUERIES["open_named"], params)
    there = {(each["kind"], _key(each["named"])) for each in opened}
    new = [each for each in chosen if (wanted.by.value, each.named.key) not in there]
    if len(new) > MAX_SPLIT:
        raise TaskPartsTooMany(count=len(new), most=MAX_SPLIT)
    alike = NewTask(
        wanted.by,
        wanted.commune_code,
        assigned_to=wanted.assigned_to,
        due_on=wanted.due_on,
        note=wanted.note,
    )
    made = await tasks.insert_parts(conn, principal, alike, [each.named for each in new], clock)
    is_new = {each.named.key for each in new}
    old = [areas.shown_name(each.named) for each in chosen if each.named.key not in is_new]
    return Made(made, old)


async def list_parts(
    conn: Connection, principal: Principal, commune: str, by: TaskKind, clock: Clock
) -> list[Part]:
    """Give localities or streets of a commune: of its addresses, then those only lists have.

    Raises:
        NotSignedIn, ScopeMissing, AreaForbidden: for supervisors of the commune.
    """
    principal.require_in(Scope.COLLECTION_REVIEW, [commune])
    parts = await areas.list_parts(conn, principal, commune, by)
    listed = [
        Part(each, 0) for each in await areas.list_registered(conn, commune, by, today(clock))
    ]
    return areas.put_together([*parts, *listed])


def _chosen(parts: Sequence[Part], wanted: Split) -> list[Part]:
    if wanted.names is None:
        chosen = [each for each in parts if each.addresses >= wanted.least]
        if not chosen:
            raise TaskPartsNone
        return chosen
    by_name = {areas.shown_name(each.named): each for each in parts}
    by_key = {each.named.key: each for each in parts}
    kinds = {each.named.kind for each in parts}
    found: dict[str, Part] = {}
    unknown = []
    for name in wanted.names:
        # spelt in another way: of a locality, where that is one kind's only
        same = {key: by_key[key] for kind in kinds if (key := Named(name, kind).key) in by_key}
        part = by_name.get(name) or (next(iter(same.values())) if len(same) == 1 else None)
        if part is None:
            unknown.append(name)
        else:
            found[part.named.key] = part
    if unknown:
        shown = ", ".join(each[:40] for each in unknown[:_NAMED])
        raise TaskPartsUnknown(count=len(unknown), names=shown)
    return list(found.values())


def _key(named: object) -> str | None:
    known = Named.from_json(named)
    return None if known is None else known.key
