"""Long computing a few milliseconds at a time, so that who asks little is served between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from addrsvc.geocoding.errors import BatchesBusy

Item = TypeVar("Item")
Result = TypeVar("Result")

_SLICE_S: Final = 0.001
"""A look-up passes the event loop some eight times, and may wait so long each time."""


class Turns:
    """The event loop of one process, shared by all long work in it: one slice between two looks.

    Threads would do no better: the interpreter switches between them every five milliseconds.
    """

    def __init__(self, *, slice_s: float = _SLICE_S) -> None:
        self._slice_s = slice_s
        self._turn = asyncio.Lock()

    async def each(self, work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
        """Do something with every item, in order; whatever else waits goes between two slices."""
        left, done = iter(items), list[Result]()
        while True:
            async with self._turn:  # who waits longest is next
                is_done = self._slice(work, left, done)
            if is_done:
                return done
            await asyncio.sleep(0)

    def _slice(
        self, work: Callable[[Item], Result], left: Iterator[Item], done: list[Result]
    ) -> bool:
        """Work for one slice; tell whether nothing is left."""
        until = time.monotonic() + self._slice_s  # the loop's own time stands still meanwhile
        for item in left:
            done.append(work(item))
            if time.monotonic() >= until:
                return False
        return True


class Batches:
    """The batches one process answers at a time, and their turns."""

    def __init__(self, limit: int = 4) -> None:
        self._turns = Turns()
        self._limit = limit
        self._taken = 0

    @contextmanager
    def one(self) -> Iterator[Turns]:
        """Answer one more.

        Raises:
            BatchesBusy: there are as many as go.
        """
        if self._taken >= self._limit:
            raise BatchesBusy(limit=self._limit, retry_after_s=2)
        self._taken += 1
        try:
            yield self._turns
        finally:
            self._taken -= 1
