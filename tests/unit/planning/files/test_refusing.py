"""Files nobody should open: each is refused with words that say what to do, and reaches nothing."""

from __future__ import annotations

import json
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import planning_files as made
import pytest
import shapely

from addrsvc.errors import AddrsvcError
from addrsvc.planning.files import errors, unzipping
from addrsvc.planning.files.model import ReadOptions
from addrsvc.planning.files.reading import read_zones

URL = "http://127.0.0.1:{port}/x"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Listen, and see at the end that nobody came."""
    import socket  # noqa: PLC0415 -- beside its only use

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server.getsockname()[1]
        with pytest.raises(BlockingIOError):
            server.accept()


def refused(path: Path, folder: Path, **options: str) -> AddrsvcError:
    with pytest.raises(AddrsvcError) as caught:
        read_zones(path, ReadOptions(**options), folder=folder)
    assert caught.value.text("en")
    return caught.value


VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/{url}</SrcDataSource>'
    "</OGRVRTLayer></OGRVRTDataSource>"
)
EXPORT = "Hãy mở bằng QGIS rồi xuất sang GeoPackage"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (VRT, "VRT"),
        ('<?xml version="1.0"?>\n' + VRT, "VRT"),
        ("\ufeff \n" + VRT, "VRT"),
        ('<?xml version="1.0"?><kml xmlns="x"><NetworkLink>{url}</NetworkLink></kml>', "KML"),
        ('<?xml version="1.0"?><gml:x/>', "XML (GML, KML…)"),
        ("  0\r\nSECTION\r\n", "DXF (AutoCAD)"),
        ("AC1032\0", "DWG (AutoCAD)"),
        ("\x08\x09\xfe\x02", "DGN (MicroStation)"),
        ("!table\n!version 300\n", "MapInfo TAB"),
        ("VERSION 300\nCharset", "MapInfo MIF"),
        ("%PDF-1.7", "PDF"),
        ("Rar!\x1a", "RAR"),
    ],
)
@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp"])
def test_other_formats_are_named_whatever_the_file_is_called(
    tmp_path: Path, port: int, content: str, found: str, name: str
) -> None:
    path = tmp_path / name
    encoding = "utf-8" if "<" in content else "latin-1"
    path.write_bytes(content.replace("{url}", URL.format(port=port)).encode(encoding))
    error = refused(path, tmp_path)
    assert isinstance(error, errors.PlanFormatRefused)
    assert error.found == found
    assert found in error.text("vi")
    assert EXPORT in error.text("vi")


@pytest.mark.parametrize("content", [b"", b"/vsicurl/{url}", b"{url}", b"\0" * 100, b"PG:host=x"])
def test_what_is_nothing_is_refused(tmp_path: Path, port: int, content: bytes) -> None:
    path = tmp_path / "a.gpkg"
    path.write_bytes(content.replace(b"{url}", URL.format(port=port).encode()))
    error = refused(path, tmp_path)
    assert isinstance(error, errors.PlanFormatUnknown)
    assert "Chỉ nhận GeoPackage" in error.text("vi")


def test_a_path_that_leads_out_is_no_file(tmp_path: Path, port: int) -> None:
    for path in (f"/vsicurl/{URL.format(port=port)}", "/vsizip/a.zip", str(tmp_path)):
        assert isinstance(refused(Path(path), tmp_path), errors.PlanFormatUnknown)


def feature(geometry: Any = None, **more: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {}, "geometry": geometry, **more}


def collection(*features: Any, **more: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features, **more})


RING = [[106.0, 10.0], [106.1, 10.0], [106.1, 10.1], [106.0, 10.0]]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("[]", "["),
        ("{}", "type: None"),
        ('{"type": "Topology", "features": []}', "type: Topology"),
        ('{"type": "FeatureCollection"}', "type: FeatureCollection"),
        ('{"type": "FeatureCollection", "features": {}}', "features"),
        ('{"type": "gdal_streamed_alg", "command_line": "gdal vector read x"}', "type: gdal"),
        (collection(feature(), 5), "features/1"),
        (collection({"type": "Polygon", "coordinates": [RING]}), "features/0"),
        (collection(feature({"type": "Circle", "coordinates": []})), "features/0"),
        (collection(feature({"type": "Polygon"})), "features/0"),
        (collection(feature({"type": "Polygon", "coordinates": 5})), "features/0"),
        (collection(feature({"type": "Polygon", "coordinates": [[[1], [2]]]})), "features/0"),
        (collection(feature({"type": "Polygon", "coordinates": [["ab", "cd"]]})), "features/0"),
        (collection(feature({"type": "Polygon", "coordinates": [[[1, 10**400]]]})), "features/0"),
        (collection(feature(properties=[1])), "features/0"),
        ('{"type": "FeatureCollection", "features": [], "features": []}', "features"),
    ],
)
def test_json_that_is_no_collection(tmp_path: Path, content: str, place: str) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(content, encoding="utf-8")
    error = refused(path, tmp_path)
    assert isinstance(error, errors.NotFeatures)
    assert error.place.startswith(place)
    assert "Hãy xuất lại lớp bản đồ sang GeoJSON" in error.text("vi")


def nested(depth: int) -> str:
    geometry: dict[str, Any] = {"type": "Point", "coordinates": [106, 10]}
    for _ in range(depth):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    return collection(feature(geometry))


@pytest.mark.parametrize(
    "content",
    [
        collection(feature())[:-3],
        '{"type": "FeatureCollection", "features": [' + "[" * 100_000,
        '{"a":' * 100_000,
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "type": "Feature"}]}',
        '{"type": "FeatureCollection", "features": []} {}',
        '{"type": "FeatureCollection",\n"features": [{"geometry": \xff]}',
    ],
)
def test_damaged_json_names_its_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(content.encode("latin-1"))
    error = refused(path, tmp_path)
    assert isinstance(error, errors.PlanFileDamaged)
    assert "dòng (line)" in error.part
    assert "Hãy xuất lại từ phần mềm bản đồ" in error.text("vi")


def test_shapes_within_shapes_have_an_end(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(nested(50), encoding="utf-8")
    assert isinstance(refused(tmp_path / "a", tmp_path), errors.NotFeatures)
    (tmp_path / "a").write_text(nested(5), encoding="utf-8")
    assert len(read_zones(tmp_path / "a", ReadOptions()).shapes) == 1


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "link", "properties": {"href": URL, "type": "proj4"}},
        {"type": "name", "properties": {"name": URL}},
        {"type": "name", "properties": {"name": "/vsicurl/" + URL}},
        {"type": "name", "properties": {"name": 5}},
        "EPSG:4326",
        {"type": "name", "properties": {"name": "no such system"}},
    ],
)
def test_a_reference_system_elsewhere_is_not_fetched(tmp_path: Path, port: int, crs: Any) -> None:
    told = json.loads(json.dumps(crs).replace("{port}", str(port)))
    path = made.write_geojson(tmp_path / "a.geojson", made.zones(), crs=told)
    error = refused(path, tmp_path)
    assert isinstance(error, errors.CrsRefused)
    assert "liên kết ra ngoài không bao giờ được mở" in error.text("vi")
    assert "EPSG:9210" in error.text("vi")


def test_a_shapefile_whose_side_files_name_a_host(tmp_path: Path, port: int) -> None:
    url = URL.format(port=port).encode()
    parts = made.shapefile_parts(made.in_metres(made.zones())) | {".cpg": url, ".vrt": url}
    path = made.write_shapefile(tmp_path / "a.zip", parts | {".prj": url, ".shp.xml": url})
    assert isinstance(refused(path, tmp_path), errors.CrsRefused)
    raw = read_zones(path, ReadOptions(crs="EPSG:9210"), folder=tmp_path)
    assert len(raw.shapes) == 3


GEOGCS = (
    'GEOGCS["b",DATUM["c",SPHEROID["d",6378137,298]],PRIMEM["e",0],UNIT["f",0.0174532925199433]]'
)


@pytest.mark.parametrize("projection", ["No_Such", "Krovak"])
def test_a_prj_that_leads_nowhere(tmp_path: Path, projection: str) -> None:
    prj = f'PROJCS["a",{GEOGCS},PROJECTION["{projection}"],UNIT["Meter",1]]'.encode()
    parts = made.shapefile_parts(made.in_metres(made.zones())) | {".prj": prj}
    path = made.write_shapefile(tmp_path / "a.zip", parts)
    error = refused(path, tmp_path)
    assert isinstance(error, errors.CrsRefused)
    assert "Hãy chọn hệ tọa độ khi gửi" in error.text("vi")
    assert read_zones(path, ReadOptions(crs="EPSG:9210"), folder=tmp_path).crs == "EPSG:9210"
    assert not list(tmp_path.glob("*.prj"))  # GDAL reads none


def test_degrees_are_not_taken_for_metres_nor_metres_for_degrees(tmp_path: Path) -> None:
    path = made.write_ogr(tmp_path / "a.gpkg", made.zones(), crs="EPSG:9210")
    error = refused(path, tmp_path)
    assert isinstance(error, errors.DegreesNotMetres)
    assert "là độ. Hãy chọn lại hệ tọa độ: EPSG:4326" in error.text("vi")
    path = made.write_ogr(tmp_path / "b.gpkg", made.in_metres(made.zones()), crs="EPSG:4326")
    error = refused(path, tmp_path)
    assert isinstance(error, errors.MetresNotDegrees)
    assert "là mét. Hãy chọn lại hệ tọa độ: EPSG:9210" in error.text("vi")
    assert len(read_zones(path, ReadOptions(crs="EPSG:9210")).shapes) == 3
    parts = made.shapefile_parts([shapely.box(1, 2, 3, 4)])
    del parts[".prj"]
    error = refused(made.write_shapefile(tmp_path / "a.zip", parts), tmp_path)
    assert isinstance(error, errors.CrsUnclear)
    assert "(ví dụ 1; 2)" in error.text("vi") or "Hãy chọn hệ tọa độ" in error.text("vi")


def zip_of(path: Path, name: str, declared: int, packed: bytes, **flags: int) -> Path:
    """Write a zip by hand, of one entry, whose header says what it likes."""
    raw = name.encode()
    common = struct.pack(
        "<HHHHHIIIHH",
        20, flags.get("bits", 0), 8, 0, 33, 0, len(packed), declared, len(raw), 0,
    )  # fmt: skip
    local = b"PK\x03\x04" + common + raw + packed
    central = (
        b"PK\x01\x02" + struct.pack("<H", 20 | flags.get("system", 0) << 8) + common
        + struct.pack("<HHHII", 0, 0, 0, flags.get("mode", 0) << 16, 0) + raw
    )  # fmt: skip
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    path.write_bytes(local + central + end)
    return path


def zeros(mebibytes: int) -> bytes:
    """Deflate so many zeros: the same block again and again."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packing.compress(bytes(2**20)) + packing.flush(zlib.Z_FULL_FLUSH)
    return block * mebibytes + b"\x03\x00"


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = zeros(10_240)
    assert len(bomb) < 12_000_000
    error = refused(zip_of(tmp_path / "a.zip", "a.shp", 2**32 - 2, bomb), tmp_path)
    assert isinstance(error, errors.ArchiveTooLarge)
    assert "Hãy chỉ nén các tệp .shp, .shx, .dbf" in error.text("vi")
    # not too large, but nothing real packs so well
    error = refused(zip_of(tmp_path / "a.zip", "a.shp", 900 * 2**20, zeros(900)), tmp_path)
    assert isinstance(error, errors.ArchiveTooLarge)
    # and one that says it is small
    error = refused(zip_of(tmp_path / "a.zip", "a.shp", 1_000, bomb), tmp_path)
    assert isinstance(error, errors.PlanFileDamaged)
    assert sum(each.stat().st_size for each in tmp_path.iterdir()) < 30_000_000


