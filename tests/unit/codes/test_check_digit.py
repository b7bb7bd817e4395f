"""The check digit against an independent Verhoeff, the slip counts, and the suggestions."""

from __future__ import annotations

import random

import pytest
import stdnum.damm
import stdnum.iso7064.mod_11_10
import stdnum.verhoeff
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.codes.candidates import one_edit_candidates
from addrsvc.codes.check_digit import check_digit, matches
from addrsvc.codes.code import DigitalCode
from addrsvc.codes.detection import METHODS, Method, count
from addrsvc.codes.slips import SLIPS

STDNUM = {
    "Damm": stdnum.damm,
    "Verhoeff": stdnum.verhoeff,
    "ISO 7064 mod 11,10": stdnum.iso7064.mod_11_10,
}
digits10 = st.from_regex(r"[0-9]{10}", fullmatch=True)


def turned(a: int, b: int) -> int:
    """Compose two moves of a pentagon: 0-4 turns, 5-9 turns with a flip."""
    turn = (a - b if a >= 5 else a + b) % 5
    return turn + 5 * ((a >= 5) != (b >= 5))


def placed(digit: int, place: int) -> int:
    for _ in range(place % 8):
        digit = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit]
    return digit


def verhoeff(digits: str) -> int:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        total = turned(total, placed(int(digit), place))
    return total


@given(digits10)
def test_check_digit_is_verhoeff_by_its_definition(digits: str) -> None:
    completing = [d for d in "0123456789" if verhoeff(digits + d) == 0]
    assert completing == [check_digit(digits)]
    assert [d for d in "0123456789" if matches(digits + d)] == completing


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("method", METHODS)
def test_exact_counts_agree_with_stdnum_on_sampled_words(method: str, slip: str) -> None:
    draw = random.Random(392)  # noqa: S311  # a sample, no secret
    kind = SLIPS[slip]
    total = unseen = 0
    for _ in range(1500):
        body = f"{draw.randrange(10**10):010d}"
        word = body + STDNUM[method].calc_check_digit(body)
        for start in range(len(word) - kind.width + 1):
            end = start + kind.width
            for changed in kind.outcomes(tuple(map(int, word[start:end]))):
                total += 1
                wrong = word[:start] + "".join(map(str, changed)) + word[end:]
                unseen += STDNUM[method].is_valid(wrong)
    counted = count(METHODS[method], kind)
    assert 100 * (1 - unseen / total) == pytest.approx(counted.caught_percent, abs=2)


@pytest.mark.parametrize(
    ("slip", "pairs"),
    [
        ("single digit: a → b", 10**10 * 11 * 9),
        ("adjacent swap: ab → ba", 10**10 * 10 * 9 // 10),
        ("jump swap: abc → cba", 10**10 * 9 * 9 // 10),
        ("twin: aa → bb", 10**10 * 10 * 9 // 10),
    ],
)
def test_every_slip_of_every_word_is_counted(slip: str, pairs: int) -> None:
    assert count(METHODS["Damm"], SLIPS[slip]).total == pairs


def test_the_chosen_method_misses_no_single_digit_and_no_swap() -> None:
    for slip in ("single digit: a → b", "adjacent swap: ab → ba"):
        assert count(METHODS["Verhoeff"], SLIPS[slip]).unseen == 0
    assert count(METHODS["ISO 7064 mod 11,10"], SLIPS["adjacent swap: ab → ba"]).unseen > 0


def test_a_method_that_merges_states_is_not_counted() -> None:
    last_only = Method(lambda word: int(word[-1]) if word else 0, accept=0)
    with pytest.raises(AssertionError, match="merges"):
        count(last_only, SLIPS["single digit: a → b"])


@given(digits10, st.data())
def test_whatever_the_slip_the_code_meant_is_suggested(digits: str, data: st.DataObject) -> None:
    meant = DigitalCode.of(digits)
    plate = meant.text + meant.check_digit
    kind = data.draw(st.sampled_from(list(SLIPS.values())))
    start = data.draw(st.integers(0, len(plate) - kind.width))
    end = start + kind.width
    # every slip has its like in the other direction, so one step back finds the code meant
    for changed in kind.outcomes(tuple(map(int, plate[start:end]))):
        typed = plate[:start] + "".join(map(str, changed)) + plate[end:]
        suggested = one_edit_candidates(typed)
        assert meant in suggested
        assert len(set(suggested)) == len(suggested) <= 40


@given(st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_suggestions_are_one_slip_away_and_begin_with_single_digits(typed: str) -> None:
    suggested = one_edit_candidates(typed)
    singles = 0 if matches(typed) else 11
    distances = [
        sum(a != b for a, b in zip(code.text + code.check_digit, typed, strict=True))
        for code in suggested
    ]
    assert distances[:singles] == [1] * singles
    assert all(distance == 2 for distance in distances[singles:])


@pytest.mark.parametrize("text", ["", "7512304827", "751230482777", "7512304827x", "٧" * 11])
def test_suggestions_want_eleven_ascii_digits(text: str) -> None:
    with pytest.raises(ValueError, match="not eleven digits"):
        one_edit_candidates(text)
