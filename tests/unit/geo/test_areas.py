"""Areas of shapes with edges straight in degrees: against Geod in fine steps, parts and wholes."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.geo.areas import areas_m2, lengths_m
from addrsvc.geo.measure import area_m2

GEOD = pyproj.Geod(ellps="WGS84")


def in_steps_m2(ring: shapely.LinearRing, step_deg: float = 0.0002) -> float:
    corners = shapely.get_coordinates(ring)
    steps = [
        np.linspace(start, end, max(2, math.ceil(math.dist(start, end) / step_deg)), endpoint=False)
        for start, end in pairwise(corners)
    ]
    lons, lats = np.concatenate(steps).T
    return abs(float(GEOD.polygon_area_perimeter(lons, lats)[0]))


def measured(*shapes: shapely.Geometry | None) -> list[float]:
    given_: np.ndarray[tuple[int], np.dtype[np.object_]] = np.empty(len(shapes), dtype=object)
    given_[:] = shapes
    return [float(each) for each in areas_m2(given_)]


corner = st.tuples(st.integers(0, 40), st.integers(0, 40))


@given(
    st.lists(corner, min_size=3, max_size=3), st.sampled_from([-35.0, 0.0, 8.5, 11.0, 23.0, 60.0])
)
def test_a_triangle_is_what_geodesics_in_fine_steps_say(
    corners: list[tuple[int, int]], latitude: float
) -> None:
    ring = shapely.LinearRing([(106.3 + x / 2_000, latitude + y / 2_000) for x, y in corners])
    expected = pytest.approx(in_steps_m2(ring), rel=1e-7, abs=0.05)
    assert measured(shapely.Polygon(ring)) == [expected]


def test_small_ground_is_what_geod_says_and_everything_else_is_none() -> None:
    plot = shapely.box(106.65, 10.95, 106.6501, 10.9501)
    hole = shapely.box(106.65002, 10.95002, 106.65004, 10.95004)
    ring = plot.difference(hole)
    both = shapely.MultiPolygon([ring, shapely.box(106.66, 10.95, 106.6601, 10.9501)])
    mixed = shapely.GeometryCollection([shapely.Point(106, 10), plot])
    expected = [area_m2(each) for each in (plot, ring, both)]
    expected.append(expected[0])
    shapes = (plot, ring, both, mixed)
    assert measured(*shapes) == [pytest.approx(each, rel=1e-6) for each in expected]
    assert measured(None, shapely.Point(1, 1), shapely.Polygon()) == [0.0, 0.0, 0.0]
    assert measured() == []
    assert measured(shapely.reverse(ring)) == measured(ring)


def test_parts_add_up_and_no_part_is_lost() -> None:
    whole = shapely.box(106.5, 10.9, 107.0, 11.3)
    middle = shapely.Polygon([(106.5, 10.9), (107.0, 11.3), (106.5, 11.3)])
    halves = measured(middle, whole.difference(middle))
    assert sum(halves) == pytest.approx(measured(whole)[0], rel=1e-12)
    # cut into steps, this crosses itself by a hair, and a third of it would be mended away
    narrow = shapely.from_wkt(
        "POLYGON ((106.71187598612772 11.042741810278555, 106.71340438942823 11.045325475615707, "
        "106.71833995675578 11.046685636875681, 106.72004646146596 11.045786160518864, "
        "106.72002813245807 11.0460671192501, 106.71867795067129 11.046778782445271, "
        "106.71995868002884 11.047131730412756, 106.71994272621848 11.047376280600448, "
        "106.71836780249612 11.046942257499879, 106.71531324696984 11.048552273845047, "
        "106.71941380058726 11.055483990258468, 106.7204718 11.0392663, "
        "106.71886232977035 11.037752485051083, 106.7145085102524 11.037614433609274, "
        "106.71187598612772 11.042741810278555))"
    )
    assert measured(narrow) == [pytest.approx(in_steps_m2(narrow.exterior), rel=1e-8)]


def test_lengths_are_good_to_some_per_cent() -> None:
    box = shapely.box(106.65, 10.95, 106.66, 10.955)
    expected = GEOD.geometry_length(box.exterior)
    assert lengths_m(np.array([box]))[0] == pytest.approx(expected, rel=0.05)


def test_between_a_long_edge_and_its_halves_there_is_nothing() -> None:
    flat = shapely.Polygon([(106, 11), (106.05, 11), (106.1, 11)])
    assert abs(area_m2(flat)) > 100  # of geodesics
    assert measured(flat) == [pytest.approx(0, abs=1e-6)]
