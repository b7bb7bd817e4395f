"""Spreadsheets and layers, good and hostile; exports that come back with nothing changed."""

from __future__ import annotations

import csv
import socket
import threading
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio.raw
import pytest
import shapely

from addrsvc.registry.bulk.exporting import ExportFilter
from addrsvc.registry.bulk.model import ImportOptions, Receipt
from addrsvc.registry.bulk.template import write_template
from addrsvc.registry.model import Kind
from addrsvc.registry.moments import AsOf
from addrsvc.tabular.errors import (
    ArchiveRefused,
    FileExists,
    FormatUnknown,
    LayerUnreadable,
    LayerWithoutCrs,
)
from addrsvc.types import BBox

Query = Callable[..., list[dict[str, Any]]]
Importing = Callable[..., Receipt]
Exporting = Callable[..., Path]
Rejects = Callable[..., list[dict[str, str]]]
OPTIONS = ImportOptions(kind=Kind.DWELLING, source="test")

COLUMNS = (
    "code,issuer,kind,name,unit,house_number,street,localities,commune,lon,lat,accuracy,method,"
    "visibility,parent,text,aliases"
)
PLENTY = "\n".join(
    [
        COLUMNS,
        (
            "88888-00001,VNPost,enterprise,=cmd|'/c calc'!A1,,12/3,@Lê Lợi,"
            "khu_pho:Khu phố 3; to:Tổ 5,,106.65,10.95,4.5,gnss,,,,old-number:9"
        ),
        ",,boarding_room,,Phòng 1,12/3,+Lê Lợi,,,106.65,10.95,4.5,gnss,,88888-00001,,",
        ",,dwelling,Nguyễn Văn Mẫu,,'5,-x,,25747,,,,,,,,",
        "88888-00002,VNPost,works,,,7,＝y,,25750,,,,,,,,",
        (
            ',,place,,,"a ""b"", c",Đường D1,,,106.75,10.95,0.123456789,survey,restricted,,'
            '"viết, nhiều ""dấu""",'
        ),
        ",,place,,,9,,,,106.76,10.95,3,survey,secret,,,",
    ]
)


def workbook(path: Path, rows: list[list[object]]) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx", "out.gpkg", "out.geojson"])
def test_export_comes_back_with_nothing_changed(
    importing: Importing, exporting: Exporting, query: Query, name: str
) -> None:
    assert importing(PLENTY).counts.rejected == 0
    before = query("SELECT * FROM address_version ORDER BY 1"), query("SELECT * FROM event")
    exporting(name, ExportFilter(with_secret=True))
    receipt = importing(None, name=name)
    assert (receipt.rows, receipt.counts.already_there) == (6, 6)
    after = query("SELECT * FROM address_version ORDER BY 1"), query("SELECT * FROM event")
    assert after == before


def test_export_holds_no_people_and_no_secrets(importing: Importing, exporting: Exporting) -> None:
    importing(PLENTY)
    text = exporting("out.csv").read_text(encoding="utf-8-sig")
    assert "Mẫu" not in text
    assert "secret" not in text
    assert len(text.splitlines()) == 6


def test_export_filters(importing: Importing, exporting: Exporting) -> None:
    importing(PLENTY)
    wanted = {
        "a.csv": (ExportFilter(commune="25750"), 2),
        "b.csv": (ExportFilter(kind=Kind.WORKS), 1),
        "c.csv": (ExportFilter(bbox=BBox(106.64, 10.94, 106.66, 10.96)), 3),
    }
    for name, (filters, count) in wanted.items():
        text = exporting(name, filters).read_text(encoding="utf-8-sig")
        assert len(text.splitlines()) == count + 1


