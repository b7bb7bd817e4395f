"""Photos as files: what came of each, whole or not. The file itself says how much is here.

``<folder>/<two digits>/<record>/<sha256>`` holds what was sent, ``….kept`` the same upright
without what the camera wrote beside, where it had to be written anew: the first is deleted then.
Whoever reads or appends holds a lock on the file, also against other processes; killed
anywhere, what is in the file is what there is.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog

from addrsvc.collection.photo_errors import (
    NoRoomForPhoto,
    PhotoHashWrong,
    PhotoLongerThanSaid,
    PhotoOffsetWrong,
    PhotosFolderUnusable,
    PhotosNotTaken,
)
from addrsvc.collection.pictures import Fault, look_at
from addrsvc.settings import Settings

log = structlog.get_logger("addrsvc")

_SPARE_BYTES: Final = 100_000_000
"""Left free on the disk, whatever comes."""
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class PhotoPlace:
    """Where the files of one photo are."""

    sent: Path
    sha256: bytes
    """As announced."""

    @classmethod
    def of(cls, root: Path, submission_id: UUID, sha256: bytes) -> PhotoPlace:
        """Give the place of a photo of a record."""
        return cls(folder_of_record(root, submission_id) / sha256.hex(), sha256)

    @property
    def kept(self) -> Path:
        """Give the file of what is kept where it is not what was sent."""
        return self.sent.with_suffix(".kept")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a photo that came whole."""

    sha256: bytes
    """Of the file: the one announced, or of what was written anew."""
    media_type: str | None
    fault: Fault | None


def photos_root(settings: Settings) -> Path:
    """Give the folder of photos.

    Raises:
        PhotosNotTaken: none is set.
    """
    if settings.photos_dir is not None:
        return settings.photos_dir
    if settings.files_dir is not None:
        return settings.files_dir / "photos"
    raise PhotosNotTaken


def folder_of_record(root: Path, submission_id: UUID) -> Path:
    """Give the folder of the photos of a record."""
    name = str(submission_id)
    return root / name[:2] / name


def received_bytes(place: PhotoPlace) -> int:
    """Give how much of a photo is here and on the disk.

    Raises:
        PhotosFolderUnusable: it cannot be read.
    """
    with _disk_errors():
        try:
            file = os.open(place.sent, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return 0
        with _locked(file, fcntl.LOCK_SH):
            os.fsync(file)  # written by one that was killed before it could
            return os.fstat(file).st_size


def append(place: PhotoPlace, offset: int, content: bytes, total: int) -> int:
    """Add the next bytes of a photo of ``total``; gives how many there are, once on the disk.

    Raises:
        PhotoOffsetWrong: they are not the next.
        PhotoLongerThanSaid: they are too many.
        NoRoomForPhoto, PhotosFolderUnusable: they cannot be written; what was there is as it was.
    """
    with _disk_errors():
        place.sent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _require_room(place.sent.parent, len(content))
        file = os.open(place.sent, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with _locked(file, fcntl.LOCK_EX):
            size = os.fstat(file).st_size
            if size > total:  # a later revision announced it shorter
                os.ftruncate(file, 0)
                size = 0
            if offset != size:
                raise PhotoOffsetWrong(offset=size)
            if size + len(content) > total:
                raise PhotoLongerThanSaid(bytes=total, offset=size)
            try:
                _write(file, content, size)
                os.fsync(file)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(file, size)
                raise
            if size == 0:
                _sync_folders(place.sent.parent)
            return size + len(content)


def finish(place: PhotoPlace, total: int) -> Kept:
    """Look at a photo all of which is here; may be done again.

    Raises:
        PhotoOffsetWrong: not all of it is.
        PhotoHashWrong: it is not what was announced; nothing of it is here any more.
        NoRoomForPhoto, PhotosFolderUnusable: it cannot be read, or not be written anew.
    """
    content = _read_whole(place, total)
    picture = look_at(content)
    if picture.rewritten is None:
        return Kept(place.sha256, picture.media_type, picture.fault)
    with _disk_errors():
        write_safely(place.kept, picture.rewritten)
    return Kept(hashlib.sha256(picture.rewritten).digest(), picture.media_type, None)


def replace(place: PhotoPlace, content: bytes) -> None:
    """Put all of a photo in place of what came of it.

    Raises:
        NoRoomForPhoto, PhotosFolderUnusable: it cannot be written.
    """
    with _disk_errors():
        write_safely(place.sent, content)


def remove(place: PhotoPlace) -> None:
    """Delete all of a photo."""
    with _disk_errors():
        place.kept.unlink(missing_ok=True)
        place.sent.unlink(missing_ok=True)


def remove_sent(place: PhotoPlace) -> None:
    """Delete what was sent, once something else is kept in its place."""
    with suppress(OSError):  # found again by ``photo_expiring``
        if place.kept.exists():
            place.sent.unlink(missing_ok=True)


def write_safely(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, in place of what is there."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _require_room(path.parent, len(content))
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        _write(file, content, 0)
        os.fsync(file)
        beside.replace(path)
        _sync_folders(path.parent)
    finally:
        os.close(file)
        beside.unlink(missing_ok=True)


def _read_whole(place: PhotoPlace, total: int) -> bytes:
    with _disk_errors():
        try:
            file = os.open(place.sent, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            raise PhotoOffsetWrong(offset=0) from None
        with _locked(file, fcntl.LOCK_EX):
            size = os.fstat(file).st_size
            if size != total:
                raise PhotoOffsetWrong(offset=size if size < total else 0)
            content = os.pread(file, total, 0)
            if len(content) != total or hashlib.sha256(content).digest() != place.sha256:
                os.ftruncate(file, 0)
                os.fsync(file)
                raise PhotoHashWrong
            os.fsync(file)
            return content


@contextmanager
def _locked(file: int, kind: int) -> Iterator[None]:
    """Hold an open file against every other process and thread, and close it."""
    try:
        fcntl.flock(file, kind)
        yield
    finally:
        os.close(file)


def _write(file: int, content: bytes, at: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(file, view, at)
        view, at = view[written:], at + written


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.warning("photo not written", error=type(error).__name__, number=error.errno)
        raise (NoRoomForPhoto if error.errno in _NO_ROOM else PhotosFolderUnusable) from error


def _require_room(folder: Path, wanted: int) -> None:
    if shutil.disk_usage(folder).free < wanted + _SPARE_BYTES:
        raise NoRoomForPhoto


def _sync_folders(folder: Path) -> None:
    """Have the names of files on the disk too, up to the folder of all photos."""
    for each in (folder, folder.parent, folder.parent.parent):
        opened = os.open(each, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
