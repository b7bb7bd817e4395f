"""One request is one transaction; the only module that commits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError
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
    cancelled: asyncio.CancelledError | None = None
    try:
        async with engine.begin() as conn:
            try:
                yield conn
            except asyncio.CancelledError as error:
                cancelled = error
                raise
    except DBAPIError:
        # a connection given up in the middle of a statement cannot be rolled back; that is no
        # error of the database, and who is told to end would go on after it
        if cancelled is None:
            raise
        raise cancelled from None
