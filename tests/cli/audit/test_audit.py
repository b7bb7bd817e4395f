"""Auditors at the command line: chains verified, checkpoints signed and checked by others."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from click.testing import Result
from service_settings import as_role
from typer.testing import CliRunner

from addrsvc.cli import audit, build
from addrsvc.db.doors import make_engine
from addrsvc.db.roles import WRITER
from addrsvc.events.sealing import seal_all
from addrsvc.settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(database_url, WRITER))
    return lambda *words: CliRunner().invoke(build("audit"), ["audit", *words])


@pytest.fixture
def logs(settings: Settings, database_url: str) -> None:
    with psycopg.connect(database_url) as conn:
        conn.execute(
            "INSERT INTO event (recorded_at, type, subject)"
            " SELECT now(), 'x.done', i::text FROM generate_series(1, 5) AS i"
        )

    async def fill() -> None:
        engine = make_engine(settings)
        await seal_all(engine)
        await engine.dispose()

    asyncio.run(fill())


def test_a_third_party_verifies_with_the_public_key_alone(
    run: Run, logs: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    assert "addrsvc audit new-key" in str(run("checkpoint").exception)
    secret, public = run("new-key").output.splitlines()
    public_key = public.removeprefix("public key: ")
    name, _, seed = secret.partition("=")
    monkeypatch.setenv(name, seed)
    monkeypatch.setenv("ADDRSVC_CHECKPOINT_DIR", str(tmp_path))
    signed = run("checkpoint")
    assert "events: entry 5, " in signed.output
    assert public in signed.output
    monkeypatch.delenv(name)
    monkeypatch.delenv("ADDRSVC_CHECKPOINT_DIR")

    there = ["--checkpoints", str(tmp_path), "--log", "events"]
    assert "--public-key" in str(run("verify", *there).exception)
    proved = run("verify", *there, "--public-key", public_key)
    assert proved.exit_code == 0
    assert "ok      events: 5 entries up to 5, 0 not sealed yet" in proved.output
    assert "1 signed checkpoints agree" in proved.output
    other = run("new-key").output.splitlines()[1].removeprefix("public key: ")
    assert "events-" in str(run("verify", *there, "--public-key", other).exception)


def test_a_break_is_named_and_ends_with_1(run: Run, logs: None, database_url: str) -> None:
    whole = run("verify")
    assert whole.exit_code == 0
    assert "ok      audit: 0 entries" in whole.output
    assert "no checkpoints given" in whole.output
    with psycopg.connect(database_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE event SET subject = 'x' WHERE number = 3")
    broken = run("verify", "--log", "events")
    assert broken.exit_code == 1
    assert "BROKEN  events" in broken.output
    assert "entry 3 (row 3): its hash does not follow" in broken.output
    assert "audit" not in broken.output
    assert run("verify", "--log", "events", "--from", "4").exit_code == 0


def test_the_log_is_listed_as_lines_and_as_csv(
    run: Run, settings: Settings, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(database_url) as conn:
        conn.execute(
            "INSERT INTO audit_entry (recorded_at, principal, action, subject, outcome, detail)"
            " SELECT '2026-01-15 03:00Z'::timestamptz + i * interval '1 day', 'cli:test', 'x.do',"
            " CASE i WHEN 1 THEN '=' ELSE '' END || 's' || i, 'done', '{\"a\": 1}'"
            " FROM generate_series(0, 4) AS i"
        )

    async def fill() -> None:
        engine = make_engine(settings)
        await seal_all(engine)
        await engine.dispose()

    asyncio.run(fill())
    monkeypatch.setattr(audit, "_PAGE", 2)
    lines = run("list").output.splitlines()
    assert len(lines) == 5
    assert lines[0].split() == [
        *("1", "2026-01-15T10:00:00+07:00", "cli:test", "x.do", "s0", "done", '{"a":1}')
    ]
    newest = run("list", "--newest", "--limit", "3").output.splitlines()
    assert [line.split()[0] for line in newest] == ["5", "4", "3"]
    told = run("list", "--csv", "--since", "2026-01-16T10:00:00", "--until", "2026-01-18").output
    table = list(csv.DictReader(told.splitlines()))
    assert [each["subject"] for each in table] == ["'=s1", "s2"]  # no formula
    assert table[0]["detail"] == '{"a":1}'
    assert run("list", "--outcome", "refused").output == ""
