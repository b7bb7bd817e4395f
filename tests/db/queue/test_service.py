"""A job exists exactly if the work it follows from was committed; one that waits is not doubled."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.queue.errors import JobNotOver, JobOver, JobUnknown
from addrsvc.queue.jobs import cancel_job, get_job, list_jobs, retry_job
from addrsvc.queue.model import Queue, State, Task
from addrsvc.queue.service import defer
from addrsvc.queue.stalled import (
    MOST_LONE_DEATHS,
    is_isolated_due,
    isolate_stalled,
    note_lone_deaths,
)
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

_FETCH = "SELECT id FROM queue.procrastinate_fetch_job_v2('{default}', %s)"
_SOON = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
async def own(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """A write door on this test's own database: it commits."""
    engine = make_engine(settings)
    yield engine
    await engine.dispose()


async def _begin(conn: AsyncConnection, *, heard_before_s: float = 0) -> tuple[int, int | None]:
    """Register a worker, let it take a job; give both numbers."""
    worker = await conn.scalar(
        sa.text(
            "INSERT INTO queue.procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => :before_s)) RETURNING id"
        ),
        {"before_s": heard_before_s},
    )
    job = await conn.scalar(
        sa.text("SELECT id FROM queue.procrastinate_fetch_job_v2('{default,isolated}', :worker)"),
        {"worker": worker},
    )
    assert worker is not None
    return worker, job


async def _defer_and_fail(engine: AsyncEngine) -> None:
    with contextlib.suppress(KeyError):
        async with transaction(engine) as conn:
            await defer(conn, Task.NOOP)
            raise KeyError


async def test_a_job_is_there_exactly_if_the_caller_commits(
    own: AsyncEngine, database_url: str
) -> None:
    async with transaction(own) as conn:
        kept = await defer(conn, Task.NOOP, {"address_id": 7}, lock="a", at=_SOON)
    await _defer_and_fail(own)
    async with transaction(own) as conn:
        [job] = await list_jobs(conn, None, limit=9)
    assert (job.job_id, job.task, job.args, job.lock, job.scheduled_at, job.state) == (
        kept,
        "noop",
        {"address_id": 7},
        "a",
        _SOON,
        State.TODO,
    )


async def test_with_a_queueing_lock_one_waits_and_the_callers_transaction_goes_on(
    conn: AsyncConnection,
) -> None:
    first = await defer(conn, Task.NOOP, queueing_lock="x", at=_SOON)
    sooner = _SOON - timedelta(days=1)
    assert await defer(conn, Task.NOOP, queueing_lock="x", at=sooner) == first
    assert (await get_job(conn, first)).scheduled_at == sooner
    assert await defer(conn, Task.NOOP, queueing_lock="x", at=_SOON) == first
    assert (await get_job(conn, first)).scheduled_at == sooner
    assert await defer(conn, Task.NOOP, queueing_lock="x") == first
    assert await defer(conn, Task.NOOP, queueing_lock="x", at=_SOON) == first
    assert (await get_job(conn, first)).scheduled_at is None
    assert await defer(conn, Task.NOOP, queueing_lock="y") != first


async def test_the_job_that_waits_is_not_begun_before_the_caller_has_committed(
    own: AsyncEngine, database_url: str
) -> None:
    """Else it would not see what the caller wrote, and nobody would come after it."""
    async with transaction(own) as conn:
        waits = await defer(conn, Task.NOOP, queueing_lock="x")
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as worker:

        async def fetch() -> int | None:
            row = await (await worker.execute(_FETCH, (None,))).fetchone()
            return None if row is None else row[0]

        async with transaction(own) as conn:
            assert await defer(conn, Task.NOOP, queueing_lock="x") == waits
            async with asyncio.timeout(60):
                assert await fetch() is None
        assert await fetch() == waits


async def test_begun_meanwhile_another_one_is_left(own: AsyncEngine, database_url: str) -> None:
    async with transaction(own) as conn:
        first = await defer(conn, Task.NOOP, queueing_lock="x")
    async with transaction(own) as fetching:
        await _begin(fetching)
        async with transaction(own) as conn:
            second = asyncio.create_task(defer(conn, Task.NOOP, queueing_lock="x"))
            await asyncio.sleep(0.2)
            await fetching.commit()
            assert await second != first


async def test_jobs_of_the_dead_wait_to_run_alone_and_those_of_the_living_go_on(
    conn: AsyncConnection,
) -> None:
    dead = await defer(conn, Task.NOOP, queueing_lock="x")
    await _begin(conn, heard_before_s=60)
    alive = await defer(conn, Task.NOOP)
    await _begin(conn)
    again = await defer(conn, Task.NOOP, queueing_lock="x")  # would forbid the other to wait again
    assert again != dead
    assert [each["id"] for each in await isolate_stalled(conn, stalled_s=30)] == [dead]
    assert await is_isolated_due(conn)
    found = {each.job_id: each for each in await list_jobs(conn, None, limit=9)}
    assert (found[dead].state, found[dead].queue) == (State.TODO, Queue.ISOLATED)
    assert found[dead].attempts == 0
    assert (found[alive].state, found[again].state) == (State.DOING, State.TODO)


async def test_a_job_whose_worker_row_is_gone_is_found_too(conn: AsyncConnection) -> None:
    job = await defer(conn, Task.NOOP)
    await _begin(conn)
    await conn.execute(sa.text("DELETE FROM queue.procrastinate_workers"))
    assert [each["id"] for each in await isolate_stalled(conn, stalled_s=30)] == [job]


async def test_only_what_died_alone_again_and_again_is_parked_and_a_person_may_free_it(
    conn: AsyncConnection,
) -> None:
    job = await defer(conn, Task.NOOP)
    await _begin(conn, heard_before_s=60)
    await isolate_stalled(conn, stalled_s=30)
    for deaths in range(1, MOST_LONE_DEATHS + 1):
        assert (await _begin(conn))[1] == job
        [noted] = await note_lone_deaths(conn, pause_s=0)
        assert (noted["id"], noted["deaths"]) == (job, deaths)
        assert noted["is_parked"] == (deaths == MOST_LONE_DEATHS)
    assert await note_lone_deaths(conn, pause_s=0) == []
    assert not await is_isolated_due(conn)
    [parked] = await list_jobs(conn, [State.PARKED], limit=9)
    assert (parked.job_id, parked.lone_deaths) == (job, MOST_LONE_DEATHS)
    assert await list_jobs(conn, [State.FAILED], limit=9) == []
    await retry_job(conn, job)
    freed = await get_job(conn, job)
    assert (freed.state, freed.lone_deaths, freed.queue) == (State.TODO, 0, Queue.ISOLATED)


async def test_cancelled_and_retried(conn: AsyncConnection) -> None:
    job = await defer(conn, Task.NOOP)
    with pytest.raises(JobNotOver):
        await retry_job(conn, job)
    await cancel_job(conn, job)
    assert (await get_job(conn, job)).state is State.CANCELLED
    with pytest.raises(JobOver):
        await cancel_job(conn, job)
    await retry_job(conn, job)
    assert (await get_job(conn, job)).state is State.TODO
    for act in (get_job, retry_job, cancel_job):
        with pytest.raises(JobUnknown):
            await act(conn, job + 1_000)
