from __future__ import annotations

import doctest

import pytest

from addrsvc.parsing import parts_pieces, parts_values
from addrsvc.parsing.parts_pieces import cut, divider
from addrsvc.parsing.tokens import tokenise


@pytest.mark.parametrize("module", [parts_pieces, parts_values])
def test_doctests(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]  # a module


@pytest.mark.parametrize(
    ("gap", "sign"),
    [
        ("", ""),
        (" ", " "),
        (" (", "("),
        ("), ", ")"),
        ("; ", ","),
        (" / ", "/"),
        ("–", "-"),
        (".", "."),
    ],
)
def test_dividers(gap: str, sign: str) -> None:
    assert divider(gap) == sign


def told(text: str, *taken: tuple[int, int]) -> list[tuple[str, str]]:
    tokens = tokenise(text)
    return [
        (piece.role.name, " ".join(token.text for token in tokens[piece.value : piece.end]))
        for piece in cut(tokens, taken)
    ]


def test_taken_spans_end_pieces() -> None:
    assert told("đường Lê Lai Bình An (5)", (13, 20)) == [("STREET", "Lê Lai"), ("BARE", "5")]
    assert told("một hai", (0, 7)) == []


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("30 tháng 4 Lê Lai", [("BARE", "30 tháng 4"), ("BARE", "Lê Lai")]),
        ("30 tháng", [("BARE", "30"), ("BARE", "tháng")]),
        ("5 d. Lê", [("BARE", "5"), ("STREET", "Lê")]),
        ("5 a. Lê", [("BARE", "5"), ("BARE", "a Lê")]),
        ("5 a", [("BARE", "5 a")]),
        ("Lê 5 a", [("BARE", "Lê 5"), ("BARE", "a")]),
        ("5 - Lê", [("BARE", "5"), ("BARE", "Lê")]),
        ("THCS số 1 Lê", [("ORGANISATION", "số 1 Lê")]),
        ("chợ 12 Lê", [("ORGANISATION", ""), ("BARE", "12"), ("BARE", "Lê")]),
        ("chợ Sen 12", [("ORGANISATION", "Sen 12")]),
        ("chị Sen 12", [("PERSON", "Sen"), ("BARE", "12")]),
        ("gần chợ 12 Lê", [("REMARK", "chợ 12 Lê")]),
        ("gần chợ ấp 3", [("REMARK", "chợ"), ("LOCALITY", "3")]),
        ("gần khu 3", [("REMARK", "khu 3")]),
        ("chung cư khu A", [("BUILDING", "khu A")]),
        ("căn hộ đường 5", [("STREET", "5")]),
        ("địa chỉ: 5 Lê tại Bình An", [("BARE", "5"), ("BARE", "Lê"), ("BARE", "Bình An")]),
        ("Sen City tại ấp 3", [("BARE", "Sen City"), ("LOCALITY", "3")]),
        ("hẻm địa chỉ 5", [("BARE", "5")]),
        ("khu phố ấp Bắc", [("LOCALITY", "ấp Bắc")]),
        ("dự án chợ Sen", [("LOCALITY", "chợ Sen")]),
    ],
)
def test_pieces(text: str, pieces: list[tuple[str, str]]) -> None:
    assert told(text) == pieces
