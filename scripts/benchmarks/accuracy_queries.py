"""Noisy queries over the synthetic registry, and how true the confidence of answers is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain

import numpy as np

from addrsvc.geocoding.calibration import WEIGHTS
from benchmarks.accuracy_texts import RealAddress
from benchmarks.figures import Figure
from benchmarks.halves import is_for_fitting
from benchmarks.product import Product, Told
from benchmarks.scoring import (
    calibration_error,
    fit_weights,
    reliability,
    reliability_table,
    share,
)
from benchmarks.synthetic.queries import CATEGORIES, Query

_AIMS = {"mixed": 0.93}


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer with its truth."""

    identity: str
    told: Told
    right: bool


async def score_queries(
    product: Product, queries: list[Query], *, misses: list[str] | None
) -> tuple[list[Figure], list[Judged]]:
    """Count first answers that are right, per category; give all answers for calibration."""
    hits: dict[str, list[bool]] = defaultdict(list)
    judged = []
    for query in queries:
        told = await product.tell(query.text)
        right = told is not None and told.code in query.truth
        hits[query.category].append(right)
        if told is not None:
            judged.append(Judged(query.text, told, right))
        if misses is not None and not right:
            misses.append(f"{query.category}: {query.text!r}\n  {sorted(query.truth)}, told {told}")
    figures = [
        Figure("noisy queries", len(queries), "texts"),
        Figure("noisy: first answer right", share(chain(*hits.values())), "", 0.98),
    ]
    figures += [
        Figure(f"noisy: {category}", share(hits[category]), "", _AIMS.get(category))
        for category in CATEGORIES
    ]
    return figures, judged


async def judge_addresses(product: Product, rows: list[RealAddress]) -> list[Judged]:
    """Answer real addresses whose commune is known; right is the right commune."""
    judged = []
    for row in rows:
        told = await product.tell(row.text) if row.expected else None
        if told is not None and told.commune:
            judged.append(Judged(row.id, told, told.commune == row.expected))
    return judged


def calibration_figures(name: str, judged: list[Judged]) -> list[Figure]:
    """Check confidence on the rows that nothing is fitted on; print the table."""
    checked = [each for each in judged if not is_for_fitting(each.identity)]
    bins = reliability([each.told.confidence for each in checked], [each.right for each in checked])
    print(f"\nConfidence of {name}, {len(checked)} answers nothing was fitted on:\n")
    print(reliability_table(bins), flush=True)
    sure = [each for each in checked if each.told.confidence >= 0.9]
    return [
        Figure(f"calibration, {name}: answers", len(checked), ""),
        Figure(f"calibration, {name}: mean error", calibration_error(bins), "", 0.05, "lower"),
        Figure(f"calibration, {name}: right where ≥ 0.9", share(each.right for each in sure), ""),
        Figure(f"calibration, {name}: part that is ≥ 0.9", len(sure) / max(len(checked), 1), ""),
    ]


def fitted(judged: list[Judged]) -> str:
    """Fit the weights of confidence on the fitting rows; give them as Python to paste."""
    rows = [each for each in judged if is_for_fitting(each.identity)]
    inputs = np.array([[each.told.inputs[name] for name in WEIGHTS] for each in rows])
    shares = np.array([each.told.share for each in rows])
    right = np.array([each.right for each in rows])
    weights = fit_weights(inputs, shares, right, np.array(list(WEIGHTS.values())))
    lines = [
        f'    "{name}": {round(float(w), 2)},' for name, w in zip(WEIGHTS, weights, strict=True)
    ]
    return "\n".join(
        (f"# fitted on {len(rows)} answers", "WEIGHTS: Final[dict[str, float]] = {", *lines, "}")
    )
