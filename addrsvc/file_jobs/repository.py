"""Rows of jobs over files, as their owners ask for them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from addrsvc.auth.model import Principal
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, execute, row, rows
from addrsvc.file_jobs.model import FileJob, JobState, Kind

QUERIES: Final = Queries("addrsvc.file_jobs")


@dataclass(frozen=True, slots=True)
class Held:
    """What one owner has here already."""

    unfinished: int
    """Jobs that are not over."""
    bytes: int
    """Of files received, or declared and under way."""


def job_of(found: Row) -> FileJob:
    """Give a job from its row."""
    areas = None if found["areas"] is None else frozenset(found["areas"])
    told = {"kind": Kind(found["kind"]), "state": JobState(found["state"]), "areas": areas}
    return FileJob(**{**found, **told, "scopes": frozenset(found["scopes"])})


async def held_by(conn: Connection, owner: str, but: UUID | None = None) -> Held:
    """Give what an owner has here besides one job; others who add to it wait for this one."""
    await rows(conn, QUERIES["lock_owner"], {"owner": owner})
    found = await rows(conn, QUERIES["held"], {"owner": owner, "except": but})
    return Held(**found[0])


async def insert_job(
    conn: Connection,
    principal: Principal,
    facts: dict[str, Any],
    options: dict[str, Any],
) -> UUID:
    """Add a job whose file begins to come; what its owner may do is kept with it."""
    params = {
        **facts,
        "owner": principal.id,
        "scopes": sorted(scope.value for scope in principal.scopes),
        "areas": None if principal.areas is None else sorted(principal.areas),
        "options": Jsonb(options),
    }
    found = await rows(conn, QUERIES["insert_job"], params)
    job_id: UUID = found[0]["job_id"]
    return job_id


async def note_received(
    conn: Connection, job_id: UUID, *, bytes_: int, sha256: str
) -> FileJob | None:
    """Note that the whole file is there; None: the job was ended meanwhile."""
    params = {"job_id": job_id, "bytes": bytes_, "sha256": sha256}
    found = await row(conn, QUERIES["received"], params)
    return None if found is None else job_of(found)


async def forget_unreceived(conn: Connection, job_id: UUID) -> bool:
    """Forget a job whose file did not come whole; False: it came, or the job was ended."""
    return await execute(conn, QUERIES["forget_unreceived"], {"job_id": job_id}) == 1


async def find_job(
    conn: Connection, owner: str, job_id: UUID, *, lock: bool = False
) -> FileJob | None:
    """Give a job of an owner, locked until the transaction ends where asked."""
    query = QUERIES["lock_job" if lock else "find_job"]
    found = await row(conn, query, {"owner": owner, "job_id": job_id})
    return None if found is None else job_of(found)


async def list_jobs(
    conn: Connection, owner: str, *, before: UUID | None, limit: int
) -> list[FileJob]:
    """Give jobs of an owner, the latest first."""
    params = {"owner": owner, "before": before, "limit": limit}
    return [job_of(each) for each in await rows(conn, QUERIES["list_jobs"], params)]


async def list_watched(conn: Connection, job_ids: Collection[UUID]) -> list[FileJob]:
    """Give some jobs, whoever owns them."""
    found = await rows(conn, QUERIES["watched"], {"job_ids": list(job_ids)})
    return [job_of(each) for each in found]


async def start(conn: Connection, job: FileJob, options: dict[str, Any]) -> FileJob:
    """Let a job wait for a worker with the columns chosen."""
    params = {"job_id": job.job_id, "options": Jsonb(options)}
    return await _changed(conn, "start", params)


async def cancel(conn: Connection, job: FileJob, at: datetime) -> FileJob:
    """End a job."""
    return await _changed(conn, "cancel", {"job_id": job.job_id, "at": at})


async def expire(conn: Connection, job: FileJob, at: datetime) -> FileJob:
    """Let the files of a job be due now."""
    return await _changed(conn, "expire", {"job_id": job.job_id, "at": at})


async def note_files_gone(conn: Connection, job_id: UUID, at: datetime) -> None:
    """Note that no files of a job are left."""
    await execute(conn, QUERIES["files_gone"], {"job_id": job_id, "at": at})


async def _changed(conn: Connection, query: str, params: dict[str, Any]) -> FileJob:
    (found,) = await rows(conn, QUERIES[query], params)
    return job_of(found)
