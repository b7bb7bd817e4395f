from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.geo.areas import areas_m2, straight_areas_m2
from addrsvc.geo.measure import area_m2

GEOD = pyproj.Geod(ellps="WGS84")


def array(*shapes: shapely.Geometry | None) -> np.ndarray:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


@given(
    west=st.floats(102, 109),
    south=st.floats(8, 23),
    width=st.floats(1e-4, 0.2),
    height=st.floats(1e-4, 0.2),
)
def test_areas_are_those_of_the_ellipsoid(
    west: float, south: float, width: float, height: float
) -> None:
    shell = shapely.box(west, south, west + width, south + height)
    hole = shapely.box(
        west + width / 4, south + height / 4, west + width / 2, south + height / 2
    ).exterior
    pierced = shapely.Polygon(shell.exterior.coords[::-1], [hole])
    beside = shapely.box(west + 1, south, west + 1 + width, south + height)
    shapes = array(shell, pierced, shapely.MultiPolygon([pierced, beside]))
    area, around = areas_m2(shapes)
    expected = [area_m2(shape) for shape in shapes]
    assert area == pytest.approx(expected, rel=1e-9)
    assert around[0] == pytest.approx(GEOD.geometry_length(shell.exterior), rel=1e-9)
    straight, length = straight_areas_m2(shapes[:1])
    assert straight[0] == pytest.approx(expected[0], rel=1e-4)
    assert length[0] == pytest.approx(around[0], rel=0.09)


def test_what_is_no_polygon_has_no_area() -> None:
    area, around = areas_m2(array(None, shapely.Point(1, 1), shapely.Polygon()))
    assert area.tolist() == around.tolist() == [0, 0, 0]


def test_between_a_long_edge_and_its_halves_there_is_nothing() -> None:
    flat = shapely.Polygon([(106, 11), (106.05, 11), (106.1, 11)])
    assert areas_m2(array(flat))[0][0] > 100
    assert straight_areas_m2(array(flat))[0][0] == 0
