from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.parsing import keys
from addrsvc.parsing.keys import (
    alley_prefixes,
    base_key,
    locality_key,
    number_key,
    search_keys,
    street_number,
    thoroughfare_key,
    unit_key,
)


def test_doctests() -> None:
    assert doctest.testmod(keys).failed == 0


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("ql 13", ["Quốc lộ 13", "QL13", "QL.13", "Q.L 13", "Đường QL 13", "quoc lo so 13"]),
        (
            "dt 743c",
            ["ĐT 743C", "Đường tỉnh 743C", "Tỉnh lộ 743C", "TL743C", "DT743C", "Đường 743C"],
        ),
        ("dx 43", ["ĐX 043", "DX-043", "đường ĐX43", "Đường xã 43"]),
        ("dh 409", ["ĐH 409", "đường huyện 409"]),
        ("hl 410", ["Hương lộ 410", "HL410"]),
        ("so 5", ["đường số 5", "số 5", "Đường 5", "Duong so 05"]),
        ("30 thang 4", ["30/4", "30 tháng 4", "Đường 30-4", "30 Tháng Tư"]),
        ("3 thang 2", ["3/2", "03/02", "Ba Tháng Hai", "ba thang 2"]),
        (
            "cach mang thang 8",
            ["Cách Mạng Tháng Tám", "CMT8", "CMT 8", "đường Cách mạng tháng 8", "CM Tháng Tám"],
        ),
        ("xo viet nghe tinh", ["Xô Viết Nghệ Tĩnh", "XVNT"]),
        ("dai lo binh duong", ["Đại lộ Bình Dương", "Đường Đại Lộ Bình Dương (Quốc Lộ 13)"]),
        ("my phuoc 3", ["Mỹ Phước III", "Mỹ Phước 3", "Mĩ Phước 03"]),
        ("ly thuong kiet", ["Lý Thường Kiệt", "đ. Lí Thường Kiệt", "Đ.LÝ THƯỜNG KIỆT"]),
        ("duong dinh nghe", ["Dương Đình Nghệ", "duong dinh nghe"]),
        ("quang trung", ["Đường Quang Trung", "duong quang trung", "đ quang trung"]),
        ("pho duc chinh", ["Phó Đức Chính", "pho duc chinh"]),
        ("hai ba trung", ["Phố Hai Bà Trưng", "Đường phố Hai Bà Trưng"]),
        ("ne8", ["NE8", "Đường NE 8", "Đường số NE8"]),
        ("an tay 17", ["An Tây 017", "Đường An Tây 17"]),
        ("binh chuan 67", ["Bình Chuẩn67", "Bình Chuẩn 67"]),
        ("nguyen b khiem", ["Ng-B-Khiêm"]),
        ("33 34", ["33/34"]),
        ("abc", ["(abc"]),
        ("", ["", "()"]),
    ],
)
def test_one_key_for_all_spellings_of_a_street(key: str, names: list[str]) -> None:
    assert {name: thoroughfare_key(name) for name in names} == dict.fromkeys(names, key)


@pytest.mark.parametrize(
    ("kind", "name", "key"),
    [
        ("khu_pho", "9", "khu_pho:9"),
        ("khu_pho", "Khu phố 02", "khu_pho:2"),
        ("place", "KPI", "khu_pho:1"),
        ("place", "KP.I", "khu_pho:1"),
        ("place", "K.P 1B", "khu_pho:1b"),
        ("place", "Khu phố Bảy", "khu_pho:7"),
        ("place", "Ấp Năm", "ap:5"),
        ("place", "Ấp Nam", "ap:nam"),
        ("place", "ap binh thanh", "ap:binh thanh"),
        ("khu_pho", "Tổ dân phố số 3", "to:3"),
        ("place", "to 11", "to:11"),
        ("to", "to hieu", "to:hieu"),
        ("place", "Tô Hiệu", "place:to hieu"),
        ("place", "to hieu", "place:to hieu"),
        ("place", "Dự án KDC Bình Chuẩn", "residential_area:binh chuan"),
        ("place", "Khu công nghiệp Việt Nam - Singapore II-A", "industrial_area:vsip 2a"),
        ("khu_pho", "Khu phố", "khu_pho:"),
        ("place", "", "place:"),
    ],
)
def test_localities(kind: str, name: str, key: str) -> None:
    assert locality_key(kind, name) == key


