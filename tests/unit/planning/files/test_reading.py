from __future__ import annotations

from pathlib import Path

import numpy as np
import planning_files as made
import pytest
import shapely

from addrsvc.errors import AddrsvcError
from addrsvc.planning.files.errors import (
    LayerEmpty,
    LayerUnclear,
    LayerUnknown,
    TextEncodingUnknown,
)
from addrsvc.planning.files.model import RawZones, ReadOptions
from addrsvc.planning.files.reading import FoundLayer, find_layers, read_zones

TEXTS = ["Đất ở tại đô thị", "Đất trồng lúa", "Đất giao thông"]
MILLIMETRE_DEG = 1e-8


def read(path: Path, folder: Path, **options: str) -> RawZones:
    return read_zones(path, ReadOptions(**options), folder=folder)


def are_the_zones(raw: RawZones) -> bool:
    return len(raw.shapes) == 3 and bool(
        shapely.equals_exact(
            shapely.normalize(raw.shapes),
            shapely.normalize(np.array(made.zones())),
            tolerance=MILLIMETRE_DEG,
        ).all()
    )


def test_geojson_is_degrees_where_it_says_nothing(tmp_path: Path) -> None:
    path = made.write_geojson(tmp_path / "any name.txt", made.zones(), TEXTS)
    raw = read(path, tmp_path)
    assert are_the_zones(raw)
    assert (raw.crs, raw.crs_from, raw.is_exchanged) == ("EPSG:4326", "file", False)
    assert raw.columns == {"MA": TEXTS}
    assert (raw.encoding, raw.encoding_from) == ("utf-8", "file")
    assert find_layers(path, tmp_path) == [FoundLayer("GeoJSON", is_areal=True)]


@pytest.mark.parametrize("name", ["EPSG:9210", "urn:ogc:def:crs:EPSG::9210"])
def test_geojson_in_metres_that_names_its_system(tmp_path: Path, name: str) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    path = made.write_geojson(tmp_path / "a", made.in_metres(made.zones()), crs=crs)
    raw = read(path, tmp_path)
    assert are_the_zones(raw)
    assert (raw.crs, raw.crs_from) == ("EPSG:9210", "file")


@pytest.mark.parametrize(("epsg", "found"), [(9210, "EPSG:9210"), (5899, "EPSG:5899")])
def test_metres_without_a_system_are_found_out(tmp_path: Path, epsg: int, found: str) -> None:
    lon, lat = made.HERE
    shift = 0.0 if epsg == 9210 else 0.5
    shapes = [shapely.box(lon + shift, lat - shift, lon + shift + 1e-3, lat - shift + 1e-3)]
    metres = made.in_metres(shapes, epsg)
    for at, given in enumerate((metres, made.exchanged(metres))):
        raw = read(made.write_geojson(tmp_path / f"{at}", given), tmp_path)
        assert (raw.crs, raw.crs_from, raw.is_exchanged) == (found, "guessed", bool(at))
        assert shapely.hausdorff_distance(raw.shapes[0], shapes[0]) < MILLIMETRE_DEG


def test_latitude_before_longitude_is_taken_for_it(tmp_path: Path) -> None:
    raw = read(made.write_geojson(tmp_path / "a", made.exchanged(made.zones())), tmp_path)
    assert are_the_zones(raw)
    assert raw.is_exchanged


def test_a_geopackage_of_two_layers_needs_a_choice(tmp_path: Path) -> None:
    path = made.write_ogr(tmp_path / "a.gpkg", made.in_metres(made.zones()), TEXTS)
    made.write_ogr(path, made.in_metres(made.zones(1)), layer="hiện trạng")
    with pytest.raises(LayerUnclear) as caught:
        read(path, tmp_path)
    assert caught.value.text("vi") == (
        "Tệp có nhiều lớp: “quy_hoach”, “hiện trạng”. Hãy chọn một lớp rồi kiểm tra lại."
    )
    raw = read(path, tmp_path, layer="quy_hoach")
    assert are_the_zones(raw)
    assert raw.columns == {"MA": TEXTS}
    assert (raw.layer, list(raw.layers)) == ("quy_hoach", ["quy_hoach", "hiện trạng"])
    assert len(read(path, tmp_path, layer="hiện trạng").shapes) == 1
    with pytest.raises(LayerUnknown, match="Choose one of them"):
        read(path, tmp_path, layer="/vsicurl/http://127.0.0.1/x")


def test_the_only_layer_that_can_hold_zones_is_taken(tmp_path: Path) -> None:
    path = made.write_ogr(tmp_path / "a.gpkg", [shapely.Point(1, 2)], layer="mốc", kind="Point")
    made.write_ogr(path, made.in_metres(made.zones()))
    assert are_the_zones(read(path, tmp_path))
    assert find_layers(path) == [
        FoundLayer("mốc", is_areal=False),
        FoundLayer("quy_hoach", is_areal=True),
    ]


OLD = pytest.mark.parametrize("encoding", ["tcvn3", "vni"])
OLD_TEXT = "Đất ở tại đô thị"


