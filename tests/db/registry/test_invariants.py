"""What the schema itself refuses, and which index the hot statements take."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from benchmarks.subjects.lookup import FILL

from addrsvc.db.metadata import metadata
from addrsvc.registry import tables  # noqa: F401 - fills the metadata
from addrsvc.registry.repository import QUERIES

ROWS = 20_000


@pytest.fixture(scope="module")
def full_url(clone_database: Any, template_db: str) -> Iterator[str]:
    """Give a register of 20,000 synthetic addresses, analysed."""
    with clone_database(template_db) as url:
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(FILL.format(rows=ROWS).encode())
            conn.execute("VACUUM ANALYZE")
        yield url


def plan(url: str, statement: str, params: dict[str, Any]) -> str:
    with psycopg.connect(url) as conn:
        rows = conn.execute(f"EXPLAIN (FORMAT JSON) {statement}".encode(), params).fetchall()
    return json.dumps(rows[0][0])


LIST = {
    "after": 0,
    "visibilities": ["public"],
    "areas": None,
    "limit": 100,
    **dict.fromkeys(("commune", "status", "kind", "base_key", "number_key", "parent_id")),
    **dict.fromkeys(("west", "south", "east", "north")),
}


def test_lookup_takes_the_unique_index_and_no_scan(full_url: str) -> None:
    told = plan(full_url, QUERIES["addresses_by_code"], {"codes": ["7000007919", "7000015838"]})
    assert "address_code_key" in told
    assert "address_version_pkey" in told
    for table in ("address", "address_version", "address_current"):
        assert not re.search(rf'"Seq Scan"[^{{}}]*"Relation Name": "{table}"', told)


def test_a_map_window_takes_the_spatial_index(full_url: str) -> None:
    box = {"west": 106.6, "south": 10.8, "east": 106.60001, "north": 11.0}
    told = plan(full_url, QUERIES["address_ids"], {**LIST, **box})
    assert "address_current_position_idx" in told


def test_a_first_page_reads_one_page(full_url: str) -> None:
    told = plan(full_url, QUERIES["address_ids"], LIST)
    assert '"Limit"' in told
    assert "address_current_pkey" in told


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM event",
        "UPDATE audit_entry SET action = 'x'",
        "TRUNCATE event",
        "DELETE FROM address",
        "TRUNCATE address CASCADE",
        "UPDATE address SET code = '0000000000' WHERE address_id = 1",
        "UPDATE address SET code = NULL, issuer = NULL WHERE address_id = 1",
        "UPDATE code_prefix SET key = decode(repeat('09', 32), 'hex')",
        "UPDATE code_prefix SET next_counter = 0",
        "UPDATE code_prefix SET next_counter = 100001",
        (
            "INSERT INTO address (code, issuer, created_at)"
            " SELECT code, 'x', now() FROM address LIMIT 1"
        ),
        "INSERT INTO address (code, issuer, created_at) VALUES ('123', 'x', now())",
        "INSERT INTO address (code, created_at) VALUES ('1234567890', now())",
        (
            "INSERT INTO address_version (address_id, version, status, valid_from, recorded_from,"
            " act, principal, document) VALUES (1, 2, 'current', '2026-01-01', now(),"
            " 'correct', 'x', '{}')"
        ),
        (
            "INSERT INTO address_current (address_id, version, status, kind, visibility,"
            " commune_code, commune_valid_from, position) VALUES (1, 1, 'current', 'place',"
            " 'public', '00000', '2025-07-01', ST_SetSRID(ST_MakePoint(1, 1), 3405))"
        ),
    ],
)
def test_the_schema_refuses(full_url: str, statement: str) -> None:
    with psycopg.connect(full_url) as conn:
        conn.execute(
            "INSERT INTO code_prefix (prefix, commune_code, issuer, key, next_counter, is_demo,"
            " source, imported_at) VALUES ('75123', '25747', 'x', decode(repeat('01', 32), 'hex'),"
            " 5, true, 'x', now())"
        )
        conn.execute("INSERT INTO event (recorded_at, type, subject) VALUES (now(), 'x', 'x')")
        conn.execute(
            "INSERT INTO audit_entry (recorded_at, principal, action, subject, outcome)"
            " VALUES (now(), 'x', 'x', 'x', 'done')"
        )
        with pytest.raises(psycopg.Error):
            conn.execute(statement.encode())
        conn.rollback()


def test_tables_in_code_are_the_tables_in_the_database(full_url: str) -> None:
    with psycopg.connect(full_url) as conn:
        found = conn.execute(
            "SELECT table_schema, table_name, column_name, is_nullable FROM"
            " information_schema.columns WHERE table_schema IN ('public', 'personal')"
        ).fetchall()
    there = {(row[0], row[1], row[2]): row[3] == "YES" for row in found}
    for table in metadata.tables.values():
        for column in table.columns:
            where = (table.schema or "public", table.name, column.name)
            assert where in there, where
            assert there[where] == column.nullable, where
