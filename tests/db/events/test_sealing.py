"""The sealer: every committed row once, without gaps, causes first, whoever dies or waits."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
import tasks
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.events import sealing
from addrsvc.events.chain import BEGINNING, entry_hash
from addrsvc.events.sealing import AUDIT, EVENTS, Log, Sealed, entry_of, seal, seal_all
from addrsvc.settings import Settings

EVENT = "INSERT INTO event (recorded_at, type, subject) VALUES (now(), 'test.done', %s)"
ENTRY = (
    "INSERT INTO audit_entry (recorded_at, principal, action, subject, outcome, detail)"
    " VALUES (now(), 'cli:test', 'test.do', %s, 'done', '{\"n\": 1}')"
)


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(settings)
    yield engine
    await engine.dispose()


def connect(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url)


def ask(url: str, statement: str) -> list[Any]:
    with psycopg.connect(url) as conn:
        return conn.execute(statement.encode()).fetchall()


def chain_of(url: str, log: Log = EVENTS) -> list[str]:
    """Check numbers, hashes and head of all that is sealed; give the subjects in order."""
    with psycopg.connect(url, row_factory=psycopg.rows.dict_row) as conn:
        found = conn.execute(
            log.queries["sealed_entries"], {"number": 0, "id": 0, "limit": None}
        ).fetchall()
        head = conn.execute(f"SELECT * FROM log_head WHERE log = '{log.name}'".encode()).fetchone()
    before = BEGINNING
    for number, each in enumerate(found, 1):
        assert each["number"] == number
        before = entry_hash(before, entry_of(each))
        assert each["hash"] == before
    assert head == {"log": log.name, "number": len(found), "hash": before}
    return [each["subject"] for each in found]


async def seal_once(engine: AsyncEngine, log: Log = EVENTS, limit: int = 100) -> Sealed | None:
    async with transaction(engine) as conn:
        return await seal(conn, log, limit=limit)


@pytest.mark.anyio
async def test_both_logs_are_numbered_and_chained(engine: AsyncEngine, database_url: str) -> None:
    with connect(database_url) as conn:
        for subject in "abc":
            conn.execute(EVENT, [subject])
            conn.execute(ENTRY, [subject])
    assert await seal_once(engine) == Sealed(3, 3)
    assert await seal_once(engine) == Sealed(0, 3)
    assert await seal_once(engine, AUDIT, limit=2) == Sealed(2, 2)
    assert await seal_once(engine, AUDIT, limit=2) == Sealed(1, 3)
    assert chain_of(database_url) == chain_of(database_url, AUDIT) == ["a", "b", "c"]


@pytest.mark.anyio
async def test_a_long_transaction_holds_nobody_up_and_is_numbered_when_it_commits(
    engine: AsyncEngine, database_url: str
) -> None:
    with connect(database_url) as late, connect(database_url) as other:
        late.execute(EVENT, ["late"])
        other.execute(EVENT, ["early"])
        other.commit()
        assert await seal_once(engine) == Sealed(1, 1)
        late.commit()
    assert await seal_once(engine) == Sealed(1, 2)
    assert chain_of(database_url) == ["early", "late"]


@pytest.mark.anyio
async def test_what_is_rolled_back_leaves_no_gap(engine: AsyncEngine, database_url: str) -> None:
    with connect(database_url) as conn:
        conn.execute(EVENT, ["never"])
        conn.rollback()
        conn.execute(EVENT, ["done"])
    await seal_all(engine)
    assert chain_of(database_url) == ["done"]


@pytest.mark.anyio
async def test_where_nothing_waits_nothing_is_written(
    engine: AsyncEngine, database_url: str
) -> None:
    with connect(database_url) as conn:
        conn.execute(EVENT, ["a"])
    await seal_all(engine)
    async with transaction(engine) as idle:
        assert await seal(idle) == Sealed(0, 1)
        xid = await idle.exec_driver_sql("SELECT pg_current_xact_id_if_assigned()::text")
        assert xid.scalar() is None


@pytest.mark.anyio
async def test_a_second_sealer_goes_away(engine: AsyncEngine, database_url: str) -> None:
    with connect(database_url) as conn:
        conn.execute(EVENT, ["a"])
    async with transaction(engine) as first:
        assert await seal(first) == Sealed(1, 1)
        assert await seal_once(engine) is None
        assert await seal_once(engine, AUDIT) == Sealed(0, 0)
    assert await seal_once(engine) == Sealed(0, 1)


WRITERS = 6
ROUNDS = 40


async def write(url: str, name: int) -> None:
    """Change a few contended rows in turn, two per transaction, some slowly, some given up."""
    dice = random.Random(name)  # noqa: S311 - no secret
    async with await psycopg.AsyncConnection.connect(url) as conn:
        for _ in range(ROUNDS):
            for house in sorted(dice.sample(range(4), 2)):
                changed = await conn.execute(
                    "UPDATE house SET version = version + 1 WHERE house = %s RETURNING version",
                    [house],
                )
                version = (await changed.fetchone() or [0])[0]
                await conn.execute(EVENT, [f"{house} {version}"])
                if dice.random() < 0.2:
                    await asyncio.sleep(dice.random() / 100)
            await (conn.rollback() if dice.random() < 0.1 else conn.commit())


@pytest.mark.anyio
async def test_whoever_commits_when_every_event_is_there_once_and_causes_go_first(
    engine: AsyncEngine, database_url: str
) -> None:
    with connect(database_url) as conn:
        conn.execute("CREATE TABLE house (house int PRIMARY KEY, version int NOT NULL)")
        conn.execute("INSERT INTO house SELECT i, 0 FROM generate_series(0, 3) AS i")
    is_over = False

    async def keep(limit: int) -> None:
        while not is_over:
            await seal_once(engine, limit=limit)
            await asyncio.sleep(0.001)

    sealers = [asyncio.create_task(keep(limit)) for limit in (1, 3, 50)]
    await asyncio.gather(*(write(database_url, name) for name in range(WRITERS)))
    is_over = True
    await asyncio.gather(*sealers)
    await seal_all(engine)
    told = chain_of(database_url)
    assert len(told) == ask(database_url, "SELECT count(*) FROM event")[0][0] > WRITERS * ROUNDS
    for house in range(4):
        versions = [int(each.split()[1]) for each in told if each.startswith(f"{house} ")]
        assert versions == list(range(1, len(versions) + 1)), house


PROGRAM = """
import asyncio, sys
from addrsvc.db.doors import make_engine
from addrsvc.events import sealing
from addrsvc.settings import Settings
sealing.BATCH = 500
seal, left = sealing.seal, iter(range(12))

