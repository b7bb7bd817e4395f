from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from addrsvc.admin_units.boundary_errors import (
    BoundaryCrsMissing,
    BoundaryFileTooLarge,
    BoundaryFileUnreadable,
    BoundaryLayerUnclear,
)
from addrsvc.admin_units.boundary_file import MAX_MIB, read_boundaries
from addrsvc.geo.crs import CrsNotUnderstood, to_vn2000
from addrsvc.types import LonLat

CORNERS = [(106.6, 10.9), (106.7, 10.9), (106.7, 11.0), (106.6, 11.0)]
SQUARE = shapely.Polygon(CORNERS)


def write(path: Path, shape: shapely.Geometry, crs: str | None, **options: object) -> Path:
    pyogrio.raw.write(
        path,
        np.array([shapely.to_wkb(shape)], dtype=object),
        [np.array(["25747"], dtype=object)],
        ["code"],
        crs=crs,
        geometry_type="Polygon",
        **options,
    )
    return path


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "geojson"])
def test_each_format_gives_the_same_shapes(tmp_path: Path, suffix: str) -> None:
    raw = read_boundaries(
        write(tmp_path / f"a.{suffix}", SQUARE, "EPSG:4326"), layer=None, crs=None
    )
    assert raw.columns["code"] == ["25747"]
    assert raw.shapes[0] is not None
    assert raw.shapes[0].equals(SQUARE)
    assert raw.vn2000_epsg is None


@pytest.mark.parametrize("suffix", ["gpkg", "shp"])
def test_vn2000_goes_through_the_pinned_transformation(tmp_path: Path, suffix: str) -> None:
    plane = shapely.Polygon([to_vn2000(LonLat(*corner), 9210) for corner in CORNERS])
    raw = read_boundaries(write(tmp_path / f"a.{suffix}", plane, "EPSG:9210"), layer=None, crs=None)
    assert raw.vn2000_epsg == 9210
    assert raw.shapes[0] is not None
    assert raw.shapes[0].normalize().equals_exact(SQUARE.normalize(), 1e-8)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize("suffix", ["gpkg", "shp"])
def test_a_file_without_reference_system_is_refused_and_can_be_told_one(
    tmp_path: Path, suffix: str
) -> None:
    path = write(tmp_path / f"a.{suffix}", SQUARE, None)
    with pytest.raises(BoundaryCrsMissing) as refused:
        read_boundaries(path, layer=None, crs=None)
    assert "--crs EPSG:9210" in refused.value.text("vi")
    (shape,) = read_boundaries(path, layer=None, crs="EPSG:4326").shapes
    assert shape is not None
    assert shape.equals(SQUARE)
    with pytest.raises(CrsNotUnderstood):
        read_boundaries(path, layer=None, crs="bản đồ")


def test_several_layers_need_a_choice(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write(path, SQUARE, "EPSG:4326", layer="one")
    write(path, SQUARE, "EPSG:4326", layer="two", append=True)
    with pytest.raises(BoundaryLayerUnclear):
        read_boundaries(path, layer=None, crs=None)
    assert len(read_boundaries(path, layer="two", crs=None).shapes) == 1
    with pytest.raises(BoundaryFileUnreadable):
        read_boundaries(path, layer="three", crs=None)


VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/http://127.0.0.1:9/x'
    "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
)


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "geojson", "json", "vrt", "csv", "kml"])
def test_what_only_claims_to_be_a_format_never_reaches_gdal(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_text(VRT)
    with pytest.raises(BoundaryFileUnreadable):
        read_boundaries(path, layer=None, crs=None)


def test_other_sqlite_files_and_virtual_paths_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE t (x)")
    database.close()
    for given in (path, Path("/vsicurl/http://127.0.0.1:9/a.gpkg"), tmp_path):
        with pytest.raises(BoundaryFileUnreadable):
            read_boundaries(given, layer=None, crs=None)


@pytest.mark.parametrize(
    "content",
    [
        '{"type": "gdal_streamed_alg", "command_line": "read /etc/passwd"}',
        '{"features": 3}',
        '{"features": [{"geometry": {"type": "Point"}}]}',
        '{"features": [{"geometry": {"type": "Bogus", "coordinates": []}}]}',
        '{"features": [',
        '{"features": [[]]}',
    ],
)
def test_damaged_geojson_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(content)
    with pytest.raises(BoundaryFileUnreadable):
        read_boundaries(path, layer=None, crs=None)


def test_geojson_of_old_may_name_its_reference_system_and_lack_shapes(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    document = {
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::9210"}},
        "features": [{"geometry": None, "properties": None}],
    }
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(document).encode())
    raw = read_boundaries(path, layer=None, crs=None)
    assert (raw.vn2000_epsg, list(raw.shapes)) == (9210, [None])


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    with path.open("wb") as file:
        file.truncate((MAX_MIB + 1) * 2**20)
    with pytest.raises(BoundaryFileTooLarge):
        read_boundaries(path, layer=None, crs=None)
    path.write_text(json.dumps({"features": [{}] * 20_001}))
    with pytest.raises(BoundaryFileTooLarge):
        read_boundaries(path, layer=None, crs=None)
