"""Names by how they begin: sorted once per pair of first letters, the busiest first."""

from __future__ import annotations

from bisect import bisect_left
from heapq import nlargest
from itertools import islice

import numpy as np

from addrsvc.geocoding.gazetteer import Gazetteer
from addrsvc.geocoding.model import Place, PlaceKind
from addrsvc.geocoding.place_names import PlaceNames, bare

_KINDS: tuple[PlaceKind, ...] = ("thoroughfare", "locality", "organisation")
_REMEMBERED = 20_000
_BEHIND_ALL = "\uffff"
_LOOKED_AT = 64
"""Most places of one name looked at."""


class _Sorted:
    """The names that begin with two letters, in order, and how busy each is."""

    def __init__(self, names: PlaceNames, keys: list[str]) -> None:
        self.size = len(keys)
        if names.kind == "locality":
            self.keys = sorted(keys, key=bare)
            self.bare = [bare(key) for key in self.keys]
        else:
            self.keys = self.bare = sorted(keys)
        entries = (next(names.entries(key, None)) for key in self.keys)
        # the entry that came last has the most addresses: they are read in that order
        self.busy = np.fromiter(map(names.addresses_of, entries), np.int64, self.size)

    def top(self, prefix: str, count: int) -> list[tuple[int, str]]:
        """Give the busiest keys that begin so, with how busy they are."""
        low = bisect_left(self.bare, prefix)
        high = bisect_left(self.bare, prefix + _BEHIND_ALL)
        busy = self.busy[low:high]
        best = np.argpartition(-busy, count)[:count] if len(busy) > count else np.arange(len(busy))
        return [(int(busy[at]), self.keys[low + int(at)]) for at in best]


class Completions:
    """Completes beginnings of names out of one gazetteer, from memory alone.

    Names may come while a thread sorts: what came too late is sorted when it is asked for.
    """

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self._sorted: dict[tuple[PlaceKind, str], _Sorted] = {}
        self._top: dict[tuple[PlaceKind, str, int], tuple[int, list[str]]] = {}

    def warm_all(self) -> None:
        """Sort all names that are not; takes a second for a country, so call it in a thread."""
        for kind in _KINDS:
            for start in list(self.gazetteer.names(kind).starting):
                self.warm(kind, start)

    def warm(self, kind: PlaceKind, start: str) -> None:
        """Sort the names that begin with two letters, where that is due."""
        names = self.gazetteer.names(kind)
        keys = names.starting.get(start, [])
        known = self._sorted.get((kind, start))
        if known is None or known.size != len(keys):
            self._sorted[kind, start] = _Sorted(names, keys[:])

    def keys(self, kind: PlaceKind, prefix: str, count: int) -> list[str]:
        """Give the busiest names that begin so."""
        names = self.gazetteer.names(kind)
        known = self._top.get((kind, prefix, count))
        if known is not None and known[0] == len(names.keys):
            return known[1]
        starts = [prefix[:2]] if len(prefix) > 1 else [s for s in names.starting if s[:1] == prefix]
        found: list[tuple[int, str]] = []
        for start in starts:
            self.warm(kind, start)
            found += self._sorted[kind, start].top(prefix, count)
        best = [key for _, key in nlargest(count, found)]
        if len(self._top) >= _REMEMBERED:
            self._top.clear()
        self._top[kind, prefix, count] = len(names.keys), best
        return best

    def places(self, prefix: str, communes: tuple[str, ...], count: int) -> list[Place]:
        """Give places whose names begin so, in the communes where any are given.

        The busiest names, each in the communes where it is busiest.
        """
        found: list[Place] = []
        for kind in _KINDS:
            names = self.gazetteer.names(kind)
            if communes:
                found += [
                    names.place(entry)
                    for commune in communes
                    for key, entry in names.keys_in(commune).items()
                    if bare(key).startswith(prefix)
                ]
                continue
            for key in self.keys(kind, prefix, count):
                entries = islice(names.entries(key, None), _LOOKED_AT)
                busiest = nlargest(count, entries, key=names.addresses_of)
                found += [names.place(entry) for entry in busiest]
        return [place for place in found if place.addresses >= 0]
