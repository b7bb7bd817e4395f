"""Join the names found in a text to readings: a commune in a district in a province. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from addrsvc.parsing.lexicon import Place, UnitLexicon
from addrsvc.parsing.model import Status
from addrsvc.parsing.units_found import Found
from addrsvc.parsing.units_scoring import (
    ACCENTS_OTHER,
    ALONE,
    AT_END,
    BLANK,
    COMMON_NOUNS,
    DISTRICT_AROUND,
    DISTRICT_IN_PROVINCE,
    FORMER,
    FORMER_ALONE,
    NEW_FORM,
    OWN_DISTRICT,
    UNUSED,
    UNUSED_ALONE,
    UNUSED_OUTER,
    WRONG_ORDER,
    accents_cost,
    fits,
    kind_cost,
    standing,
    worth,
)
from addrsvc.types import Level

MARGIN = 1.0
"""Readings within so many points of the best are given too."""
MOST_READINGS = 24
_MOST_FRAMES = 16
"""Pairs of district and province tried, best first; a usual text has three."""
_OUTER = (Level.DISTRICT, Level.PROVINCE)
_LEAST, _LEAST_COMMUNE = 0.3, 0.8
"""A name worth less than this is none."""


class Option(NamedTuple):
    """A place a name may mean."""

    found: Found
    place: Place
    worth: float


class Named(NamedTuple):
    """One unit of a reading."""

    level: Level
    place: Place | None
    """None: named so, but no register knows it there."""
    kind: str
    found: Found | None
    """None: not in the text."""
    status: Status
    evidence: tuple[str, ...]


class Assembled(NamedTuple):
    """One reading and its points."""

    points: float
    commune: Named | None
    district: Named | None
    province: Named | None


class _Frame(NamedTuple):
    """The district and province of a reading, one of them or both or none."""

    points: float
    district: Option | None
    province: Option | None

    @property
    def chosen(self) -> tuple[Option, ...]:
        return tuple(each for each in (self.district, self.province) if each is not None)

    @property
    def area(self) -> Place | None:
        inner = self.district or self.province
        return None if inner is None else inner.place


class _Weighed(NamedTuple):
    """A reading that holds together, and its points."""

    points: float
    frame: _Frame
    commune: Option | None
    inner: Option
    """The innermost unit named."""

    @property
    def is_bare(self) -> bool:
        """Nothing but a commune's bare name."""
        return (
            self.commune is not None and self.commune.found.mark is None and self.frame.area is None
        )


def assemble(found: Sequence[Found], lexicon: UnitLexicon) -> list[Assembled]:
    """Give the readings of what was found, best first, those near the best only."""
    options = _options(found, lexicon)
    claims = _claims(found, options)
    kept, lost = _read_by(found, claims), sum(claims.values())
    told = any(
        mark is not None
        and mark.written_out
        and Level.COMMUNE in mark.levels
        and each.end > each.name
        and not each.owned
        for each in found
        for mark in (each.mark,)
    )
    communes: dict[Found, list[Option]] = defaultdict(list)
    for option in options[Level.COMMUNE]:
        if option.found.mark is not None or not told:
            communes[option.found].append(option)
    readings: list[_Weighed] = []
    frames = sorted(_frames(options), key=lambda each: -each.points)
    for frame in frames[:_MOST_FRAMES]:
        chosen = [option.found for option in frame.chosen]
        points = frame.points + lost - sum(map(kept.__getitem__, chosen))
        if chosen:
            readings.append(_Weighed(points, frame, None, frame.chosen[0]))
        for each, places in communes.items():
            if not any(_overlap(each, other) for other in chosen):
                stand = _stand(each, chosen)
                readings += _with_communes(frame, points - kept[each], stand, places)
    if any(each.mark is not None and Level.COMMUNE in each.mark.levels for each in found):
        readings = [each for each in readings if not each.is_bare]
    return _best(readings, found, lexicon)


