"""Rows of expected households, shares, tables and the map of coverage, without a database."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.commune_maps.drawing import policy_of
from addrsvc.commune_maps.model import Shape
from addrsvc.coverage.drawing import Measure, draw_map
from addrsvc.coverage.errors import ExpectedColumnMissing
from addrsvc.coverage.expected_file import read_expected
from addrsvc.coverage.expected_rows import MOST, ExpectedRow, Unit, check_rows, read_number
from addrsvc.coverage.model import (
    Commune,
    Counts,
    Coverage,
    FindingRow,
    Grown,
    Growth,
    Linking,
    Period,
    share_of,
)
from addrsvc.coverage.tables import (
    COVERAGE_COLUMNS,
    coverage_csv,
    coverage_out,
    findings_csv,
    growth_csv,
)
from addrsvc.errors import Text
from addrsvc.findings import Severity
from addrsvc.types import Level
from addrsvc.web.coverage_showing import in_order, shown_commune, shown_findings, shown_growth

DAY = date(2026, 1, 15)
HOSTILE = "=</script><b>{{ 7 * 7 }}${1}`"
FOUND = Coverage(
    datetime(2026, 1, 15, 3, tzinfo=UTC),
    7,
    [
        Commune(
            "25747",
            HOSTILE,
            counts=Counts(in_use=120, households=110, verified=60, plate_fixed=4),
            expected=100,
            expected_as_of=date(2025, 12, 31),
            findings={Severity.ERROR: 2, Severity.WARNING: 3, Severity.INFO: 9},
            dossiers=Linking(10, 7, 3),
        ),
        Commune("25750", "Phường Đông", counts=Counts(), expected=50, dossiers=Linking()),
        Commune("25942", "Xã Bắc"),
        Commune("00001", "Xã Cũ", is_former=True, counts=Counts(in_use=5)),
    ],
)


def _unit(code: str, name: str, *, since: str = "2025-07-01", until: date | None = None) -> Unit:
    return Unit(code, Level.COMMUNE, f"Phường {name}", name, date.fromisoformat(since), until)


UNITS = {
    "25747": [
        _unit("25747", "Xưa", since="2025-06-01", until=date(2025, 7, 1)),
        _unit("25747", "Tây"),
    ],
    "25001": [_unit("25001", "Cũ", since="2025-06-01", until=date(2025, 7, 1))],
    "00079": [Unit("00079", Level.DISTRICT, "Quận Một", "Một", date(2025, 6, 1), None)],
}


def _why(*rows: ExpectedRow, as_of: date = DAY, areas: frozenset[str] | None = None) -> list[str]:
    became = {("25001", date(2025, 6, 1)): ["Phường Tây (25747)"]}
    found = check_rows(rows, UNITS, as_of, areas, became)
    assert [each.row for each in found] == list(rows)
    return ["" if each.why is None else each.why.en for each in found]


def test_each_row_is_taken_or_refused_in_words() -> None:
    good = ExpectedRow("25747", "1.250", "P. Tây")
    rows = (
        ("2574", "5", "", "exactly 5 digits"),
        ("99999", "5", "", "No commune has the code"),
        ("25001", "5", "", "it became: Phường Tây (25747)"),
        ("00079", "5", "", "the code of no commune"),
        ("25747", "12,5", "", "whole number"),
        ("25747", "-3", "", "whole number"),
        ("25747", str(MOST + 1), "", "whole number"),
        ("25747", "5", "Phường Xưa", "is of Phường Tây, not of “Phường Xưa”"),
    )
    for code, households, name, said in rows:
        assert said in _why(ExpectedRow(code, households, name))[0]
    assert _why(good, good) == ["", "Code 25747 stands in row 1 already."]
    assert "older unit with the same code" in _why(good, as_of=date(2025, 6, 15))[0]
    assert "outside your areas" in _why(good, areas=frozenset({"25750"}))[0]
    assert _why(good, areas=frozenset({"25747"})) == [""]


@given(st.integers(0, MOST), st.sampled_from([".", ",", " ", "\u00a0"]))
def test_numbers_are_read_as_people_write_them(number: int, sign: str) -> None:
    assert read_number(str(number)) == number
    assert read_number(f"{number:,}".replace(",", sign)) == number
    assert read_number(f"{number}.0") == number
    assert read_number(f"{number}.5") is None


def test_files_with_columns_by_any_name(tmp_path: Path) -> None:
    file = tmp_path / "hộ.csv"
    file.write_text(
        "STT;Mã phường, xã;Tên;Số hộ\n1;25747;Tây;1.250\n;;;\n2;1234;'=x;7\n", encoding="utf-8"
    )
    found = read_expected(file)
    assert found.columns == (("commune", "Mã phường, xã"), ("name", "Tên"), ("households", "Số hộ"))
    assert found.rows == (ExpectedRow("25747", "1.250", "Tây"), ExpectedRow("01234", "7", "=x"))
    assert found.lines == (2, 4)
    file.write_text("a,b\n1,2\n")
    with pytest.raises(ExpectedColumnMissing):
        read_expected(file)


def test_shares_are_of_communes_with_both_numbers_and_may_pass_one() -> None:
    over, none_yet, unknown, _ = FOUND.communes
    assert (over.share, over.is_over) == (1.1, True)
    assert (none_yet.share, none_yet.is_over) == (0.0, False)
    assert unknown.share is None
    assert share_of(FOUND.communes) == round(110 / 150, 4)
    assert share_of([unknown]) is None
    total = FOUND.total
    assert total.counts == Counts(in_use=125, households=110, verified=60, plate_fixed=4)
    assert (total.expected, total.dossiers) == (150, Linking(10, 7, 3))
    assert Coverage(None, 0, [unknown]).total.counts is None


def test_tables_tell_nothing_known_from_zero_and_defuse_formulas() -> None:
    told = coverage_out(FOUND)
    assert [each["counts"] is None for each in told["communes"]] == [False, False, True, False]
    assert told["communes"][0]["counts"]["others"] == 10
    assert told["communes"][0]["findings"] == {"error": 2, "warning": 3, "info": 9}
    assert told["total"]["share"] == round(110 / 150, 4)
    assert "code" not in told["total"]
    rows = list(csv.DictReader(io.StringIO(coverage_csv(FOUND).decode("utf-8-sig"))))
    assert tuple(rows[0]) == COVERAGE_COLUMNS
    assert rows[0]["commune_name"] == f"'{HOSTILE}"
    assert (rows[0]["coverage_percent"], rows[1]["coverage_percent"]) == ("110.00", "0.00")
    assert (rows[1]["in_use"], rows[2]["in_use"], rows[2]["dossier_addresses"]) == ("0", "", "")
    assert (rows[0]["dossier_addresses_waiting"], rows[3]["is_former"]) == ("3", "true")
    grown = Growth(None, Period.DAY, DAY, DAY, None, [Grown(DAY, DAY, 3, 2, 1)])
    assert growth_csv(grown).decode("utf-8-sig").splitlines()[1] == "2026-01-15,2026-01-15,3,2,1"
    at = datetime(2026, 1, 15, tzinfo=UTC)
    row = FindingRow("25747", HOSTILE, "x", Text("Một", "One"), Severity.ERROR, 4, at)
    assert "Một,error,4" in findings_csv([row], "vi").decode("utf-8-sig")


@pytest.mark.parametrize("show", Measure)
def test_a_map_holds_texts_as_data_and_tells_no_data_apart(show: Measure) -> None:
    square = {"type": "Polygon", "coordinates": [[[106, 11], [107, 11], [107, 12], [106, 11]]]}
    shapes = [
        Shape(each.code, each.name, square, is_indicative=False, centre=None)
        for each in FOUND.communes[:3]
    ]
    html = draw_map(FOUND, shapes, "vi", show)
    told = re.search(r"const communes = (.*?);</script>", html)
    assert told is not None
    communes = {each["name"]: each for each in json.loads(told[1])}
    fills = {
        name: {measure: style["fillColor"] for measure, style in each["styles"].items()}
        for name, each in communes.items()
    }
    assert fills[HOSTILE]["share"] == "#542788"  # above 100 %: a class of its own
    assert fills["Phường Đông"]["share"] == "#a6611a"  # 0 %
    assert fills["Phường Đông"]["collected"] == "#ffffff"  # zero
    assert {fills["Xã Bắc"][each] for each in ("share", "collected")} == {"#b4bcc4"}  # no data
    assert "vượt dự kiến" in communes[HOSTILE]["lines"][0]
    assert communes["Xã Bắc"]["lines"] == ["chưa có dữ liệu"]
    assert f'value="{show}" checked' in html
    assert "trên bản đồ: 1." in html
    assert not re.search(r"<(script|link|img|iframe)[^>]*(src|href)", html)
    assert f'content="{policy_of(html)}"' in html


def test_without_dossiers_a_map_of_them_is_not_offered() -> None:
    assert 'value="dossiers"' not in draw_map(Coverage(None, 0, []), [], "en", Measure.DOSSIERS)
    assert "not counted yet" in draw_map(Coverage(None, 0, []), [], "en")


def test_rows_of_the_page() -> None:
    assert [each.code for each in in_order(FOUND.communes, "share")][:2] == ["25750", "25747"]
    by_count = [each.code for each in in_order(FOUND.communes, "collected")]
    assert by_count == ["25747", "00001", "25750", "25942"]
    assert shown_commune(FOUND.communes[2], "vi").collected == "–"
    assert shown_commune(FOUND.communes[0], "en").share == "110.0 %"
    week = Grown(date(2026, 1, 5), date(2026, 1, 11), 0, 0, 0)
    growth = Growth(None, Period.WEEK, DAY, DAY, None, [week])
    assert shown_growth(growth, "vi")[0].name == "05/01/2026 – 11/01/2026"
    at = datetime(2026, 1, 15, tzinfo=UTC)
    found = [
        FindingRow("1", "A", kind, Text(kind, kind), severity, count, at)
        for kind, severity, count in (
            ("x", Severity.INFO, 90),
            ("y", Severity.ERROR, 1),
            ("z", Severity.ERROR, 2),
        )
    ]
    assert [each.id for each in shown_findings(found, "vi")] == ["z", "y", "x"]
