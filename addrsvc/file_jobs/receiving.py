"""Take the file of a job as it comes.

There is a job once the whole file is on the disk and not before. Whoever stops half-way leaves
nothing; a process that is killed meanwhile leaves a job ``receiving`` and its folder, which
``expiring`` finds. Nothing half is ever run.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.auth.model import Principal
from addrsvc.clock import Clock
from addrsvc.db import idempotency
from addrsvc.db.idempotency import Answer
from addrsvc.db.transaction import transaction
from addrsvc.file_jobs import repository, service
from addrsvc.file_jobs.errors import FileBytesTooMany
from addrsvc.file_jobs.files import JobFiles
from addrsvc.file_jobs.service import Asked
from addrsvc.settings import Settings
from addrsvc.tabular.errors import FormatUnknown
from addrsvc.tabular.sources import SUFFIXES
from addrsvc.uploads.receiving import (
    NAME_LIMIT,
    Received,
    Sent,
    folder_of,
    make_room,
    name_kept,
    receive,
    split_name,
)
from addrsvc.uploads.repeating import limit_of, taken_before, taken_once

_JOBS: Final = "/v1/jobs"


def clean_name(name: str) -> str:
    r"""Give the name of a file without folders and what cannot be seen, not too long.

    >>> clean_name("../../hồ sơ.csv"), clean_name("C:\\tep\\Bảng\u202e 1.XLSX")
    ('hồ sơ.csv', 'Bảng 1.XLSX')
    >>> clean_name(".csv"), len(clean_name("x" * 300 + ".csv"))
    ('tep.csv', 200)

    Raises:
        FormatUnknown: of no kind that is read here, by its ending.
    """
    stem, ending = split_name(name)
    if ending.lower() not in SUFFIXES:
        raise FormatUnknown(file=f"{stem}{ending}"[:NAME_LIMIT])
    return name_kept(stem, ending)


async def take_file(
    engine: AsyncEngine,
    principal: Principal,
    asked: Asked,
    sent: Sent,
    settings: Settings,
    clock: Clock,
) -> tuple[UUID, bool]:
    """Take a file and begin its job; gives the job and whether it is new.

    A file that comes again under its key begins no second job.

    Raises:
        NotSignedIn, ScopeMissing: it may not have this done.
        FilesNotTaken, FilesFolderUnusable, NoRoomForFile: there is nowhere to put it.
        FileJobsTooMany, FileBytesTooMany, FileTooLarge, FileNothingIn: not such a file.
        IdempotencyKeyInvalid, IdempotencyKeyReused: see ``db.idempotency``.
        FileJobOver: the job was ended while the file came.
    """
    files_dir = folder_of(settings)
    principal.require(service.scope_of(asked.kind))
    async with transaction(engine) as conn:
        if await idempotency.is_answered(conn, principal=principal.id, key=sent.key):
            job_id = None  # it is only looked at, to be told from another
        else:
            job_id, left = await service.begin_job(
                conn, principal, asked, sent.declared_bytes, settings, clock
            )
    if job_id is None:
        return await taken_before(engine, principal.id, sent, settings, clock), False
    files = JobFiles.of(files_dir, job_id)
    each = settings.file_bytes_each
    too_many = FileBytesTooMany(used_bytes=each - left, limit_bytes=each)
    limit = limit_of(settings, left, too_many)
    is_kept = False
    try:
        await asyncio.to_thread(make_room, files.folder, sent.declared_bytes)
        path = files.input(asked.file_name)
        received = await receive(sent.chunks, path, *limit)
        async with transaction(engine) as conn:
            found = await _note(conn, principal, job_id, sent, received, settings, clock)
        is_kept = found == job_id
        return found, is_kept
    finally:
        if not is_kept:
            await _drop(engine, job_id, files.folder)


async def _note(
    conn: AsyncConnection,
    principal: Principal,
    job_id: UUID,
    sent: Sent,
    received: Received,
    settings: Settings,
    clock: Clock,
) -> UUID:
    """Begin the job; give the one there is where another file was quicker under the same key."""

    async def work() -> Answer:
        await service.note_received(conn, principal, job_id, received, settings, clock)
        # its name is kept nowhere else: who repeats is told of the job as it is then
        return Answer(201, {"Location": f"{_JOBS}/{job_id}"}, b"")

    return await taken_once(conn, principal.id, sent, received, clock, work)


async def _drop(engine: AsyncEngine, job_id: UUID, folder: Path) -> None:
    """Leave nothing of a file that did not come whole; what cannot be told, ``expiring`` finds."""
    async with transaction(engine) as conn:
        is_forgotten = await repository.forget_unreceived(conn, job_id)
    if is_forgotten:  # else it is begun after all, or ended, and its files are due anyway
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
