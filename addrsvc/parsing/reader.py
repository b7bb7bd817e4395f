"""Read a whole text as an address: units of administration and the parts below them. Pure.

A name may be a street or a commune (``Số 93 Ngô Quyền, Vĩnh Yên``): each reading of the units
leaves other words for the parts, and a number without a street asks for the other one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from addrsvc.parsing.model import (
    Component,
    ComponentType,
    Noise,
    Parsed,
    Span,
    Token,
    UnitMention,
    UnitReading,
)
from addrsvc.parsing.normalise import name_key
from addrsvc.parsing.parts import MAX_ALTERNATIVES, KnownStreets, PartsReading, read_parts
from addrsvc.parsing.parts_noise import find_noise
from addrsvc.parsing.parts_pieces import divider
from addrsvc.parsing.parts_words import has_digit, words
from addrsvc.parsing.tokens import tokenise

MAX_LENGTH: Final = 500
"""Characters read; what follows them is reported as a remark."""
_TRIED: Final = 3
"""Readings of the units for which the parts are read too."""
_LESS: Final = 0.9
"""What remains of a score when a commune is read as the street it may be."""
_NUMBERED: Final = words(
    "khu to thon kp tdp ap khom doi xom cum pho ban phuong p f quan q duong so"
)
"""Words whose number is no house's."""


class ReadsUnits(Protocol):
    """What reads the units a text names: ``units.UnitReader``."""

    def read(self, tokens: Sequence[Token]) -> tuple[UnitReading, ...]:
        """Give the readings, best first; none where the text names no unit."""
        ...


class AddressReader:
    """Reads texts; one for a lexicon of units, kept."""

    def __init__(self, units: ReadsUnits, known_streets: KnownStreets | None = None) -> None:
        """``known_streets`` tells whether a ``thoroughfare_key`` is one that a register knows."""
        self._units = units
        self._known_streets = known_streets

    def read(self, text: str) -> Parsed:
        """Read a text; any text gives a reading, be it an empty one."""
        kept = text[:MAX_LENGTH]
        noise = find_noise(kept)
        tokens = tokenise(kept)
        units = self._units.read(_outside(tokens, noise))
        if units and (as_street := _without_commune(tokens, units[0])) is not None:
            units = (as_street, *units)
        tried: dict[tuple[Span, ...], PartsReading] = {}
        for reading in units[:_TRIED] or (None,):
            spans = _spans(reading)
            if spans not in tried:
                tried[spans] = read_parts(tokens, spans, noise, self._known_streets)
        chosen, *others = tried.values()
        left = (Noise("remark", (MAX_LENGTH, len(text))),) if len(text) > MAX_LENGTH else ()
        return Parsed(
            text,
            _labelled(chosen.components, units[0] if units else None),
            units,
            (*chosen.noise, *left),
            _alternatives(chosen, others),
        )


def _outside(tokens: list[Token], noise: Sequence[Noise]) -> list[Token]:
    """Give the tokens that stand in no noise."""
    if not noise:
        return tokens
    return [
        token
        for token in tokens
        if not any(each.span[0] < token.end and token.start < each.span[1] for each in noise)
    ]


def _mentions(reading: UnitReading | None) -> Iterator[UnitMention]:
    if reading is not None:
        for mention in (reading.commune, reading.district, reading.province):
            if mention is not None:
                yield mention


def _spans(reading: UnitReading | None) -> tuple[Span, ...]:
    return tuple(sorted(mention.span for mention in _mentions(reading) if mention.span is not None))


def _without_commune(tokens: Sequence[Token], reading: UnitReading) -> UnitReading | None:
    """Give the reading in which a bare name after a house number is a street, no commune.

    None: the commune does not stand there, or nothing else of the text says where it is.
    """
    commune = reading.commune
    if commune is None or commune.span is None or "marker" in commune.evidence:
        return None
    at = next((place for place, token in enumerate(tokens) if token.start == commune.span[0]), 0)
    if at == 0 or divider(tokens[at].gap) not in {"", " "} or not has_digit(tokens[at - 1].key):
        return None
    if at > 1 and tokens[at - 2].key in _NUMBERED and tokens[at - 2].key != "so":
        return None
    named = [
        mention
        for mention in (reading.district, reading.province)
        if mention is not None and mention.span is not None
    ]
    if not named:
        return None
    return UnitReading(
        None,
        reading.district if reading.district in named else None,
        reading.province,
        reading.score * _LESS,
    )


def _labelled(parts: Sequence[Component], reading: UnitReading | None) -> tuple[Component, ...]:
    """Put the units after the parts, the postcode last."""
    units = [
        Component(
            ComponentType(mention.level.value),
            mention.name,
            mention.span,
            mention.status,
            name_key(mention.name) if mention.unit is None else mention.unit.code,
            mention.kind,
            mention.unit,
            mention.evidence,
        )
        for mention in _mentions(reading)
    ]
    postcodes = [each for each in parts if each.type is ComponentType.POSTCODE]
    rest = [each for each in parts if each.type is not ComponentType.POSTCODE]
    return (*rest, *units, *postcodes)


def _alternatives(
    chosen: PartsReading, others: Sequence[PartsReading]
) -> tuple[tuple[Component, ...], ...]:
    """Give other readings of the parts: those beside the chosen one, then those of other units."""
    found: list[tuple[Component, ...]] = []
    for each in (*chosen.alternatives, *(other.components for other in others)):
        if each != chosen.components and each not in found:
            found.append(each)
    return tuple(found[:MAX_ALTERNATIVES])
