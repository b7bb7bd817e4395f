"""The shuffle over its whole domain: bijection, no pattern between neighbours, no predictor."""

from __future__ import annotations

import hashlib
from itertools import combinations, pairwise
from math import gcd

import numpy as np
import pytest

from addrsvc.codes.permutation import SUFFIXES, Suffixes, counter_of, suffix_at, suffixes

KEYS = [hashlib.sha256(bytes([n])).digest() for n in range(6)]
KNOWN = 50


@pytest.fixture(params=KEYS, ids=range(len(KEYS)))
def order(request: pytest.FixtureRequest) -> Suffixes:
    return suffixes("75123", request.param)


def test_every_suffix_comes_once(order: Suffixes) -> None:
    assert order.shape == (SUFFIXES,)
    assert order.dtype == np.uint32
    assert np.array_equal(np.sort(order), np.arange(SUFFIXES))


def test_the_shuffle_cannot_be_written_to(order: Suffixes) -> None:
    with pytest.raises(ValueError, match="read-only"):
        order[0] = 1


def test_plain_python_gives_the_same_order_over_the_whole_domain() -> None:
    stream = hashlib.shake_256(b"addrsvc/codes/permutation/v1" + b"75123" + KEYS[0])
    drawn = stream.digest(8 * SUFFIXES)
    words = [int.from_bytes(drawn[at : at + 8], "big") for at in range(0, len(drawn), 8)]
    expected = sorted(range(SUFFIXES), key=words.__getitem__)
    assert suffixes("75123", KEYS[0]).tolist() == expected


def test_counter_of_undoes_suffix_at() -> None:
    for counter in (0, 1, 77, 50_000, 99_999):
        assert counter_of("75123", KEYS[1], suffix_at("75123", KEYS[1], counter)) == counter


def test_neighbours_are_as_far_apart_as_chance_has_it(order: Suffixes) -> None:
    signed = order.astype(np.int64)
    for lag in (1, 2, 3, 10, 1000):
        apart = np.abs(signed[lag:] - signed[:-lag])
        assert abs(apart.mean() - SUFFIXES / 3) < 400  # five standard errors
        assert abs(np.corrcoef(signed[lag:], signed[:-lag])[0, 1]) < 0.016
        assert np.count_nonzero(apart == 1) < 15  # two expected
    ascending = np.count_nonzero(np.diff(signed) > 0)
    assert abs(ascending - SUFFIXES / 2) < 500


def test_counter_and_suffix_are_unrelated(order: Suffixes) -> None:
    assert abs(np.corrcoef(order, np.arange(SUFFIXES))[0, 1]) < 0.016
    assert np.count_nonzero(order == np.arange(SUFFIXES)) < 12  # one expected


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("75123", KEYS[0]), ("75123", KEYS[1])),
        (("75123", KEYS[0]), ("75124", KEYS[0])),
        (("75123", bytes(32)), ("75123", bytes(31) + b"\x01")),
    ],
)
def test_other_key_or_prefix_other_shuffle(
    left: tuple[str, bytes], right: tuple[str, bytes]
) -> None:
    one, other = suffixes(*left), suffixes(*right)
    assert np.count_nonzero(one == other) < 12
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.016


def affine_guesses(known: list[int]) -> set[int]:
    """Give what every affine map mod 100,000 through two of the known pairs says comes next."""
    guesses: set[int] = set()
    for i, j in combinations(range(len(known)), 2):
        run, rise = j - i, (known[j] - known[i]) % SUFFIXES
        common = gcd(run, SUFFIXES)
        if rise % common:
            continue
        modulus = SUFFIXES // common
        slope = rise // common * pow(run // common, -1, modulus) % modulus
        ahead = len(known) - j
        guesses |= {
            (known[j] + ahead * (slope + modulus * turn)) % SUFFIXES for turn in range(common)
        }
    return guesses


def polynomial_guesses(known: list[int], degrees: range = range(9)) -> set[int]:
    """Give what polynomials through the last pairs say comes next, by finite differences."""
    guesses: set[int] = set()
    for degree in degrees:
        row, following = known[-degree - 1 :], 0
        while row:
            following += row[-1]
            row = [b - a for a, b in pairwise(row)]
        guesses.add(following % SUFFIXES)
    return guesses


def test_the_predictors_do_see_through_affine_and_polynomial_maps() -> None:
    affine = [(40_961 * n + 777) % SUFFIXES for n in range(KNOWN + 1)]
    assert affine[KNOWN] in affine_guesses(affine[:KNOWN])
    assert len(affine_guesses(affine[:KNOWN])) < SUFFIXES // 20
    cubic = [(7 * n**3 + 40_961 * n + 777) % SUFFIXES for n in range(KNOWN + 1)]
    assert cubic[KNOWN] in polynomial_guesses(cubic[:KNOWN])


def test_from_fifty_known_pairs_the_next_does_not_follow(order: Suffixes) -> None:
    windows = 40
    hits = chances = 0.0
    for start in range(0, windows * 2000, 2000):
        pairs = order[start : start + KNOWN + 1].tolist()
        guesses = affine_guesses(pairs[:KNOWN]) | polynomial_guesses(pairs[:KNOWN])
        hits += pairs[KNOWN] in guesses
        chances += len(guesses) / SUFFIXES
    assert chances < windows / 20
    assert hits <= chances + 5 * chances**0.5 + 1


@pytest.mark.parametrize("counter", [-1, SUFFIXES])
def test_counter_outside_the_domain(counter: int) -> None:
    with pytest.raises(ValueError, match="counter outside"):
        suffix_at("75123", KEYS[0], counter)


def test_malformed_prefix_key_or_suffix() -> None:
    with pytest.raises(ValueError, match="not a prefix"):
        suffixes("7512", KEYS[0])
    with pytest.raises(ValueError, match="32 bytes"):
        suffixes("75123", KEYS[0][:31])
    with pytest.raises(ValueError, match="not a suffix"):
        counter_of("75123", KEYS[0], "123456")
