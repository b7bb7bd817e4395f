"""All names addresses count along, in memory: streets, localities, organisations, by commune.

Where the commune is known, its few hundred names are compared with what was written. Where it is
not, slips are put right word by word, since names are made of few words in any country: neither
grows with the number of addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import nlargest
from itertools import islice
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from addrsvc.geocoding.model import Hit, Place, PlaceKind
from addrsvc.geocoding.place_names import PlaceNames, spaced
from addrsvc.geocoding.slips import (
    fits,
    initials,
    most_edits,
    numbers_of,
    pieces_of,
    respelled,
    spans,
)
from addrsvc.parsing.keys import locality_key, thoroughfare_key
from addrsvc.parsing.normalise import name_key

_KINDS: tuple[PlaceKind, ...] = ("thoroughfare", "locality", "organisation")
LOCALITY_KINDS = ("khu_pho", "ap", "to", "thon", "residential_area", "industrial_area", "place")
_NEAR = 12
"""Up to so many communes each name is compared; for more, the words of names are."""
_VAGUE = 2_000
"""A word that so many names hold tells nothing."""
_WALKED = 400
"""Most places of one name looked at where nothing is known of where it lies."""
_KNOWN_WORD = 0.1
"""Less similar where the word put right was a word too."""

Key = tuple[str, float]
"""A key, and how similar it is to what was written."""

_Way = Callable[[PlaceNames, str, str, frozenset[str] | None], Iterator[Key]]


class Gazetteer:
    """Names × present communes of one worker process."""

    def __init__(
        self, province_of: Mapping[str, str], commune_names: Mapping[str, str] | None = None
    ) -> None:
        """Begin empty.

        Args:
            province_of: the province of every present commune, by code.
            commune_names: their full names; None: not known, they are shown by code.
        """
        self._kinds = {kind: PlaceNames(kind) for kind in _KINDS}
        self.province_of = province_of
        self.commune_names = commune_names or {}
        self._named: dict[str, list[str]] | None = None
        within: dict[str, set[str]] = {}
        for commune, province in province_of.items():
            within.setdefault(province, set()).add(commune)
        self._communes_of = {province: frozenset(each) for province, each in within.items()}

    def __len__(self) -> int:
        return sum(len(names) for names in self._kinds.values())

    def names(self, kind: PlaceKind) -> PlaceNames:
        """Give the places of one kind."""
        return self._kinds[kind]

    def communes_named(self, key: str) -> Sequence[str]:
        """Give the present communes of a name, with its kind or without (``name_key``)."""
        if self._named is None:
            self._named = {}
            for code, name in self.commune_names.items():
                for each in (name_key(name), name_key(name.partition(" ")[2])):
                    self._named.setdefault(each, []).append(code)
        return self._named.get(key, ())

    def add(self, place: Place) -> None:
        """Add a place, or replace what was known of it; again changes nothing."""
        self._kinds[place.kind].put(place)

    def add_former(self, place: Place) -> None:
        """Add a place by the name it had; what is called so now, stays."""
        self._kinds[place.kind].put_former(place)

    def knows(self, kind: PlaceKind, key: str) -> bool:
        """Tell whether a key stands for any place of a kind."""
        return spaced(key) in self._kinds[kind]

    def places_in(self, commune: str) -> Iterator[Place]:
        """Give every place of a commune."""
        for names in self._kinds.values():
            yield from names.places_in(commune)

    def find(
        self,
        kind: PlaceKind | None,
        name: str,
        communes: frozenset[str] | None = None,
        provinces: frozenset[str] | None = None,
        limit: int = 20,
        *,
        key: str | None = None,
    ) -> list[Hit]:
        """Find the places a written name may mean, best first.

        The first way that finds anything ends the search: the same key, its first letters, one
        or two slips, a part of it.

        Args:
            kind: None: any.
            name: as written; may be abbreviated, unaccented or misspelt.
            communes: codes of present communes it must lie in; None: anywhere.
            provinces: codes of present provinces it must lie in; None: anywhere.
            limit: most places given.
            key: the name's search key where it is known; None: made from the name.
        """
        region = self._region(communes, provinces)
        found: list[Hit] = []
        for each in _KINDS if kind is None else (kind,):
            keys = _keys_of(each, name) if key is None else [spaced(key)]
            found += _search(self._kinds[each], name, keys, region, limit)
        found.sort(key=lambda hit: (-hit.similarity, -hit.place.addresses, hit.place.commune_code))
        return found[:limit]

    def _region(
        self, communes: frozenset[str] | None, provinces: frozenset[str] | None
    ) -> frozenset[str] | None:
        if provinces is None:
            return communes
        if communes is not None:
            return frozenset(code for code in communes if self.province_of.get(code) in provinces)
        parts = [self._communes_of.get(each, frozenset()) for each in provinces]
        return parts[0] if len(parts) == 1 else frozenset().union(*parts)


def _keys_of(kind: PlaceKind, name: str) -> list[str]:
    if kind == "thoroughfare":
        return [thoroughfare_key(name)]
    if kind == "organisation":
        return [name_key(name)]
    return list(dict.fromkeys(spaced(locality_key(each, name)) for each in LOCALITY_KINDS))


def _search(
    names: PlaceNames, name: str, keys: list[str], region: frozenset[str] | None, limit: int
) -> list[Hit]:
    hits = [hit for key in keys for hit in _exact(names, name, key, region, limit)]
    if hits:
        return hits
    for how, search in _WAYS:
        similar: dict[str, float] = {}
        for key in keys:
            for other, similarity in search(names, name, key, region):
                similar[other] = max(similarity, similar.get(other, 0.0))
        for other, similarity in sorted(similar.items(), key=lambda pair: -pair[1]):
            hits += [
                Hit(names.place(entry), similarity, how)
                for entry in _largest(names, other, region, limit)
            ]
            if len(hits) >= limit:
                break
        if hits:
            return hits[:limit]
    return []


def _largest(names: PlaceNames, key: str, region: frozenset[str] | None, limit: int) -> list[int]:
    entries = (each for each in names.entries(key, region) if names.addresses_of(each) >= 0)
    # the number decides between equals: sets have no order
    return nlargest(limit, islice(entries, _WALKED), key=lambda at: (names.addresses_of(at), -at))


def _exact(
    names: PlaceNames, name: str, key: str, region: frozenset[str] | None, limit: int
) -> Iterator[Hit]:
    written = _accents(name, key)
    for entry in _largest(names, key, region, limit):
        printed = _accents(names.name_of(entry), key)
        if written == printed:
            yield Hit(names.place(entry), 1.0, "exact")
        elif "".join(written).isascii() or len(written) != len(printed):
            yield Hit(names.place(entry), 1.0, "accents")
        else:
            wrong = sum(a != b for a, b in zip(written, printed, strict=True))
            yield Hit(names.place(entry), 1.0 - 0.08 * wrong / len(written), "accents")


def _accents(name: str, key: str) -> list[str]:
    """Give the last words of a printed name, as many as its key has: the kind's word is none."""
    words = name.lower().replace("-", " ").replace(".", " ").split()
    return words[-len(key.rpartition(":")[2].split()) :]


