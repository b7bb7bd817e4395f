"""Persons leave an address, streets named after persons stay. All persons are invented."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.dossiers.withheld import without_person


@pytest.mark.parametrize(
    ("text", "names", "kept"),
    [
        ("Nguyễn Văn Mẫu, 12 Lê Lợi", ["NGUYEN VAN MAU"], "12 Lê Lợi"),
        ("hộ ông nguyễn văn mẫu, KP 3, P. Phú Lợi", ["Nguyễn Văn Mẫu"], "KP 3, P. Phú Lợi"),
        ("12 Lê Lợi (nhà bà Trần Thị Bịa)", [], "12 Lê Lợi"),
        ("12 Lê Lợi, bà Trần Thị Bịa Đặt, P. Phú Lợi", [], "12 Lê Lợi, P. Phú Lợi"),
        ("Ho ong Tran Van Bia, 12 Le Loi", [], "12 Le Loi"),
        ("Lê Mẫu, Khu phố 3, P. Phú Lợi", ["Lê Mẫu"], "Khu phố 3, P. Phú Lợi"),
        ("12 Lê Lợi, Nguyễn  Văn\tMẫu", ["Nguyễn Văn Mẫu"], "12 Lê Lợi"),
        ("Nguyễn Văn Mẫu", ["Nguyễn Văn Mẫu"], ""),
        ("Nguyễn Văn Nguyễn Văn Mẫu Mẫu, KP 3", ["Nguyễn Văn Mẫu"], "KP 3"),
    ],
)
def test_persons_are_left_out(text: str, names: list[str], kept: str) -> None:
    withheld = without_person(text, names)

    assert withheld.was_there
    assert withheld.text == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("12 Lê Lợi, ĐT: 0900.000.000", "12 Lê Lợi"),
        ("12 Lê Lợi, 0900000000, P. Phú Lợi", "12 Lê Lợi, P. Phú Lợi"),
        ("12 Lê Lợi, +84 900 000 000", "12 Lê Lợi"),
        ("12 Lê Lợi (0900000000), P. Phú Lợi", "12 Lê Lợi, P. Phú Lợi"),
        ("12 Lê Lợi, CCCD 079000000000, P. Phú Lợi", "12 Lê Lợi, P. Phú Lợi"),
        ("12 Lê Lợi, CMND 280000000", "12 Lê Lợi"),
        ("12 Lê Lợi mau@example.vn", "12 Lê Lợi"),
    ],
)
def test_telephones_papers_and_mail_are_left_out(text: str, kept: str) -> None:
    withheld = without_person(text)

    assert (withheld.text, withheld.was_there) == (kept, True)


def test_a_number_of_the_record_is_found_however_it_is_grouped() -> None:
    assert without_person("12 Lê Lợi, 280 000 001", (), ["280000001"]).text == "12 Lê Lợi"
    assert without_person("số 280-000-001 Lê Lợi", (), ["280.000.001"]).text == "số Lê Lợi"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("12 Đường Nguyễn Văn Trỗi, P. Phú Lợi", ["Nguyễn Văn Trỗi"]),
        ("12 đ. Trần Phú", ["Trần Phú"]),
        ("12 hẻm 3 Nguyễn Văn Cừ", []),
        ("Xã Bà Điểm, Hóc Môn", []),
        ("12 Bà Triệu, 5 Ông Ích Khiêm", []),
        ("Chung cư Hoàng Anh Nguyễn Văn Linh", []),
        ("12 Mai, P. Phú Lợi", ["Mai"]),  # one word is no name
        ("75123-04827", []),
        ("1806/127/2/6/15/48/2A Huỳnh Văn Lũy", ["Trần Thị Bịa"]),
        ("Thửa 345, tờ 12, xã 25747", []),
        ("", [""]),
    ],
)
def test_addresses_stay_as_they_were_written(text: str, names: list[str]) -> None:
    withheld = without_person(text, names)

    assert (withheld.text, withheld.was_there) == (text, False)


WORDS = st.sampled_from(["12", "Lê", "Lợi", "Nguyễn", "Văn", "Mẫu", "ông", "P.", ",", "hộ", "KP"])


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_a_name_that_is_known_never_comes_through(text: str) -> None:
    withheld = without_person(text, ["Nguyễn Văn Mẫu"])
    words = " ".join(re.findall(r"\w+", withheld.text))

    assert "Nguyễn Văn Mẫu" not in words
    assert without_person(withheld.text, ["Nguyễn Văn Mẫu"]).text == withheld.text


def test_it_does_not_matter_how_accents_are_stored() -> None:
    apart = unicodedata.normalize("NFD", "Nguyễn Văn Mẫu, 12 Lê Lợi")

    assert without_person(apart, ["Nguyễn Văn Mẫu"]).text == "12 Lê Lợi"
    assert without_person(apart[15:]).text == apart[15:]  # as written where nobody is in it
