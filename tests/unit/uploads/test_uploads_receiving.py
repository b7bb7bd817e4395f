"""Files written as they come: what the disk may answer."""

from __future__ import annotations

import doctest
import errno
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from addrsvc.uploads import receiving
from addrsvc.uploads.errors import (
    FileNothingIn,
    FilesFolderUnusable,
    FileTooLarge,
    NoRoomForFile,
)
from addrsvc.uploads.receiving import make_room, receive

OVER = FileTooLarge(limit_bytes=5_000_000)


async def pieces(*chunks: bytes) -> AsyncIterator[bytes]:
    for each in chunks:
        yield each


def test_doctests() -> None:
    assert doctest.testmod(receiving).failed == 0


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        (errno.ENOSPC, NoRoomForFile),
        (errno.EDQUOT, NoRoomForFile),
        (errno.EIO, FilesFolderUnusable),
    ],
)
async def test_a_disk_that_takes_no_more_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, refusal: type[Exception]
) -> None:
    def full(_file: int, _view: memoryview) -> int:
        raise OSError(number, "invented")

    monkeypatch.setattr(receiving.os, "write", full)
    with pytest.raises(refusal):
        await receive(pieces(b"x" * 2_000_000), tmp_path / "a", 5_000_000, OVER)


class Usage(NamedTuple):
    free: int


@pytest.mark.anyio
async def test_room_is_looked_for_before_and_on_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving.shutil, "disk_usage", lambda _: Usage(104_000_000))
    make_room(tmp_path / "job", 1_000_000)
    assert (tmp_path / "job").stat().st_mode & 0o777 == 0o700
    with pytest.raises(NoRoomForFile):
        make_room(tmp_path / "other", 1_000_001)
    monkeypatch.setattr(receiving, "_SYNC_BYTES", 1_000_000)
    monkeypatch.setattr(receiving.shutil, "disk_usage", lambda _: Usage(99_999_999))
    with pytest.raises(NoRoomForFile):
        await receive(pieces(*[b"x" * 1_100_000] * 3), tmp_path / "job" / "a", 5_000_000, OVER)


@pytest.mark.anyio
async def test_where_nothing_can_be_written_the_operator_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FilesFolderUnusable):
        make_room(tmp_path / "file" / "job", None)
    with pytest.raises(FilesFolderUnusable):
        await receive(pieces(b"x"), tmp_path / "none" / "a", 9, OVER)


@pytest.mark.anyio
async def test_a_file_is_counted_to_its_last_byte(tmp_path: Path) -> None:
    most = await receive(pieces(b"ab", b"", b"c"), tmp_path / "a", 3, OVER)
    assert (most.bytes, (tmp_path / "a").read_bytes()) == (3, b"abc")
    assert (await receive(pieces(b"abc"), None, 3, OVER)) == most
    with pytest.raises(FileTooLarge):
        await receive(pieces(b"ab", b"cd"), tmp_path / "b", 3, OVER)
    with pytest.raises(FileNothingIn):
        await receive(pieces(), tmp_path / "c", 3, OVER)
    assert str(tmp_path) not in str(_open_files())


def _open_files() -> list[str]:
    found = []
    for each in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found.append(str(each.readlink()))
    return found
