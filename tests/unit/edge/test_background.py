"""Work beside the requests is begun again after an error, and it is said that it failed."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from structlog.testing import capture_logs

from addrsvc.edge import background
from addrsvc.edge.background import Background

pytestmark = pytest.mark.anyio


class Work:
    """Fails as often as told, then goes on."""

    def __init__(self, failures: int) -> None:
        self.begun = 0
        self._failures = failures
        self.goes_on = asyncio.Event()

    async def run(self) -> None:
        self.begun += 1
        if self.begun <= self._failures:
            raise ValueError("secret")
        self.goes_on.set()
        await asyncio.Event().wait()


async def test_what_an_error_ended_is_begun_again_and_logged_each_time() -> None:
    kept, work, other = Background(pause_s=0.01), Work(2), Work(0)
    with capture_logs() as logged:
        kept.keep("work", work.run)
        kept.keep("other", other.run)
        async with asyncio.timeout(5):
            await work.goes_on.wait()
    assert (work.begun, other.begun) == (3, 1)
    assert [(each["work"], each["error"]) for each in logged] == [("work", "ValueError")] * 2
    assert kept.failing() == {"work": "ValueError"}
    await kept.end()


async def test_it_is_well_again_after_it_ran_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_LONGEST_PAUSE_S", 0.5)
    kept, work = Background(pause_s=0.01), Work(1)
    with capture_logs():  # to draw the trace takes longer than the pause
        kept.keep("work", work.run)
        async with asyncio.timeout(5):
            await work.goes_on.wait()
    assert kept.failing() == {"work": "ValueError"}
    await asyncio.sleep(0.6)
    assert kept.failing() == {}
    await kept.end()


async def test_the_end_comes_also_while_something_waits_to_begin_again() -> None:
    kept, work = Background(pause_s=0.05), Work(9)
    kept.keep("work", work.run)
    await asyncio.sleep(0.01)
    await kept.end()
    await asyncio.sleep(0.1)
    assert work.begun == 1


async def test_work_that_just_ends_is_begun_again_too() -> None:
    kept, begun = Background(pause_s=0.01), asyncio.Semaphore(0)

    async def once() -> None:
        begun.release()

    kept.keep("once", once)
    async with asyncio.timeout(5):
        await begun.acquire()
        await begun.acquire()
    assert kept.failing() == {"once": "ended"}
    await kept.end()


async def test_work_a_stray_cancellation_ended_is_begun_again_too() -> None:
    kept, begun = Background(pause_s=0.01), asyncio.Semaphore(0)

    async def cancelled() -> None:
        begun.release()
        raise asyncio.CancelledError

    with capture_logs():
        kept.keep("work", cancelled)
        async with asyncio.timeout(5):
            await begun.acquire()
            await begun.acquire()
    assert kept.failing() == {"work": "CancelledError"}
    await kept.end()


async def test_who_does_not_hear_the_first_cancellation_is_told_again() -> None:
    kept, heard = Background(pause_s=0.01), 0

    async def deaf() -> None:
        nonlocal heard
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                heard += 1
                if heard == 3:
                    raise

    async def stubborn() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    kept.keep("deaf", deaf)
    kept.keep("stubborn", stubborn)
    await asyncio.sleep(0)
    async with asyncio.timeout(3):
        await kept.end()
    assert heard == 3
    await asyncio.sleep(0.05)
    assert kept.failing() == {}  # nothing is begun again behind the end


async def test_the_end_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_END_S", 0.3)
    kept, may_end = Background(), False

    async def never() -> None:
        while not may_end:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.01)

    kept.keep("never", never)
    await asyncio.sleep(0)
    with capture_logs() as logged:
        async with asyncio.timeout(3):
            await kept.end()
    assert logged[0]["work"] == ["never"]
    may_end = True
    await asyncio.sleep(0.05)
