"""Take a file of a draft as it comes, and leave it to a worker to check.

There is a file once the whole of it is on the disk and not before. Whoever stops half-way leaves
nothing; what a process that is killed leaves, ``expiring`` finds.
"""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.auth.model import Principal
from addrsvc.clock import Clock
from addrsvc.db import idempotency
from addrsvc.db.idempotency import Answer
from addrsvc.db.rows import execute, rows
from addrsvc.db.transaction import transaction
from addrsvc.geo import crs
from addrsvc.planning.acts import hold_draft
from addrsvc.planning.file_errors import PlanFileBytesTooMany, PlanFilesTooMany
from addrsvc.planning.files.errors import PlanFormatUnknown
from addrsvc.planning.files.model import ReadOptions
from addrsvc.planning.plan_files import (
    QUERIES,
    FilePlace,
    find_file,
    leave_work,
    options_kept,
    record_file,
)
from addrsvc.settings import Settings
from addrsvc.uploads.receiving import (
    Received,
    Sent,
    folder_of,
    make_room,
    name_kept,
    receive,
    split_name,
)
from addrsvc.uploads.repeating import limit_of, taken_before, taken_once

ENDINGS: Final = (".gpkg", ".geojson", ".json", ".zip")
"""Of files of zones; what one really is, its bytes say."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A file of zones on its way to a draft."""

    plan_id: int
    name: str
    """Clean: see ``clean_name``."""
    options: ReadOptions


def clean_name(name: str) -> str:
    """Give the name of a file of zones without folders and what cannot be seen, not too long.

    >>> clean_name("../Quy hoạch.GPKG"), clean_name(".zip")
    ('Quy hoạch.GPKG', 'tep.zip')

    Raises:
        PlanFormatUnknown: of no kind that is read here, by its ending.
    """
    stem, ending = split_name(name)
    if ending.lower() not in ENDINGS:
        raise PlanFormatUnknown
    return name_kept(stem, ending)


def asked_for(plan_id: int, name: str, options: ReadOptions) -> Asked:
    """Give what is asked of a file, looked at before its bytes come.

    Raises:
        PlanFormatUnknown: of no kind that is read here.
        CrsNotUnderstood: that is no reference system.
    """
    if options.crs:
        crs.parse(options.crs)
    return Asked(plan_id, clean_name(name), options)


async def take_file(
    engine: AsyncEngine,
    principal: Principal,
    asked: Asked,
    sent: Sent,
    settings: Settings,
    clock: Clock,
) -> tuple[UUID, bool]:
    """Take a file and leave it to be checked; gives its id and whether it is new.

    A file that comes again under its key is not taken twice.

    Raises:
        NotSignedIn, ScopeMissing, PlanUnknown, PlanNotDraft, PlanBusy: see ``hold_draft``.
        FilesNotTaken, FilesFolderUnusable, NoRoomForFile: there is nowhere to put it.
        PlanFilesTooMany, PlanFileBytesTooMany, FileTooLarge, FileNothingIn: not such a file.
        IdempotencyKeyInvalid, IdempotencyKeyReused: see ``db.idempotency``.
    """
    files_dir = folder_of(settings)
    async with transaction(engine) as conn:
        await hold_draft(conn, principal, asked.plan_id, None)
        if await idempotency.is_answered(conn, principal=principal.id, key=sent.key):
            file_id = None  # it is only looked at, to be told from another
        else:
            file_id, left = await _begin(
                conn, principal, asked, sent.declared_bytes, settings, clock
            )
    if file_id is None:
        return await taken_before(engine, principal.id, sent, settings, clock), False
    place = FilePlace.of(files_dir, file_id)
    each = settings.file_bytes_each
    too_many = PlanFileBytesTooMany(used_bytes=each - left, limit_bytes=each)
    limit = limit_of(settings, left, too_many)
    is_kept = False
    try:
        await asyncio.to_thread(make_room, place.folder, sent.declared_bytes)
        received = await receive(sent.chunks, place.input, *limit)
        async with transaction(engine) as conn:
            found = await _note(
                conn, principal, asked.plan_id, file_id, sent, received, settings, clock
            )
        is_kept = found == file_id
        return found, is_kept
    finally:
        if not is_kept:
            await _drop(engine, file_id, place.folder)


async def _begin(
    conn: AsyncConnection,
    principal: Principal,
    asked: Asked,
    declared_bytes: int | None,
    settings: Settings,
    clock: Clock,
) -> tuple[UUID, int]:
    """Let a file begin to come; give its id and how many bytes it may have."""
    unfinished, used = await _held(conn, principal)
    if unfinished >= settings.file_jobs_each:
        raise PlanFilesTooMany(limit=settings.file_jobs_each)
    left = settings.file_bytes_each - used
    if left <= 0 or (declared_bytes or 0) > left:
        raise PlanFileBytesTooMany(used_bytes=used, limit_bytes=settings.file_bytes_each)
    now = clock.now()
    params = {
        "plan_id": asked.plan_id,
        "name": asked.name,
        "bytes": declared_bytes,
        "options": Jsonb(options_kept(asked.options)),
        "principal": principal.id,
        "areas": None if principal.areas is None else sorted(principal.areas),
        "at": now,
        "expires_at": now + timedelta(days=settings.keep_job_files_days),
    }
    made = await rows(conn, QUERIES["insert_file"], params)
    file_id: UUID = made[0]["file_id"]
    return file_id, left


async def _held(
    conn: AsyncConnection, principal: Principal, but: UUID | None = None
) -> tuple[int, int]:
    """Give how many files a sender has under way, and their bytes, besides one."""
    await rows(conn, QUERIES["lock_sender"], {"principal": principal.id})
    found = await rows(conn, QUERIES["held"], {"principal": principal.id, "except": but})
    return found[0]["unfinished"], found[0]["bytes"]


async def _note(
    conn: AsyncConnection,
    principal: Principal,
    plan_id: int,
    file_id: UUID,
    sent: Sent,
    received: Received,
    settings: Settings,
    clock: Clock,
) -> UUID:
    """Leave the file to be checked; give the one there is where another came under the key."""

    async def work() -> Answer:
        await hold_draft(conn, principal, plan_id, None)  # it may have been published meanwhile
        _, used = await _held(conn, principal, but=file_id)
        if used + received.bytes > settings.file_bytes_each:
            each = settings.file_bytes_each
            raise PlanFileBytesTooMany(used_bytes=used, limit_bytes=each)
        told = {"bytes": received.bytes, "sha256": received.sha256, "at": clock.now()}
        await execute(conn, QUERIES["received"], {"file_id": file_id, **told})
        await leave_work(conn, file_id)
        file = await find_file(conn, file_id)
        if file is not None:
            await record_file(conn, principal.id, file, "send", clock.now())
        return Answer(201, {"Location": f"/v1/plans/{plan_id}/files/{file_id}"}, b"")

    return await taken_once(conn, principal.id, sent, received, clock, work)


async def _drop(engine: AsyncEngine, file_id: UUID, folder: Path) -> None:
    """Leave nothing of a file that did not come whole."""
    async with transaction(engine) as conn:
        is_forgotten = await execute(conn, QUERIES["forget_unreceived"], {"file_id": file_id})
    if is_forgotten:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
