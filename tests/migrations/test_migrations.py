"""Migrations: from nothing to here, again without effect, never onto a newer schema, and back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from addrsvc.db import migrate
from addrsvc.db.errors import PostgisMissing, SchemaNewer, SchemaOlder
from addrsvc.db.release import head

Empty = Callable[[], AbstractContextManager[str]]


def relations(url: str) -> set[str]:
    with psycopg.connect(url) as conn:
        rows = conn.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables"
            " WHERE table_schema IN ('public', 'personal')"
        ).fetchall()
    return {row[0] for row in rows}


def _go(url: str, how: Callable[..., None], revision: str) -> None:
    with migrate._engine(url).connect() as conn:
        config = migrate._config()
        config.attributes["connection"] = conn
        how(config, revision)
        conn.commit()


def test_the_newest_file_is_the_head() -> None:
    assert head() == ScriptDirectory.from_config(migrate._config()).get_current_head()


def test_from_nothing_and_again(empty_database: Empty) -> None:
    with empty_database() as url:
        with pytest.raises(SchemaOlder, match="addrsvc migrate"):
            migrate.check(url)
        migrate.upgrade(url)
        before = relations(url)
        migrate.upgrade(url)
        migrate.check(url)
        assert relations(url) == before
        assert {"public.address", "public.event", "personal.address_holder"} <= before


def test_two_starters_at_once_migrate_once(empty_database: Empty) -> None:
    with empty_database() as url:
        failures: list[BaseException] = []

        def start() -> None:
            try:
                migrate.upgrade(url)
            except BaseException as error:  # noqa: BLE001 - a thread's failure must be seen
                failures.append(error)

        starters = [Thread(target=start) for _ in range(3)]
        for starter in starters:
            starter.start()
        for starter in starters:
            starter.join()
        assert failures == []
        migrate.check(url)


def test_a_newer_schema_is_left_alone(empty_database: Empty) -> None:
    with empty_database() as url:
        migrate.upgrade(url)
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute("UPDATE alembic_version SET version_num = '9999_future'")
        with pytest.raises(SchemaNewer, match="9999_future"):
            migrate.upgrade(url)


def test_a_server_without_postgis_is_told_the_package(empty_database: Empty) -> None:
    with empty_database() as url:
        with psycopg.connect(url, autocommit=True) as conn:
            # a server that offers no extension at all, as far as a client can see
            conn.execute(
                "CREATE VIEW public.pg_available_extensions AS"
                " SELECT name FROM pg_catalog.pg_available_extensions() WHERE false"
            )
            name = urlsplit(url).path.removeprefix("/")
            conn.execute(f'ALTER DATABASE "{name}" SET search_path = public, pg_catalog'.encode())
        with pytest.raises(PostgisMissing, match="postgresql-15-postgis-3"):
            migrate.upgrade(url)


def test_every_migration_can_be_undone(empty_database: Empty) -> None:
    with empty_database() as url:
        before = relations(url)
        migrate.upgrade(url)
        with migrate._engine(url).connect() as conn:
            config = migrate._config()
            config.attributes["connection"] = conn
            command.downgrade(config, "base")
            conn.commit()
            assert conn.scalar(sa.text("SELECT count(*) FROM alembic_version")) == 0
        left = relations(url) - before - {"public.alembic_version"}
        postgis = {"public.spatial_ref_sys", "public.geometry_columns", "public.geography_columns"}
        assert left <= postgis


def test_partitions_take_over_all_rows_and_give_them_back(empty_database: Empty) -> None:
    tables = ("event", "audit_entry", "address_version", "address_now", "address_said")

    def rows(conn: psycopg.Connection[Any]) -> list[Any]:
        return [
            conn.execute(f"SELECT to_jsonb(t) AS row FROM {table} t ORDER BY 1".encode()).fetchall()
            for table in tables
        ]

    with empty_database() as url:
        _go(url, command.upgrade, "0012_queue")
        with psycopg.connect(url) as conn:
            conn.execute(
                "INSERT INTO event (recorded_at, type, subject, data)"
                " SELECT '2025-12-30'::timestamptz + i * interval '1 day', 'x.done', i::text,"
                " jsonb_build_object('version', i) FROM generate_series(1, 5) AS i"
            )
            conn.execute(
                "UPDATE event SET number = event_id, hash = sha256(subject::bytea)"
                " WHERE event_id < 4"
            )
            conn.execute(
                "INSERT INTO audit_entry (recorded_at, principal, action, subject, outcome)"
                " SELECT '2026-01-01', 'cli:test', 'x.do', i::text, 'done'"
                " FROM generate_series(1, 5) AS i"
            )
            conn.execute("INSERT INTO address (created_at) SELECT now() FROM generate_series(1, 3)")
            conn.execute(
                "INSERT INTO address_version (address_id, version, status, valid_from,"
                " recorded_from, recorded_to, act, principal, document)"
                " SELECT a, v, 'current', '2025-07-01', '2025-07-01', CASE v WHEN 1 THEN"
                " '2025-08-01'::timestamptz WHEN 2 THEN '2026-03-01'::timestamptz END, 'assign',"
                " 'cli:test', '{}' FROM generate_series(1, 3) AS a, generate_series(1, 3) AS v"
            )
            conn.execute(
                "INSERT INTO address_current (address_id, version, status, kind, visibility,"
                " commune_code, commune_valid_from) SELECT address_id, 3, 'current', 'dwelling',"
                " 'public', '00001', '2025-07-01' FROM address"
            )
            before = rows(conn)
        assert [len(each) for each in before] == [5, 5, 9, 3, 9]
        _go(url, command.upgrade, "0013_partitions")
        with psycopg.connect(url) as conn:
            assert rows(conn) == before
            last = conn.execute(
                "INSERT INTO event (recorded_at, type, subject) VALUES ('2026-01-01', 'x', 'x')"
                " RETURNING event_id"
            ).fetchone()
            assert last == (6,)
            conn.rollback()
        _go(url, command.downgrade, "0012_queue")
        with psycopg.connect(url) as conn:
            assert rows(conn) == before
            kinds = conn.execute(
                "SELECT relkind FROM pg_class WHERE relname = ANY (%s)", [list(tables[:3])]
            )
            assert kinds.fetchall() == [("r",)] * 3
            with pytest.raises(psycopg.errors.RestrictViolation):
                conn.execute("UPDATE event SET subject = 'y' WHERE number = 1")
        migrate.upgrade(url)
        with psycopg.connect(url) as conn:
            assert rows(conn) == before
