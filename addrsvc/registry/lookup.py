"""The hot path: find one address by its code, many askers sharing one statement.

While every runner is busy, those who ask meanwhile collect and leave together as one
``code = any(...)``; nobody waits when a runner is idle. Two runners, so that who comes while
one statement is under way need not wait for it to end.
"""

from __future__ import annotations

import asyncio

from addrsvc.db.doors import LOOKUP_RUNNERS, ReadPool, ask_lookups
from addrsvc.registry import repository
from addrsvc.registry.model import Address

_BATCH = 256
"""Most codes in one statement."""


class CodeLookup:
    """Coalesced lookups of one worker process."""

    def __init__(self, pool: ReadPool, *, runners: int = LOOKUP_RUNNERS) -> None:
        self._pool = pool
        self._idle = runners
        self._waiting: dict[str, list[asyncio.Future[Address | None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def find(self, code: str) -> Address | None:
        """Give the address that has a code (ten digits), whatever its visibility; or None.

        Raises:
            psycopg.Error, PoolTimeout: the database does not answer.
        """
        future: asyncio.Future[Address | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(code, []).append(future)
        if self._idle:
            self._idle -= 1
            task = asyncio.create_task(self._run())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def _run(self) -> None:
        """Serve batches until nobody waits.

        Between the last look at who waits and giving the slot back there is no await, so
        nobody can slip in unseen.
        """
        while self._waiting:
            codes = list(self._waiting)[:_BATCH]
            batch = {code: self._waiting.pop(code) for code in codes}
            try:
                found = {each.code: each for each in await self._read(codes)}
            except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it
                _fail(batch, error)
                continue
            for code, futures in batch.items():
                for future in futures:
                    if not future.done():
                        future.set_result(found.get(code))
        self._idle += 1

    async def _read(self, codes: list[str]) -> list[Address]:
        return await ask_lookups(self._pool, lambda conn: repository.by_codes(conn, codes))


def _fail(batch: dict[str, list[asyncio.Future[Address | None]]], error: BaseException) -> None:
    for futures in batch.values():
        for future in futures:
            if not future.done():
                if isinstance(error, asyncio.CancelledError):
                    future.cancel()
                else:
                    future.set_exception(error)