def test_bytes_are_counted_whatever_the_archive_says(tmp_path: Path) -> None:
    path = made.write_zip(tmp_path / "a.zip", {"a.shp": bytes(3 * 2**20)})
    with zipfile.ZipFile(path) as archive, pytest.raises(errors.ArchiveTooLarge):
        unzipping._write(archive, archive.infolist()[0], tmp_path / "x", 2**21)


def test_a_zip_of_too_many_entries(tmp_path: Path) -> None:
    path = made.write_zip(tmp_path / "a.zip", {f"{n}.txt": b"" for n in range(501)})
    assert isinstance(refused(path, tmp_path), errors.ArchiveTooLarge)


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("../a.shp", {}),
        ("/etc/a.shp", {}),
        ("a\\..\\..\\a.shp", {}),
        ("C:\\a.shp", {}),
        ("\\\\host\\a.shp", {}),
        ("b.zip", {}),
        ("b.7z", {}),
        ("a.shp", {"bits": 1}),
        ("a.shp", {"system": 3, "mode": 0o120777}),
    ],
)
def test_entries_no_map_needs(tmp_path: Path, name: str, flags: dict[str, int]) -> None:
    packed = zlib.compress(b"/etc/passwd")[2:-4]
    error = refused(zip_of(tmp_path / "a.zip", name, 11, packed, **flags), tmp_path)
    assert isinstance(error, errors.ArchiveUnsafe)
    assert name in error.entry or "a.shp" in error.entry
    assert "Hãy nén lại chỉ gồm .shp, .shx, .dbf" in error.text("vi")


