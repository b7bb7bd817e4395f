"""Real texts: the 450 messy national cases and the 928 addresses of Bình Dương, read in place."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.figures import Figure
from benchmarks.halves import is_seen
from benchmarks.product import Product
from benchmarks.scoring import LEVELS, Outcome, score_levels, score_present, share
from benchmarks.synthetic.communes import DATA, read

_MESSY = DATA / "peers" / "address-classification" / "public.json"


@dataclass(frozen=True, slots=True)
class RealAddress:
    """One of the addresses of Bình Dương."""

    id: str
    text: str
    expected: str
    """Code of the present commune; empty: the label leaves several open."""
    allowed: frozenset[str]
    has_house_number: bool


def messy_cases(*, seen: bool) -> list[tuple[str, dict[str, str]]]:
    """Give texts and labels of one half of the messy cases."""
    cases = json.loads(_MESSY.read_text(encoding="utf-8"))
    return [(case["text"], case["result"]) for case in cases if is_seen(case["text"]) == seen]


def real_addresses(*, seen: bool) -> list[RealAddress]:
    """Give one half of the addresses of Bình Dương."""
    return [
        RealAddress(
            row["id"],
            row["address"],
            row["expected_new_commune"],
            frozenset(row["candidate_new_communes"].split(";")) - {""},
            row["has_house_number"] == "True",
        )
        for row in read("addresses_binhduong.csv")
        if is_seen(row["id"]) == seen
    ]


def score_messy(product: Product, *, seen: bool, misses: list[str] | None) -> list[Figure]:
    """Score the levels read; texts that were read otherwise than labelled go to ``misses``."""
    cases = messy_cases(seen=seen)
    scores = []
    for text, label in cases:
        levels = product.levels(text)
        score = score_levels(label, levels)
        scores.append(score)
        if misses is not None and not score.strict:
            found = " / ".join(levels[level].name if level in levels else "" for level in LEVELS)
            misses.append(f"messy  {text!r}\n  label {label}\n  read  {found}")
    wards = [score.ward for score in scores if score.ward is not None]
    return [
        Figure("messy cases", len(cases), "texts"),
        Figure("messy: all three levels as labelled", share(s.strict for s in scores), "", 0.90),
        Figure("messy: the same, nothing inferred", share(s.exact for s in scores), ""),
        Figure("messy: levels the label has", share(s.lenient for s in scores), ""),
        Figure("messy: commune, of those labelled", share(wards), "", 0.95),
    ]


async def score_addresses(
    product: Product, *, seen: bool, misses: list[str] | None
) -> list[Figure]:
    """Score the present commune and whether a house number is seen, with an empty registry."""
    rows = real_addresses(seen=seen)
    told: Counter[Outcome] = Counter()
    with_number: list[bool] = []
    without_number: list[bool] = []
    for row in rows:
        present = await product.present(row.text)
        outcome = score_present(row.expected, row.allowed, present)
        told[outcome] += 1
        number = product.house_number(row.text)
        (with_number if row.has_house_number else without_number).append(number is not None)
        if misses is not None and outcome not in {"right", "candidates with it", "unlabelled"}:
            wanted = row.expected or sorted(row.allowed)
            misses.append(f"{row.id} {outcome}: {row.text!r}\n  label {wanted}, told {present}")
        if misses is not None and row.has_house_number != (number is not None):
            misses.append(f"{row.id} house number {number!r}: {row.text!r}")
    return [
        Figure("addresses of Bình Dương", len(rows), "texts"),
        Figure("addresses: one commune, right", told["right"], "texts"),
        Figure("addresses: one commune, wrong", told["wrong"], "texts", 0, "lower"),
        Figure("addresses: candidates, the right ones among them", told["candidates with it"], ""),
        Figure("addresses: candidates without it", told["candidates without it"], "", 0, "lower"),
        Figure("addresses: one commune, label open", told["single among labels"], "texts"),
        Figure("addresses: no commune", told["none"], "texts"),
        Figure("addresses: without a label", told["unlabelled"], "texts"),
        Figure("addresses: right or candidates, of those labelled", _good(told), ""),
        Figure("addresses: house number seen where there is one", share(with_number), "", 0.95),
        Figure("addresses: house number seen where there is none", share(without_number), ""),
    ]


def _good(told: Counter[Outcome]) -> float:
    good: Sequence[Outcome] = ("right", "candidates with it", "single among labels")
    labelled = told.total() - told["unlabelled"]
    return sum(told[each] for each in good) / max(labelled, 1)
