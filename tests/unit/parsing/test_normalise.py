from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.parsing import normalise

VIETNAMESE = st.text(
    alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặềếểễệìíỉĩịòóỏõọủũụỳýỷỹỵ ĐÀ-.,0123"
)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Phường Hoà Phú", "phuong hoa phu"),
        ("Phường Hòa Phú", "phuong hoa phu"),
        ("ĐẮK Lắk", "dak lak"),
        ("Phan Rang - Tháp Chàm", "phan rang thap cham"),
        (unicodedata.normalize("NFD", "Thủ Dầu Một"), "thu dau mot"),
        ("  ", ""),
    ],
)
def test_search_keys(text: str, key: str) -> None:
    assert normalise.name_key(text) == key


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("Hoà", "Hòa"),
        ("Thuỷ", "Thủy"),
        ("Khoẻ", "Khỏe"),
        ("HOÀ", "HÒA"),
        ("Quý", "Quý"),
        ("Quỳnh", "Quỳnh"),
        ("Hoàn", "Hoàn"),
        ("Khuỷu", "Khuỷu"),
        ("Huỳnh", "Huỳnh"),
        ("  Đường   số 5 ", "Đường số 5"),
    ],
)
def test_one_spelling_is_kept(text: str, spelling: str) -> None:
    assert normalise.canonical(text) == spelling


@given(VIETNAMESE)
def test_spelling_settles_and_never_changes_the_key(text: str) -> None:
    once = normalise.canonical(text)
    assert normalise.canonical(once) == once
    assert normalise.name_key(once) == normalise.name_key(text)
    assert normalise.canonical(unicodedata.normalize("NFD", text)) == once


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Dicjh Vongj Haaju", "Dịch Vọng Hậu"),
        ("ddường", "đường"),
        ("DDUOWNGF", "ĐƯỜNG"),
        ("Nguyeenx Thij", "Nguyễn Thị"),
        ("huwowng", "hương"),
        ("muaws", "mứa"),
        ("Quyeest", "Quyết"),
        ("Giasp Quys", "Giáp Quý"),
        ("Thuyr Hoaf", "Thủy Hòa"),
        ("tw", "tư"),
        ("Khuyur", "Khuỷu"),
        ("Phú Lợi", "Phú Lợi"),
        ("binh duong", "binh duong"),
        ("Krông Glang", "Krông Glang"),
        ("dds", "dds"),
        ("ddxq", "ddxq"),
        ("ags", "ags"),
        ("bcd", "bcd"),
        ("ddườngxx", "ddườngxx"),
    ],
)
def test_telex_left_raw_is_composed(typed: str, meant: str) -> None:
    assert normalise.repair_telex(typed) == meant


@given(VIETNAMESE)
def test_telex_composed_stays(text: str) -> None:
    once = normalise.repair_telex(text)
    assert normalise.repair_telex(once) == once


@given(st.text())
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise.normalise(text)
    assert normalise.normalise(once) == once


def test_unseen_and_wide_characters() -> None:
    assert normalise.normalise("Ph\u200bú  L\u00adợi１") == "Phú Lợi1"
    assert normalise.name_key("Ｐ．０１") == normalise.name_key(".")  # keys are of normal text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mỹ Phước", "Mĩ Phước"),
        ("Lý Nhân", "Lí Nhân"),
        ("Quý Lộc", "Quí Lộc"),
        ("Kỳ Sơn", "Kì Sơn"),
    ],
)
def test_y_and_i_are_one_where_they_sound_one(one: str, other: str) -> None:
    first, second = normalise.name_key(one), normalise.name_key(other)
    assert normalise.even_y(first) == normalise.even_y(second)


def test_y_and_i_are_two_elsewhere() -> None:
    assert normalise.even_y("tay thuy") == "tay thuy"