def test_a_zip_packed_otherwise_or_of_no_name(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.shp", b"x")
    assert isinstance(refused(path, tmp_path), errors.PlanFormatRefused)
    assert isinstance(
        refused(zip_of(path, "", 11, zlib.compress(b"x")[2:-4]), tmp_path), errors.PlanFormatUnknown
    )


def test_two_entries_of_one_name(tmp_path: Path) -> None:
    path = made.write_zip(tmp_path / "a.zip", {"a.shp": b"x", "A.SHP": b"y"})
    assert isinstance(refused(path, tmp_path), errors.ArchiveUnsafe)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["a.tab", "a.map"], "MapInfo TAB"),
        (["doc.kml"], "KMZ"),
        (["x.gdb/a0001.gdbtable"], "File Geodatabase (.gdb)"),
        (["[Content_Types].xml", "xl/workbook.xml"], "Office (.xlsx, .docx)"),
        (["a.dgn"], "DGN (MicroStation)"),
    ],
)
def test_zips_of_other_formats(tmp_path: Path, names: list[str], found: str) -> None:
    error = refused(made.write_zip(tmp_path / "a.zip", dict.fromkeys(names, b"x")), tmp_path)
    assert isinstance(error, errors.PlanFormatRefused)
    assert error.found == found


def test_zips_of_nothing(tmp_path: Path) -> None:
    for entries in ({}, {"readme.txt": b"x"}, {"__MACOSX/a.shp": b"x"}):
        path = made.write_zip(tmp_path / "a.zip", entries)
        assert isinstance(refused(path, tmp_path), errors.PlanFormatUnknown)
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04" + bytes(50))
    assert isinstance(refused(tmp_path / "a.zip", tmp_path), errors.PlanFileDamaged)


