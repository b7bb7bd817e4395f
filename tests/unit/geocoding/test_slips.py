from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.geocoding.slips import (
    Words,
    fits,
    initials,
    most_edits,
    numbers_of,
    pieces_of,
    respelled,
    spans,
)

NAMES = ("nguyen thi minh khai", "le loi", "le lai", "dx 043", "cach mang thang 8")


@pytest.fixture
def words() -> Words:
    words = Words()
    for name in NAMES:
        for word in name.split():
            words.add(word)
    return words


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("NTMK", "nguyen thi minh khai"),
        ("N.T.M.Khai", "nguyen thi minh khai"),
        ("Ng.T.M.Khai", "nguyen thi minh khai"),
        ("NTMKhai", "nguyen thi minh khai"),
        ("NT Minh Khai", "nguyen thi minh khai"),
        ("Ng-T- Thuật", "nguyen thai thuat"),
        ("XVNT", "xo viet nghe tinh"),
        ("xvnt", "xo viet nghe tinh"),
        ("T. Hưng Đạo", "tran hung dao"),
        ("CMT8", "cach mang thang 8"),
    ],
)
def test_abbreviations_are_seen_through(written: str, key: str) -> None:
    readings = pieces_of(written)
    assert any(fits(pieces, key) for pieces in readings), readings
    assert any(initials(pieces) == initials(key.split()) for pieces in readings)


@pytest.mark.parametrize("written", ["Lê Lợi", "Nguyễn", "12", "", "x" * 500, "a b c d e f g h i"])
def test_whole_names_are_no_abbreviations(written: str) -> None:
    assert not any(fits(pieces, "le lai") for pieces in pieces_of(written))


@pytest.mark.parametrize(
    ("slip", "key"),
    [
        ("nguyn thi minh khai", "nguyen thi minh khai"),
        ("nugyen thi minh khai", "nguyen thi minh khai"),
        ("nguyen thi mnih khay", "nguyen thi minh khai"),
        ("ngyn thi minh khai", "nguyen thi minh khai"),
        ("ngyen thi minh kai", "nguyen thi minh khai"),
        ("le loj", "le loi"),
        ("le loi", "le lai"),
    ],
)
def test_slips_are_put_right_word_by_word(words: Words, slip: str, key: str) -> None:
    assert key in set(respelled(slip, words, most_edits(slip)))


def test_numbers_are_never_put_right(words: Words) -> None:
    assert not [key for key in respelled("dx 044", words, 2) if "043" in key]
    assert list(respelled("dx 04a", words, 2)) == []
    assert numbers_of("khu_pho: 3") == ["khu_pho:", "3"]


def test_three_unknown_words_are_no_slip(words: Words) -> None:
    assert list(respelled("abcx defy ghiz", words, 2)) == []
    assert list(respelled("a b c d e f g h i k", words, 2)) == []


def test_a_word_far_away_or_too_long_has_no_neighbour(words: Words) -> None:
    assert words.near("xxxxxxxx", 2) == ()
    assert words.near("n" * 100, 1) == ()
    assert words.near("12", 1) == ()
    assert "khai" in words
    assert len(words) == 13


def test_most_edits_of_very_long_names() -> None:
    assert most_edits("x" * 61) == 0


def test_spans_are_longest_first() -> None:
    assert list(spans("a b c d")) == ["a b c", "b c d", "a b", "b c", "c d"]


@given(st.text(max_size=300))
def test_any_text_can_be_asked(text: str) -> None:
    words = Words()
    words.add("khai")
    pieces_of(text)
    list(respelled(text, words, 2))
    list(spans(text))