def test_export_of_another_time(
    importing: Importing, exporting: Exporting, query: Query, registry_url: str
) -> None:
    importing(PLENTY)
    query(
        "UPDATE address_version SET recorded_from = '2026-01-02', valid_from = '2026-01-01'"
        " WHERE document->>'kind' = 'works' RETURNING 1"
    )
    wanted = {
        "a.csv": (AsOf(known_at=datetime(2026, 1, 3, tzinfo=UTC)), ["works"]),
        "b.csv": (AsOf(valid_at=date(2026, 1, 1)), ["works"]),
        "c.csv": (AsOf(date(2025, 12, 31)), []),
    }
    for name, (at, kinds) in wanted.items():
        with exporting(name, ExportFilter(commune="25750", at=at)).open(
            encoding="utf-8-sig"
        ) as file:
            assert [row["kind"] for row in csv.DictReader(file)] == kinds


def test_export_does_not_overwrite_unasked(exporting: Exporting) -> None:
    exporting("out.csv")
    with pytest.raises(FileExists):
        exporting("out.csv")
    exporting("out.csv", force=True)
    with pytest.raises(FormatUnknown):
        exporting("out.doc")


def test_no_exported_cell_is_a_formula(importing: Importing, exporting: Exporting) -> None:
    importing(PLENTY)
    book = openpyxl.load_workbook(exporting("out.xlsx"))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert "'=cmd|'/c calc'!A1" in {cell.value for cell in cells}


def test_spreadsheet_formulas_dates_and_numbers(
    importing: Importing, rejects: Rejects, query: Query, tmp_path: Path
) -> None:
    workbook(
        tmp_path / "in.xlsx",
        [
            ["Số nhà", "Kinh độ", "Vĩ độ", "Ghi chú"],
            ["12/3", 106.65, 10.95, None],
            ["=1+1", 106.65, 10.95, None],
            [datetime(2026, 3, 12), 106.65, 10.95, None],  # noqa: DTZ001 -- as Excel has it
            [15, "106.66", "10,95", "=2+2"],
            [None, None, None, None],
        ],
    )
    receipt = importing(None, name="in.xlsx", options=OPTIONS)
    assert (receipt.rows, receipt.counts.assigned) == (4, 2)
    assert [row["reason_code"] for row in rejects()] == ["cell-formula", "cell-date"]
    numbers = {row["number_key"] for row in query("SELECT number_key FROM address_current")}
    assert numbers == {"00012/00003", "00015"}


def test_zip_bomb_and_damaged_spreadsheet(importing: Importing, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 30_000_000)
    with pytest.raises(ArchiveRefused):
        importing(None, name="bomb.xlsx")
    with zipfile.ZipFile(tmp_path / "many.xlsx", "w") as archive:
        for number in range(600):
            archive.writestr(f"{number}.xml", b"")
    with pytest.raises(ArchiveRefused):
        importing(None, name="many.xlsx")
    for content in (b"PK\x03\x04 broken", b"not a zip at all"):
        with pytest.raises(LayerUnreadable):
            importing(content, name="in.xlsx")


