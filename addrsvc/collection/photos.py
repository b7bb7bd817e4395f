"""Photos of records: taken part by part, looked at once whole, listed, given back."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.auth.errors import NotSignedIn
from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import VIETNAM, Clock, today
from addrsvc.collection import photo_files
from addrsvc.collection.errors import SubmissionUnknown
from addrsvc.collection.photo_errors import (
    PhotoErased,
    PhotoHashWrong,
    PhotoNotHere,
    PhotoOffsetWrong,
    PhotosFolderUnusable,
    PhotosNotTaken,
    PhotosTooMany,
    PhotoUnknown,
    PhotoUnseen,
)
from addrsvc.collection.photo_files import Kept, PhotoPlace, photos_root
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, Row, execute, row, rows
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings
from addrsvc.uploads.errors import FileCutOff

QUERIES: Final = Queries("addrsvc.collection", "queries_photos.sql")

PART_MAX_BYTES: Final = 1_048_576
"""Most of a photo taken in one request."""

_PIECE: Final = 262_144
"""So much is written at a time: it is here even if the rest of the part never comes."""
_SLOW_S: Final = 5.0
"""Of a slow line what came is written at least so often: else it might never come further."""

_PICTURES: Final = ThreadPoolExecutor(1, thread_name_prefix="pictures")
"""Opens one picture at a time: each may need 200 MB."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo a record announced."""

    sha256: str
    """As announced, hex; what is kept may be another file."""
    bytes: int
    media_type: str
    marks: str
    taken_at: datetime | None
    received_bytes: int
    whole_at: datetime | None
    erased_at: datetime | None
    fault: str | None
    """Why it is kept and not shown: a slug of ``pictures.Fault``."""

    @property
    def is_whole(self) -> bool:
        """Tell whether all of it came, and is what was announced."""
        return self.whole_at is not None


@dataclass(frozen=True, slots=True)
class Asked:
    """A photo asked about, as it is known here."""

    submission_id: UUID
    place: PhotoPlace
    bytes: int
    is_whole: bool
    device: str
    commune_code: str | None


async def get_offset(
    engine: AsyncEngine,
    device: str,
    submission_id: UUID,
    sha256: bytes,
    settings: Settings,
    clock: Clock,
) -> tuple[int, int]:
    """Give how many bytes of a photo are here, and how many it has.

    One that was all here when the server was killed is looked at now.

    Raises:
        SubmissionUnknown, PhotoUnknown: not of this device.
        PhotoHashWrong: all of it came, and it was not what was announced.
        PhotosNotTaken, PhotosFolderUnusable, NoRoomForPhoto: they cannot be looked at.
    """
    photo = await _get_sent(engine, device, submission_id, sha256, settings)
    if photo.is_whole:
        return photo.bytes, photo.bytes
    offset = await asyncio.to_thread(photo_files.received_bytes, photo.place)
    if offset == photo.bytes:
        await _finish(engine, photo, clock)
    return (offset if offset <= photo.bytes else 0), photo.bytes


async def take_part(
    engine: AsyncEngine,
    device: str,
    submission_id: UUID,
    sha256: bytes,
    offset: int,
    chunks: AsyncIterator[bytes],
    settings: Settings,
    clock: Clock,
) -> int:
    """Take the next bytes of a photo as they come; gives how many are here.

    Raises:
        SubmissionUnknown, PhotoUnknown: not of this device.
        PhotoOffsetWrong, PhotoLongerThanSaid: not the next bytes.
        PhotoHashWrong: the last ones came, and it is not what was announced.
        PhotosTooMany: the device sent enough today.
        FileCutOff: the sender is gone; what came is kept.
        PhotosNotTaken, PhotosFolderUnusable, NoRoomForPhoto: they cannot be written.
    """
    photo = await _get_sent(engine, device, submission_id, sha256, settings)
    if photo.is_whole:
        if offset == photo.bytes:
            return offset
        raise PhotoOffsetWrong(offset=photo.bytes)
    await _require_quota(engine, device, settings, clock)
    began = offset
    try:
        async for piece in _pieces(chunks):
            offset = await asyncio.to_thread(
                photo_files.append, photo.place, offset, piece, photo.bytes
            )
    finally:
        if offset > began:
            await _note_bytes(engine, device, offset - began, clock)
    if began == offset:  # nothing was sent: what is here may still be all
        offset = await asyncio.to_thread(photo_files.append, photo.place, offset, b"", photo.bytes)
    if offset == photo.bytes:
        await _finish(engine, photo, clock)
    return offset


