"""Files written as they come: what the disk may answer, and what names are made of."""

from __future__ import annotations

import doctest
import errno
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.file_jobs import receiving, schemas
from addrsvc.file_jobs.errors import (
    FileNothingIn,
    FilesFolderUnusable,
    FileTooLarge,
    NoRoomForFile,
)
from addrsvc.file_jobs.files import JobFiles
from addrsvc.file_jobs.receiving import clean_name, receive
from addrsvc.tabular.errors import FormatUnknown
from addrsvc.tabular.sources import SUFFIXES

OVER = FileTooLarge(limit_bytes=5_000_000)


async def pieces(*chunks: bytes) -> AsyncIterator[bytes]:
    for each in chunks:
        yield each


@pytest.mark.parametrize("module", [receiving, schemas])
def test_doctests(module: Any) -> None:
    assert doctest.testmod(module).failed == 0


@given(st.text(max_size=400), st.sampled_from(sorted(SUFFIXES)))
def test_whatever_a_file_is_called_its_name_is_safe(name: str, ending: str) -> None:
    cleaned = clean_name(name + ending)
    assert 1 <= len(cleaned) <= receiving.NAME_LIMIT
    assert cleaned.endswith(ending)
    assert not set(cleaned) & set("/\\\0\n\u202e")
    assert clean_name(cleaned) == cleaned
    assert JobFiles(Path("/x")).input(cleaned) == Path(f"/x/input{ending}")


@pytest.mark.parametrize("name", ["", ".", "..", "a", "a.exe", "csv", "a.csv.", "a.csv/"])
def test_other_files_are_refused(name: str) -> None:
    with pytest.raises(FormatUnknown):
        clean_name(name)


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
    files = JobFiles(tmp_path / "job")
    assert receiving._make_room(files, "a.csv", 1_000_000) == tmp_path / "job" / "input.csv"
    with pytest.raises(NoRoomForFile):
        receiving._make_room(JobFiles(tmp_path / "other"), "a.csv", 1_000_001)
    monkeypatch.setattr(receiving, "_SYNC_BYTES", 1_000_000)
    monkeypatch.setattr(receiving.shutil, "disk_usage", lambda _: Usage(99_999_999))
    with pytest.raises(NoRoomForFile):
        await receive(pieces(*[b"x" * 1_100_000] * 3), files.input("a.csv"), 5_000_000, OVER)


@pytest.mark.anyio
async def test_where_nothing_can_be_written_the_operator_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FilesFolderUnusable):
        receiving._make_room(JobFiles(tmp_path / "file" / "job"), "a.csv", None)
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
