"""Limits counted in a real Redis: together, through its death and return."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from redis_server import RedisServer

from addrsvc.auth.errors import CountsAway, RateLimited
from addrsvc.auth.limits import ClientLimits, RouteClass, Spending, limits_of_settings, table
from addrsvc.auth.limits import counts as counting
from addrsvc.auth.limits.counts import MINUTE, SharedCounts
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

NOON = 1_700_000_040.0 - 1_700_000_040.0 % 60


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.kill()


@pytest.fixture
async def worker(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Callable[[], ClientLimits]]:
    # a machine that stands still is no Redis that is away
    monkeypatch.setattr(counting, "_PATIENCE_S", 60.0)
    monkeypatch.setattr(counting, "_QUEUE_S", 60.0)
    made: list[ClientLimits] = []

    def make() -> ClientLimits:
        given = {"redis_url": redis.url, "workers": 4, "anonymous_per_minute": 100}
        made.append(limits_of_settings(Settings.model_validate(given)))
        return made[-1]

    yield make
    for each in made:
        await each.close()


async def _admitted(limits: ClientLimits, tries: int, now_s: float = NOON) -> int:
    async def once() -> bool:
        try:
            await limits.admit(Spending("203.0.113.1", False, RouteClass.LOOKUP), now_s)
        except RateLimited:
            return False
        return True

    return sum(await asyncio.gather(*(once() for _ in range(tries))))


async def test_two_workers_grant_one_limit_between_them(
    worker: Callable[[], ClientLimits],
) -> None:
    one, other = worker(), worker()
    assert sum(await asyncio.gather(_admitted(one, 90), _admitted(other, 90))) == 100
    assert await _admitted(one, 10, NOON + 60) == 10


async def test_misses_of_two_workers_are_one_budget(worker: Callable[[], ClientLimits]) -> None:
    workers, told = [worker(), worker()], 0
    for turn in range(60):
        spending = Spending("203.0.113.1", False, RouteClass.LOOKUP)
        limits = workers[turn % 2]
        try:
            await limits.admit(spending, NOON)
            await limits.miss(spending, NOON)
        except RateLimited:
            continue
        told += 1
    assert told == table.ANONYMOUS_MISSES.per_minute


async def test_without_redis_each_worker_grants_its_share_and_signing_in_is_closed(
    redis: RedisServer, worker: Callable[[], ClientLimits]
) -> None:
    limits = worker()
    assert await _admitted(limits, 30) == 30
    redis.kill()
    assert await _admitted(limits, 90, NOON + 60) == 25
    with pytest.raises(CountsAway):
        await limits.admit(Spending("203.0.113.1", False, RouteClass.SIGN_IN), NOON + 60)
    redis.start()
    await asyncio.sleep(2.1)
    assert await _admitted(limits, 120, NOON + 120) == 100
    await limits.admit(Spending("203.0.113.1", False, RouteClass.SIGN_IN), NOON + 120)


async def test_a_frozen_redis_costs_one_short_wait(redis: RedisServer) -> None:
    now_s = 0.0
    counts = SharedCounts(redis.url, lambda: now_s)

    async def until_counted() -> None:
        nonlocal now_s
        while await counts.add("a", MINUTE, NOON) is None:
            now_s += 2.1

    async with asyncio.timeout(60):
        await until_counted()
        redis.send(signal.SIGSTOP)
        for _ in range(1000):  # a wait for each would take ten minutes
            assert await counts.add("a", MINUTE, NOON) is None
        redis.send(signal.SIGCONT)
        await until_counted()
    await counts.close()