async def store_whole(
    conn: AsyncConnection,
    submission_id: UUID,
    sha256: bytes,
    content: bytes,
    settings: Settings,
    clock: Clock,
) -> None:
    """Keep a photo that came in one piece, such as out of a file; its record announced it.

    What is known of it is part of the caller's transaction; a file left by one that failed is
    swept away. One that is whole already is left.

    Raises:
        PhotoUnknown: the record announced no such photo.
        PhotoHashWrong: it is another one.
        PhotosNotTaken, PhotosFolderUnusable, NoRoomForPhoto: it cannot be written.
    """
    photo = await _find(conn, submission_id, sha256, settings)
    if photo is None:
        raise PhotoUnknown
    if photo.is_whole:
        return
    if len(content) != photo.bytes or hashlib.sha256(content).digest() != sha256:
        raise PhotoHashWrong
    await asyncio.to_thread(photo_files.replace, photo.place, content)
    await _note_whole(conn, photo, await _looked_at(photo), clock)
    await asyncio.to_thread(photo_files.remove_sent, photo.place)


async def list_photos(
    conn: Connection, ids: Collection[UUID], settings: Settings
) -> dict[UUID, Sequence[Photo]]:
    """Give the photos records announced, by record; how much is here of those not whole yet.

    Where the folder cannot be read nothing is here: records are taken all the same.
    """
    found = await rows(conn, QUERIES["photos_of"], {"ids": list(ids)})
    received = await _received(found, settings)
    by_record: dict[UUID, list[Photo]] = defaultdict(list)
    for each, count in zip(found, received, strict=True):
        record, sha256 = each.pop("submission_id"), each.pop("sha256")
        by_record[record].append(Photo(sha256=sha256.hex(), received_bytes=count, **each))
    return dict(by_record)


async def get_file(
    conn: Connection, reader: Principal, submission_id: UUID, sha256: bytes, settings: Settings
) -> tuple[Path, str, str]:
    """Give the file of a picture, its media type, and the hash of what is in it.

    Raises:
        NotSignedIn: nobody in particular asks.
        SubmissionUnknown: no such record, or not for this principal to see.
        PhotoUnknown, PhotoNotHere, PhotoErased, PhotoUnseen: there is nothing to show.
    """
    if reader.is_anonymous:
        raise NotSignedIn
    found = await _row_of(conn, submission_id, sha256)
    if found is None or not may_see(reader, found["device"], found["commune_code"]):
        raise SubmissionUnknown(record=str(submission_id))
    if found["bytes"] is None:
        raise PhotoUnknown
    if found["erased_at"] is not None:
        raise PhotoErased
    if found["whole_at"] is None:
        raise PhotoNotHere
    if found["fault"] is not None:
        raise PhotoUnseen
    place = PhotoPlace.of(photos_root(settings), submission_id, sha256)
    path = place.sent if found["kept_sha256"] == sha256 else place.kept
    if not await asyncio.to_thread(path.is_file):
        raise PhotoNotHere
    return path, found["kept_media_type"], found["kept_sha256"].hex()


def may_see(reader: Principal, device: str, commune_code: str | None) -> bool:
    """Tell whether somebody may see photos of a record: its device, and who decides about it."""
    if reader.id == f"device:{device}":
        return True
    if not reader.may(Scope.COLLECTION_REVIEW):
        return False
    return reader.areas is None or (commune_code is not None and reader.reaches(commune_code))


