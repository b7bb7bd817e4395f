"""Count what is right: levels of a reading, present communes, and how true a confidence is. Pure.

Names are compared without accents, case, leading zeros and the word for their kind, by the
benchmarks' own folding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from benchmarks.synthetic.folding import unit_name

LEVELS = ("province", "district", "ward")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReadLevel:
    """A unit as the product read it."""

    name: str
    """Full name; empty: none."""
    is_written: bool
    """False: it only follows from the others."""


NOTHING_READ = ReadLevel("", is_written=False)


@dataclass(frozen=True, slots=True)
class LevelScore:
    """One labelled text."""

    strict: bool
    """All three levels as labelled; one the label leaves empty was not read out of the text."""
    exact: bool
    """The same, and nothing is inferred that the label leaves empty."""
    lenient: bool
    """All levels the label has; what it leaves empty is not looked at."""
    ward: bool | None
    """The commune; None: the label has none."""


def score_levels(label: Mapping[str, str], read: Mapping[str, ReadLevel]) -> LevelScore:
    """Compare a reading with its label.

    >>> label = {"province": "Hà Nội", "district": "", "ward": "Phúc Xá"}
    >>> city, ward = ReadLevel("Thành phố Hà Nội", True), ReadLevel("P. Phuc Xa", True)
    >>> read = {"province": city, "ward": ward}
    >>> inferred = {**read, "district": ReadLevel("Quận Ba Đình", False)}
    >>> score_levels(label, read) == LevelScore(True, True, True, True)
    True
    >>> score_levels(label, inferred) == LevelScore(True, False, True, True)
    True
    """
    strict = exact = lenient = True
    for level in LEVELS:
        wanted, found = unit_name(label[level]), read.get(level, NOTHING_READ)
        if wanted:
            same = unit_name(found.name) == wanted
            strict, exact, lenient = strict and same, exact and same, lenient and same
        elif found.name:
            exact = False
            strict = strict and not found.is_written
    ward = unit_name(label["ward"])
    found = read.get("ward", NOTHING_READ)
    return LevelScore(strict, exact, lenient, unit_name(found.name) == ward if ward else None)


Outcome = Literal[
    "right",
    "wrong",
    "candidates with it",
    "candidates without it",
    "none",
    "single among labels",
    "unlabelled",
]


def score_present(expected: str, allowed: frozenset[str], present: Sequence[str]) -> Outcome:
    """Compare present communes with a label: the one expected, or those it may be.

    >>> score_present("25969", frozenset(), ["25969"]), score_present("", frozenset("ab"), ["c"])
    ('right', 'wrong')
    >>> score_present("", frozenset("ab"), ["a", "b"]), score_present("x", frozenset(), ["a", "b"])
    ('candidates with it', 'candidates without it')
    """
    wanted = frozenset({expected}) if expected else allowed
    if not wanted:
        return "unlabelled"
    if not present:
        return "none"
    if len(present) > 1:
        return "candidates with it" if wanted <= set(present) else "candidates without it"
    if present[0] not in wanted:
        return "wrong"
    return "right" if len(wanted) == 1 else "single among labels"


def share(hits: Iterable[bool]) -> float:
    """Give the part that is true; NaN of nothing."""
    counted = Counter(hits)
    total = counted.total()
    return counted[True] / total if total else float("nan")


# --- confidence ------------------------------------------------------------------------------

BINS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of about the same confidence."""

    low: float
    high: float
    count: int
    expected: float
    """Mean confidence."""
    observed: float
    """Part that is right."""


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """Group answers by confidence; empty bins are left out.

    >>> reliability([0.96, 0.97, 0.2], [True, False, False])[-1]
    Bin(low=0.95, high=0.98, count=2, expected=0.965, observed=0.5)
    """
    given, hits = np.array(confidences), np.array(right, float)
    which = np.clip(np.digitize(given, BINS) - 1, 0, len(BINS) - 2)
    found = []
    for at in range(len(BINS) - 1):
        inside = which == at
        if inside.any():
            mean, hit = round(float(given[inside].mean()), 4), round(float(hits[inside].mean()), 4)
            found.append(Bin(BINS[at], BINS[at + 1], int(inside.sum()), mean, hit))
    return found


def calibration_error(bins: Sequence[Bin]) -> float:
    """Give the mean distance of confidence and truth, each bin by its count."""
    total = sum(each.count for each in bins)
    return sum(each.count * abs(each.expected - each.observed) for each in bins) / max(total, 1)


def reliability_table(bins: Sequence[Bin]) -> str:
    """Show the bins as a Markdown table."""
    rows = ["| confidence | n | expected right | observed right |", "|---|---:|---:|---:|"]
    rows += [
        f"| {each.low:g}–{each.high:g} | {each.count} | {each.expected:.3f} | {each.observed:.3f} |"
        for each in bins
    ]
    return "\n".join(rows)


def fit_weights(
    inputs: Floats,
    shares: Floats,
    right: npt.NDArray[np.bool_],
    start: Floats,
    *,
    ridge: float = 1.0,
) -> Floats:
    """Fit w so that ``shares · σ(inputs · w)`` is the chance of being right, by Fisher scoring.

    ``ridge`` draws every weight but the first back to ``start``, which keeps those that the rows
    say nothing about.

    >>> draw = np.random.default_rng(1)
    >>> inputs = np.column_stack([np.ones(20_000), draw.random(20_000)])
    >>> truth = 0.9 / (1 + np.exp(-(inputs @ np.array([2.0, -4.0]))))
    >>> right = draw.random(20_000) < truth
    >>> fit_weights(inputs, np.full(20_000, 0.9), right, np.zeros(2)).round(0).tolist()
    [2.0, -4.0]
    """
    weights = start.astype(float).copy()
    pull = np.full(len(weights), ridge)
    pull[0] = 1e-6

    def loss(tried: Floats) -> float:
        chance = np.clip(shares / (1 + np.exp(-(inputs @ tried))), 1e-9, 1 - 1e-9)
        kept = float(np.sum(np.where(right, np.log(chance), np.log1p(-chance))))
        return -kept + float(np.sum(pull * (tried - start) ** 2)) / 2

    for _ in range(100):
        inner = 1 / (1 + np.exp(-(inputs @ weights)))
        chance = np.clip(shares * inner, 1e-9, 1 - 1e-9)
        slope = shares * inner * (1 - inner)
        variance = chance * (1 - chance)
        gradient = inputs.T @ ((right - chance) * slope / variance) - pull * (weights - start)
        hessian = (inputs * (slope**2 / variance)[:, None]).T @ inputs + np.diag(pull)
        step = np.linalg.solve(hessian, gradient)
        before, size = loss(weights), 1.0
        while loss(weights + size * step) > before and size > 1e-6:
            size /= 2
        weights = weights + size * step
        if float(np.abs(size * step).max()) < 1e-8:
            break
    return weights
