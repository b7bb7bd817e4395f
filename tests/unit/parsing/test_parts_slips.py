"""Slips in the words that say what follows; words that may be names stay."""

from __future__ import annotations

import pytest

from addrsvc.parsing.parts_slips import with_marks_put_right
from addrsvc.parsing.tokens import tokenise


def keys(text: str) -> str:
    return " ".join(token.key for token in with_marks_put_right(tokenise(text)))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("415A, Kuh phố 4", "415a khu pho 4"),
        ("584/68 Đườn Số 17", "584/68 duong so 17"),
        ("7 Đuờgn 5", "7 duong 5"),
        ("7 Đyờng 5", "7 duong 5"),
        ("100 Tihn lo 746", "100 tinh lo 746"),
        ("Quốcc lộ 13", "quoc lo 13"),
        ("Huogn lo 5", "huong lo 5"),
    ],
)
def test_a_mistyped_mark_before_a_number_is_mended(written: str, meant: str) -> None:
    assert keys(written) == meant


@pytest.mark.parametrize(
    "written",
    ["12 Hung Vuong 5", "Phuong 5", "Khu pho 4", "Duong so 3", "Dong 5", "Kuh, pho 4", "Luong 7",
     "Kuh pho Binh", "12", "so 12", "Duogn, 5", "Quocc la 13", ""],
)  # fmt: skip
def test_anything_else_stays(written: str) -> None:
    tokens = tokenise(written)
    assert with_marks_put_right(tokens) is tokens