async def _received(found: Sequence[Row], settings: Settings) -> list[int]:
    """Give how many bytes are here of each photo."""
    counts = [0 if each["whole_at"] is None else each["bytes"] for each in found]
    missing = [at for at, each in enumerate(found) if each["whole_at"] is None]
    if not missing:
        return counts

    def look() -> None:
        with suppress(PhotosNotTaken, PhotosFolderUnusable):
            root = photos_root(settings)
            for at in missing:
                about = found[at]
                place = PhotoPlace.of(root, about["submission_id"], about["sha256"])
                counts[at] = min(photo_files.received_bytes(place), about["bytes"])

    await asyncio.to_thread(look)
    return counts


async def _pieces(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Give what comes in pieces worth writing; the last also where the sender went away.

    Raises:
        FileCutOff: it did, once all that came was given.
    """
    gathered, time_s = bytearray(), asyncio.get_running_loop().time
    written_s = time_s()
    try:
        async for chunk in chunks:
            gathered += chunk
            if gathered and (len(gathered) >= _PIECE or time_s() - written_s >= _SLOW_S):
                yield bytes(gathered)
                gathered.clear()
                written_s = time_s()
    except FileCutOff:
        if gathered:
            yield bytes(gathered)
        raise
    if gathered:
        yield bytes(gathered)


async def _get_sent(
    engine: AsyncEngine, device: str, submission_id: UUID, sha256: bytes, settings: Settings
) -> Asked:
    """Give a photo of a record of this very device."""
    async with transaction(engine) as conn:
        found = await _row_of(conn, submission_id, sha256)
    if found is None or found["device"] != device:
        raise SubmissionUnknown(record=str(submission_id))
    if found["bytes"] is None:
        raise PhotoUnknown
    return _asked(found, settings)


async def _find(
    conn: Connection, submission_id: UUID, sha256: bytes, settings: Settings
) -> Asked | None:
    found = await _row_of(conn, submission_id, sha256)
    return None if found is None or found["bytes"] is None else _asked(found, settings)


async def _row_of(conn: Connection, submission_id: UUID, sha256: bytes) -> Row | None:
    params = {"submission_id": submission_id, "sha256": sha256}
    return await row(conn, QUERIES["photo_announced"], params)


def _asked(found: Row, settings: Settings) -> Asked:
    return Asked(
        found["submission_id"],
        PhotoPlace.of(photos_root(settings), found["submission_id"], found["sha256"]),
        found["bytes"],
        found["whole_at"] is not None,
        found["device"],
        found["commune_code"],
    )


async def _require_quota(
    engine: AsyncEngine, device: str, settings: Settings, clock: Clock
) -> None:
    limit = settings.photo_bytes_per_day
    params = {"device": device, "day": today(clock)}
    async with transaction(engine) as conn:
        found = await row(conn, QUERIES["bytes_today"], params)
    if found is not None and found["bytes"] >= limit:
        tomorrow = datetime.combine(today(clock) + timedelta(days=1), time(), VIETNAM)
        left_s = int((tomorrow - clock.now()).total_seconds()) + 1
        raise PhotosTooMany(limit_bytes=limit, retry_after_s=left_s)


async def _note_bytes(engine: AsyncEngine, device: str, count: int, clock: Clock) -> None:
    params: dict[str, Any] = {"device": device, "day": today(clock), "bytes": count}
    async with transaction(engine) as conn:
        await execute(conn, QUERIES["add_bytes"], params)


async def _finish(engine: AsyncEngine, photo: Asked, clock: Clock) -> None:
    kept = await _looked_at(photo)
    async with transaction(engine) as conn:
        await _note_whole(conn, photo, kept, clock)
    await asyncio.to_thread(photo_files.remove_sent, photo.place)


async def _looked_at(photo: Asked) -> Kept:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_PICTURES, photo_files.finish, photo.place, photo.bytes)


async def _note_whole(conn: AsyncConnection, photo: Asked, kept: Kept, clock: Clock) -> None:
    about = {"submission_id": photo.submission_id, "sha256": photo.place.sha256}
    await execute(conn, QUERIES["lock_record"], about)  # before its photo, as who changes both does
    noted = {
        **about,
        "at": clock.now(),
        "fault": kept.fault,
        "kept_sha256": kept.sha256,
        "kept_media_type": kept.media_type,
    }
    if await execute(conn, QUERIES["note_whole"], noted):
        await execute(conn, QUERIES["note_change"], about)
