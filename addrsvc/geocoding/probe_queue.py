"""Probes of one worker process, coalesced: who waits together asks in one statement.

While every runner is busy, those who ask meanwhile collect; nobody waits when one is idle (see
``registry.lookup``).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from itertools import islice

from addrsvc.db.doors import LOOKUP_RUNNERS, ReadPool, ask_lookups
from addrsvc.geocoding.probe import Probed, Wanted, probe

_MOST = 256
"""Most wanted numbers in one statement, where several callers share it."""

_Caller = tuple[Sequence[Wanted], "asyncio.Future[list[Probed]]"]


class ProbeQueue:
    """Coalesced probes over the pool of lookups."""

    def __init__(self, pool: ReadPool, *, runners: int = LOOKUP_RUNNERS) -> None:
        self._pool = pool
        self._idle = runners
        self._waiting: deque[_Caller] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    async def find(self, wanted: Sequence[Wanted]) -> list[Probed]:
        """Give what stands where each number was looked for, in the order asked.

        Raises:
            psycopg.Error, PoolTimeout: the database does not answer.
        """
        if not wanted:
            return []
        if self._idle:
            self._idle -= 1
            try:
                return await self._read(wanted)
            finally:
                self._go_on()
        future: asyncio.Future[list[Probed]] = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, future))
        return await future

    def _go_on(self) -> None:
        """Serve those who came meanwhile, else be idle."""
        if not self._waiting:
            self._idle += 1
            return
        task = asyncio.create_task(self._run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self) -> None:
        """Serve until nobody waits; no await between the last look and giving the slot back."""
        try:
            while self._waiting:
                await self._serve(self._take())
        finally:
            self._idle += 1

    def _take(self) -> list[_Caller]:
        batch = [self._waiting.popleft()]
        size = len(batch[0][0])
        while self._waiting and size + len(self._waiting[0][0]) <= _MOST:
            batch.append(self._waiting.popleft())
            size += len(batch[-1][0])
        return batch

    async def _serve(self, batch: list[_Caller]) -> None:
        """Ask for all at once; whatever goes wrong, everyone who waits hears of it."""
        asked = [each for wanted, _ in batch for each in wanted]
        # as a task of its own its error is looked at, not caught
        reading = asyncio.create_task(self._read(asked))
        try:
            await asyncio.wait({reading})
        finally:
            if not reading.done():
                reading.cancel()
                for _, future in batch:
                    future.cancel()
        error = reading.exception()
        probed = iter(() if error is not None else reading.result())
        for wanted, future in batch:
            answer = list(islice(probed, len(wanted)))
            if future.done():
                continue  # its caller gave up
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(answer)

    async def _read(self, wanted: Sequence[Wanted]) -> list[Probed]:
        return await ask_lookups(self._pool, lambda conn: probe(conn, wanted))
