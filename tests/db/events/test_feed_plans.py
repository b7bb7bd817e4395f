"""How the feed and the snapshot are read, whatever the planner knows of the parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from addrsvc.events import reading
from addrsvc.registry.copying import snapshot

FILL = """
INSERT INTO address (address_id, code, issuer, created_at)
SELECT i, (7000000000 + i)::text, 'test', now() FROM generate_series(1, 5000) AS i;
INSERT INTO address_version (address_id, version, status, valid_from, recorded_from, recorded_to,
                             act, principal, document)
SELECT i, v, 'current', '2026-01-01', now() - make_interval(days => 3 - v),
       CASE v WHEN 1 THEN now() - interval '1 day' END, 'import', 'test', jsonb_build_object(
    'kind', 'dwelling', 'commune', '["25747", "2025-07-01"]'::jsonb, 'source', 'test')
FROM generate_series(1, 5000) AS i, generate_series(1, 2) AS v;
INSERT INTO address_current (address_id, version, status, kind, visibility, commune_code,
                             commune_valid_from)
SELECT i, 2, 'current', 'dwelling', 'public', '25747', '2025-07-01'
FROM generate_series(1, 5000) AS i;
INSERT INTO event (recorded_at, type, subject) SELECT now(), 'address.assigned', code FROM address;
ALTER TABLE event DISABLE TRIGGER USER;
UPDATE event SET number = event_id, hash = decode(repeat('00', 32), 'hex');
UPDATE log_head SET number = 5000 WHERE log = 'events';
ANALYZE;
SET plan_cache_mode = force_generic_plan;
"""
VALUES = {
    "after": "100",
    "span": "10000",
    "limit": "1000",
    "codes": "'{7000000001}'",
    "ids": "'{5}'",
    "numbers": "'{1}'",
    "versions": "'{1}'",
    "visibilities": "'{public}'",
}


@pytest.fixture
def conn(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(FILL.encode())
        yield conn


def plan_of(conn: psycopg.Connection[Any], name: str) -> str:
    numbers: dict[str, int] = {}
    plain = re.sub(
        r"%\((\w+)\)s",
        lambda match: f"${numbers.setdefault(match[1], len(numbers) + 1)}",
        reading.QUERIES[name],
    )
    conn.execute(f"PREPARE asked AS {plain}".encode())
    given = ", ".join(VALUES.get(each, "NULL") for each in numbers)
    return "\n".join(row[0] for row in conn.execute(f"EXPLAIN EXECUTE asked({given})".encode()))


@pytest.mark.parametrize(
    ("name", "table", "index"),
    [
        ("feed_page", "event", "_number_recorded_at_idx"),
        ("standing", "address", "address_code_key"),
        ("departures", "address_version", "address_version_pkey"),
    ],
)
def test_pages_are_read_by_their_indexes(
    conn: psycopg.Connection[Any], name: str, table: str, index: str
) -> None:
    plan = plan_of(conn, name)
    assert index in plan
    assert not re.search(rf"Seq Scan on {table}(_\d+|_other)?\b", plan), plan


def test_a_snapshot_comes_in_order_without_being_sorted(conn: psycopg.Connection[Any]) -> None:
    asked = snapshot.QUERIES["addresses_in_copy"]
    asked = asked.replace("%(visibilities)s", "'{public,restricted}'")  # type: ignore[assignment]
    asked = asked.replace("%(areas)s", "NULL")  # type: ignore[assignment]
    found = conn.execute(f"EXPLAIN DECLARE copied NO SCROLL CURSOR FOR {asked}".encode())
    plan = "\n".join(row[0] for row in found)
    assert "Sort" not in plan, plan
