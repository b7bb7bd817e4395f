"""Communes by how their names begin: with the word of their kind, without it, or by a later word.

Some 3,300 names in one sorted list; a beginning is found by bisection.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from heapq import nlargest
from math import log1p
from typing import Final

from addrsvc.geocoding.answers import Area
from addrsvc.geocoding.areas import Areas
from addrsvc.geocoding.gazetteer import Gazetteer
from addrsvc.parsing.normalise import name_key

_BEHIND_ALL: Final = "\uffff"
_SHORTEST: Final = 2
"""A single letter tells nothing."""

_KINDS: Final = re.compile(r"(phuong|xa|dac khu) ")
_SHORT_KIND: Final = re.compile(r"\s*([px])(?:\.\s*|\s+)(?=\S)", re.IGNORECASE)
_LONG: Final = {"p": "phuong ", "x": "xa "}
_NO_BEGINNING: Final = 10.0
"""What a name loses where a later word of it is meant; so many times as busy is no more."""

_REMEMBERED: Final = 20_000

Liking = Callable[[float, Area], float]
"""How welcome a commune of a busyness is."""


class CommuneCompletions:
    """Completes beginnings of communes' names."""

    def __init__(self, areas: Areas, gazetteer: Gazetteer) -> None:
        self.areas, self.gazetteer = areas, gazetteer
        found: list[tuple[str, str, float]] = []
        for code, area in areas.communes.items():
            key = name_key(area.full_name)
            kind = _KINDS.match(key)
            bare_at = 0 if kind is None else kind.end()
            places = sum(
                len(gazetteer.names(k).keys_in(code)) for k in ("thoroughfare", "locality")
            )
            for at in (0, *(match.end() for match in re.finditer(" ", key))):
                is_beginning = at in {0, bare_at}
                found.append((key[at:], code, log1p(places) - (not is_beginning) * _NO_BEGINNING))
        found.sort()
        self._keys = [key for key, _, _ in found]
        self._found = [(code, busy) for _, code, busy in found]
        self._remembered: dict[tuple[str, int], list[Area]] = {}

    def beginning(self, written: str, count: int, liking: Liking | None = None) -> list[Area]:
        """Give the communes whose names begin so, the most welcome first, else the busiest."""
        short = _SHORT_KIND.match(written)
        if short is not None:
            written = _LONG[short[1].lower()] + written[short.end() :]
        prefix = name_key(written)
        if len(prefix) < _SHORTEST:
            return []
        if liking is not None:
            return self._best(prefix, count, liking)
        known = self._remembered.get((prefix, count))
        if known is None:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            known = self._best(prefix, count, lambda busy, _: busy)
            self._remembered[prefix, count] = known
        return known

    def _best(self, prefix: str, count: int, liking: Liking) -> list[Area]:
        low = bisect_left(self._keys, prefix)
        high = bisect_left(self._keys, prefix + _BEHIND_ALL)
        known = self.areas.communes
        best: dict[str, float] = {}
        for code, busy in self._found[low:high]:
            best[code] = max(busy, best.get(code, busy))
        liked = ((liking(busy, known[code]), code) for code, busy in best.items())
        return [known[code] for _, code in nlargest(count, liked)]
