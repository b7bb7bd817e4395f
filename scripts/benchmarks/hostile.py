"""Texts made to be slow to read, of any length; what a stranger may send."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import cycle, islice


def _repeated(piece: str) -> Callable[[int], str]:
    return lambda length: (piece * (length // len(piece) + 1))[:length]


_WORDS = "phuong xa quan huyen tinh duong hem so nha to khu pho an binh tan phu my thanh"


def _words(length: int) -> str:
    draw = random.Random(length)  # noqa: S311 -- no secret
    known = _WORDS.split()
    made: list[str] = []
    total = 0
    while total < length:
        word = draw.choice(known)
        made.append(word)
        total += len(word) + 1
    return " ".join(made)[:length]


def _numbers(length: int) -> str:
    return "/".join(islice(cycle(("1806", "127", "2A", "6", "15")), length // 3 + 1))[:length]


TEXTS: dict[str, Callable[[int], str]] = {
    "one letter": _repeated("a"),
    "one digit": _repeated("1"),
    "alley chain": _numbers,
    "slashes": _repeated("/"),
    "commas": _repeated(", "),
    "spaces": _repeated(" "),
    "dots between letters": _repeated("P."),
    "ranges": _repeated("12-14 "),
    "numbers": _repeated("12 "),
    "unit words": _words,
    "one ward again and again": _repeated("Phường Phú Lợi, "),
    "glued ward": _repeated("phuloi"),
    "initials": _repeated("N.T.M."),
    "house words": _repeated("số nhà "),
    "hẻm": _repeated("hẻm 1 "),
    "brackets": _repeated("("),
    "combining marks": _repeated("a\u0301\u0323\u0302"),
    "decomposed": _repeated("Thu\u031b\u0323 Du\u0302\u0300 "),
    "Telex": _repeated("dduwowngf "),
    "Khmer": _repeated("ស្ពាន "),
    "emoji": _repeated("🏠👨‍👩‍👧 "),
    "phone numbers": _repeated("0912 345 678 "),
}
