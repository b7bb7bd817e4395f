"""Three times as much as can be answered, for half a minute: what is still answered, and how soon.

Two workers. Points are asked for (an expensive search, so that who asks costs little beside it) at
fixed moments at three times the rate it can be answered, and beside it lookups at a modest pace,
which are in a lane of their own. Then the load ends, and it is watched how long it takes until
nothing is refused and lookups are as quick as before.
"""

from __future__ import annotations

import asyncio
import time
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass

import psycopg

from addrsvc.db.migrate import upgrade
from addrsvc.db.throw_away import throw_away_cluster
from benchmarks.figures import Figure
from benchmarks.http_rounds import running_service
from benchmarks.open_loop import Asker, Told
from benchmarks.processes import rss_mib, server_processes
from benchmarks.subjects.lookup import FILL

_ROWS = 20_000
_WORKERS = 2
_LOOKUPS_PER_S = 50
_LONGEST_RECOVERY_S = 60.0


@dataclass(slots=True)
class Measured:
    """What one run gave."""

    capacity_per_s: float
    calm: Told
    lookups: Told
    searches: Told
    recovery_s: float
    rss_before_mib: float
    rss_after_mib: float


def add_options(parser: ArgumentParser) -> None:
    """Say how long and how much."""
    parser.add_argument("--seconds", type=float, default=25)
    parser.add_argument("--times", type=float, default=3, help="of what can be answered")


def run(options: Namespace) -> list[Figure]:
    """Measure on a synthetic province."""
    with throw_away_cluster() as cluster:
        url = cluster.superuser_url()
        upgrade(url)
        codes = fill(url, _ROWS)
        with running_service(url, workers=_WORKERS, anonymous_per_minute="1000000000") as base:
            found = asyncio.run(measure(base, codes, options.seconds, options.times))
    return figures(found)


def fill(url: str, rows: int) -> list[str]:
    """Fill a database with synthetic addresses; give some of their codes."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(FILL.format(rows=rows).encode())
        conn.execute("VACUUM ANALYZE")
        found = conn.execute("SELECT code FROM address ORDER BY address_id LIMIT 2000").fetchall()
    return [row[0] for row in found]


async def measure(base: str, codes: list[str], seconds: float, times: float) -> Measured:
    """Load a running service and watch it."""
    asker = Asker(base)
    pids = server_processes(base)
    lookups = [f"/v1/addresses/{code}" for code in codes]
    searches = [f"/v1/reverse?lon={106.6 + i * 1e-6:.6f}&lat=10.9" for i in range(2000)]
    calm_s = min(4.0, seconds / 2)
    await asker.capacity(searches, at_once=8, seconds=calm_s)  # caches, plans, pools
    capacity = await asker.capacity(searches, at_once=16, seconds=calm_s)
    calm = await asker.flood(lookups, per_s=_LOOKUPS_PER_S, seconds=calm_s)
    before = rss_mib(pids)
    searched, looked = await asyncio.gather(
        asker.flood(searches, per_s=capacity * times, seconds=seconds),
        asker.flood(lookups, per_s=_LOOKUPS_PER_S, seconds=seconds),
    )
    recovery_s = await _recovery_s(asker, searches, lookups, calm.ms(95) * 2 + 20)
    after = rss_mib(pids)
    await asker.close()
    return Measured(capacity, calm, looked, searched, recovery_s, before, after)


async def _recovery_s(
    asker: Asker, searches: list[str], lookups: list[str], as_before_ms: float
) -> float:
    """Give how long it takes until nothing is refused and lookups are quick again."""
    began = time.perf_counter()
    while time.perf_counter() - began < _LONGEST_RECOVERY_S:
        searched, looked = await asyncio.gather(
            asker.flood(searches, per_s=10, seconds=1), asker.flood(lookups, per_s=50, seconds=1)
        )
        if searched.share(200) == looked.share(200) == 1 and looked.ms(95) <= as_before_ms:
            break
    return time.perf_counter() - began


def figures(found: Measured) -> list[Figure]:
    """Show a run."""
    return [
        Figure("searches that can be answered", found.capacity_per_s, "per s"),
        Figure("searches answered 200", found.searches.share(200), "share"),
        Figure("searches refused 503", found.searches.share(503), "share"),
        Figure("searches without an answer", found.searches.share(0), "share", 0, "lower"),
        Figure("accepted searches p50", found.searches.ms(50), "ms"),
        Figure("accepted searches p99", found.searches.ms(99), "ms", 2_000, "lower"),
        Figure("lookups answered 200 meanwhile", found.lookups.share(200), "share", 0.99),
        Figure("lookups p95 before", found.calm.ms(95), "ms"),
        Figure("lookups p95 meanwhile", found.lookups.ms(95), "ms", 500, "lower"),
        Figure("recovery", found.recovery_s, "s", 30, "lower"),
        Figure("memory before", found.rss_before_mib, "MiB"),
        Figure(
            "memory after / before",
            found.rss_after_mib / found.rss_before_mib,
            "ratio",
            1.25,
            "lower",
        ),
    ]
