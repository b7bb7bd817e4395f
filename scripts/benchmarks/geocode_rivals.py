"""Forward geocoding beside addok: queries per second in process and over HTTP, first answers."""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import uvloop

from benchmarks import addok_rival, product
from benchmarks.addok_rival import Rival
from benchmarks.figures import Figure
from benchmarks.http_rounds import Endpoint, compare, running_service
from benchmarks.loaded import Loaded
from benchmarks.passes import Timed, one_pass
from benchmarks.product import Product
from benchmarks.scoring import share
from benchmarks.synthetic.queries import CATEGORIES, Query

LIMIT = 5
_ROUNDS = 5
_CONNECTIONS = 8
_READY_S = 120
_FIRST_SEED = 100
"""Rounds take queries of other seeds than the thousand that accuracy is counted on."""


def beside_addok(registry: Loaded, parts: Sequence[str]) -> list[Figure]:
    """Fill addok's Redis and measure both."""
    figures: list[Figure] = []
    with addok_rival.filled(registry.registry) as rival:
        if "process" in parts:
            figures += in_process(registry, rival)
        if "http" in parts:
            figures += over_http(registry, rival)
    return figures


def in_process(registry: Loaded, rival: Rival | None) -> list[Figure]:
    """Answer the same queries in turn; count first answers on the official thousand."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_in_process(registry, rival))


async def _in_process(registry: Loaded, rival: Rival | None) -> list[Figure]:
    ratios, ours, theirs = [], [], []
    async with product.opened(registry.url) as opened:
        gc.collect()
        gc.freeze()  # as the service does once it has started
        await one_pass(opened.geocode, _texts(registry.queries))
        for turn in range(_ROUNDS):
            fresh = registry.other_queries(_FIRST_SEED + turn)
            mine = await one_pass(opened.geocode, _texts(fresh))
            ours.append(mine.per_s)
            if rival is not None:
                their = _pass_of_addok(rival, prepared(opened, fresh))
                theirs.append(their.per_s)
                ratios.append(mine.per_s / their.per_s)
        answers = await one_pass(opened.geocode, _texts(registry.queries))
        figures = [
            Figure("in process", statistics.median(ours), "queries/s", 1_800),
            *_top_1("ours", registry.queries, answers.results),
        ]
        if rival is None:
            return figures
        known = _pass_of_addok(rival, prepared(opened, registry.queries))
    mine_right = _share_right(registry.queries, answers.results)
    lead = mine_right - _share_right(registry.queries, known.results)
    return [
        *figures,
        Figure("in process: addok", statistics.median(theirs), "queries/s"),
        Figure("in process: ours / addok", statistics.median(ratios), "ratio", 10),
        *_top_1("addok", registry.queries, known.results),
        Figure("first answer right: ours − addok", lead, "", 0.04),
    ]


def over_http(registry: Loaded, rival: Rival | None) -> list[Figure]:
    """Ask one worker of each over HTTP in interleaved rounds, and a route that does nothing."""
    texts = _texts(registry.queries)
    with ExitStack() as stack:
        base = stack.enter_context(
            running_service(
                registry.url,
                factory="benchmarks.lookup_app:app",
                anonymous_per_minute="1000000000",
                anonymous_misses_per_minute="1000000000",
            )
        )
        paths = [f"/v1/geocode?q={quote(text)}&limit={LIMIT}" for text in texts]
        _wait_until_loaded(base + paths[0])
        endpoints = [Endpoint("nothing", base, ["/bench/nothing"]), Endpoint("ours", base, paths)]
        if rival is not None:
            theirs = stack.enter_context(rival.served())
            asked = asyncio.run(_prepared_for_http(registry))
            endpoints.append(Endpoint("addok", theirs, addok_rival.paths(asked, limit=LIMIT)))
        found = compare(endpoints, connections=_CONNECTIONS, rounds=_ROUNDS)
    figures = [
        Figure("HTTP", found.requests_per_s("ours"), "per s"),
        Figure("HTTP / no-op route", found.ratio("ours"), "ratio", 0.35),
        Figure("HTTP p99", found.p99_ms("ours"), "ms"),
        Figure("no-op route", found.requests_per_s("nothing"), "per s"),
        Figure("unrest of the no-op rounds", found.unrest(), "max/min", 1.5, "lower"),
    ]
    if rival is not None:
        figures += [
            Figure("HTTP: addok", found.requests_per_s("addok"), "per s"),
            Figure("HTTP: ours / addok", found.ratio("ours", "addok"), "ratio", 6),
        ]
    return figures


def prepared(opened: Product, queries: Sequence[Query]) -> list[str]:
    """Write queries the way addok reads them best, with our parser: number glued, street, units.

    The province is left out: all addresses are of one, and its words, which every document has,
    only make addok slower.
    """
    return [_prepared(opened, query.text) for query in queries]


def _prepared(opened: Product, text: str) -> str:
    number, words = opened.for_addok(text)
    glued = addok_rival.glued(number) if number else ""
    return " ".join(word for word in (glued, *words) if word) or text


async def _prepared_for_http(registry: Loaded) -> list[str]:
    async with product.opened(registry.url) as opened:
        return prepared(opened, registry.queries)


def _pass_of_addok(rival: Rival, texts: Sequence[str]) -> Timed[str | None]:
    asking = rival.ask_in_process(texts, limit=LIMIT)
    try:
        seconds, codes = asking()
    finally:
        asking.close()
    return Timed(seconds, codes)


def _texts(queries: Sequence[Query]) -> list[str]:
    return [query.text for query in queries]


def _share_right(queries: Sequence[Query], codes: Sequence[str | None]) -> float:
    return share(code in query.truth for query, code in zip(queries, codes, strict=True))


def _top_1(who: str, queries: Sequence[Query], codes: Sequence[str | None]) -> list[Figure]:
    hits: dict[str, list[bool]] = defaultdict(list)
    for query, code in zip(queries, codes, strict=True):
        hits[query.category].append(code in query.truth)
    whole = Figure(f"first answer right: {who}", _share_right(queries, codes), "")
    return [
        whole,
        *(
            Figure(f"first answer right: {who}, {name}", share(hits[name]), "")
            for name in CATEGORIES
        ),
    ]


def _wait_until_loaded(url: str) -> None:
    """Wait for the worker's names: until then it answers 503."""
    deadline = time.monotonic() + _READY_S
    while True:
        try:
            with urlopen(url):  # noqa: S310 -- our own service
                return
        except HTTPError as error:
            if error.code != 503 or time.monotonic() > deadline:
                raise
        time.sleep(0.2)
