"""Erase photos kept for as long as the settings say, and sweep up files nobody knows of.

Killed anywhere, the next run goes on: a row says that a photo is gone once it is. What came of a
photo that is not whole stays for as long as its record does: its phone may have no network.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.audit import service as audit
from addrsvc.clock import Clock, today
from addrsvc.collection.photo_errors import NoRoomForPhoto, PhotosFolderUnusable, PhotosNotTaken
from addrsvc.collection.photo_files import (
    PhotoPlace,
    folder_of_record,
    photos_root,
    remove,
    remove_sent,
)
from addrsvc.collection.photos import QUERIES
from addrsvc.db.rows import Row, execute, rows
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings
from addrsvc.uploads.folders import has_moved, list_folders, remove_folder

_BATCH: Final = 500
_PRINCIPAL: Final = "service:retention"
_QUIET: Final = timedelta(days=1)
"""A folder made less than a day ago may be of a record that is just being kept."""
_DAYS: Final = timedelta(days=7)
"""How long it is kept what each device sent in a day."""


async def run_expiry(engine: AsyncEngine, settings: Settings, clock: Clock) -> None:
    """Delete what is due."""
    now = clock.now()
    async with transaction(engine) as conn:
        await execute(conn, QUERIES["forget_days"], {"before": today(clock) - _DAYS})
    try:
        root = photos_root(settings)
    except PhotosNotTaken:
        return
    counts = {"photos": 0}
    if settings.keep_photos_days is not None:
        before = now - timedelta(days=settings.keep_photos_days)
        counts["photos"] = await _erase_due(engine, root, before, now)
    counts["strays"] = await _sweep(engine, root, now)
    if any(counts.values()):
        async with transaction(engine) as conn:
            await audit.record(
                conn,
                principal=_PRINCIPAL,
                action="photos.expire",
                subject="photos",
                at=now,
                detail=counts,
            )


async def _erase_due(engine: AsyncEngine, root: Path, before: datetime, now: datetime) -> int:
    """Erase photos of records decided before a moment."""
    erased = 0
    while True:
        async with transaction(engine) as conn:
            params = {"before": before, "limit": _BATCH}
            due = await rows(conn, QUERIES["due_photos"], params)
        gone = [each for each in due if await asyncio.to_thread(_is_removed, root, each)]
        async with transaction(engine) as conn:
            for each in gone:
                erased += await execute(conn, QUERIES["note_erased"], {**each, "at": now})
        if len(due) < _BATCH or not gone:
            return erased


def _is_removed(root: Path, photo: Row) -> bool:
    try:
        remove(PhotoPlace.of(root, photo["submission_id"], photo["sha256"]))
    except (NoRoomForPhoto, PhotosFolderUnusable):  # told in the log; it stays due
        return False
    return True


async def _sweep(engine: AsyncEngine, root: Path, now: datetime) -> int:
    """Delete files of records and photos nobody knows of, and those that were to be deleted."""
    strays = 0
    for part in await asyncio.to_thread(_parts_of, root):
        folders = await asyncio.to_thread(list_folders, part)
        for at in range(0, len(folders), _BATCH):
            batch = folders[at : at + _BATCH]
            async with transaction(engine) as conn:
                found = await rows(conn, QUERIES["with_photos"], {"ids": batch})
            strays += await asyncio.to_thread(_sweep_some, root, batch, found, now - _QUIET)
    return strays


def _parts_of(root: Path) -> list[Path]:
    try:
        return sorted(each for each in root.iterdir() if len(each.name) == 2 and each.is_dir())
    except FileNotFoundError:
        return []


def _sweep_some(
    root: Path, records: Sequence[UUID], found: Iterable[Row], quiet_since: datetime
) -> int:
    """Sweep the folders of some records; gives how many files or folders went."""
    known: dict[UUID, dict[str, Row]] = {}
    for each in found:
        photos = known.setdefault(each["submission_id"], {})
        if each["sha256"] is not None:
            photos[each["sha256"].hex()] = each
    count = 0
    for record in records:
        folder = folder_of_record(root, record)
        if record not in known:
            if not has_moved(folder, quiet_since):
                count += remove_folder(folder)
            continue
        for file in list(folder.iterdir()):
            photo = known[record].get(file.stem)
            if photo is None or photo["erased_at"] is not None:
                if not has_moved(file, quiet_since):
                    file.unlink(missing_ok=True)
                    count += 1
            elif photo["is_rewritten"] and file.suffix == "" and file.exists():
                remove_sent(PhotoPlace.of(root, record, photo["sha256"]))
                count += not file.exists()
    return count