def _within(names: PlaceNames, keys: Iterable[Key], region: frozenset[str] | None) -> Iterator[Key]:
    for key, similarity in keys:
        if next(names.entries(key, region), None) is not None:
            yield key, similarity


def _by_initials(
    names: PlaceNames, name: str, key: str, region: frozenset[str] | None
) -> Iterator[Key]:
    if ":" in key:
        return
    for pieces in pieces_of(name):
        if all(len(piece) > 2 or (len(piece) == 2 and piece in names.words) for piece in pieces):
            continue  # short words, not the beginnings of longer ones; streets may be one letter
        spelled = sum(len(piece) > 2 or piece.isdigit() for piece in pieces)
        similarity = 0.85 + 0.1 * spelled / len(pieces)
        others: Iterable[str] = islice(names.keys_by_initials(initials(pieces)), _VAGUE)
        if region is not None and len(region) <= _NEAR:
            first = pieces[0][0]
            others = (each for code in region for each in names.keys_in(code) if each[0] == first)
        for other in others:
            if fits(pieces, other):
                yield from _within(names, [(other, similarity)], region)


def _by_slips(
    names: PlaceNames, _name: str, key: str, region: frozenset[str] | None
) -> Iterator[Key]:
    edits = most_edits(key.rpartition(": ")[2])
    if not edits:
        return
    if region is not None and len(region) <= _NEAR:
        for commune in region:
            near = process.extract(
                key,
                names.keys_in(commune).keys(),
                scorer=OSA.distance,
                score_cutoff=edits,
                limit=None,
            )
            yield from _rated(names, key, (other for other, _, _ in near))
        return
    others = dict.fromkeys(names.keys_by_glued(key.replace(" ", "")))
    others |= dict.fromkeys(other for other in respelled(key, names.words, edits) if other in names)
    yield from _within(names, _rated(names, key, others), region)


def _by_slips_in_months(
    names: PlaceNames, _name: str, key: str, region: frozenset[str] | None
) -> Iterator[Key]:
    """Find names whose key has the number of a month that is written in words."""
    months = (OSA.distance(word, "thang", score_cutoff=1) <= 1 for word in key.split()[:-1])
    if names.kind != "thoroughfare" or not any(months):
        return
    for other in islice(respelled(key, names.words, most_edits(key)), _VAGUE):
        if "thang " in other and (again := thoroughfare_key(other)) in names:
            yield from _within(names, [(again, OSA.normalized_similarity(key, other))], region)


def _rated(names: PlaceNames, key: str, others: Iterable[str]) -> Iterator[Key]:
    numbers, words = numbers_of(key), key.split()
    for other in others:
        if numbers_of(other) != numbers:
            continue
        parts = other.split()
        known = any(word not in parts and word in names.words for word in words)
        similarity = OSA.normalized_similarity(key, other) - (_KNOWN_WORD if known else 0.0)
        yield other, similarity


def _by_parts(
    names: PlaceNames, _name: str, key: str, region: frozenset[str] | None
) -> Iterator[Key]:
    kind, _, bare = key.rpartition(": ")
    words = bare.split()
    if kind and any(len(word) > 1 and word.isalpha() for word in words):
        # an ấp may have become a khu phố of the same name; one of the same number is another place
        same = [(f"{each}: {bare}", 0.8) for each in LOCALITY_KINDS if each != kind]
        yield from _within(names, same, region)
    if len(bare) < 4 or len(words) > 12:
        return
    within = [(f"{kind}: {span}" if kind else span, len(span) / len(bare)) for span in spans(bare)]
    yield from _within(names, within, region)
    if region is not None and len(region) <= _NEAR:
        candidates = [other for commune in region for other in names.keys_in(commune)]
    elif len(words) > 1:
        candidates = names.keys_with(words, _VAGUE)
    else:
        candidates = []
    holding = [
        (other, len(key) / len(other)) for other in candidates if f" {bare} " in f" {other} "
    ]
    yield from _within(names, holding, region)


_WAYS: tuple[tuple[Literal["initials", "typo", "part"], _Way], ...] = (
    ("initials", _by_initials),
    ("typo", _by_slips),
    ("typo", _by_slips_in_months),
    ("part", _by_parts),
)
