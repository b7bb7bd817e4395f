from __future__ import annotations

import math
import time

import numpy as np
import pytest
import shapely

from addrsvc.geo import geometry
from addrsvc.geo.geometry import (
    ShapeInvalid,
    ShapeNotAreal,
    ShapeOutOfRange,
    ShapeTooComplex,
    check_area,
    check_point,
)

SQUARE = shapely.Polygon([(106, 11), (107, 11), (107, 12), (106, 12)])


def test_a_polygon_becomes_a_flat_multipolygon() -> None:
    high = shapely.Polygon([(106, 11, 5), (107, 11, 5), (107, 12, 5)])
    passed = check_area(high)
    assert isinstance(passed, shapely.MultiPolygon)
    assert not passed.has_z
    assert check_area(passed).equals(passed)


@pytest.mark.parametrize(
    "shape", [None, shapely.Point(106, 11), shapely.Polygon(), shapely.LineString([(0, 0), (1, 1)])]
)
def test_only_areas_pass(shape: shapely.Geometry | None) -> None:
    with pytest.raises(ShapeNotAreal):
        check_area(shape)


@pytest.mark.parametrize(
    "bad", [(500, 11), (106, 91), (math.inf, 11), (math.nan, 11), (106, math.nan)]
)
def test_out_of_range_is_told_before_anything_else(bad: tuple[float, float]) -> None:
    with np.errstate(invalid="ignore"):
        ring = shapely.Polygon([(106, 11), bad, (107, 12)])
    with pytest.raises(ShapeOutOfRange):
        check_area(ring)
    with pytest.raises(ShapeOutOfRange):
        check_point(shapely.Point(*bad))


def test_points() -> None:
    assert check_point(shapely.Point(106, 11)).lat == 11
    for none in (None, shapely.Point(), SQUARE):
        with pytest.raises(ShapeOutOfRange):
            check_point(none)


def test_a_bowtie_is_refused_with_reason_and_place() -> None:
    with pytest.raises(ShapeInvalid) as refused:
        check_area(shapely.Polygon([(106, 11), (107, 12), (107, 11), (106, 12)]))
    error = refused.value
    assert (error.lon, error.lat) == (106.5, 11.5)
    assert "tự cắt" in error.text("vi")
    assert "crosses itself" in error.text("en")


def test_reasons_the_library_may_add_later_are_told_too() -> None:
    error = geometry._invalid("Something new")
    assert (error.lon, error.reason_en) == (None, "the shape is invalid")
    assert geometry._invalid("a[b]").lon is None


def test_caps_on_vertices_and_rings() -> None:
    with pytest.raises(ShapeTooComplex):
        check_area(shapely.Point(106, 11).buffer(0.1, quad_segs=3000))
    holes = [shapely.box(106 + i / 100, 11, 106.005 + i / 100, 11.005).exterior for i in range(5)]
    with pytest.raises(ShapeTooComplex) as refused:
        check_area(shapely.Polygon(SQUARE.exterior, holes), max_rings=5)
    assert refused.value.rings == 6


def test_a_hostile_star_is_refused_fast() -> None:
    turns = [2 * math.pi * 499 * k / 1001 for k in range(1001)]
    star = shapely.Polygon([(106 + 0.1 * math.cos(t), 11 + 0.1 * math.sin(t)) for t in turns])
    before = time.perf_counter()
    with pytest.raises(ShapeInvalid):
        check_area(star)
    assert time.perf_counter() - before < 2
