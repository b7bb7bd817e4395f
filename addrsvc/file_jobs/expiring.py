"""Delete files of jobs when they are due, and what jobs that never were have left.

First a row says that its files are due, then they go, then it says that they are gone: killed
anywhere, the next run finds them. What stands in the folder without a job goes too.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.audit import service as audit
from addrsvc.clock import Clock
from addrsvc.db.rows import execute, rows
from addrsvc.db.transaction import transaction
from addrsvc.errors import problem_kept
from addrsvc.file_jobs import repository
from addrsvc.file_jobs.files import JobFiles
from addrsvc.file_jobs.repository import QUERIES
from addrsvc.file_jobs.running_errors import JobExpired
from addrsvc.settings import Settings
from addrsvc.uploads.folders import has_moved, list_folders, remove_folder

_BATCH: Final = 1_000
_PRINCIPAL: Final = "service:retention"
_QUIET: Final = timedelta(minutes=15)
"""A file of which nothing came for so long does not come any more: uploads are ended sooner."""


async def run_expiry(engine: AsyncEngine, settings: Settings, clock: Clock) -> None:
    """End jobs that took too long, delete files that are due, and forget old receipts."""
    now = clock.now()
    late = {"at": now, "problem": Jsonb(problem_kept(JobExpired()))}
    async with transaction(engine) as conn:
        failed = await execute(conn, QUERIES["fail_late"], late)
    deleted = forgotten = strays = 0
    if settings.files_dir is not None:
        forgotten = await _forget_unreceived(engine, settings.files_dir, now)
        deleted = await _delete_due(engine, settings.files_dir, clock)
        strays = await _delete_strays(engine, settings.files_dir)
    before = now - timedelta(days=settings.keep_job_receipts_days)
    async with transaction(engine) as conn:
        counts = {
            "failed": failed,
            "unreceived": forgotten,
            "files": deleted,
            "strays": strays,
            "receipts": await execute(conn, QUERIES["forget_receipts"], {"before": before}),
        }
        if any(counts.values()):
            await audit.record(
                conn,
                principal=_PRINCIPAL,
                action="file-jobs.expire",
                subject="file-jobs",
                at=now,
                detail=counts,
            )


async def delete_files(engine: AsyncEngine, files_dir: Path, job_id: UUID, clock: Clock) -> bool:
    """Delete the files of a job that are due; False: some could not be, so they stay due."""
    if not await asyncio.to_thread(remove_folder, JobFiles.of(files_dir, job_id).folder):
        return False
    async with transaction(engine) as conn:
        await repository.note_files_gone(conn, job_id, clock.now())
    return True


async def _delete_due(engine: AsyncEngine, files_dir: Path, clock: Clock) -> int:
    async with transaction(engine) as conn:
        params = {"at": clock.now(), "limit": _BATCH}
        due = [each["job_id"] for each in await rows(conn, QUERIES["due"], params)]
    return sum([await delete_files(engine, files_dir, job_id, clock) for job_id in due])


async def _forget_unreceived(engine: AsyncEngine, files_dir: Path, now: datetime) -> int:
    """Forget jobs whose file stopped coming: the process that took it was killed."""
    before = now - _QUIET
    async with transaction(engine) as conn:
        found = await rows(conn, QUERIES["receiving_since"], {"before": before})
    forgotten = 0
    for each in found:
        files = JobFiles.of(files_dir, each["job_id"])
        if await asyncio.to_thread(has_moved, files.input(each["file_name"]), before):
            continue
        async with transaction(engine) as conn:
            is_forgotten = await repository.forget_unreceived(conn, each["job_id"])
        forgotten += is_forgotten  # its folder is a stray now
    return forgotten


async def _delete_strays(engine: AsyncEngine, files_dir: Path) -> int:
    """Delete folders of jobs that are not there, or whose files are said to be gone.

    A row is there before its folder is made, so none that is just being made is taken for one.
    """
    folders = await asyncio.to_thread(list_folders, files_dir)
    strays = 0
    for at in range(0, len(folders), _BATCH):
        batch = folders[at : at + _BATCH]
        async with transaction(engine) as conn:
            found = await rows(conn, QUERIES["with_files"], {"job_ids": batch})
        known = {each["job_id"] for each in found}
        for job_id in batch:
            if job_id not in known:
                folder = JobFiles.of(files_dir, job_id).folder
                strays += await asyncio.to_thread(remove_folder, folder)
    return strays
