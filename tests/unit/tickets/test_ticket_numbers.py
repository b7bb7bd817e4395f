"""Numbers of tickets: read in any spelling, every slip told, nothing guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.tickets.errors import TicketNumberSlip, TicketNumberUnreadable
from addrsvc.tickets.numbers import (
    ALPHABET,
    LENGTH,
    grouped,
    hash_of,
    new_number,
    number_of,
    read_number,
)

DRAWN = st.integers(min_value=0, max_value=2**256 - 1)


def test_numbers_hold_enough_to_be_guessed_by_nobody() -> None:
    assert len(ALPHABET) ** (LENGTH - 1) >= 2**80
    assert not set(ALPHABET) & set("01ILO")
    assert len({new_number() for _ in range(1_000)}) == 1_000


@given(DRAWN, st.sampled_from(["", " ", "-", ".", " – ", "\u00a0"]))
def test_a_number_is_read_in_any_spelling(drawn: int, between: str) -> None:
    number = number_of(drawn)
    assert read_number(f" {grouped(number).replace('-', between).lower()} ") == number


@given(DRAWN, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_every_wrong_sign_is_told(drawn: int, at: int, sign: str) -> None:
    number = number_of(drawn)
    slipped = number[:at] + sign + number[at + 1 :]
    if slipped != number:
        with pytest.raises(TicketNumberSlip):
            read_number(slipped)


@given(DRAWN, st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_every_two_exchanged_are_told(drawn: int, one: int, other: int) -> None:
    signs = list(number_of(drawn))
    signs[one], signs[other] = signs[other], signs[one]
    if "".join(signs) != number_of(drawn):
        with pytest.raises(TicketNumberSlip):
            read_number("".join(signs))


@pytest.mark.parametrize(
    "text",
    ["", "t12", "0" * 18, "A" * 17, "A" * 19, "3PJ-5JN-PUC-HXU-B7W-J3O", "Ă" * 18, "x" * 9999],
)
def test_what_is_no_number_is_told_so(text: str) -> None:
    with pytest.raises(TicketNumberUnreadable):
        read_number(text)


def test_a_hash_tells_nothing_of_its_number() -> None:
    number = number_of(1)
    assert len(hash_of(number)) == 32
    assert number.encode() not in hash_of(number)
