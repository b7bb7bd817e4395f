"""A worker that knows tasks of tests: one that kills it, one that fails, one that notes itself."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import replace
from functools import partial

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.clock import Clock, SystemClock
from addrsvc.settings import Settings
from addrsvc.worker.isolating import keep_isolating
from addrsvc.worker.periodic import CONTINUOUS
from addrsvc.worker.running import Plan, run, run_alone

ALONE = (sys.executable, __file__, "--alone")


async def note(engine: AsyncEngine, _settings: Settings, _clock: Clock, number: int) -> None:
    await asyncio.sleep(0.03)
    async with engine.begin() as conn:
        await conn.execute(
            sa.text("INSERT INTO noted VALUES (:number, :pid)"),
            {"number": number, "pid": os.getpid()},
        )


async def kill(_engine: AsyncEngine, _settings: Settings, _clock: Clock) -> None:
    await asyncio.sleep(0.05)
    os.kill(os.getpid(), signal.SIGKILL)


async def fail(_engine: AsyncEngine, _settings: Settings, _clock: Clock, secret: str) -> None:
    raise ValueError(len(secret))


async def linger(engine: AsyncEngine, settings: Settings, clock: Clock, number: int) -> None:
    await note(engine, settings, clock, number)
    await asyncio.sleep(600)


TASKS = {"note": note, "kill": kill, "fail": fail, "linger": linger}


def main() -> None:
    continuous = [
        replace(each, run=partial(keep_isolating, command=ALONE))
        if each.run is keep_isolating
        else each
        for each in CONTINUOUS
    ]
    plan = Plan(concurrency=8, tasks=TASKS, continuous=continuous, periodic=())
    if "--alone" in sys.argv:
        asyncio.run(run_alone(Settings(), SystemClock(), plan))
    else:
        asyncio.run(run(Settings(), SystemClock(), plan))


if __name__ == "__main__":
    main()
