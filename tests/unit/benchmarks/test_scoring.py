"""Scores: what counts as right, and the fit of confidence."""

from __future__ import annotations

import doctest
from importlib import import_module
from types import ModuleType

import numpy as np
import pytest
from benchmarks.halves import is_for_fitting, is_seen
from benchmarks.hostile import TEXTS
from benchmarks.scoring import (
    ReadLevel,
    calibration_error,
    fit_weights,
    reliability,
    reliability_table,
    score_levels,
    score_present,
    share,
)
from benchmarks.synthetic.folding import unit_name

_MODULES = (
    "benchmarks.addok_rival",
    "benchmarks.fuzzing",
    "benchmarks.geocode_others",
    "benchmarks.halves",
    "benchmarks.product",
    "benchmarks.scoring",
    "benchmarks.subjects.growth",
    "benchmarks.synthetic.communes",
    "benchmarks.synthetic.folding",
    "benchmarks.synthetic.noise",
    "benchmarks.synthetic.registry",
)

LABEL = {"province": "Hồ Chí Minh", "district": "3", "ward": "01"}


@pytest.mark.parametrize("name", _MODULES)
def test_examples_in_docstrings_hold(name: str) -> None:
    module: ModuleType = import_module(name)
    assert doctest.testmod(module).failed == 0


def read(province: str, district: str, ward: str) -> dict[str, ReadLevel]:
    return {
        "province": ReadLevel(province, is_written=True),
        "district": ReadLevel(district, is_written=True),
        "ward": ReadLevel(ward, is_written=True),
    }


def test_names_are_compared_without_accents_zeros_and_kinds() -> None:
    score = score_levels(LABEL, read("TP. Hồ Chí Minh", "Quận 3", "Phường 1"))
    assert (score.strict, score.exact, score.lenient, score.ward) == (True, True, True, True)
    assert unit_name("HoàHội") == unit_name("Xã Hòa Hội")
    assert unit_name("") == ""


def test_a_wrong_level_is_wrong_everywhere() -> None:
    score = score_levels(LABEL, read("Hồ Chí Minh", "Quận 3", "Phường 11"))
    assert (score.strict, score.lenient, score.ward) == (False, False, False)
    assert not score_levels(LABEL, {}).lenient


def test_a_level_the_label_leaves_empty_must_not_be_read_out_of_the_text() -> None:
    label = {**LABEL, "ward": ""}
    written = score_levels(label, read("Hồ Chí Minh", "3", "Phường 5"))
    assert (written.strict, written.lenient, written.ward) == (False, True, None)
    inferred = read("Hồ Chí Minh", "3", "") | {"ward": ReadLevel("Phường 5", is_written=False)}
    score = score_levels(label, inferred)
    assert (score.strict, score.exact) == (True, False)


def test_present_communes() -> None:
    nothing: frozenset[str] = frozenset()
    assert score_present("1", nothing, []) == "none"
    assert score_present("1", nothing, ["1"]) == "right"
    assert score_present("1", nothing, ["2"]) == "wrong"
    assert score_present("1", nothing, ["2", "1"]) == "candidates with it"
    assert score_present("", frozenset("12"), ["1"]) == "single among labels"
    assert score_present("", frozenset("12"), ["1", "3"]) == "candidates without it"


def test_shares_and_halves() -> None:
    assert share([True, False]) == 0.5
    assert np.isnan(share([]))
    rows = [f"row {number}" for number in range(2000)]
    assert 0.45 < share(map(is_seen, rows)) < 0.55
    both = share(is_seen(row) == is_for_fitting(row) for row in rows)
    assert 0.45 < both < 0.55  # the two ways to halve have nothing to do with each other


def test_reliability_counts_every_answer_once() -> None:
    draw = np.random.default_rng(2)
    given = draw.random(5_000)
    bins = reliability(given.tolist(), (draw.random(5_000) < given).tolist())
    assert sum(each.count for each in bins) == 5_000
    assert calibration_error(bins) < 0.03
    assert calibration_error(reliability([0.9] * 10, [False] * 10)) == pytest.approx(0.9)
    assert reliability([1.0], [True])[0].high == 1.0
    assert len(reliability_table(bins).splitlines()) == len(bins) + 2


def test_weights_nothing_speaks_for_stay_where_they_were() -> None:
    draw = np.random.default_rng(3)
    inputs = np.column_stack([np.ones(2_000), np.zeros(2_000)])
    right = draw.random(2_000) < 0.75
    start = np.array([0.0, -3.0])
    found = fit_weights(inputs, np.ones(2_000), right, start)
    assert found[0] == pytest.approx(np.log(3), abs=0.15)
    assert found[1] == -3.0


@pytest.mark.parametrize("length", [1, 300, 64_000])
def test_hostile_texts_have_the_length_asked_for(length: int) -> None:
    for name, make in TEXTS.items():
        assert len(make(length)) == length, name
