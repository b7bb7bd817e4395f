"""Notes of last uses wait until the database has them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime

import pytest
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.auth.uses import KeyUses
from addrsvc.db.doors import make_engine

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
async def engine(registry_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(service_settings(registry_url))
    yield engine
    await engine.dispose()


async def test_a_write_that_is_cut_off_is_tried_again(engine: AsyncEngine) -> None:
    written: list[Mapping[str, datetime]] = []
    begun = asyncio.Event()
    hangs = True

    async def write(_conn: AsyncConnection, notes: Mapping[str, datetime]) -> None:
        begun.set()
        if hangs:
            await asyncio.Event().wait()
        written.append(notes)

    uses = KeyUses(write)
    uses.note("first", NOW)
    writing = asyncio.create_task(uses.write_down(engine))
    await begun.wait()
    uses.note("second", NOW)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    hangs = False
    await uses.write_down(engine)
    assert written == [{"first": NOW, "second": NOW}]
    await uses.write_down(engine)
    assert len(written) == 1