def test_a_shapefile_lacks_parts(tmp_path: Path) -> None:
    parts = made.shapefile_parts(made.in_metres(made.zones()))
    cases = {(".dbf",): ".dbf", (".shx", ".dbf"): ".shx, .dbf", (".shp",): ".shp"}
    for gone, missing in cases.items():
        left = {ending: content for ending, content in parts.items() if ending not in gone}
        error = refused(made.write_shapefile(tmp_path / "a.zip", left), tmp_path)
        assert isinstance(error, errors.ShapefileIncomplete)
        assert error.missing == missing
        assert "Hãy nén đủ .shp, .shx và .dbf" in error.text("vi")
    (tmp_path / "a.shp").write_bytes(parts[".shp"])
    assert isinstance(refused(tmp_path / "a.shp", tmp_path), errors.ShapefileIncomplete)


def set_bytes(content: bytes, at: int, value: bytes) -> bytes:
    return content[:at] + value + content[at + len(value) :]


@pytest.mark.parametrize(
    ("ending", "change"),
    [
        (".shp", lambda content: content[:-40]),
        (".shp", lambda content: content[:60]),
        (".shp", lambda content: set_bytes(content, 24, struct.pack(">i", 60))[:120]),
        (".shp", lambda content: set_bytes(content, 148, struct.pack("<i", -1))),
        (".shp", lambda content: set_bytes(content, 148, struct.pack("<i", 10**8))),
        (".shp", lambda _: VRT.encode()),
        (".shx", lambda content: content[:-4]),
        (".shx", lambda content: content[:50]),
        (".shx", lambda content: set_bytes(content, 100, struct.pack(">i", 2**30))),
        (".shx", lambda content: set_bytes(content, 100, struct.pack(">i", 1))),
        (".shx", lambda _: b"x" * 200),
        (".dbf", lambda content: content[:-20]),
        (".dbf", lambda _: b"x"),
        (".dbf", lambda content: set_bytes(content, 4, struct.pack("<I", 2**31))),
    ],
)
def test_a_shapefile_cut_short_or_contradicting_itself(
    tmp_path: Path, ending: str, change: Callable[[bytes], bytes]
) -> None:
    parts = made.shapefile_parts(made.in_metres(made.zones()))
    parts[ending] = change(parts[ending])
    error = refused(made.write_shapefile(tmp_path / "a.zip", parts), tmp_path)
    assert isinstance(error, errors.PlanFileDamaged)
    assert ending in error.part
    assert "Hãy xuất lại từ phần mềm bản đồ" in error.text("vi")


