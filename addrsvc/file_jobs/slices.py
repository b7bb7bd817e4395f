"""Do a slice of a job: so much that others wait no longer than a few seconds, then leave the rest.

Whatever is done may be done again after a kill, and nothing is counted twice: a part is taken for
done in one transaction, the result grows from a position kept.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import orjson
from psycopg.types.json import Jsonb

from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.present import as_of_now
from addrsvc.db.rows import execute, row, rows
from addrsvc.db.transaction import transaction
from addrsvc.errors import AddrsvcError
from addrsvc.file_jobs.checking import check
from addrsvc.file_jobs.cutting import PART_ROWS, RowIn, read_part
from addrsvc.file_jobs.files import JobFiles
from addrsvc.file_jobs.kinds import KINDS
from addrsvc.file_jobs.kinds.work import UNREADABLE, Room, RowDone, RowWork, Terms
from addrsvc.file_jobs.model import FileJob, JobState
from addrsvc.file_jobs.running import QUERIES, end_job, find_job, leave_lane, lock_state
from addrsvc.file_jobs.running_errors import (
    JobExpired,
    JobFilesGone,
    JobNotPermitted,
    JobOwnerEnded,
)
from addrsvc.file_jobs.writing import write_result
from addrsvc.tabular.model import Record

SLICE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is done at a time."""

    slice_s: float = SLICE_S
    part_rows: int = PART_ROWS
    is_stopping: Callable[[], bool] = lambda: False
    """Whether the process is to end: a slice then ends with its part."""


async def do_slice(room: Room, job_id: UUID, lane: int, pace: Pace) -> None:
    """Go on with a job for a while, then leave the next slice behind those of others."""
    until = time.monotonic() + pace.slice_s

    def goes_on() -> bool:
        return time.monotonic() < until and not pace.is_stopping()

    while True:
        async with transaction(room.engine) as conn:
            job = await find_job(conn, job_id)
        if job is None or job.state not in _STEPS:
            return
        principal = await _present_owner(room, job)
        if principal is None:
            return
        is_over = await _step(replace(room, principal=principal), job, lane, goes_on, pace)
        if is_over:
            return
        if not goes_on():
            async with transaction(room.engine) as conn:
                await leave_lane(conn, job_id, job.owner, lane)
            return


_STEPS: Final = frozenset({JobState.WAITING, JobState.CHECKING, JobState.RUNNING, JobState.WRITING})


async def _step(
    room: Room, job: FileJob, lane: int, goes_on: Callable[[], bool], pace: Pace
) -> bool:
    """Do what is next; tell whether nothing is left for this lane."""
    if room.settings.files_dir is None:
        raise RuntimeError("ADDRSVC_FILES_DIR is not set for this worker")
    files = JobFiles.of(room.settings.files_dir, job.job_id)
    try:
        if job.state is JobState.RUNNING:
            return await _do_parts(room, job, files, lane, goes_on)
        if lane != 0:
            return True
        if job.state is JobState.WRITING:
            await write_result(room, job, files, goes_on)
        else:
            await check(room, job, files, pace.part_rows)
    except FileNotFoundError:
        # also where somebody cancelled it meanwhile and its files were deleted: then it is over
        await end_job(room.engine, room.clock, job, JobState.FAILED, JobFilesGone())
    return False


async def _present_owner(room: Room, job: FileJob) -> Principal | None:
    """Give whoever asked, as of now; None: the job cannot go on in their name, and was failed."""
    scopes = frozenset(map(Scope, job.scopes))
    asked = Principal(job.owner, scopes, job.areas)
    async with transaction(room.engine) as conn:
        principal = await as_of_now(conn, asked, room.clock.now())
    needed = KINDS[job.kind].scope
    problem: AddrsvcError | None = None
    if job.expires_at <= room.clock.now():
        problem = JobExpired()
    elif principal is None:
        problem = JobOwnerEnded()
    elif not principal.may(needed):
        problem = JobNotPermitted(scope=needed.value)
    if problem is None:
        return principal
    await end_job(room.engine, room.clock, job, JobState.FAILED, problem)
    return None


async def _do_parts(
    room: Room, job: FileJob, files: JobFiles, lane: int, goes_on: Callable[[], bool]
) -> bool:
    """Do parts of a lane; tell whether none is left for it."""
    work, terms = KINDS[job.kind], terms_of(job)
    lanes = (job.found or {})["lanes"]
    params = {"job_id": job.job_id, "lane": lane, "lanes": lanes, "parts": job.parts}
    async with transaction(room.engine) as conn:
        left = [each["part"] for each in await rows(conn, QUERIES["parts_left"], params)]
    for part in left:
        done = await _do_rows(work, room, terms, read_part(files.part_in(part)))
        state = await _keep(room, job, files, lane, part, done)
        if state is not JobState.RUNNING:
            return state is not JobState.WRITING or lane != 0
        if not goes_on():
            return bool(part == left[-1])
    return True


def terms_of(job: FileJob) -> Terms:
    """Give how rows are read and answered, as settled while checking."""
    found = job.found or {}
    return Terms(
        job_id=job.job_id,
        columns=found["columns"],
        at=found["at"],
        day=date.fromisoformat(found["day"]),
        since=job.created_at,
        language=job.options.get("language", "vi"),
        crs=found["crs"],
        options=job.options,
    )


@dataclass(frozen=True, slots=True)
class _Done:
    """What a part became."""

    count: int
    rows: bytes
    codes: bytes
    statuses: dict[str, int]


async def _do_rows(work: RowWork, room: Room, terms: Terms, given: Sequence[RowIn]) -> _Done:
    readable = [Record(each.line, each.cells) for each in given if each.reason is None]
    worked = iter(await work.work(room, terms, readable) if readable else ())
    done: list[RowDone] = [
        next(worked) if each.reason is None else work.undone(UNREADABLE, each.reason)
        for each in given
    ]
    codes = [(row.line, each.code) for row, each in zip(given, done, strict=True) if each.code]
    return _Done(
        len(done),
        orjson.dumps([[*row.cells, *each.cells] for row, each in zip(given, done, strict=True)]),
        b"".join(orjson.dumps(each) + b"\n" for each in codes),
        dict(Counter(each.status for each in done)),
    )


async def _keep(
    room: Room, job: FileJob, files: JobFiles, lane: int, part: int, done: _Done
) -> JobState | None:
    """Take a part for done, once, whoever else did it; give how far the job is then."""
    aside = files.part_out(part).with_suffix(f".{uuid4().hex}")
    _write(aside, done.rows)
    count = {"job_id": job.job_id, "rows": done.count, "counts": Jsonb(done.statuses)}
    try:
        async with transaction(room.engine) as conn:
            state = await lock_state(conn, job.job_id)
            if state is not JobState.RUNNING:
                return state
            added = {**count, "part": part, "now": room.clock.now()}
            if not await execute(conn, QUERIES["add_part"], added):
                return state
            # before it counts as done: killed between the two, it is done again
            _write(files.part_codes(part), done.codes)
            aside.replace(files.part_out(part))
            counted = await row(conn, QUERIES["count_part"], count)
            state = JobState(counted["state"]) if counted else None
            if state is JobState.WRITING and lane != 0:
                await leave_lane(conn, job.job_id, job.owner, 0)
            return state
    finally:
        aside.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    """Write a file that outlives the machine's power."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
