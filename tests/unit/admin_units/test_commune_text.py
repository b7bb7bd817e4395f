"""Texts are read against the real bundled names, held in memory."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from bundled_units import bundled_lexicon, bundled_succession
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.admin_units.commune_text import MAX_CANDIDATES, CommuneNames
from addrsvc.admin_units.model import KNOWN_FROM
from addrsvc.types import UnitId

DAY = date(2026, 1, 15)


@cache
def names() -> CommuneNames:
    return CommuneNames(bundled_lexicon(), bundled_succession())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("P. Phú Lợi, TP Thủ Dầu Một", "25750"),
        ("123/45/6A KP3, P. Phú Lợi, TP. Thủ Dầu Một, Bình Dương", "25750"),
        ("P. Phú Cường, TP. TDM, BD", "25747"),
        ("phuong thoi hoa, thi xa ben cat, tinh binh duong", "25846"),
        ("Tổ 5, KP Bình Đức 1, phường Bình Hòa, TP Thuận An, tỉnh BD", "25987"),
        ("KP 1B, P.An Phú, TX.Thuận An, Bình Dương", "25975"),
        ("Phường Phú Lợi  TBình Dương", "25750"),
        ("Số 11, Ngô Văn Trị, Phường Phú Lợi, TP Hồ Chí Minh", "25750"),
        ("Phường Bình Dương, TP.HCM", "25760"),
        ("T.P Thủ Dầu Một, P. Chánh Nghĩa", "25747"),
        ("Lô Q1-Q2, Phường Tân Hiệp, Thành Phố Hồ Chí Minh, Việt Nam", "25920"),
        ("Xã Vĩnh Tân, Tân Uyên, Bình Dương", "25912"),  # a ward since 2023, as people write it
        ("P.04, Q. Tân Bình, TPHCM", "26968"),
        ("Thị trấn Dầu Tiếng, huyện Dầu Tiếng, Bình Dương", "25777"),
    ],
)
def test_certain_communes(text: str, code: str) -> None:
    match = names().resolve(text, DAY)
    assert (match.verdict, [unit.code for unit in match.communes]) == ("certain", [code])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("P. Bình Chuẩn, TP Thuận An, Bình Dương", {"25969", "25975"}),
        ("Ấp 3, xã Minh Tân, Dầu Tiếng, BD", {"25780", "25792"}),
        ("P. Hiệp Thành, TP Thủ Dầu Một, Bình Dương", {"25747", "25750"}),
        ("Phường Hòa Phú, Thành phố Hồ Chí Minh", {"25760", "27544"}),
        ("Dĩ An, TP.HCM", {"25942"}),  # a bare name is never certain
        ("P. Phú Lới, TP Thủ Dầu Một", {"25750"}),  # nor one with another accent
    ],
)
def test_candidates_never_a_default(text: str, codes: set[str]) -> None:
    match = names().resolve(text, DAY)
    assert match.verdict == "candidates"
    assert {unit.code for unit in match.communes} == codes


@pytest.mark.parametrize(
    "text",
    ["", "18 Đại lộ Bình Dương", "tp thủ dầu một", "Xã Tân Thành", "phường Không Có, Bình Dương"],
)
def test_none(text: str) -> None:
    match = names().resolve(text, DAY)
    assert (match.verdict, match.communes) == ("none", ())
    assert match.reason.vi
    assert match.reason.en


def test_before_the_reform_the_old_communes_are_the_answer() -> None:
    match = names().resolve("P. Bình Chuẩn, TP Thuận An, Bình Dương", date(2025, 6, 15))
    assert match.verdict == "certain"
    assert match.communes == (UnitId("25969", KNOWN_FROM),)


def test_accents_tell_homonyms_apart() -> None:
    one = names().resolve("Xã Tân Thạnh, huyện Thanh Bình, Đồng Tháp", DAY)
    assert one.written == (UnitId("30157", KNOWN_FROM),)


def test_two_names_that_agree_are_certain() -> None:
    match = names().resolve("P. Phú Cường, TP Thủ Dầu Một (nay là phường Thủ Dầu Một)", DAY)
    assert (match.verdict, match.communes[0].code) == ("certain", "25747")


@given(st.text(max_size=300))
def test_any_text_gets_an_answer_without_surprise(text: str) -> None:
    match = names().resolve(text, DAY)
    assert len(match.communes) <= MAX_CANDIDATES
    assert (match.verdict == "none") == (match.communes == ())
    assert match.verdict != "certain" or len(match.communes) == 1