def test_an_index_that_names_one_large_shape_over_and_over(tmp_path: Path) -> None:
    parts = made.shapefile_parts([made.star(20_001)])
    entry = parts[".shx"][100:108]
    many = parts[".shx"][:100] + entry * 500
    parts[".shx"] = set_bytes(many, 24, struct.pack(">i", len(many) // 2))
    error = refused(made.write_shapefile(tmp_path / "a.zip", parts), tmp_path)
    assert isinstance(error, errors.PlanFileTooLarge)
    assert "chia bản đồ thành nhiều tệp" in error.text("vi")


def test_surfaces_in_space(tmp_path: Path) -> None:
    parts = made.shapefile_parts(made.in_metres(made.zones()))
    parts[".shp"] = set_bytes(parts[".shp"], 32, struct.pack("<i", 31))
    error = refused(made.write_shapefile(tmp_path / "a.zip", parts), tmp_path)
    assert isinstance(error, errors.PlanFormatRefused)


HOSTILE_TABLES = [
    "CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 1",
    "ALTER TABLE quy_hoach ADD COLUMN big TEXT AS (hex(zeroblob(500000000)))",
    "CREATE VIRTUAL TABLE v USING fts5(a)",
    """INSERT INTO sqlite_master VALUES ('table', ' USING rtree', ' USING rtree', 0,
    'CREATE VIRTUAL TABLE " USING rtree" USING VirtualOGR(''/vsicurl/{url}'')')""",
]


@pytest.mark.parametrize("statement", HOSTILE_TABLES)
def test_a_geopackage_that_computes(tmp_path: Path, port: int, statement: str) -> None:
    path = made.write_ogr(tmp_path / "a.gpkg", made.in_metres(made.zones()))
    made.spoiled(path, statement.replace("{url}", URL.format(port=port)))
    error = refused(path, tmp_path)
    assert isinstance(error, errors.PlanFileComputed)
    assert "Hãy xuất riêng lớp quy hoạch ra một GeoPackage mới" in error.text("vi")


def test_a_geopackage_that_names_other_places(tmp_path: Path, port: int) -> None:
    url = "/vsicurl/" + URL.format(port=port)
    path = made.write_ogr(tmp_path / "a.gpkg", made.in_metres(made.zones()))
    made.spoiled(path, f"UPDATE gpkg_contents SET table_name = '{url}'")
    error = refused(path, tmp_path)
    assert isinstance(error, errors.LayerEmpty)
    path = made.write_ogr(tmp_path / "b.gpkg", made.in_metres(made.zones()))
    made.spoiled(path, f"UPDATE gpkg_spatial_ref_sys SET organization = 'X', definition = '{url}'")
    assert isinstance(refused(path, tmp_path), errors.CrsRefused)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE gpkg_geometry_columns SET column_name = 'none'", errors.PlanFileDamaged),
        ("DROP TABLE gpkg_spatial_ref_sys", errors.PlanFormatRefused),
        ("DELETE FROM gpkg_contents", errors.LayerEmpty),
        ("UPDATE quy_hoach SET MA = printf('%.20000c', 'x')", errors.PlanTextTooLarge),
    ],
)
def test_a_geopackage_that_contradicts_itself(
    tmp_path: Path, statement: str, expected: type[AddrsvcError]
) -> None:
    path = made.write_ogr(tmp_path / "a.gpkg", made.in_metres(made.zones()))
    made.spoiled(path, "PRAGMA foreign_keys = OFF", statement)
    assert isinstance(refused(path, tmp_path), expected)


