"""The administrative units a text may name, ready to be looked up by name and by place. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from rapidfuzz.distance import OSA

from addrsvc.parsing.normalise import canonical, even_y, is_syllable, name_key
from addrsvc.parsing.tokens import tokenise
from addrsvc.types import Level, UnitId, ValidPeriod

KIND_WORDS: Mapping[str, str] = {
    "thanh_pho_truc_thuoc_trung_uong": "Thành phố",
    "tinh": "Tỉnh",
    "quan": "Quận",
    "huyen": "Huyện",
    "thi_xa": "Thị xã",
    "thanh_pho": "Thành phố",
    "phuong": "Phường",
    "xa": "Xã",
    "thi_tran": "Thị trấn",
    "dac_khu": "Đặc khu",
}

ROMAN: Mapping[str, str] = {
    "i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6",
    "vii": "7", "viii": "8", "ix": "9", "x": "10", "xi": "11", "xii": "12",
}  # fmt: skip
"""Numbers of wards as some towns write them: ``Phường IV``."""

_ALIASES: Mapping[str, tuple[Level, str]] = {
    "hcm": (Level.PROVINCE, "hochiminh"),
    "hcmc": (Level.PROVINCE, "hochiminh"),
    "tphcm": (Level.PROVINCE, "hochiminh"),
    "sai gon": (Level.PROVINCE, "hochiminh"),
    "sg": (Level.PROVINCE, "hochiminh"),
    "bd": (Level.PROVINCE, "binhduong"),
    "hn": (Level.PROVINCE, "hanoi"),
    "brvt": (Level.PROVINCE, "bariavungtau"),
    "vung tau ba ria": (Level.PROVINCE, "bariavungtau"),
}
"""Other names of provinces, by the key of the name the registers have."""

_OUTER_FIRST = (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE)


@dataclass(frozen=True, slots=True)
class LexiconUnit:
    """What reading needs to know of a unit."""

    id: UnitId
    period: ValidPeriod
    level: Level
    kind: str
    """``tinh``, ``quan``, ``huyen``, ``thi_xa``, ``thanh_pho``, ``phuong``, ``xa``…"""
    name: str
    """Without the word of its kind: ``Phú Lợi``."""
    parent_code: str | None


@dataclass(slots=True, eq=False)
class Place:
    """A unit as it is looked up, with the units it lies and lay in, by their index."""

    index: int
    unit: LexiconUnit
    former: bool
    """Gone before the registers begin: known by name only."""
    living: UnitId | None
    """What a mention of it means: itself; a renamed province: that by its new name; or nothing."""
    own: set[int] = field(default_factory=set)
    """Units of its own time it lies in."""
    around: set[int] = field(default_factory=set)
    """Units its predecessors lay in or its successors lie in, and former districts."""
    key: str = ""
    words: tuple[str, ...] = ()
    spelling: str = ""
    """Lower case with accents, without spaces."""
    full_name: str = ""

    def __post_init__(self) -> None:
        key = match_key(self.unit.name)
        self.key = ROMAN.get(key, key)
        self.words = tuple(name_key(self.unit.name).split())
        self.spelling = "".join(
            char for char in canonical(self.unit.name).lower() if char.isalnum()
        )
        self.full_name = f"{KIND_WORDS[self.unit.kind]} {self.unit.name}"


def match_key(name: str) -> str:
    """Give the key names are matched by: folded, y as i where it sounds so, nothing between.

    >>> match_key("Mỹ Phước"), match_key("Ea H'leo"), match_key("Phan Rang - Tháp Chàm")
    ('miphuoc', 'eahleo', 'phanrangthapcham')
    """
    return even_y(name_key(name)).replace(" ", "")


def _same_name(place: Place, unit: LexiconUnit) -> bool:
    """Tell whether a former unit is a registered one, a letter of its name other."""
    key = match_key(unit.name)
    return key in {place.key, place.key.replace("nongtruong", "nt")} or (
        unit.level is Level.COMMUNE
        and not key.isdecimal()
        and OSA.distance(place.key, key, score_cutoff=1) <= 1
    )


class UnitLexicon:
    """All units, old and new, and how the old ones went into the new.

    Built once, some seconds at most; never changes.
    """

    def __init__(
        self,
        units: Iterable[LexiconUnit],
        links: Iterable[tuple[UnitId, UnitId]],
        former: Iterable[LexiconUnit] = (),
    ) -> None:
        """Build it.

        ``links``: (predecessor, successor), whole or in part. ``former``: units abolished before
        the registers begin; one of the same code and nearly the same name as a registered one
        is that one, which lay in another district before or is spelt in another way.
        """
        self.places: list[Place] = []
        self._by_id: dict[UnitId, Place] = {}
        self._spellings: list[tuple[str, int]] = []
        registered = list(units)
        for unit in registered:
            self._by_id[unit.id] = self._added(unit, former=False)
        for unit in registered:
            self._put_in_place(self._by_id[unit.id])
        self._link(links)
        self._add_former(former)
        self._spread()
        self.by_key, self.prefixes = self._keyed()
        self.short = self._shortened()
        self.vocabulary = frozenset(word for place in self.places for word in place.words)
        self.in_one_word = lru_cache(maxsize=4_096)(self._in_one_word)

    def _in_one_word(self, indices: tuple[int, ...]) -> dict[str, Place]:
        """Give units by their names without spaces."""
        return {"".join(place.words): place for place in map(self.places.__getitem__, indices)}

    def _added(self, unit: LexiconUnit, *, former: bool) -> Place:
        place = Place(len(self.places), unit, former, None if former else unit.id)
        self.places.append(place)
        return place

    def _put_in_place(self, place: Place) -> None:
        above = self._by_id.get(UnitId(place.unit.parent_code or "", place.unit.id.valid_from))
        while above is not None:
            place.own.add(above.index)
            above = self._by_id.get(UnitId(above.unit.parent_code or "", above.unit.id.valid_from))

    def _link(self, links: Iterable[tuple[UnitId, UnitId]]) -> None:
        for before_id, after_id in links:
            before, after = self._by_id.get(before_id), self._by_id.get(after_id)
            if before is None or after is None:
                continue
            before.around |= after.own
            after.around |= before.own
            if before.unit.level is Level.PROVINCE:
                before.around.add(after.index)

    def _add_former(self, former: Iterable[LexiconUnit]) -> None:
        """Add former units; their parents are former units or of the first registered day."""
        start = min((unit_id.valid_from for unit_id in self._by_id), default=None)
        if start is None:
            return
        gone: dict[str, Place] = {}
        for unit in sorted(former, key=lambda each: _OUTER_FIRST.index(each.level)):
            parent = gone.get(unit.parent_code or "") or self._by_id.get(
                UnitId(unit.parent_code or "", start)
            )
            areas = set() if parent is None else {parent.index, *parent.own}
            same = self._by_id.get(UnitId(unit.id.code, start))
            if same is not None and _same_name(same, unit):
                same.around |= areas
                if name_key(unit.name) != " ".join(same.words):
                    self._spellings.append((name_key(unit.name), same.index))
                continue
            place = self._added(unit, former=True)
            place.own |= areas
            if unit.level is Level.DISTRICT:
                gone[unit.id.code] = place
                for inside in () if same is None else self._within(same):
                    inside.around.add(place.index)
        for place in [each for each in self.places if each.former]:
            if place.unit.level is Level.PROVINCE:
                self._rename(place)

    def _rename(self, former: Place) -> None:
        """Put what lies in a province, by whatever law, in the one of its former name too."""
        code = former.unit.id.code
        provinces = [each for unit_id, each in self._by_id.items() if unit_id.code == code]
        for province in provinces:
            former.around |= province.around
            for inside in self._within(province):
                inside.own.add(former.index)
        former.living = min((each.unit.id for each in provinces), default=None)

    def _within(self, area: Place) -> Iterable[Place]:
        return [place for place in self.places if area.index in place.own]

    def _spread(self) -> None:
        """Put old districts and communes around the provinces their province went into."""
        for place in self.places:
            for area in tuple(place.own):
                if self.places[area].unit.level is Level.PROVINCE:
                    place.around |= self.places[area].around

    def _keyed(self) -> tuple[dict[str, tuple[int, ...]], frozenset[str]]:
        """Key every unit by its name and its aliases of several words; with what keys begin."""
        found: dict[str, list[int]] = defaultdict(list)
        names: dict[str, list[int]] = defaultdict(list)
        for place in self.places:
            found[place.key].append(place.index)
            names[" ".join(place.words)].append(place.index)
            if any(letter.isupper() for word in place.unit.name.split() for letter in word[1:]):
                # "HBông" is read as two words
                names[" ".join(token.key for token in tokenise(place.unit.name))] = []
            if place.words[:2] == ("nong", "truong"):
                self._spellings.append((" ".join(("nt", *place.words[2:])), place.index))
            if not all(is_syllable(word) for word in place.words):  # "Cư K Róa" is Cư Króa
                apart = [w if is_syllable(w) else f"{w[0]} {w[1:]}" for w in place.words]
                names[" ".join(apart)] = []
        for spelling, index in self._spellings:
            key = match_key(spelling)
            if index not in found[key]:
                found[key].append(index)
            names[spelling].append(index)
        for alias, (level, key) in _ALIASES.items():
            if " " in alias:
                meant = [index for index in found[key] if self.places[index].unit.level is level]
                found[match_key(alias)] += meant
                names[alias] += meant
        prefixes = {
            "".join(words[:count])
            for words in (even_y(name).split() for name in names)
            for count in range(1, len(words) + 1)
        }
        return {key: tuple(indices) for key, indices in found.items()}, frozenset(prefixes)

    def _shortened(self) -> dict[str, tuple[int, ...]]:
        """Key provinces and districts by their initials, last word cut or whole, and by alias."""
        found: dict[str, list[int]] = defaultdict(list)
        aliases: dict[tuple[Level, str], list[str]] = defaultdict(list)
        for alias, named in _ALIASES.items():
            if " " not in alias:
                aliases[named].append(alias)
        for place in self.places:
            if place.unit.level is Level.COMMUNE:
                continue
            keys = set(aliases[place.unit.level, place.key])
            if len(place.words) > 1:
                initials = "".join(word[0] for word in place.words)
                keys |= {initials, initials[:-1] + place.words[-1]} - _ALIASES.keys()
            for key in keys:
                found[key].append(place.index)
        return {key: tuple(indices) for key, indices in found.items()}

    @cached_property
    def provinces(self) -> tuple[int, ...]:
        """Give every province, old and new."""
        return self._of(Level.PROVINCE)

    @cached_property
    def districts(self) -> tuple[int, ...]:
        """Give every district."""
        return self._of(Level.DISTRICT)

    def _of(self, level: Level) -> tuple[int, ...]:
        return tuple(place.index for place in self.places if place.unit.level is level)

    @cached_property
    def _inside(self) -> Mapping[tuple[int, Level], tuple[int, ...]]:
        found: dict[tuple[int, Level], list[int]] = defaultdict(list)
        for place in self.places:
            for area in place.own | place.around:
                found[area, place.unit.level].append(place.index)
        return {key: tuple(indices) for key, indices in found.items()}

    def inside(self, area: int, level: Level) -> Sequence[int]:
        """Give the units of a level that lie or lay in a unit."""
        return self._inside.get((area, level), ())
