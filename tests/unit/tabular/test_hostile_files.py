"""Files made to fill the memory or to keep a processor busy: refused, in a process that is held.

Each is read in a process of its own that may take little more memory than an honest file needs.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio.raw
import pytest
import shapely

from addrsvc.tabular import xlsx_checking
from addrsvc.tabular.errors import ArchiveRefused

pytestmark = pytest.mark.usefixtures("untraced")

_MIB = 2**20
_READ = """
import sys
from pathlib import Path
from addrsvc.errors import AddrsvcError
from addrsvc.tabular.sources import open_source
import addrsvc.tabular.geo_reading, addrsvc.tabular.xlsx_reading
if len(sys.argv) > 2:
    import resource
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
try:
    source = open_source(Path(sys.argv[1]))
    print(sum(1 for _ in source.records()))
except AddrsvcError as error:
    print(error.slug)
"""


def read(path: Path, mib: int = 64) -> str:
    """Read a file with that much memory beyond the program itself: rows, or why not."""
    done = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-c", _READ, str(path), str(mib * _MIB)],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout.strip()


@pytest.fixture(scope="module")
def honest_sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sheets") / "honest.xlsx"
    book = openpyxl.Workbook()
    for row in (["Số nhà", "lon", "lat"], ["12/3", 106.65, 10.95], ["=1+1", 106.65, 10.96]):
        book.worksheets[0].append(row)
    plain = path.with_name("plain.xlsx")
    book.save(plain)
    # as spreadsheet programs do: texts in a table of their own
    texts = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    part = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>'
    listed = in_sheet(part, for_=TYPES, behind=b"</Types>", instead=True)
    rewritten(plain, path, listed)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(STRINGS, texts + b"<si><t>x</t></si></sst>")
    return path


Rewrite = Callable[[str, bytes], bytes]
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
TYPES = "[Content_Types].xml"


def rewritten(honest: Path, path: Path, rewrite: Rewrite, *names: tuple[str, str]) -> Path:
    """Copy a workbook with the content of its parts, and some of their names, changed."""
    with zipfile.ZipFile(honest) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            name = dict(names).get(entry.filename, entry.filename)
            new.writestr(name, rewrite(entry.filename, old.read(entry)))
    return path


def in_sheet(
    more: bytes, *, for_: str = SHEET, behind: bytes = b"<sheetData>", instead: bool = False
) -> Rewrite:
    def rewrite(name: str, content: bytes) -> bytes:
        put = more if instead else behind + more
        return content.replace(behind, put, 1) if name == for_ else content

    return rewrite


_CELL = b'<c t="inlineStr"><is><t>row></t></is></c><row/>'
_ENDLESS = b'<row r="1">' + _CELL * 100_000
_UNKNOWN = b'<x:row xmlns:x="urn:x"><x:c/></x:row>' * 200_000
_MANY = b"<a>1</a>" * 1_100_000

BOMBS: dict[str, Rewrite] = {
    "one row that never ends, small rows inside": in_sheet(_ENDLESS + b"</row>"),
    "rows of another name, which the library would keep": in_sheet(_UNKNOWN),
    "columns without end before the rows": in_sheet(b"<col/>" * 900_000, behind=b"</sheetViews>"),
    "more rows than a sheet has": in_sheet(b"<row/>" * 1_100_000),
    "a row number beyond all rows": in_sheet(
        b'<row r="99999999999"><c t="inlineStr"><is><t>x</t></is></c></row>', behind=b"</row>"
    ),
    "formats without end": in_sheet(_MANY, for_="xl/styles.xml", behind=b"</fonts>"),
    "a workbook of names without end": in_sheet(
        _MANY, for_="xl/workbook.xml", behind=b"</bookViews>"
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_spreadsheet_that_swells_is_refused(
    honest_sheet: Path, tmp_path: Path, name: str
) -> None:
    bomb = rewritten(honest_sheet, tmp_path / "in.xlsx", BOMBS[name])
    assert bomb.stat().st_size < 2 * _MIB
    assert read(bomb) == "archive-refused"


def test_sizes_that_lie_and_parts_under_other_names(honest_sheet: Path, tmp_path: Path) -> None:
    assert read(honest_sheet) == "2"
    path = tmp_path / "in.xlsx"
    # a size stated too small hides no row
    rewritten(honest_sheet, path, in_sheet(b'"A1"', behind=b'"A1:C3"', instead=True))
    assert read(path) == "2"
    # the directory says the sheet is small: no more than that is unpacked
    rewritten(honest_sheet, path, in_sheet(_ENDLESS))
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        real = archive.getinfo(SHEET).file_size.to_bytes(4, "little")
    assert content.count(real) >= 2
    path.write_bytes(content.replace(real, (900).to_bytes(4, "little")))
    assert read(path) == "file-broken"
    # texts in a part that calls itself a sheet
    hidden = "xl/worksheets/sheet9.xml"

    def renamed(name: str, part: bytes) -> bytes:
        is_list = name == TYPES
        return part.replace(STRINGS.encode(), hidden.encode()) if is_list else part

    rewritten(honest_sheet, path, renamed, (STRINGS, hidden))
    assert read(path) == "layer-unreadable"
    # one part twice: which of them was looked at?
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "w") as archive:  # noqa: PT031
        archive.writestr(SHEET, b"a")
        archive.writestr(SHEET, b"b")
    assert read(path) == "archive-refused"
    # an archive in an archive, and nothing of a workbook
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(honest_sheet, "xl/inner.xlsx")
    assert read(path) == "archive-refused"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", b"a")
    assert read(path) == "layer-unreadable"


def test_entries_that_share_their_bytes(tmp_path: Path) -> None:
    """A hundred entries, one content: the directory names the same place again and again."""
    path = tmp_path / "in.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(TYPES, b"<Types/>")
        archive.writestr(SHEET, b"\0" * 9_900_000)
        first = archive.infolist()[1]
        for number in range(100, 199):
            copy = zipfile.ZipInfo(f"xl/worksheets/sheet{number}.xml")
            for each in ("header_offset", "file_size", "compress_size", "CRC", "compress_type"):
                setattr(copy, each, getattr(first, each))
            archive.filelist.append(copy)
            archive.NameToInfo[copy.filename] = copy
    assert path.stat().st_size < 50_000
    assert read(path) in {"archive-refused", "file-broken"}


def test_a_table_of_too_many_texts(
    honest_sheet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_checking, "ELEMENTS_LIMIT", 1_000)
    xlsx_checking.check_archive(honest_sheet)
    many = in_sheet(b"<si/>" * 20_000, for_=STRINGS, behind=b"</si>")
    bomb = rewritten(honest_sheet, tmp_path / "in.xlsx", many)
    with pytest.raises(ArchiveRefused):
        xlsx_checking.check_archive(bomb)


@pytest.fixture(scope="module")
def honest_layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("layers") / "honest.gpkg"
    pyogrio.raw.write(
        path,
        np.array([shapely.to_wkb(shapely.Point(106.65, 10.95))], dtype=object),
        [np.array(["12/3"], dtype=object)],
        ["so_nha"],
        layer="points",
        driver="GPKG",
        geometry_type="Point",
        crs="EPSG:4326",
    )
    return path


_COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
_GONE = (
    "DROP TABLE rtree_points_geom",
    "DELETE FROM gpkg_ogr_contents",
    "DELETE FROM gpkg_extensions",
    "DROP TABLE points",
)
LAYERS = {
    "a view without end": (
        *_GONE,
        f"CREATE VIEW points AS {_COUNT} SELECT i AS fid, NULL AS geom, 'x' AS so_nha FROM n",
    ),
    "a column computed when it is read": (
        *_GONE,
        (
            "CREATE TABLE points(fid INTEGER PRIMARY KEY, geom POINT,"
            " so_nha TEXT AS (hex(zeroblob(300000000))))"
        ),
        "INSERT INTO points(fid) VALUES (1)",
    ),
    "a table of another file": (
        *_GONE,
        "PRAGMA writable_schema = ON",
        (
            "INSERT INTO sqlite_master(type, name, tbl_name, rootpage, sql)"
            " VALUES ('table', 'points', 'points', 0,"
            " 'CREATE VIRTUAL TABLE points USING VirtualOGR(''/vsicurl/http://127.0.0.1:9/x'')')"
        ),
    ),
    "a schema that is no schema": (
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = 'CREATE TABLE points(' WHERE name = 'points'",
    ),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_geopackage_that_computes_is_refused(
    honest_layer: Path, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "in.gpkg"
    shutil.copy(honest_layer, path)
    with sqlite3.connect(path) as database:
        for statement in LAYERS[name]:
            database.execute(statement)
    database.close()
    assert read(path) == "layer-computed"


def test_triggers_of_a_geopackage_are_not_run_by_reading(
    honest_layer: Path, tmp_path: Path
) -> None:
    path = tmp_path / "in.gpkg"
    shutil.copy(honest_layer, path)
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE TRIGGER bomb AFTER UPDATE ON gpkg_contents BEGIN DELETE FROM points; END"
        )
    database.close()
    before = path.read_bytes()
    assert read(path, mib=256) == "1"
    assert path.read_bytes() == before
