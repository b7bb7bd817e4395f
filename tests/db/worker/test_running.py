"""A worker in this process: jobs run, periodic work is caught up, loops are led, all of it told."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import sqlalchemy as sa
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.clock import Clock, SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.errors import Text
from addrsvc.queue.jobs import cancel_job, get_job, list_jobs
from addrsvc.queue.model import Queue, State, Task
from addrsvc.queue.presence import list_work
from addrsvc.queue.service import defer
from addrsvc.queue.stalled import isolate_stalled
from addrsvc.settings import Settings
from addrsvc.worker import library, running
from addrsvc.worker.model import Continuous, JobFunction, Periodic
from addrsvc.worker.periodic import PERIODIC
from addrsvc.worker.running import Plan, run, run_alone
from addrsvc.worker.sweeping import forget_finished

pytestmark = pytest.mark.anyio

_PATIENCE_S = 60


class Worker:
    """A plan whose functions note that they ran."""

    def __init__(self) -> None:
        self.ran: list[object] = []
        self.is_looping = asyncio.Event()
        self.lingers = asyncio.Event()

    async def note(
        self, _engine: AsyncEngine, _settings: Settings, _clock: Clock, number: int
    ) -> None:
        self.ran.append(number)

    async def fail(self, _engine: AsyncEngine, _settings: Settings, _clock: Clock) -> None:
        self.ran.append("fail")
        raise KeyError("defect")

    async def linger(self, _engine: AsyncEngine, _settings: Settings, _clock: Clock) -> None:
        self.lingers.set()
        await asyncio.Event().wait()

    async def periodic(self, _engine: AsyncEngine, _settings: Settings, _clock: Clock) -> None:
        self.ran.append("periodic")

    async def loop(self, _engine: AsyncEngine, _settings: Settings, _clock: Clock) -> None:
        self.is_looping.set()
        await asyncio.Event().wait()

    def plan(self) -> Plan:
        purpose = Text("thử", "a test")
        tasks: dict[str, JobFunction] = {"noop": self.note, "fail": self.fail}
        return Plan(
            tasks={**tasks, "linger": self.linger},
            continuous=[Continuous("loop", purpose, self.loop)],
            periodic=[Periodic("nightly", purpose, "0 19 1 * *", self.periodic)],
        )


@pytest.fixture(autouse=True)
def tells_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_HEAR_S", 0.05)


@pytest.fixture
def quick(database_url: str) -> Settings:
    return service_settings(database_url, worker_retry_s=0.01)


@pytest.fixture
async def own(quick: Settings) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(quick)
    yield engine
    await engine.dispose()


@contextlib.asynccontextmanager
async def _running(settings: Settings, worker: Worker) -> AsyncIterator[None]:
    task = asyncio.create_task(run(settings, SystemClock(), worker.plan()))
    try:
        yield
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(_PATIENCE_S):
            assert await task
    finally:
        task.cancel()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.05)


async def _is_told(engine: AsyncEngine, done: int, failing: int) -> bool:
    """Tell whether the database knows who leads, and what came of two jobs."""
    async with transaction(engine) as conn:
        loop, nightly = await list_work(conn, now=SystemClock().now(), stalled_s=60)
        return (
            loop.led_by is not None
            and nightly.outcome is not None
            and (await get_job(conn, done)).state is State.SUCCEEDED
            and (await get_job(conn, failing)).attempts >= 1
        )


async def _leave(engine: AsyncEngine, task: str) -> int:
    async with transaction(engine) as conn:
        return int(
            await conn.scalar(
                sa.text(
                    "INSERT INTO queue.procrastinate_jobs (queue_name, task_name, queueing_lock)"
                    " VALUES ('default', CAST(:task AS text), CAST(:task AS text)) RETURNING id"
                ),
                {"task": task},
            )
        )


async def test_jobs_loops_and_periodic_work_go_on_until_a_signal(
    quick: Settings, own: AsyncEngine
) -> None:
    worker = Worker()
    async with transaction(own) as conn:
        before = await defer(conn, Task.NOOP, {"number": 1})
    failing = await _leave(own, "fail")
    async with _running(quick, worker):
        await worker.is_looping.wait()
        async with transaction(own) as conn:
            await defer(conn, Task.NOOP, {"number": 2})
        # of a month ago at most: caught up at once; the failing one is tried again with its
        # queueing lock taken by another that waits
        await _until(lambda: {1, 2, "periodic", "fail"} <= set(worker.ran))
        async with asyncio.timeout(_PATIENCE_S):
            while not await _is_told(own, before, failing):
                await asyncio.sleep(0.05)
        async with transaction(own) as conn:
            loop, nightly = await list_work(conn, now=SystemClock().now(), stalled_s=60)
            assert (loop.entry.name, nightly.entry.name) == ("loop", "nightly")
            assert loop.led_by is not None
            assert loop.led_by.endswith(f":{os.getpid()}")
            assert nightly.next_at is not None
            assert nightly.outcome in {"succeeded", "doing"}
    async with transaction(own) as conn:
        [loop, _] = await list_work(conn, now=SystemClock().now(), stalled_s=60)
        assert loop.led_by is None
        assert await conn.scalar(sa.text("SELECT count(*) FROM queue.process")) == 0
    assert worker.ran.count("periodic") == 1
    async with _running(quick, again := Worker()):  # done once, whoever starts again
        await again.is_looping.wait()
        await asyncio.sleep(0.5)
    assert "periodic" not in again.ran


async def test_a_job_that_fails_while_another_waits_with_its_queueing_lock_waits_again(
    quick: Settings, own: AsyncEngine
) -> None:
    worker = Worker()
    slow = quick.model_copy(update={"worker_retry_s": 60.0})
    first = await _leave(own, "fail")
    async with _running(slow, worker):
        await _until(lambda: worker.ran.count("fail") == 1)
        second = await _leave(own, "fail")
        await _until(lambda: worker.ran.count("fail") == 2)
    async with transaction(own) as conn:
        states = {each.job_id: each.state for each in await list_jobs(conn, None, limit=9)}
    assert states[first] is State.TODO
    assert states[second] is State.TODO


async def test_a_running_job_that_is_cancelled_is_broken_off_and_not_tried_again(
    quick: Settings, own: AsyncEngine
) -> None:
    worker = Worker()
    job = await _leave(own, "linger")
    async with _running(quick, worker):
        await worker.lingers.wait()
        async with transaction(own) as conn:
            await cancel_job(conn, job)
        async with asyncio.timeout(_PATIENCE_S):
            state = State.DOING
            while state is State.DOING:
                await asyncio.sleep(0.1)
                async with transaction(own) as conn:
                    state = (await get_job(conn, job)).state
    assert state is State.ABORTED


def _unheard(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Let the database not hear so often how a job ended."""
    finish, left = JobManager.finish_job, [None] * times

    async def unheard(*args: Any, **kwargs: Any) -> None:
        if left:
            left.pop()
            raise ConnectorException
        await finish(*args, **kwargs)

    monkeypatch.setattr(JobManager, "finish_job", unheard)
    monkeypatch.setattr(library, "_SAY_AGAIN_S", (0.01, 0.01))


