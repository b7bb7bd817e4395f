from __future__ import annotations

from typing import Any

import numpy as np
import planning_files as made
import pyproj
import pytest
import shapely

from addrsvc.errors import AddrsvcError
from addrsvc.geo.crs import CrsNotUnderstood, ZoneNotFound
from addrsvc.planning.files.contents import Layer
from addrsvc.planning.files.errors import CrsRefused, CrsUnclear, MetresNotDegrees
from addrsvc.planning.files.placing import Placed, place


def placed(shapes: Any, crs: str | None = None, asked: str | None = None) -> Placed:
    return place(Layer("a", {}, np.array(shapes, dtype=object), crs), asked)


def are_the_zones(found: Placed) -> bool:
    pairs = zip(found.shapes, made.zones(), strict=True)
    return all(shapely.hausdorff_distance(*pair) < 1e-8 for pair in pairs)


LOCAL_WKT = (
    'PROJCS["VN_2000_Binh_Duong",GEOGCS["GCS_unknown",DATUM["D_unknown",'
    'SPHEROID["WGS84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["Degree",'
    '0.017453292519943295]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],'
    'PARAMETER["central_meridian",105.75],PARAMETER["scale_factor",0.9999],'
    'PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["Meter",1]]'
)


def test_a_prj_of_local_tools_is_the_zone_it_draws() -> None:
    found = placed(made.in_metres(made.zones()), LOCAL_WKT)
    assert are_the_zones(found)
    assert (found.crs, found.crs_from, found.is_exchanged) == ("EPSG:9210", "file", False)


def test_northings_first_are_taken_for_it_in_any_system() -> None:
    found = placed(made.exchanged(made.in_metres(made.zones())), LOCAL_WKT)
    assert are_the_zones(found)
    assert found.is_exchanged
    assert are_the_zones(placed(made.exchanged(made.zones()), "EPSG:4326"))


def test_a_system_no_one_has_numbered_is_told_as_wkt() -> None:
    crs = pyproj.CRS.from_proj4("+proj=laea +lat_0=11 +lon_0=106 +ellps=GRS80")
    found = placed([shapely.box(0, 0, 1000, 1000)], crs.to_wkt())
    assert pyproj.CRS.from_wkt(found.crs) == crs
    assert shapely.get_coordinates(found.shapes)[0] == pytest.approx([106, 11], abs=0.02)


def test_what_is_asked_for_goes_before_what_the_file_says() -> None:
    found = placed(made.in_metres(made.zones()), "EPSG:3857", "EPSG:9210")
    assert are_the_zones(found)
    assert found.crs_from == "asked"
    with pytest.raises(CrsNotUnderstood, match="EPSG:9210 or EPSG:4326"):
        placed(made.zones(), asked="bản đồ")
    with pytest.raises(MetresNotDegrees):
        placed(made.in_metres(made.zones()), asked="EPSG:4326")


def test_degrees_without_a_system_are_taken_where_they_lie_in_the_country() -> None:
    found = placed(made.zones())
    assert (found.crs, found.crs_from) == ("EPSG:4326", "guessed")
    assert placed(made.exchanged(made.zones())).is_exchanged


@pytest.mark.parametrize(
    ("shapes", "kind"),
    [
        ([shapely.box(1, 2, 3, 4)], CrsUnclear),
        ([shapely.Point(np.nan, 5)], CrsUnclear),
        ([None], CrsUnclear),
        ([shapely.box(250_000, 2_300_000, 250_100, 2_300_100)], ZoneNotFound),
    ],
)
def test_what_nobody_can_tell_is_asked_for(shapes: list[Any], kind: type[AddrsvcError]) -> None:
    with pytest.raises(kind) as caught:
        placed(shapes)
    assert "EPSG" in caught.value.text("vi")


@pytest.mark.parametrize(
    "crs",
    [
        'LOCAL_CS["Undefined Cartesian SRS",UNIT["Meter",1]]',
        'ENGCRS["a",EDATUM["b"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["m",1]]',
    ],
)
def test_a_placeholder_is_no_system(crs: str) -> None:
    assert placed(made.in_metres(made.zones()), crs).crs_from == "guessed"


@pytest.mark.parametrize("crs", ["http://127.0.0.1:1/a", "/vsicurl/http://127.0.0.1:1/a", "x"])
def test_what_is_no_system_is_said(crs: str) -> None:
    with pytest.raises(CrsRefused) as caught:
        placed(made.zones(), crs)
    assert caught.value.said == crs


def test_shapes_of_nothing_pass() -> None:
    found = placed([None, shapely.Polygon()], "EPSG:9210")
    assert found.shapes[0] is None
    assert found.shapes[1].is_empty
