"""Read a whole text as an address: units of administration and the parts below them. Pure.

A name may be a street or a commune (``Số 93 Ngô Quyền, Vĩnh Yên``): each reading of the units
leaves other words for the parts, and a number without a street asks for the other one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from operator import is_not
from typing import Final, Protocol

from addrsvc.parsing.model import (
    Component,
    ComponentType,
    Noise,
    Parsed,
    Span,
    Status,
    Token,
    UnitMention,
    UnitReading,
)
from addrsvc.parsing.normalise import name_key
from addrsvc.parsing.parts import MAX_ALTERNATIVES, PartsReading, read_parts
from addrsvc.parsing.parts_noise import find_noise
from addrsvc.parsing.parts_pieces import divider
from addrsvc.parsing.parts_reading import KnownStreets
from addrsvc.parsing.parts_slips import with_marks_put_right
from addrsvc.parsing.parts_words import Place, Role, has_digit, word_at, words
from addrsvc.parsing.tokens import tokenise
from addrsvc.types import Level

MAX_LENGTH: Final = 500
"""Characters read; what follows them is reported as a remark."""
_END: Final = 1 << 60
_TRIED: Final = 3
"""Readings of the units for which the parts are read too."""
_NAMING: Final = frozenset({Role.STREET, Role.AVENUE, Role.ALLEY, Role.LOCALITY, Role.BUILDING})
_LESS: Final = 0.9
"""What remains of a score when a commune is read as the street it may be."""
_COUNTS: Final = words("so nha sn hem ngo ngach kiet")
"""Words whose number is a house's or its alley's."""


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
        tokens = with_marks_put_right(tokenise(kept))
        places = {token.start: place for place, token in enumerate(tokens)}
        units = self._units.read(_outside(tokens, noise))
        settled = tuple(_settled(tokens, places, each) for each in units)
        if any(map(is_not, settled, units)):
            units = tuple(each for each in dict.fromkeys(settled) if any(_mentions(each)))
        if units and (as_street := _without_commune(tokens, places, units[0])) is not None:
            units = (as_street, *units)
        tried: dict[tuple[Span, ...], PartsReading] = {}
        for reading in units[:_TRIED] or (None,):
            spans = _spans(reading)
            if spans not in tried:
                tried[spans] = read_parts(tokens, spans, noise, self._known_streets)
        best = units[0] if units else None
        chosen, *others = tried.values()
        chosen = _without_repeats(chosen, best)
        left = (Noise("remark", (MAX_LENGTH, len(text))),) if len(text) > MAX_LENGTH else ()
        return Parsed(
            text,
            _labelled(chosen.components, best),
            units,
            (*chosen.noise, *left),
            _alternatives(chosen, others),
        )


def _outside(tokens: list[Token], noise: Sequence[Noise]) -> list[Token]:
    """Give the tokens that stand in no noise."""
    if not noise:
        return tokens
    kept = []
    spans = iter([*(each.span for each in noise), (_END, 0)])
    begin, end = next(spans)
    for token in tokens:
        while end <= token.start and end:
            begin, end = next(spans)
        if token.end <= begin:
            kept.append(token)
    return kept


def _mentions(reading: UnitReading | None) -> Iterator[UnitMention]:
    if reading is not None:
        for mention in (reading.commune, reading.district, reading.province):
            if mention is not None:
                yield mention


def _spans(reading: UnitReading | None) -> tuple[Span, ...]:
    return tuple(sorted(mention.span for mention in _mentions(reading) if mention.span is not None))


def _settled(
    tokens: Sequence[Token], places: Mapping[int, int], reading: UnitReading
) -> UnitReading:
    """Give names back that belong to a part: ``Đại lộ Bình Dương``, ``KCN Nam Tân Uyên``."""
    commune = reading.commune
    for mention in tuple(_mentions(reading)):
        span, level = mention.span, mention.level
        if span is None or "marker" in mention.evidence:
            continue
        at = places[span[0]]
        if "typo" in mention.evidence:
            at = _name_begin(tokens, at, mention)
        if at > 0 and divider(tokens[at].gap) in {"", " "}:
            if _is_named(tokens, at):
                reading = _put(reading, level, None)
                continue
            before = commune is not None and commune.span is not None and span < commune.span
            if before and level is not Level.COMMUNE:
                reading = _put(reading, level, replace(mention, span=None, status=Status.INFERRED))
                continue
        if tokens[at].start != span[0]:
            reading = _put(reading, level, replace(mention, span=(tokens[at].start, span[1])))
    return reading


def _name_begin(tokens: Sequence[Token], at: int, mention: UnitMention) -> int:
    """Give where a unit's name begins: a house number and the word of a street are no slips."""
    name = f" {name_key(mention.name)}"
    keys = [token.key for token in tokens[at : at + 8] if _before(token, mention.span)]
    for begin in range(len(keys)):
        if name.endswith(" " + " ".join(keys[begin:])):
            counted = all(has_digit(key) or key in _COUNTS for key in keys[:begin])
            return at + begin if counted or _is_named(tokens, at + begin) else at
    return at


def _before(token: Token, span: Span | None) -> bool:
    return span is not None and token.end <= span[1]


def _put(reading: UnitReading, level: Level, mention: UnitMention | None) -> UnitReading:
    if level is Level.COMMUNE:
        return replace(reading, commune=mention)
    if level is Level.DISTRICT:
        return replace(reading, district=mention)
    return replace(reading, province=mention)


def _is_named(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether the word right before a token says that a street or place follows."""
    for begin in range(at - 1, max(at - 4, -1), -1):
        found = word_at(tokens, begin, Place(hard=False, inside=True))
        if found is not None and begin + found[1] == at:
            return found[0].role in _NAMING
    return False


def _without_commune(
    tokens: Sequence[Token], places: Mapping[int, int], reading: UnitReading
) -> UnitReading | None:
    """Give the reading in which a bare name after a house number is a street, no commune.

    None: the commune does not stand there, or nothing else of the text says where it is.
    """
    commune = reading.commune
    if commune is None or commune.span is None or "marker" in commune.evidence:
        return None
    at = places[commune.span[0]]
    if at == 0 or divider(tokens[at].gap) not in {"", " "} or not has_digit(tokens[at - 1].key):
        return None
    if at > 1 and divider(tokens[at - 1].gap) in {"", " "} and tokens[at - 2].key not in _COUNTS:
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


def _without_repeats(parts: PartsReading, reading: UnitReading | None) -> PartsReading:
    """Make a remark of a bare name that only says a unit again: ``…, Dĩ An, Thành phố Dĩ An``."""
    places = [each for each in parts.components if each.kind == "place"]
    names = [f" {name_key(mention.name)}" for mention in _mentions(reading) if places]
    repeated = [each for each in places if any(name.endswith(f" {each.key[6:]}") for name in names)]
    if not repeated:
        return parts
    noise = [Noise("remark", each.span) for each in repeated if each.span is not None]
    return replace(
        parts,
        components=tuple(each for each in parts.components if each not in repeated),
        noise=tuple(sorted((*parts.noise, *noise), key=lambda each: each.span)),
    )


def _alternatives(
    chosen: PartsReading, others: Sequence[PartsReading]
) -> tuple[tuple[Component, ...], ...]:
    """Give other readings of the parts: those beside the chosen one, then those of other units."""
    found = dict.fromkeys((*chosen.alternatives, *(other.components for other in others)))
    return tuple(each for each in found if each != chosen.components)[:MAX_ALTERNATIVES]
