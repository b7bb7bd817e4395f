"""A thousand noisy addresses in one request, beside a thousand requests, and what others notice.

    scripts/bench batch               the province: 286,947 synthetic addresses, one worker
    scripts/bench batch --keep DIR    keep the filled cluster for the next run

Over HTTP against one worker, a client that waits for each answer: batches of queries nobody has
seen, then the same queries one by one over a connection that is kept. Look-ups are asked at fixed
moments, fifty a second, without batches and while one batch follows the other. Takes a minute.
What a batch takes is nearly all computing in one process: where other work shares the cores, the
processor it used says more than the clock.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

import httpx

from benchmarks import loaded
from benchmarks.figures import Figure
from benchmarks.http_rounds import running_service
from benchmarks.loaded import Loaded
from benchmarks.open_loop import Asker, Told
from benchmarks.processes import cpu_s, server_processes

_ROUNDS = 5
_FIRST_SEED = 500
_LOOKUPS_PER_S = 50
_SECONDS = 8.0
_PLENTY = "1000000000"


def add_options(parser: ArgumentParser) -> None:
    """Declare what may be chosen."""
    parser.add_argument("--keep", type=Path, help="folder in which the filled cluster stays")


def run(arguments: Namespace) -> list[Figure]:
    """Measure on the synthetic province."""
    with loaded.loaded("s", arguments.keep) as registry:
        key = asyncio.run(loaded.reading_key(registry.url))
        with running_service(
            registry.url, anonymous_per_minute=_PLENTY, known_per_minute=_PLENTY
        ) as base:
            return asyncio.run(_measured(registry, base, key))


async def _measured(registry: Loaded, base: str, key: str) -> list[Figure]:
    rounds = [
        [each.text for each in registry.other_queries(_FIRST_SEED + turn)]
        for turn in range(_ROUNDS)
    ]
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=60) as client:
        await _wait_until_loaded(client)
        await _batch(client, "geocode", [each.text for each in registry.queries])  # plans, pools
        workers = server_processes(base)
        used_s = cpu_s(workers)
        batches = [await _batch(client, "geocode", texts) for texts in rounds]
        used_s = (cpu_s(workers) - used_s) / len(rounds)
        verdicts = [await _batch(client, "validate", texts) for texts in rounds]
        singles_s = await _one_by_one(client, rounds[0])
        calm, meanwhile, count = await _beside_lookups(client, base, registry, rounds)
    batch_s = statistics.median(batches)
    return [
        Figure("inline batch of 1,000", batch_s, "s", 1.0, "lower"),
        Figure("quickest of the rounds", min(batches), "s"),
        Figure("slowest of the rounds", max(batches), "s"),
        Figure("processor of the worker, each", used_s, "s"),
        Figure("the same, whole verdicts", statistics.median(verdicts), "s"),
        Figure("1,000 single calls", singles_s, "s"),
        Figure("single calls / batch", singles_s / batch_s, "ratio"),
        Figure("lookups p50 without batches", calm.ms(50), "ms"),
        Figure("lookups p95 without batches", calm.ms(95), "ms"),
        Figure("lookups p50 while batches run", meanwhile.ms(50), "ms"),
        Figure("lookups p95 while batches run", meanwhile.ms(95), "ms", 50, "lower"),
        Figure("lookups p99 while batches run", meanwhile.ms(99), "ms"),
        Figure("batches meanwhile", count / _SECONDS, "per s"),
    ]


async def _wait_until_loaded(client: httpx.AsyncClient) -> None:
    for _ in range(600):
        if (await client.get("/v1/geocode", params={"q": "1 Lê Lợi"})).status_code != 503:
            return
        await asyncio.sleep(0.2)


async def _batch(client: httpx.AsyncClient, kind: str, texts: list[str]) -> float:
    """Ask once; give the seconds until all of the answer was there."""
    items: list[dict[str, Any]] = [{"id": at, "text": text} for at, text in enumerate(texts)]
    begun = time.perf_counter()
    answer = await client.post("/v1/geocode/batch", json={"kind": kind, "items": items})
    took_s = time.perf_counter() - begun
    if answer.status_code != 200 or len(answer.json()["items"]) != len(texts):
        raise RuntimeError(answer.text[:500])
    return took_s


async def _one_by_one(client: httpx.AsyncClient, texts: list[str]) -> float:
    begun = time.perf_counter()
    for text in texts:
        answer = await client.get("/v1/geocode", params={"q": text, "limit": 1})
        answer.raise_for_status()
    return time.perf_counter() - begun


async def _beside_lookups(
    client: httpx.AsyncClient, base: str, registry: Loaded, rounds: list[list[str]]
) -> tuple[Told, Told, int]:
    """Give look-ups without batches and while they run, and how many batches those were."""
    asker = Asker(base)
    codes = [code for each in registry.queries for code in each.truth]
    lookups = [f"/v1/addresses/{code}" for code in codes]
    pace = {"per_s": _LOOKUPS_PER_S, "seconds": _SECONDS}
    calm = await asker.flood(lookups, **pace)
    count = 0

    async def keep_asking() -> None:
        nonlocal count
        while True:
            await _batch(client, "geocode", rounds[count % len(rounds)])
            count += 1

    asking = asyncio.create_task(keep_asking())
    meanwhile = await asker.flood(lookups, **pace)
    asking.cancel()
    await asyncio.wait({asking})
    await asker.close()
    return calm, meanwhile, count
