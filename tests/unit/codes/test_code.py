"""Reading and writing codes beyond the vectors."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.codes import errors
from addrsvc.codes.code import (
    TEXT_LIMIT,
    DigitalCode,
    ParsedCode,
    is_prefix,
    parse_code,
    read_digits,
)
from addrsvc.errors import InvalidInput

codes = st.from_regex(r"[0-9]{10}", fullmatch=True).map(DigitalCode.of)
gaps = st.text(" -–—\u00a0\u200b\u2009\t−", max_size=3)
zeros = st.sampled_from([0x30, 0x660, 0x6F0, 0x966, 0xE50, 0xFF10, 0x1D7CE])
labels = st.sampled_from(["", "Mã địa chỉ số: ", "ĐCS ", "mã:", "dcs", "(", "https://a.example/a/"])


@given(codes)
def test_every_own_form_reads_back(code: DigitalCode) -> None:
    assert parse_code(code.text) == parse_code(code.printed) == ParsedCode(code, verified=False)
    assert parse_code(code.plate) == ParsedCode(code, verified=True)


@given(codes, st.lists(gaps, min_size=11, max_size=11), zeros, labels, st.sampled_from([10, 11]))
def test_gaps_scripts_and_labels_do_not_matter(
    code: DigitalCode, between: list[str], zero: int, label: str, length: int
) -> None:
    digits = (code.text + code.check_digit)[:length]
    body = "".join(chr(zero + int(d)) + gap for d, gap in zip(digits, between, strict=False))
    expected = ParsedCode(code, verified=length == 11)
    assert parse_code(label + body) == expected
    assert parse_code(unicodedata.normalize("NFD", label) + body) == expected


@given(codes, st.integers(0, 10), st.integers(1, 9))
def test_any_one_wrong_digit_of_a_plate_is_refused(
    code: DigitalCode, place: int, shift: int
) -> None:
    plate = code.text + code.check_digit
    wrong = str((int(plate[place]) + shift) % 10)
    with pytest.raises(errors.CheckDigitWrong) as caught:
        parse_code(plate[:place] + wrong + plate[place + 1 :])
    assert set(caught.value.facts()) == {"given"}


@given(st.text(max_size=TEXT_LIMIT))
def test_any_text_gives_a_code_or_a_named_error(text: str) -> None:
    try:
        parsed = parse_code(text)
    except InvalidInput as refused:
        words = {refused.text("vi"), refused.text("en")}
    else:
        words = {parsed.code.printed, parsed.code.plate}
    assert len(words) == 2


def test_text_is_capped_before_any_work() -> None:
    padded = "75123-04827".ljust(TEXT_LIMIT)
    assert parse_code(padded).code.text == "7512304827"
    with pytest.raises(errors.CodeTextTooLong) as caught:
        parse_code(padded + " ")
    assert caught.value.facts() == {"length": TEXT_LIMIT + 1, "limit": TEXT_LIMIT}


@pytest.mark.parametrize("text", ["", "751230482", "75123048277", "75123-04827", "٧٥١٢٣٠٤٨٢٧"])
def test_strict_constructor_takes_ten_ascii_digits_only(text: str) -> None:
    with pytest.raises(ValueError, match="not ten digits"):
        DigitalCode.of(text)


@pytest.mark.parametrize(
    ("prefix", "suffix"), [("7512", "04827"), ("75123", "0482"), ("75123\n", "04827"), ("x", "y")]
)
def test_parts_are_five_digits_each(prefix: str, suffix: str) -> None:
    with pytest.raises(ValueError, match="two times five"):
        DigitalCode(prefix, suffix)


def test_codes_sort_by_prefix_then_suffix_and_hash() -> None:
    low, high = DigitalCode.of("7512304827"), DigitalCode.of("7512400000")
    assert sorted({high, low, DigitalCode("75123", "04827")}) == [low, high]


def test_prefix_keeps_leading_zeros() -> None:
    assert is_prefix("00001")
    assert not is_prefix("1")
    assert read_digits("Mã: 12-34") == "1234"