def test_a_geopackage_cut_short(tmp_path: Path) -> None:
    path = made.write_ogr(tmp_path / "a.gpkg", made.in_metres(made.zones(500)))
    content = path.read_bytes()
    for length in (100, 5_000, len(content) // 2):
        path.write_bytes(content[:length])
        error = refused(path, tmp_path)
        assert isinstance(error, errors.PlanFileComputed | errors.PlanFileDamaged)
        assert "xuất" in error.text("vi")


def test_an_ordinary_database_is_no_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE a (b)")
    error = refused(path, tmp_path)
    assert isinstance(error, errors.PlanFormatRefused)
    assert error.found == "SQLite"


def test_arcs_are_refused(tmp_path: Path) -> None:
    arc = struct.pack("<BII", 1, 8, 3) + struct.pack("<6d", 0, 0, 1, 1, 2, 0)
    header = b"GP\0\1" + struct.pack("<i", 9210)
    within = struct.pack("<BII", 1, 7, 1) + arc
    for wkb in (struct.pack("<BII", 1, 10, 1) + arc, within):
        path = tmp_path / "a.gpkg"
        path.unlink(missing_ok=True)
        made.write_ogr(path, made.in_metres(made.zones()))
        hexed = (header + wkb).hex()
        made.spoiled(
            path,
            f"UPDATE quy_hoach SET geom = x'{hexed}' WHERE fid = 2",
        )
        error = refused(path, tmp_path)
        assert isinstance(error, errors.LayerHasCurves)
        assert "QGIS: “Segmentize”" in error.text("vi")


@pytest.mark.parametrize(
    "properties",
    [
        {f"c{n}": 1 for n in range(300)},
        {"a": "x" * 10_001},
        {"x" * 10_001: 1},
        {"a": {"b": "x" * 10_001}},
    ],
)
def test_attributes_without_end(tmp_path: Path, properties: dict[str, Any]) -> None:
    (tmp_path / "a").write_text(collection(feature(properties=properties)), encoding="utf-8")
    error = refused(tmp_path / "a", tmp_path)
    assert isinstance(error, errors.PlanTextTooLarge)
    assert "Hãy chỉ giữ cột mã loại đất" in error.text("vi")
