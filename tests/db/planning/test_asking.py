"""What plans say of points and plots: edges, accuracies, past days, conflicts; by the indexes.

All plans are invented.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import psycopg
import pyproj
import pytest
import shapely
from planning_world import insert_plan
from shapely import affinity

from addrsvc.planning.asking import (
    MAX_PLOT_M2,
    QUERIES,
    AskedPoint,
    ask_area,
    ask_point,
    ask_points,
)
from addrsvc.planning.asking_errors import PlotTooComplex, PlotTooLarge, TooManyZonesMet
from addrsvc.planning.model import Planned
from addrsvc.planning.overlaying import Zone, measure_m2, overlay
from addrsvc.types import LonLat

WEST, SOUTH, STEP = 106.6, 10.9, 0.001
SIDE = 80
"""Zones of a side: about 9 km."""
BEGUN = date(2026, 1, 5)
TODAY = date(2026, 6, 1)
FORMER = date(2025, 6, 1)
METRE = 1 / 110_600
"""Degrees of latitude, about."""


def box(x: float, y: float, width: float = 1, height: float = 1) -> shapely.Polygon:
    west, south = WEST + x * STEP, SOUTH + y * STEP
    return shapely.box(west, south, west + width * STEP, south + height * STEP)


CODES = ("ODT", "CLN", "DGT", "LUC")


@pytest.fixture(scope="module")
def url(clone_database: Any, template_db: str) -> Iterator[str]:
    """Give 6,400 zones in force, those before them, and plans of other kinds and days."""
    grid = [(CODES[(x + y) % 4], box(x, y)) for x in range(SIDE) for y in range(SIDE)]
    with clone_database(template_db) as url:
        former = [("LUC", box(0, 0, SIDE, SIDE))]
        past = {"status": "superseded", "valid_from": date(2021, 1, 1), "valid_to": BEGUN}
        old = insert_plan(url, former, name="Trước đây (bịa)", **past)
        insert_plan(url, grid, name="Nay (bịa)", replaces=[old])
        # crooked zones, one of them over its neighbours
        over = [("ODT", box(3, 3, 4, 2)), ("XYZ", affinity.rotate(box(5, 3, 3, 3), 20))]
        insert_plan(url, over, name="Chi tiết (bịa)", kind="detail", scale=500)
        insert_plan(url, [("CLN", box(20, 20, 2, 2))], name="Tỉnh (bịa)", level="province")
        insert_plan(url, [("CAN", box(0, 0, SIDE, SIDE))], status="draft", name="Nháp (bịa)")
        gone = {"status": "withdrawn", "valid_to": date(2026, 3, 1)}
        insert_plan(url, [("TMD", box(0, 0, 2, 2))], name="Thu hồi (bịa)", kind="zoning", **gone)
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute("VACUUM ANALYZE")
        yield url


class Counting(psycopg.AsyncConnection[Any]):
    """Counts what it is asked."""

    asked = 0

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        Counting.asked += 1
        return super().cursor(*args, **kwargs)


@pytest.fixture
async def conn(url: str) -> AsyncIterator[Counting]:
    """Give a connection of the read door's kind."""
    async with await Counting.connect(url, autocommit=True) as conn:
        Counting.asked = 0
        yield conn


def said(planned: Planned) -> dict[str, list[str]]:
    return {
        each.plan.described.name.partition(" (")[0]: [share.code for share in each.shares]
        for each in planned.plans
    }


def at(x: float, y: float) -> LonLat:
    return LonLat(WEST + x * STEP, SOUTH + y * STEP)


@pytest.mark.anyio
async def test_a_point_in_the_middle_and_on_edges(conn: Counting) -> None:
    planned = await ask_point(conn, at(10.5, 10.5), None, TODAY, "vi")
    assert said(planned) == {"Nay": ["ODT"]}
    (share,) = planned.plans[0].shares
    assert (share.name, share.zones, share.area_m2) == ("Đất ở tại đô thị", 1, None)
    assert (await ask_point(conn, at(10.5, 10.5), None, TODAY, "en")).plans[0].shares[0].name
    assert planned.is_synthetic
    assert planned.area_m2 is None
    assert said(await ask_point(conn, at(10.5, 11), None, TODAY, "vi")) == {"Nay": ["CLN", "ODT"]}
    corner = await ask_point(conn, at(11, 11), None, TODAY, "vi")
    assert said(corner) == {"Nay": ["CLN", "DGT", "ODT"]}
    assert [share.zones for share in corner.plans[0].shares] == [2, 1, 1]
    # half a centimetre off it is on the edge, two centimetres off it is not
    almost, beside = (
        LonLat(at(10.5, 11).lon, at(10.5, 11).lat - metres * METRE) for metres in (0.005, 0.02)
    )
    assert said(await ask_point(conn, almost, None, TODAY, "vi")) == {"Nay": ["CLN", "ODT"]}
    assert said(await ask_point(conn, beside, None, TODAY, "vi")) == {"Nay": ["ODT"]}
    assert (await ask_point(conn, LonLat(105, 20), 50.0, TODAY, "vi")).plans == ()


