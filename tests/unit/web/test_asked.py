"""What somebody typed into the one box is told apart by its form alone."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.codes.schemes import SCHEMES, Scheme
from addrsvc.geo.typed_point import Degrees, Metres
from addrsvc.web import asked, planning_asking
from addrsvc.web.asked import (
    MAX_TEXT,
    Code,
    Identifier,
    PlusCode,
    ShortPlusCode,
    Words,
    read_asked,
)


@pytest.mark.parametrize("module", [asked, planning_asking])
def test_examples_in_the_modules_hold(module: object) -> None:
    found = doctest.testmod(module)  # type: ignore[arg-type]
    assert found.attempted
    assert not found.failed


@pytest.mark.parametrize(
    "text",
    [
        "75123-04827-7",
        " 75123 04827 ",
        "7512304827",
        "Mã địa chỉ số: 75123-04827",
        "https://diachiso.example/a/75123-04827-7",
        "75123-04827-1",  # a wrong check digit is still a code
        "75123o4827",
        "75123-0482",
        "75123-04827-77-7",
    ],
)
def test_codes_and_what_is_nearly_one(text: str) -> None:
    assert read_asked(text) == Code(text.strip())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7512",
        "12",
        "123/45/6A Lê Hồng Phong, KP3, P. Phú Cường, TX. TDM, Bình Dương",
        "số 12 đường 30/4",
        "0912.345.678",
        "so nha 12 hem 3",
        "Trường THPT Võ Minh Đức",
        "12345 Nguyenn",
        "số cũ 12/3 Lê Lợi",
        "+84 912 345 678",
        "1806/127/2/6/15/48/2A",
        "<script>alert(1)</script>",
        "quốc lộ 13",
    ],
)
def test_all_else_is_words(text: str) -> None:
    assert read_asked(text) == Words(text)


def test_points_and_plus_codes() -> None:
    assert read_asked("10,98 106,65") == Degrees(106.65, 10.98, is_exchanged=True)
    assert read_asked("1214436,35 598371,18") == Metres(1214436.35, 598371.18)
    assert read_asked("Plus code: 7p28xm2f+6q") == PlusCode("7P28XM2F+6Q")
    assert read_asked("xm2f+6q, Bình Dương") == ShortPlusCode("XM2F+6Q", "Bình Dương")
    assert read_asked("28XM2F+6Q") == ShortPlusCode("28XM2F+6Q", "")
    assert read_asked("Tân Uyên XM2F+6Q") == Words("Tân Uyên XM2F+6Q")


@pytest.mark.parametrize(
    ("text", "scheme", "value"),
    [
        ("75110XM2F6QR", Scheme.VPOSTCODE, "75110XM2F6QR"),
        ("Vpostcode: 75110 abcdefg", Scheme.VPOSTCODE, "75110ABCDEFG"),
        ("000123456789", Scheme.LOCATION_ID, "000123456789"),
        ("Mã định danh địa điểm 0001 2345 6789", Scheme.LOCATION_ID, "000123456789"),
        ("thửa đất số 345, tờ bản đồ số 12, xã 25747", Scheme.PARCEL, "25747-12-345"),
        ("số nhà cũ: 123/4a", Scheme.OLD_NUMBER, "123/4A"),
    ],
)
def test_other_identifiers(text: str, scheme: Scheme, value: str) -> None:
    assert read_asked(text) == Identifier(scheme, value)


def test_examples_of_schemes_are_taken_for_what_they_are() -> None:
    for scheme in (Scheme.VPOSTCODE, Scheme.LOCATION_ID):
        assert read_asked(SCHEMES[scheme].example) == Identifier(scheme, SCHEMES[scheme].example)


def test_long_texts_are_cut() -> None:
    assert read_asked("x" * 1_000) == Words("x" * MAX_TEXT)


@given(st.text(max_size=400))
def test_no_text_breaks_it(text: str) -> None:
    read_asked(text)
