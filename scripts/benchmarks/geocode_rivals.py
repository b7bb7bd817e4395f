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
_KIND = "addok, given no more than street and commune"
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
    rates: dict[str, list[float]] = defaultdict(list)
    async with product.opened(registry.url) as opened:
        gc.collect()
        gc.freeze()  # as the service does once it has started
        await one_pass(opened.geocode, _texts(registry.queries))
        for turn in range(_ROUNDS):
            fresh = registry.other_queries(_FIRST_SEED + turn)
            rates["ours"].append((await one_pass(opened.geocode, _texts(fresh))).per_s)
            for name, told in _ask_addok(opened, rival, fresh).items():
                rates[name].append(told.per_s)
        answers = await one_pass(opened.geocode, _texts(registry.queries))
        theirs = _ask_addok(opened, rival, registry.queries)
    figures = [
        Figure("in process", statistics.median(rates["ours"]), "queries/s", 1_800),
        *_top_1("ours", registry.queries, answers.results),
    ]
    right = _share_right(registry.queries, answers.results)
    for name, told in theirs.items():
        pairs = zip(rates["ours"], rates[name], strict=True)
        ratio = statistics.median(mine / their for mine, their in pairs)
        lead = right - _share_right(registry.queries, told.results)
        aims = (None, None) if name == _KIND else (10, 0.04)
        figures += [
            Figure(f"in process: {name}", statistics.median(rates[name]), "queries/s"),
            Figure(f"in process: ours / {name}", ratio, "ratio", aims[0]),
            *_top_1(name, registry.queries, told.results),
            Figure(f"first answer right: ours − {name}", lead, "", aims[1]),
        ]
    return figures


def _ask_addok(
    opened: Product, rival: Rival | None, queries: Sequence[Query]
) -> dict[str, Timed[str | None]]:
    """Ask addok the same queries, written in each way; nothing where there is no addok."""
    if rival is None:
        return {}
    texts = _for_addok(opened, queries)
    return {name: _pass_of_addok(rival, written) for name, written in texts.items()}


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


def _for_addok(opened: Product, queries: Sequence[Query]) -> dict[str, list[str]]:
    """Write queries for addok in both ways, see ``addok_rival``."""
    return {
        "addok": [_prepared(opened, query.text, only_street=False) for query in queries],
        _KIND: [_prepared(opened, query.text, only_street=True) for query in queries],
    }


def _prepared(opened: Product, text: str, *, only_street: bool) -> str:
    number, words = opened.for_addok(text, only_street=only_street)
    glued = addok_rival.glued(number) if number else ""
    return " ".join(word for word in (glued, *words) if word) or text


async def _prepared_for_http(registry: Loaded) -> list[str]:
    async with product.opened(registry.url) as opened:
        return _for_addok(opened, registry.queries)["addok"]


async def prepared_for_addok(registry: Loaded, texts: Sequence[str]) -> list[str]:
    """Write texts for addok, see ``addok_rival``."""
    async with product.opened(registry.url) as opened:
        return [_prepared(opened, text, only_street=False) for text in texts]


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
