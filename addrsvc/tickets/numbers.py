"""Pure: the number a sender follows a ticket by.

Eighteen signs of 31, in six groups of three: seventeen drawn at random (84 bits) and one to check.
The alphabet leaves out what is taken for something else: 0 and O, 1, I and L. A weighted sum over a
prime number of signs finds every wrong sign and every two exchanged, wherever they stand.

>>> said = grouped(number_of(2**80))
>>> said, read_number(said.lower().replace("-", " ")) == number_of(2**80)
('3PJ-5JN-PUC-HXU-B7W-J3X', True)
"""

from __future__ import annotations

import secrets
import unicodedata
from hashlib import sha256
from typing import Final

from addrsvc.tickets.errors import TicketNumberSlip, TicketNumberUnreadable

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH: Final = 18
GROUP: Final = 3

_BASE: Final = len(ALPHABET)
_DRAWN: Final = LENGTH - 1
_BETWEEN: Final = frozenset(" -–—._/\t\u00a0")
_LONGEST: Final = 80


def new_number() -> str:
    """Draw a number."""
    return number_of(secrets.randbelow(_BASE**_DRAWN))


def number_of(drawn: int) -> str:
    """Give the number of what was drawn, with its check sign; of more bits the lower ones count."""
    signs = ""
    for _ in range(_DRAWN):
        drawn, place = divmod(drawn, _BASE)
        signs = ALPHABET[place] + signs
    check = -_sum(signs) * pow(LENGTH, -1, _BASE) % _BASE
    return signs + ALPHABET[check]


def read_number(text: str) -> str:
    """Give a number in its one spelling, from any way of writing it.

    Raises:
        TicketNumberUnreadable: it has not the signs of one.
        TicketNumberSlip: a sign is wrong, or two are exchanged.
    """
    spelt = unicodedata.normalize("NFKC", text[:_LONGEST]).upper()
    signs = "".join(sign for sign in spelt if sign not in _BETWEEN)
    if len(signs) != LENGTH or not set(signs) <= set(ALPHABET):
        raise TicketNumberUnreadable(length=LENGTH)
    if _sum(signs) % _BASE:
        raise TicketNumberSlip
    return signs


def grouped(number: str) -> str:
    """Give a number as it is shown and read aloud."""
    return "-".join(number[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def hash_of(number: str) -> bytes:
    """Give what is kept of a number; with 84 random bits in it, a plain hash tells nothing."""
    return sha256(b"addrsvc ticket " + number.encode()).digest()


def _sum(signs: str) -> int:
    return sum(weight * ALPHABET.index(sign) for weight, sign in enumerate(signs, start=1))
