from __future__ import annotations

import csv
import doctest
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.errors import Text
from addrsvc.parsing.normalise import name_key
from addrsvc.planning import code_lists
from addrsvc.planning.code_lists import GREY, LISTS, code_of, is_known, use_of


def test_the_lists_are_whole() -> None:
    assert {each.id: len(each.uses) for each in LISTS.values()} == {
        "land-use-2018": 76,
        "land-use-2024": 68,
        "zoning-legend": 70,
    }
    for known in LISTS.values():
        assert known.source
        for code, use in known.uses.items():
            assert use.code == code
            assert re.fullmatch(r"#[0-9a-f]{6}", use.colour), code
            assert use.name.vi
            assert use.name.en
            assert use.name.vi != use.name.en


def test_every_line_names_its_source_and_colours_are_those_of_the_inventory_map() -> None:
    with code_lists.FILE.open(encoding="utf-8", newline="") as lines:
        assert all(row["source"] for row in csv.DictReader(lines))
    colours = {"LUC": "#fffc8c", "CLN": "#ffd2a0", "ONT": "#ffd0ff", "ODT": "#ffa0ff"} | {
        "SKK": "#faaaa0",
        "DGT": "#ffaa32",
        "SON": "#a0ffff",
        "NTD": "#d2d2d2",
    }
    for list_id in ("land-use-2018", "land-use-2024"):
        assert {code: LISTS[list_id].uses[code].colour for code in colours} == colours


@pytest.mark.parametrize("list_id", sorted(LISTS))
def test_every_code_and_name_leads_to_its_code(list_id: str) -> None:
    for code, use in LISTS[list_id].uses.items():
        assert code_of(list_id, code) == code
        assert code_of(list_id, f"  {code.lower()} ") == code
        found = code_of(list_id, use.name.vi.upper())
        assert found is not None
        assert name_key(LISTS[list_id].uses[found].name.vi) == name_key(use.name.vi)
        assert is_known(list_id, code)
        assert use_of(list_id, code) is use


@pytest.mark.parametrize(
    ("list_id", "text", "code"),
    [
        ("land-use-2018", "ODT + CLN", "ODT+CLN"),
        ("land-use-2018", "ont/cln", "ONT+CLN"),
        ("land-use-2018", "ODT+ODT", "ODT"),
        ("land-use-2018", "ODT - Đất ở tại đô thị", "ODT"),
        ("land-use-2018", "ODT (Đất ở đô thị)", "ODT"),
        ("land-use-2018", "ODT - Đất giao thông", None),
        ("land-use-2018", "đất trồng cây hằng năm khác", "HNK"),
        ("land-use-2024", "đất trồng cây hàng năm khác", "HNK"),
        ("land-use-2024", "CNT", "CNT"),
        ("land-use-2018", "CNT", None),
        ("land-use-2018", "Giao thông", "DGT"),
        ("land-use-2018", "ODT+XYZ", None),
        ("land-use-2018", "", None),
        ("land-use-2018", "+", None),
        ("land-use-2018", "+".join(["ODT", "CLN"] * 5), None),
        ("zoning-legend", "Đất cho hoạt động khoán sản", "cho-hoat-dong-khoang-san"),
        ("zoning-legend", "Đất nhà ở liên kế ( xây mới )", "nha-o-lien-ke-xay-moi"),
        ("no such list", "ODT", None),
    ],
)
def test_what_files_say_is_understood(list_id: str, text: str, code: str | None) -> None:
    assert code_of(list_id, text) == code


def test_joined_and_unknown_codes_have_a_name_and_a_colour() -> None:
    both = use_of("land-use-2018", "ODT+CLN")
    assert both.name == Text(
        "Đất ở tại đô thị + Đất trồng cây lâu năm",
        "Urban residential land + Land for perennial crops",
    )
    assert both.colour == LISTS["land-use-2018"].uses["ODT"].colour
    assert is_known("land-use-2018", "ODT+CLN")
    half = use_of("land-use-2018", "ODT+XYZ")
    assert half.name.en == "Urban residential land + XYZ"
    assert not is_known("land-use-2018", "ODT+XYZ")
    assert use_of("land-use-2018", "XYZ+ODT").colour == GREY
    assert use_of("land-use-2018", "XYZ").name.vi == "XYZ"
    assert use_of("land-use-2018", "XYZ", " Khu lạ ") == code_lists.Use(
        "XYZ", Text("Khu lạ", "Khu lạ"), GREY
    )
    assert use_of("no such list", "ODT").colour == GREY
    assert not is_known("no such list", "ODT")


@given(st.sampled_from([*LISTS, "no"]), st.text(), st.none() | st.text())
def test_no_text_makes_them_fail(list_id: str, text: str, label: str | None) -> None:
    use = use_of(list_id, text, label)
    assert re.fullmatch(r"#[0-9a-f]{6}", use.colour)
    code = code_of(list_id, text)
    assert code is None or is_known(list_id, code)


def test_doctests() -> None:
    assert doctest.testmod(code_lists).failed == 0


@pytest.mark.realdata
def test_every_line_of_the_legend_leads_to_a_use_of_its_own(realdata: Path) -> None:
    file = realdata / "planning" / "binhduong_landuse_legend_vi.txt"
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len({code_of("zoning-legend", line) for line in lines} - {None}) == len(lines) == 70
