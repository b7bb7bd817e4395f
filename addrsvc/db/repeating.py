"""Work done again and again, each time in a transaction of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from psycopg import Error
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.db.transaction import transaction

_log = structlog.get_logger("addrsvc.db")


@dataclass(frozen=True, slots=True)
class Pause:
    """How long nothing is done between one time and the next, in seconds."""

    least_s: float
    longest_s: float
    share: float
    """So many times as long as the work took, within these two."""


async def keep_doing(
    engine: AsyncEngine,
    name: str,
    work: Callable[[AsyncConnection], Awaitable[object]],
    rest: Pause,
) -> None:
    """Work until cancelled; a database that is away is asked again, ever less often."""
    time = asyncio.get_running_loop().time
    pause_s = rest.least_s
    while True:
        began_s = time()
        try:
            async with transaction(engine) as conn:
                await work(conn)
            pause_s = min(max(rest.least_s, (time() - began_s) * rest.share), rest.longest_s)
        except (DBAPIError, PoolExhausted, Error, OSError) as error:
            pause_s = min(pause_s * 2, rest.longest_s)
            _log.warning("work waits", work=name, error=type(error).__name__, pause_s=pause_s)
        await asyncio.sleep(pause_s)
