"""The places of one kind, by name and commune, in columns; new ones may come at any time."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import islice
from math import isnan, nan

from addrsvc.geocoding.chains import Chains
from addrsvc.geocoding.model import Place, PlaceKind
from addrsvc.geocoding.slips import Words, initials
from addrsvc.types import LonLat

_NONE = -1
_FEW = 4


class PlaceNames:
    """Names × communes: one entry per place, and one more per other name of it.

    Keys are kept with a space after the kind of a locality (``ap: binh phu``), so that the kind
    is a word of its own, and one that is never put right.
    """

    def __init__(self, kind: PlaceKind) -> None:
        self.kind: PlaceKind = kind
        self.words = Words()
        self.keys: list[str] = []
        """Every key once, in the order they came."""
        self.starting: dict[str, list[str]] = {}
        """The same keys by their first two letters."""
        self._entries = Chains()
        """Key → entries; the latest first."""
        self._of_commune: dict[str, dict[str, int]] = {}
        """Commune → key → entry."""
        self._twin = array("i")
        """Entry → another entry of the same key and commune (organisations of one name)."""
        self._key: list[str] = []
        self._name: list[str] = []
        self._commune: list[str] = []
        self._addresses = array("i")
        self._lon = array("d")
        self._lat = array("d")
        self._spread = array("d")
        self._stands_for: dict[int, int] = {}
        """Entry of another name → entry of the place."""
        self._code: dict[int, str] = {}
        self._by_initials = Chains()
        self._by_glued = Chains()
        self._with_word: dict[str, array[int]] = {}

    def __len__(self) -> int:
        return len(self._key)

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def put(self, place: Place) -> None:
        """Add a place, or replace what was known of it; again changes nothing."""
        key = spaced(place.key)
        entry = self._same(key, place)
        if entry is None:
            entry = self._append(key, place.name, place.commune_code)
            if place.code is not None:
                self._code[entry] = place.code
        self._name[entry] = place.name
        self._addresses[entry] = place.addresses
        self._lon[entry] = nan if place.centre is None else place.centre.lon
        self._lat[entry] = nan if place.centre is None else place.centre.lat
        self._spread[entry] = nan if place.spread_m is None else place.spread_m

    def put_alias(self, key: str, name: str, place_key: str, commune: str) -> None:
        """Let another name lead to a place that is there; where a place has that name, it stays."""
        entry = self._entry(spaced(place_key), commune)
        if entry is not None and self._entry(spaced(key), commune) is None:
            alias = self._append(spaced(key), name, commune)
            self._stands_for[alias] = entry

    def put_former(self, place: Place) -> None:
        """Add a place by the name it had; what is called so now, stays."""
        if self._same(spaced(place.key), place) is None:
            self.put(place)

    def drop(self, key: str, commune: str, code: str) -> None:
        """Forget an organisation; streets and localities stay, with no address."""
        for entry in self._twins(spaced(key), commune):
            if self._code.get(entry) == code:
                self._addresses[entry] = _NONE

    def empty(self, key: str, commune: str) -> None:
        """Note that a street or locality has no address any more; its name stays."""
        for entry in self._twins(spaced(key), commune):
            if entry not in self._stands_for:
                self._addresses[entry] = 0

    def _append(self, key: str, name: str, commune: str) -> int:
        entry = len(self._key)
        if key not in self._entries:
            self._learn(key)
        self._entries.put(key)
        here = self._of_commune.setdefault(commune, {})
        self._twin.append(here.get(key, _NONE))
        here[key] = entry
        self._key.append(key)
        self._name.append(name)
        self._commune.append(commune)
        self._addresses.append(0)
        self._lon.append(nan)
        self._lat.append(nan)
        self._spread.append(nan)
        return entry

    def _learn(self, key: str) -> None:
        number = len(self.keys)
        self.keys.append(key)
        self.starting.setdefault(bare(key)[:2], []).append(key)
        words = key.split()
        self._by_initials.put(initials(words))
        self._by_glued.put("".join(words))
        for word in set(words):
            known = self._with_word.get(word)
            if known is None:
                known = self._with_word[word] = array("i")
                self.words.add(word)
            known.append(number)

    def _same(self, key: str, place: Place) -> int | None:
        """Find the entry that stands for a place already."""
        for entry in self._twins(key, place.commune_code):
            if entry not in self._stands_for and self._code.get(entry) == place.code:
                return entry
        return None

    def _entry(self, key: str, commune: str) -> int | None:
        here = self._of_commune.get(commune)
        return None if here is None else here.get(key)

    def _twins(self, key: str, commune: str) -> Iterator[int]:
        entry = self._entry(key, commune)
        while entry is not None and entry != _NONE:
            yield entry
            entry = self._twin[entry]

    def entries(self, key: str, communes: frozenset[str] | None) -> Iterator[int]:
        """Give the entries of a key, within communes, or anywhere where None is given.

        A name is in few places or the communes are few: whichever list is shorter is walked.
        """
        if communes is None:
            yield from self._entries.of(key)
            return
        if len(communes) > _FEW:
            some = list(islice(self._entries.of(key), len(communes)))
            if len(some) < len(communes):
                yield from (entry for entry in some if self._commune[entry] in communes)
                return
        for commune in communes:
            here = self._of_commune.get(commune)
            if here is not None and key in here:
                yield from self._twins(key, commune)

    def keys_in(self, commune: str) -> dict[str, int]:
        """Give the keys of a commune, each with one entry; not to be changed."""
        return self._of_commune.get(commune, {})

    def keys_by_initials(self, letters: str) -> Iterator[str]:
        """Give the keys whose words begin with these letters."""
        return (self.keys[number] for number in self._by_initials.of(letters))

    def keys_by_glued(self, letters: str) -> Iterator[str]:
        """Give the keys that are this without their spaces."""
        return (self.keys[number] for number in self._by_glued.of(letters))

    def keys_with(self, words: list[str], most: int) -> list[str]:
        """Give the keys that hold a word, the rarest of those given; [] where too many do."""
        found = [self._with_word.get(word) for word in words]
        known = [numbers for numbers in found if numbers is not None]
        if len(known) < len(found) or not known:
            return []
        rarest = min(known, key=len)
        return [self.keys[number] for number in rarest] if len(rarest) <= most else []

    def name_of(self, entry: int) -> str:
        """Give a name as printed, of the place or the other name an entry stands for."""
        return self._name[entry]

    def addresses_of(self, entry: int) -> int:
        """Give how many addresses a place has; less than none: it is gone."""
        return self._addresses[self._stands_for.get(entry, entry)]

    def place(self, entry: int) -> Place:
        """Make the place an entry stands for."""
        entry = self._stands_for.get(entry, entry)
        lon, spread_m = self._lon[entry], self._spread[entry]
        return Place(
            kind=self.kind,
            key=self._key[entry].replace(": ", ":"),
            name=self._name[entry],
            commune_code=self._commune[entry],
            addresses=self._addresses[entry],
            centre=None if isnan(lon) else LonLat(lon, self._lat[entry]),
            code=self._code.get(entry),
            spread_m=None if isnan(spread_m) else spread_m,
        )

    def places_in(self, commune: str) -> Iterator[Place]:
        """Give every place of a commune once."""
        for key in self.keys_in(commune):
            for entry in self._twins(key, commune):
                if entry not in self._stands_for and self._addresses[entry] >= 0:
                    yield self.place(entry)


def bare(key: str) -> str:
    """Give a key without the kind of a locality.

    >>> bare("ap: binh phu"), bare("le loi")
    ('binh phu', 'le loi')
    """
    return key.rpartition(": ")[2]


def spaced(key: str) -> str:
    """Give a key with the kind of a locality as a word of its own.

    >>> spaced("ap:binh phu"), spaced("le loi")
    ('ap: binh phu', 'le loi')
    """
    return key.replace(":", ": ")
