"""Find jobs whose worker died, and throw away those that have been over for long."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.clock import Clock
from addrsvc.db.rows import execute
from addrsvc.db.transaction import transaction
from addrsvc.queue.service import QUERIES
from addrsvc.queue.stalled import isolate_stalled
from addrsvc.settings import Settings

log = structlog.get_logger("addrsvc")

_KEPT: Final = (
    (["succeeded", "cancelled", "aborted"], timedelta(days=7)),
    (["failed"], timedelta(days=90)),
)


async def keep_sweeping(engine: AsyncEngine, settings: Settings, _clock: Clock) -> None:
    """Look for jobs of dead workers until cancelled.

    No job itself, and without a lock in the queue: a sweep that its own worker's death left under
    way would hold up all others (issue 1408 of the library).
    """
    now = asyncio.get_running_loop().time
    every_s = settings.worker_stalled_s / 3
    while True:
        before = now()
        await asyncio.sleep(every_s)
        if now() - before > 2 * every_s:
            continue  # we were held up ourselves, and so were our own signs of life
        async with transaction(engine) as conn:
            found = await isolate_stalled(conn, stalled_s=settings.worker_stalled_s)
        for each in found:
            log.warning("job stalled", job=each["id"], task=each["task"])


async def forget_finished(engine: AsyncEngine, _settings: Settings, clock: Clock) -> None:
    """Delete jobs long over: done ones after a week, failed ones after a quarter, parked never."""
    for statuses, kept in _KEPT:
        params = {"statuses": statuses, "before": clock.now() - kept}
        async with transaction(engine) as conn:
            await execute(conn, QUERIES["forget_finished"], params)
