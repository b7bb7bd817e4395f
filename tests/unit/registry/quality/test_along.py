"""Numbers along a street: what is out of order or off its side, and what must not be called so."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.registry.quality.along import FITS, Floats, Placed, placed, placed_among

STEP_M, WIDTH_M, BEARING = 2.5, 12.0, 0.6


def street(
    houses: int, noise_m: float, seed: int, *, bend: float = 0.0
) -> tuple[np.ndarray, Floats, Floats]:
    """Give numbers and places of houses, odd ones on the left; ``bend`` radians a house."""
    rng = np.random.default_rng(seed)
    numbers = np.arange(1, houses + 1)
    turn = BEARING + bend * numbers
    xs = np.cumsum(STEP_M * np.cos(turn))
    ys = np.cumsum(STEP_M * np.sin(turn))
    side = np.where(numbers % 2 == 1, 1, -1) * WIDTH_M / 2
    xs = xs - side * np.sin(turn) + rng.normal(0, noise_m, houses)
    ys = ys + side * np.cos(turn) + rng.normal(0, noise_m, houses)
    return numbers, xs, ys


def judge(numbers: np.ndarray, xs: Floats, ys: Floats, accuracy_m: float) -> list[Placed]:
    return placed(numbers, xs, ys, np.full(len(numbers), accuracy_m))


@given(st.integers(0, 2**32 - 1), st.floats(0, 6), st.floats(-0.01, 0.01))
def test_gps_noise_and_bends_raise_no_alarm_of_order(seed: int, noise: float, bend: float) -> None:
    said = judge(*street(60, noise, seed, bend=bend), accuracy_m=max(noise, 1.0))
    assert all(each.off_m is None for each in said)


def test_hardly_a_house_is_blamed_for_its_side_under_noise() -> None:
    blamed = sum(
        each.is_off_side
        for seed in range(40)
        for each in judge(*street(60, 5.0, seed), accuracy_m=5.0)
    )
    assert blamed <= 0.004 * 40 * 60


@given(st.integers(0, 2**32 - 1), st.integers(0, 59))
def test_a_house_far_away_is_found_and_its_neighbours_are_not_blamed(seed: int, at: int) -> None:
    numbers, xs, ys = street(60, 3.0, seed)
    xs[at] += 250.0
    said = judge(numbers, xs, ys, 4.0)
    assert said[at].off_m == pytest.approx(250, abs=60)
    assert sum(each.off_m is not None for each in said) == 1
    assert placed_among(numbers, xs, ys, at, 4.0) == said[at]


def test_a_house_over_the_street_is_found() -> None:
    numbers, xs, ys = street(60, 1.0, 7)
    side = WIDTH_M if numbers[30] % 2 == 1 else -WIDTH_M
    xs[30] += side * math.sin(BEARING)
    ys[30] -= side * math.cos(BEARING)
    said = judge(numbers, xs, ys, 2.0)
    assert [index for index, each in enumerate(said) if each.is_off_side] == [30]


def test_a_poor_position_is_not_blamed() -> None:
    numbers, xs, ys = street(60, 1.0, 7)
    xs[30] += 250.0
    assert judge(numbers, xs, ys, 100.0)[30].off_m is None
    assert not any(each.is_off_side for each in judge(numbers, xs, ys, 100.0))


def test_a_street_numbered_at_random_says_nothing() -> None:
    rng = np.random.default_rng(3)
    blamed = 0
    for _ in range(50):
        numbers = np.sort(rng.integers(1, 900, 60))
        said = judge(numbers, rng.uniform(0, 4000, 60), rng.uniform(0, 4000, 60), 5.0)
        blamed += sum(each != FITS for each in said)
    assert blamed <= 0.002 * 50 * 60


def test_numbers_on_one_side_only_are_no_matter() -> None:
    numbers, xs, ys = street(60, 1.0, 1)
    odd = numbers % 2 == 1
    assert judge(numbers[odd], xs[odd], ys[odd], 2.0) == [FITS] * 30


@pytest.mark.parametrize("houses", [0, 1, 6])
def test_a_handful_of_houses_says_nothing(houses: int) -> None:
    numbers, xs, ys = street(houses, 200.0, 5)
    assert judge(numbers, xs, ys, 1.0) == [FITS] * houses
    if houses:
        assert placed_among(numbers, xs, ys, 0, 1.0) == FITS


def test_many_of_one_number_on_one_point_are_no_matter() -> None:
    zeros = np.zeros(20)
    assert judge(np.full(20, 7), zeros, zeros, 5.0) == [FITS] * 20
