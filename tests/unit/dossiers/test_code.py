"""Dossier codes of both notations, of partners, and what is no code."""

from __future__ import annotations

import sys
import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from addrsvc.dossiers import code as codes
from addrsvc.dossiers.code import (
    CODE_LIMIT,
    CodeFlag,
    Notation,
    compare_key,
    parse_dossier_code,
)
from addrsvc.dossiers.errors import (
    DossierCodeDateInvalid,
    DossierCodeEmpty,
    DossierCodeHasControl,
    DossierCodeTooLong,
)
from addrsvc.errors import InvalidInput

DIGITS = st.text("0123456789", min_size=2, max_size=3)
LEVELS = st.tuples(
    st.from_regex(r"[A-Z][0-9]{2}", fullmatch=True), st.lists(DIGITS, max_size=4)
).map(lambda each: (each[0], *each[1]))
DAYS = st.dates(date(2018, 1, 1), date(2099, 12, 31))
SEQUENCES = st.text("0123456789", min_size=4, max_size=6)


@pytest.mark.parametrize(
    ("written", "notation", "agency", "day", "sequence"),
    [
        ("000.25.34.H09-240115-0003", "tt-01-2018", ("H09", "34", "25"), (2024, 1, 15), "0003"),
        ("000.00.34.H09-240115-0003", "tt-01-2018", ("H09", "34"), (2024, 1, 15), "0003"),
        ("000.00.00.H30-180301-0001", "tt-01-2018", ("H30",), (2018, 3, 1), "0001"),
        ("012.00.34.H09-240229-123456", "tt-01-2018", ("H09", "34", "00", "012"),
         (2024, 2, 29), "123456"),
        ("000.025.034.H09-240115-0003", "tt-01-2018", ("H09", "034", "025"),
         (2024, 1, 15), "0003"),
        ("H09.12.34-240101-0001", "qd-20-2020", ("H09", "12", "34"), (2024, 1, 1), "0001"),
        ("H09-251231-00001", "qd-20-2020", ("H09",), (2025, 12, 31), "00001"),
        ("H55.242-260101-0001", "qd-20-2020", ("H55", "242"), (2026, 1, 1), "0001"),
        ("H29.1.2-260101-0001", "other", (), None, None),  # segments of one digit
    ],
)  # fmt: skip
def test_both_notations_are_read(
    written: str,
    notation: str,
    agency: tuple[str, ...],
    day: tuple[int, int, int] | None,
    sequence: str | None,
) -> None:
    code = parse_dossier_code(written)

    assert (code.written, code.notation, code.agency) == (written, notation, agency)
    assert (code.received_on, code.sequence) == (None if day is None else date(*day), sequence)


def test_it_is_kept_as_written_and_compared_without_its_spelling() -> None:
    code = parse_dossier_code("  h09.12.34 – 240101 — 0001\u00a0\n")

    assert code.written == "h09.12.34 – 240101 — 0001"
    assert code.key == "H09.12.34-240101-0001"


@pytest.mark.parametrize(
    "spelling",
    [
        "H09.12.34-240101-0001",
        "h09.12.34-240101-0001",
        "H09.12.34−240101−0001",
        "H09.12.34‑240101‑0001",
        "H09 . 12 . 34 - 240101 - 0001",
        "Ｈ０９．１２．３４－２４０１０１－０００１",
        "H09.12.34\u200b-240101-\u200e0001",
        "H09.12.34\u3000-\u2003240101⁃0001",
    ],
)
def test_spellings_of_one_code_are_one(spelling: str) -> None:
    code = parse_dossier_code(spelling)

    assert code.key == "H09.12.34-240101-0001"
    assert code.flags == ()


@given(LEVELS, DAYS, SEQUENCES)
def test_the_newer_notation_comes_back_as_it_went_in(
    levels: tuple[str, ...], day: date, sequence: str
) -> None:
    written = f"{'.'.join(levels)}-{day:%y%m%d}-{sequence}"
    code = parse_dossier_code(written)

    assert code.key == written
    assert code.notation is Notation.QD_20_2020
    assert (code.segments, code.received_on, code.sequence) == (levels, day, sequence)


@given(
    st.from_regex(r"[A-Z][0-9]{2}", fullmatch=True),
    DIGITS,
    DIGITS,
    st.text("0123456789", min_size=3, max_size=3),
    DAYS,
    SEQUENCES,
)
@example("H09", "34", "25", "000", date(2024, 1, 15), "0003")
def test_both_notations_of_one_agency_have_one_canonical_form(
    first: str, second: str, third: str, fourth: str, day: date, sequence: str
) -> None:
    rest = f"{day:%y%m%d}-{sequence}"
    older = parse_dossier_code(f"{fourth}.{third}.{second}.{first}-{rest}")
    newer = parse_dossier_code(f"{first}.{second}.{third}.{fourth}-{rest}")

    assert (older.notation, newer.notation) == (Notation.TT_01_2018, Notation.QD_20_2020)
    assert older.canonical == newer.canonical
    assert older.key != newer.key  # offered, never joined
    assert older.canonical is not None
    again = parse_dossier_code(older.canonical)
    assert again.canonical == older.canonical
    assert again.agency == older.agency
    assert set("".join(older.agency[-1:])) != {"0"}


