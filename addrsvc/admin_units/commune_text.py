"""Find the commune named in a free address text, old names or new. Pure, and modest.

It reads only the words of administration: ``P. Phú Lợi, TP. Thủ Dầu Một, Bình Dương``. An old
address is resolved among the old communes first and then mapped; a commune that was split
gives candidates. Nothing is ever chosen by default: where two readings disagree, both are
candidates.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from addrsvc.admin_units.model import REORGANISED
from addrsvc.admin_units.succession import Succession
from addrsvc.errors import Text
from addrsvc.parsing.normalise import canonical, name_key
from addrsvc.types import Level, UnitId, ValidPeriod

MAX_TEXT = 500
"""Longer text is cut: an address is not an essay."""

MAX_CANDIDATES = 20
"""More candidates than this are no help: the answer is none."""

_COMMUNE_WORDS: Mapping[tuple[str, ...], str] = {
    ("p",): "phuong",
    ("phuong",): "phuong",
    ("f",): "phuong",
    ("x",): "xa",
    ("xa",): "xa",
    ("tt",): "thi_tran",
    ("thi", "tran"): "thi_tran",
    ("dac", "khu"): "dac_khu",
}
_DISTRICT_WORDS: Mapping[tuple[str, ...], frozenset[str]] = {
    ("q",): frozenset({"quan"}),
    ("quan",): frozenset({"quan"}),
    ("h",): frozenset({"huyen"}),
    ("huyen",): frozenset({"huyen"}),
    # towns became cities, and lists lag behind
    ("tx",): frozenset({"thi_xa", "thanh_pho"}),
    ("thi", "xa"): frozenset({"thi_xa", "thanh_pho"}),
    ("tp",): frozenset({"thi_xa", "thanh_pho"}),
    ("thanh", "pho"): frozenset({"thi_xa", "thanh_pho"}),
}
_PROVINCE_WORDS = frozenset({("tinh",), ("t",), ("tp",), ("thanh", "pho")})
_PROVINCE_ALIASES = {
    "hcm": "ho chi minh",
    "tphcm": "ho chi minh",
    "tp hcm": "ho chi minh",
    "sai gon": "ho chi minh",
    "sg": "ho chi minh",
    "bd": "binh duong",
    "brvt": "ba ria vung tau",
    "hn": "ha noi",
}
_DISTRICT_ALIASES = {"tdm": "thu dau mot"}
_INITIALS = re.compile(r"\b([tT])\s*\.\s*([pPxXtT])\b\.?")
_GLUED_NUMBER = re.compile(r"(^|[,;]\s*)([pPqQfF])\.?\s*0*(\d{1,2})\b")
_GLUED_CAPITAL = re.compile(r"\b(TP|TX|TT|P|X|Q|H|T)(?=[A-ZĐ][a-zà-ỹđ])")
_NUMBER = re.compile(r"\b0+(\d)")
_SEGMENT = re.compile(r"[,;()\n]|\s[-–]\s")


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """What the matcher needs to know of a unit."""

    id: UnitId
    period: ValidPeriod
    level: Level
    kind: str
    name: str
    parent_code: str | None


@dataclass(frozen=True, slots=True)
class CommuneMatch:
    """What was found; communes are those in force on the day asked for."""

    verdict: Literal["certain", "candidates", "none"]
    communes: tuple[UnitId, ...]
    """One when certain, else every candidate in order of code."""
    written: tuple[UnitId, ...]
    """The units the text names, as they were: the old ones of an old address."""
    reason: Text


@dataclass(frozen=True, slots=True)
class _Place:
    """A commune and the districts and provinces it belongs to."""

    unit: NamedUnit
    own: frozenset[UnitId]
    """Of its own time."""
    around: frozenset[UnitId]
    """Those too that its predecessors or successors belong to."""

    @property
    def is_old(self) -> bool:
        return self.unit.period.end is not None


@dataclass(frozen=True, slots=True)
class _Mention:
    """A commune's name in the text."""

    places: tuple[_Place, ...]
    spelling: str
    """As written, lower case."""
    kind: str | None
    """What the word before it says, such as ``phuong``; None: nothing says it is a commune."""


@dataclass(slots=True)
class _Reading:
    """The administrative words of one text."""

    communes: list[_Mention]
    districts: set[UnitId]
    provinces: set[UnitId]


