"""The slips people make with digits, after Verhoeff, commonest first.

Source: J. Verhoeff, Error Detecting Decimal Codes, Mathematical Centre Tracts 29, 1969.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Window = tuple[int, ...]
"""Neighbouring digits, left to right."""


@dataclass(frozen=True)
class Slip:
    """A kind of slip: how many neighbouring digits it touches and what they may become."""

    width: int
    outcomes: Callable[[Window], Iterator[Window]]


def _single(window: Window) -> Iterator[Window]:
    return ((b,) for b in range(10) if b != window[0])


def _swap(window: Window) -> Iterator[Window]:
    a, b = window
    if a != b:
        yield b, a


def _jump_swap(window: Window) -> Iterator[Window]:
    a, b, c = window
    if a != c:
        yield c, b, a


def _twin(window: Window) -> Iterator[Window]:
    a, b = window
    if a == b:
        yield from ((c, c) for c in range(10) if c != a)


def _jump_twin(window: Window) -> Iterator[Window]:
    a, b, c = window
    if a == c:
        yield from ((d, b, d) for d in range(10) if d != a)


def _phonetic(window: Window) -> Iterator[Window]:
    a, b = window
    if a >= 2 and b == 0:
        yield 1, a
    elif a == 1 and b >= 2:
        yield b, 0


SLIPS: dict[str, Slip] = {
    "single digit: a → b": Slip(1, _single),
    "adjacent swap: ab → ba": Slip(2, _swap),
    "jump swap: abc → cba": Slip(3, _jump_swap),
    "twin: aa → bb": Slip(2, _twin),
    "jump twin: aba → cbc": Slip(3, _jump_twin),
    "phonetic: a0 ↔ 1a, a ≥ 2": Slip(2, _phonetic),
}
