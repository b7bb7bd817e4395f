"""Take a file as it comes: to the disk piece by piece, counted and hashed on the way.

There is a job once the whole file is on the disk and not before. Whoever stops half-way leaves
nothing; a process that is killed meanwhile leaves a job ``receiving`` and its folder, which
``expiring`` finds. Nothing half is ever run.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import shutil
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.auth.model import Principal
from addrsvc.clock import Clock
from addrsvc.db import idempotency
from addrsvc.db.idempotency import Answer, IdempotencyKeyReused, answer_once, fingerprint_of
from addrsvc.db.transaction import transaction
from addrsvc.errors import AddrsvcError
from addrsvc.file_jobs import repository, service
from addrsvc.file_jobs.errors import (
    FileBytesTooMany,
    FileNothingIn,
    FilesFolderUnusable,
    FilesNotTaken,
    FileTooLarge,
    NoRoomForFile,
)
from addrsvc.file_jobs.files import JobFiles
from addrsvc.file_jobs.service import Asked, Received
from addrsvc.settings import Settings
from addrsvc.tabular.errors import FormatUnknown
from addrsvc.tabular.sources import SUFFIXES

log = structlog.get_logger("addrsvc")

_JOBS: Final = "/v1/jobs"

NAME_LIMIT: Final = 200
"""Most characters of a file's name that are kept."""

_PIECE: Final = 1_048_576
"""So much is written at a time: a thread for each few bytes would cost more than the writing."""
_SYNC_BYTES: Final = 64 * _PIECE
"""So much at most is not on the disk yet: else the end of a large file would take long."""
_SPARE_BYTES: Final = 100_000_000
"""Left free on the disk, whatever comes."""
_TIMES: Final = 4
"""Of a file's size, what it may take with its parts and its result."""
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Sent:
    """A file on its way to us."""

    chunks: AsyncIterator[bytes]
    declared_bytes: int | None
    """None: not said."""
    key: str | None
    """Idempotency-Key."""
    fingerprint: bytes
    """Of what is asked, without the file."""


