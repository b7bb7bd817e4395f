"""What one plan of 50,000 zones changes against another: found, counted and told, as workers do it.

    scripts/bench plan_changes                 50,000 zones each, 100,000 addresses
    scripts/bench plan_changes --zones 5000 --addresses 10000      for a smaller machine

The second plan is derived from the first, whose zones are cut from the real communes: a hundredth
of them each have another land use, are gone, are new, and are divided with another land use in one
half. A worker of its own process compares both and counts whom that concerns; then another one
leaves the events followers are told by. What is found has to be what was changed: square metres of
each pair of land uses, and the addresses a computation without the database finds on that ground.
Takes less than three minutes, one of which makes the zones.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import numpy as np
import psycopg
import shapely
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import command_line
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.rows import row
from addrsvc.db.throw_away import throw_away_cluster
from addrsvc.db.transaction import transaction
from addrsvc.dossiers.proposals.counting import count_linked
from addrsvc.planning.changes import comparing, repository, service
from addrsvc.planning.changes.model import Comparison, TellingAct
from addrsvc.queue.model import Task
from addrsvc.registry.lifecycle import LIVING
from addrsvc.settings import Settings
from addrsvc.worker.tasks import TASKS
from benchmarks.figures import Figure
from benchmarks.loaded import prepare_units
from benchmarks.plan_changing import Changed, change, sums_of
from benchmarks.plan_loading import load_plan
from benchmarks.plan_maker import areas_of, make_zones
from benchmarks.synthetic import communes, loading, registry

GATE = True

_SEED = 1
T = TypeVar("T")
_WHO = command_line("bench")
_NOISE_M2 = 0.01
"""Of a pair of land uses: what measuring in pieces makes of the same ground."""
_PLACES = """
SELECT ST_X(c.position), ST_Y(c.position)
FROM address_current c JOIN address a USING (address_id)
WHERE a.code IS NOT NULL AND c.status = any(%s) AND c.position IS NOT NULL
"""


def add_options(parser: ArgumentParser) -> None:
    """Declare what may be chosen."""
    parser.add_argument("--zones", type=int, default=50_000, help="zones of each plan")
    parser.add_argument("--addresses", type=int, default=100_000, help="synthetic addresses")


def run(arguments: Namespace) -> list[Figure]:
    """Compare two plans of the old province of Bình Dương."""
    areas = areas_of(communes.DATA / "binhduong_new_communes.geojson")
    zones = make_zones(areas, arguments.zones, _SEED)
    before, after, changed = change(zones, max(len(zones) // 100, 1), _SEED)
    with throw_away_cluster() as cluster:
        url = cluster.superuser_url()
        prepare_units(url)
        loading.load(url, registry.small(communes.binh_duong(), rows=arguments.addresses))
        ids = load_plan(url, after), load_plan(url, before)
        with psycopg.connect(url) as conn:
            places = np.array(conn.execute(_PLACES, [sorted(LIVING)]).fetchall(), dtype=float)
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as alone:
            compared = alone.submit(_worked, url, *ids).result()
            told = alone.submit(_told, url, *ids).result()
    return [
        Figure("zones", len(zones), "zones"),
        Figure("addresses", len(places), "addresses"),
        Figure("compared and counted in", compared.seconds, "s", 120, "lower"),
        Figure("processor time of that", compared.processor, "s"),
        Figure("of which counting takes", compared.counting, "s"),
        Figure("peak memory of the worker", compared.peak_mib, "MiB", 1_024, "lower"),
        *_found(changed, compared.comparison, places),
        Figure("told in", told.seconds, "s"),
        Figure("addresses told", told.addresses / told.seconds, "per s"),
        Figure(
            "addresses counted, not told",
            abs(_counted(compared.comparison) - told.addresses),
            "addresses",
            0,
            "lower",
        ),
    ]


def _found(changed: Sequence[Changed], comparison: Comparison, places: Any) -> list[Figure]:
    """Hold what was found against what was changed."""
    if comparison.differences is None:
        raise RuntimeError(comparison.state)
    planted = sums_of(changed)
    rows = [row for row in comparison.differences.rows if not row.is_unchanged]
    found = {(row.before, row.after): row.area_m2 for row in rows}
    off = {pair: abs(planted.get(pair, 0.0) - found.get(pair, 0.0)) for pair in {*planted, *found}}
    wrong = sorted((pair for pair in off if off[pair] > _NOISE_M2), key=lambda pair: -off[pair])
    for pair in wrong[:10]:
        print(f"{pair}: {planted.get(pair, 0.0):.4f} m² changed, {found.get(pair, 0.0):.4f} found")
    ground = shapely.STRtree([each.shape for each in changed])
    inside = np.unique(ground.query(shapely.points(places), predicate="intersects")[0])
    return [
        Figure("changes", len(changed), "zones"),
        Figure("pairs of land uses changed", len(planted), "pairs"),
        Figure("pairs found otherwise", len(wrong), "pairs", 0, "lower"),
        Figure("largest difference", max(off.values()), "m²", _NOISE_M2, "lower"),
        Figure("addresses on changed ground", len(inside), "addresses"),
        Figure(
            "addresses counted otherwise",
            abs(_counted(comparison) - len(inside)),
            "addresses",
            0,
            "lower",
        ),
    ]


def _counted(comparison: Comparison) -> int:
    return -1 if comparison.counts is None else comparison.counts.addresses


@dataclass(frozen=True, slots=True)
class _Worked:
    comparison: Comparison
    seconds: float
    processor: float
    """Of the worker alone; the database's is not in it."""
    counting: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class _Told:
    addresses: int
    seconds: float


