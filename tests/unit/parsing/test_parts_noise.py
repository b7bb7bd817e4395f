from __future__ import annotations

import doctest

import pytest

from addrsvc.parsing import parts_noise
from addrsvc.parsing.parts_noise import find_noise


def test_doctests() -> None:
    assert doctest.testmod(parts_noise).failed == 0


@pytest.mark.parametrize(
    ("text", "noise"),
    [
        ("12 Lê Lợi", []),
        ("0901234567", [("phone", "0901234567")]),
        ("+84 90 123 4567, 12 Lê Lợi", [("phone", "+84 90 123 4567")]),
        ("(0274) 3822 555 - 12 A", [("phone", "(0274) 3822 555")]),
        ("079123456789 12 Lê Lợi", [("code", "079123456789")]),
        ("mã 75123-04827-3", [("code", "75123-04827-3")]),
        ("7P28XM55+GX ở đây", [("code", "7P28XM55+GX")]),
        ("xem www.vi.du/nha", [("remark", "www.vi.du/nha")]),
        ("a.b@vi.du", [("email", "a.b@vi.du")]),
        ("1/2/3/4/5/6/7/8/9/1", []),
    ],
)
def test_noise(text: str, noise: list[tuple[str, str]]) -> None:
    assert [(each.kind, text[slice(*each.span)]) for each in find_noise(text)] == noise
