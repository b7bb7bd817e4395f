"""Of several workers one does a continuous work; another takes over when it is gone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, Final

import psycopg

from addrsvc.db.doors import conninfo
from addrsvc.settings import Settings

_LOCKS: Final = 731_020
"""First half of our advisory locks; the second is made from the work's name."""
_ASK_S: Final = 2.0
_PROVE_S: Final = 5.0
_PATIENCE_S: Final = 10.0
_SILENCE_S: Final = 30.0
"""The server ends a connection that says nothing for so long: of a process that is frozen, or of a
machine that lost its power, nobody else would tell it for hours."""
_AGAIN_S: Final = 1.0
_END_S: Final = 4.0


class LeadershipLostError(Exception):
    """The connection that holds the lock is gone, so another worker may have begun."""


async def lead(
    settings: Settings,
    name: str,
    work: Callable[[], Coroutine[Any, Any, None]],
    began: Callable[[], None],
) -> None:
    """Wait until no other worker does this work, say so, then do it.

    The lock is the connection's: PostgreSQL gives it back when we die, or are not heard of for
    half a minute. A worker cut off from the database ends the work within seconds, but perhaps
    later than another one begins it.

    Raises:
        LeadershipLostError: the connection was lost; the work was ended.
        psycopg.Error: the database cannot be reached.
    """
    dsn = conninfo(
        settings.database_url.get_secret_value(),
        statement_timeout_ms=settings.statement_timeout_ms,
        read_only=False,
        settings=f"-c idle_session_timeout={round(_SILENCE_S * 1000)}",
    )
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        while not await _take(conn, name):  # noqa: ASYNC110 -- it is in the database
            await asyncio.sleep(_ASK_S)
        began()
        running = asyncio.create_task(work(), name=name)
        try:
            while not (await asyncio.wait({running}, timeout=_PROVE_S))[0]:
                await _prove(conn)
            running.result()
        finally:
            await _end(running)


async def _take(conn: psycopg.AsyncConnection[Any], name: str) -> bool:
    statement = "SELECT pg_try_advisory_lock(%s, hashtext(%s))"
    async with asyncio.timeout(_PATIENCE_S):
        row = await (await conn.execute(statement, (_LOCKS, name))).fetchone()
    return row is not None and bool(row[0])


async def _prove(conn: psycopg.AsyncConnection[Any]) -> None:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await conn.execute("SELECT 1")
    except (psycopg.OperationalError, TimeoutError) as error:
        raise LeadershipLostError from error


async def _end(running: asyncio.Task[None]) -> None:
    """Cancel, more than once: before Python 3.12 a cancellation may be swallowed."""
    clock = asyncio.get_running_loop().time
    last = clock() + _END_S
    while not running.done() and clock() < last:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait({running}, timeout=_AGAIN_S)
    if running.done() and not running.cancelled():
        running.exception()  # it has been told, or came of the cancellation