def _peak_mib() -> float:
    """Give the most memory this process had; ``getrusage`` would tell of the one that began it."""
    said = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in said if line.startswith("VmHWM")) / 1024


def _worked(url: str, plan_id: int, before_id: int) -> _Worked:
    """Compare, as a worker does."""

    async def work(engine: AsyncEngine, settings: Settings, clock: SystemClock) -> _Worked:
        ids = [before_id]
        async with transaction(engine) as conn:
            number = await service.leave_comparison(conn, plan_id, ids, _WHO, clock.now())
        begun = time.perf_counter()
        await TASKS[Task.PLAN_CHANGES](engine, settings, clock, comparison_id=number)
        seconds = time.perf_counter() - begun
        used = resource.getrusage(resource.RUSAGE_SELF)
        processor = used.ru_utime + used.ru_stime
        begun = time.perf_counter()
        again = repository.Run(number, uuid4(), plan_id, (before_id,))
        await comparing._count(engine, again, count_linked)  # noqa: SLF001 -- to time it alone
        counting = time.perf_counter() - begun
        async with transaction(engine) as conn:
            found = await service.find_comparison(conn, plan_id, ids)
        return _Worked(found, seconds, processor, counting, _peak_mib())

    return _with_engine(url, work)


def _told(url: str, plan_id: int, before_id: int) -> _Told:
    """Tell followers, as a worker does."""

    async def work(engine: AsyncEngine, settings: Settings, clock: SystemClock) -> _Told:
        async with transaction(engine) as conn:
            await service.leave_telling(
                conn,
                plan_id,
                TellingAct.PUBLISH,
                before_ids=[before_id],
                after_ids=[plan_id],
                effective_on=date(2026, 6, 1),
                at=clock.now(),
            )
            left = await row(conn, "SELECT max(telling_id) AS telling_id FROM plan_telling", {})
        begun = time.perf_counter()
        number = (left or {})["telling_id"]
        await TASKS[Task.PLAN_TELLING](engine, settings, clock, telling_id=number)
        seconds = time.perf_counter() - begun
        async with transaction(engine) as conn:
            (telling,) = await service.list_tellings(conn, _WHO, plan_id) or []
        return _Told(telling.told, seconds)

    return _with_engine(url, work)


def _with_engine(url: str, work: Callable[[AsyncEngine, Settings, SystemClock], Awaitable[T]]) -> T:
    async def whole() -> T:
        settings = Settings.model_validate({"database_url": url})
        engine = make_engine(settings)
        try:
            return await work(engine, settings, SystemClock())
        finally:
            await engine.dispose()

    return asyncio.run(whole())
