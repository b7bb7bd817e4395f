"""The worker that compares plans: end to end, killed, taken over, out of date; all invented."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import psycopg
import pytest
import shapely
import sqlalchemy as sa
from planning_world import insert_plan
from psycopg.rows import dict_row
from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.auth.model import command_line
from addrsvc.clock import SystemClock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.geo.measure import area_m2
from addrsvc.planning.changes import computing, mending, service
from addrsvc.planning.changes.comparing import work_out
from addrsvc.planning.changes.model import Comparison, ComparisonState
from addrsvc.queue.model import Task
from addrsvc.settings import Settings
from addrsvc.worker.periodic import CONTINUOUS
from addrsvc.worker.running import FILES, run

pytestmark = pytest.mark.anyio

WHO = command_line("test")
STEP = 0.0005


def square(column: int, line: int = 0, width: int = 1) -> shapely.Polygon:
    west, south = 106.6 + column * STEP, 10.9 + line * STEP
    return shapely.box(west, south, west + width * STEP, south + STEP)


async def nobody(
    _conn: AsyncConnection, _ids: Sequence[int], _communes: Sequence[str]
) -> tuple[int, int, dict[str, int]]:
    return 0, 0, {}


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(service_settings(database_url))
    yield engine
    await engine.dispose()


@pytest.fixture
def pair(database_url: str) -> tuple[int, int]:
    """Give the numbers of an old plan of nine squares, and of a new one that moved by one."""
    old = [("CLN", square(n % 3, n // 3)) for n in range(9)]
    new = [("ODT" if n % 3 == 0 else "CLN", square(n % 3 + 1, n // 3)) for n in range(9)]
    first = insert_plan(database_url, old, status="superseded")
    return first, insert_plan(database_url, new, replaces=[first])


async def ask(engine: AsyncEngine, new: int, old: Sequence[int]) -> int:
    async with transaction(engine) as conn:
        return await service.leave_comparison(conn, new, old, WHO, SystemClock().now())


async def known(engine: AsyncEngine, new: int, old: Sequence[int]) -> Comparison:
    async with transaction(engine) as conn:
        return await service.find_comparison(conn, new, old)


async def compare(engine: AsyncEngine, number: int) -> None:
    settings = Settings()
    await work_out(
        engine, settings, SystemClock(), comparison_id=number, count_linked=nobody, cell_pieces=2
    )


def pieces(url: str) -> list[dict[str, Any]]:
    with psycopg.connect(url, row_factory=dict_row) as conn:
        return conn.execute(
            "SELECT before_code, after_code, area_m2, ST_Area(shape::geography) AS measured,"
            " ST_Contains(ST_MakeEnvelope(106.6, 10.9, 106.61, 10.91, 4326), shape) AS is_there"
            " FROM planning_change ORDER BY 1 NULLS FIRST, 2 NULLS FIRST"
        ).fetchall()


def rows_of(found: Comparison) -> dict[tuple[str | None, str | None], float]:
    assert found.differences is not None
    return {(row.before, row.after): row.area_m2 for row in found.differences.rows}


async def test_a_worker_works_out_what_is_asked_for(
    database_url: str, engine: AsyncEngine, pair: tuple[int, int]
) -> None:
    old, new = pair
    assert (await known(engine, new, [old])).state is ComparisonState.NONE
    await ask(engine, new, [old])
    assert (await known(engine, new, [old])).state is ComparisonState.WAITING
    working = asyncio.create_task(run(service_settings(database_url), SystemClock(), FILES))
    async with asyncio.timeout(60):
        while (await known(engine, new, [old])).state is not ComparisonState.DONE:
            await asyncio.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)
        assert await working
    found = await known(engine, new, [old])
    one = area_m2(square(0, 1))
    three = {("CLN", None), ("CLN", "ODT"), ("CLN", "CLN"), (None, "CLN")}
    assert rows_of(found) == pytest.approx(dict.fromkeys(three, 3 * one), rel=1e-5)
    assert found.differences is not None
    assert found.differences.after_m2 == pytest.approx(9 * one, rel=1e-5)
    assert found.counts is not None
    assert found.counts.addresses == 0
    drawn = pieces(database_url)
    assert len(drawn) == 9, "what stays as it is has no shape"
    assert all(each["is_there"] for each in drawn)
    assert all(each["area_m2"] == pytest.approx(each["measured"], rel=1e-6) for each in drawn)


async def test_one_killed_anywhere_begins_anew_and_one_overtaken_leaves_nothing(
    database_url: str, engine: AsyncEngine, pair: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = pair
    number = await ask(engine, new, [old])
    cells = 0

    def once_more(lay: Any) -> Any:
        def counted(ours: Any, others: Any) -> Any:
            nonlocal cells
            cells += 1
            if cells in killed_at:
                raise asyncio.CancelledError
            return lay(ours, others)

        return counted

    monkeypatch.setattr("addrsvc.planning.changes.comparing.overlay", once_more(computing.overlay))
    killed_at = {1, 4}
    for _ in killed_at:
        with pytest.raises(asyncio.CancelledError):
            await compare(engine, number)
        assert (await known(engine, new, [old])).state is ComparisonState.WORKING
    # two at once: the later takes over
    killed_at = set()
    await asyncio.gather(*(compare(engine, number) for _ in range(3)))
    found = await known(engine, new, [old])
    assert found.state is ComparisonState.DONE
    assert len(pieces(database_url)) == 9
    assert len(rows_of(found)) == 4


async def test_it_says_when_it_is_out_of_date_or_cannot_be(
    database_url: str, engine: AsyncEngine, pair: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = pair
    await compare(engine, await ask(engine, new, [old]))
    assert (await known(engine, new, [old, old])).state is ComparisonState.DONE
    async with transaction(engine) as conn:  # stored anew, as if from the same file
        for statement in (
            "CREATE TEMPORARY TABLE kept AS SELECT * FROM planning_zone",
            "DELETE FROM planning_zone WHERE plan_id = :new",
            (
                "INSERT INTO planning_zone (plan_id, n, code, area_m2, shape)"
                " SELECT plan_id, n, 'LUC', area_m2, shape FROM kept WHERE plan_id = :new"
            ),
            (
                "INSERT INTO planning_piece SELECT plan_id, zone_id, (ST_Dump(shape)).geom"
                " FROM planning_zone WHERE plan_id = :new"
            ),
        ):
            await conn.execute(sa.text(statement), {"new": new} if ":new" in statement else {})
        found = await service.find_comparison(conn, new, [old])
        assert (found.state, found.differences) == (ComparisonState.STALE, None)
        assert await service.counts_of(conn, new, [old]) is None
        again = await service.ensure_comparison(conn, new, [old], WHO, SystemClock().now())
        assert again.state is ComparisonState.WAITING
    await compare(engine, found.comparison_id or 0)
    assert set(rows_of(await known(engine, new, [old]))) == {
        ("CLN", "LUC"),
        ("CLN", None),
        (None, "LUC"),
    }

    def broken(_ours: Any, _others: Any) -> Any:
        raise shapely.GEOSException("TopologyException")

    monkeypatch.setattr("addrsvc.planning.changes.comparing.overlay", broken)
    await compare(engine, await ask(engine, new, [old]))
    failed = await known(engine, new, [old])
    assert failed.state is ComparisonState.FAILED
    assert failed.problem is not None
    assert failed.problem["slug"] == "plan-comparison-impossible"
    await compare(engine, 999_999)  # of a comparison that is gone


async def test_one_whose_task_fails_each_time_says_so_and_begins_again_when_asked(
    database_url: str, engine: AsyncEngine, pair: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = pair
    tried = 0

    async def fail(*_: object, comparison_id: int) -> None:
        nonlocal tried
        tried += 1
        raise ValueError(comparison_id)

    monkeypatch.setattr(mending, "MEND_S", 0.05)
    hurried = service_settings(database_url, worker_retry_s=0.01)
    (mend,) = (each for each in CONTINUOUS if each.run is mending.keep_mending)
    failing = replace(FILES, tasks={Task.PLAN_CHANGES: fail}, continuous=[mend])
    number = await ask(engine, new, [old])
    working = asyncio.create_task(run(hurried, SystemClock(), failing))
    async with asyncio.timeout(60):
        while (await known(engine, new, [old])).state is not ComparisonState.FAILED:
            await asyncio.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)
        assert await working
    found = await known(engine, new, [old])
    assert found.problem is not None
    assert found.problem["slug"] == "plan-comparison-given-up"
    assert f"{number}" in found.problem["detail"]["vi"]
    assert tried == 4

    await ask(engine, new, [old])
    await mending.mend_lost(engine)  # the job that failed stands beside the new one
    again = await known(engine, new, [old])
    assert (again.state, again.problem) == (ComparisonState.WAITING, None)
    await compare(engine, number)
    assert (await known(engine, new, [old])).state is ComparisonState.DONE
    await mending.mend_lost(engine)
    assert (await known(engine, new, [old])).state is ComparisonState.DONE


async def test_one_whose_work_is_lost_is_left_to_a_worker_again(
    database_url: str, engine: AsyncEngine, pair: tuple[int, int]
) -> None:
    def jobs() -> list[Any]:
        with psycopg.connect(database_url) as conn:
            return conn.execute(
                "SELECT args->>'comparison_id' FROM queue.procrastinate_jobs"
            ).fetchall()

    old, new = pair
    number = await ask(engine, new, [old])
    await mending.mend_lost(engine)
    assert jobs() == [(str(number),)]
    with psycopg.connect(database_url) as conn:
        conn.execute("DELETE FROM queue.procrastinate_jobs")
    await mending.mend_lost(engine)
    assert jobs() == [(str(number),)]
