"""GeoJSON as people have it, and as somebody has it who wants the network asked or work done."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from addrsvc.admin_units.boundary_file import read_boundaries
from addrsvc.errors import AddrsvcError
from addrsvc.tabular import json_stream
from addrsvc.tabular.errors import FileBroken, LayerUnreadable, LayerWithoutCrs, RecordTooLarge
from addrsvc.tabular.geo_reading import GeoSource
from addrsvc.tabular.row_errors import GeometryRefused

POINT = {"type": "Point", "coordinates": [106.65, 10.95]}


def feature(geometry: object, **more: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"so_nha": "12/3"}, "geometry": geometry, **more}


def collection(*features: object, **more: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [*features], **more}


def written(folder: Path, document: object) -> Path:
    path = folder / "in.geojson"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_columns_cells_and_coordinates(tmp_path: Path) -> None:
    values = {"a": None, "b": 15.0, "c": 1.5, "d": [1, "x"], "e": True, "f": 7}
    document = collection(
        feature(POINT, id="node/1"),
        feature({"type": "MultiPoint", "coordinates": [[106, 10, 5]]}, properties=values),
        feature(None, id=3),
        feature({"type": "Point", "coordinates": []}, properties=None),
        feature({"type": "MultiPoint", "coordinates": []}),
    )
    source = GeoSource(written(tmp_path, document))
    assert source.columns == ["id", "so_nha", "a", "b", "c", "d", "e", "f", "x", "y"]
    assert (source.crs, source.estimate()) == ("EPSG:4326", 5)
    cells = [record.cells for record in source.records()]
    assert cells[0] == ["node/1", "12/3", *[""] * 6, "106.65", "10.95"]
    assert cells[1] == ["", "", "", "15", "1.5", '[1,"x"]', "true", "7", "106.0", "10.0"]
    assert [each[-2:] for each in cells[2:]] == [["", ""]] * 3
    assert [record.line for record in source.records()] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 0]]]},
        {"type": "Point", "coordinates": [106.65]},
        {"type": "Point", "coordinates": ["106.65", 10]},
        {"type": "Point", "coordinates": [True, 10]},
        {"type": "Point", "coordinates": {"lon": 1}},
        {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]},
        {"type": "GeometryCollection", "geometries": []},
        "POINT (1 2)",
        7,
    ],
)
def test_what_is_no_point_is_told(tmp_path: Path, shape: object) -> None:
    (record,) = GeoSource(written(tmp_path, collection(feature(shape)))).records()
    assert isinstance(record.error, GeometryRefused)


@pytest.mark.parametrize(
    "name",
    ["EPSG:9210", "urn:ogc:def:crs:EPSG::9210", "http://www.opengis.net/def/crs/EPSG/0/9210"],
)
def test_a_reference_system_of_old_is_understood_by_its_name(tmp_path: Path, name: str) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    assert GeoSource(written(tmp_path, collection(crs=crs))).crs == name
    crs = {"type": "name", "properties": {"name": "bản đồ"}}
    with pytest.raises(LayerWithoutCrs):
        GeoSource(written(tmp_path, collection(crs=crs)))
    assert GeoSource(written(tmp_path, collection(crs=crs)), crs="EPSG:9210").crs == "EPSG:9210"


@pytest.mark.parametrize(
    "document",
    [
        feature(POINT),
        POINT,
        {"type": "FeatureCollection"},
        {"type": "FeatureCollection", "features": 3},
        collection(3),
        collection({"properties": 3}),
        {"type": "Topology", "arcs": [], "objects": {}},
        collection(crs={"type": "name"}),
    ],
)
def test_what_is_no_collection_is_refused(tmp_path: Path, document: object) -> None:
    with pytest.raises(LayerUnreadable):
        GeoSource(written(tmp_path, document))


def test_a_feature_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, collection(feature(POINT, mo_ta="x" * 70_000)))
    monkeypatch.setattr(json_stream, "VALUE_LIMIT", 100)
    with pytest.raises(RecordTooLarge):
        GeoSource(path)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\n[", 2),
        ('{"type": "FeatureCollection", "features": [' + "[" * 50, 1),
        ('{"type": "FeatureCollection",\n"features": [\n{"a": 1},\n{"a": tru},\n{}]}', 4),
        ('{"type": "FeatureCollection",\n"features": [\n{"a": 1}\n{}]}', 4),
        ('{"type": "FeatureCollection",\n"features": [\n{"a": "x}]}', 3),
        ('{"type": "FeatureCollection",\n"features": [\n{"a": NaN}]}', 3),
        ('{"type": "FeatureCollection",\n"features": []\n,3:4}', 3),
        ('{"type": "FeatureCollection", "features": []}\n\n{}', 3),
        ('{"type": "FeatureCollection", "features": [' + "[" * 200_000, 1),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "in.geojson"
    path.write_text(text.replace("\n[", "{\n[", 1) if text[0] == "\n" else text)
    with pytest.raises(FileBroken) as refused:
        GeoSource(path)
    assert refused.value.line == line


def test_bytes_that_are_no_text_are_refused_with_their_line(tmp_path: Path) -> None:
    path = written(tmp_path, collection())
    path.write_bytes(path.read_bytes().replace(b"[]", b'[\n{"a": "\xff"}\n]'))
    with pytest.raises(FileBroken):
        GeoSource(path)


def test_members_may_stand_behind_the_features(tmp_path: Path) -> None:
    path = tmp_path / "in.geojson"
    crs = '{"type": "name", "properties": {"name": "EPSG:9210"}}'
    path.write_text(
        '{"features": [{"properties": {"a": "x"}, "geometry": null}, {"properties": {"b": 1}}'
        f'], "n": 12, "crs": {crs}, "type": "FeatureCollection"}}'
    )
    source = GeoSource(path)
    assert (source.crs, source.columns) == ("EPSG:9210", ["a", "b", "x", "y"])
    assert [each.cells for each in source.records()] == [["x", "", "", ""], ["", "1", "", ""]]


def test_features_larger_than_a_block_are_read_whole(tmp_path: Path) -> None:
    rows = [feature(POINT, properties={"n": n, "t": "ơ" * (n * 40_000)}) for n in range(6)]
    source = GeoSource(written(tmp_path, collection(*rows)))
    assert [len(each.cells[1]) for each in source.records()] == [n * 40_000 for n in range(6)]


@pytest.fixture
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """Give the URL of a server on this machine, and what it was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        is_over = threading.Event()

        def listen() -> None:
            while not is_over.is_set():
                try:
                    conn, _ = server.accept()
                except TimeoutError:
                    continue
                with conn:
                    asked.append(conn.recv(200))
                    conn.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x", asked
        is_over.set()
        thread.join()


