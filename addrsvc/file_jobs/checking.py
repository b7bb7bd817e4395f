"""Look at the file of a job: can it be read, which columns mean what, how many rows there are."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from psycopg.types.json import Jsonb

from addrsvc.clock import today
from addrsvc.db.rows import execute, row
from addrsvc.db.transaction import transaction
from addrsvc.errors import AddrsvcError, Kind, problem_kept
from addrsvc.events.reading import last_number
from addrsvc.file_jobs.cutting import Cut, CuttingStopped, cut
from addrsvc.file_jobs.files import JobFiles
from addrsvc.file_jobs.kinds import KINDS
from addrsvc.file_jobs.kinds.work import Room, RowWork
from addrsvc.file_jobs.model import FileJob, JobState
from addrsvc.file_jobs.running import (
    QUERIES,
    end_job,
    find_job,
    leave_lane,
    lock_state,
)
from addrsvc.file_jobs.running_errors import RoleUnknown
from addrsvc.geo import crs as systems
from addrsvc.tabular.columns import header_key
from addrsvc.tabular.errors import ColumnUnknown
from addrsvc.tabular.sources import Source, open_source

_LOOKED_AT: Final = 50
"""Rows looked at where headers say nothing."""
_SHOWN: Final = 5
_CELL_SHOWN: Final = 200
_ASK_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Looked:
    """What is known of a file before it is cut."""

    source: Source
    at: Mapping[str, int]
    """Role → place of its column."""
    found: Mapping[str, Any]
    """As it is kept, for whoever chooses columns, and for the parts."""
    problem: AddrsvcError | None
    """What is wrong with the columns chosen."""


async def check(room: Room, job: FileJob, files: JobFiles, part_rows: int) -> None:
    """Settle the columns of a file and cut it; moves the job on, asks its owner, or refuses it."""
    work = KINDS[job.kind]
    async with transaction(room.engine) as conn:
        params = {"job_id": job.job_id, "now": room.clock.now()}
        if await row(conn, QUERIES["begin_checking"], params) is None:
            return
    try:
        looked = await asyncio.to_thread(look, work, job, files.input(job.file_name))
        starts = job.options.get("start") is not False and looked.problem is None
        if not starts or work.lacks(looked.at.keys()):
            await _ask_columns(room, job, looked)
            return
        await _cut(room, job, files, looked, part_rows)
    except CuttingStopped:
        return
    except AddrsvcError as error:
        if error.kind is Kind.UNAVAILABLE:
            raise
        if hasattr(error, "file"):
            error.file = job.file_name  # here it stands under a name of ours
        await end_job(room.engine, room.clock, job, JobState.REFUSED, error)


def look(work: RowWork, job: FileJob, path: Path) -> Looked:
    """Open the file and say what its columns mean.

    Raises:
        FileNotFoundError: it is gone.
        AddrsvcError: it cannot be read.
    """
    if not path.is_file():
        raise FileNotFoundError(path.name)
    options = job.options
    crs = options.get("crs")
    if crs:
        systems.parse(str(crs))
    source = open_source(
        path, encoding=options.get("encoding"), layer=options.get("layer"), crs=crs or None
    )
    first = list(islice(source.records(), _LOOKED_AT))
    rows = [each.fitted(len(source.columns)) for each in first if each.error is None]
    at, problem = _settled(work, source, rows, dict(options.get("columns") or {}))
    found = {
        "header": source.header,
        "columns": source.columns,
        "roles": {role: source.columns[place] for role, place in at.items()},
        "rows": [[cell[:_CELL_SHOWN] for cell in cells] for cells in rows[:_SHOWN]],
        "encoding": source.encoding,
        "delimiter": source.delimiter,
        "carries_point": source.carries_point,
        "crs": _crs_of(source, at, crs),
    }
    return Looked(source, at, found, problem)


def _settled(
    work: RowWork, source: Source, rows: Sequence[Sequence[str]], chosen: dict[str, str]
) -> tuple[dict[str, int], AddrsvcError | None]:
    """Take the columns chosen; guess the others. An empty choice leaves a role out."""
    columns = source.columns
    keys = list(map(header_key, columns))
    at: dict[str, int] = {}
    problem: AddrsvcError | None = None
    for role, column in chosen.items():
        if role not in work.roles:
            problem = RoleUnknown(role=role[:40], known=", ".join(work.roles))
        elif column in columns:
            at[role] = columns.index(column)
        elif column and header_key(column) in keys:
            at[role] = keys.index(header_key(column))
        elif column:
            problem = ColumnUnknown(column=column[:80], known=", ".join(columns)[:500])
    points = {"lon": len(columns) - 2, "lat": len(columns) - 1} if source.carries_point else {}
    if not points.keys() & chosen.keys():
        at |= {role: place for role, place in points.items() if role in work.roles}
    guessed = work.guess(columns, [list(each) for each in rows])
    for role, column in guessed.items():
        place = columns.index(column)
        if role not in at and role not in chosen and place not in at.values():
            at[role] = place
    return at, problem


def _crs_of(source: Source, at: Mapping[str, int], chosen: str | None) -> str | None:
    """Give the system of the coordinates: the layer's own holds for its own points only."""
    own = source.carries_point and at.get("lon") == len(source.columns) - 2
    return chosen or (source.crs if own else None)