@given(st.text(max_size=CODE_LIMIT))
@example("ŉ")
@example("ΐ-ﬁ")
@example(" ﷺ")
def test_any_text_is_a_code_or_refused_with_words(text: str) -> None:
    try:
        code = parse_dossier_code(text)
    except InvalidInput as refused:
        said = refused.text("vi"), refused.text("en")  # templates fit their facts
        assert all(said)
    else:
        assert code.written == text.strip()
        assert code.key
        assert compare_key(code.key) == code.key
        assert len(code.key) <= CODE_LIMIT
        again = parse_dossier_code(code.key)
        assert (again.key, again.notation, again.segments) == (
            code.key,
            code.notation,
            code.segments,
        )


def test_no_character_makes_the_comparison_unstable() -> None:
    for point in range(sys.maxunicode + 1):
        sign = chr(point)
        if unicodedata.category(sign) in {"Cs", "Cn", "Co"}:
            continue
        once = compare_key(f"H{sign}9")
        assert compare_key(once) == once, hex(point)


@given(st.text("0123456789", min_size=6, max_size=6))
def test_the_day_is_a_real_one_or_the_code_is_refused(digits: str) -> None:
    written = f"H09.12-{digits}-0001"
    try:
        day = date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        with pytest.raises(DossierCodeDateInvalid) as refused:
            parse_dossier_code(written)
        assert refused.value.digits == digits
    else:
        code = parse_dossier_code(written)
        assert code.received_on == day
        assert code.flags == ((CodeFlag.RECEIVED_EARLY,) if day.year < 2018 else ())


@pytest.mark.parametrize("digits", ["240230", "230229", "241301", "240100", "240001"])
def test_days_that_never_were_are_refused(digits: str) -> None:
    for written in (f"000.25.34.H09-{digits}-0003", f"H09.12-{digits}-0003"):
        with pytest.raises(DossierCodeDateInvalid):
            parse_dossier_code(written)


@pytest.mark.parametrize(
    "written",
    ["HS/2024/17", "12345", "BD 17 A", "H09.12.34-240101", "H09.12.34-240101-001", "ĐK-01",
     "000.25.34.H9-240115-0003", "H09-240101-0001-2", "000.25.34.H09-240115-0003 BS",
     "H09.12.34.56.78.90-240101-0001", "٠٠٠.٢٥"],
)  # fmt: skip
def test_a_partners_own_form_is_kept_and_flagged(written: str) -> None:
    code = parse_dossier_code(written)

    assert (code.written, code.notation, code.flags) == (
        written,
        Notation.OTHER,
        (CodeFlag.SHAPE_UNKNOWN,),
    )
    assert code.canonical is None
    assert code.agency == ()
    assert not code.is_after(date(1900, 1, 1))


def test_whether_it_lies_ahead_is_judged_by_a_given_day() -> None:
    code = parse_dossier_code("H09.12-240115-0001")

    assert code.is_after(date(2024, 1, 14))
    assert not code.is_after(date(2024, 1, 15))
    assert not code.is_after(date(2024, 1, 15) + timedelta(days=1))


@pytest.mark.parametrize("text", ["", "  \t\n", "\u200b", " \u200e\ufeff "])
def test_nothing_is_no_code(text: str) -> None:
    with pytest.raises(DossierCodeEmpty):
        parse_dossier_code(text)


def test_more_than_a_code_is_refused() -> None:
    parse_dossier_code("A" * CODE_LIMIT)
    with pytest.raises(DossierCodeTooLong):
        parse_dossier_code("A" * (CODE_LIMIT + 1))
    with pytest.raises(DossierCodeTooLong):  # eighteen letters in one sign
        parse_dossier_code("ﷺ" * 20)


@pytest.mark.parametrize(
    ("text", "position", "sign"),
    [
        ("H09\x0012", 4, "U+0000"),
        ("H09\n12", 4, "U+000A"),
        (" H\t12", 2, "U+0009"),
        ("H\u202e12", 2, "U+202E"),
        ("H\ud80012", 2, "U+D800"),
        ("H\ue00012", 2, "U+E000"),
    ],
)
def test_characters_nobody_sees_are_refused(text: str, position: int, sign: str) -> None:
    with pytest.raises(DossierCodeHasControl) as refused:
        parse_dossier_code(text)
    assert (refused.value.position, refused.value.sign) == (position, sign)


def test_every_word_has_a_text() -> None:
    assert set(codes.CODE_FLAG_TEXTS) == set(CodeFlag)
    assert set(codes.NOTATION_NAMES) == set(Notation)