@pytest.mark.anyio
async def test_what_begins_within_the_accuracy_is_told_with_its_distance(conn: Counting) -> None:
    point, geod = at(10.9, 10.6), pyproj.Geod(ellps="WGS84")
    to_edge = geod.inv(point.lon, point.lat, at(11, 10.6).lon, point.lat)[2]
    to_north = geod.inv(point.lon, point.lat, point.lon, at(10.9, 11).lat)[2]
    to_corner = geod.inv(point.lon, point.lat, *(at(11, 11).lon, at(11, 11).lat))[2]
    # CLN in the east and north, DGT beyond the corner
    for accuracy, expected in (
        (to_edge - 0.01, {}),
        (to_edge + 0.01, {"CLN": to_edge}),
        (to_corner - 0.01, {"CLN": to_edge}),
        (to_corner + 0.01, {"CLN": to_edge, "DGT": to_corner}),
    ):
        planned = await ask_point(conn, point, accuracy, TODAY, "vi")
        near = {each.code: each.distance_m for each in planned.plans[0].near}
        assert near == pytest.approx(expected, abs=0.005)
        assert list(near) == list(expected)
        assert said(planned) == {"Nay": ["ODT"]}
    assert to_edge < to_north < to_corner
    beyond = await ask_point(conn, at(-0.1, 0.5), 20.0, TODAY, "vi")
    assert said(beyond) == {"Nay": []}
    assert [each.code for each in beyond.plans[0].near] == ["ODT"]


@pytest.mark.anyio
async def test_each_day_has_its_plans_and_drafts_none(conn: Counting) -> None:
    async def names(day: date) -> set[str]:
        return set(said(await ask_point(conn, at(0.5, 0.5), None, day, "vi")))

    assert await names(FORMER) == {"Trước đây"}
    assert await names(BEGUN - timedelta(days=1)) == {"Trước đây"}
    assert await names(BEGUN) == {"Nay", "Thu hồi"}
    assert await names(date(2026, 2, 28)) == {"Nay", "Thu hồi"}
    assert await names(date(2026, 3, 1)) == {"Nay"}
    assert await names(date(2020, 1, 1)) == set()
    area = await ask_area(conn, shapely.MultiPolygon([box(0, 0, 2, 2)]), FORMER, "vi")
    assert said(area) == {"Trước đây": ["LUC"]}


@pytest.mark.anyio
async def test_plans_of_one_kind_conflict_where_they_differ(conn: Counting) -> None:
    # the province says CLN over 2 × 2 zones of ODT, CLN, CLN, DGT
    point = await ask_point(conn, at(20.5, 20.5), None, TODAY, "vi")
    assert [(each.code, each.other_code) for each in point.conflicts] == [("CLN", "ODT")]
    same = await ask_point(conn, at(21.5, 20.5), None, TODAY, "vi")
    assert (len(same.plans), same.conflicts) == (2, ())
    edge = await ask_point(conn, at(21, 20.5), None, TODAY, "vi")
    assert edge.conflicts == ()
    plot = await ask_area(conn, shapely.MultiPolygon([box(20, 20, 2, 2)]), TODAY, "vi")
    found = {(each.code, each.other_code): each.area_m2 for each in plot.conflicts}
    expected = {
        ("CLN", "ODT"): measure_m2(box(20, 20)),
        ("CLN", "DGT"): measure_m2(box(21, 21)),
    }
    assert found == pytest.approx(expected, rel=1e-6)
    # another kind of plan holds beside it
    detail = await ask_point(conn, at(3.5, 3.5), None, TODAY, "vi")
    assert list(said(detail)) == ["Chi tiết", "Nay"]
    assert detail.conflicts == ()
    # what the file says stands for a code no list knows
    labelled = (await ask_point(conn, at(6.5, 5.5), None, TODAY, "vi")).plans[0].shares
    assert [(each.code, each.name) for each in labelled] == [("XYZ", "XYZ 2")]


