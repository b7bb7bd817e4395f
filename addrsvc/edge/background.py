"""Work that goes on beside the requests for as long as the process lives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

log = structlog.get_logger("addrsvc")

_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
_AGAIN_S = 1.0
"""So long a work may give back what it holds before it is told again."""
_END_S = 5.0
"""Longer nobody waits for the end of a work."""

Work = Callable[[], Coroutine[Any, Any, None]]


class Background:
    """Tasks of one process; one that an error ended is begun again, later each time it ends.

    What a task can expect to go wrong it deals with itself: only defects come here.
    """

    def __init__(self, *, pause_s: float = _PAUSE_S) -> None:
        self._pause_s = pause_s
        self._is_ending = False
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._failed: dict[str, tuple[float, str, float]] = {}
        """Name → when it last failed (time of the loop), by what error, the pause after it."""

    def keep(self, name: str, work: Work) -> None:
        """Begin a work, to go on until ``end``."""
        self._waiting.pop(name, None)
        task = self._tasks[name] = asyncio.create_task(work(), name=name)
        task.add_done_callback(lambda ended: self._ended(name, work, ended))

    def failing(self) -> dict[str, str]:
        """Name each work that failed and either waits or has not run well for long; its error."""
        now = asyncio.get_running_loop().time()
        return {
            name: error
            for name, (at, error, pause_s) in self._failed.items()
            if now < at + pause_s + _LONGEST_PAUSE_S
        }

    def _ended(self, name: str, work: Work, task: asyncio.Task[None]) -> None:
        if self._is_ending:
            return
        # nobody else cancels it: a cancellation that got out of a library is an error like others
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        again = name in self.failing()
        pause_s = min(self._failed[name][2] * 2, _LONGEST_PAUSE_S) if again else self._pause_s
        loop = asyncio.get_running_loop()
        kind = "ended" if error is None else type(error).__name__
        self._failed[name] = loop.time(), kind, pause_s
        log.error("background work failed", work=name, error=kind, exc_info=error)
        self._waiting[name] = loop.call_later(pause_s, self.keep, name, work)

    async def end(self) -> None:
        """Cancel everything and wait for its end, a few seconds at most.

        Before Python 3.12 ``asyncio.wait_for``, which the database driver waits with, may swallow
        a cancellation that comes just as an answer does: so it is said again.
        """
        self._is_ending = True
        for handle in self._waiting.values():
            handle.cancel()
        clock = asyncio.get_running_loop().time
        last = clock() + _END_S
        while pending := [task for task in self._tasks.values() if not task.done()]:
            if clock() > last:
                log.error(
                    "background work does not end", work=[each.get_name() for each in pending]
                )
                return
            for task in pending:
                task.cancel()
            await asyncio.wait(pending, timeout=_AGAIN_S)
        # what a cancelled one was just connecting to is let go with it
        self._tasks.clear()
