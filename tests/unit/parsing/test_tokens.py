from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from addrsvc.parsing.normalise import ZERO_WIDTH
from addrsvc.parsing.tokens import tokenise

WRITTEN = st.text(
    alphabet="aAăĂbBcdđĐeghHikKlmnoôpPqQrstTuvxXyàáạầẫỜ 0123456789/-.,;'’_()\u0301\u0323\u200b１ស"
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("123/45/6A", ["123/45/6A"]),
        ("12-14b, 284DBis; 743C", ["12-14b", "284DBis", "743C"]),
        ("30/4 3/2 18bis/2a/a2", ["30/4", "3/2", "18bis/2a/a2"]),
        ("188-189-190-191a a12-a13", ["188-189-190-191a", "a12-a13"]),
        ("1416/35/1B-1416/35/1C", ["1416/35/1B-1416/35/1C"]),
        ("lo 6/a64/54a/54 229/PTHO 125/", ["lo", "6/a64/54a/54", "229/PTHO", "125"]),
        ("14.5 Lô B1.4 D2 B216A", ["14.5", "Lô", "B1.4", "D2", "B216A"]),
        ("24/Nguyễn Trãi 12/TO", ["24", "Nguyễn", "Trãi", "12/TO"]),
        ("Số 7/Q3 P1/Q3 Q1-Q2", ["Số", "7/Q3", "P", "1", "Q", "3", "Q1-Q2"]),
        ("5/KP3 KP3/5", ["5", "KP", "3", "KP", "3", "5"]),
        ("P01 Q3 F.07 KP5", ["P", "01", "Q", "3", "F", "07", "KP", "5"]),
        ("QL13 ĐX043 TPPhổ", ["QL", "13", "ĐX", "043", "TP", "Phổ"]),
        ("P.AnKhánh TBình TXTân", ["P", "An", "Khánh", "T", "Bình", "TX", "Tân"]),
        ("HuyệnViệt Huyệntân XãtrBung", ["Huyện", "Việt", "Huyện", "tân", "Xã", "tr", "Bung"]),
        ("Thànhphố Thịtrấn Thịnh", ["Thành", "phố", "Thị", "trấn", "Thịnh"]),
        ("TP.HồChíMinh T.X. T.Phố", ["TP", "Hồ", "Chí", "Minh", "T", "X", "T", "Phố"]),
        ("x2Trung Tân7 21BlockA", ["x", "2", "Trung", "Tân", "7", "21", "Block", "A"]),
        ("Thà6nh Đị8nh N5am", ["Thà6nh", "Đị8nh", "N5am"]),
        ("Thất-Hà C/c Rang–Tháp", ["Thất", "Hà", "C", "c", "Rang", "Tháp"]),
        ("Ea H'leo M’Đrắk 'abc'", ["Ea", "H'leo", "M’Đrắk", "abc"]),
        ("KBang SRó KPI D_8D", ["KBang", "SRó", "KPI", "D", "8D"]),
        ("ស្ពាន, 東京", ["ស្ពាន", "東京"]),
        ("１２ Phú\u200bLợi \u200b", ["12", "Phú", "Lợi"]),
        ("\u0301 ,, ''", []),
        ("", []),
    ],
)  # fmt: skip
def test_words_and_numbers(text: str, words: list[str]) -> None:
    assert [token.text for token in tokenise(text)] == words
    spread = unicodedata.normalize("NFD", text)
    assert [token.text for token in tokenise(spread)] == words


def test_keys_have_no_accents_no_slipped_digits_no_apostrophes() -> None:
    keys = [token.key for token in tokenise("Thà6nh Đ.Đa H'leo N5am 6A")]
    assert keys == ["thanh", "d", "da", "hleo", "nam", "6a"]


def test_gaps_are_what_stands_between() -> None:
    assert [token.gap for token in tokenise("(P.AnKhánh,  Q1")] == ["(", ".", "", ",  ", ""]


def written(token_text: str) -> str:
    wide = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    plain = "".join(char for char in token_text.translate(wide) if char not in ZERO_WIDTH)
    return unicodedata.normalize("NFC", plain)


@given(WRITTEN | st.text())
@example("0à\u0323")
@example("0a\u0323\u0300b")
@example("0か\u0323\u3099")
def test_spans_are_ordered_apart_and_exact(text: str) -> None:
    last = 0
    for token in tokenise(text):
        assert last <= token.start < token.end <= len(text)
        assert token.gap == text[last : token.start]
        assert token.text == written(text[token.start : token.end])
        assert token.key
        last = token.end


def test_a_long_chunk_is_cut_like_a_short_one() -> None:
    assert [token.text for token in tokenise("AnKhánh" * 20)] == ["An", "Khánh"] * 20
