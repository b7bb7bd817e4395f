"""What operators see of the worker: on /readyz in a word, and all of it with the right key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import httpx
import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Scope
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.queue import presence
from addrsvc.settings import Settings
from addrsvc.worker.periodic import CONTINUOUS, PERIODIC
from addrsvc.worker.running import entries

pytestmark = pytest.mark.anyio

_SINCE = datetime(2026, 1, 15, 2, 0, tzinfo=UTC)


async def _worker(conn: AsyncConnection) -> int:
    await presence.record_work(conn, entries(CONTINUOUS, PERIODIC))
    process = await presence.enter(conn, "máy-1", 4711)
    assert await presence.hear(conn, process, {"sealing": _SINCE}, {"lone-jobs": "KeyError"})
    return process


async def test_lookups_are_ready_without_a_worker_and_it_is_said(
    client: httpx.AsyncClient, settings: Settings, database_url: str
) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["worker"]["running"]) == (200, 0)
    assert "addrsvc worker" in answer.json()["worker"]["remedy"]
    engine = make_engine(settings)
    async with transaction(engine) as conn:
        process = await _worker(conn)
    told = (await client.get("/readyz")).json()["worker"]
    assert told == {"running": 1, "failing": {"lone-jobs": "KeyError"}}
    async with transaction(engine) as conn:
        await presence.leave(conn, process)
        assert not await presence.hear(conn, process, {}, {})
    assert (await client.get("/readyz")).json()["worker"]["running"] == 0
    await engine.dispose()
    with psycopg.connect(database_url) as admin:
        admin.execute("DROP VIEW worker_heard")
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["worker"]) == (200, None)


async def test_all_that_happens_by_itself_is_for_those_who_steer_the_service(
    client: httpx.AsyncClient,
    settings: Settings,
    issue_key: Callable[..., Awaitable[str]],
) -> None:
    engine = make_engine(settings)
    async with transaction(engine) as conn:
        await _worker(conn)
    await engine.dispose()
    assert (await client.get("/v1/operations/work")).status_code == 401
    other = {"Authorization": f"Bearer {await issue_key(Scope.ADDRESSES_READ)}"}
    assert (await client.get("/v1/operations/work", headers=other)).status_code == 403
    right = {
        "Authorization": f"Bearer {await issue_key(Scope.OPERATIONS_WRITE)}",
        "Accept-Language": "en",
    }
    answer = await client.get("/v1/operations/work", headers=right)
    found = {each["name"]: each for each in answer.json()["work"]}
    assert set(found) == {each.name for each in (*CONTINUOUS, *PERIODIC)}
    sealing, finished = found["sealing"], found["finished-jobs"]
    assert (sealing["led_by"], sealing["began_at"]) == ("máy-1:4711", _SINCE.isoformat())
    assert found["lone-jobs"]["outcome"] == "KeyError"
    assert finished["purpose"] == "Delete jobs long over"
    assert finished["next_at"] == "2026-01-15T19:20:00+00:00"  # the clock stands on that day
