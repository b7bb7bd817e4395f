"""Bring the database to this release's schema."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.clock import SystemClock
from addrsvc.db import migrate as migrations
from addrsvc.db.doors import make_engine
from addrsvc.db.release import head
from addrsvc.personal.errors import EncryptionKeyMissing
from addrsvc.personal.sealing import seal_plain
from addrsvc.registry import search_keys
from addrsvc.settings import Settings

_BATCH_MS = 120_000
"""Longest that one batch of rows may take."""


def migrate() -> None:
    """Migrate the database at ADDRSVC_DATABASE_URL to this release's schema and search keys."""
    settings = Settings()
    database_url = (settings.owner_database_url or settings.database_url).get_secret_value()
    migrations.upgrade(database_url)
    make_search_keys(database_url)
    seal_people(database_url)
    print(f"schema is at {head()}")


def make_search_keys(database_url: str) -> None:
    """Make stored search keys anew where the rules that make them have changed."""
    _run(database_url, lambda engine: search_keys.bring_up_to_date(engine, SystemClock()))


def seal_people(database_url: str) -> None:
    """Encrypt the people kept before there was a key; without one they stay, and that is said."""
    try:
        _run(database_url, seal_plain)
    except EncryptionKeyMissing:
        print("addrsvc: holders kept in plain text stay so: set ADDRSVC_ENCRYPTION_KEY_FILE")


def _run(database_url: str, act: Callable[[AsyncEngine], Awaitable[object]]) -> None:
    async def run() -> None:
        settings = Settings.model_validate(
            {"database_url": database_url, "statement_timeout_ms": _BATCH_MS}
        )
        engine = make_engine(settings)
        try:
            await act(engine)
        finally:
            await engine.dispose()

    asyncio.run(run())