def test_entities_in_spreadsheet_xml_are_refused(importing: Importing, tmp_path: Path) -> None:
    workbook(tmp_path / "in.xlsx", [["lon", "lat"], [106.65, 10.95]])
    bad = tmp_path / "bad.xlsx"
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    with zipfile.ZipFile(tmp_path / "in.xlsx") as old, zipfile.ZipFile(bad, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                content = bomb + content.split(b"?>", 1)[-1]
            new.writestr(entry.filename, content)
    with pytest.raises(LayerUnreadable):
        importing(None, name="bad.xlsx")


def test_template_is_read_and_its_example_passed_over(
    importing: Importing, tmp_path: Path, query: Query
) -> None:
    path = tmp_path / "mau.xlsx"
    write_template(path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    values = {"Loại": "Nhà ở", "Số nhà": "12/3", "Khu phố": "3"}
    values |= {"Kinh độ": "106.65", "Vĩ độ": "10.95"}
    for cell in sheet[1]:
        if cell.value in values:
            sheet.cell(3, cell.column).value = values[cell.value]
    book.save(path)
    receipt = importing(None, name="mau.xlsx", options=ImportOptions(source="test"))
    assert (receipt.rows, receipt.counts.assigned, receipt.counts.examples) == (1, 1, 1)
    assert query("SELECT number_key FROM address_current") == [{"number_key": "00012/00003"}]
    with pytest.raises(FileExists):
        write_template(path)
    with pytest.raises(FormatUnknown):
        write_template(tmp_path / "mau.csv")


def write_layer(path: Path, shapes: list[shapely.Geometry | None], crs: str | None) -> None:
    pyogrio.raw.write(
        path,
        np.array(shapely.to_wkb(shapes), dtype=object),
        [np.array([str(n) for n in range(len(shapes))], dtype=object)],
        ["so_nha"],
        layer="points",
        driver="GPKG",
        geometry_type="Unknown",
        crs=crs,
    )


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_geopackage_without_crs_needs_one(
    importing: Importing, tmp_path: Path, query: Query
) -> None:
    write_layer(tmp_path / "in.gpkg", [shapely.Point(598371.182, 1214436.347)], None)
    with pytest.raises(LayerWithoutCrs):
        importing(None, name="in.gpkg")
    options = ImportOptions(kind=Kind.DWELLING, source="test", crs="EPSG:9210")
    assert importing(None, name="in.gpkg", options=options).counts.assigned == 1
    position = query("SELECT document->'position' AS p FROM address_version")[0]["p"]
    assert position[:2] == pytest.approx([106.6519, 10.9804], abs=2e-7)


def test_geopackage_in_vn2000_and_shapes_that_are_no_points(
    importing: Importing, tmp_path: Path, rejects: Rejects
) -> None:
    shapes = [
        shapely.Point(598371.182, 1214436.347),
        shapely.box(0, 0, 1, 1),
        None,
        shapely.Point(500, 500),
    ]
    write_layer(tmp_path / "in.gpkg", shapes, "EPSG:9210")
    receipt = importing(None, name="in.gpkg")
    assert (receipt.rows, receipt.counts.assigned) == (4, 1)
    reasons = [row["reason_code"] for row in rejects()]
    assert reasons == ["geometry-refused", "nothing-to-locate", "outside-coverage"]


@pytest.mark.parametrize("name", ["in.gpkg", "in.geojson", "in.json"])
def test_vrt_under_another_name_opens_nothing(importing: Importing, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        hits: list[object] = []

        def listen() -> None:
            try:
                hits.append(server.accept())
            except TimeoutError:
                return

        listener = threading.Thread(target=listen)
        listener.start()
        url = f"/vsicurl/http://127.0.0.1:{server.getsockname()[1]}/x.geojson"
        vrt = f"<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>{url}</SrcDataSource>"
        with pytest.raises((FormatUnknown, LayerUnreadable)):
            importing(vrt + "</OGRVRTLayer></OGRVRTDataSource>", name=name)
        with pytest.raises((FormatUnknown, LayerUnreadable)):
            importing('{"type": "nothing known"}', name="in.geojson")
        listener.join()
    assert not hits


def test_bad_rows_of_one_file(importing: Importing, rejects: Rejects) -> None:
    rows = [
        b"house_number,lon,lat",
        "Số nhà thứ 1,106.65,10.95".encode(),
        b"2,nan,nan",
        b"3,500,500",
        b"4,109.5,10.95",
        b"\xff\xfe5,106.65,10.95",
        b'"6,106.65,10.95',
        b"7\0,106.65,10.95",
        b"=1+1,106.65,10.95",
        b"x" * 90_000 + b",106.65,10.95",
        b"8,106.65",
    ]
    receipt = importing(b"\n".join(rows))
    assert receipt.rows == 10
    assert [row["reason_code"] for row in rejects()] == [
        "position-out-of-range",
        "position-out-of-range",
        "outside-coverage",
        "row-encoding",
        "row-broken",
        "field-invalid",
        "cell-too-long",
        "row-columns",
    ]
    assert receipt.counts.assigned == 2