@pytest.mark.parametrize(
    ("unit", "key"),
    [
        ("Căn hộ 25 - 06", "00025-00006"),
        ("2506", "00025-00006"),
        ("A2506", "a00025-00006"),
        ("A-25-06", "a00025-00006"),
        ("14.5", "00014-00005"),
        ("CH F1614", "f00016-00014"),
        ("Phòng 7", "00007"),
        ("Tầng 12A", "00012a"),
        ("kiốt 3", "kiot 00003"),
    ],
)
def test_units(unit: str, key: str) -> None:
    assert unit_key(unit) == key


def test_a_number_that_is_none_keeps_its_words() -> None:
    assert number_key("không số 2") == "khong so 00002"


@pytest.mark.parametrize(
    ("key", "number"),
    [
        ("00123/00045", 123),
        ("00012-00014", 12),
        ("00095/", 95),
        ("a00012", None),
        ("lo 00005", None),
        ("123456", None),
    ],
)
def test_numbers_on_the_street(key: str, number: int | None) -> None:
    assert street_number(key) == number


@pytest.mark.parametrize(
    ("given_", "found"),
    [
        (("3", "Hẻm 95 Lê Lợi", []), ("le loi", "00095/00003")),
        ((None, "Hẻm 95 Lê Lợi", []), ("le loi", "00095/")),
        (("3", "Hẻm 95", [("khu_pho", "KP 3")]), ("khu_pho:3", "00095/00003")),
        (("12", "Ngõ 3/5, Phố Vọng", []), ("vong", "00003/00005/00012")),
        (("5", "Hẻm Chùa", []), ("hem chua", "00005")),
        (("5", None, [("to", "Tổ 1"), ("khu_pho", "KP 3")]), ("khu_pho:3", "00005")),
        (("5", None, [("to", "Tổ 1")]), ("to:1", "00005")),
        ((None, None, []), (None, None)),
    ],
)
def test_what_an_address_is_found_by(
    given_: tuple[str | None, str | None, list[tuple[str, str]]],
    found: tuple[str | None, str | None],
) -> None:
    assert search_keys(*given_) == found
    assert base_key(given_[1], given_[2]) == found[0]


STEPS = st.lists(
    st.tuples(st.integers(1, 9999), st.sampled_from(["", "A", "B", "C"])), min_size=1, max_size=6
)


def _number(steps: list[tuple[int, str]]) -> str:
    return "/".join(f"{number}{suffix}" for number, suffix in steps)


@given(STEPS, STEPS)
def test_order_of_keys_is_the_order_of_houses(
    one: list[tuple[int, str]], other: list[tuple[int, str]]
) -> None:
    keys_ = number_key(_number(one)).encode(), number_key(_number(other)).encode()
    assert (keys_[0] < keys_[1]) == (one < other)


@given(STEPS)
def test_an_address_begins_with_the_key_of_its_alley(steps: list[tuple[int, str]]) -> None:
    key = number_key(_number(steps))
    prefixes = alley_prefixes(key)
    assert len(prefixes) == len(steps) - 1
    assert all(key.startswith(f"{prefix}/") for prefix in prefixes)
    if prefixes:
        assert number_key(f"Hẻm {_number(steps[:-1])}") == f"{prefixes[0]}/"


@given(st.text(max_size=80))
def test_any_text_has_keys(text: str) -> None:
    assert isinstance(number_key(text) + unit_key(text) + locality_key("place", text), str)
    key = thoroughfare_key(text)
    assert key == key.strip()
