"""Areas of land uses in a plot: against the ellipsoid, and against another way to count them."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity

from addrsvc.planning import overlaying
from addrsvc.planning.asking_errors import ZonesStacked
from addrsvc.planning.overlaying import SLIVER_M2, Zone, clashes, measure_m2, overlay

WEST, SOUTH = 106.65, 10.95
STEP = 0.0001
"""Degrees, about 11 m."""

GEOD = pyproj.Geod(ellps="WGS84")
EQUAL_AREA = pyproj.Proj("+proj=laea +lat_0=10.95 +lon_0=106.65 +ellps=WGS84")


def box(x: float, y: float, width: float, height: float) -> shapely.Polygon:
    """Make a box of so many steps."""
    return shapely.box(
        WEST + x * STEP,
        SOUTH + y * STEP,
        WEST + (x + width) * STEP,
        SOUTH + (y + height) * STEP,
    )


def geodesic_m2(shape: shapely.Geometry) -> float:
    return abs(GEOD.geometry_area_perimeter(shapely.orient_polygons(shape))[0])


def equal_area_m2(shape: shapely.Geometry) -> float:
    """Measure in another projection that keeps areas, in finer steps."""
    dense = shapely.segmentize(shape, 0.0002)
    return float(shapely.area(shapely.transform(dense, EQUAL_AREA, interleaved=False)))


def random_zones(random: np.random.Generator, side: int) -> list[Zone]:
    """Make a plan of crooked quarters: some are missing, some reach over their neighbours."""
    corners = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1)), axis=-1) * 3.0
    corners += random.uniform(-0.9, 0.9, corners.shape)
    zones = []
    for row in range(side):
        for column in range(side):
            ring = [corners[row + down, column + right] for down, right in _ROUND]
            kind = random.random()
            if kind < 0.1:
                continue
            shape = shapely.Polygon([(WEST + x * STEP, SOUTH + y * STEP) for x, y in ring])
            if kind > 0.85:
                shape = affinity.scale(shape, 1.3, 1.2)
            zones.append(Zone(len(zones) + 1, random.choice(["ODT", "CLN", "DGT"]), shape))
    return zones


_ROUND = ((0, 0), (0, 1), (1, 1), (1, 0))


def counted(plot: shapely.Polygon, zones: list[Zone]) -> tuple[dict[str, float], float, float]:
    """Cut the plot along every edge and ask each face which zones it lies in."""
    edges = [plot.exterior, *(each.shape.exterior for each in zones)]
    faces = shapely.get_parts(shapely.polygonize([shapely.node(shapely.union_all(edges))]))
    shares: dict[str, float] = defaultdict(float)
    uncovered = overlapping = 0.0
    for face in faces:
        inside = shapely.point_on_surface(face)
        if not plot.contains(inside):
            continue
        area = equal_area_m2(face)
        there = [each for each in zones if each.shape.contains(inside)]
        for code in {each.code for each in there}:
            shares[code] += area
        uncovered += area if not there else 0.0
        overlapping += area if len(there) > 1 else 0.0
    return shares, uncovered, overlapping


def test_a_thousand_plots_agree_with_faces_counted_one_by_one() -> None:
    random = np.random.default_rng(7)
    plans = [random_zones(random, 8) for _ in range(20)]
    trees = [shapely.STRtree([each.shape for each in zones]) for zones in plans]
    gaps = doubles = 0
    for n in range(1_000):
        zones, tree = plans[n % 20], trees[n % 20]
        at, turn = random.uniform(2, 20, 2), random.uniform(0, 90)
        plot = affinity.rotate(box(at[0], at[1], *random.uniform(0.3, 4, 2)), turn)
        met = [zones[each] for each in tree.query(plot, predicate="intersects")]
        found = overlay(plot, met)
        shares, uncovered, overlapping = counted(plot, met)
        assert found.area_m2 == pytest.approx(equal_area_m2(plot), rel=1e-6)
        # slivers are left out of shares, and stay uncovered
        slack = found.area_m2 * 1e-6 + SLIVER_M2 * len(met)
        for code, area in shares.items():
            told = found.shares[code].area_m2 if code in found.shares else 0.0
            assert told == pytest.approx(area, abs=slack)
        assert found.uncovered_m2 == pytest.approx(uncovered, abs=slack)
        assert found.overlapping_m2 == pytest.approx(overlapping, abs=slack)
        gaps += uncovered > 1
        doubles += overlapping > 1
    assert min(gaps, doubles) > 100


@pytest.mark.parametrize("size", [1.5, 5, 25])
def test_areas_are_those_of_the_ellipsoid(size: float) -> None:
    plot = affinity.rotate(box(0, 0, size, size), 30)
    west, south, east, north = plot.bounds
    middle = (west + east) / 2
    left, right = shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)
    found = overlay(plot, [Zone(1, "ODT", left), Zone(2, "CLN", right)])
    assert found.area_m2 == pytest.approx(geodesic_m2(plot), rel=1e-6)
    halves = {"ODT": plot.intersection(left), "CLN": plot.intersection(right)}
    for code, half in halves.items():
        assert found.shares[code].area_m2 == pytest.approx(geodesic_m2(half), rel=1e-6)
    assert found.uncovered_m2 <= found.area_m2 * 1e-9
    assert found.overlapping_m2 == 0


def test_long_edges_are_straight_in_degrees() -> None:
    triangle = shapely.Polygon([(106, 10), (106.09, 10), (106, 10.09)])
    assert measure_m2(triangle) == pytest.approx(equal_area_m2(triangle), rel=1e-7)
    assert measure_m2(triangle) != pytest.approx(geodesic_m2(triangle), rel=1e-6)
    assert measure_m2(shapely.LineString([(106, 10), (107, 11)])) == 0


boxes = st.tuples(st.integers(-3, 12), st.integers(-3, 12), st.integers(1, 8), st.integers(1, 8))


@given(st.lists(st.tuples(boxes, st.sampled_from("ABC")), max_size=8))
def test_shares_less_what_is_doubled_and_what_is_uncovered_make_the_plot(
    drawn: list[tuple[tuple[int, int, int, int], str]],
) -> None:
    side = 10
    plot = box(0, 0, side, side)
    zones = [Zone(n, code, box(*place)) for n, (place, code) in enumerate(drawn)]
    found = overlay(plot, zones)
    rows = np.array([measure_m2(box(0, y, 1, 1)) for y in range(side)])
    layers = np.zeros((len(zones), side, side), dtype=bool)
    for n, ((x, y, width, height), _) in enumerate(drawn):
        layers[n, max(y, 0) : max(y + height, 0), max(x, 0) : max(x + width, 0)] = True
    codes = np.array([code for _, code in drawn])
    for code in "ABC":
        ground = layers[codes == code].any(axis=0) if zones else np.zeros((side, side))
        told = found.shares[code].area_m2 if code in found.shares else 0.0
        assert told == pytest.approx((ground * rows[:, None]).sum(), rel=1e-6, abs=1e-6)
    times = layers.sum(axis=0)
    area = pytest.approx
    assert found.overlapping_m2 == area(((times > 1) * rows[:, None]).sum(), rel=1e-6, abs=1e-6)
    assert found.uncovered_m2 == area(((times == 0) * rows[:, None]).sum(), rel=1e-6, abs=1e-5)
    told_twice = (
        sum(((layers[codes == code].any(axis=0)) * rows[:, None]).sum() for code in set(codes))
        - ((times > 0) * rows[:, None]).sum()
    )
    told = sum(each.area_m2 for each in found.shares.values())
    assert told - told_twice + found.uncovered_m2 == pytest.approx(found.area_m2, rel=1e-6)


def test_slivers_are_no_shares_and_stay_uncovered() -> None:
    plot = box(0, 0, 10, 10)
    thin = shapely.box(WEST, SOUTH, WEST + 10 * STEP, SOUTH + 5e-10)
    found = overlay(plot, [Zone(1, "ODT", box(0, 1, 10, 9)), Zone(2, "CLN", thin)])
    assert list(found.shares) == ["ODT"]
    total = found.shares["ODT"].area_m2 + found.uncovered_m2
    assert total == pytest.approx(found.area_m2, rel=1e-9)
    assert 0 < measure_m2(thin) < SLIVER_M2


def test_pieces_of_one_zone_are_one_zone() -> None:
    plot = box(1, 1, 8, 8)
    pieces = [Zone(1, "ODT", box(x, 0, 2, 10)) for x in range(0, 10, 2)]
    found = overlay(plot, pieces)
    assert found.shares["ODT"].zones == 1
    assert found.shares["ODT"].area_m2 == pytest.approx(found.area_m2, rel=1e-9)
    assert found.overlapping_m2 == 0


def test_a_zone_that_only_touches_says_nothing() -> None:
    plot = box(0, 0, 5, 5)
    corner = shapely.Polygon([(WEST + x * STEP, SOUTH + y * STEP) for x, y in _CORNER])
    found = overlay(plot, [Zone(1, "ODT", box(5, 0, 5, 5)), Zone(2, "CLN", corner)])
    assert list(found.shares) == ["CLN"]
    assert overlay(plot, []).uncovered_m2 == found.area_m2


_CORNER = ((4, 0), (8, 0), (8, 5), (5, 5), (5, 1), (4, 1))
"""Covers a corner of the plot, and runs along its edge."""


def test_plans_clash_where_their_codes_differ() -> None:
    plot = box(0, 0, 10, 10)
    one = overlay(plot, [Zone(1, "ODT", box(0, 0, 5, 10)), Zone(2, "CLN", box(5, 0, 5, 10))])
    other = overlay(plot, [Zone(3, "ODT", box(0, 0, 7, 10))])
    (clash,) = clashes(one, other)
    assert (clash.code, clash.other_code) == ("CLN", "ODT")
    assert clash.area_m2 == pytest.approx(measure_m2(box(5, 0, 2, 10)), rel=1e-6)
    assert clashes(one, one) == []
    turned = clashes(other, one)
    assert [(each.code, each.other_code) for each in turned] == [("ODT", "CLN")]


def test_the_largest_share_comes_first() -> None:
    plot = box(0, 0, 10, 1)
    zones = [Zone(n, str(n), box(x, 0, y - x, 1)) for n, (x, y) in enumerate(pairwise(_CUTS))]
    shares = overlay(plot, zones).shares
    assert list(shares) == ["2", "1", "0"]
    assert sum(each.area_m2 for each in shares.values()) > 0


_CUTS = (0, 1, 4, 10)


def test_zones_stacked_are_refused_before_they_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    plot = box(0, 0, 10, 10)
    stacked = [Zone(n, "AB"[n % 2], box(n * 0.001, 0, 10, 10)) for n in range(20)]
    many = overlay(plot, stacked)
    assert many.overlapping_m2 == pytest.approx(many.area_m2, rel=1e-3)
    assert len(clashes(many, overlay(plot, [Zone(1, "C", plot), Zone(2, "D", plot)]))) == 4
    monkeypatch.setattr(overlaying, "MAX_PAIRS", 50)
    for refused in (lambda: overlay(plot, stacked), lambda: clashes(many, many)):
        with pytest.raises(ZonesStacked, match="50 times"):
            refused()
