"""Leave slices of jobs for the workers that do them; what workers write down of a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.clock import Clock
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Row, execute, row, rows
from addrsvc.db.transaction import transaction
from addrsvc.errors import AddrsvcError, problem_kept
from addrsvc.file_jobs.model import FileJob, JobState
from addrsvc.file_jobs.repository import job_of
from addrsvc.file_jobs.running_errors import JobGivenUp
from addrsvc.queue.jobs import list_standing
from addrsvc.queue.model import Queue, State, Task
from addrsvc.queue.service import defer

log = structlog.get_logger("addrsvc")

QUERIES: Final = Queries("addrsvc.file_jobs", "queries_running.sql")


async def leave_first(conn: AsyncConnection, job_id: UUID, owner: str) -> None:
    """Leave the first slice of a job that waits: it begins once the caller has committed."""
    await leave_lane(conn, job_id, owner, 0)


async def leave_lane(conn: AsyncConnection, job_id: UUID, owner: str, lane: int) -> None:
    """Leave a slice behind those of others: so owners take turns.

    Of one owner, jobs share a lane, so that no owner ever has more processes than lanes.
    """
    await defer(
        conn,
        Task.FILE_JOB,
        {"job_id": str(job_id), "lane": lane},
        lock=f"file-job:{owner}:{lane}",
        queueing_lock=f"file-job:{job_id}:{lane}",
        queue=Queue.FILES,
    )


async def find_job(conn: AsyncConnection, job_id: UUID) -> FileJob | None:
    """Give a job, or None."""
    found = await row(conn, QUERIES["file_job"], {"job_id": job_id})
    return None if found is None else job_of(found)


async def lock_state(conn: AsyncConnection, job_id: UUID) -> JobState | None:
    """Give how far a job is, and let nobody change it until the transaction ends."""
    found = await row(conn, QUERIES["lock_state"], {"job_id": job_id})
    return None if found is None else JobState(found["state"])


async def end_job(
    engine: AsyncEngine, clock: Clock, job: FileJob, state: JobState, problem: AddrsvcError
) -> None:
    """Refuse or fail a job; one that is over stays as it is."""
    params = {
        "job_id": job.job_id,
        "state": state,
        "problem": Jsonb(problem_kept(problem)),
        "now": clock.now(),
    }
    async with transaction(engine) as conn:
        if await execute(conn, QUERIES["give_up"], params):
            log.info("file job over", file_job=str(job.job_id), state=state, problem=problem.slug)


async def mend_lost(engine: AsyncEngine, clock: Clock) -> None:
    """Fail jobs a step of which was given up; leave slices again where none is left.

    The queue gives a slice up after some errors, or parks it when it killed its worker each time:
    nobody else would tell the job's owner.
    """
    async with transaction(engine) as conn:
        # first: what is left for a job is written together with how far it is
        under_way = await rows(conn, QUERIES["under_way"], {})
        if not under_way:
            return
        states: dict[str, set[State]] = {}
        for args, state in await list_standing(conn, Task.FILE_JOB):
            states.setdefault(str(args["job_id"]), set()).add(state)
        for each in under_way:
            await _mend(conn, clock, each, states.get(str(each["job_id"]), set()))


async def _mend(conn: AsyncConnection, clock: Clock, found: Row, standing: set[State]) -> None:
    job_id: UUID = found["job_id"]
    if State.FAILED in standing:
        params: Mapping[str, Any] = {
            "job_id": job_id,
            "state": JobState.FAILED,
            "problem": Jsonb(problem_kept(JobGivenUp())),
            "now": clock.now(),
        }
        await execute(conn, QUERIES["give_up"], params)
        log.error("file job given up", file_job=str(job_id))
    elif not standing:
        lanes = found["lanes"] if found["state"] == JobState.RUNNING else 1
        for lane in range(lanes):
            await leave_lane(conn, job_id, found["owner"], lane)
        log.warning("file job found without slices", file_job=str(job_id))
