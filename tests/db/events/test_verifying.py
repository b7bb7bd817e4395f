"""What an intruder who owns the database can do to a log, and where each shows."""

from __future__ import annotations

import base64
import resource
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.events import checkpoints, verifying
from addrsvc.events.chain import BEGINNING, entry_hash
from addrsvc.events.checkpoint_errors import (
    CheckpointForged,
    CheckpointKeyFileUnreadable,
    CheckpointKeyInvalid,
    CheckpointKeyMissing,
    HistoryContradicts,
)
from addrsvc.events.sealing import AUDIT, EVENTS, Log, entry_of, seal_all
from addrsvc.events.signing import write_checkpoints
from addrsvc.events.verifying import Verified
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

SEED = base64.b64encode(bytes(range(32))).decode()
PUBLIC = checkpoints.public_text(checkpoints.signing_key(SEED))
CLOCK = FixedClock(datetime(2026, 1, 15, 3, 0, tzinfo=UTC))
TABLE = {"events": "event", "audit": "audit_entry"}
COLUMNS = {
    "events": "recorded_at, type, subject, data",
    "audit": "recorded_at, principal, action, subject, outcome",
}


@pytest.fixture(scope="module")
def sealed_template(
    clone_database: Callable[[str], AbstractContextManager[str]], template_db: str
) -> Iterator[str]:
    """Give a database with ten entries in each log, unsealed as yet."""
    with clone_database(template_db) as url:
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(
                "INSERT INTO event (recorded_at, type, subject, data)"
                " SELECT '2026-01-15', 'x.done', 's' || i, jsonb_build_object('version', i)"
                " FROM generate_series(1, 10) AS i"
            )
            conn.execute(
                "INSERT INTO audit_entry (recorded_at, principal, action, subject, outcome)"
                " SELECT '2026-01-15', 'cli:test', 'x.do', 's' || i, 'done'"
                " FROM generate_series(1, 10) AS i"
            )
        yield url


@pytest.fixture
def database_url(
    clone_database: Callable[[str], AbstractContextManager[str]], sealed_template: str
) -> Iterator[str]:
    with clone_database(sealed_template) as url:
        yield url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return service_settings(database_url, checkpoint_dir=tmp_path / "cp", checkpoint_key=SEED)


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(settings)
    await seal_all(engine)
    await write_checkpoints(engine, CLOCK, settings)
    yield engine
    await engine.dispose()


def attack(url: str, *statements: str) -> None:
    """Do as the owner of the database can: with the triggers off."""
    with psycopg.connect(url) as conn:
        conn.execute("SET session_replication_role = replica")
        for each in statements:
            conn.execute(each.encode())


def chain_anew(url: str, log: Log, first: int) -> None:
    """Make numbers and hashes anew from one on, and the head: a history without a seam."""
    with psycopg.connect(url, row_factory=psycopg.rows.dict_row) as conn:
        conn.execute("SET session_replication_role = replica")
        everything = {"number": 0, "id": 0, "limit": None}
        before = BEGINNING
        for number, each in enumerate(
            conn.execute(log.queries["sealed_entries"], everything).fetchall(), 1
        ):
            if number >= first:
                each["number"] = number
                each["hash"] = entry_hash(before, entry_of(each))
            before = each["hash"]
            id_name = "event_id" if log is EVENTS else "audit_id"
            conn.execute(
                f"UPDATE {TABLE[log.name]} SET number = {number}, hash = %s"
                f" WHERE {id_name} = {each['id']}".encode(),
                [before],
            )
        conn.execute(
            f"UPDATE log_head SET number = {number}, hash = %s WHERE log = '{log.name}'".encode(),
            [before],
        )


async def verify(
    engine: AsyncEngine, log: Log, folder: Path | None = None, *, first: int = 1
) -> Verified:
    known = checkpoints.read(folder, log.name, [PUBLIC]) if folder is not None else []
    async with transaction(engine) as conn:
        return await verifying.verify(conn, log, first=first, checkpoints=known)


def broken(read: Verified) -> list[tuple[int, str]]:
    return [(each.number, each.what.en) for each in read.breaks]


