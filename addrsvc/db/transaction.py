"""One request is one transaction; the only module that commits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


@asynccontextmanager
async def transaction(
    engine: AsyncEngine, *, repeatable_read: bool = False
) -> AsyncIterator[AsyncConnection]:
    """Give a connection whose work is committed at the end, or rolled back on any error.

    ``repeatable_read``: all of it sees one moment, and fails where another has written since.
    """
    if repeatable_read:
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    async with engine.begin() as conn:
        yield conn
