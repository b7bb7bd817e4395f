from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.admin_units import names

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
    assert names.name_key(text) == key


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
    assert names.canonical(text) == spelling


@given(VIETNAMESE)
def test_spelling_settles_and_never_changes_the_key(text: str) -> None:
    once = names.canonical(text)
    assert names.canonical(once) == once
    assert names.name_key(once) == names.name_key(text)
    assert names.canonical(unicodedata.normalize("NFD", text)) == once


def test_full_short_and_english_names() -> None:
    assert names.full_name("thi_tran", "Dầu Tiếng") == "Thị trấn Dầu Tiếng"
    assert names.short_name("phuong", "Phường 1") == "1"
    assert names.english_name("phuong", "Dĩ An") == "Di An Ward"
    assert names.english_name("quan", "1") == "District 1"
    assert names.english_name("thanh_pho_truc_thuoc_trung_uong", "Đà Nẵng") == "Da Nang City"
