"""How far tasks are: addresses in them, visited, new, waiting for somebody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from addrsvc.auth.model import Principal
from addrsvc.auth.sight import sight_of
from addrsvc.collection.areas import QUERIES, seen_by
from addrsvc.collection.model import Act, State, Waits
from addrsvc.collection.tasks_model import LIVING, Named, Task, TaskKind
from addrsvc.db.rows import Connection, rows
from addrsvc.types import LonLat

MAX_RECORDS: Final = 5_000
"""Of one task, shown at once; its counts are of all."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one task is."""

    addresses: int
    """In its area now, whoever found them."""
    visited: int = 0
    """Of addresses still there, those a record of this task is about."""
    new: int = 0
    corrected: int = 0
    gone: int = 0
    nobody_home: int = 0
    """By the newest record of each address."""
    waiting: int = 0
    """Records a supervisor has to look at."""
    sent_back: int = 0
    refused: int = 0
    kept_apart: int = 0
    records: int = 0
    last_at: datetime | None = None

    @property
    def share(self) -> float:
        """Give the part of the addresses that was visited, 0…1.

        >>> Progress(addresses=4, visited=3).share, Progress(addresses=0).share
        (0.75, 0.0)
        """
        return min(1.0, self.visited / self.addresses) if self.addresses else 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """A record of a task as the page of a supervisor shows it."""

    submission_id: UUID
    act: Act
    state: State
    waits_for: Waits | None
    made_at: datetime
    received_at: datetime
    device: str
    note: str | None
    address_id: int | None
    code: str | None
    point: LonLat | None


async def progress_of(
    conn: Connection, principal: Principal, tasks: Sequence[Task]
) -> dict[UUID, Progress]:
    """Give how far tasks are that somebody may see; as many statements as there are kinds."""
    counts = await _addresses_in(conn, principal, tasks)
    params = {"tasks": [each.task_id for each in tasks], "living": list(LIVING)}
    done = {each.pop("task_id"): each for each in await rows(conn, QUERIES["progress"], params)}
    return {
        each.task_id: Progress(counts.get(each.task_id, 0), **done.get(each.task_id, {}))
        for each in tasks
    }


async def records_of(conn: Connection, task: Task) -> list[Found]:
    """Give the newest records of a task; the principal is known to see it."""
    params = {"task_id": task.task_id, "limit": MAX_RECORDS}
    return [_found(each) for each in await rows(conn, QUERIES["records_of_task"], params)]


def _found(row: Mapping[str, Any]) -> Found:
    facts = dict(row)
    lon, lat = facts.pop("lon"), facts.pop("lat")
    facts |= {
        "act": Act(facts["act"]),
        "state": State(facts["state"]),
        "waits_for": None if facts["waits_for"] is None else Waits(facts["waits_for"]),
        "point": None if lon is None else LonLat(lon, lat),
    }
    return Found(**facts)


async def _addresses_in(
    conn: Connection, principal: Principal, tasks: Sequence[Task]
) -> dict[UUID, int]:
    by_kind: dict[TaskKind, list[Task]] = defaultdict(list)
    for each in tasks:
        by_kind[each.kind].append(each)
    seen = seen_by(sight_of(principal))
    counts: dict[UUID, int] = {}
    if some := by_kind[TaskKind.COMMUNE]:
        params = seen | {"communes": [each.commune_code for each in some]}
        found = await rows(conn, QUERIES["count_communes"], params)
        by_code = {each["commune_code"]: each["count"] for each in found}
        counts |= {each.task_id: by_code.get(each.commune_code, 0) for each in some}
    if some := by_kind[TaskKind.STREET]:
        counts |= await _in_streets(conn, seen, some)
    if some := by_kind[TaskKind.LOCALITY]:
        counts |= await _in_localities(conn, seen, some)
    if some := by_kind[TaskKind.POLYGON]:
        params = seen | {"tasks": [each.task_id for each in some]}
        found = await rows(conn, QUERIES["count_polygons"], params)
        counts |= {each["task_id"]: each["count"] for each in found}
    return counts


async def _in_streets(
    conn: Connection, seen: Mapping[str, Any], tasks: Sequence[Task]
) -> dict[UUID, int]:
    wanted = {(each.commune_code, _key(each)) for each in tasks}
    params = {**seen, "communes": [one for one, _ in wanted], "keys": [key for _, key in wanted]}
    found = await rows(conn, QUERIES["count_streets"], params)
    by_key = {(each["commune_code"], each["base_key"]): each["count"] for each in found}
    return {each.task_id: by_key.get((each.commune_code, _key(each)), 0) for each in tasks}


async def _in_localities(
    conn: Connection, seen: Mapping[str, Any], tasks: Sequence[Task]
) -> dict[UUID, int]:
    by_key: dict[tuple[str, str], int] = defaultdict(int)
    for commune in sorted({each.commune_code for each in tasks}):
        for each in await rows(conn, QUERIES["localities"], {**seen, "commune": commune}):
            by_key[commune, Named(each["name"], each["kind"]).key] += each["addresses"]
    return {each.task_id: by_key.get((each.commune_code, _key(each)), 0) for each in tasks}


def _key(task: Task) -> str:
    return "" if task.named is None else task.named.key
