"""Files that are strange and yet read, part by part."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import planning_files as made
import pytest
import shapely

from addrsvc.planning.files import geopackage_reading
from addrsvc.planning.files.errors import PlanFileDamaged, PlanFileTooLarge
from addrsvc.planning.files.model import ReadOptions
from addrsvc.planning.files.reading import find_layers, read_zones


def package_of(path: Path, blobs: list[bytes | str | None]) -> Path:
    """Write a GeoPackage whose geometries are any values."""
    made.write_ogr(path, made.in_metres(made.zones(len(blobs))))
    with closing(sqlite3.connect(path)) as database:
        for each in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            database.create_function(each, 1, lambda _: 0.0)
        for n, blob in enumerate(blobs, start=1):
            database.execute("UPDATE quy_hoach SET geom = ? WHERE fid = ?", (blob, n))
        database.commit()
    return path


def test_values_that_are_no_shapes_are_none_of_any(tmp_path: Path) -> None:
    square = made.in_metres(made.zones(1))[0]
    head = b"GP\0\1" + struct.pack("<i", 9210)
    path = package_of(
        tmp_path / "a.gpkg",
        [
            None,
            "no blob",
            b"short",
            b"XX" + bytes(40),
            head[:3] + b"\x0f" + bytes(40),
            head[:3] + b"\x09" + bytes(20),
            head + b"\x01\xff\xff\x00\x00" + bytes(20),
            head + shapely.to_wkb(square),
            head[:3] + b"\x03" + head[4:] + bytes(32) + shapely.to_wkb(square, byte_order=0),
        ],
    )
    raw = read_zones(path, ReadOptions())
    assert [each is None for each in raw.shapes] == [True] * 7 + [False] * 2
    for each in raw.shapes[7:]:
        assert shapely.hausdorff_distance(each, made.zones(1)[0]) < 1e-8


def test_texts_of_a_geopackage_that_are_no_utf8(tmp_path: Path) -> None:
    path = made.write_ogr(tmp_path / "a.gpkg", made.in_metres(made.zones(1)), ["x"])
    old = made.in_bytes("Đất ở tại đô thị", "tcvn3").encode("latin-1").hex()
    made.spoiled(path, f"UPDATE quy_hoach SET MA = CAST(x'{old}' AS TEXT)")
    raw = read_zones(path, ReadOptions())
    assert raw.columns == {"MA": ["Đất ở tại đô thị"]}
    assert raw.encoding == "tcvn3"


def test_a_value_larger_than_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geopackage_reading, "_VALUE_BYTES", 3_000)
    path = made.write_ogr(tmp_path / "a.gpkg", [made.star(1_001)], crs="EPSG:4326")
    with pytest.raises(PlanFileTooLarge):
        read_zones(path, ReadOptions())


def test_tables_that_are_not_as_the_standard_says(tmp_path: Path) -> None:
    path = made.write_ogr(tmp_path / "a.gpkg", made.in_metres(made.zones()))
    made.spoiled(path, "ALTER TABLE gpkg_contents RENAME COLUMN data_type TO other")
    with pytest.raises(PlanFileDamaged, match="gpkg_contents"):
        find_layers(path)


def test_names_in_a_zip_are_utf8_though_it_does_not_say_so(tmp_path: Path) -> None:
    parts = made.shapefile_parts(made.in_metres(made.zones()))
    path = made.write_shapefile(tmp_path / "a.zip", parts, "quy hoaaach")
    meant = "quy hoạch".encode()
    assert len(meant) == len(b"quy hoaaach")
    path.write_bytes(path.read_bytes().replace(b"quy hoaaach", meant))
    assert [each.name for each in find_layers(path, tmp_path)] == ["quy hoạch"]


def test_a_name_in_letters_of_old_machines(tmp_path: Path) -> None:
    parts = made.shapefile_parts(made.in_metres(made.zones()))
    path = made.write_shapefile(tmp_path / "a.zip", parts, "tablexx")
    path.write_bytes(path.read_bytes().replace(b"tablexx", b"tabl\x82xx"))
    assert [each.name for each in find_layers(path, tmp_path)] == ["tabléxx"]


def test_a_map_of_microstation_beside_a_shapefile_is_left_alone(tmp_path: Path) -> None:
    parts = made.shapefile_parts(made.in_metres(made.zones()))
    path = made.write_shapefile(tmp_path / "a.zip", parts | {".dgn": b"x", ".tab": b"y"})
    assert len(read_zones(path, ReadOptions(), folder=tmp_path).shapes) == 3


def test_geojson_says_its_members_in_any_order(tmp_path: Path) -> None:
    text = made.write_geojson(tmp_path / "a", made.zones(1)).read_text(encoding="utf-8")
    turned = text.replace('{"type": "FeatureCollection", ', "{", 1)[:-1]
    path = tmp_path / "b"
    path.write_text(
        turned + ', "bbox": [0, 1], "name": "x", "type": "FeatureCollection"}', encoding="utf-8-sig"
    )
    assert len(read_zones(path, ReadOptions()).shapes) == 1
