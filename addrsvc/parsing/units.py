"""Read the administrative units a text names, old ones or new. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from addrsvc.parsing.lexicon import KIND_WORDS, UnitLexicon
from addrsvc.parsing.model import Token, UnitMention, UnitReading
from addrsvc.parsing.units_assembly import Assembled, Named, assemble
from addrsvc.parsing.units_found import Found, find_names
from addrsvc.parsing.units_slips import Context, find_slips
from addrsvc.types import Level

MAX_TEXT = 500
"""Only the last 500 characters are read for units: an address is not an essay."""

_MOST_FOUND = 20
"""Names in one text beyond which the first are left out: an address names three."""
_REMEMBERED = 8_192
"""Ends of addresses whose readings are kept: those of one street are alike."""
_IDLE = frozenset({"viet", "nam", "vn", "vietnam", "cu", "moi", "tinh", "thanh", "pho"})
"""Words left over that say nothing about units."""
_FULL_POINTS = 13.0
"""Three marked names without a doubt."""


class UnitReader:
    """Reads units from tokens; one for a lexicon, kept."""

    def __init__(self, lexicon: UnitLexicon) -> None:
        self._lexicon = lexicon
        self._assembled = lru_cache(maxsize=_REMEMBERED)(self._assemble)

    def _assemble(self, found: tuple[Found, ...]) -> list[Assembled]:
        return assemble(found, self._lexicon)

    def read(self, tokens: Sequence[Token]) -> tuple[UnitReading, ...]:
        """Give the readings, best first; none where the text names no unit."""
        if tokens and tokens[-1].end - tokens[0].start > MAX_TEXT:
            tokens = [token for token in tokens if token.start >= tokens[-1].end - MAX_TEXT]
        found = find_names(tokens, self._lexicon)[-_MOST_FOUND:]
        readings = self._assembled(tuple(found))
        context = _context(tokens, found, readings)
        if context is not None:
            slips = find_slips(tokens, self._lexicon, context)
            if slips:
                readings = self._assembled((*found, *slips))
        return tuple(_reading(each, tokens) for each in _as_written(readings, tokens))


def _as_written(readings: list[Assembled], tokens: Sequence[Token]) -> list[Assembled]:
    """Leave out communes of which only a part, or other accents, stand where another's name does.

    ``Xã Đông Phước A`` names no ``Xã Đông Phước``, and ``Hoằng Thanh`` with its accents no
    ``Hoằng Thành``.
    """
    if len(readings) < 2:
        return readings
    accented = not all(token.text.isascii() for token in tokens)
    ends: dict[int, int] = {}
    exact: set[Found] = set()
    for each in readings:
        found, place = _commune(each)
        if found is not None and found.how == "name":
            ends.setdefault(found.name, found.end)
            if accented and found.spelling == place:
                exact.add(found)
    kept = []
    for each in readings:
        found, place = _commune(each)
        shorter = found is not None and found.end < ends.get(found.name, found.end)
        if not shorter and (found not in exact or found.spelling == place):
            kept.append(each)
    return kept


def _commune(reading: Assembled) -> tuple[Found | None, str | None]:
    """Give where a reading's commune stands, and how the registers spell it."""
    named = reading.commune
    if named is None or named.place is None:
        return None, None
    return named.found, named.place.spelling


def _context(
    tokens: Sequence[Token], found: Sequence[Found], readings: Sequence[Assembled]
) -> Context | None:
    """Tell where slips are to be looked for; None: nothing that matters is left over."""
    count = len(tokens)
    if not readings:
        return Context(frozenset(), None, None, commune_read=False)
    best = readings[0]
    bare_commune_doubtful = any(
        each.mark is not None and Level.COMMUNE in each.mark.levels for each in found
    )
    read: list[Found] = []
    sure: list[Found] = []
    for named in (best.commune, best.district, best.province):
        if named is None or named.found is None or named.place is None:
            continue
        each = named.found
        commune = named.level is Level.COMMUNE
        if commune and each.mark is None and bare_commune_doubtful:
            continue
        read.append(each)
        alone = each.closes and (each.opens or (not commune and each.how == "name"))
        if "accents" not in named.evidence and (each.mark is not None or each.end == 0 or alone):
            sure.append(each)
    taken = frozenset(at + count for each in sure for at in range(each.start, each.end))
    first = min((each.start for each in read), default=-count) + count
    commune_read = best.commune is not None and best.commune.place is not None
    left = [
        at
        for at in range(first if commune_read else 0, count)
        if at not in taken
        and len(tokens[at].key) > 1
        and tokens[at].key.isalpha()
        and tokens[at].key not in _IDLE
    ]
    if not left:
        return None
    return Context(
        taken,
        _sure_place(best.district, sure),
        _sure_place(best.province, sure),
        commune_read=_sure_place(best.commune, sure) is not None,
    )


def _sure_place(named: Named | None, sure: Sequence[Found]) -> int | None:
    if named is None or named.place is None or named.found not in sure:
        return None
    return named.place.index


def _reading(assembled: Assembled, tokens: Sequence[Token]) -> UnitReading:
    return UnitReading(
        commune=_mention(assembled.commune, tokens),
        district=_mention(assembled.district, tokens),
        province=_mention(assembled.province, tokens),
        score=max(0.0, min(1.0, assembled.points / _FULL_POINTS)),
    )


def _mention(named: Named | None, tokens: Sequence[Token]) -> UnitMention | None:
    if named is None:
        return None
    found, place = named.found, named.place
    span = None
    name = "" if place is None else place.full_name
    if found is not None:
        count = len(tokens)
        last = max(found.start, found.end - 1)
        span = (tokens[found.start + count].start, tokens[last + count].end)
        if place is None:
            written = [token.text for token in tokens[found.name + count : found.end + count]]
            name = " ".join([KIND_WORDS[named.kind], *written])
    unit = None if place is None else place.living
    return UnitMention(named.level, unit, name, named.kind, span, named.status, named.evidence)