class CommuneNames:
    """The names of all units, old and new, ready to be found in texts."""

    def __init__(self, units: Iterable[NamedUnit], succession: Succession) -> None:
        self._succession = succession
        known = list(units)
        self._districts = _by_key(u for u in known if u.level is Level.DISTRICT)
        self._provinces = _by_key(u for u in known if u.level is Level.PROVINCE)
        self._communes: dict[str, list[_Place]] = defaultdict(list)
        for place in _places(known, succession):
            self._communes[name_key(place.unit.name)].append(place)
        names = (*self._communes, *self._districts, *self._provinces)
        self._longest = max((key.count(" ") + 1 for key in names), default=1)

    def resolve(self, text: str, day: date) -> CommuneMatch:
        """Find the commune a text names, as it is on a day."""
        reading = self._read(text[:MAX_TEXT])
        mentions = [m for m in reading.communes if m.kind]
        mentions = mentions or reading.communes
        if not mentions:
            return _none("Không thấy tên phường, xã.", "No commune is named.")
        answers = [self._answer(mention, reading, day) for mention in mentions]
        found = [answer for answer in answers if answer.communes]
        if not found:
            return _none(
                "Không có phường, xã tên này ở nơi ghi trong địa chỉ.",
                "No commune of this name lies where the address says.",
            )
        return _joined(found)

    def _answer(self, mention: _Mention, reading: _Reading, day: date) -> CommuneMatch:
        """Map one name, under the places named with it, to communes of the day."""
        chosen = _fitting(mention, reading)
        chosen = [p for p in chosen if _spelling(p.unit) == mention.spelling] or chosen
        outcomes = [self._succession.on(place.unit.id, day) for place in chosen]
        communes = {s.unit for outcome in outcomes for s in outcome.successors}
        certain = (
            mention.kind is not None and len(communes) == 1 and all(o.certain for o in outcomes)
        )
        return CommuneMatch(
            verdict="certain" if certain else "candidates",
            communes=tuple(sorted(communes)),
            written=tuple(place.unit.id for place in chosen),
            reason=_UNIQUE,
        )

    def _read(self, text: str) -> _Reading:
        reading = _Reading([], set(), set())
        spaced = _GLUED_CAPITAL.sub(r"\1 ", _INITIALS.sub(r"\1\2 ", text))
        spaced = _NUMBER.sub(r"\1", _GLUED_NUMBER.sub(r"\1\2 \3", spaced))
        for segment in _SEGMENT.split(spaced):
            self._read_segment(segment, reading)
        return reading

    def _read_segment(self, segment: str, reading: _Reading) -> None:
        words = name_key(segment).split()
        spelt = re.findall(r"\w+", canonical(segment).lower())
        spelt = spelt if len(spelt) == len(words) else words
        at = bare_from = 0
        while at < len(words):
            after = self._marked_at(words, spelt, at, reading)
            if after is not None:
                at = bare_from = after
            else:
                at += 1
        self._read_bare(words[bare_from:], spelt[bare_from:], reading, alone=bare_from == 0)

    def _marked_at(
        self, words: list[str], spelt: list[str], at: int, reading: _Reading
    ) -> int | None:
        """Read one name with its kind before it; give the place after it, None: none here."""
        for width in (2, 1):
            mark = tuple(words[at : at + width])
            start = at + width
            for end in range(min(len(words), start + self._longest), start, -1):
                key = " ".join(words[start:end])
                if mark in _COMMUNE_WORDS and key in self._communes:
                    spelling = " ".join(spelt[start:end])
                    places = tuple(self._communes[key])
                    reading.communes.append(_Mention(places, spelling, _COMMUNE_WORDS[mark]))
                    return end
                if mark in _PROVINCE_WORDS and self._province(key):
                    reading.provinces |= self._province(key)
                    return end
                kinds = _DISTRICT_WORDS.get(mark, frozenset())
                named = self._districts.get(_DISTRICT_ALIASES.get(key, key), ())
                districts = {u.id for u in named if u.kind in kinds}
                if districts:
                    reading.districts |= districts
                    return end
        return None

    def _read_bare(
        self, words: list[str], spelt: list[str], reading: _Reading, *, alone: bool
    ) -> None:
        """Read a name without its kind: a whole segment, or a province at the end of one."""
        for start in range(max(0, len(words) - self._longest), len(words)):
            provinces = self._province(" ".join(words[start:]))
            if provinces:
                reading.provinces |= provinces
                words, spelt = words[:start], spelt[:start]
                break
        key = " ".join(words)
        named = self._districts.get(_DISTRICT_ALIASES.get(key, key), ())
        if any(mention.kind for mention in reading.communes):
            reading.districts |= {unit.id for unit in named}
        if alone and key in self._communes:
            reading.communes.append(_Mention(tuple(self._communes[key]), " ".join(spelt), None))

    def _province(self, key: str) -> set[UnitId]:
        named = self._provinces.get(_PROVINCE_ALIASES.get(key, key), ())
        return {unit.id for unit in named}


