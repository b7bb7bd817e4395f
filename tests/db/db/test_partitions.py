"""Tables kept by year: what goes where, what is guarded there, and years made ahead."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.clock import FixedClock
from addrsvc.db.doors import make_engine
from addrsvc.db.partitions import make_partitions
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

JOIN = re.compile(r"JOIN address_version (v ON .*v\.version = \w+\.version\b.*\n.*)")
ROOT = Path(__file__).resolve().parents[3]
EVENT = "INSERT INTO event (recorded_at, type, subject) VALUES (%s, 'x.done', 'x')"
VERSION = (
    "INSERT INTO address_version (address_id, version, status, valid_from, recorded_from,"
    " recorded_to, act, principal, document)"
    " VALUES (1, %s, 'current', '2025-07-01', '2025-07-01', %s, 'assign', 'cli:test', '{}')"
)


JUNE = FixedClock(datetime(2026, 6, 1, tzinfo=UTC))


def _forget_2027(conn: psycopg.Connection[Any]) -> None:
    """Take the schema back to a year ago."""
    conn.execute("DROP TABLE event_2027, audit_entry_2027, address_version_past_2027")
    later = "address_version_past_later"
    conn.execute(f"ALTER TABLE address_version_past DETACH PARTITION {later}".encode())
    conn.execute(
        f"ALTER TABLE address_version_past ATTACH PARTITION {later}"
        " FOR VALUES FROM ('2027-01-01Z') TO (MAXVALUE)".encode()
    )


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(settings)
    yield engine
    await engine.dispose()


def partitions(conn: psycopg.Connection[Any]) -> set[str]:
    found = conn.execute("SELECT oid::regclass::text FROM pg_class WHERE relispartition").fetchall()
    return {row[0] for row in found if "_idx" not in row[0] and "key" not in row[0]}


def where(conn: psycopg.Connection[Any], table: str) -> list[str]:
    found = conn.execute(f"SELECT tableoid::regclass::text FROM {table} ORDER BY 1".encode())
    return [row[0] for row in found.fetchall()]


def test_a_lookup_touches_what_is_said_now_only(shared_database_url: str) -> None:
    with psycopg.connect(shared_database_url) as conn:
        statement = "EXPLAIN SELECT * FROM address_now WHERE code = '7512300018'"
        plan = str(conn.execute(statement).fetchall())
    assert "address_version_open" in plan
    assert "address_version_past" not in plan


def test_whoever_joins_the_present_version_asks_for_open_rows() -> None:
    joins, careless = 0, []
    for file in (ROOT / "addrsvc").rglob("*.sql"):
        text = file.read_text(encoding="utf-8")
        for join in JOIN.finditer(text):
            joins += 1
            if "v.recorded_to IS NULL" not in join[1]:
                careless.append(f"{file.name}: {join[1]}")
    assert joins > 15
    assert careless == []


def test_rows_go_to_their_year(database_url: str) -> None:
    with psycopg.connect(database_url) as conn:
        for moment in (
            "2025-12-31 23:59:59Z",
            "2026-01-01Z",
            "2026-12-31 23:59:59Z",
            "2027-06-01Z",
        ):
            conn.execute(EVENT, [moment])
        assert where(conn, "event") == ["event_2026", "event_2026", "event_2027", "event_other"]
        conn.execute("INSERT INTO address (created_at) VALUES (now())")
        for version, until in enumerate(("2025-08-01", "2026-03-01", "2027-03-01", None), 1):
            conn.execute(VERSION, [version, until])
        assert where(conn, "address_version") == [
            "address_version_open",
            "address_version_past_2026",
            "address_version_past_2027",
            "address_version_past_before",
        ]
        conn.execute("UPDATE address_version SET recorded_to = '2026-04-01' WHERE version = 4")
        assert "address_version_open" not in where(conn, "address_version")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM event_2026",
        "TRUNCATE event_2026",
        "TRUNCATE event_other",
        "UPDATE event_2026 SET subject = 'y'",
        "UPDATE event SET recorded_at = '2027-01-01'",
        "DELETE FROM audit_entry_2026",
        "TRUNCATE audit_entry_2026",
        "TRUNCATE audit_entry_other",
        "UPDATE audit_entry_2026 SET subject = 'y'",
    ],
)
def test_a_partition_is_guarded_as_its_table(shared_database_url: str, statement: str) -> None:
    with psycopg.connect(shared_database_url) as conn:
        conn.execute(EVENT, ["2026-05-01"])
        conn.execute(
            "INSERT INTO audit_entry (recorded_at, principal, action, subject, outcome)"
            " VALUES ('2026-05-01', 'cli:test', 'x.do', 'x', 'done')"
        )
        with pytest.raises(psycopg.errors.RestrictViolation):
            conn.execute(statement.encode())
        conn.rollback()


async def test_years_are_made_ahead_once_and_guarded(
    engine: AsyncEngine, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as conn:
        _forget_2027(conn)
        conn.execute("INSERT INTO address (created_at) VALUES (now())")
        for version, until in enumerate(("2026-12-31Z", "2027-01-01Z", "2028-01-01Z"), 1):
            conn.execute(VERSION, [version, until])
        before = partitions(conn)
        assert await make_partitions(engine, JUNE) == 3
        assert partitions(conn) - before == {
            "event_2027",
            "audit_entry_2027",
            "address_version_past_2027",
        }
        assert await make_partitions(engine, JUNE) == 0
        assert where(conn, "address_version") == [
            "address_version_past_2026",
            "address_version_past_2027",
            "address_version_past_later",
        ]
        conn.execute(EVENT, ["2027-01-01Z"])
        assert where(conn, "event") == ["event_2027"]
        for statement in ("TRUNCATE event_2027", "DELETE FROM event_2027"):
            with pytest.raises(psycopg.errors.RestrictViolation):
                conn.execute(statement.encode())
        indexes = "SELECT count(*) FROM pg_indexes WHERE tablename = %s"
        assert conn.execute(indexes, ["event_2027"]).fetchone() == (4,)
        assert conn.execute(indexes, ["address_version_past_2027"]).fetchone() == (3,)


@pytest.mark.parametrize("asked", ["now", "2025-01-01", "2026-01-01", "2026-06-01", "infinity"])
def test_nothing_is_left_out_of_what_is_read_as_of_a_moment(database_url: str, asked: str) -> None:
    """PostgreSQL 15 loses rows of a default partition below another: a wrong answer, no error."""
    with psycopg.connect(database_url) as conn:
        conn.execute("INSERT INTO address (created_at) VALUES (now())")
        for version, until in enumerate(
            ("2025-08-01", "2026-03-01", "2027-03-01", "2029-01-01", None), 1
        ):
            conn.execute(VERSION, [version, until])
        found = []
        for pruning in ("on", "off"):
            conn.execute(f"SET enable_partition_pruning = {pruning}".encode())
            for condition in (
                "recorded_to IS NULL OR recorded_to > {}",
                "recorded_to > {} OR recorded_to IS NULL",
                "recorded_to IS NULL OR (recorded_to > {} AND address_id = 1)",
            ):
                statement = f"SELECT version FROM address_version WHERE {condition}"
                for text, values in ((f"'{asked}'", None), ("%s::timestamptz", [asked])):
                    rows = conn.execute(statement.format(text).encode(), values).fetchall()
                    found.append(sorted(rows))
        assert found == [found[-1]] * len(found)


async def test_rows_that_came_before_their_partition_stay_readable(
    engine: AsyncEngine, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute("DROP TABLE event_2027")
        conn.execute(EVENT, ["2027-05-01"])
        assert await make_partitions(engine, JUNE) == 0
        assert where(conn, "event") == ["event_other"]


async def test_a_table_in_use_is_left_for_another_time(
    engine: AsyncEngine, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute("DROP TABLE event_2027")
    with psycopg.connect(database_url) as importing:
        importing.execute(EVENT, ["2025-01-01"])
        assert await make_partitions(engine, JUNE) == 0
    assert await make_partitions(engine, JUNE) == 1


def test_nobody_fills_the_database_with_partitions(database_url: str) -> None:
    with psycopg.connect(database_url) as conn:
        conn.execute("SELECT make_partitions('9999-01-01')")
        now = conn.execute("SELECT extract(year FROM now())::int").fetchone()
        assert now is not None
        assert f"event_{now[0] + 2}" in partitions(conn)
        assert f"event_{now[0] + 3}" not in partitions(conn)
