"""Jobs over files as their owners see them: begun, looked at, started, ended, their files deleted.

Everything is for the owner alone: of others' jobs nobody learns that there are any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.errors import NotSignedIn
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.db.rows import Connection
from addrsvc.file_jobs import repository
from addrsvc.file_jobs.errors import (
    ColumnsStillNeeded,
    FileBytesTooMany,
    FileJobNotFound,
    FileJobNotOver,
    FileJobNotWaiting,
    FileJobOver,
    FileJobsTooMany,
    FilesExpired,
    NoResult,
)
from addrsvc.file_jobs.files import JobFiles
from addrsvc.file_jobs.kinds import KINDS
from addrsvc.file_jobs.model import FileJob, JobState, Kind
from addrsvc.file_jobs.running import leave_first
from addrsvc.file_jobs.running_errors import RoleUnknown
from addrsvc.settings import Settings
from addrsvc.tabular.columns import header_key
from addrsvc.tabular.errors import ColumnUnknown
from addrsvc.uploads.receiving import Received

PAGE_LIMIT: Final = 200
"""Most jobs in one page."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants of a file."""

    kind: Kind
    file_name: str
    """Clean: see ``receiving.clean_name``."""
    options: Mapping[str, Any]


def scope_of(kind: Kind) -> Scope:
    """Give what it takes to have a job of a kind done, and to see what came of it."""
    return KINDS[kind].scope


async def begin_job(
    conn: AsyncConnection,
    principal: Principal,
    asked: Asked,
    declared_bytes: int | None,
    settings: Settings,
    clock: Clock,
) -> tuple[UUID, int]:
    """Let a file begin to come; give its job and how many bytes it may have.

    Raises:
        NotSignedIn, ScopeMissing: it may not have this done.
        FileJobsTooMany, FileBytesTooMany: its quota is used up.
    """
    principal.require(scope_of(asked.kind))
    check_columns(asked.kind, asked.options["columns"])
    held = await repository.held_by(conn, principal.id)
    if held.unfinished >= settings.file_jobs_each:
        raise FileJobsTooMany(limit=settings.file_jobs_each)
    left = settings.file_bytes_each - held.bytes
    if left <= 0 or (declared_bytes or 0) > left:
        raise FileBytesTooMany(used_bytes=held.bytes, limit_bytes=settings.file_bytes_each)
    now = clock.now()
    facts = {
        "kind": asked.kind.value,
        "file_name": asked.file_name,
        "input_bytes": declared_bytes,
        "at": now,
        "expires_at": now + timedelta(days=settings.keep_job_files_days),
    }
    return await repository.insert_job(conn, principal, facts, dict(asked.options)), left


async def note_received(
    conn: AsyncConnection,
    principal: Principal,
    job_id: UUID,
    received: Received,
    settings: Settings,
    clock: Clock,
) -> FileJob:
    """Let a job begin whose file is there whole.

    Raises:
        FileBytesTooMany: another file was quicker, and both are too much.
        FileJobOver: the job was ended meanwhile.
    """
    held = await repository.held_by(conn, principal.id, but=job_id)
    if held.bytes + received.bytes > settings.file_bytes_each:
        raise FileBytesTooMany(used_bytes=held.bytes, limit_bytes=settings.file_bytes_each)
    job = await repository.note_received(
        conn, job_id, bytes_=received.bytes, sha256=received.sha256
    )
    if job is None:
        raise FileJobOver(state=JobState.CANCELLED.value)
    await leave_first(conn, job.job_id, job.owner)
    detail = {"kind": job.kind.value, "bytes": received.bytes, "sha256": received.sha256}
    await _note(conn, principal, job, "create", clock.now(), detail)
    return job


async def get_job(conn: Connection, principal: Principal, job_id: UUID) -> FileJob:
    """Give one's own job.

    Raises:
        NotSignedIn: nobody in particular has jobs.
        FileJobNotFound: there is none of this id, or it is somebody else's.
    """
    return await _own(conn, principal, job_id)


async def list_jobs(
    conn: Connection, principal: Principal, *, before: UUID | None, limit: int
) -> list[FileJob]:
    """Give one's own jobs, the latest first, behind one of them.

    Raises:
        NotSignedIn: nobody in particular has jobs.
    """
    _require_known(principal)
    return await repository.list_jobs(conn, principal.id, before=before, limit=limit)


async def start_job(
    conn: AsyncConnection,
    principal: Principal,
    job_id: UUID,
    columns: Mapping[str, str],
    clock: Clock,
) -> FileJob:
    """Begin a job that waits for its columns; those not given are as asked first, or guessed.

    Raises:
        NotSignedIn, FileJobNotFound: see ``get_job``.
        ScopeMissing: it may not have this done any more.
        FileJobNotWaiting: it does not wait for columns.
        RoleUnknown, ColumnUnknown, ColumnsStillNeeded: these are not the columns.
        FilesExpired: too late.
    """
    job = await _own(conn, principal, job_id, lock=True)
    principal.require(scope_of(job.kind))
    if job.state is not JobState.NEEDS_COLUMNS:
        raise FileJobNotWaiting(state=job.state.value)
    now = clock.now()
    if job.expires_at <= now:
        raise FilesExpired
    found = job.found or {}
    chosen = {**job.options["columns"], **columns}
    check_columns(job.kind, chosen, found.get("columns"), found.get("roles", {}))
    options = {**job.options, "columns": chosen, "start": True}
    job = await repository.start(conn, job, options)
    await leave_first(conn, job.job_id, job.owner)
    await _note(conn, principal, job, "start", now)
    return job