def _with_communes(
    frame: _Frame, base: float, stand: float, places: Sequence[Option]
) -> Iterator[_Weighed]:
    """Weigh the places one name may mean under a district and province."""
    area = frame.area
    bare = places[0].found.mark is None
    if places[0].found.after_blank:
        stand += BLANK
    for option in places:
        place, points = option.place, stand + option.worth
        if area is None:
            if bare and (points < ALONE - ACCENTS_OTHER or place.key in COMMON_NOUNS):
                continue
        elif area.index in place.own:
            points += OWN_DISTRICT
            if frame.district is None and place.unit.period.end is None:
                points += NEW_FORM
        elif area.index not in place.around:
            continue
        if place.living is None:
            points += FORMER_ALONE if frame.district is None else FORMER
        if points >= _LEAST_COMMUNE:
            yield _Weighed(base + points, frame, option, option)


def _options(found: Sequence[Found], lexicon: UnitLexicon) -> dict[Level, list[Option]]:
    options: dict[Level, list[Option]] = {level: [] for level in Level}
    for each in found:
        indices = (lexicon.short if each.how == "initials" else lexicon.by_key).get(each.key, ())
        for index in indices:
            place = lexicon.places[index]
            if fits(each, place):
                options[place.unit.level].append(Option(each, place, worth(each, place)))
    return options


def _frames(options: dict[Level, list[Option]]) -> Iterator[_Frame]:
    """Give every pair of district and province that hold together, and each alone, and none."""
    yield _Frame(0.0, None, None)
    provinces = [_Frame(_points(each, ()), None, each) for each in options[Level.PROVINCE]]
    provinces = [each for each in provinces if each.points >= _LEAST]
    yield from provinces
    for district in options[Level.DISTRICT]:
        alone = _points(district, ())
        if alone >= _LEAST:
            yield _Frame(alone, district, None)
        for frame in provinces:
            province = frame.province
            if province is None or _overlap(district.found, province.found):
                continue
            if province.place.index in district.place.own:
                bonus = DISTRICT_IN_PROVINCE
            elif province.place.index in district.place.around:
                bonus = DISTRICT_AROUND
            else:
                continue
            points = frame.points + _points(district, (province.found,)) + bonus
            yield _Frame(points, district, province)


def _points(option: Option, right: Sequence[Found]) -> float:
    """Weigh a district or province as it stands beside the province already read."""
    found = option.found
    points = _stand(found, right) + option.worth
    if option.place.unit.level is Level.PROVINCE:
        points += AT_END if found.end == 0 else 0.0
    elif found.before_blank:
        points += BLANK
    return points + FORMER if option.place.living is None else points


def _stand(found: Found, right: Sequence[Found]) -> float:
    """Weigh how a name stands beside the units read already; those belong right of it."""
    closed = found.closes or any(found.end == other.start for other in right)
    opened = found.opens or any(found.start == other.end for other in right)
    points = standing(found, closed=closed, opened=opened)
    for other in right:
        if found.start > other.start:
            points += WRONG_ORDER
    return points


def _overlap(one: Found, other: Found) -> bool:
    return one.start < other.end and other.start < one.end


def _claims(found: Sequence[Found], options: dict[Level, list[Option]]) -> dict[int, float]:
    """Weigh what is lost where a name goes unread that hardly is anything else, by its start."""
    outer = [each.found for level in _OUTER for each in options[level]]
    alone = [each for each in outer if each.opens and each.closes and each.how == "name"]
    claims = {each.start: UNUSED_ALONE for each in alone}
    claims |= {e.start: UNUSED[e.mark.written_out] for e in found if e.mark is not None}
    return claims | {each.start: UNUSED_OUTER for each in outer if each.mark is not None}


def _read_by(found: Sequence[Found], claims: dict[int, float]) -> dict[Found, float]:
    """Weigh what each name keeps from being lost where it is read."""
    return {
        each: sum(lost for start, lost in claims.items() if each.start <= start < each.end)
        for each in found
    }


def _best(
    readings: list[_Weighed],
    found: Sequence[Found],
    lexicon: UnitLexicon,
) -> list[Assembled]:
    """Keep those near the best, each commune once; without one, each district or province."""
    readings.sort(key=lambda each: -each.points)
    outer: list[Option] = []
    kept: dict[tuple[Level, int], Assembled] = {}
    for points, frame, commune, inner in readings:
        if points < readings[0].points - MARGIN or len(kept) == MOST_READINGS:
            break
        if commune is None:
            outer.append(inner)
        elif frame.district is None and any(_is_whole(each, commune) for each in outer):
            continue
        key = (inner.place.unit.level, inner.place.index)
        if key not in kept:
            kept[key] = _assembled(points, frame, commune, found, lexicon)
    return sorted(kept.values(), key=_rank)


