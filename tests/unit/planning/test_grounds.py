"""Ground as people name it: degrees or metres, in either order; what is none is said in words."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import shapely

from addrsvc.errors import AddrsvcError
from addrsvc.geo.crs import to_vn2000
from addrsvc.geo.geometry import ShapeOutOfRange
from addrsvc.planning.asking import place_of
from addrsvc.planning.asking_errors import (
    AddressPlaceRough,
    AddressWithoutPlace,
    GroundUnclear,
    GroundUnread,
)
from addrsvc.planning.asking_schemas import OverlayIn, read_geometry
from addrsvc.planning.grounds import metres_point, point_asked, require_one, zone_asked
from addrsvc.registry.model import (
    Address,
    CommuneRef,
    Components,
    Document,
    Kind,
    Marks,
    Method,
    Position,
    Status,
    Visibility,
)
from addrsvc.types import AddressId, LonLat

HOME = LonLat(106.65, 10.95)
EAST, NORTH = to_vn2000(HOME, 9210)
TRIANGLE = [[[106.65, 10.95], [106.651, 10.95], [106.65, 10.951], [106.65, 10.95]]]


@pytest.mark.parametrize("crs", ["EPSG:9210", " epsg:9210", "9210", None])
def test_metres_come_in_either_order(crs: str | None) -> None:
    for x, y in ((NORTH, EAST), (EAST, NORTH)):
        point = point_asked(None, None, x, y, crs)
        assert (point.lon, point.lat) == pytest.approx((HOME.lon, HOME.lat), abs=1e-7)
    assert metres_point(HOME.lon, HOME.lat, "EPSG:4326") == HOME


@pytest.mark.parametrize(
    ("given", "slug"),
    [
        ((None, None, None, None, None), "planning-ground-unclear"),
        ((1.0, 2.0, 3.0, None, None), "planning-ground-unclear"),
        ((None, 10.9, None, None, None), "half-a-position"),
        ((None, None, None, EAST, "9210"), "half-a-position"),
        ((10.95, 106.65, None, None, None), "position-exchanged"),
        ((math.nan, 10.95, None, None, None), "position-out-of-range"),
        ((math.inf, 10.95, None, None, None), "position-out-of-range"),
        ((None, None, math.nan, EAST, "9210"), "metres-unlikely"),
        ((None, None, 106.65, 10.95, "9210"), "metres-unlikely"),
        ((None, None, EAST, EAST, "9210"), "metres-unlikely"),
        ((None, None, 1e300, EAST, "9210"), "metres-unlikely"),
        ((None, None, 1.0, 2.0, None), "crs-zone-not-found"),
        ((None, None, NORTH, EAST, "EPSG:3857"), "crs-zone-unknown"),
        ((None, None, NORTH, EAST, "/etc/passwd"), "crs-not-understood"),
        ((None, None, NORTH, EAST, "+proj=longlat +nadgrids=/x"), "crs-not-understood"),
    ],
)
def test_what_is_no_point_is_refused_in_both_languages(given: Any, slug: str) -> None:
    with pytest.raises(AddrsvcError) as caught:
        point_asked(*given)
    assert caught.value.slug == slug
    assert len({caught.value.text("vi"), caught.value.text("en")}) == 2


def test_exactly_one_way() -> None:
    require_one(("a", "b"), ["a"])
    for given in ([], ["a", "b"]):
        with pytest.raises(GroundUnclear, match="a, b"):
            require_one(("a", "b"), given)
    assert zone_asked("EPSG:5899") == 5899


def test_shapes_are_read_and_checked() -> None:
    read = read_geometry({"type": "Polygon", "coordinates": TRIANGLE})
    assert read.geom_type == "MultiPolygon"
    many = read_geometry({"type": "MultiPolygon", "coordinates": [TRIANGLE]})
    assert shapely.equals(many, read)
    for wrong in (
        {"type": "Point", "coordinates": [1, 2]},
        {"type": ["Polygon"], "coordinates": TRIANGLE},
        {"type": "Polygon", "coordinates": [[[1, 2], [3], [4, 5], [1, 2]]]},
        {"type": "Polygon", "coordinates": [[1, 2, 3]]},
        {"type": "Polygon", "coordinates": "1 2"},
        {"type": "Polygon", "coordinates": [[[1, 2], [3, 10**400], [4, 5], [1, 2]]]},
        {},
    ):
        with pytest.raises(GroundUnread):
            read_geometry(wrong)
    with pytest.raises(ShapeOutOfRange):
        read_geometry({"type": "Polygon", "coordinates": [[*TRIANGLE[0], [math.nan, 1]]]})


def test_a_bare_shape_is_what_is_asked_about() -> None:
    shape = {"type": "Polygon", "coordinates": TRIANGLE}
    assert OverlayIn.model_validate(shape).geometry == shape
    feature = {"type": "Feature", "properties": None, "geometry": shape}
    assert OverlayIn.model_validate(feature).geometry == shape
    assert OverlayIn.model_validate({"geometry": shape, "at": "2026-01-05"}).at is not None


def address(position: Position | None) -> Address:
    document = Document(
        Kind.DWELLING,
        CommuneRef("25747", date(2025, 7, 1)),
        Components(house_number="1"),
        position,
        Visibility.PUBLIC,
        "test",
    )
    at = datetime(2026, 1, 1, tzinfo=UTC)
    commune = ("25747", "Phường Tây", "79", "Thành phố Mẫu")
    current, day = Status.CURRENT, date(2026, 1, 1)
    return Address(AddressId(1), "7512300000", None, 1, current, day, at, document, *commune)


def test_only_a_place_somebody_took_is_asked_about() -> None:
    exact = Position(HOME, 500.0, Method.GNSS, Marks.ENTRANCE)
    assert place_of(address(exact)) == (HOME, 500.0)
    for rough in (replace(exact, accuracy_m=501.0), replace(exact, method=Method.COMMUNE_CENTRE)):
        with pytest.raises(AddressPlaceRough, match="500"):
            place_of(address(rough))
    with pytest.raises(AddressWithoutPlace, match="7512300000"):
        place_of(address(None))