@pytest.fixture(params=[EVENTS, AUDIT], ids=["events", "audit"])
def log(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def folder(settings: Settings) -> Path:
    assert settings.checkpoint_dir is not None
    return settings.checkpoint_dir


async def test_an_honest_log_holds(engine: AsyncEngine, log: Log, folder: Path) -> None:
    read = await verify(engine, log, folder)
    assert (read.entries, read.last, read.unsealed, read.checkpoints) == (10, 10, 0, 1)
    assert read.breaks == []
    later = await verify(engine, log, folder, first=8)
    assert (later.entries, later.breaks) == (3, [])
    assert later.hash == read.hash


async def test_pages_change_nothing(
    engine: AsyncEngine, log: Log, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    monkeypatch.setattr(verifying, "_PAGE", 3)
    attack(database_url, f"UPDATE {TABLE[log.name]} SET subject = 'other' WHERE number = 7")
    read = await verify(engine, log)
    assert read.entries == 10
    assert [each.number for each in read.breaks] == [7]


async def test_an_updated_row_is_named(engine: AsyncEngine, log: Log, database_url: str) -> None:
    attack(database_url, f"UPDATE {TABLE[log.name]} SET subject = 'other' WHERE number = 5")
    (found,) = (await verify(engine, log)).breaks
    assert (found.number, found.id) == (5, 5)
    assert "what it says" in found.what.en
    assert (await verify(engine, log, first=6)).breaks == []


async def test_a_deleted_row_is_named(engine: AsyncEngine, log: Log, database_url: str) -> None:
    attack(database_url, f"DELETE FROM {TABLE[log.name]} WHERE number IN (4, 7, 8)")
    assert broken(await verify(engine, log)) == [(4, "missing: 4"), (7, "missing: 7–8")]
    assert broken(await verify(engine, log, first=9)) == [
        (8, "there is no such entry"),
        *[(9, "its hash does not follow: what it says, or the hash before it, was changed")],
    ]


async def test_two_swapped_rows_are_named(engine: AsyncEngine, log: Log, database_url: str) -> None:
    table = TABLE[log.name]
    attack(
        database_url,
        f"UPDATE {table} SET number = number + 100 WHERE number IN (3, 6)",
        f"UPDATE {table} SET number = 109 - number WHERE number IN (103, 106)",
    )
    found = await verify(engine, log)
    assert (found.breaks[0].number, found.breaks[0].id) == (3, 6)
    assert {each.number for each in found.breaks} == {3, 4, 6, 7}


async def test_a_cut_tail_is_named(engine: AsyncEngine, log: Log, database_url: str) -> None:
    attack(database_url, f"DELETE FROM {TABLE[log.name]} WHERE number > 8")
    assert broken(await verify(engine, log)) == [(9, "the end is gone: 9–10")]


async def test_a_cut_tail_with_its_head_shows_against_a_checkpoint_only(
    engine: AsyncEngine, log: Log, database_url: str, folder: Path
) -> None:
    attack(
        database_url,
        f"DELETE FROM {TABLE[log.name]} WHERE number > 8",
        f"UPDATE log_head SET number = 8, hash = (SELECT hash FROM {TABLE[log.name]}"
        f" WHERE number = 8) WHERE log = '{log.name}'",
    )
    assert (await verify(engine, log)).breaks == []
    (found,) = (await verify(engine, log, folder)).breaks
    assert found.number == 10
    assert "the log ends at 8" in found.what.en


async def test_an_inserted_row_is_named(engine: AsyncEngine, log: Log, database_url: str) -> None:
    table = TABLE[log.name]
    copied = (
        "recorded_at, type, 'more', data"
        if log is EVENTS
        else "recorded_at, principal, action, 'more', outcome"
    )
    columns = copied.replace("'more'", "subject")
    attack(
        database_url,
        f"UPDATE {table} SET number = number + 101 WHERE number >= 5",
        f"UPDATE {table} SET number = number - 100 WHERE number > 100",
        f"INSERT INTO {table} ({columns}, number, hash) SELECT {copied}, 5, hash"
        f" FROM {table} WHERE number = 4",
    )
    found = await verify(engine, log)
    assert (found.breaks[0].number, found.breaks[0].id) == (5, 11)


async def test_a_number_given_twice_is_named(
    engine: AsyncEngine, log: Log, database_url: str
) -> None:
    attack(
        database_url,
        f"DROP INDEX {TABLE[log.name]}_number_key",
        f"UPDATE {TABLE[log.name]} SET number = 5 WHERE number = 6",
    )
    assert broken(await verify(engine, log)) == [
        (5, "two entries have this number"),
        (6, "missing: 6"),
    ]


@pytest.mark.parametrize("number", [0, -5])
async def test_an_entry_before_the_first_is_named(
    engine: AsyncEngine, log: Log, database_url: str, number: int
) -> None:
    table = TABLE[log.name]
    attack(
        database_url,
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_number_check",
        f"INSERT INTO {table} ({COLUMNS[log.name]}, number, hash)"
        f" SELECT {COLUMNS[log.name]}, {number}, hash FROM {table} WHERE number = 4",
    )
    assert broken(await verify(engine, log)) == [(number, "before the first entry")]


async def test_a_history_chained_anew_shows_against_a_checkpoint_only(
    engine: AsyncEngine, log: Log, database_url: str, folder: Path, settings: Settings
) -> None:
    attack(database_url, f"UPDATE {TABLE[log.name]} SET subject = 'other' WHERE number = 5")
    chain_anew(database_url, log, 5)
    assert (await verify(engine, log)).breaks == []
    (found,) = (await verify(engine, log, folder)).breaks
    assert found.number == 10
    assert "rewritten" in found.what.en
    assert "2026-01-15T03:00:00Z" in found.what.en
    with pytest.raises(HistoryContradicts, match="rewritten"):
        await write_checkpoints(engine, CLOCK, settings)


async def test_a_head_moved_back_is_named(engine: AsyncEngine, log: Log, database_url: str) -> None:
    attack(database_url, "UPDATE log_head SET number = 3")
    assert broken(await verify(engine, log)) == [
        (10, "the sealer stands at entry 3, or at another hash")
    ]


async def test_no_checkpoint_is_signed_of_what_does_not_hold_and_the_other_log_goes_on(
    engine: AsyncEngine, database_url: str, settings: Settings, folder: Path
) -> None:
    with psycopg.connect(database_url) as conn:
        conn.execute("INSERT INTO event (recorded_at, type, subject) VALUES (now(), 'x.y', 'z')")
    await seal_all(engine)
    attack(database_url, "UPDATE event SET subject = 'other' WHERE number = 11")
    with pytest.raises(HistoryContradicts, match="at entry 11"):
        await write_checkpoints(engine, CLOCK, settings)
    told = {name: checkpoints.read(folder, name, [PUBLIC]) for name in TABLE}
    assert [each.number for each in told["events"]] == [10]
    assert [each.number for each in told["audit"]] == [10, 10]


async def test_nothing_is_signed_of_empty_logs_or_without_folder_or_key(
    clone_database: Callable[[str], AbstractContextManager[str]],
    template_db: str,
    tmp_path: Path,
) -> None:
    with clone_database(template_db) as url:
        given = {"database_url": url, "checkpoint_dir": tmp_path, "checkpoint_key": SEED}
        engine = make_engine(Settings.model_validate(given))
        assert await write_checkpoints(engine, CLOCK, Settings.model_validate(given)) == []
        del given["checkpoint_key"]
        with pytest.raises(CheckpointKeyMissing):
            await write_checkpoints(engine, CLOCK, Settings.model_validate(given))
        del given["checkpoint_dir"]
        assert await write_checkpoints(engine, CLOCK, Settings.model_validate(given)) == []
        await engine.dispose()
    assert checkpoints.read(tmp_path, "events", []) == []


@pytest.mark.parametrize(
    "changed",
    [
        lambda line: line.replace('"number":10', '"number":9'),
        lambda line: line.replace('"log":"events"', '"log":"audit"'),
        lambda line: line.replace("2026-01-15", "2026-01-16"),
        lambda line: line[:-4] + "A" + line[-3:],
        lambda line: line[:1] + line[-2:],
        lambda line: line.replace('"key_id":"', '"key_id":"0'),
    ],
)
async def test_a_changed_checkpoint_is_refused(
    engine: AsyncEngine, folder: Path, changed: Callable[[str], str], settings: Settings
) -> None:
    file = folder / "events-2026-01.jsonl"
    line = file.read_text()
    assert changed(line) != line
    file.write_text(changed(line))
    with pytest.raises(CheckpointForged, match=r"events-2026-01\.jsonl:1"):
        checkpoints.read(folder, "events", [PUBLIC])
    with pytest.raises(CheckpointForged):
        await write_checkpoints(engine, CLOCK, settings)


async def test_a_checkpoint_of_the_other_log_is_refused(engine: AsyncEngine, folder: Path) -> None:
    file = folder / "events-2026-01.jsonl"
    file.write_bytes(file.read_bytes() + (folder / "audit-2026-01.jsonl").read_bytes())
    with pytest.raises(CheckpointForged, match=r"events-2026-01\.jsonl:2"):
        checkpoints.read(folder, "events", [PUBLIC])


async def test_files_are_added_to_and_a_line_cut_off_spoils_nothing(
    engine: AsyncEngine, folder: Path, settings: Settings
) -> None:
    file = folder / "events-2026-01.jsonl"
    first = file.read_bytes()
    file.write_bytes(first + first[:40])
    later = FixedClock(datetime(2026, 2, 1, tzinfo=UTC))
    await write_checkpoints(engine, CLOCK, settings)
    await write_checkpoints(engine, later, settings)
    assert file.read_bytes().startswith(first + first[:40] + b"\n")
    assert (folder / "events-2026-02.jsonl").is_file()
    assert [each.at[:10] for each in checkpoints.read(folder, "events", [PUBLIC])] == [
        "2026-01-15",
        "2026-01-15",
        "2026-02-01",
    ]


async def test_after_a_change_of_keys_both_are_known(
    engine: AsyncEngine, folder: Path, settings: Settings, tmp_path: Path
) -> None:
    seed = checkpoints.new_seed()
    (tmp_path / "keys").write_text(f"{seed}\n{SEED}\n")
    newer = settings.model_copy(
        update={"checkpoint_key": None, "checkpoint_key_file": tmp_path / "keys"}
    )
    await write_checkpoints(engine, CLOCK, newer)
    with pytest.raises(CheckpointForged):
        checkpoints.read(folder, "events", [PUBLIC])
    new_public = checkpoints.public_text(checkpoints.signing_key(seed))
    assert len(checkpoints.read(folder, "events", [PUBLIC, new_public])) == 2


@pytest.mark.parametrize("text", ["", "abc", "ñ", base64.b64encode(bytes(31)).decode()])
async def test_a_key_is_32_bytes(text: str) -> None:
    with pytest.raises(CheckpointKeyInvalid):
        checkpoints.signing_key(text)


async def test_what_does_not_fit_on_the_disk_is_not_taken_for_written(
    engine: AsyncEngine, folder: Path
) -> None:
    file = folder / "events-2026-01.jsonl"
    (known,) = checkpoints.read(folder, "events", [PUBLIC])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size + 40, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            checkpoints.add(folder, known, checkpoints.signing_key(SEED))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    checkpoints.add(folder, known, checkpoints.signing_key(SEED))
    assert checkpoints.read(folder, "events", [PUBLIC]) == [known, known]


@pytest.mark.parametrize("line", [b"5", b"[]", b"null", b'"x"', b"{}"])
async def test_a_line_that_is_no_checkpoint_is_refused(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "events-2026-01.jsonl").write_bytes(line + b"\n")
    with pytest.raises(CheckpointForged):
        checkpoints.read(tmp_path, "events", [PUBLIC])


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
async def test_a_file_of_keys_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "keys"
    if content is not None:
        file.write_bytes(content)
    settings = Settings.model_validate({"checkpoint_key_file": file})
    with pytest.raises(CheckpointKeyFileUnreadable, match=str(file)):
        checkpoints.configured_keys(settings)
