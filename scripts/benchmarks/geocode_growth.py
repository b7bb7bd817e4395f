"""Tails of single calls on a registry, and what they grow by from a province to a country."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import resource
import time
from dataclasses import dataclass
from pathlib import Path

import uvloop

from benchmarks import product
from benchmarks.figures import Figure
from benchmarks.loaded import Loaded
from benchmarks.passes import best_of, percentile_ms
from benchmarks.scoring import share

_PASSES = 7


@dataclass(frozen=True, slots=True)
class Tail:
    """Best of several passes per query."""

    streets: int
    """Different street names."""
    build_s: float
    """To read everything a worker keeps in memory."""
    memory_mb: float
    """What a worker's memory grows by from it."""
    top_1: float
    p50_ms: float
    p99_ms: float
    stripped_p50_ms: float
    """Of the same queries without their province."""
    stripped_p99_ms: float


def measure_tail(registry: Loaded) -> Tail:
    """Measure single calls on one registry."""
    names = {base.name for base in registry.registry.bases if base.kind == "street"}
    build_s, memory_mb = _in_a_process_of_its_own(registry.url)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        timed = runner.run(_calls(registry))
    return Tail(len(names), build_s, memory_mb, *timed)


def size_figures(name: str, tail: Tail) -> list[Figure]:
    """Show what was measured on one registry."""
    return [
        Figure(f"{name}: street names", tail.streets, "names", 100_000 if name == "L" else None),
        Figure(f"{name}: built in", tail.build_s, "s"),
        Figure(f"{name}: memory of a worker's names", tail.memory_mb, "MB"),
        Figure(f"{name}: first answer right", tail.top_1, ""),
        Figure(f"{name}: p50", tail.p50_ms, "ms"),
        Figure(f"{name}: p99", tail.p99_ms, "ms"),
        Figure(f"{name}: p50, province not said", tail.stripped_p50_ms, "ms"),
        Figure(f"{name}: p99, province not said", tail.stripped_p99_ms, "ms"),
    ]


def growth_figures(small: Tail, large: Tail) -> list[Figure]:
    """Compare the two."""
    known = large.p99_ms / small.p99_ms
    unknown = large.stripped_p99_ms / small.p99_ms
    return [
        Figure("p99: L / S, province known", known, "ratio", 1.5, "lower"),
        Figure("p99: L without province / S", unknown, "ratio", 3, "lower"),
    ]


async def _calls(registry: Loaded) -> tuple[float, float, float, float, float]:
    texts = [query.text for query in registry.queries]
    stripped = [query.stripped for query in registry.queries]
    async with product.opened(registry.url) as opened:
        gc.collect()
        gc.freeze()
        whole = await best_of(opened.geocode, texts, passes=_PASSES, before=product.forget)
        short = await best_of(opened.geocode, stripped, passes=_PASSES, before=product.forget)
    right = share(
        code in query.truth for query, code in zip(registry.queries, whole.results, strict=True)
    )
    return (
        right,
        percentile_ms(whole.seconds, 50),
        percentile_ms(whole.seconds, 99),
        percentile_ms(short.seconds, 50),
        percentile_ms(short.seconds, 99),
    )


def _in_a_process_of_its_own(url: str) -> tuple[float, float]:
    """Build once in a new process: seconds, and megabytes its memory grew by."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_built, (url,))


def _built(url: str) -> tuple[float, float]:
    async def build() -> tuple[float, float]:
        async with product.opened(url):
            gc.collect()
            return time.perf_counter() - begun, _resident_mb() - before

    before = _resident_mb()
    begun = time.perf_counter()
    return asyncio.run(build())


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6