async def cancel_job(
    conn: AsyncConnection, principal: Principal, job_id: UUID, clock: Clock
) -> FileJob:
    """End a job that is not over; one that was cancelled before stays so.

    Its files are due to be deleted: see ``expiring.delete_files``, once this is committed.

    Raises:
        NotSignedIn, FileJobNotFound: see ``get_job``.
        FileJobOver: it ended otherwise.
    """
    job = await _own(conn, principal, job_id, lock=True)
    if job.state is JobState.CANCELLED:
        return job
    if job.state.is_over:
        raise FileJobOver(state=job.state.value)
    now = clock.now()
    await _note(conn, principal, job, "cancel", now, {"state": job.state.value})
    return await repository.cancel(conn, job, now)


async def forget_files(
    conn: AsyncConnection, principal: Principal, job_id: UUID, clock: Clock
) -> FileJob:
    """Let the files of a job that is over be due now; its receipt stays.

    Raises:
        NotSignedIn, FileJobNotFound: see ``get_job``.
        FileJobNotOver: it has to be cancelled first.
    """
    job = await _own(conn, principal, job_id, lock=True)
    if not job.state.is_over:
        raise FileJobNotOver(state=job.state.value)
    now = clock.now()
    if job.files_gone_at is not None or job.expires_at <= now:
        return job
    await _note(conn, principal, job, "forget-files", now)
    return await repository.expire(conn, job, now)


async def get_done(conn: Connection, principal: Principal, job_id: UUID, clock: Clock) -> FileJob:
    """Give a job whose result is there to be read.

    Raises:
        NotSignedIn, FileJobNotFound: see ``get_job``.
        ScopeMissing: it may not see such results any more.
        FileJobNotOver, NoResult: there is none yet, or none at all.
        FilesExpired: it is deleted.
    """
    job = await _own(conn, principal, job_id)
    principal.require(scope_of(job.kind))
    if not job.state.is_over:
        raise FileJobNotOver(state=job.state.value)
    if job.state is not JobState.DONE:
        raise NoResult(state=job.state.value)
    if job.files_gone_at is not None or job.expires_at <= clock.now():
        raise FilesExpired
    return job


def result_of(job: FileJob, files_dir: Path) -> Path:
    """Give where the result of a job stands."""
    return JobFiles.of(files_dir, job.job_id).result(job.options["result"])


async def note_download(
    conn: AsyncConnection, principal: Principal, job: FileJob, clock: Clock
) -> None:
    """Leave in the log that a result was taken."""
    await _note(conn, principal, job, "download", clock.now(), {"sha256": job.result_sha256})


def check_columns(
    kind: Kind,
    chosen: Mapping[str, str],
    there: Sequence[str] | None = None,
    guessed: Mapping[str, str] | None = None,
) -> None:
    """Pass columns that a job of a kind can be done with.

    Args:
        kind: of the job.
        chosen: role → name of the column; empty: none, whatever would be guessed.
        there: columns of the file; None: not known yet.
        guessed: the same for roles not chosen; None: not known yet.

    Raises:
        RoleUnknown, ColumnUnknown, ColumnsStillNeeded: they are not.
    """
    work = KINDS[kind]
    keys = None if there is None else set(map(header_key, there))
    for role, column in chosen.items():
        if role not in work.roles:
            raise RoleUnknown(role=role[:40], known=", ".join(work.roles))
        if column and keys is not None and header_key(column) not in keys:
            raise ColumnUnknown(column=column[:80], known=", ".join(there or ())[:500])
    if guessed is not None:
        at = {role for role, column in {**guessed, **chosen}.items() if column}
        lacking = work.lacks(at)
        if lacking:
            raise ColumnsStillNeeded(roles=", ".join(lacking))


def _require_known(principal: Principal) -> None:
    if principal.is_anonymous:
        raise NotSignedIn


async def _own(
    conn: Connection, principal: Principal, job_id: UUID, *, lock: bool = False
) -> FileJob:
    _require_known(principal)
    job = await repository.find_job(conn, principal.id, job_id, lock=lock)
    if job is None:
        raise FileJobNotFound
    return job


async def _note(
    conn: AsyncConnection,
    principal: Principal,
    job: FileJob,
    verb: str,
    at: datetime,
    detail: Mapping[str, object] | None = None,
) -> None:
    await audit.record(
        conn,
        principal=principal.id,
        action=f"file-job.{verb}",
        subject=str(job.job_id),
        at=at,
        detail=detail,
    )
