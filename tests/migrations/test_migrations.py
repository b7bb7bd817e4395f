"""Migrations: from nothing to here, again without effect, never onto a newer schema, and back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Thread
from urllib.parse import urlsplit

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command

from addrsvc.db import migrate
from addrsvc.db.errors import PostgisMissing, SchemaNewer, SchemaOlder

Empty = Callable[[], AbstractContextManager[str]]


def relations(url: str) -> set[str]:
    with psycopg.connect(url) as conn:
        rows = conn.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables"
            " WHERE table_schema IN ('public', 'personal')"
        ).fetchall()
    return {row[0] for row in rows}


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
