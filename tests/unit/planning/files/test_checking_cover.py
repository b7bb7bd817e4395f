"""Overlaps and gaps: known ones to the square metre, any others against pairs cut one by one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import shapely
from benchmarks.plan_cutting import cut
from hypothesis import given, settings
from hypothesis import strategies as st

from addrsvc.geo.areas import areas_m2
from addrsvc.planning.files.checking_cover import cover_of

STEP = 0.0001


def box(x: float, y: float, width: float, height: float) -> shapely.Polygon:
    west, south = 106.65 + x * STEP, 10.95 + y * STEP
    return shapely.box(west, south, west + width * STEP, south + height * STEP)


def m2(shape: shapely.Geometry) -> float:
    return float(areas_m2(np.array([shape]))[0])


def test_two_squares_overlap_by_a_known_area() -> None:
    cover = cover_of(np.array([box(0, 0, 10, 10), box(8, 0, 10, 10)]))
    (overlap,) = cover.overlaps
    assert (overlap.one, overlap.other) == (0, 1)
    assert overlap.area_m2 == pytest.approx(m2(box(8, 0, 2, 10)), rel=1e-6)
    assert cover.overlap_m2 == pytest.approx(overlap.area_m2, rel=1e-9)
    assert len(cover.gaps) == 0


def test_ground_covered_three_times_counts_once_and_in_three_pairs() -> None:
    cover = cover_of(np.array([box(0, 0, 10, 10), box(0, 0, 10, 10), box(5, 0, 10, 10)]))
    assert [(each.one, each.other) for each in cover.overlaps] == [(0, 1), (0, 2), (1, 2)]
    assert cover.overlap_m2 == pytest.approx(m2(box(0, 0, 10, 10)), rel=1e-6)


def test_copies_cover_ground_but_are_in_no_pair() -> None:
    cover = cover_of(np.array([box(0, 0, 10, 10)] * 40 + [box(5, 0, 10, 10)]), range(1, 40))
    assert [(each.one, each.other) for each in cover.overlaps] == [(0, 40)]
    assert cover.overlap_m2 == pytest.approx(m2(box(0, 0, 10, 10)), rel=1e-6)


def test_pairs_are_right_where_edges_cancel_under_a_third_zone() -> None:
    cover = cover_of(np.array([box(0, 0, 10, 10), box(0, 0, 20, 10), box(10, 0, 10, 10)]))
    assert [(each.one, each.other) for each in cover.overlaps] == [(0, 1), (1, 2)]


def test_a_ring_of_zones_has_a_gap_in_its_midst_and_none_outside() -> None:
    zones = [box(0, 0, 30, 10), box(0, 20, 30, 10), box(0, 10, 10, 10), box(20, 10, 10, 10)]
    cover = cover_of(np.array(zones))
    assert cover.gap_areas_m2.tolist() == pytest.approx([m2(box(10, 10, 10, 10))], rel=1e-6)
    assert cover.overlaps == []


def test_a_filled_hole_is_no_gap_and_no_overlap() -> None:
    pierced = shapely.Polygon(box(0, 0, 30, 30).exterior, [box(10, 10, 10, 10).exterior])
    cover = cover_of(np.array([pierced, box(10, 10, 10, 10)]))
    assert (cover.overlaps, len(cover.gaps)) == ([], 0)
    assert len(cover_of(np.array([pierced])).gaps) == 1


def test_rounding_and_missing_vertices_are_no_faults() -> None:
    """Vertices on an edge that the other side lacks are nobody's mistake."""
    upper = [box(x, 10, 10 / 3, 10) for x in (0, 10 / 3, 20 / 3)]
    cover = cover_of(np.array([box(0, 0, 10, 10), *upper]))
    assert (cover.overlaps, len(cover.gaps), cover.overlap_m2) == ([], 0, 0)


def test_a_hair_of_less_than_a_centimetre_is_not_told_a_wider_one_is() -> None:
    for width, told in ((0.00005, 0), (0.003, 1)):  # 0.5 mm, 3 cm
        cover = cover_of(np.array([box(0, 0, 10, 100), box(10 - width, 0, 10, 100)]))
        assert len(cover.overlaps) == told


def test_nothing_is_nothing() -> None:
    cover = cover_of(np.empty(0, dtype=object))
    assert (cover.overlaps, cover.overlap_m2, len(cover.gaps)) == ([], 0, 0)


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), count=st.integers(4, 120))
def test_zones_cut_to_fit_have_neither(seed: int, count: int) -> None:
    made = cut([box(0, 0, 500, 500), box(500, 0, 500, 500)], count, seed)
    assert len(made.shapes) == count
    assert shapely.is_valid(made.shapes).all()
    cover = cover_of(made.shapes)
    assert (cover.overlaps, len(cover.gaps), cover.overlap_m2) == ([], 0, 0)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(*(st.integers(0, 12), st.integers(0, 12), st.integers(1, 9), st.integers(1, 9))),
        min_size=1,
        max_size=9,
    )
)
def test_any_boxes_overlap_as_pairs_cut_one_by_one_do(
    given_boxes: list[tuple[int, int, int, int]],
) -> None:
    zones = [box(*each) for each in given_boxes]
    cover = cover_of(np.array(zones))
    expected = {
        (one, other): m2(common)
        for (one, a), (other, b) in combinations(enumerate(zones), 2)
        if m2(common := a.intersection(b)) > 1
    }
    found = {(each.one, each.other): each.area_m2 for each in cover.overlaps}
    assert found == pytest.approx(expected, rel=1e-5)
    whole = shapely.union_all(zones, grid_size=1e-9)  # corners that meet, meet exactly
    parts = shapely.get_parts(whole)
    holes = sum(m2(shapely.Polygon(ring)) for part in parts for ring in part.interiors)
    inner = [part for part in parts if any(ring_holds(each, part) for each in parts)]
    assert cover.gap_areas_m2.sum() == pytest.approx(holes - sum(map(m2, inner)), rel=1e-5)


def ring_holds(part: shapely.Polygon, other: shapely.Polygon) -> bool:
    return any(shapely.Polygon(ring).covers(other) for ring in part.interiors)
