"""Of several workers one leads; when it is gone another does; the loser of the lock stops."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
import tasks

from addrsvc.edge import background
from addrsvc.settings import Settings
from addrsvc.worker import leading
from addrsvc.worker.leading import LeadershipLostError, lead

pytestmark = pytest.mark.anyio


class Leader:
    """Would do a work for ever."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.works = False

    async def work(self) -> None:
        self.works = True
        try:
            await asyncio.Event().wait()
        finally:
            self.works = False

    def start(self, settings: Settings, name: str = "sealing") -> asyncio.Task[None]:
        return asyncio.create_task(lead(settings, name, self.work, self.began.set))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leading, "_ASK_S", 0.05)
    monkeypatch.setattr(leading, "_PROVE_S", 0.05)


async def _ended(task: asyncio.Task[None]) -> None:
    await tasks.end(task)


async def test_one_leads_and_the_next_takes_over(settings: Settings) -> None:
    first, second, other = Leader(), Leader(), Leader()
    async with asyncio.timeout(60):
        leads = first.start(settings)
        await first.began.wait()
        waits = second.start(settings)
        elsewhere = other.start(settings, "webhooks")
        await other.began.wait()
        await asyncio.sleep(0.3)
        assert (first.works, second.works) == (True, False)
        await _ended(leads)
        await second.began.wait()
        await asyncio.sleep(0)
        assert (first.works, second.works) == (False, True)
        await _ended(waits)
        await _ended(elsewhere)


async def test_without_its_connection_a_leader_ends_the_work(
    settings: Settings, database_url: str
) -> None:
    leader = Leader()
    async with asyncio.timeout(60):
        leads = leader.start(settings)
        await leader.began.wait()
        with psycopg.connect(database_url) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        with pytest.raises(LeadershipLostError):
            await leads
    assert not leader.works


async def test_what_a_work_fails_of_is_told_and_the_lock_is_free(settings: Settings) -> None:
    async def fail() -> None:
        raise KeyError("defect")

    with pytest.raises(KeyError):
        await lead(settings, "sealing", fail, lambda: None)
    next_one = Leader()
    async with asyncio.timeout(60):
        leads = next_one.start(settings)
        await next_one.began.wait()
        await _ended(leads)


async def test_who_is_not_heard_of_any_more_leads_no_longer(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a frozen process, or of a machine that lost its power: nobody closes the line."""
    monkeypatch.setattr(leading, "_PROVE_S", 60.0)
    monkeypatch.setattr(leading, "_SILENCE_S", 0.5, raising=False)
    first, second = Leader(), Leader()
    async with asyncio.timeout(60):
        silent = first.start(settings)
        await first.began.wait()
        monkeypatch.setattr(leading, "_SILENCE_S", 60.0)
        waits = second.start(settings)
        await second.began.wait()
        await _ended(waits)
        await _ended(silent)


async def test_a_work_has_a_moment_to_give_back_what_it_holds(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, given_back = asyncio.Event(), False
    for module in (background, leading):  # however long the machine makes of the moment
        monkeypatch.setattr(module, "_AGAIN_S", 60.0)
        monkeypatch.setattr(module, "_END_S", 60.0)

    async def work() -> None:
        nonlocal given_back
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.5)
            given_back = True

    kept = background.Background()
    kept.keep("work", lambda: lead(settings, "webhooks", work, began.set))
    async with asyncio.timeout(60):
        await began.wait()
        await asyncio.sleep(0)
        await kept.end()
    assert given_back
