"""What is odd but no reason to refuse a file, and how much is read of one."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import struct
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import planning_files as made
import pytest
import shapely

from addrsvc.planning.files import child, contents, geojson_reading
from addrsvc.planning.files.errors import PlanFileTooLarge, PlanTextTooLarge
from addrsvc.planning.files.model import RawZones, ReadOptions
from addrsvc.planning.files.reading import read_zones

PROGRAM = (sys.executable, "-P", str(Path(__file__).with_name("hostile_work.py")))


def read_json(path: Path, *geometries: Any, **properties: Any) -> RawZones:
    features = [
        {"type": "Feature", "properties": properties or None, "geometry": each}
        for each in geometries
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return read_zones(path, ReadOptions())


def polygon(*places: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [places]}


def test_coordinates_that_are_none_are_kept_for_the_report(tmp_path: Path) -> None:
    nan, inf = float("nan"), float("inf")
    raw = read_json(
        tmp_path / "a",
        {"type": "Point", "coordinates": [500, 500]},
        polygon([106, 10], [106.1, nan], [106.1, 10.1], [106, 10]),
        polygon([106, 10], [106.1, inf], [106.1, 10.1], [106, 10]),
        polygon([106, 10], [106.1, None], [106.1, 10.1], [106, 10]),
        None,
    )
    assert shapely.get_coordinates(raw.shapes[0]).tolist() == [[500.0, 500.0]]
    places = [shapely.get_coordinates(each) for each in raw.shapes[1:4]]
    assert [np.isfinite(each).all() for each in places] == [False] * 3
    assert np.isinf(places[1]).any()
    assert raw.shapes[4] is None
    assert raw.crs == "EPSG:4326"
    assert read_json(tmp_path / "a", {"type": "Point", "coordinates": [500, 500]}).crs_from


@pytest.mark.parametrize("crs", ["EPSG:9210", "EPSG:4756", "EPSG:3405", "EPSG:4326"])
def test_what_cannot_be_transformed_stays_what_it_is(tmp_path: Path, crs: str) -> None:
    is_plane = crs in {"EPSG:9210", "EPSG:3405"}
    shapes = made.in_metres(made.zones(), int(crs[5:])) if is_plane else made.zones()
    odd = [shapely.Point(np.nan, 5), shapely.Point(1e300, 1e300), shapely.Point(500, 500)]
    path = made.write_ogr(tmp_path / "a.gpkg", [*shapes, *odd], crs=crs, kind="Unknown")
    raw = read_zones(path, ReadOptions())
    assert raw.crs == crs
    away_deg = 0.003 if crs == "EPSG:4756" else 1e-8
    assert shapely.hausdorff_distance(raw.shapes[0], made.zones()[0]) < away_deg
    assert np.isnan(raw.shapes[3].x)
    assert raw.shapes[4].x == 1e300
    if not is_plane:  # not wrapped around the Earth to a place that looks real
        assert (raw.shapes[5].x, raw.shapes[5].y) == (500, 500)


def test_rings_of_too_few_points_and_open_ones_are_kept(tmp_path: Path) -> None:
    raw = read_json(
        tmp_path / "a",
        polygon([106, 10]),
        polygon([106, 10], [106.1, 10]),
        polygon([106, 10], [106.1, 10], [106.1, 10.1]),
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[]]},
    )
    reasons = [shapely.is_valid_reason(each) for each in raw.shapes]
    assert [each.partition("[")[0] for each in reasons] == [
        "Too few points in geometry component",
        "Too few points in geometry component",
        "Valid Geometry",
        "Valid Geometry",
        "Valid Geometry",
    ]
    assert raw.shapes[2].equals(shapely.Polygon([(106, 10), (106.1, 10), (106.1, 10.1)]))


def test_shapes_of_every_kind_come_through_in_two_dimensions(tmp_path: Path) -> None:
    square = [[106, 10, 7], [106.1, 10, 7], [106.1, 10.1], [106, 10, 7]]
    line = [[106, 10, 1, 9], [106.1, 10.1, 1, 9]]
    kinds: dict[str, Any] = {
        "Polygon": [square],
        "MultiPolygon": [[square], [square]],
        "LineString": line,
        "MultiLineString": [line, line[:1]],
        "Point": line[0],
        "MultiPoint": line,
    }
    told = [{"type": kind, "coordinates": places} for kind, places in kinds.items()]
    told.append({"type": "GeometryCollection", "geometries": [told[0], None, told[4]]})
    told += [{"type": "Point", "coordinates": []}, {"type": "LineString", "coordinates": []}]
    raw = read_json(tmp_path / "a", *told)
    assert [each.geom_type for each in raw.shapes[:7]] == [*kinds, "GeometryCollection"]
    assert not shapely.has_z(raw.shapes).any()
    assert [each.is_empty for each in raw.shapes[7:]] == [True, True]


def test_attributes_are_what_can_be_kept(tmp_path: Path) -> None:
    raw = read_json(
        tmp_path / "a",
        None,
        None,
        **{"a\0": "x\0y", "a": 1, "nan": float("nan"), "half": "\ud800", "list": [1, {"b": None}]},
        big=10**30,
        yes=True,
        none=None,
    )
    assert raw.columns == {
        "a": ["xy", "xy"],
        "nan": [None, None],
        "half": ["?", "?"],
        "list": ['[1,{"b":null}]', '[1,{"b":null}]'],
        "big": [str(10**30)] * 2,
        "yes": [True, True],
        "none": [None, None],
    }


def test_features_of_different_attributes_share_all_columns(tmp_path: Path) -> None:
    features = [
        {"type": "Feature", "geometry": None, "properties": each}
        for each in ({"a": 1}, {"b": 2}, None, {"b": 3, "a": 4})
    ]
    document = {"features": features, "type": "FeatureCollection"}
    (tmp_path / "a").write_text(json.dumps(document), "utf-8")
    raw = read_zones(tmp_path / "a", ReadOptions())
    assert raw.columns == {"a": [1, None, None, 4], "b": [None, 2, None, 3]}


def test_zones_vertices_and_cells_are_counted_while_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metres = made.in_metres(made.zones())
    paths = [
        made.write_geojson(tmp_path / "a.geojson", made.zones()),
        made.write_ogr(tmp_path / "a.gpkg", metres),
        made.write_shapefile(tmp_path / "a.zip", made.shapefile_parts(metres)),
    ]
    for name, most, enough in (("MAX_ZONES", 2, 3), ("MAX_VERTICES", 14, 15)):
        for path in paths:
            for limit, is_refused in ((most, True), (enough, False)):
                monkeypatch.setattr(contents, name, limit)
                # brackets, which are counted first, are more than vertices
                monkeypatch.setattr(geojson_reading, "MAX_VERTICES", 100)
                if is_refused:
                    with pytest.raises(PlanFileTooLarge):
                        read_zones(path, ReadOptions(), folder=tmp_path)
                else:
                    assert len(read_zones(path, ReadOptions(), folder=tmp_path).shapes) == 3
    monkeypatch.setattr(contents, "MAX_CELLS", 2)
    for path in paths:
        with pytest.raises(PlanTextTooLarge):
            read_zones(path, ReadOptions(), folder=tmp_path)


def read_in_child(path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(child, "PROGRAM", PROGRAM)
    given = {"path": str(path)}
    told = child.run_child("read", given, path.parent, seconds=60, memory_bytes=2**30)
    return asyncio.run(told)


def write_geojson_of(path: Path, rings: int, points: int) -> None:
    before = '{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[['
    with path.open("w", encoding="ascii") as file:
        file.write('{"type":"FeatureCollection","features":[')
        for n in range(rings):
            file.write("," * bool(n) + before + "[0,0]," * points + "[0,0]]]}}")
        file.write("]}")


def write_geopackage_of(path: Path, rings: int, points: int) -> None:
    made.write_ogr(path, made.zones(rings), crs="EPSG:4326")
    polygon_of = struct.pack("<2sBBiBIII", b"GP", 0, 1, 4326, 1, 3, 1, points)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type='trigger'"):
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("UPDATE quy_hoach SET geom = ?", [polygon_of + bytes(16 * points)])
        database.commit()


def write_shapefile_of(path: Path, rings: int, points: int) -> None:
    parts = made.shapefile_parts(made.zones(rings), crs="EPSG:4326")
    record = struct.pack("<i4diii", 5, 0, 0, 0, 0, 1, points, 0) + bytes(16 * points)
    words = len(record) // 2
    total = 50 + rings * (4 + words)
    parts[".shp"] = (
        parts[".shp"][:24]
        + struct.pack(">i", total)
        + parts[".shp"][28:100]
        + b"".join(struct.pack(">ii", n + 1, words) + record for n in range(rings))
    )
    places = [struct.pack(">ii", 50 + n * (4 + words), words) for n in range(rings)]
    parts[".shx"] = parts[".shx"][:100] + b"".join(places)
    with zipfile.ZipFile(path, "w") as stored:  # packed, it would be refused as a bomb
        for ending, content in parts.items():
            stored.writestr(f"quy_hoach{ending}", content)


@pytest.mark.parametrize(
    ("name", "write", "rings", "points"),
    [
        ("a.geojson", write_geojson_of, 1, 10**7),
        ("a.geojson", write_geojson_of, 1_000, 10**4),
        ("a.gpkg", write_geopackage_of, 1, 10**7),
        ("a.zip", write_shapefile_of, 1, 10**7),
    ],
)
def test_ten_million_vertices_are_refused_before_memory_goes(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    write: Callable[[Path, int, int], None],
    rings: int,
    points: int,
) -> None:
    path = tmp_path / name
    write(path, rings, points)
    with pytest.raises(PlanFileTooLarge, match="simplify its outlines") as caught:
        read_in_child(path, monkeypatch)
    path.unlink()  # folders of tests are kept for a while
    assert "giản lược bớt đỉnh" in caught.value.text("vi")


def test_the_star_is_read_for_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made.write_geojson(tmp_path / "a", [made.star(3_001)])
    told = read_in_child(path, monkeypatch)
    assert (told["zones"], told["vertices"]) == (1, 3_002)
