from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from addrsvc.admin_units.commune_text import CommuneNames
from addrsvc.admin_units.list_errors import ListColumnsMissing, ListTooLarge, ListUnreadable
from addrsvc.admin_units.list_file import MAX_ROWS, read_list, write_rejected
from addrsvc.admin_units.list_rows import (
    LOCALITY_KINDS,
    THOROUGHFARE_KINDS,
    ListRules,
    RowRefused,
    check_row,
)
from addrsvc.admin_units.model import KNOWN_FROM, REORGANISED
from addrsvc.admin_units.succession import Succession
from addrsvc.parsing.lexicon import UnitLexicon
from addrsvc.types import UnitId

NEW, OLD, DISTRICT = (
    UnitId("25747", REORGANISED),
    UnitId("25741", KNOWN_FROM),
    UnitId("718", KNOWN_FROM),
)
RULES = ListRules(
    kinds=THOROUGHFARE_KINDS,
    units=frozenset({NEW, OLD, DISTRICT}),
    names=CommuneNames(UnitLexicon([], []), Succession({}, [])),
    day=date(2026, 1, 15),
    source="list.csv",
)


def save(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_columns_are_guessed_in_vietnamese_and_may_be_named(tmp_path: Path) -> None:
    path = save(tmp_path, "Tên đường,Mã huyện,Ghi chú\nLê Lợi,718,x\n")
    names = read_list(path, {})
    assert names.columns == {"name": "Tên đường", "district_code": "Mã huyện"}
    assert read_list(path, {"aliases": "Ghi chú"}).fields_of(names.rows[0])["aliases"] == "x"
    with pytest.raises(ListColumnsMissing):
        read_list(path, {"aliases": "Không có"})


@pytest.mark.parametrize("text", ["", "name\nA\n", "commune\nA\n"])
def test_lists_without_name_or_unit_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ListColumnsMissing):
        read_list(save(tmp_path, text), {})


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b'name,commune\n"broken,x\n', b"name,commune\n\xe9,1\n"]
)
def test_damaged_lists_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(ListUnreadable):
        read_list(path, {})
    with pytest.raises(ListUnreadable):
        read_list(tmp_path / "absent.csv", {})


def test_a_list_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ListTooLarge):
        read_list(save(tmp_path, "name,commune\n" + "a,b\n" * (MAX_ROWS + 1)), {})


def test_rejected_rows_come_back_as_they_were_and_no_cell_is_a_formula(tmp_path: Path) -> None:
    names = read_list(save(tmp_path, "name,commune,@z\n=1+1,x,\nB,-y,＝2\n"), {})
    target = tmp_path / "rejected.csv"
    write_rejected(target, names.header, [(row, "vì sao") for row in names.rows])
    written = target.read_text(encoding="utf-8-sig").splitlines()
    assert written == [
        "name,commune,'@z,reason",
        "'=1+1,x,,vì sao",
        "B,'-y,'＝2,vì sao",
    ]
    again = read_list(target, {})
    assert [again.fields_of(row)["name"] for row in again.rows] == ["=1+1", "B"]


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Đường  Lê Lợi", "Lê Lợi", "street"),
        ("Đường số 5", "Đường số 5", "numbered_road"),
        ("ĐX 043", "ĐX 043", "numbered_road"),
        ("ĐT743C", "ĐT743C", "numbered_road"),
        ("D1", "D1", "numbered_road"),
        ("33/34", "33/34", "alley"),
        ("Hẻm 12", "Hẻm 12", "alley"),
        ("Đường 30 tháng 4", "Đường 30 tháng 4", "street"),
        ("Hoà Bình", "Hòa Bình", "street"),
    ],
)
def test_names_and_kinds(text: str, name: str, kind: str) -> None:
    row = check_row({"name": text, "district_code": "718"}, RULES)
    assert (row.name, row.kind) == (name, kind)


def test_the_most_telling_unit_comes_first_and_a_district_stands_alone() -> None:
    both = {"new_commune_code": "25747", "old_commune_code": "25741", "district_code": "718"}
    assert check_row({"name": "A", **both}, RULES).units == (NEW, OLD)
    assert check_row({"name": "A", "district_code": "718"}, RULES).units == (DISTRICT,)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": " "},
        {"name": "x" * 201},
        {"name": "a\x07b"},
        {"name": "A", "kind": "sông"},
        {"name": "A", "status": "maybe"},
        {"name": "A", "new_commune_code": "99999"},
        {"name": "A", "district_code": "", "commune": ""},
        {"name": "A", "district_code": "", "commune": "Phường Không Có"},
        {"name": "A", "valid_from": "hôm qua"},
        {"name": "A", "lon": "106", "lat": "chín"},
        {"name": "A", "lon": "500", "lat": "500"},
        {"name": "A", "lon": "106"},
    ],
)
def test_bad_rows_are_refused_in_both_languages(fields: dict[str, str]) -> None:
    with pytest.raises(RowRefused) as refused:
        check_row({"district_code": "718", **fields}, RULES)
    assert refused.value.reason.vi
    assert refused.value.reason.en


def test_localities_must_say_their_kind_or_be_told_one() -> None:
    rules = ListRules(LOCALITY_KINDS, RULES.units, RULES.names, RULES.day, "list.csv")
    fields = {"name": "KP 3", "new_commune_code": "25747", "aliases": "Khu phố 3; ;KP 3"}
    assert check_row({**fields, "kind": "Khu phố"}, rules).kind == "khu_pho"
    with pytest.raises(RowRefused):
        check_row(fields, rules)
    told = ListRules(LOCALITY_KINDS, RULES.units, RULES.names, RULES.day, "list.csv", kind="ap")
    row = check_row({**fields, "lon": "106.6", "lat": "11", "valid_from": "2026-01-01"}, told)
    assert (row.kind, row.aliases, row.valid_from) == ("ap", ("Khu phố 3",), date(2026, 1, 1))
    assert row.centre is not None
