"""Texts made to keep a reader busy: the time grows with their length, and not faster.

Thirty shapes that make careless patterns go back and forth, given to everything that reads text
of a length nobody has capped yet; and to the reader of addresses, which reads so much and no more.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import pytest
from bundled_units import bundled_reader

from addrsvc.codes.code import parse_code
from addrsvc.errors import InvalidInput
from addrsvc.parsing.house_number import padded, parse_house_number
from addrsvc.parsing.keys import locality_key, number_key, thoroughfare_key, unit_key
from addrsvc.parsing.normalise import canonical, fold, name_key, normalise, repair_telex
from addrsvc.parsing.parts_noise import find_noise
from addrsvc.parsing.reader import MAX_LENGTH, AddressReader
from addrsvc.parsing.tokens import tokenise

SHAPES = (
    *("a", " ", "\t ", "0", "-", "/", ".", ",", ";", "'", '"', "(", "()", "[", "đ", "Ạ"),
    *("a ", "1/", "1a", "a1", "/-", ", ,", "số ", "hẻm 1/", "Đường ", "phường xã ", "P.1,"),
    *("ww", "e\u0323\u0302", "\u200b", "\u0301", "\u202e", "🏠", "1 2", "12a/3b-", "km 1+"),
)
TAILS = ("", "!", "\n")
SHORT, LONG = 1_000, 8_000

assert len(SHAPES) >= 30


def read_code(text: str) -> object:
    try:
        return parse_code(text)
    except InvalidInput:
        return None


READERS: dict[str, Callable[[str], object]] = {
    "fold": fold,
    "name_key": name_key,
    "canonical": canonical,
    "normalise": normalise,
    "repair_telex": repair_telex,
    "tokenise": tokenise,
    "find_noise": find_noise,
    "number_key": number_key,
    "unit_key": unit_key,
    "thoroughfare_key": thoroughfare_key,
    "locality_key": lambda text: locality_key("khu_pho", text),
    "parse_house_number": parse_house_number,
    "padded": padded,
    "code": read_code,
}


def took_s(read: Callable[[str], object], text: str) -> float:
    """Give the least of a few tries, in time of this thread alone."""
    best = math.inf
    for _ in range(2):
        began = time.thread_time()
        read(text)
        best = min(best, time.thread_time() - began)
        if best < 0.002:  # so quick that nothing is to be learned from it
            break
    return best


@pytest.mark.parametrize("name", READERS)
def test_time_grows_with_the_length(name: str) -> None:
    read, slow = READERS[name], []
    for shape in SHAPES:
        for tail in TAILS:
            short, long = ((shape * n)[:n] + tail for n in (SHORT, LONG))
            long_s = took_s(read, long)
            if long_s < 0.01:
                continue
            exponent = math.log(long_s / took_s(read, short)) / math.log(LONG / SHORT)
            if exponent > 1.4:
                slow.append((shape, tail, round(exponent, 2), round(long_s, 3)))
    assert slow == []


def test_an_address_is_read_to_its_cap_and_no_further() -> None:
    reader = AddressReader(bundled_reader())
    reader.read("Phường Phú Lợi")  # what is read once is read
    slow = []
    for shape in (*SHAPES, "Phường 1, ", "Tân Phú, Tân Bình, ", "thủ đức ", "xã phường quận "):
        at_cap = (shape * MAX_LENGTH)[:MAX_LENGTH]
        capped_s = took_s(reader.read, at_cap)
        long_s = took_s(reader.read, (shape * 100_000)[:100_000])
        if capped_s > 0.25 or long_s > 3 * capped_s + 0.05:
            slow.append((shape, capped_s, long_s))
    assert slow == []
