"""Files cut off or damaged: refused with the line where a format has any; and what they show."""

from __future__ import annotations

import sqlite3
import zipfile
from datetime import datetime
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio.raw
import pytest
import shapely

from addrsvc.errors import AddrsvcError
from addrsvc.tabular import geo_reading
from addrsvc.tabular.errors import FileBroken, FormatUnknown, LayerUnreadable, TooManyColumns
from addrsvc.tabular.limits import COLUMN_LIMIT
from addrsvc.tabular.sources import SUFFIXES, open_source

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in range(9):
        book.worksheets[0].append([f"ô {row}", row])
    path = tmp_path / "in.xlsx"
    book.save(path)
    return path


def rewritten(path: Path, old: bytes, new: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[SHEET]
    parts[SHEET] = parts[SHEET].replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_a_sheet_is_refused_with_its_row(sheet: Path) -> None:
    assert sum(1 for _ in open_source(sheet).records()) == 8
    rewritten(sheet, b'<row r="6"', b'<row r="6')
    with pytest.raises(FileBroken) as refused:
        open_source(sheet)
    assert refused.value.line == 6
    assert "dòng 6" in refused.value.text("vi")


def test_a_sheet_cut_off_is_refused_with_its_row(sheet: Path) -> None:
    with zipfile.ZipFile(sheet) as archive:
        content = archive.read(SHEET)
    end = content[content.index(b'<row r="4"') :]
    rewritten(sheet, end, b"")
    with pytest.raises(FileBroken) as refused:
        open_source(sheet)
    assert refused.value.line == 4


def test_zeros_that_a_format_shows_are_kept(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["mã", "số", "ngày", "đúng"])
    page.append([747, 12.5, datetime(2026, 1, 5), True])  # noqa: DTZ001 -- as sheets have it
    page["A2"].number_format = "00000"
    page["B2"].number_format = "00.00"
    book.save(tmp_path / "in.xlsx")
    (record,) = open_source(tmp_path / "in.xlsx").records()
    assert record.cells == ["00747", "12.5", "2026-01-05", "true"]
    assert list(record.spoiled or ()) == [2]


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    path = tmp_path / "in.gpkg"
    count = 50
    pyogrio.raw.write(
        path,
        np.array(shapely.to_wkb([shapely.Point(106, 10)] * count), dtype=object),
        [
            np.array([f"{row:04}" for row in range(count)], dtype=object),
            np.array([1.5, 2.0] * 25, dtype=np.float32),
            np.array(["2026-01-05", "NaT"] * 25, dtype="datetime64[D]"),
        ],
        ["mã", "số", "ngày"],
        driver="GPKG",
        geometry_type="Point",
        crs="EPSG:4326",
    )
    return path


@pytest.mark.parametrize("gap", [False, True])
def test_a_layer_in_many_parts(layer: Path, monkeypatch: pytest.MonkeyPatch, gap: bool) -> None:  # noqa: FBT001 -- a case
    monkeypatch.setattr(geo_reading, "_BATCH", 7)
    wanted = list(range(50))
    if gap:  # features deleted: keys are not numbers of rows
        with sqlite3.connect(layer) as database:
            database.execute("DROP TRIGGER IF EXISTS rtree_in_geom_delete")
            database.execute('DELETE FROM "in" WHERE fid BETWEEN 5 AND 20')
        database.close()
        wanted = [row for row in wanted if not 5 <= row + 1 <= 20]
    records = list(open_source(layer).records())
    assert [each.cells[0] for each in records] == [f"{row:04}" for row in wanted]
    assert records[0].cells == ["0000", "1.5", "2026-01-05", "106.0", "10.0"]
    assert records[1].cells[1:3] == ["2", ""]


def test_a_layer_of_damaged_pages_is_refused(layer: Path) -> None:
    content = bytearray(layer.read_bytes())
    content[4096 * 3 :] = bytes(len(content) - 4096 * 3)
    layer.write_bytes(content)
    with pytest.raises(AddrsvcError):
        list(open_source(layer).records())


def test_a_layer_of_too_many_columns(tmp_path: Path) -> None:
    path = tmp_path / "in.gpkg"
    count = COLUMN_LIMIT + 1
    pyogrio.raw.write(
        path,
        np.array([shapely.to_wkb(shapely.Point(106, 10))], dtype=object),
        [np.array(["x"], dtype=object)] * count,
        [f"c{at}" for at in range(count)],
        driver="GPKG",
        geometry_type="Point",
        crs="EPSG:4326",
    )
    with pytest.raises(TooManyColumns):
        open_source(path)


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_content_of_another_kind_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"in{suffix}"
    path.write_bytes(b"%PDF-1.7 nothing of a table")
    with pytest.raises((FormatUnknown, LayerUnreadable)):
        open_source(path)