async def _ask_columns(room: Room, job: FileJob, looked: Looked) -> None:
    problem = None if looked.problem is None else Jsonb(problem_kept(looked.problem))
    params = {"job_id": job.job_id, "found": Jsonb(_storable(looked.found)), "problem": problem}
    async with transaction(room.engine) as conn:
        await execute(conn, QUERIES["ask_columns"], params)


async def _cut(room: Room, job: FileJob, files: JobFiles, looked: Looked, part_rows: int) -> None:
    """Cut into a folder of this attempt's own; only one is ever taken for the job's."""
    folder = files.folder / f"parts.{uuid4().hex}"
    try:
        done = await _cut_aside(room, job, folder, looked, part_rows)
        lanes = max(1, min(room.settings.file_lanes, done.parts))
        day = job.options.get("at") or today(room.clock).isoformat()
        # rows are shown to whoever chooses columns; they are not kept beyond the files
        known = {name: each for name, each in looked.found.items() if name != "rows"}
        found = {**known, "at": dict(looked.at), "lanes": lanes, "day": day}
        async with transaction(room.engine) as conn:
            if await lock_state(conn, job.job_id) is not JobState.CHECKING:
                return
            _take(folder, files.parts)
            params = {
                "job_id": job.job_id,
                "rows": done.rows,
                "parts": done.parts,
                "found": Jsonb(_storable(found)),
                "event": await last_number(conn),
            }
            await execute(conn, QUERIES["begin_running"], params)
            for lane in range(1, lanes):
                await leave_lane(conn, job.job_id, job.owner, lane)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _cut_aside(room: Room, job: FileJob, folder: Path, looked: Looked, part_rows: int) -> Cut:
    """Cut in a thread, and look meanwhile whether the job is still wanted.

    Raises:
        CuttingStopped: it is not.
    """
    stopped = threading.Event()
    cutting = asyncio.create_task(
        asyncio.to_thread(
            cut,
            looked.source,
            folder,
            frozenset(looked.at.values()),
            ending=job.options["result"],
            language=job.options.get("language", "vi"),
            is_stopped=stopped.is_set,
            part_rows=part_rows,
        )
    )
    try:
        while not (await asyncio.wait({cutting}, timeout=_ASK_S))[0]:
            async with transaction(room.engine) as conn:
                now = await find_job(conn, job.job_id)
            if now is None or now.state is not JobState.CHECKING:
                stopped.set()
    finally:
        stopped.set()
    return cutting.result()


def _take(folder: Path, parts: Path) -> None:
    shutil.rmtree(parts, ignore_errors=True)
    folder.rename(parts)


def _storable(found: Mapping[str, Any]) -> dict[str, Any]:
    """Give what JSON in the database can hold: no lone surrogates, no zero bytes."""

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return value.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
        if isinstance(value, dict):
            return {name: clean(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [clean(each) for each in value]
        return value

    return {name: clean(each) for name, each in found.items()}
