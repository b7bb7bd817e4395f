"""Pure: how features become a confidence; ``scripts/bench accuracy --fit`` gives the weights.

How well they hold stands in ``calibration.md``.

``confidence`` is meant as a frequency: of all answers given with 0.9, nine in ten are the right
place at the level they claim. It is the part of the evidence this candidate has among its
rivals, times the chance that the right place is among them at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from operator import mul
from typing import Final

from addrsvc.geocoding.model import MatchLevel

EVIDENCE: Final[dict[str, float]] = {
    "name": 14.0,
    "reading": 25.0,
    "commune": 1.0,
    "contradicted": -7.0,
    "bias": 1.0,
}
"""How strongly each feature tells candidates of one query apart, in natural logarithms."""

EVIDENCE_OF_LEVEL: Final[dict[MatchLevel, float]] = {
    MatchLevel.UNIT: 6.5,
    MatchLevel.HOUSE: 6.0,
    MatchLevel.ORGANISATION: 5.0,
    MatchLevel.ALLEY: 3.5,
    MatchLevel.INTERPOLATED: 3.0,
    MatchLevel.STREET: 2.0,
    MatchLevel.LOCALITY: 1.0,
    MatchLevel.COMMUNE: 0.0,
    MatchLevel.PROVINCE: -2.0,
}
"""A number that is registered on one of two streets of a name speaks for that street."""

WEIGHTS: Final[dict[str, float]] = {
    "intercept": 6.3,
    "name_doubt": -8.73,
    "commune_not_named": -0.69,
    "commune_doubt": -1.97,
    "contradicted": -5.0,
    "number_not_found": -2.68,
    "reading_doubt": -2.97,
    "corrected": -0.28,
}
"""Logistic weights of the chance that the right place is among the candidates."""


@dataclass(slots=True)  # not frozen: thousands are made a second
class Features:
    """What is known of one candidate; every number lies in 0…1."""

    level: MatchLevel
    name: float = 1.0
    """Similarity of the street, locality or organisation; 1 where none was searched."""
    reading: float = 1.0
    """How good the reading of the units is beside the best reading."""
    commune: float = 1.0
    """How sure the commune is: 1 certain, the share of a split one, less where not named."""
    is_commune_named: bool = True
    is_contradicted: bool = False
    """It lies in a commune the text does not mean."""
    is_number_found: bool = True
    """False: a number was asked for, and this is a fallback."""
    corrected: int = 0
    """How many components had to be put right."""
    bias: float = 0.0
    """Nearness to the point the asker looks at: 1 there, 0 far away or no point given."""
    share: float = 1.0
    """Part of the evidence of all rivals, worked out by ``ranking``."""


def evidence(features: Features) -> float:
    """Give the logarithm of the weight a candidate has beside its rivals.

    >>> sure, slip = Features(MatchLevel.HOUSE), Features(MatchLevel.HOUSE, name=0.8)
    >>> evidence(sure) > evidence(slip)
    True
    """
    return (
        EVIDENCE_OF_LEVEL[features.level]
        + EVIDENCE["name"] * (features.name - 1)
        + EVIDENCE["reading"] * (features.reading - 1)
        + EVIDENCE["commune"] * math.log(max(features.commune, 0.01))
        + EVIDENCE["contradicted"] * features.is_contradicted
        + EVIDENCE["bias"] * features.bias
    )


def vector(features: Features) -> dict[str, float]:
    """Give the inputs of the logistic function by the names of :data:`WEIGHTS`."""
    return dict(zip(WEIGHTS, _inputs(features), strict=True))


def _inputs(features: Features) -> tuple[float, ...]:
    """Give them in the order of :data:`WEIGHTS`: this is worked out for every candidate."""
    named = features.is_commune_named
    return (
        1.0,
        1 - features.name,
        float(not named),
        1 - features.commune if named else 0.0,
        float(features.is_contradicted),
        float(not features.is_number_found),
        1 - features.reading,
        float(min(features.corrected, 3)),
    )


def confidence(features: Features) -> float:
    """Give the chance, 0…1, that an answer is right at the level it claims.

    >>> round(confidence(Features(MatchLevel.HOUSE)), 3)
    0.998
    >>> confidence(Features(MatchLevel.HOUSE, share=0.5)) < 0.5
    True
    """
    score = sum(map(mul, WEIGHTS.values(), _inputs(features)))
    return features.share / (1 + math.exp(-score))