@OLD
def test_a_shapefile_of_old_letters_and_no_prj(tmp_path: Path, encoding: str) -> None:
    texts = [made.in_bytes(OLD_TEXT, encoding)] * 3
    metres = made.in_metres(made.zones())
    parts = made.shapefile_parts(metres, texts)
    del parts[".prj"]
    raw = read(made.write_shapefile(tmp_path / "a.zip", parts), tmp_path)
    assert are_the_zones(raw)
    assert (raw.crs, raw.crs_from) == ("EPSG:9210", "guessed")
    assert raw.columns == {"MA": [OLD_TEXT] * 3}
    assert (raw.encoding, raw.encoding_from) == (encoding, "guessed")
    asked = read(tmp_path / "a.zip", tmp_path, encoding=encoding.upper(), crs="EPSG:9210")
    assert asked.columns == raw.columns
    assert (asked.crs_from, asked.encoding_from) == ("asked", "asked")


def test_a_shapefile_says_system_and_encoding(tmp_path: Path) -> None:
    text = "Đất ở"
    parts = made.shapefile_parts(
        made.in_metres(made.zones()), [text.encode().decode("latin-1")] * 3
    )
    parts[".CPG"] = b"UTF-8"
    parts[".sbn"] = b"never looked at"
    raw = read(made.write_shapefile(tmp_path / "a", parts, "bản đồ/Quy hoạch"), tmp_path)
    assert are_the_zones(raw)
    assert (raw.crs, raw.crs_from) == ("EPSG:9210", "file")
    assert raw.columns == {"MA": [text] * 3}
    assert (raw.encoding, raw.encoding_from) == ("utf-8", "file")
    assert raw.layer == "Quy hoạch"


def test_two_shapefiles_in_one_zip_are_two_layers(tmp_path: Path) -> None:
    parts = made.shapefile_parts(made.in_metres(made.zones()))
    one = made.shapefile_parts(made.in_metres(made.zones(1)))
    entries = {f"2020/dat{ending}": content for ending, content in parts.items()}
    entries |= {f"2030/dat{ending}": content for ending, content in one.items()}
    path = made.write_zip(tmp_path / "a.zip", entries)
    with pytest.raises(LayerUnclear) as caught:
        read(path, tmp_path)
    assert caught.value.layers == "“1. 2020/dat”, “2. 2030/dat”"
    assert are_the_zones(read(path, tmp_path, layer="1. 2020/dat"))
    assert len(read(path, tmp_path, layer="2. 2030/dat").shapes) == 1


@pytest.mark.parametrize("suffix", ["gpkg", "geojson"])
def test_another_format_may_be_zipped(tmp_path: Path, suffix: str) -> None:
    single = tmp_path / f"a.{suffix}"
    if suffix == "gpkg":
        made.write_ogr(single, made.in_metres(made.zones()))
    else:
        made.write_geojson(single, made.zones())
    path = made.write_zip(tmp_path / "a.zip", {"a/" + single.name: single.read_bytes()})
    assert are_the_zones(read(path, tmp_path))


@OLD
def test_old_letters_in_unicode_are_decoded(tmp_path: Path, encoding: str) -> None:
    texts = [made.in_bytes(OLD_TEXT, encoding), "ODT", made.in_bytes(OLD_TEXT, encoding)]
    given = made.write_geojson(tmp_path / "a", made.zones(), texts)
    raw = read(given, tmp_path)
    assert raw.columns == {"MA": [OLD_TEXT, "ODT", OLD_TEXT]}
    assert (raw.encoding, raw.encoding_from) == (encoding, "guessed")
    path = made.write_ogr(tmp_path / "a.gpkg", made.in_metres(made.zones()), texts)
    assert read(path, tmp_path).columns == raw.columns
    assert read(path, tmp_path, encoding="utf-8").columns == {"MA": texts}


def test_unicode_stays_unicode(tmp_path: Path) -> None:
    texts = ["Đất ở", "café", made.in_bytes("Đất ở", "tcvn3")]
    raw = read(made.write_geojson(tmp_path / "a", made.zones(), texts), tmp_path)
    assert raw.columns["MA"][0] == "Đất ở"
    with pytest.raises(TextEncodingUnknown, match="utf-8, cp1258, tcvn3 or vni"):
        read(tmp_path / "a", tmp_path, encoding="koi8-r")


def refused(path: Path, folder: Path, **options: str) -> AddrsvcError:
    with pytest.raises(AddrsvcError) as caught:
        read(path, folder, **options)
    return caught.value


def test_layers_of_nothing(tmp_path: Path) -> None:
    path = made.write_ogr(tmp_path / "a.gpkg", [])
    assert isinstance(refused(path, tmp_path), LayerEmpty)
    assert isinstance(refused(made.write_geojson(tmp_path / "a", []), tmp_path), LayerEmpty)
    parts = made.shapefile_parts([])
    error = refused(made.write_shapefile(tmp_path / "b", parts), tmp_path)
    assert isinstance(error, LayerEmpty)
    assert "Hãy chọn lớp khác" in error.text("vi")
