"""OGC API Features at 286,947 addresses: pages however deep, windows, filters, days, counts.

    scripts/bench ogc                     100 rounds
    scripts/bench ogc --rounds 30 --keep FOLDER       the loaded cluster stays for the next run

One client asks one worker over HTTP by a key, and waits for each answer. Every round asks each
question once, in another order, and the route that does nothing beside them: times of a machine
that others use too are to be read beside that one's. Windows and codes are other ones in each
round. Takes two minutes, half of which loads the addresses.
"""

from __future__ import annotations

import asyncio
import math
import random
import statistics
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from addrsvc.ogc.parameters import cursor_of
from benchmarks.figures import Figure
from benchmarks.http_rounds import running_service
from benchmarks.loaded import Loaded, loaded, reading_key

_PLENTY = "1000000000"
_SEED = 7
_ROUNDS = 100
_ITEMS = "/ogc/collections/addresses/items"
_NOTHING = "no-op route"
_FIRST, _DEEP = "first page of 100", "page 2,000 of 100"
_AIM_MS = 100.0
"""A page at any depth."""
_STREET_DEG, _TOWN_DEG = 0.002, 0.05
_WHOLE = "106.3,10.8,107.1,11.6"
_DAY = "2026-02-01"

Ask = Callable[[random.Random], str]


def add_options(parser: ArgumentParser) -> None:
    """Declare what may be chosen."""
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="times each is asked")
    parser.add_argument("--keep", type=Path, help="folder in which the loaded cluster stays")


def run(arguments: Namespace) -> list[Figure]:
    """Measure on the province's synthetic registry."""
    with loaded("s", arguments.keep) as made:
        key = asyncio.run(reading_key(made.url))
        with running_service(
            made.url,
            factory="benchmarks.lookup_app:app",
            anonymous_per_minute=_PLENTY,
            known_per_minute=_PLENTY,
        ) as base:
            headers = {"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"}
            with httpx.Client(base_url=base, headers=headers, timeout=30) as client:
                took, refused = _asked(client, _questions(made), arguments.rounds)
    return [*_figures(took), Figure("refused as too long", refused, "", 0, "lower")]


def _questions(made: Loaded) -> dict[str, Ask]:
    """Give the questions by name: each makes a path, other ones in turn."""

    def items(**given: Any) -> str:
        return f"{_ITEMS}?{urlencode({'limit': 100, **given})}"

    def window(draw: random.Random, side_deg: float) -> str:
        at = draw.randrange(len(made.registry))
        lon, lat = float(made.registry.lon[at]), float(made.registry.lat[at])
        return f"{lon},{lat},{lon + side_deg},{lat + side_deg}"

    def ring(draw: random.Random) -> str:
        west, south, east, north = (float(each) for each in window(draw, _STREET_DEG).split(","))
        corners = ((west, south), (east, south), (east, north), (west, south))
        return f"POLYGON(({','.join(f'{x} {y}' for x, y in corners)}))"

    spoken = "accenti(casei(thoroughfare)) LIKE accenti(casei('%cach mang%'))"
    return {
        _NOTHING: lambda _: "/bench/nothing",
        _FIRST: lambda _: items(),
        _DEEP: lambda _: items(cursor=cursor_of(200_000)),
        "page of 1,000": lambda _: items(limit=1000),
        "window of a street": lambda draw: items(bbox=window(draw, _STREET_DEG)),
        "window of a town": lambda draw: items(bbox=window(draw, _TOWN_DEG)),
        "window of the province": lambda _: items(bbox=_WHOLE),
        "one by its code": lambda draw: f"{_ITEMS}/1{draw.randrange(1, 200_000):09d}",
        "a property": lambda draw: items(commune_code="25747", house_number=draw.randrange(1, 90)),
        "CQL2: a street without accents": lambda _: items(filter=spoken),
        "CQL2: a polygon": lambda draw: items(filter=f"S_INTERSECTS(geometry,{ring(draw)})"),
        "a day": lambda _: items(datetime=_DAY),
        "a day in a town": lambda draw: items(datetime=_DAY, bbox=window(draw, _TOWN_DEG)),
        "window of a town, estimated": lambda draw: items(
            bbox=window(draw, _TOWN_DEG), count="estimated"
        ),
        "window of a town, counted": lambda draw: items(
            bbox=window(draw, _TOWN_DEG), count="exact"
        ),
    }


def _asked(
    client: httpx.Client, questions: dict[str, Ask], rounds: int
) -> tuple[dict[str, list[float]], int]:
    """Ask each question once a round; give milliseconds each took, and how many were refused."""
    draw = random.Random(_SEED)  # noqa: S311 -- for choosing, not for secrets
    took: dict[str, list[float]] = {name: [] for name in questions}
    refused = 0
    for turn in range(rounds + 1):
        for name in draw.sample(list(questions), len(questions)):
            path = questions[name](draw)
            begun = time.perf_counter()
            answer = client.get(path)
            spent_ms = (time.perf_counter() - begun) * 1000
            if "/problems/asking-too-long" in answer.text:
                refused += 1
            elif answer.status_code not in {httpx.codes.OK, httpx.codes.NOT_FOUND}:
                raise RuntimeError(f"{name} failed: {answer.status_code} {answer.text[:300]}")
            if turn:  # connections and caches are there
                took[name].append(spent_ms)
    return took, refused


def _figures(took: dict[str, list[float]]) -> list[Figure]:
    figures = []
    nothing = took[_NOTHING]
    for name, spent in took.items():
        aim = _AIM_MS if name in {_FIRST, _DEEP} else None
        figures += [
            Figure(f"{name}: p50", statistics.median(spent), "ms"),
            Figure(f"{name}: p99", _p99(spent), "ms", aim, "lower"),
        ]
        if name != _NOTHING:
            figures.append(Figure(f"{name}: times the no-op route", _ratio(spent, nothing), "×"))
    flat = _ratio(took[_DEEP], took[_FIRST])
    return [*figures, Figure("page 2,000 to page 1", flat, "×", 1.25, "lower")]


def _ratio(spent: list[float], other: list[float]) -> float:
    return statistics.median(each / beside for each, beside in zip(spent, other, strict=True))


def _p99(spent: list[float]) -> float:
    return sorted(spent)[math.ceil(len(spent) * 0.99) - 1]
