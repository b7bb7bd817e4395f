"""Bring a database to this release's schema, and tell whether it is there."""

from __future__ import annotations

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from addrsvc.db.errors import PostgisMissing, SchemaNewer, SchemaOlder
from addrsvc.db.release import MIGRATIONS, head
from addrsvc.db.roles import give_rights

_LOCK = 7_310_204_655  # any number; one migration at a time on a database


def _config() -> Config:
    config = Config()
    # alembic reads its options through a %-interpolating parser
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _engine(database_url: str) -> sa.Engine:
    return sa.create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(database_url),
        poolclass=sa.NullPool,
    )


def check(database_url: str) -> None:
    """Make sure the database is exactly at this release's schema.

    Raises:
        SchemaNewer: it was migrated by a newer release.
        SchemaOlder: migrations are due.
    """
    script = ScriptDirectory.from_config(_config())
    with _engine(database_url).connect() as conn:
        current = MigrationContext.configure(conn).get_current_revision()
    if current == script.get_current_head():
        return
    known = {revision.revision for revision in script.walk_revisions()}
    if current is not None and current not in known:
        raise SchemaNewer(revision=current)
    raise SchemaOlder(revision=current or "—", wanted=head())


def upgrade(database_url: str) -> None:
    """Migrate to this release's schema, and give writer and reader their rights, if they are there.

    Runs under an advisory lock, so several starters may call it at once.

    Raises:
        SchemaNewer: the database was migrated by a newer release.
        PostgisMissing: the server has no PostGIS.
    """
    with _engine(database_url).connect() as conn:
        conn.execute(sa.text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        conn.commit()
        try:
            _bring_to_head(conn, database_url)
            give_rights(conn)
            conn.commit()
        finally:
            conn.rollback()
            conn.execute(sa.text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
            conn.commit()


def _bring_to_head(conn: sa.Connection, database_url: str) -> None:
    try:
        check(database_url)
    except SchemaOlder:
        available = conn.scalar(
            sa.text("SELECT count(*) FROM pg_available_extensions WHERE name = 'postgis'")
        )
        conn.commit()
        if not available:
            raise PostgisMissing from None
        config = _config()
        config.attributes["connection"] = conn
        command.upgrade(config, "head")
        conn.commit()
