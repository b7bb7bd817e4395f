"""What operators see and do: list jobs, begin one anew, cancel one."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.rows import Row, execute, row, rows
from addrsvc.queue.errors import JobNotOver, JobOver, JobUnknown
from addrsvc.queue.model import Job, State, Task
from addrsvc.queue.service import QUERIES


async def list_jobs(
    conn: AsyncConnection, states: Collection[State] | None, *, limit: int
) -> list[Job]:
    """Give jobs, newest first; None: of any state."""
    told = None if states is None else [state.value for state in states]
    found = await rows(conn, QUERIES["list_jobs"], {"job_id": None, "states": told, "limit": limit})
    return [_job(each) for each in found]


async def get_job(conn: AsyncConnection, job_id: int) -> Job:
    """Give one job.

    Raises:
        JobUnknown: there is none of that number.
    """
    found = await row(conn, QUERIES["list_jobs"], {"job_id": job_id, "states": None, "limit": 1})
    if found is None:
        raise JobUnknown(job_id=job_id)
    return _job(found)


async def list_standing(
    conn: AsyncConnection, task: Task
) -> list[tuple[Mapping[str, object], State]]:
    """Give arguments and state of all jobs of a task that wait, run, or were given up."""
    found = await rows(conn, QUERIES["list_standing"], {"task": task})
    return [(each["args"], State(each["state"])) for each in found]


async def retry_job(conn: AsyncConnection, job_id: int) -> None:
    """Let a job that failed, was parked or cancelled begin anew, as if it never had.

    One that killed a worker runs alone again.

    Raises:
        JobUnknown: there is none of that number.
        JobNotOver: it waits or runs.
    """
    if not await execute(conn, QUERIES["retry_job"], {"job_id": job_id}):
        job = await get_job(conn, job_id)
        raise JobNotOver(job_id=job_id, state=job.state.value)
    await execute(conn, QUERIES["forget_lone_deaths"], {"job_id": job_id})


async def cancel_job(conn: AsyncConnection, job_id: int) -> None:
    """Keep a job from running; one that runs is broken off by its worker within seconds.

    Raises:
        JobUnknown: there is none of that number.
        JobOver: it is over.
    """
    found = await row(conn, QUERIES["cancel_job"], {"job_id": job_id})
    if found is None or found["id"] is None:
        job = await get_job(conn, job_id)
        raise JobOver(job_id=job_id, state=job.state.value)


def _job(found: Row) -> Job:
    return Job(**{**found, "state": State(found["state"])})