def _is_whole(outer: Option, commune: Option) -> bool:
    """Tell whether a commune's bare name rather is that of a district or province.

    It is where the commune lies in that district (``Dĩ An, Bình Dương``), or has nothing to do
    with that province.
    """
    if commune.found != outer.found or commune.found.mark is not None:
        return False
    if outer.place.unit.level is Level.DISTRICT:
        return outer.place.index in commune.place.own
    return outer.place.index not in commune.place.own | commune.place.around


def _rank(reading: Assembled) -> tuple[float, bool, bool]:
    inner = reading.commune or reading.district or reading.province
    place = None if inner is None else inner.place
    if place is None:
        return -reading.points, True, True
    return -reading.points, place.former, place.unit.period.end is not None


def _assembled(
    points: float,
    frame: _Frame,
    commune: Option | None,
    found: Sequence[Found],
    lexicon: UnitLexicon,
) -> Assembled:
    named = None if commune is None else _named(commune)
    if named is None:
        named = _unread_commune(frame, found, lexicon)
    district = None if frame.district is None else _named(frame.district)
    province = None if frame.province is None else _named(frame.province)
    inner = [each.place for each in (named, district) if each is not None and each.place]
    if district is None:
        district = _inferred(Level.DISTRICT, inner, lexicon)
    if province is None:
        province = _inferred(Level.PROVINCE, inner, lexicon)
    return Assembled(points, named, district, province)


def _named(option: Option) -> Named:
    found, place = option.found, option.place
    evidence = ["lexicon" if found.mark is None else "marker"]
    if found.how != "name":
        evidence.append(found.how)
    other_accents = accents_cost(found.spelling, place.spelling) >= ACCENTS_OTHER
    if other_accents:
        evidence.append("accents")
    if kind_cost(found, place) > 0:
        evidence.append("kind")
    if place.former:
        evidence.append("before_2025")
        status = Status.UNCONFIRMED
    elif found.how == "typo" or other_accents or "kind" in evidence:
        status = Status.CORRECTED
    else:
        status = Status.CONFIRMED
    return Named(place.unit.level, place, place.unit.kind, found, status, tuple(evidence))


def _inferred(level: Level, inner: Sequence[Place], lexicon: UnitLexicon) -> Named | None:
    """Give the unit of a level that what was read lies in."""
    for place in inner:
        for index in place.own:
            above = lexicon.places[index]
            if above.unit.level is level and not above.former:
                kind = above.unit.kind
                return Named(level, above, kind, None, Status.INFERRED, ("parent",))
    return None


def _unread_commune(frame: _Frame, found: Sequence[Found], lexicon: UnitLexicon) -> Named | None:
    """Give the marked commune that no register knows there; a district's only town by its mark."""
    used = [option.found for option in frame.chosen]
    unread = [
        (each, each.mark)
        for each in found
        if each.mark is not None
        and Level.COMMUNE in each.mark.levels
        and not each.owned
        and not any(_overlap(each, other) for other in used)
    ]
    named = [pair for pair in unread if pair[0].end > pair[0].name]
    if named:
        widest, mark = max(named, key=lambda p: (p[1].written_out, p[0].end - p[0].name))
        kind = min(mark.kinds)
        return Named(Level.COMMUNE, None, kind, widest, Status.UNCONFIRMED, ("marker",))
    if not unread or frame.district is None or "thi_tran" not in unread[-1][1].kinds:
        return None
    town = _only_town(frame.district.place, lexicon)
    if town is None:
        return None
    evidence = ("marker", "parent")
    return Named(Level.COMMUNE, town, "thi_tran", unread[-1][0], Status.INFERRED, evidence)


def _only_town(district: Place, lexicon: UnitLexicon) -> Place | None:
    """Give the town a district has, the one of its own name among several."""
    inside = [lexicon.places[index] for index in lexicon.inside(district.index, Level.COMMUNE)]
    towns = [
        place for place in inside if place.unit.kind == "thi_tran" and district.index in place.own
    ]
    seats = [town for town in towns if town.key == district.key] or towns
    return seats[0] if len(seats) == 1 else None
