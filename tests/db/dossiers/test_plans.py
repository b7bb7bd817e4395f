"""Dossiers are found by their indexes, with row-level security and whatever the planner knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from service_settings import as_role

from addrsvc.db.roles import WRITER
from addrsvc.dossiers.bulk_repository import QUERIES as MANY
from addrsvc.dossiers.kept import FACTS
from addrsvc.dossiers.repository import QUERIES

_FILL = """
INSERT INTO address (address_id, code, issuer, created_at) OVERRIDING SYSTEM VALUE
SELECT i, (7000000000 + i)::text, 'test', now() FROM generate_series(1, 5000) AS i;
INSERT INTO address_version (address_id, version, status, valid_from, recorded_from, act,
                             principal, document)
SELECT i, 1, 'current', '2026-01-01', now(), 'import', 'test',
       '{"kind": "dwelling", "commune": ["00007", "2025-07-01"], "source": "test"}'
FROM generate_series(1, 5000) AS i;
INSERT INTO address_current (address_id, version, status, kind, visibility, commune_code,
                             commune_valid_from)
SELECT i, 1, 'current', 'dwelling', 'public', '00007', '2025-07-01'
FROM generate_series(1, 5000) AS i;
INSERT INTO personal.dossier (code, code_key, canonical, received_on, version, created_at,
                              created_by, changed_at, changed_by)
SELECT i, i, i, date '2026-01-01' + i % 300, 1, now(), 'key:' || i % 50, now(), 'key:a'
FROM generate_series(1, 5000) AS i;
INSERT INTO personal.dossier_address (dossier_id, n, role, given, state, category, verdict,
                                      judged_at, recorded_at)
SELECT dossier_id, 1, 'object', '{"text": "x"}', 'linked', 'A', '{}', now(), now()
FROM personal.dossier;
INSERT INTO personal.dossier_link (dossier_id, n, address_id, how, valid_from, linked_by)
SELECT dossier_id, 1, dossier_id, 'found', now(), 'key:a' FROM personal.dossier;
INSERT INTO personal.dossier_reach (dossier_id, address_id, commune_code)
SELECT dossier_id, dossier_id, lpad((dossier_id % 168)::text, 5, '0') FROM personal.dossier;
ANALYZE;
"""
_VALUES = {
    "key": "'7'",
    "canonical": "'7'",
    "ids": "'{7}'",
    "address": "'7000000007'",
    "history": "true",
    "before": "99999999",
    "limit": "50",
    "communes": "'{00007}'",
    "own": "'key:x'",
    "after": "0",
    "from": "NULL",
    "to": "NULL",
    "state": "NULL",
    "codes": "'{7000000007}'",
    "dossier_id": "7",
    "keys": "'{7}'",
    "ns": "'{1}'",
    "at": "now()",
    "principal": "'key:x'",
    **dict.fromkeys(FACTS, "'{NULL}'"),
}


@pytest.fixture
def conn(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """Give the service's own connection, limited to one commune, planning as it does in use."""
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(_FILL.encode())
    with psycopg.connect(as_role(database_url, WRITER), autocommit=True) as conn:
        conn.execute("SET plan_cache_mode = force_generic_plan")
        conn.execute("SET addrsvc.open_dossiers = '00007'")
        conn.execute("SET addrsvc.dossiers_of = 'key:x'")
        yield conn


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("find_dossier", "dossier_code_key_key"),
        ("lock_dossier", "dossier_code_key_key"),
        ("alike", "dossier_canonical_idx"),
        ("addresses_of", "dossier_address_pkey"),
        ("links_of_address", "dossier_link_address_idx"),
        ("list_dossiers_in", "dossier_reach_commune_idx"),
        ("list_dossiers_in", "dossier_created_by_idx"),
        ("standing", "address_code_key"),
        ("clear_reach", "dossier_reach_dossier_idx"),
        ("lock_dossiers", "dossier_code_key_key"),
        ("update_dossiers", "dossier_pkey"),
        ("last_numbers", "dossier_address_pkey"),
        ("remove_addresses", "dossier_address_pkey"),
        ("end_links", "dossier_link_open_key"),
        ("clear_reaches", "dossier_reach_dossier_idx"),
    ],
)
def test_no_statement_walks_a_table(conn: psycopg.Connection[Any], name: str, index: str) -> None:
    numbers: dict[str, int] = {}
    plain = re.sub(
        r"%\((\w+)\)s",
        lambda match: f"${numbers.setdefault(match[1], len(numbers) + 1)}",
        QUERIES[name] if name in QUERIES.names() else MANY[name],
    )
    values = ", ".join(_VALUES[each] for each in numbers)
    conn.execute(f"PREPARE asked AS {plain}".encode())
    found = conn.execute(f"EXPLAIN (COSTS OFF) EXECUTE asked({values})".encode()).fetchall()
    plan = "\n".join(line for (line,) in found)
    assert index in plan, plan
    assert "Seq Scan on dossier" not in plan, plan
    assert "Seq Scan on address" not in plan, plan
