"""Time single calls: passes over many of them, best of several passes, percentiles."""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

T = TypeVar("T")
R = TypeVar("R")


@dataclass(slots=True)
class Timed(Generic[R]):
    """One pass: what each call took and gave, in the order of the arguments."""

    seconds: list[float]
    results: list[R]

    @property
    def per_s(self) -> float:
        """Give calls per second."""
        return len(self.seconds) / sum(self.seconds)


async def one_pass(
    call: Callable[[T], Awaitable[R]], arguments: Sequence[T], *, seed: int = 0
) -> Timed[R]:
    """Call with every argument once, one after the other, in an order drawn by the seed."""
    order = list(range(len(arguments)))
    random.Random(seed).shuffle(order)  # noqa: S311 -- an order
    seconds = [0.0] * len(arguments)
    results: list[R | None] = [None] * len(arguments)
    for at in order:
        begun = time.perf_counter()
        results[at] = await call(arguments[at])
        seconds[at] = time.perf_counter() - begun
    return Timed(seconds, results)  # type: ignore[arg-type]  # every place is filled


async def best_of(
    call: Callable[[T], Awaitable[R]],
    arguments: Sequence[T],
    *,
    passes: int,
    before: Callable[[], None] = lambda: None,
) -> Timed[R]:
    """Give the fastest of several passes for every argument; ``before`` runs before each pass.

    Other work on the machine slows single calls down, which would be read as a tail.
    """
    rounds = []
    for turn in range(passes):
        before()
        rounds.append(await one_pass(call, arguments, seed=turn))
    best = np.min([each.seconds for each in rounds], axis=0)
    return Timed(best.tolist(), rounds[-1].results)


def percentile_ms(seconds: Sequence[float], percent: float) -> float:
    """Give a percentile in milliseconds."""
    return float(np.percentile(np.array(seconds), percent) * 1e3)
