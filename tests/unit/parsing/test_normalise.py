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
