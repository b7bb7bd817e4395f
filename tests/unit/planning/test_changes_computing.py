"""What became what, in square metres: known shapes, any grid of zones, zones that overlap."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.geo.measure import area_m2
from addrsvc.planning.changes.computing import (
    MOST_PAIRS,
    Cell,
    Pieces,
    TooCrowded,
    cells_of,
    left_over,
    overlay,
    summed,
)
from addrsvc.planning.changes.model import ChangeRow, Differences

Zones = Sequence[tuple[str, shapely.Geometry]]
WEST, SOUTH, STEP = 106.65, 10.95, 0.0002
CODES = ("ODT", "CLN", "LUC")


def square(column: float, line: float, width: float = 1, height: float = 1) -> shapely.Polygon:
    west, south = WEST + column * STEP, SOUTH + line * STEP
    return shapely.box(west, south, west + width * STEP, south + height * STEP)


def straight_m2(shape: shapely.Geometry) -> float:
    """Measure with edges that are straight in degrees, as they are; a geodesic bulges."""
    parts = shapely.get_parts(shapely.segmentize(shape, STEP / 10))
    return sum(area_m2(each) for each in parts if each.area)


def differences(after: Zones, before: Zones) -> Differences:
    new, old = Pieces.of(after), Pieces.of(before)
    found = summed(overlay(new, old))
    found |= summed(left_over(old, new))
    return Differences.of(found, before_m2=old.area_m2, after_m2=new.area_m2)


def table(found: Differences) -> dict[tuple[str | None, str | None], float]:
    return {(row.before, row.after): row.area_m2 for row in found.rows}


def test_a_strip_on_either_side_and_a_hole_are_told_to_the_square_metre() -> None:
    hole = square(0.25, 0.25, 0.5, 0.5)
    before = [("LUC", square(0, 0).difference(hole)), ("CLN", square(1, 0))]
    after = [("ODT", square(0, 0, 1.5, 1)), ("CLN", square(1.5, 0, 1.5, 1))]
    found = differences(after, before)
    ring_m2 = area_m2(square(0, 0).difference(hole))
    expected = {
        ("LUC", "ODT"): ring_m2,
        (None, "ODT"): area_m2(hole),
        ("CLN", "ODT"): area_m2(square(1, 0, 0.5, 1)),
        ("CLN", "CLN"): area_m2(square(1.5, 0, 0.5, 1)),
        (None, "CLN"): area_m2(square(2, 0)),
    }
    assert table(found) == pytest.approx(expected, rel=1e-6)
    assert found.unchanged_m2 == pytest.approx(expected["CLN", "CLN"], rel=1e-6)
    assert found.changed_m2 == pytest.approx(sum(expected.values()) - found.unchanged_m2, rel=1e-9)
    assert (found.before_twice_m2, found.after_twice_m2) == (0.0, 0.0)
    back = table(differences(before, after))
    assert back["CLN", None] == pytest.approx(expected[None, "CLN"], rel=1e-9)
    assert back["ODT", None] == pytest.approx(expected[None, "ODT"], rel=1e-9)


def test_with_nothing_before_all_is_new_and_with_nothing_after_all_is_gone() -> None:
    zones = [("ODT", square(0, 0)), ("CLN", square(1, 0))]
    assert [row.before for row in differences(zones, []).rows] == [None, None]
    gone = differences([], zones)
    assert [row.after for row in gone.rows] == [None, None]
    assert gone.rows[0].area_m2 == pytest.approx(area_m2(square(0, 0)), rel=1e-9)


def test_ground_that_zones_cover_twice_is_counted_twice_and_that_is_said() -> None:
    half = area_m2(square(0, 0, 0.5, 1))
    found = differences([("ODT", square(0, 0))], [("LUC", square(0, 0)), ("CLN", square(0.5, 0))])
    assert table(found) == pytest.approx(
        {("LUC", "ODT"): 2 * half, ("CLN", "ODT"): half, ("CLN", None): half}, rel=1e-6
    )
    assert found.before_twice_m2 == pytest.approx(half, rel=1e-6)
    assert found.after_twice_m2 == 0.0


def test_equal_borders_leave_no_slivers_and_long_edges_no_square_metres() -> None:
    wide = [("LUC", shapely.box(106.5, 10.9, 107.0, 11.3))]
    random = np.random.default_rng(5)
    points = shapely.points(random.uniform((106.5, 10.9), (107.0, 11.3), (300, 2)))
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=wide[0][1])
    )
    fine = [("ODT", shapely.intersection(each, wide[0][1])) for each in cells]
    found = differences(fine, wide)
    assert set(table(found)) == {("LUC", "ODT")}
    assert found.rows[0].area_m2 == pytest.approx(found.before_m2, rel=1e-9)
    assert found.rows[0].area_m2 == pytest.approx(found.after_m2, rel=1e-9)


def test_zones_stacked_by_the_thousand_are_refused_before_memory_is_gone() -> None:
    stack = [("ODT", square(0, 0))] * 800
    with pytest.raises(TooCrowded):
        differences(stack, stack)
    assert MOST_PAIRS < 800 * 800
    found = differences([("CLN", square(0, 0))], stack)
    assert found.before_twice_m2 == pytest.approx(799 * area_m2(square(0, 0)), rel=1e-6)


def test_a_zone_that_crosses_itself_is_cut_all_the_same() -> None:
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    bow = shapely.transform(bow, lambda xy: xy * STEP + (WEST, SOUTH))
    found = differences([("ODT", square(0, 0))], [("LUC", bow)])
    assert table(found)["LUC", "ODT"] == pytest.approx(area_m2(square(0, 0)) / 2, rel=1e-4)


edges = st.lists(st.integers(1, 11), max_size=4).map(lambda cuts: sorted({0, 12, *cuts}))


@st.composite
def grids(draw: st.DrawFn) -> Zones:
    """Give a grid of zones on the same ground, some left out."""
    columns, lines = draw(edges), draw(edges)
    zones = []
    for west, east in pairwise(columns):
        for south, north in pairwise(lines):
            code = draw(st.sampled_from([*CODES, None]))
            if code is not None:
                zones.append((code, square(west, south, east - west, north - south)))
    return zones


@given(grids(), grids())
def test_rows_add_up_to_each_land_use_of_both_sides(after: Zones, before: Zones) -> None:
    found = table(differences(after, before))
    for code in CODES:
        to = sum(area for pair, area in found.items() if pair[1] == code)
        of = sum(area for pair, area in found.items() if pair[0] == code)
        assert to == pytest.approx(sum(straight_m2(z) for c, z in after if c == code), rel=1e-6)
        assert of == pytest.approx(sum(straight_m2(z) for c, z in before if c == code), rel=1e-6)
        for other in CODES:
            alone = shapely.intersection(
                shapely.union_all([z for c, z in before if c == other]),
                shapely.union_all([z for c, z in after if c == code]),
            )
            expected = straight_m2(alone)
            assert found.get((other, code), 0.0) == pytest.approx(expected, rel=1e-6, abs=1e-3)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=60),
    st.integers(1, 10),
)
def test_every_corner_lies_in_one_cell(corners: list[tuple[int, int]], most: int) -> None:
    west = np.array([each[0] for each in corners], dtype=np.float64)
    south = np.array([each[1] for each in corners], dtype=np.float64)

    def inside(cell: Cell) -> int:
        is_in = (west >= cell[0]) & (west < cell[2]) & (south >= cell[1]) & (south < cell[3])
        spread = len({*zip(west[is_in], south[is_in], strict=True)})
        assert is_in.sum() <= most or spread == 1
        return int(is_in.sum())

    assert sum(map(inside, cells_of(west, south, most))) == len(corners)


def test_what_is_kept_is_read_again() -> None:
    rows = (ChangeRow(None, "ODT", 12.5, 3), ChangeRow("CLN", None, 1.0, 1))
    found = Differences(rows, 100.0, 200.0)
    assert Differences.from_json(found.to_json()) == found
