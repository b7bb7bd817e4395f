"""Completing names while they are typed, and addresses around a point: single calls."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
import uvloop

from addrsvc.types import LonLat
from benchmarks import product
from benchmarks.figures import Figure
from benchmarks.loaded import Loaded
from benchmarks.passes import best_of, one_pass, percentile_ms
from benchmarks.synthetic.folding import fold

_PASSES = 3
_NAMES = 300
_POINTS = 1_000
_OFFSET_DEG = 0.0005

_RANGE_TABLE = """
CREATE TABLE IF NOT EXISTS bench_name AS
SELECT (replace(c.base_key, ':', ' ') || ' ' || u.name_key) COLLATE "C" AS label,
       count(*) AS addresses
  FROM address_current c
  JOIN admin_unit u ON u.code = c.commune_code AND u.valid_from = c.commune_valid_from
 WHERE c.base_key IS NOT NULL
 GROUP BY 1;
CREATE INDEX IF NOT EXISTS bench_name_label_idx ON bench_name (label);
ANALYZE bench_name;
"""
_RANGE = """
SELECT label FROM bench_name WHERE label >= %s AND label < %s ORDER BY addresses DESC LIMIT 8
"""


@dataclass(frozen=True, slots=True)
class Others:
    """Milliseconds, best of three passes; ``first``: the first pass of a new worker."""

    complete_p99_ms: float
    complete_first_p99_ms: float
    range_p99_ms: float
    """Of the SQL variant: a range of an index over names and communes, the busiest first."""
    reverse_p50_ms: float
    reverse_p99_ms: float


def measure_others(registry: Loaded) -> Others:
    """Measure both on one registry."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_measured(registry))


def other_figures(name: str, others: Others) -> list[Figure]:
    """Show what was measured on one registry."""
    share = others.complete_p99_ms / others.range_p99_ms
    return [
        Figure(f"{name}: autocomplete p99", others.complete_p99_ms, "ms"),
        Figure(f"{name}: autocomplete p99, new worker", others.complete_first_p99_ms, "ms"),
        Figure(f"{name}: autocomplete by SQL range, p99", others.range_p99_ms, "ms"),
        Figure(f"{name}: autocomplete p99 / SQL range", share, "ratio", 0.05, "lower"),
        Figure(f"{name}: reverse p50", others.reverse_p50_ms, "ms"),
        Figure(f"{name}: reverse p99", others.reverse_p99_ms, "ms"),
    ]


async def _measured(registry: Loaded) -> Others:
    typed = keystrokes(_names(registry))
    with psycopg.connect(registry.url, autocommit=True) as conn:
        conn.execute(_RANGE_TABLE.encode())
    async with product.opened(registry.url) as opened:
        first = await one_pass(opened.complete, typed)
        again = await best_of(opened.complete, typed, passes=_PASSES)
        around = await best_of(opened.whereabouts, _points(registry), passes=_PASSES)
    async with await psycopg.AsyncConnection.connect(registry.url, autocommit=True) as door:
        door.prepare_threshold = 0

        async def ranged(text: str) -> object:
            prefix = fold(text)
            cursor = await door.execute(_RANGE.encode(), [prefix, prefix + "\uffff"])
            return await cursor.fetchall()

        by_range = await best_of(ranged, typed, passes=_PASSES)
    return Others(
        percentile_ms(again.seconds, 99),
        percentile_ms(first.seconds, 99),
        percentile_ms(by_range.seconds, 99),
        percentile_ms(around.seconds, 50),
        percentile_ms(around.seconds, 99),
    )


def keystrokes(names: Sequence[str]) -> list[str]:
    """Give every text on the way to each name.

    >>> keystrokes(["Lê"])
    ['L', 'Lê']
    """
    return [name[:end] for name in names for end in range(1, len(name) + 1)]


def _names(registry: Loaded) -> list[str]:
    draw = random.Random(300)  # noqa: S311 -- no secret
    rows = draw.sample(range(len(registry.registry)), _NAMES)
    return [registry.registry.bases[int(registry.registry.base[row])].name for row in rows]


def _points(registry: Loaded) -> list[LonLat]:
    draw = random.Random(1000)  # noqa: S311 -- no secret
    made = registry.registry
    return [
        LonLat(
            float(made.lon[row]) + draw.uniform(-_OFFSET_DEG, _OFFSET_DEG),
            float(made.lat[row]) + draw.uniform(-_OFFSET_DEG, _OFFSET_DEG),
        )
        for row in draw.sample(range(len(made)), _POINTS)
    ]
