from __future__ import annotations

import pytest
import shapely

from addrsvc.geo import geojson, measure
from addrsvc.types import LonLat

SQUARE = shapely.box(106, 11, 106.01, 11.01)


def test_metres_on_the_ellipsoid() -> None:
    assert measure.distance_m(LonLat(106, 11), LonLat(106, 12)) == pytest.approx(
        110_618.45, abs=0.01
    )
    start = LonLat(106.65, 10.98)
    assert measure.distance_m(start, measure.moved(start, 90, 25)) == pytest.approx(25, abs=1e-6)


def test_area_does_not_depend_on_how_rings_turn_and_leaves_holes_out() -> None:
    whole = measure.area_m2(SQUARE)
    assert whole == pytest.approx(1_208_700, rel=2e-3)
    assert measure.area_m2(SQUARE.reverse()) == pytest.approx(whole)
    hole = shapely.box(106.002, 11.002, 106.004, 11.004)
    holed = shapely.Polygon(SQUARE.exterior, [hole.exterior])
    assert measure.area_m2(holed) == pytest.approx(whole - measure.area_m2(hole))
    assert measure.area_m2(shapely.MultiPolygon([holed])) == pytest.approx(measure.area_m2(holed))


def test_polygons_follow_the_right_hand_rule_with_seven_decimals() -> None:
    hole = shapely.box(106.002, 11.002, 106.004, 11.004)
    built = geojson.polygons(shapely.Polygon(SQUARE.reverse().exterior, [hole.exterior]))
    outer, inner = built["coordinates"]
    assert shapely.LinearRing(outer).is_ccw
    assert not shapely.LinearRing(inner).is_ccw
    many = geojson.polygons(shapely.MultiPolygon([SQUARE]))
    assert many["type"] == "MultiPolygon"
    assert len(many["coordinates"]) == 1
    assert geojson.point(LonLat(106.123456789, 11))["coordinates"] == [106.1234568, 11]


def test_features_and_collections() -> None:
    bare = geojson.feature(None, {"a": 1})
    assert bare == {"type": "Feature", "geometry": None, "properties": {"a": 1}}
    named = geojson.feature(geojson.point(LonLat(1, 2)), {}, "x")
    assert named["id"] == "x"
    whole = geojson.collection([bare, named], complete=True)
    assert whole["complete"] is True
    assert len(whole["features"]) == 2
