"""What goes wrong with VN-2000 elsewhere, measured, and that it does not go wrong here."""

from __future__ import annotations

import doctest
import math
from functools import cache

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj.transformer import TransformerGroup

from addrsvc.geo import crs
from addrsvc.types import LonLat

HERE = LonLat(106.6519, 10.9804)
VECTORS = [  # lon, lat, zone, easting, northing; each also from EPSG's own operation 6960 below
    (105.84, 21.03, 5897, 587115.005, 2326503.552),
    (102.5, 22.2, 9205, 448250.448, 2455891.082),
    (108.2, 16.05, 9217, 494455.304, 1775112.620),
    (109.19, 12.24, 9217, 602076.182, 1353790.235),
    (107.08, 10.35, 5899, 426432.372, 1144643.908),
    (106.9, 11.75, 9212, 570650.042, 1299493.303),
    (106.1, 11.3, 9209, 565304.139, 1249704.808),
    (105.15, 9.18, 9207, 571235.382, 1015233.261),
    (106.6519, 10.9804, 3405, 680299.172, 1214419.494),
]


@cache
def _operation(name: str) -> pyproj.Transformer:
    """One of the two shifts the EPSG data set knows, VN-2000 to WGS 84 in degrees."""
    group = TransformerGroup(4756, 4326, always_xy=True)
    return next(each for each in group.transformers if name in each.description)


def _by_the_data_set(point: LonLat, epsg: int, shift: str) -> tuple[float, float]:
    shifted = _operation(shift).transform(point.lon, point.lat, direction="INVERSE")
    easting, northing = pyproj.Proj(crs.parse(f"EPSG:{epsg}"))(*shifted)
    return easting, northing


def _by_proj4(signs: str) -> tuple[float, float]:
    wanted = pyproj.CRS(
        "+proj=tmerc +lat_0=0 +lon_0=105.75 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 "
        f"+towgs84={signs} +units=m +type=crs"
    )
    easting, northing = pyproj.Transformer.from_crs(4326, wanted, always_xy=True).transform(
        HERE.lon, HERE.lat
    )
    return easting, northing


@pytest.mark.parametrize(("lon", "lat", "epsg", "easting", "northing"), VECTORS)
def test_points_all_over_the_country_project_to_the_millimetre(
    lon: float, lat: float, epsg: int, easting: float, northing: float
) -> None:
    ours = crs.to_vn2000(LonLat(lon, lat), epsg)
    assert ours == pytest.approx((easting, northing), abs=1e-3)
    assert ours == pytest.approx(_by_the_data_set(LonLat(lon, lat), epsg, "(2)"), abs=1e-3)
    back = crs.from_vn2000(easting, northing, epsg)
    assert (back.lon, back.lat) == pytest.approx((lon, lat), abs=1e-7)


def test_the_position_vector_for_towgs84_is_the_same_shift() -> None:
    assert math.dist(_by_proj4(crs.TOWGS84), crs.to_vn2000(HERE, 9210)) < 1e-4


def test_the_signs_of_the_decision_in_towgs84_are_half_a_metre_off() -> None:
    wrong = (
        "-191.90441429,-39.30318279,-111.45032835,-0.00928836,0.01975479,-0.00427372,0.252906278"
    )
    off = math.dist(_by_proj4(wrong), crs.to_vn2000(HERE, 9210))
    assert off == pytest.approx(0.55, abs=0.005)


def test_no_shift_at_all_is_225_metres_off() -> None:
    off = math.dist(_by_proj4("0,0,0"), crs.to_vn2000(HERE, 9210))
    assert off == pytest.approx(225.5, abs=0.1)


@pytest.mark.parametrize("lon", [106.35, 106.65, 106.95])
def test_the_automatic_choice_jumps_at_11_04_degrees_and_ours_does_not(lon: float) -> None:
    automatic = pyproj.Transformer.from_crs(4326, 9210, always_xy=True)

    def off(lat: float) -> float:
        theirs = automatic.transform(lon, lat)
        return math.dist(theirs, crs.to_vn2000(LonLat(lon, lat), 9210))

    assert off(11.039) == pytest.approx(0.795, abs=0.005)
    assert off(11.041) < 1e-3
    south, north = (crs.to_vn2000(LonLat(lon, lat), 9210) for lat in (11.0399999, 11.0400001))
    step = crs.to_vn2000(LonLat(lon, 11.0500001), 9210)[1]
    step -= crs.to_vn2000(LonLat(lon, 11.0499999), 9210)[1]
    assert north[1] - south[1] == pytest.approx(step, abs=1e-6)
    assert north[0] == pytest.approx(south[0], abs=1e-4)


@given(st.floats(106.33, 106.98), st.floats(10.86, 11.50))
def test_places_of_binh_duong_are_found_in_either_order(lon: float, lat: float) -> None:
    easting, northing = crs.to_vn2000(LonLat(lon, lat), 9210)
    assert crs.zone_of_range([easting], [northing]) == (9210, False)
    assert crs.zone_of_range([northing], [easting]) == (9210, True)


def test_both_zones_of_the_city_are_told_apart() -> None:
    for epsg, lon, lat in ((9210, 106.7, 10.77), (5899, 107.08, 10.35), (5899, 106.6, 8.7)):
        easting, northing = crs.to_vn2000(LonLat(lon, lat), epsg)
        assert crs.zone_of_range([northing], [easting]) == (epsg, True)


def test_a_corner_of_the_frame_between_two_systems_is_ambiguous_until_an_outline_tells() -> None:
    easting, northing = crs.to_vn2000(HERE, 3405)
    with pytest.raises(crs.ZoneAmbiguous) as told:
        crs.zone_of_range([easting], [northing])
    assert told.value.candidates == "EPSG:9210, EPSG:3405"
    assert "105°45'" in told.value.text("vi")
    outline = shapely.box(106.33, 10.86, 106.98, 11.5)
    assert crs.zone_of_range([easting], [northing], outline) == (3405, False)


def test_damaged_coordinates_among_good_ones_do_not_matter() -> None:
    easting, northing = crs.to_vn2000(HERE, 9210)
    xs = [easting + n for n in range(5_000)] + [math.nan, math.inf, 0.0] * 500
    ys = [northing] * 5_000 + [math.nan, 1e300, -1.0] * 500
    assert crs.zone_of_range(xs, ys) == (9210, False)
    assert crs.zone_of_range(np.array(ys), np.array(xs)) == (9210, True)


@pytest.mark.parametrize(
    ("xs", "ys"),
    [
        ([106.65], [10.98]),
        ([], []),
        ([math.nan], [math.nan]),
        ([587115.0], [2326503.0]),  # Hà Nội
        ([598371.0], [598371.0]),
        ([11_872_345.0], [1_229_999.0]),  # Web Mercator
    ],
)
def test_what_is_of_no_zone_here_is_said_to_be(xs: list[float], ys: list[float]) -> None:
    with pytest.raises(crs.ZoneNotFound) as told:
        crs.zone_of_range(xs, ys)
    assert "EPSG:9210, EPSG:5899, EPSG:3405" in told.value.text("en")


def test_doctests() -> None:
    assert doctest.testmod(crs).failed == 0
