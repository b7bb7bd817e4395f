"""Files written: gone on with after a kill, within what formats hold, exact where they are."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.tabular import xlsx_writing
from addrsvc.tabular.columns import unique_names
from addrsvc.tabular.errors import FormatUnknown, ResultLost, SheetFull
from addrsvc.tabular.layout import Layout, number
from addrsvc.tabular.sources import open_source
from addrsvc.tabular.texts import written
from addrsvc.tabular.writing import Writer, open_writer, resume_writer, spool_path, spooled_rows
from addrsvc.tabular.xlsx_writing import CELL_LIMIT, CUT

LAYOUT = Layout(["id", "tên"], ["status"])
ROWS = [[str(n), f"Đường số {n}\nhẻm", "certain"] for n in range(100)]
FORMATS = ("csv", "xlsx", "ndjson", "jsonl", "geojson", "gpkg", "parquet")


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_killed_process_is_gone_on_with(tmp_path: Path, suffix: str) -> None:
    whole, out = tmp_path / f"whole.{suffix}", tmp_path / f"out.{suffix}"
    writer = resume_writer(whole, LAYOUT)
    writer.write(ROWS)
    writer.close()
    first = resume_writer(out, LAYOUT)
    first.write(ROWS[:40])
    at = first.position()
    first.write([["lost", "half of it", "never kept"]] * 20)
    first.leave()  # more is on the disk than was kept
    second = resume_writer(out, LAYOUT, at)
    second.write(ROWS[40:])
    assert second.position() > at
    second.close()
    assert [each.cells for each in open_source(out).records()] == [
        each.cells for each in open_source(whole).records()
    ]
    if suffix in {"csv", "ndjson", "jsonl"}:
        assert out.read_bytes() == whole.read_bytes()
    assert sorted(each.name for each in tmp_path.iterdir()) == [f"out.{suffix}", f"whole.{suffix}"]


@pytest.mark.parametrize("suffix", ["xlsx", "geojson"])
def test_killed_while_or_after_the_file_was_put_together(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out.{suffix}"
    first = resume_writer(out, LAYOUT)
    first.write(ROWS)
    at = first.position()
    first.leave()
    assert not out.exists()  # nobody takes a half for the whole
    assert [len(rows) for rows in spooled_rows(spool_path(out))] == [100]
    for _ in range(2):  # once from the spool, once when all was done but nobody knew
        again = resume_writer(out, LAYOUT, at)
        assert again.position() == at
        again.close()
        assert sum(1 for _ in open_source(out).records()) == 100
    with pytest.raises(ResultLost):
        resume_writer(out, LAYOUT, at).write(ROWS)


@pytest.mark.parametrize("suffix", ["csv", "ndjson", "parquet"])
def test_what_was_written_is_gone(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out.{suffix}"
    with pytest.raises(ResultLost):
        resume_writer(out, LAYOUT, 10)
    writer = resume_writer(out, LAYOUT)
    writer.write(ROWS)
    at = writer.position()
    with pytest.raises(ResultLost):
        resume_writer(out, LAYOUT, at + 1)
    writer.close()


@pytest.mark.parametrize("name", ["out.pdf", "out", "out.json", "out.xls"])
def test_no_such_format(tmp_path: Path, name: str) -> None:
    with pytest.raises(FormatUnknown):
        open_writer(tmp_path / name, LAYOUT)
    with pytest.raises(FormatUnknown):
        resume_writer(tmp_path / name, LAYOUT)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_row_of_another_width_is_a_mistake(tmp_path: Path, suffix: str) -> None:
    writer = open_writer(tmp_path / f"out.{suffix}", LAYOUT)
    with pytest.raises((ValueError, IndexError)):
        _write_and_close(writer, [["1", "2"]])


def _write_and_close(writer: Writer, rows: list[list[str]]) -> None:
    try:
        writer.write(rows)
    finally:
        writer.close()


def test_formulas_are_disarmed_in_csv_and_xlsx_and_exact_elsewhere(tmp_path: Path) -> None:
    layout = Layout(["=1+1", "b"], ["n"], frozenset({"n"}))
    row = ["@x", "'=1", "-5.5"]
    for suffix in ("csv", "xlsx", "ndjson", "parquet"):
        writer = open_writer(tmp_path / f"out.{suffix}", layout)
        writer.write([row])
        writer.close()
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["'=1+1", "b", "n"], ["'@x", "''=1", "-5.5"]]
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]
    cells = [[(cell.value, cell.data_type) for cell in line] for line in sheet.iter_rows()]
    assert cells == [
        [("'=1+1", "s"), ("b", "s"), ("n", "s")],
        [("'@x", "s"), ("''=1", "s"), (-5.5, "n")],
    ]
    text = (tmp_path / "out.ndjson").read_text(encoding="utf-8")
    assert json.loads(text) == {"=1+1": "@x", "b": "'=1", "n": -5.5}
    (record,) = open_source(tmp_path / "out.parquet").records()
    assert record.cells == row


def test_a_sheet_holds_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_writing, "ROWS_LIMIT", 11)
    writer = open_writer(tmp_path / "out.xlsx", LAYOUT)
    writer.write(ROWS[:10])
    with pytest.raises(SheetFull):
        writer.write(ROWS[:1])
    writer.close()
    spooled = resume_writer(tmp_path / "more.xlsx", LAYOUT)
    spooled.write(ROWS[:11])
    with pytest.raises(SheetFull):
        spooled.close()
    # nothing that was worked out is lost: the rows still wait
    assert [len(rows) for rows in spooled_rows(spool_path(tmp_path / "more.xlsx"))] == [11]
    assert not (tmp_path / "more.xlsx").exists()


def test_a_text_too_long_for_a_cell_is_cut_and_says_so(tmp_path: Path) -> None:
    texts = ["ơ" * CELL_LIMIT, "ơ" * (CELL_LIMIT + 1), "𠀀" * 20_000, "a\x00b\x1fc\ufffe"]
    writer = open_writer(tmp_path / "out.xlsx", Layout(["a"]))
    writer.write([[text] for text in texts])
    writer.close()
    exact, long, pairs, controls = (
        each.cells[0] for each in open_source(tmp_path / "out.xlsx").records()
    )
    assert exact == texts[0]
    assert long == "ơ" * (CELL_LIMIT - len(CUT)) + CUT
    assert pairs.endswith(CUT)
    assert len(pairs.encode("utf-16-le")) // 2 in {CELL_LIMIT, CELL_LIMIT - 1}
    assert controls == "a\ufffdb\ufffdc\ufffd"


@pytest.mark.parametrize("suffix", FORMATS)
def test_bytes_that_were_no_text_leave_a_mark(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "in.csv").write_bytes("phường,b\n".encode() * 20 + b"x\xff,\x01y\n")
    source = open_source(tmp_path / "in.csv")
    out = tmp_path / f"out.{suffix}"
    for open_it in (open_writer, resume_writer):
        writer = open_it(out, Layout(source.header))
        writer.write([each.cells for each in source.records()])
        writer.close()
        *_, last = open_source(out).records()
        assert last.cells[:2] == ["x?", "\ufffdy" if suffix == "xlsx" else "\x01y"]


def test_points_from_columns_of_the_input(tmp_path: Path) -> None:
    layout = Layout(["lon", "tên", "lon"], ["lat"], lon="lon (2)", lat="lat", name="lớp")
    rows = [["1", "a", "106.5", "10.5"], ["1", "b", "", "10.5"], ["1", "c", "181", "10"]]
    for suffix in ("geojson", "gpkg"):
        writer = open_writer(tmp_path / f"out.{suffix}", layout)
        writer.write(rows)
        writer.close()
    found = json.loads((tmp_path / "out.geojson").read_text())["features"]
    assert [each["geometry"] for each in found] == [
        {"type": "Point", "coordinates": [106.5, 10.5]},
        None,
        None,
    ]
    # the input's column stays beside the point, the one added does not
    assert found[0]["properties"] == {"lon": "1", "tên": "a", "lon (2)": "106.5"}
    info = pyogrio.read_info(tmp_path / "out.gpkg")
    assert (info["layer_name"], info["crs"], info["features"]) == ("lớp", "EPSG:4326", 3)
    with pytest.raises(ValueError, match="nope"):
        _ = Layout(["a"], lon="nope", lat="a").point_at


def test_numbers_are_numbers_where_a_format_has_any(tmp_path: Path) -> None:
    layout = Layout(["n"], ["n", "m"], frozenset({"n", "m"}))
    writer = open_writer(tmp_path / "out.ndjson", layout)
    writer.write([["007", "12", "0.50"], ["1", "", "nan"]])
    writer.close()
    lines = (tmp_path / "out.ndjson").read_text().splitlines()
    assert lines == ['{"n":"007","n (2)":12,"m":0.5}', '{"n":"1","n (2)":null,"m":null}']
    assert number("1e400") is None


@given(st.lists(st.text(max_size=3), max_size=8))
def test_names_are_told_apart(names: list[str]) -> None:
    unique = unique_names(names, str.casefold)
    assert len({name.casefold() for name in unique}) == len(names)
    assert all(unique)
    firsts = {name.strip().casefold(): at for at, name in reversed(list(enumerate(names)))}
    for folded, at in firsts.items():
        assert not folded or unique[at] == names[at].strip()


@given(st.text())
def test_text_that_is_written_can_be_encoded(text: str) -> None:
    clean = written(text)
    assert clean.encode() == text.encode("utf-8", "replace")
