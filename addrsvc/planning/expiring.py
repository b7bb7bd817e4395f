"""Delete files of drafts when their time is over, zones of discarded drafts, and what is left over.

Killed anywhere, the next run goes on: a row says that a file is gone once it is.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.audit import service as audit
from addrsvc.clock import Clock
from addrsvc.db.rows import execute, rows
from addrsvc.db.transaction import transaction
from addrsvc.planning.plan_files import QUERIES, FilePlace, folder_of_plans
from addrsvc.settings import Settings
from addrsvc.uploads.folders import has_moved, list_folders, remove_folder

_BATCH: Final = 1_000
_PLANS: Final = 20
_PRINCIPAL: Final = "service:retention"
_QUIET: Final = timedelta(minutes=15)
"""A file of which nothing came for so long does not come any more: uploads are ended sooner."""


async def run_expiry(engine: AsyncEngine, settings: Settings, clock: Clock) -> None:
    """Delete what is due."""
    now = clock.now()
    counts = {"drafts": await _forget_zones(engine, clock)}
    if settings.files_dir is not None:
        counts["unreceived"] = await _forget_unreceived(engine, settings.files_dir, now)
        counts["files"] = await _delete_due(engine, settings.files_dir, clock)
        counts["strays"] = await _delete_strays(engine, settings.files_dir)
    if any(counts.values()):
        async with transaction(engine) as conn:
            await audit.record(
                conn,
                principal=_PRINCIPAL,
                action="plan-files.expire",
                subject="plan-files",
                at=now,
                detail=counts,
            )


async def _forget_zones(engine: AsyncEngine, clock: Clock) -> int:
    """Forget the zones of discarded drafts; their history stays."""
    async with transaction(engine) as conn:
        found = await rows(conn, QUERIES["discarded_with_zones"], {"limit": _PLANS})
        for each in found:
            await execute(conn, QUERIES["forget_zones"], each)
            await execute(conn, QUERIES["note_zones_gone"], {**each, "at": clock.now()})
    return len(found)


async def _delete_due(engine: AsyncEngine, files_dir: Path, clock: Clock) -> int:
    async with transaction(engine) as conn:
        params = {"at": clock.now(), "limit": _BATCH}
        due = [each["file_id"] for each in await rows(conn, QUERIES["due_files"], params)]
    deleted = 0
    for file_id in due:
        if await asyncio.to_thread(remove_folder, FilePlace.of(files_dir, file_id).folder):
            async with transaction(engine) as conn:
                gone = {"file_id": file_id, "at": clock.now()}
                deleted += await execute(conn, QUERIES["files_gone"], gone)
    return deleted


async def _forget_unreceived(engine: AsyncEngine, files_dir: Path, now: datetime) -> int:
    """Forget files that stopped coming: the process that took one was killed."""
    before = now - _QUIET
    async with transaction(engine) as conn:
        found = await rows(conn, QUERIES["receiving_since"], {"before": before})
    forgotten = 0
    for each in found:
        place = FilePlace.of(files_dir, each["file_id"])
        if await asyncio.to_thread(has_moved, place.input, before):
            continue
        async with transaction(engine) as conn:
            forgotten += await execute(conn, QUERIES["forget_unreceived"], each)
    return forgotten  # their folders are strays now


async def _delete_strays(engine: AsyncEngine, files_dir: Path) -> int:
    """Delete folders of files that are not there, or are said to be gone.

    A row is there before its folder is made, so none that is just being made is taken for one.
    """
    folders = await asyncio.to_thread(list_folders, folder_of_plans(files_dir))
    strays = 0
    for at in range(0, len(folders), _BATCH):
        batch = folders[at : at + _BATCH]
        async with transaction(engine) as conn:
            found = await rows(conn, QUERIES["with_files"], {"file_ids": batch})
        known = {each["file_id"] for each in found}
        for file_id in batch:
            if file_id not in known:
                strays += await asyncio.to_thread(
                    remove_folder, FilePlace.of(files_dir, file_id).folder
                )
    return strays
