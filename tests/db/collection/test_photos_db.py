"""Photos part by part on a real folder: cut off, doubled, killed, forged. All invented."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import io
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from PIL import Image
from registry_fixtures import EAST, WEST
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.collection import photo_files, photos
from addrsvc.collection.errors import SubmissionUnknown
from addrsvc.collection.photo_errors import (
    NoRoomForPhoto,
    PhotoErased,
    PhotoHashWrong,
    PhotoLongerThanSaid,
    PhotoNotHere,
    PhotoOffsetWrong,
    PhotosFolderUnusable,
    PhotosNotTaken,
    PhotosTooMany,
    PhotoUnknown,
    PhotoUnseen,
)
from addrsvc.collection.photo_expiring import run_expiry
from addrsvc.collection.photo_files import PhotoPlace
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings
from addrsvc.uploads.errors import FileCutOff

pytestmark = pytest.mark.anyio

CloneDatabase = Callable[[str], AbstractContextManager[str]]
DEVICE = "aaaaaaaa"
REVIEWER = Principal("account:lan", frozenset({Scope.COLLECTION_REVIEW}), frozenset({WEST}))
ELSEWHERE = Principal("account:minh", frozenset({Scope.COLLECTION_REVIEW}), frozenset({EAST}))
READER = Principal("account:hoa", frozenset({Scope.ADDRESSES_READ}))


@pytest.fixture(scope="module")
def url(clone_database: CloneDatabase, registry_template: str) -> Iterator[str]:
    with clone_database(registry_template) as url:
        yield url


@pytest.fixture
def settings(url: str, tmp_path: Path) -> Settings:
    return service_settings(url, files_dir=tmp_path)


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(settings)
    yield engine
    await engine.dispose()


def picture(number: int = 0, **options: object) -> bytes:
    image = Image.effect_noise((320, 240), 60 + number).convert("RGB")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, **options)
    return out.getvalue()


def announce(url: str, *contents: bytes, device: str = DEVICE, **more: object) -> UUID:
    """Write down a record that announces photos; gives its id."""
    record = uuid4()
    with psycopg.connect(url) as conn:
        conn.execute(
            "INSERT INTO submission (submission_id, device, act, revision, state, waits_for,"
            " commune_code, made_at, received_at)"
            " VALUES (%s, %s, 'add', 1, 'received', 'review', %s, now(), now())",
            [record, device, more.get("commune", WEST)],
        )
        for content in contents:
            conn.execute(
                "INSERT INTO submission_photo (submission_id, sha256, bytes, media_type, marks)"
                " VALUES (%s, %s, %s, 'image/jpeg', 'gate')",
                [record, hashlib.sha256(content).digest(), more.get("said", len(content))],
            )
    return record


async def body(*chunks: bytes, is_cut: bool = False) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    if is_cut:
        raise FileCutOff


class Sender:
    """A device that sends photos of one record."""

    def __init__(
        self, engine: AsyncEngine, settings: Settings, clock: Clock, record: UUID, content: bytes
    ) -> None:
        self.engine, self.settings, self.clock = engine, settings, clock
        self.record, self.content = record, content
        self.digest = hashlib.sha256(content).digest()
        self.place = PhotoPlace.of(photo_files.photos_root(settings), record, self.digest)

    async def patch(
        self, offset: int, *chunks: bytes, is_cut: bool = False, device: str = DEVICE
    ) -> int:
        sent = body(*chunks, is_cut=is_cut)
        return await photos.take_part(
            self.engine, device, self.record, self.digest, offset, sent, self.settings, self.clock
        )

    async def head(self, device: str = DEVICE) -> int:
        offset, length = await photos.get_offset(
            self.engine, device, self.record, self.digest, self.settings, self.clock
        )
        assert length == len(self.content)
        return offset

    async def listed(self) -> photos.Photo:
        async with transaction(self.engine) as conn:
            found = await photos.list_photos(conn, [self.record, uuid4()], self.settings)
        return found[self.record][0]

    async def shown(self, reader: Principal = REVIEWER) -> bytes:
        async with transaction(self.engine) as conn:
            path, _, kept = await photos.get_file(
                conn, reader, self.record, self.digest, self.settings
            )
        content = path.read_bytes()
        assert hashlib.sha256(content).hexdigest() == kept
        return content

    async def change_number(self) -> int:
        with psycopg.connect(self.settings.database_url.get_secret_value()) as conn:
            found = conn.execute(
                "SELECT change_number FROM submission WHERE submission_id = %s", [self.record]
            ).fetchone()
        assert found is not None
        return int(found[0])


@pytest.fixture
def sender(engine: AsyncEngine, settings: Settings, clock: Clock, url: str) -> Sender:
    content = picture()
    return Sender(engine, settings, clock, announce(url, content), content)


async def test_a_photo_comes_in_parts_and_is_there(sender: Sender) -> None:
    content, before = sender.content, await sender.change_number()
    assert await sender.head() == 0
    assert await sender.patch(0, content[:1000]) == 1000
    assert await sender.head() == 1000
    found = await sender.listed()
    assert (found.received_bytes, found.is_whole) == (1000, False)
    with pytest.raises(PhotoNotHere):
        await sender.shown()
    for wrong in (0, 999, 1001):
        with pytest.raises(PhotoOffsetWrong) as refused:
            await sender.patch(wrong, b"forged")
        assert refused.value.offset == 1000
    with pytest.raises(PhotoLongerThanSaid):
        await sender.patch(1000, content[1000:] + b"!")
    assert await sender.change_number() == before
    assert await sender.patch(1000, content[1000:5000], content[5000:]) == len(content)
    found = await sender.listed()
    assert (found.received_bytes, found.is_whole, found.fault) == (len(content), True, None)
    told = await sender.change_number()
    assert told > before
    # repeated for ever
    assert await sender.head() == len(content)
    assert await sender.patch(len(content)) == len(content)
    with pytest.raises(PhotoOffsetWrong) as refused:
        await sender.patch(0, content[:10])
    assert refused.value.offset == len(content)
    assert await sender.change_number() == told
    assert await sender.shown() == content
    assert await sender.shown(Principal(f"device:{DEVICE}")) == content
    for other in (ELSEWHERE, READER, Principal("device:bbbbbbbb")):
        with pytest.raises(SubmissionUnknown):
            await sender.shown(other)


async def test_only_its_device_sends_what_its_record_announced(sender: Sender) -> None:
    for ask in (sender.head(device="b"), sender.patch(0, b"x", device="b")):
        with pytest.raises(SubmissionUnknown):
            await ask
    sender.digest = bytes(32)
    for ask in (sender.head(), sender.patch(0, b"x")):
        with pytest.raises(PhotoUnknown):
            await ask
    with pytest.raises(PhotoUnknown):
        await sender.shown()
    sender.record = uuid4()
    with pytest.raises(SubmissionUnknown):
        await sender.head()


async def test_what_came_before_the_line_broke_is_kept(sender: Sender) -> None:
    with pytest.raises(FileCutOff):
        await sender.patch(0, sender.content[:700], sender.content[700:800], is_cut=True)
    assert await sender.head() == 800
    with pytest.raises(FileCutOff):
        await sender.patch(800, is_cut=True)
    assert await sender.head() == 800


async def test_a_line_that_is_too_slow_for_a_part_gets_further_all_the_same(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "_SLOW_S", 0.0)
    came = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield sender.content[:300]
        came.set()
        await asyncio.Event().wait()  # until patience ends

    part = asyncio.create_task(
        photos.take_part(
            sender.engine,
            DEVICE,
            sender.record,
            sender.digest,
            0,
            slow(),
            sender.settings,
            sender.clock,
        )
    )
    await came.wait()
    part.cancel()
    with pytest.raises(asyncio.CancelledError):
        await part
    assert await sender.head() == 300


async def test_the_same_part_twice_at_once_is_there_once(
    engine: AsyncEngine, settings: Settings, clock: Clock, url: str
) -> None:
    content = picture(1)
    sender = Sender(engine, settings, clock, announce(url, content), content)
    half = len(content) // 2
    first = await asyncio.gather(
        *(sender.patch(0, content[:half]) for _ in range(8)), return_exceptions=True
    )
    assert [each for each in first if each == half] == [half]
    assert all(isinstance(each, PhotoOffsetWrong) for each in first if each != half)
    last = await asyncio.gather(
        *(sender.patch(half, content[half:]) for _ in range(8)), return_exceptions=True
    )
    assert len(content) in last
    assert (await sender.listed()).is_whole
    assert await sender.shown() == content


async def test_what_is_not_what_was_announced_begins_anew(sender: Sender) -> None:
    forged = bytes(len(sender.content))
    with pytest.raises(PhotoHashWrong):
        await sender.patch(0, forged)
    assert await sender.head() == 0
    assert not (await sender.listed()).is_whole
    assert await sender.patch(0, sender.content) == len(sender.content)
    assert await sender.shown() == sender.content


async def test_killed_when_all_was_here_it_is_looked_at_later(sender: Sender) -> None:
    photo_files.append(sender.place, 0, sender.content, len(sender.content))
    assert not (await sender.listed()).is_whole
    assert await sender.head() == len(sender.content)
    assert (await sender.listed()).is_whole


async def test_killed_when_all_was_here_an_empty_part_ends_it_too(sender: Sender) -> None:
    photo_files.append(sender.place, 0, sender.content, len(sender.content))
    assert await sender.patch(len(sender.content)) == len(sender.content)
    assert (await sender.listed()).is_whole


async def test_a_torn_tail_is_found(sender: Sender) -> None:
    torn = sender.content[:500] + bytes(100)  # a machine that lost power may leave zeros
    photo_files.append(sender.place, 0, torn, len(sender.content))
    assert await sender.head() == 600
    with pytest.raises(PhotoHashWrong):
        await sender.patch(600, sender.content[600:])
    assert await sender.head() == 0
    await sender.patch(0, sender.content)
    assert await sender.shown() == sender.content


async def test_more_than_was_announced_begins_anew(sender: Sender) -> None:
    photo_files.append(sender.place, 0, sender.content + b"x", len(sender.content) + 1)
    assert await sender.head() == 0
    await sender.patch(0, sender.content)
    assert (await sender.listed()).is_whole


async def test_places_and_cameras_are_not_kept(
    engine: AsyncEngine, settings: Settings, clock: Clock, url: str
) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Invented"
    content = picture(2, exif=exif)
    sender = Sender(engine, settings, clock, announce(url, content), content)
    await sender.patch(0, content)
    kept = await sender.shown()
    assert b"Invented" in content
    assert b"Invented" not in kept
    assert (await sender.listed()).sha256 == hashlib.sha256(content).hexdigest()
    files = list(sender.place.sent.parent.iterdir())
    assert [each.read_bytes() for each in files] == [kept]
    assert await sender.head() == len(content)
    with pytest.raises(PhotoOffsetWrong):
        await sender.patch(0, content)


async def test_what_does_not_open_is_kept_and_never_shown(
    engine: AsyncEngine, settings: Settings, clock: Clock, url: str
) -> None:
    content = b"<html><script>alert(1)</script>" * 100
    sender = Sender(engine, settings, clock, announce(url, content), content)
    await sender.patch(0, content)
    found = await sender.listed()
    assert (found.is_whole, found.fault) == (True, "unreadable")
    with pytest.raises(PhotoUnseen):
        await sender.shown()
    assert sender.place.sent.read_bytes() == content


async def test_a_device_sends_so_much_a_day(
    engine: AsyncEngine, url: str, tmp_path: Path, clock: Clock
) -> None:
    settings = service_settings(url, photos_dir=tmp_path / "own", photo_bytes_per_day=1_000)
    content = picture(3)
    record = announce(url, content, device="dddddddd")
    sender = Sender(engine, settings, clock, record, content)
    await sender.patch(0, content[:600], device="dddddddd")
    await sender.patch(600, content[600:1200], device="dddddddd")
    with pytest.raises(PhotosTooMany) as refused:
        await sender.patch(1200, content[1200:], device="dddddddd")
    assert refused.value.retry_after_s == 14 * 3600 + 1  # it is ten in the morning in Vietnam
    assert await sender.head("dddddddd") == 1200


async def test_a_full_disk_breaks_nothing(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    await sender.patch(0, sender.content[:500])
    real = os.pwrite
    left = [100]

    def full(file: int, content: memoryview, at: int) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, "no space")
        written, left[0] = real(file, content[: left[0]], at), 0
        return written

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        with pytest.raises(NoRoomForPhoto):
            await sender.patch(500, sender.content[500:])
    assert await sender.head() == 500
    with monkeypatch.context() as patch:
        patch.setattr(photo_files, "_SPARE_BYTES", 2**60)
        with pytest.raises(NoRoomForPhoto):
            await sender.patch(500, sender.content[500:])
    assert await sender.patch(500, sender.content[500:]) == len(sender.content)
    assert await sender.shown() == sender.content


async def test_no_folder_takes_no_photos_but_records_are_told(
    engine: AsyncEngine, url: str, clock: Clock, tmp_path: Path, sender: Sender
) -> None:
    sender.settings = service_settings(url)
    for ask in (sender.head(), sender.patch(0, b"x")):
        with pytest.raises(PhotosNotTaken):
            await ask
    assert (await sender.listed()).received_bytes == 0
    (tmp_path / "file").write_text("")
    sender.settings = service_settings(url, photos_dir=tmp_path / "file")
    with pytest.raises(PhotosFolderUnusable):
        await sender.patch(0, b"x")
    assert (await sender.listed()).received_bytes == 0


async def test_a_photo_out_of_a_file_is_kept_at_once(sender: Sender) -> None:
    async def store(content: bytes, digest: bytes = sender.digest) -> None:
        async with transaction(sender.engine) as conn:
            await photos.store_whole(
                conn, sender.record, digest, content, sender.settings, sender.clock
            )

    await sender.patch(0, sender.content[:300])
    with pytest.raises(PhotoHashWrong):
        await store(sender.content + b"x")
    with pytest.raises(PhotoUnknown):
        await store(b"x", hashlib.sha256(b"x").digest())
    assert await sender.head() == 300
    for _ in range(2):
        await store(sender.content)
    assert await sender.head() == len(sender.content)
    assert await sender.shown() == sender.content


async def test_a_photo_erased_is_told(sender: Sender, url: str) -> None:
    await sender.patch(0, sender.content)
    with psycopg.connect(url) as conn:
        conn.execute(
            "UPDATE submission_photo SET erased_at = now() WHERE submission_id = %s",
            [sender.record],
        )
    with pytest.raises(PhotoErased):
        await sender.shown()
    assert await sender.head() == len(sender.content)


async def test_photos_are_erased_when_their_time_is_over_and_strays_swept(
    engine: AsyncEngine, url: str, tmp_path: Path, clock: Clock
) -> None:
    root = tmp_path / "photos"
    settings = service_settings(url, files_dir=tmp_path, keep_photos_days=30)
    exif = Image.Exif()
    exif[0x010F] = "Invented"
    old, new, plain = picture(4), picture(5), picture(6, exif=exif)
    decided, waiting = announce(url, old, plain), announce(url, new)
    senders = [
        Sender(engine, settings, clock, record, content)
        for record, content in ((decided, old), (decided, plain), (waiting, new))
    ]
    for each in senders:
        await each.patch(0, each.content)
    torn = Sender(engine, settings, clock, announce(url, part := picture(7)), part)
    await torn.patch(0, part[:100])
    # killed between the row and the deleting of what was sent; a folder and a photo of nobody
    senders[1].place.sent.write_bytes(plain)
    stray = photo_files.folder_of_record(root, uuid4())
    stray.mkdir(parents=True)
    unknown = senders[2].place.sent.with_name("0" * 64)
    unknown.write_bytes(b"x")
    fresh = photo_files.folder_of_record(root, uuid4())
    fresh.mkdir(parents=True)
    for each in (stray, unknown):
        os.utime(each, (0, 0))
    later = (clock.now() + timedelta(hours=1)).timestamp()
    os.utime(fresh, (later, later))
    with psycopg.connect(url) as conn:
        conn.execute(
            "UPDATE submission SET state = 'accepted', waits_for = NULL, decided_at = %s"
            " WHERE submission_id = %s",
            [clock.now() - timedelta(days=31), decided],
        )
        conn.execute("INSERT INTO photo_day VALUES ('old', '2025-01-01', 1)")
    kept = service_settings(url, files_dir=tmp_path)
    await run_expiry(engine, kept, clock)
    assert [each.place.sent.exists() for each in senders] == [True, False, True]
    assert senders[1].place.kept.exists()
    assert (stray.exists(), unknown.exists(), fresh.exists()) == (False, False, True)
    assert await torn.head() == 100
    for _ in range(2):
        await run_expiry(engine, settings, clock)
    for each in senders[:2]:
        with pytest.raises(PhotoErased):
            await each.shown()
        assert not each.place.sent.exists()
        assert not each.place.kept.exists()
    assert await senders[2].shown() == new
    with psycopg.connect(url) as conn:
        left = conn.execute("SELECT count(*) FROM photo_day WHERE device = 'old'").fetchone()
    assert left == (0,)
    await run_expiry(engine, service_settings(url), clock)  # no folder: nothing to do
