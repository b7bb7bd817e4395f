"""Leave slices of jobs for the workers that do them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.queue.model import Queue, Task
from addrsvc.queue.service import defer


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