@pytest.mark.anyio
async def test_plots_are_laid_over_pieces_as_over_zones(conn: Counting) -> None:
    random = np.random.default_rng(11)
    over = [("ODT", box(3, 3, 4, 2)), ("XYZ", affinity.rotate(box(5, 3, 3, 3), 20))]
    zones = [Zone(n, code, shape) for n, (code, shape) in enumerate(over)]
    for _ in range(10):
        plot = affinity.rotate(
            box(*random.uniform(3, 6, 2), *random.uniform(0.2, 4, 2)), random.uniform(0, 90)
        )
        planned = await ask_area(conn, shapely.MultiPolygon([plot]), TODAY, "vi")
        expected = overlay(plot, zones)
        if expected.shares:
            detail, whole = planned.plans
            told = {each.code: each.area_m2 for each in detail.shares}
            assert told == pytest.approx(
                {code: part.area_m2 for code, part in expected.shares.items()}, rel=1e-6, abs=1e-6
            )
            assert detail.uncovered_m2 == pytest.approx(expected.uncovered_m2, rel=1e-6, abs=1e-6)
            assert detail.overlapping_m2 == pytest.approx(
                expected.overlapping_m2, rel=1e-6, abs=1e-6
            )
        else:
            (whole,) = planned.plans
        shares = sum(each.percent or 0 for each in whole.shares)
        assert shares == pytest.approx(100, rel=1e-6)
        assert whole.uncovered_m2 == pytest.approx(0, abs=1e-3)
        assert plot.contains(shapely.Point(planned.lon, planned.lat))


@pytest.mark.anyio
async def test_plots_have_bounds(conn: Counting) -> None:
    whole = shapely.MultiPolygon([box(0, 0, SIDE - 1, SIDE - 1)])
    assert measure_m2(whole) < MAX_PLOT_M2
    with pytest.raises(TooManyZonesMet, match="5000"):
        await ask_area(conn, whole, TODAY, "vi")
    with pytest.raises(PlotTooLarge, match="Divide it"):
        await ask_area(conn, shapely.MultiPolygon([box(0, 0, 200, 200)]), TODAY, "vi")
    teeth = [
        (WEST + n * SIDE / 2_000 * STEP, SOUTH + (60 if n % 2 else 0.5) * STEP)
        for n in range(2_001)
    ]
    comb = shapely.Polygon([*teeth, (WEST + SIDE * STEP, SOUTH), (WEST, SOUTH)])
    with pytest.raises(PlotTooComplex, match="2004"):
        await ask_area(conn, shapely.MultiPolygon([comb]), TODAY, "vi")
    few = await ask_area(conn, shapely.MultiPolygon([box(0, 0, 60, 60)]), TODAY, "vi")
    assert sum(each.zones for each in few.plans[-1].shares) == 60 * 60


@pytest.mark.anyio
async def test_two_statements_answer_however_many_points_and_zones(conn: Counting) -> None:
    await ask_area(conn, shapely.MultiPolygon([box(1, 1, 10, 10)]), TODAY, "vi")
    assert Counting.asked == 2
    random = np.random.default_rng(13)
    points = [
        AskedPoint(at(float(x), float(y)), 30.0) for x, y in random.uniform(-1, SIDE + 1, (60, 2))
    ]
    Counting.asked = 0
    many = await ask_points(conn, points, TODAY, "vi")
    assert Counting.asked == 2
    alone = [await ask_point(conn, each.point, each.accuracy_m, TODAY, "vi") for each in points]
    assert many == alone
    Counting.asked = 0
    assert await ask_points(conn, [], TODAY, "vi") == []
    assert Counting.asked == 0


def test_the_plans_walk_the_spatial_index(url: str) -> None:
    point = at(10.5, 10.5)
    asked: dict[str, dict[str, Any]] = {
        "uses_at_points": {
            "ns": list(range(100)),
            "lons": [point.lon] * 100,
            "lats": [point.lat] * 100,
            "radii_m": [10.0] * 100,
            "edge_deg": 1e-7,
            "day": TODAY,
        },
        "pieces_in_plot": {"plot": shapely.to_wkb(box(3, 3)), "day": TODAY, "limit": 30_001},
    }
    with psycopg.connect(url) as conn:
        for name, params in asked.items():
            for plans in ("force_custom_plan", "force_generic_plan"):
                conn.execute(f"SET plan_cache_mode = {plans}".encode())
                statement = f"EXPLAIN (FORMAT JSON) {QUERIES[name]}"
                told = json.dumps(conn.execute(statement.encode(), params).fetchall())
                assert "planning_piece_piece_idx" in told, (name, plans)
                for table in ("planning_piece", "planning_zone"):
                    assert not re.search(rf'"Seq Scan"[^{{}}]*"Relation Name": "{table}"', told), (
                        name,
                        plans,
                        told,
                    )
