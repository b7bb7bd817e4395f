"""Take a file as it comes: to the disk piece by piece, counted and hashed on the way."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import shutil
import unicodedata
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from addrsvc.errors import AddrsvcError
from addrsvc.settings import Settings
from addrsvc.uploads.errors import (
    FileNothingIn,
    FilesFolderUnusable,
    FilesNotTaken,
    NoRoomForFile,
)

log = structlog.get_logger("addrsvc")

NAME_LIMIT: Final = 200
"""Most characters of a file's name that are kept."""

_PIECE: Final = 1_048_576
"""So much is written at a time: a thread for each few bytes would cost more than the writing."""
_SYNC_BYTES: Final = 64 * _PIECE
"""So much at most is not on the disk yet: else the end of a large file would take long."""
_SPARE_BYTES: Final = 100_000_000
"""Left free on the disk, whatever comes."""
_TIMES: Final = 4
"""Of a file's size, what it may take with all that is made of it."""
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is there whole, and on the disk."""

    bytes: int
    sha256: str


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


def split_name(name: str) -> tuple[str, str]:
    r"""Give the name of a file without folders and what cannot be seen, and its ending.

    >>> split_name("../../hồ sơ.csv"), split_name("C:\\tep\\Bảng\u202e 1.XLSX")
    (('hồ sơ', '.csv'), ('Bảng 1', '.XLSX'))
    >>> split_name(".csv"), split_name("csv")
    (('', '.csv'), ('csv', ''))
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    seen = "".join(each for each in last if unicodedata.category(each)[0] != "C").strip()
    stem, dot, ending = seen.rpartition(".")
    return (stem.strip(), f".{ending}") if dot else (ending, "")


def name_kept(stem: str, ending: str) -> str:
    """Give the name of a file as it is kept, not too long.

    >>> name_kept("", ".csv"), len(name_kept("x" * 300, ".csv"))
    ('tep.csv', 200)
    """
    return f"{stem[: NAME_LIMIT - len(ending)].strip() or 'tep'}{ending}"


def folder_of(settings: Settings) -> Path:
    """Give the folder for files that are sent.

    Raises:
        FilesNotTaken: none is set.
    """
    if settings.files_dir is None:
        raise FilesNotTaken
    return settings.files_dir


def make_room(folder: Path, declared_bytes: int | None) -> None:
    """Make the folder of a file, which nobody else may look into.

    Raises:
        NoRoomForFile, FilesFolderUnusable: it cannot be made, or the file will not fit.
    """
    with _disk_errors():
        folder.mkdir(mode=0o700, parents=True)
        _require_room(folder, (declared_bytes or 0) * _TIMES)


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
                with suppress(FileNotFoundError):  # ended meanwhile, which its row tells
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


def _require_room(folder: Path, wanted: int) -> None:
    if shutil.disk_usage(folder).free < wanted + _SPARE_BYTES:
        raise NoRoomForFile


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
