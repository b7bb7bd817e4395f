from __future__ import annotations

import math

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.geo import crs
from addrsvc.types import LonLat

VECTORS = [  # place, lon, lat, easting, northing in EPSG:9210
    ("Thủ Dầu Một", 106.6519, 10.9804, 598371.182, 1214436.347),
    ("Dĩ An", 106.7690, 10.9060, 611197.779, 1206247.133),
    ("Dầu Tiếng", 106.3637, 11.2790, 566804.711, 1247385.240),
    ("Phú Giáo", 106.7950, 11.2890, 613891.526, 1248624.813),
    ("Quận 1", 106.6983, 10.7721, 603514.537, 1191410.466),
]


@pytest.mark.parametrize(("place", "lon", "lat", "easting", "northing"), VECTORS)
def test_published_points_project_to_the_millimetre(
    place: str, lon: float, lat: float, easting: float, northing: float
) -> None:
    assert crs.to_vn2000(LonLat(lon, lat), 9210) == pytest.approx((easting, northing), abs=1e-3)


@given(st.floats(102.2, 109.4), st.floats(8.4, 23.3), st.sampled_from(sorted(crs.ZONES)))
def test_there_and_back_is_the_same_place(lon: float, lat: float, epsg: int) -> None:
    easting, northing = crs.to_vn2000(LonLat(lon, lat), epsg)
    back = crs.from_vn2000(easting, northing, epsg)
    assert (back.lon, back.lat) == pytest.approx((lon, lat), abs=1e-7)


def test_no_step_at_the_latitude_where_the_automatic_choice_jumps() -> None:
    south = crs.to_vn2000(LonLat(106.65, 11.0399999), 9210)
    north = crs.to_vn2000(LonLat(106.65, 11.0400001), 9210)
    assert math.dist(south, north) < 0.03


@pytest.mark.parametrize("epsg", [9210, 5899, 9212, 9209, 3405])
def test_zones_have_the_parameters_of_the_epsg_data_set(epsg: int) -> None:
    operation = pyproj.CRS(epsg).coordinate_operation
    assert operation is not None
    values = {param.name: float(param.value) for param in operation.params}
    zone = crs.ZONES[epsg]
    assert values["Longitude of natural origin"] == zone.meridian_deg
    assert values["Scale factor at natural origin"] == zone.scale


def test_every_zone_is_recognised_by_its_parameters_alone() -> None:
    for epsg, zone in crs.ZONES.items():
        text = (
            'PROJCS["x",GEOGCS["VN-2000",'
            'DATUM["VN_2000",SPHEROID["WGS 84",6378137,298.257223563]],'
            'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],'
            'PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],'
            f'PARAMETER["central_meridian",{zone.meridian_deg}],'
            f'PARAMETER["scale_factor",{zone.scale}],PARAMETER["false_easting",500000],'
            'PARAMETER["false_northing",0],UNIT["metre",1]]'
        )
        assert crs.vn2000_of(crs.parse(text)) == epsg


def test_a_local_definition_with_its_own_shift_still_gets_the_pinned_one() -> None:
    local = crs.parse(
        "+proj=tmerc +lat_0=0 +lon_0=105.75 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 "
        "+towgs84=-191.90441429,-39.30318279,-111.45032835,-0.00928836,0.01975479,-0.00427372,"
        "0.252906278 +units=m +type=crs"
    )
    assert local.is_bound
    assert crs.vn2000_of(local) == 9210


@pytest.mark.parametrize("other", ["EPSG:4326", "EPSG:32648", "EPSG:3857", "EPSG:2154"])
def test_other_systems_are_not_taken_for_vn2000(other: str) -> None:
    assert crs.vn2000_of(crs.parse(other)) is None


def test_a_tmerc_of_another_meridian_is_no_zone() -> None:
    other = crs.parse("+proj=tmerc +lon_0=99 +k=0.9999 +x_0=500000 +ellps=WGS84 +type=crs")
    assert crs.vn2000_of(other) is None


def test_geographic_vn2000_is_known_by_number_and_by_name() -> None:
    assert crs.vn2000_of(crs.parse("EPSG:4756")) == crs.VN2000
    named = crs.parse(
        'GEOGCS["my VN-2000",DATUM["VN2000",SPHEROID["WGS 84",6378137,298.257223563]],'
        'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
    )
    assert crs.vn2000_of(named) == crs.VN2000


def test_transform_takes_the_pinned_way_for_vn2000_and_the_library_way_for_others() -> None:
    lons, lats = crs.transform_to_wgs84(crs.parse("EPSG:9210"), [598371.182], [1214436.347])
    assert (lons[0], lats[0]) == pytest.approx((106.6519, 10.9804), abs=1e-7)
    lons, lats = crs.transform_to_wgs84(crs.parse("EPSG:4756"), [106.6519], [10.9804])
    assert abs(lons[0] - 106.6519) > 1e-4  # the datum shift is some 200 m
    lons, lats = crs.transform_to_wgs84(crs.parse("EPSG:3857"), [0.0], [0.0])
    assert (lons[0], lats[0]) == pytest.approx((0, 0), abs=1e-9)


def test_many_points_project_as_each_does_by_itself() -> None:
    lons, lats = (np.array([each[of] for each in VECTORS]) for of in (1, 2))
    eastings, northings = crs.transform_to_vn2000(9210, lons, lats)
    assert eastings == pytest.approx([each[3] for each in VECTORS], abs=1e-3)
    assert northings == pytest.approx([each[4] for each in VECTORS], abs=1e-3)
    with pytest.raises(crs.ZoneUnknown):
        crs.transform_to_vn2000(4326, lons, lats)


def test_unknown_zones_and_systems_are_refused_with_a_remedy() -> None:
    with pytest.raises(crs.ZoneUnknown) as refused:
        crs.to_vn2000(LonLat(106, 11), 6959)
    assert "9210" in refused.value.text("vi")
    with pytest.raises(crs.ZoneUnknown):
        crs.from_vn2000(0, 0, 4326)
    with pytest.raises(crs.CrsNotUnderstood):
        crs.parse("EPSG:nonsense")