def test_no_file_makes_the_network_be_asked(
    tmp_path: Path, listener: tuple[str, list[bytes]]
) -> None:
    url, asked = listener
    systems = [
        {"type": "link", "properties": {"href": url, "url": url, "type": "proj4"}},
        {"type": "url", "properties": {"url": url}},
        {"type": "name", "properties": {"name": url}},
        {"type": "name", "properties": {"name": f"/vsicurl/{url}"}},
        url,
    ]
    read = f"read /vsicurl/{url} ! write --of stream"
    documents: list[object] = [
        *(collection(feature(POINT), crs=crs) for crs in systems),
        *(collection(feature({**POINT, "crs": crs})) for crs in systems),
        *(collection(feature(POINT, crs=crs)) for crs in systems),
        {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! {read}"},
        {"type": "gdal_streamed_alg", "command_line": f"gdal vector {read}"},
        collection(stac_version="1.0", links=[{"rel": "next", "href": url}]),
        collection(feature(POINT), links=[{"rel": "next", "href": url}]),
        {"tilejson": "2.1", "tiles": [url]},
        {"currentVersion": 1, "url": url},
    ]
    for document in documents:
        path = written(tmp_path, document)
        for read_it in (_read_points, _read_areas):
            read_it(path)
    for path in _layers(tmp_path, url):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a reference system that is none
            for read_it in (_read_points, _read_areas):
                read_it(path)
    assert asked == []


def _read_points(path: Path) -> None:
    try:
        list(GeoSource(path).records())
    except (AddrsvcError, KeyError):
        return


def _read_areas(path: Path) -> None:
    try:
        read_boundaries(path, layer=None, crs=None)
    except AddrsvcError:
        return


def _layers(folder: Path, url: str) -> list[Path]:
    """Give a GeoPackage and a Shapefile whose reference system is an address of the network."""
    made = []
    for suffix in ("gpkg", "shp"):
        path = folder / f"in.{suffix}"
        pyogrio.raw.write(
            path,
            np.array([shapely.to_wkb(shapely.Point(106.65, 10.95))], dtype=object),
            [np.array(["12/3"], dtype=object)],
            ["so_nha"],
            geometry_type="Point",
            crs="EPSG:4326",
        )
        made.append(path)
    for prefix in ("", "/vsicurl/"):
        path = folder / f"other{len(prefix)}.gpkg"
        shutil.copy(folder / "in.gpkg", path)
        with sqlite3.connect(path) as database:
            database.execute(
                "UPDATE gpkg_spatial_ref_sys SET organization = 'x', definition = ?"
                " WHERE srs_id = 4326",
                [f"{prefix}{url}"],
            )
        database.close()
        made.append(path)
    (folder / "in.prj").write_text(url)
    return made
