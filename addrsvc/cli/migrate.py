"""Bring the database to this release's schema."""

from __future__ import annotations

import asyncio

from addrsvc.clock import SystemClock
from addrsvc.db import migrate as migrations
from addrsvc.db.doors import make_engine
from addrsvc.registry import search_keys
from addrsvc.settings import Settings

_BATCH_MS = 120_000
"""Longest that one batch of rows may take."""


def migrate() -> None:
    """Migrate the database at ADDRSVC_DATABASE_URL to this release's schema and search keys."""
    database_url = Settings().database_url.get_secret_value()
    migrations.upgrade(database_url)
    make_search_keys(database_url)
    print(f"schema is at {migrations.head()}")


def make_search_keys(database_url: str) -> None:
    """Make stored search keys anew where the rules that make them have changed."""

    async def run() -> None:
        settings = Settings.model_validate(
            {"database_url": database_url, "statement_timeout_ms": _BATCH_MS}
        )
        engine = make_engine(settings)
        try:
            await search_keys.bring_up_to_date(engine, SystemClock())
        finally:
            await engine.dispose()

    asyncio.run(run())
