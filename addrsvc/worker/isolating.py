"""Run jobs whose worker died each alone: in a process of its own, one after the other."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Sequence
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.clock import Clock
from addrsvc.db.transaction import transaction
from addrsvc.processes import ends_with_us
from addrsvc.queue.stalled import is_isolated_due, note_lone_deaths
from addrsvc.settings import Settings

log = structlog.get_logger("addrsvc")

ALONE: Final = (sys.executable, "-P", "-m", "addrsvc", "worker", "--alone")
DATABASE_GONE: Final = 8
"""Exit code of a process that lost the database: no job's fault."""

_LOOK_S: Final = 2.0
_END_S: Final = 3.5
_BLAMELESS: Final = {0, DATABASE_GONE, -signal.SIGTERM, -signal.SIGINT}


async def keep_isolating(
    engine: AsyncEngine, settings: Settings, _clock: Clock, command: Sequence[str] = ALONE
) -> None:
    """Begin a process for jobs to be run alone whenever some wait, until cancelled.

    One worker leads this, so all that is under way in the queue is of the one process.
    """
    while True:
        async with transaction(engine) as conn:
            is_due = await is_isolated_due(conn)
        code = await _run_alone(command) if is_due else 0
        if code in _BLAMELESS:
            await asyncio.sleep(_LOOK_S)  # one whose lock is taken is due, but cannot run
            continue
        async with transaction(engine) as conn:
            noted = await note_lone_deaths(conn, pause_s=settings.worker_retry_s)
        for each in noted:
            log.error(
                "job killed its worker",
                job=each["id"],
                task=each["task"],
                code=code,
                deaths=each["deaths"],
                parked=each["is_parked"],
            )
        if not noted:  # it died with nothing under way: not again at once
            log.error("worker of lone jobs ended", code=code)
            await asyncio.sleep(settings.worker_retry_s)


async def _run_alone(command: Sequence[str]) -> int:
    """Wait for the end of a process that runs what is due; negative: the signal that ended it.

    The kernel tells it to stop when we are killed; so do we when we are cancelled.
    """
    process = await asyncio.create_subprocess_exec(
        *ends_with_us(command), stdin=asyncio.subprocess.DEVNULL
    )
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_END_S):
                    await process.wait()
            if process.returncode is None:
                process.kill()