_UNIQUE = Text("Tên chỉ một đơn vị.", "The name means one unit.")


def _none(vi: str, en: str) -> CommuneMatch:
    return CommuneMatch("none", (), (), Text(vi, en))


def _by_key(units: Iterable[NamedUnit]) -> dict[str, list[NamedUnit]]:
    found: dict[str, list[NamedUnit]] = defaultdict(list)
    for unit in units:
        found[name_key(unit.name)].append(unit)
    return dict(found)


def _places(units: Iterable[NamedUnit], succession: Succession) -> Iterable[_Place]:
    """Work out which districts and provinces each commune belongs and belonged to."""
    by_id = {unit.id: unit for unit in units}
    own: dict[UnitId, frozenset[UnitId]] = {}
    for unit in by_id.values():
        if unit.level is Level.COMMUNE:
            own[unit.id] = frozenset(_ancestors(unit, by_id))
    around = {key: set(places) for key, places in own.items()}
    for key, places in own.items():
        if by_id[key].period.end is None:
            continue
        for successor in succession.on(key, REORGANISED).successors:
            around[key] |= own[successor.unit]
            around[successor.unit] |= places
    for key, places in own.items():
        yield _Place(by_id[key], places, frozenset(around[key]))


def _ancestors(unit: NamedUnit, by_id: Mapping[UnitId, NamedUnit]) -> Iterable[UnitId]:
    """Give the units above one, of its own time."""
    above = by_id.get(UnitId(unit.parent_code or "", unit.id.valid_from))
    while above is not None:
        yield above.id
        above = by_id.get(UnitId(above.parent_code or "", above.id.valid_from))


def _spelling(unit: NamedUnit) -> str:
    """Give a name with its accents, to be compared: Tân Thạnh is not Tân Thành."""
    return " ".join(re.findall(r"\w+", canonical(unit.name).lower()))


def _fitting(mention: _Mention, reading: _Reading) -> list[_Place]:
    """Keep the communes that lie where the text says, old readings first where it reads old."""
    places, districts, provinces = mention.places, reading.districts, reading.provinces
    if districts:
        inside = [p for p in places if p.is_old and p.own & districts]
        inside = [p for p in inside if p.around & provinces] or inside
        return inside or [p for p in places if p.around & districts]
    if not provinces:
        return list(places)
    own = [p for p in places if p.own & provinces]
    of_kind = [p for p in own if p.unit.kind == mention.kind]
    if of_kind:
        return of_kind
    # an old name under the new province, or a new name under the old one
    around = [p for p in places if p.around & provinces and p not in own]
    return [*own, *around]


def _joined(found: list[CommuneMatch]) -> CommuneMatch:
    """Join the answers of several names: what they share, else all of it."""
    shared = set(found[0].communes).intersection(*(f.communes for f in found[1:]))
    communes = shared or {unit for answer in found for unit in answer.communes}
    if len(communes) > MAX_CANDIDATES:
        return _none(
            "Quá nhiều nơi trùng tên; cần thêm tỉnh, thành phố hoặc quận, huyện cũ.",
            "Too many places share the name; the province or old district is needed.",
        )
    certain = len(communes) == 1 and any(f.verdict == "certain" for f in found)
    if certain:
        reason = _UNIQUE
    elif len(communes) > 1:
        reason = Text(
            "Phường, xã cũ đã chia tách hoặc trùng tên.",
            "The old commune was split, or the name occurs more than once.",
        )
    else:
        reason = Text(
            "Chỉ có tên, không ghi rõ là phường hay xã.",
            "Only a bare name, not marked as a commune.",
        )
    return CommuneMatch(
        verdict="certain" if certain else "candidates",
        communes=tuple(sorted(communes)),
        written=tuple(dict.fromkeys(unit for answer in found for unit in answer.written)),
        reason=reason,
    )
