"""What each role of a database may do, and that nobody sees rows the service did not open."""

from __future__ import annotations

import psycopg
import pytest
from service_settings import as_role
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.roles import READER, WRITER, open_rows
from addrsvc.db.rows import row

Denied = psycopg.errors.InsufficientPrivilege

READABLE = {
    # what public answers and lists read, and what authenticates a key; a new table is decided here
    "access_token",
    "account",
    "account_session",
    "address",
    "address_alias",
    "address_current",
    "address_distinct",
    "address_former",
    "address_now",
    "address_said",
    "address_successor",
    "address_version",
    "admin_unit",
    "admin_unit_bundle",
    "admin_unit_link",
    "admin_unit_piece",
    "alembic_version",
    "api_key",
    "audit_entry",
    "certificate",
    "certificate_key",
    "certificate_key_revoked",
    "basemap_area",
    "basemap_edge",
    "basemap_state",
    "code_block",
    "code_prefix",
    "collection_task",
    "coverage_count",
    "coverage_expected",
    "coverage_growth",
    "coverage_state",
    "dossier_count",
    "dossier_count_state",
    "dossier_day_count",
    "event",
    "import_run",
    "locality",
    "locality_alias",
    "log_head",
    "notice_batch",
    "notice_batch_address",
    "notice_mark",
    "plan",
    "plan_comparison",
    "plan_history",
    "plan_replacement",
    "plan_telling",
    "plan_told",
    "planning_change",
    "planning_piece",
    "planning_shape",
    "planning_tile",
    "planning_zone",
    "person_grant",
    "quality_count",
    "quality_finding",
    "quality_run",
    "registry_act",
    "registry_act_undecided",
    "reserved_range",
    "search_key_version",
    "service_state",
    "submission",
    "ticket",
    "thoroughfare",
    "thoroughfare_alias",
    "thoroughfare_area",
    "webhook_delivery",
    "webhook_receiver",
    "worker_heard",
}


def test_the_reader_reads_what_is_listed_here_and_nothing_else(shared_database_url: str) -> None:
    with psycopg.connect(shared_database_url) as conn:
        found = conn.execute(
            """SELECT DISTINCT c.oid::regclass::text FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
              AND c.relnamespace NOT IN ('pg_catalog'::regnamespace,
                                         'information_schema'::regnamespace)
              AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e')
              AND has_column_privilege(%s, c.oid, a.attnum, 'SELECT')""",
            [READER],
        )
        assert {row[0] for row in found} == READABLE


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT key FROM code_prefix",
        "SELECT password_hash FROM account",
        "SELECT * FROM idempotency_key",
        "SELECT * FROM personal.address_holder",
        "SELECT analyse_addresses()",
        "INSERT INTO search_key_version SELECT * FROM search_key_version",
    ],
)
def test_secrets_people_and_writing_are_not_for_the_reader(
    shared_database_url: str, statement: str
) -> None:
    with (
        psycopg.connect(as_role(shared_database_url, READER)) as conn,
        pytest.raises(Denied),
    ):
        conn.execute(statement.encode())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET type = 'x'",
        "INSERT INTO event (recorded_at, type, subject, number) VALUES (now(), 'x.y', 'z', 1)",
        "INSERT INTO event (recorded_at, type, subject, xid) VALUES (now(), 'x.y', 'z', '1')",
        "INSERT INTO audit_entry (number) VALUES (1)",
        "DELETE FROM event",
        "TRUNCATE event",
        "UPDATE audit_entry SET principal = 'x'",
        "DELETE FROM audit_entry",
        "UPDATE alembic_version SET version_num = 'x'",
        "CREATE TABLE mine (id int)",
        "ALTER TABLE address ADD COLUMN mine int",
        "DROP TABLE address_holder",
        "ALTER TABLE personal.address_holder DISABLE ROW LEVEL SECURITY",
        "DROP POLICY address_holder_open ON personal.address_holder",
        "SET ROLE postgres",
        "SET session_replication_role = replica",
    ],
)
def test_the_writer_changes_rows_never_the_log_nor_the_schema(
    shared_database_url: str, statement: str
) -> None:
    with (
        psycopg.connect(as_role(shared_database_url, WRITER)) as conn,
        pytest.raises((Denied, psycopg.errors.UndefinedTable)),
    ):
        conn.execute(statement.encode())


def test_the_writer_adds_to_the_logs_and_analyses(shared_database_url: str) -> None:
    with psycopg.connect(as_role(shared_database_url, WRITER)) as conn:
        conn.execute(
            "INSERT INTO audit_entry (recorded_at, principal, action, subject, outcome)"
            " VALUES (now(), 'test', 'a.b', 'c', 'done')"
        )
        conn.execute("SELECT analyse_addresses()")
        conn.rollback()


@pytest.mark.anyio
async def test_rows_are_open_for_one_kind_some_communes_and_one_transaction(
    conn: AsyncConnection,
) -> None:
    async def is_open(kind: str, commune: str | None) -> bool:
        asked = {"kind": kind, "commune": commune}
        found = await row(conn, "SELECT row_is_open(%(kind)s, %(commune)s) AS open", asked)
        assert found is not None
        return bool(found["open"])

    assert not await is_open("holders", "1")
    async with conn.begin_nested() as inner:
        await open_rows(conn, "holders", {"1", "2"})
        assert await is_open("holders", "1")
        assert not await is_open("holders", "3")
        assert not await is_open("holders", None)
        assert not await is_open("requests", "1")
        await inner.rollback()
    assert not await is_open("holders", "1")
    await open_rows(conn, "holders", frozenset())
    assert not await is_open("holders", "1")
    assert not await is_open("holders", "")
    await open_rows(conn, "holders", None)
    assert await is_open("holders", "3")
    assert await is_open("holders", None)
