"""Every format in, every format out: each row and cell comes back, in order, as it was."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest

from addrsvc.tabular.columns import unique_names
from addrsvc.tabular.layout import Layout
from addrsvc.tabular.sources import Source, open_source
from addrsvc.tabular.writing import open_writer, resume_writer, spool_path

FORMATS = ("csv", "xlsx", "ndjson", "geojson", "gpkg", "parquet")
BY_NAME = frozenset({"ndjson", "geojson", "gpkg", "parquet"})
"""Formats that tell columns by their names, so that these cannot repeat."""
TEXTS = (
    "Phường Phú Lợi, TP. Thủ Dầu Một",
    "Hoà Lợi (NFD)",
    "",
    "0012",
    "12/3",
    "1.10",
    "1e5",
    "true",
    "null",
    'nói "ấp 3"; tổ 5',
    "hai\ndòng",
    " trước và sau ",
    "a\tb|c;d,e",
    "=1+1",
    "+84 900 000 000",
    "-2",
    "@SUM(A1)",
    "'=1+1",
    "''",
    "#N/A",
    "_x0041_",
    "<b>&amp;</b>",
    '{"a": [1, null]}',
    "𠀀 ngoài mặt phẳng đầu",
    "2026-01-05",
)
ADDED = ("status", "lon", "lat", "confidence")
PLACES = (("106.65", "10.95"), ("", ""), ("106.123456789", "-0.5"), ("x", "10"), ("500", "10"))


def layout(header: Sequence[str]) -> Layout:
    return Layout(
        header, ADDED, frozenset({"lon", "lat", "confidence"}), "lon", "lat", delimiter=","
    )


def written(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    writer = open_writer(path, Layout(header))
    for start in range(0, len(rows), 7):
        writer.write(rows[start : start + 7])
    writer.close()
    return path


def table(header: Sequence[str], count: int) -> list[list[str]]:
    """Give rows in which every text stands in every column; none is empty all through."""
    width = len(header)
    return [
        [str(row + 1), *(TEXTS[(row + at) % len(TEXTS)] for at in range(width - 1))]
        for row in range(count)
    ]


def read(source: Source) -> list[list[str]]:
    records = list(source.records())
    assert [each.error for each in records] == [None] * len(records)
    return [each.cells for each in records]


def without_point(source: Source, rows: list[list[str]]) -> list[list[str]]:
    return [row[:-2] for row in rows] if source.carries_point else rows


HEADER = ("id", "Địa chỉ", "ghi chú", "địa chỉ", "Số nhà", "fid", "geom")


@pytest.mark.parametrize("into", FORMATS)
@pytest.mark.parametrize("out_of", FORMATS)
def test_rows_pass_from_format_to_format(tmp_path: Path, out_of: str, into: str) -> None:
    rows = table(HEADER, len(TEXTS))
    given = open_source(written(tmp_path / f"in.{out_of}", HEADER, rows))
    header = given.header[: len(HEADER)]
    kept = without_point(given, read(given))
    assert kept == rows
    # what a job does: the rows of the input with its answers behind them
    out = tmp_path / f"out.{into}"
    writer = resume_writer(out, layout(header))
    answers = [("review", *PLACES[at % len(PLACES)], "0.5") for at in range(len(rows))]
    writer.write([[*row, *answer] for row, answer in zip(kept, answers, strict=True)])
    writer.close()
    found = open_source(out)
    back = read(found)
    assert [row[: len(HEADER)] for row in back] == rows
    names = found.header[: len(HEADER)]
    if "gpkg" in {out_of, into}:
        assert names == ["id", "Địa chỉ", "ghi chú", "địa chỉ (2)", "Số nhà", "fid", "geom"]
    else:
        assert names == list(HEADER)
    assert [row[len(HEADER)] for row in back] == ["review"] * len(rows)
    numbers = dict(zip(found.columns, zip(*back, strict=True), strict=True))
    assert set(numbers["confidence"]) == {"0.5"}
    lon, lat = ("x", "y") if found.carries_point else ("lon", "lat")
    assert (numbers[lon][0], numbers[lat][0]) == ("106.65", "10.95")
    assert (numbers[lon][1], numbers[lat][1]) == ("", "")
    assert (numbers[lon][2], numbers[lat][2]) == ("106.123456789", "-0.5")
    if found.carries_point:
        assert numbers[lon][3:5] == ("", "")  # null geometries, the rows are there
    assert not spool_path(out).exists()


@pytest.mark.parametrize(("out_of", "into"), [*pairwise(FORMATS), ("parquet", "csv")])
def test_five_hundred_columns(tmp_path: Path, out_of: str, into: str) -> None:
    header = [f"cột số {n}" for n in range(500)]
    rows = table(header, 20)
    given = open_source(written(tmp_path / f"in.{out_of}", header, rows))
    found = open_source(
        written(tmp_path / f"out.{into}", header, without_point(given, read(given)))
    )
    assert found.header[:500] == header
    assert without_point(found, read(found)) == rows


@pytest.mark.parametrize("into", FORMATS)
@pytest.mark.parametrize("out_of", ["csv", "xlsx", "parquet"])
def test_names_that_repeat_or_are_missing(tmp_path: Path, out_of: str, into: str) -> None:
    header = ["tên", "", "tên", " tên ", "tên (2)"]
    unique = ["tên", "cột 2", "tên (3)", "tên (4)", "tên (2)"]
    rows = [["a", "b", "c", "d", "e"], ["1", "", "", "", "x"]]
    given = open_source(written(tmp_path / f"in.{out_of}", header, rows))
    assert given.columns == unique
    assert given.header == (unique if out_of == "parquet" else header)
    found = open_source(written(tmp_path / f"out.{into}", given.header, read(given)))
    is_kept = not {out_of, into} & BY_NAME
    assert found.header[:5] == (header if is_kept else unique)
    assert found.columns[:5] == unique
    assert without_point(found, read(found)) == rows


@pytest.mark.parametrize("into", FORMATS)
def test_ragged_rows_keep_what_they_have(tmp_path: Path, into: str) -> None:
    path = tmp_path / "in.csv"
    path.write_text('a,b,c\n1,2,3\n4,"5, năm"\n6,7,8,chín,"mười, một"\n1,2,3\n', encoding="utf-8")
    given = open_source(path)
    records = list(given.records())
    assert [each.error and each.error.slug for each in records] == [
        None,
        "row-columns",
        "row-columns",
        None,
    ]
    rows = [each.fitted(3) for each in records]
    found = open_source(written(tmp_path / f"out.{into}", given.header, rows))
    assert without_point(found, read(found)) == [
        ["1", "2", "3"],
        ["4", "5, năm", ""],
        ["6", "7", "8,chín,mười, một"],
        ["1", "2", "3"],
    ]


def test_a_sheet_with_cells_beyond_its_header(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["a", "b", None, " "], [1, 2], [3], [5, 6, None, "chú thích"], [7, 8, " "]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "in.xlsx")
    records = list(open_source(tmp_path / "in.xlsx").records())
    assert [each.fitted(2) for each in records] == [
        ["1", "2"],
        ["3", ""],
        ["5", "6,,chú thích"],
        ["7", "8"],
    ]
    assert [each.error and each.error.slug for each in records] == [
        None,
        None,
        "row-columns",
        None,
    ]


@pytest.mark.parametrize("into", FORMATS)
def test_a_file_of_no_rows(tmp_path: Path, into: str) -> None:
    found = open_source(written(tmp_path / "in.csv", ["a", "b"], []))
    assert read(found) == []
    out = written(tmp_path / f"out.{into}", found.header, [])
    if into == "ndjson":
        assert out.stat().st_size == 0  # names stand in rows only
        return
    found = open_source(out)
    assert read(found) == []
    assert found.header[:2] == ([*unique_names(["a", "b"])] if into != "geojson" else ["x", "y"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_csv_of_any_encoding_comes_out_with_its_own_delimiter(
    tmp_path: Path, encoding: str, sign: str
) -> None:
    text = f"tên{sign}số\nLê Lợi{sign}007\n"
    stored = text
    if encoding == "cp1258":  # tones stand behind their vowels there
        stored = text.replace("ợ", "ơ\u0323").replace("ố", "ô\u0301")
    (tmp_path / "in.csv").write_bytes(stored.encode(encoding))
    given = open_source(tmp_path / "in.csv")
    out = tmp_path / "out.csv"
    writer = open_writer(out, Layout(given.header, ["x"], delimiter=given.delimiter))
    writer.write([[*each.cells, "y"] for each in given.records()])
    writer.close()
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    expected = text.replace("số", f"số{sign}x").replace("007", f"007{sign}y")
    assert out.read_text(encoding="utf-8-sig") == expected
