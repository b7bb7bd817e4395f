"""A transaction given up half-way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(settings)
    yield engine
    await engine.dispose()


async def test_who_is_cancelled_in_a_statement_ends_as_cancelled(engine: AsyncEngine) -> None:
    async def wait() -> None:
        async with transaction(engine) as conn:
            await conn.execute(sa.text("SELECT pg_sleep(5)"))

    task = asyncio.create_task(wait())
    await asyncio.sleep(0.3)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    async with transaction(engine) as conn:
        assert await conn.scalar(sa.text("SELECT 1")) == 1


async def test_an_error_of_the_database_stays_one(engine: AsyncEngine, database_url: str) -> None:
    async def be_ended() -> None:
        async with transaction(engine) as conn:
            pid = await conn.scalar(sa.text("SELECT pg_backend_pid()"))
            with psycopg.connect(database_url) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [pid])
            await conn.execute(sa.text("SELECT 1"))

    with pytest.raises(sa.exc.DBAPIError):
        await be_ended()
