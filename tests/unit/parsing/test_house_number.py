from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.parsing import house_number
from addrsvc.parsing.house_number import HouseNumber, parse_house_number

STEP = st.from_regex(r"[1-9][0-9]{0,3}[A-H]?", fullmatch=True)
CHAINS = st.lists(STEP, min_size=1, max_size=12)


def test_doctests() -> None:
    assert doctest.testmod(house_number).failed == 0


@pytest.mark.parametrize(
    ("text", "printed", "key"),
    [
        ("1806/127/2/6/15/48/2A", None, "01806/00127/00002/00006/00015/00048/00002a"),
        ("123/45/6 a", "123/45/6A", "00123/00045/00006a"),
        ("hẻm 123/45 số 6A", "123/45/6A", "00123/00045/00006a"),
        ("nhà số 0123/45/6A", "123/45/6A", "00123/00045/00006a"),
        ("K123/45/6a", "123/45/6A", "00123/00045/00006a"),
        ("k448/h20/100", "448/20/100", "00448/00020/00100"),
        ("ngõ 2 ngách 5 số 7", "2/5/7", "00002/00005/00007"),
        ("số 7, ngách 5, ngõ 2", "2/5/7", "00002/00005/00007"),
        ("Số 10, Ngách 43/3, Ngõ 43", "43/3/10", "00043/00003/00010"),
        ("số 5 hẻm 3 hẻm 95", "95/3/5", "00095/00003/00005"),
        ("hẻm 23 23/42", "23/42", "00023/00042"),
        ("12/5 hẻm 12", "12/5", "00012/00005"),
        ("12 hẻm 12", "12/12", "00012/00012"),
        ("kiệt 400 hẻm 10", "Hẻm 400/10", "00400/00010/"),
        ("Ngõ 43", "Ngõ 43", "00043/"),
        ("125/", "Hẻm 125", "00125/"),
        ("L10C12 Hẻm 90", "90/L10C12", "00090/l00010c00012"),
        ("12-14b", "12-14B", "00012-00014b"),
        ("188-189-190-191a", "188-189-190-191A", "00188-00189-00190-00191a"),
        ("1416/35/1B-1416/35/1C", "1416/35/1B-1C", "01416/00035/00001b-00001c"),
        ("1415/21-23", None, "01415/00021-00023"),
        ("1/2-3/4", None, "00001/00002-00003/00004"),
        ("284DBis", "284Dbis", "00284dbis"),
        ("18bis/2a/a2", "18bis/2A/A2", "00018bis/00002a/a00002"),
        ("12 bis", "12bis", "00012bis"),
        ("229/PTHO", "229", "00229"),
        ("007", "7", "00007"),
        ("13 / 3a", "13/3A", "00013/00003a"),
        ("Lô B2-36", None, "lo b00002-00036"),
        ("lô 6/a64/54a/54", "Lô 6/A64/54A/54", "lo 00006/a00064/00054a/00054"),
        ("Lô H5-1( Khu B1 )", "Lô H5-1", "lo h00005-00001"),
        ("Ô 28-P4, Lô F121", None, "lo f00121 o 00028-p00004"),
        ("lô B", "Lô B", "lo b"),
        ("Lô A-1-CN", None, "lo a-00001-cn"),
        ("D_8D_CN", "D-8D-CN", "d-00008d-cn"),
        ("thửa đất 41- 64, tờ 34", "Thửa 41-64, tờ bản đồ 34", "thua 00041-00064 to 00034"),
    ],
)
def test_forms_in_use(text: str, printed: str | None, key: str) -> None:
    number = parse_house_number(text)
    assert number is not None
    assert (str(number), number.key) == (printed or text, key)
    assert parse_house_number(str(number)) == number


@pytest.mark.parametrize(
    "text", ["", "số", "so so so", "Lê Lợi", "12 Lê Lợi", "lô 5 lô 6", "5 6", "9" * 121, "/", "()"]
)
def test_what_is_no_house_number(text: str) -> None:
    assert parse_house_number(text) is None


@pytest.mark.parametrize(
    ("text", "kind"), [("5", None), ("Hẻm 5", "alley"), ("Ô 5", "lot"), ("tờ 5", "parcel")]
)
def test_kinds(text: str, kind: str | None) -> None:
    number = parse_house_number(text)
    assert number is not None
    assert number.kind == kind


@given(CHAINS)
def test_chains_of_any_depth_come_back(steps: list[str]) -> None:
    number = HouseNumber(tuple(steps))
    assert parse_house_number(str(number)) == number
    if len(steps) > 1:
        assert parse_house_number(f"hẻm {'/'.join(steps[:-1])} số {steps[-1]}") == number


@given(st.text(max_size=150))
def test_any_text_is_read_or_refused(text: str) -> None:
    number = parse_house_number(text)
    assert number is None or number.key
