"""Long work goes on in slices: in order, one at a time, and others go between."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

import pytest

from addrsvc.geocoding.errors import BatchesBusy
from addrsvc.geocoding.turns import Batches, Turns

pytestmark = pytest.mark.anyio


async def test_everything_is_done_in_order() -> None:
    turns = Turns(slice_s=0)
    assert await turns.each(lambda n: n * 2, range(50)) == list(range(0, 100, 2))
    assert await turns.each(str, []) == []


async def test_others_go_between_and_so_do_other_batches() -> None:
    turns, seen = Turns(slice_s=0), list[str]()

    async def beside() -> None:
        for _ in range(5):
            seen.append("beside")
            await asyncio.sleep(0)

    async def batch(name: str) -> None:
        await turns.each(lambda _: seen.append(name), range(5))

    await asyncio.gather(batch("a"), batch("b"), beside())
    for name in ("a", "b", "beside"):
        places = [at for at, each in enumerate(seen) if each == name]
        assert len(places) == 5
        assert max(b - a for a, b in pairwise(places)) <= 4, seen


async def test_a_slice_ends_when_its_time_is_up() -> None:
    turns, longest, last = Turns(slice_s=0.002), 0.0, time.monotonic()
    is_done = False

    async def watch() -> None:
        nonlocal longest, last
        while not is_done:
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
            await asyncio.sleep(0)

    async def work() -> None:
        nonlocal is_done
        await turns.each(lambda _: time.sleep(0.001), range(200))
        is_done = True

    await asyncio.gather(watch(), work())
    assert longest < 0.1  # of 0.2 s; two to three thousandths where nothing else runs


async def test_after_an_error_the_next_has_its_turn() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError):
        await turns.each(lambda n: 1 / n, [1, 0])
    assert await turns.each(abs, [-1]) == [1]


def test_so_many_batches_at_a_time() -> None:
    batches = Batches(limit=2)
    with batches.one() as first, batches.one() as second:
        assert first is second
        with pytest.raises(BatchesBusy) as refused, batches.one():
            pass
    assert "2" in refused.value.text("en")
    with batches.one():
        pass