async def some(conn, log):
    # it waits in the midst of its work for whoever kills it, however late
    if next(left, None) is None:
        await asyncio.Event().wait()
    return await seal(conn, log)

sealing.seal = some
settings = Settings.model_validate({"database_url": sys.argv[1]})
asyncio.run(sealing.keep_sealing(make_engine(settings)))
"""
OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def wait_for(url: str, statement: str) -> Any:
    """Ask until the answer is true."""
    last = time.monotonic() + 60
    while time.monotonic() < last:
        if found := ask(url, statement)[0][0]:
            return found
        time.sleep(0.01)
    raise TimeoutError(statement)


def test_a_killed_sealer_leaves_no_trace(settings: Settings, database_url: str) -> None:
    with connect(database_url) as conn:
        conn.execute(
            "INSERT INTO event (recorded_at, type, subject)"
            " SELECT now(), 'test.done', i::text FROM generate_series(1, 30000) AS i"
        )
    head = "SELECT number FROM log_head WHERE log = 'events'"
    for _ in range(3):
        before = ask(database_url, head)[0][0]
        sealer = subprocess.Popen([sys.executable, "-c", PROGRAM, database_url])  # noqa: S603
        wait_for(database_url, f"SELECT number > {before} FROM ({head}) AS head")
        sealer.kill()
        sealer.wait()
    wait_for(database_url, f"SELECT count(*) = 0 {OTHERS}")
    assert 0 < len(chain_of(database_url)) < 30_000

    async def finish() -> None:
        engine = make_engine(settings)
        await seal_all(engine)
        await engine.dispose()

    asyncio.run(finish())
    assert sorted(map(int, chain_of(database_url))) == list(range(1, 30_001))


@pytest.mark.anyio
async def test_it_keeps_on_and_survives_a_cut_connection(
    engine: AsyncEngine, database_url: str
) -> None:
    task = asyncio.create_task(sealing.keep_sealing(engine, every_s=0.02))
    for name in ("before", "after"):
        with connect(database_url) as conn:
            conn.execute(EVENT, [name])
        found = f"SELECT count(*) = 1 FROM event WHERE subject = '{name}' AND number > 0"
        await asyncio.to_thread(wait_for, database_url, found)
        ask(database_url, f"SELECT pg_terminate_backend(pid) {OTHERS}")
    await tasks.end(task)
    assert chain_of(database_url) == ["before", "after"]


@pytest.mark.anyio
async def test_a_server_that_does_not_answer_is_not_waited_for(
    engine: AsyncEngine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "_PATIENCE_S", 0.2)
    with connect(database_url) as conn:
        conn.execute(EVENT, ["a"])
        conn.commit()
        conn.execute("LOCK TABLE event")
        with pytest.raises(TimeoutError):
            await seal_all(engine)
    await seal_all(engine)
    assert chain_of(database_url) == ["a"]


@pytest.mark.anyio
async def test_without_a_database_it_waits_ever_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    slept = asyncio.sleep

    async def note(pause_s: float) -> None:
        pauses.append(pause_s)
        await slept(0)
        if len(pauses) == 4:
            raise asyncio.CancelledError

    nowhere = Settings.model_validate({"database_url": "postgresql://127.0.0.1:1/none"})
    monkeypatch.setattr(sealing.asyncio, "sleep", note)
    with pytest.raises(asyncio.CancelledError):
        await sealing.keep_sealing(make_engine(nowhere), every_s=8)
    assert pauses == [16, 30, 30, 30]


SEAL = "number = 1, hash = decode(repeat('07', 32), 'hex')"


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE event SET {SEAL}, subject = 'x' WHERE number IS NULL",
        f"UPDATE event SET {SEAL}, recorded_at = recorded_at + '1 s' WHERE number IS NULL",
        f"UPDATE event SET {SEAL}, data = '{{}}' WHERE number IS NULL",
        f"UPDATE event SET {SEAL}, xid = '1' WHERE number IS NULL",
        "UPDATE event SET number = 2 WHERE number IS NULL",
        "UPDATE event SET type = 'x' WHERE number IS NULL",
        f"UPDATE event SET {SEAL} WHERE number = 1",
        "UPDATE event SET number = NULL, hash = NULL WHERE number = 1",
        "UPDATE event SET subject = 'x' WHERE number = 1",
        "DELETE FROM event WHERE number = 1",
        "DELETE FROM event WHERE number IS NULL",
        "TRUNCATE event",
        f"UPDATE audit_entry SET {SEAL}, subject = 'x' WHERE number IS NULL",
        f"UPDATE audit_entry SET {SEAL}, principal = 'x' WHERE number IS NULL",
        f"UPDATE audit_entry SET {SEAL}, outcome = 'refused' WHERE number IS NULL",
        f"UPDATE audit_entry SET {SEAL}, request_id = 'x' WHERE number IS NULL",
        f"UPDATE audit_entry SET {SEAL}, detail = '{{}}' WHERE number IS NULL",
        f"UPDATE audit_entry SET {SEAL} WHERE number = 1",
        "UPDATE audit_entry SET number = NULL, hash = NULL WHERE number = 1",
        "UPDATE audit_entry SET outcome = 'refused' WHERE number = 1",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "UPDATE log_head SET number = 6",
        "UPDATE log_head SET hash = decode(repeat('08', 32), 'hex')",
        "UPDATE log_head SET log = 'audit', number = 8 WHERE log = 'events'",
        "DELETE FROM log_head",
        "TRUNCATE log_head",
    ],
)
def test_rows_are_sealed_once_and_nothing_else_changes(
    shared_database_url: str, statement: str
) -> None:
    with psycopg.connect(shared_database_url) as conn:
        for insert, table in ((EVENT, "event"), (ENTRY, "audit_entry")):
            conn.execute(insert.encode(), ["sealed"])
            conn.execute(f"UPDATE {table} SET {SEAL}".encode())
            conn.execute("UPDATE log_head SET number = 7 WHERE number = 0")
            conn.execute(insert.encode(), ["unsealed"])
        with pytest.raises((psycopg.errors.RestrictViolation, psycopg.errors.CheckViolation)):
            conn.execute(statement.encode())
        conn.rollback()
