"""Pure: candidates in order, how sure the first one is, and what may be done with it.

The rule of acceptance, on two axes, confidence and gap to the runner-up:

======== ============ ==========================================================================
category next_action  when
======== ============ ==========================================================================
A        accept       confidence ≥ 0.9 and gap ≥ 0.2, found as finely as it was asked for, and
                      every component confirmed
B        accept       the same, and an old name or number was only brought up to date
B        confirm      the same, and a spelling was put right, a commune inferred, or the address
                      is retired and one took its place
C        confirm      one place stands out and nothing contradicts it, but it is not registered,
                      or it came as a code without its check digit
C        fix          everything else: something is missing, contradicts, or several places fit
A, B, C  add_unit     the place is a building with units and none was named
======== ============ ==========================================================================

A and B may be used as they are; C needs a person.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from addrsvc.geocoding.answers import Candidate, Match
from addrsvc.geocoding.calibration import confidence, evidence
from addrsvc.geocoding.model import MatchLevel

Category = Literal["A", "B", "C"]
NextAction = Literal["accept", "confirm", "fix", "add_unit"]

MIN_CONFIDENCE: Final = 0.9
"""Answers less sure than this need a person."""

MIN_GAP: Final = 0.2
"""Answers with a runner-up this close need a person."""

RIVAL: Final = 0.25
"""A candidate with this part of the first one's confidence fits almost as well."""


def rank(candidates: Sequence[Candidate]) -> tuple[Match, ...]:
    """Put candidates in order, best first; notes in each the share of the evidence it has.

    Candidates are places that exclude each other: no commune beside a street of its own. A commune
    is never surer than its part of the one that was divided, though a street, which stands in the
    other's stead here, speak little for that one.
    """
    if not candidates:
        return ()
    if len(candidates) == 1:  # mostly
        return (_alone(candidates[0]),)
    weights = [evidence(each.features) for each in candidates]
    top = max(weights)
    parts = [math.exp(weight - top) for weight in weights]
    total = sum(parts)
    scored = []
    for candidate, part in zip(candidates, parts, strict=True):
        candidate.features.share = part / total
        scored.append((part, min(confidence(candidate.features), _most(candidate)), candidate))
    scored.sort(key=_best_first)
    following = [sure for _, sure, _ in scored[1:]] + [0.0]
    return tuple(
        Match(candidate, sure, max(0.0, sure - after))
        for (_, sure, candidate), after in zip(scored, following, strict=True)
    )


def _alone(candidate: Candidate) -> Match:
    candidate.features.share = 1.0
    sure = min(confidence(candidate.features), _most(candidate))
    return Match(candidate, sure, sure)


def _most(candidate: Candidate) -> float:
    """Give how sure a candidate may be at most: of a divided commune, the part it has of that."""
    return candidate.features.commune if candidate.level is MatchLevel.COMMUNE else 1.0


def rivals(matches: Sequence[Match]) -> int:
    """Count the places that fit almost as well as the first one, itself not counted."""
    return sum(each.confidence >= RIVAL * matches[0].confidence for each in matches[1:])


def _best_first(scored: tuple[float, float, Candidate]) -> tuple[float, str, str, str]:
    """Order by weight; what weighs the same in an order that never changes."""
    part, _, candidate = scored
    return (-part, candidate.area.code, candidate.key or "", candidate.house_number or "")


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rule of acceptance looks at."""

    confidence: float
    gap: float
    is_as_fine_as_asked: bool
    has_contradiction: bool
    """A component is unexpected or missing, a unit or the day not known, a commune still open."""
    has_doubt: bool
    """A component is unconfirmed, or must be looked at by a person."""
    has_correction: bool
    """A spelling was put right, a commune inferred, or the address is retired."""
    has_update: bool
    """A unit or street carries an old name, or the house an old number."""
    lacks_unit: bool


def decide(standing: Standing) -> tuple[Category, NextAction]:
    """Apply the rule of acceptance."""
    sure = (
        standing.confidence >= MIN_CONFIDENCE
        and standing.gap >= MIN_GAP
        and standing.is_as_fine_as_asked
        and not standing.has_contradiction
        and not standing.has_doubt
    )
    stands_out = standing.gap >= MIN_GAP and not standing.has_contradiction
    category: Category
    action: NextAction
    if not sure:
        category, action = "C", "confirm" if stands_out else "fix"
    elif standing.has_correction:
        category, action = "B", "confirm"
    else:
        category, action = "B" if standing.has_update else "A", "accept"
    return category, "add_unit" if standing.lacks_unit and action != "fix" else action
