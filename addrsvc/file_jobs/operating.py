"""Jobs over files as operators see them, whoever owns them; what they end is on record."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal
from addrsvc.clock import Clock
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, row, rows
from addrsvc.file_jobs import repository
from addrsvc.file_jobs.errors import FileJobNotFound, FileJobNotOver, FileJobOver
from addrsvc.file_jobs.model import FileJob, JobState

QUERIES: Final = Queries("addrsvc.file_jobs", "queries_operating.sql")


async def list_all(conn: Connection, *, not_over: bool, limit: int) -> list[FileJob]:
    """Give jobs of all owners, the latest first."""
    params = {"not_over": not_over, "limit": limit}
    return [repository.job_of(each) for each in await rows(conn, QUERIES["list_all"], params)]


async def get_any(conn: Connection, job_id: UUID) -> FileJob:
    """Give a job, whoever owns it, for no one else to change until the transaction ends.

    Raises:
        FileJobNotFound: there is none.
    """
    found = await row(conn, QUERIES["find_any"], {"job_id": job_id})
    if found is None:
        raise FileJobNotFound
    return repository.job_of(found)


async def cancel_any(
    conn: AsyncConnection, operator: Principal, job_id: UUID, clock: Clock
) -> FileJob:
    """End a job; its files are due to be deleted. One that was cancelled before stays so.

    Raises:
        FileJobNotFound: there is none.
        FileJobOver: it ended otherwise.
    """
    job = await get_any(conn, job_id)
    if job.state is JobState.CANCELLED:
        return job
    if job.state.is_over:
        raise FileJobOver(state=job.state.value)
    await _note(conn, operator, job, "cancel", clock)
    return await repository.cancel(conn, job, clock.now())


async def forget_any(
    conn: AsyncConnection, operator: Principal, job_id: UUID, clock: Clock
) -> FileJob:
    """Let the files of a job that is over be due now; its receipt stays.

    Raises:
        FileJobNotFound: there is none.
        FileJobNotOver: it has to be cancelled first.
    """
    job = await get_any(conn, job_id)
    if not job.state.is_over:
        raise FileJobNotOver(state=job.state.value)
    if job.files_gone_at is not None:
        return job
    await _note(conn, operator, job, "forget-files", clock)
    return await repository.expire(conn, job, clock.now())


async def _note(
    conn: AsyncConnection, operator: Principal, job: FileJob, verb: str, clock: Clock
) -> None:
    await audit.record(
        conn,
        principal=operator.id,
        action=f"file-job.{verb}",
        subject=str(job.job_id),
        at=clock.now(),
        detail={"owner": job.owner},
    )
