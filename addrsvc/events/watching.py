"""Wake those who wait for the next event: one look at the database for all of a process.

Nobody who waits holds a connection. While somebody does, the number of the event sealed last is
read four times a second; while nobody does, not at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from addrsvc.db.doors import ReadPool
from addrsvc.events import reading
from addrsvc.events.errors import StreamsBusy

_PATIENCE_S = 5.0

_log = structlog.get_logger("addrsvc.events")


class Slots:
    """How many answers of one kind a process gives at a time."""

    def __init__(self, limit: int, *, retry_after_s: int) -> None:
        self._limit = limit
        self._retry_after_s = retry_after_s
        self._taken = 0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold one.

        Raises:
            StreamsBusy: all are taken.
        """
        if self._taken >= self._limit:
            raise StreamsBusy(limit=self._limit, retry_after_s=self._retry_after_s)
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1


class Watcher:
    """Watches the end of the feed for all who wait in this process."""

    def __init__(self, pool: ReadPool, *, every_s: float = 0.25) -> None:
        self._pool = pool
        self._every_s = every_s
        self._waiting: dict[asyncio.Future[bool], int] = {}
        """Who waits → the number beyond which there is something for them."""
        self._is_asked = asyncio.Event()
        self.is_ending = False
        """The process is asked to stop: nobody waits any more."""

    async def run(self) -> None:
        """Watch until cancelled; a database that is away is asked again."""
        while True:
            await self._is_asked.wait()
            try:
                # one that hangs would keep everybody waiting who comes to this process
                async with asyncio.timeout(_PATIENCE_S), self._pool.connection() as conn:
                    last = await reading.last_number(conn)
            except (psycopg.Error, PoolTimeout, OSError) as error:
                _log.warning("feed_waits", error=type(error).__name__)
            else:
                for future, number in list(self._waiting.items()):
                    if number < last and not future.done():
                        future.set_result(True)
            if not self._waiting:
                self._is_asked.clear()
            await asyncio.sleep(self._every_s)

    async def beyond(self, number: int, timeout_s: float) -> bool:
        """Wait for an event of a higher number; False: there was none in that time."""
        if self.is_ending or timeout_s <= 0:
            return False
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[future] = number
        self._is_asked.set()
        try:
            async with asyncio.timeout(timeout_s):
                return await future
        except TimeoutError:
            return False
        finally:
            del self._waiting[future]

    def end(self) -> None:
        """Let everybody go who waits; who comes later does not wait."""
        self.is_ending = True
        for future in self._waiting:
            if not future.done():
                future.set_result(False)
