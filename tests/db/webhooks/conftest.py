"""Webhooks on a database of this test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from webhook_fixtures import Inbox, MovableClock, Post, listening, settings_for

from addrsvc.db.doors import make_engine


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    async with listening() as inbox:
        yield inbox


@pytest.fixture
async def other() -> AsyncIterator[Inbox]:
    async with listening() as inbox:
        yield inbox


@pytest.fixture
async def post(registry_url: str, inbox: Inbox, other: Inbox) -> AsyncIterator[Post]:
    settings = settings_for(registry_url, inbox, other)
    engine = make_engine(settings)
    yield Post(engine, settings, MovableClock())
    await engine.dispose()
