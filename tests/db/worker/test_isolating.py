"""A process for jobs to be run alone: begun when some wait; told to end, it blames no job."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
import tasks
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.queue.jobs import get_job
from addrsvc.queue.model import Queue, State, Task
from addrsvc.queue.service import defer
from addrsvc.settings import Settings
from addrsvc.worker import isolating, sweeping
from addrsvc.worker.isolating import keep_isolating
from addrsvc.worker.sweeping import keep_sweeping

pytestmark = pytest.mark.anyio

_TAKE = """
import os, psycopg, sys
with psycopg.connect(sys.argv[1]) as conn:
    conn.execute("SET search_path = queue")
    worker = conn.execute("SELECT * FROM procrastinate_register_worker_v1()").fetchone()
    conn.execute("SELECT procrastinate_fetch_job_v2('{isolated}', %s)", worker)
open(sys.argv[2], "a").write(f"{os.getpid()}\\n")
exec(sys.argv[3])
"""


@pytest.fixture
def quick(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(isolating, "_LOOK_S", 0.05)
    return service_settings(database_url, worker_retry_s=0.05, worker_stalled_s=1)


@pytest.fixture
async def own(quick: Settings) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(quick)
    yield engine
    await engine.dispose()


class Lane:
    """``keep_isolating`` with a process that takes a job and then does as told."""

    def __init__(self, engine: AsyncEngine, settings: Settings, begun: Path, then: str) -> None:
        self._begun = begun
        url = settings.database_url.get_secret_value()
        command: Sequence[str] = (sys.executable, "-c", _TAKE, url, str(begun), then)
        self.task = asyncio.create_task(keep_isolating(engine, settings, SystemClock(), command))

    async def processes(self, count: int) -> list[int]:
        async with asyncio.timeout(60):
            while len(pids := self._begun.read_text().split()) < count:
                await asyncio.sleep(0.05)
        return [int(pid) for pid in pids]

    async def end(self) -> None:
        await tasks.end(self.task)


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    file = tmp_path / "begun"
    file.touch()
    return file


async def _leave(engine: AsyncEngine) -> int:
    async with transaction(engine) as conn:
        return await defer(conn, Task.NOOP, queue=Queue.ISOLATED)


async def _is_parked(engine: AsyncEngine, job: int) -> bool:
    async with transaction(engine) as conn:
        return (await get_job(conn, job)).state is State.PARKED


async def test_what_kills_its_process_each_time_is_parked(
    own: AsyncEngine, quick: Settings, begun: Path
) -> None:
    job = await _leave(own)
    lane = Lane(own, quick, begun, "os.kill(os.getpid(), 11)")
    with capture_logs() as logged:
        async with asyncio.timeout(60):
            while not await _is_parked(own, job):
                await asyncio.sleep(0.05)
    await lane.end()
    assert [(each["job"], each["code"], each["parked"]) for each in logged] == [
        (job, -11, False),
        (job, -11, False),
        (job, -11, True),
    ]


@pytest.mark.parametrize("then", ["os.kill(os.getpid(), 15)", "os._exit(8)"])
async def test_told_to_end_or_without_a_database_no_job_is_blamed(
    own: AsyncEngine, quick: Settings, begun: Path, then: str
) -> None:
    await _leave(own)
    second = await _leave(own)
    lane = Lane(own, quick, begun, then)
    await lane.processes(2)
    await lane.end()
    async with transaction(own) as conn:
        assert await conn.scalar(sa.text("SELECT count(*) FROM queue.lone_death")) == 0
        assert (await get_job(conn, second)).lone_deaths == 0


async def test_its_process_ends_with_it(own: AsyncEngine, quick: Settings, begun: Path) -> None:
    await _leave(own)
    lane = Lane(own, quick, begun, "import time; time.sleep(60)")
    [pid] = await lane.processes(1)
    await lane.end()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_sweep_that_was_held_up_itself_takes_nobody_for_dead(
    own: AsyncEngine, quick: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own signs of life, and those of jobs beside it, were held up with it."""
    swept = 0

    async def count(_conn: object, *, stalled_s: float) -> list[object]:
        nonlocal swept
        swept += stalled_s > 0
        return []

    async def late(pause_s: float) -> None:
        await pause(3 * pause_s)

    pause = asyncio.sleep
    monkeypatch.setattr(sweeping, "isolate_stalled", count)
    monkeypatch.setattr(asyncio, "sleep", late)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(2.2):
            await keep_sweeping(own, quick, SystemClock())
    assert swept == 0
    monkeypatch.setattr(asyncio, "sleep", pause)
    sweeps = asyncio.create_task(keep_sweeping(own, quick, SystemClock()))
    async with asyncio.timeout(60):
        while swept < 2:
            await asyncio.sleep(0.05)
    await tasks.end(sweeps)
