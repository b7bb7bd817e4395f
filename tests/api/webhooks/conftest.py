"""The application on the small world, allowed to send to receivers on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from webhook_fixtures import Inbox, MovableClock, Post, listening, settings_for

from addrsvc.db.doors import make_engine
from addrsvc.settings import Settings


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    async with listening() as inbox:
        yield inbox


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def settings(registry_url: str, inbox: Inbox) -> Settings:
    return settings_for(registry_url, inbox)


@pytest.fixture
async def post(settings: Settings, clock: MovableClock) -> AsyncIterator[Post]:
    engine = make_engine(settings)
    yield Post(engine, settings, clock)
    await engine.dispose()