async def test_what_came_of_a_job_is_said_again_when_it_was_not_heard(
    quick: Settings, own: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _unheard(monkeypatch, times=1)
    worker = Worker()
    async with transaction(own) as conn:
        job = await defer(conn, Task.NOOP, {"number": 1})
    async with _running(quick, worker):
        state = State.TODO
        async with asyncio.timeout(_PATIENCE_S):
            while state in {State.TODO, State.DOING}:
                await asyncio.sleep(0.1)
                async with transaction(own) as conn:
                    state = (await get_job(conn, job)).state
    assert state is State.SUCCEEDED
    assert worker.ran.count(1) == 1


async def test_never_heard_the_worker_ends_so_that_the_job_is_found_and_run_again(
    quick: Settings, own: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _unheard(monkeypatch, times=99)
    worker = Worker()
    async with transaction(own) as conn:
        job = await defer(conn, Task.NOOP, {"number": 1})
    async with asyncio.timeout(_PATIENCE_S):
        assert not await run(quick, SystemClock(), worker.plan())  # nobody asked it to
    async with transaction(own) as conn:
        assert job in [each["id"] for each in await isolate_stalled(conn, stalled_s=30)]


async def test_lone_jobs_are_run_until_none_is_due_and_nothing_else_is(
    quick: Settings, own: AsyncEngine
) -> None:
    worker = Worker()
    async with transaction(own) as conn:
        await defer(conn, Task.NOOP, {"number": 1})
        await defer(conn, Task.NOOP, {"number": 2}, queue=Queue.ISOLATED)
        await defer(conn, Task.NOOP, {"number": 3}, queue=Queue.ISOLATED)
    async with asyncio.timeout(_PATIENCE_S):
        await run_alone(quick, SystemClock(), worker.plan())
    assert worker.ran == [2, 3]


@pytest.mark.parametrize("periodic", PERIODIC, ids=lambda each: each.name)
async def test_all_periodic_work_runs_with_the_rights_of_the_service(
    periodic: Periodic, quick: Settings, own: AsyncEngine, clock: Clock
) -> None:
    await periodic.run(own, quick, clock)
    await periodic.run(own, quick, clock)


async def test_jobs_long_over_are_forgotten_but_parked_ones_stay(
    quick: Settings, own: AsyncEngine
) -> None:
    await forget_finished(own, quick, SystemClock())
    async with transaction(own) as conn:
        await conn.execute(
            sa.text(
                "INSERT INTO queue.procrastinate_jobs (queue_name, task_name, status, args)"
                " SELECT 'default', 'noop', status::queue.procrastinate_job_status,"
                "   jsonb_build_object('days', days)"
                " FROM (VALUES ('succeeded', 6), ('succeeded', 8), ('cancelled', 8), ('failed', 8),"
                "   ('failed', 91), ('failed', 92), ('todo', 500)) AS old (status, days)"
            )
        )
        await conn.execute(
            sa.text(
                "INSERT INTO queue.procrastinate_events (job_id, type, at)"
                " SELECT id, 'succeeded', now() - make_interval(days => (args ->> 'days')::int)"
                " FROM queue.procrastinate_jobs"
            )
        )
        await conn.execute(
            sa.text("DELETE FROM queue.procrastinate_events WHERE at > now() - interval '1 day'")
        )
        await conn.execute(
            sa.text(
                "INSERT INTO queue.lone_death SELECT id, 3, now(), true"
                " FROM queue.procrastinate_jobs WHERE args ->> 'days' = '92'"
            )
        )
    await forget_finished(own, quick, SystemClock())
    async with transaction(own) as conn:
        left = [each.args["days"] for each in await list_jobs(conn, None, limit=9)]
    assert sorted(left, key=str) == [500, 6, 8, 92]