def clean_name(name: str) -> str:
    r"""Give the name of a file without folders and what cannot be seen, not too long.

    >>> clean_name("../../hồ sơ.csv"), clean_name("C:\\tep\\Bảng\u202e 1.XLSX")
    ('hồ sơ.csv', 'Bảng 1.XLSX')
    >>> clean_name(".csv"), len(clean_name("x" * 300 + ".csv"))
    ('tep.csv', 200)

    Raises:
        FormatUnknown: of no kind that is read here, by its ending.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    seen = "".join(each for each in last if unicodedata.category(each)[0] != "C").strip()
    stem, dot, ending = seen.rpartition(".")
    if f".{ending.lower()}" not in SUFFIXES or not dot:
        raise FormatUnknown(file=seen[:NAME_LIMIT])
    return f"{stem.strip()[: NAME_LIMIT - len(ending) - 1] or 'tep'}.{ending}"


def folder_of(settings: Settings) -> Path:
    """Give the folder for the files of jobs.

    Raises:
        FilesNotTaken: none is set.
    """
    if settings.files_dir is None:
        raise FilesNotTaken
    return settings.files_dir


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
        most, over = settings.file_max_bytes, FileTooLarge(limit_bytes=settings.file_max_bytes)
        received = await receive(sent.chunks, None, most, over)
        return await _repeat(engine, principal, sent, received, clock)
    files = JobFiles.of(files_dir, job_id)
    is_kept = False
    try:
        path = await asyncio.to_thread(_make_room, files, asked.file_name, sent.declared_bytes)
        received = await receive(sent.chunks, path, *_limit(settings, left))
        async with transaction(engine) as conn:
            found = await _note(conn, principal, job_id, sent, received, settings, clock)
        is_kept = found == job_id
        return found, is_kept
    finally:
        if not is_kept:
            await _drop(engine, job_id, files.folder)


def _limit(settings: Settings, left: int) -> tuple[int, AddrsvcError]:
    """Give how many bytes a file may have, and what to say of more."""
    if left < settings.file_max_bytes:
        each = settings.file_bytes_each
        return left, FileBytesTooMany(used_bytes=each - left, limit_bytes=each)
    return settings.file_max_bytes, FileTooLarge(limit_bytes=settings.file_max_bytes)


async def receive(
    chunks: AsyncIterator[bytes], path: Path | None, most: int, over: AddrsvcError
) -> Received:
    """Write a file as it comes, and give what it is once it is on the disk.

    Args:
        chunks: of the file.
        path: where to; None: it is only counted and hashed.
        most: bytes it may have.
        over: raised where there are more.

    Raises:
        FileNothingIn: it is empty.
        NoRoomForFile, FilesFolderUnusable: it cannot be written.
    """
    sink = _Sink(path)
    try:
        async for chunk in chunks:
            if sink.bytes + len(chunk) > most:
                raise over
            if sink.take(chunk):
                await asyncio.to_thread(sink.write)
        if not sink.bytes:
            raise FileNothingIn
        await asyncio.to_thread(sink.finish)
    finally:
        sink.close()
    return Received(sink.bytes, sink.digest.hexdigest())


class _Sink:
    """A file being written; what comes is gathered, so that the disk sees large pieces."""

    def __init__(self, path: Path | None) -> None:
        self.bytes = 0
        self.digest = hashlib.sha256()
        self._gathered = bytearray()
        self._unsynced = 0
        self._path = path
        self._file: int | None = None
        if path is not None:
            with _disk_errors():
                self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def take(self, chunk: bytes) -> bool:
        """Gather a chunk; tell whether it is time to write."""
        self.bytes += len(chunk)
        self._gathered += chunk
        return len(self._gathered) >= _PIECE

    def write(self) -> None:
        """Write what was gathered."""
        self.digest.update(self._gathered)
        if self._file is not None and self._path is not None:
            with _disk_errors():
                view = memoryview(self._gathered)
                while view:
                    view = view[os.write(self._file, view) :]
                self._unsynced += len(self._gathered)
                if self._unsynced >= _SYNC_BYTES:
                    os.fdatasync(self._file)
                    self._unsynced = 0
                    _require_room(self._path.parent, 0)
        self._gathered = bytearray()

    def finish(self) -> None:
        """Have all of it on the disk, its name too."""
        self.write()
        if self._file is not None and self._path is not None:
            with _disk_errors():
                os.fsync(self._file)
                with suppress(FileNotFoundError):  # ended meanwhile, which the job's row tells
                    for folder in (self._path.parent, self._path.parent.parent):
                        _sync_folder(folder)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.warning("file not written", error=type(error).__name__, number=error.errno)
        raise (NoRoomForFile if error.errno in _NO_ROOM else FilesFolderUnusable) from error


def _make_room(files: JobFiles, file_name: str, declared_bytes: int | None) -> Path:
    with _disk_errors():
        files.folder.mkdir(mode=0o700, parents=True)
        _require_room(files.folder, (declared_bytes or 0) * _TIMES)
    return files.input(file_name)


def _require_room(folder: Path, wanted: int) -> None:
    if shutil.disk_usage(folder).free < wanted + _SPARE_BYTES:
        raise NoRoomForFile


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


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

    return await _answer(conn, principal, sent, received, clock, work)


async def _repeat(
    engine: AsyncEngine, principal: Principal, sent: Sent, received: Received, clock: Clock
) -> tuple[UUID, bool]:
    async def work() -> Answer:
        raise IdempotencyKeyReused  # not known to have been answered any more

    async with transaction(engine) as conn:
        return await _answer(conn, principal, sent, received, clock, work), False


async def _answer(
    conn: AsyncConnection,
    principal: Principal,
    sent: Sent,
    received: Received,
    clock: Clock,
    work: Callable[[], Awaitable[Answer]],
) -> UUID:
    answer = await answer_once(
        conn,
        principal=principal.id,
        key=sent.key,
        fingerprint=fingerprint_of(sent.fingerprint, received.sha256.encode()),
        at=clock.now(),
        work=work,
    )
    return UUID(answer.headers["Location"].rpartition("/")[2])


async def _drop(engine: AsyncEngine, job_id: UUID, folder: Path) -> None:
    """Leave nothing of a file that did not come whole; what cannot be told, ``expiring`` finds."""
    async with transaction(engine) as conn:
        is_forgotten = await repository.forget_unreceived(conn, job_id)
    if is_forgotten:  # else it is begun after all, or ended, and its files are due anyway
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
