"""One connection of its own, outside both doors, for an answer that takes minutes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import psycopg

from addrsvc.db.doors import Reader, conninfo, read_json_quickly
from addrsvc.settings import Settings

_STATEMENT_MS: Final = 60_000
"""One piece of a long answer may take longer than a request's statement."""


@asynccontextmanager
async def reader_apart(settings: Settings) -> AsyncIterator[Reader]:
    """Open a connection to the primary that only reads, autocommit; closed at the end.

    Who leaves it idle in a transaction for a minute loses it: a snapshot held open for long keeps
    the server from clearing away what is obsolete.
    """
    dsn = conninfo(
        settings.database_url.get_secret_value(),
        statement_timeout_ms=_STATEMENT_MS,
        read_only=True,
        settings=f"-c idle_in_transaction_session_timeout={_STATEMENT_MS}",
    )
    conn = await psycopg.AsyncConnection.connect(dsn, autocommit=True)
    try:
        await read_json_quickly(conn)
        yield conn
    finally:
        await conn.close()
