"""Dossiers in the world of communes of two times."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from bulk_acts_world import World, acts_template, world
from proposals_world import Register
from webhook_fixtures import Inbox, MovableClock, listening, settings_for

from addrsvc.db.doors import make_engine

__all__ = ["acts_template", "world"]


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    async with listening() as inbox:
        yield inbox


@pytest.fixture
async def register(world: World, inbox: Inbox) -> AsyncIterator[Register]:
    settings = settings_for(world.url, inbox, pool_size=8)
    engine = make_engine(settings)
    yield Register(engine, settings, MovableClock())
    await engine.dispose()
