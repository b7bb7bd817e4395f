"""What the registry said about the places asked for, as candidates to be ranked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from addrsvc.admin_units.conversion import Certainty
from addrsvc.geocoding.answers import Area, Candidate, Query
from addrsvc.geocoding.areas import Areas
from addrsvc.geocoding.calibration import Features
from addrsvc.geocoding.model import MatchLevel, Place
from addrsvc.geocoding.planning import Plan, Search
from addrsvc.geocoding.probe import Found, Neighbour, Probed
from addrsvc.geocoding.scopes import Scope
from addrsvc.parsing.keys import street_number, unit_key
from addrsvc.parsing.model import Component, ComponentType, Status
from addrsvc.registry.model import PRIVATE_KINDS
from addrsvc.types import LonLat

_NEAR_M: Final = 5_000.0
"""At this distance from where the asker looks, nearness counts a third."""

_ALLEY_M: Final = 60.0
"""How far along an alley the next number may stand, where only one is known."""

_LEAST_M: Final = 50.0
"""No street is shorter than this, though only one of its addresses be known."""

_STREET_M: Final = 1_000.0
"""Half the length of a street whose spread is not known."""


def candidates_of(plan: Plan, probed: Sequence[Probed], areas: Areas) -> list[Candidate]:
    """Give every place that may be meant; none lies inside another."""
    formers = _formers(plan, probed)
    found = [
        each
        for search in plan.searches
        if not _is_named_after(search, formers)
        for each in _of_search(plan, search, probed, areas)
    ]
    finer = {each.area.code for each in found if not each.features.is_contradicted}
    found += _of_areas(plan, areas, finer)
    return [each for each in found if _is_inside(each, plan.query)]


def _formers(plan: Plan, probed: Sequence[Probed]) -> frozenset[tuple[str, str]]:
    """Give the keys that a house of a commune was called by, exactly as they are written."""
    return frozenset(
        (search.component.key, each.commune_code)
        for search in plan.searches
        if search.wanted is not None and search.hit.place.key == search.component.key
        for each in probed[search.wanted].former
    )


def _is_named_after(search: Search, formers: frozenset[tuple[str, str]]) -> bool:
    """Tell whether a name written leads here only because the street was renamed.

    Where a house is known that had this very number under the old name, the same number of the
    new name is another house, or the same once more.
    """
    place, key = search.hit.place, search.component.key
    return place.key != key and (key, place.commune_code) in formers


def _of_search(
    plan: Plan, search: Search, probed: Sequence[Probed], areas: Areas
) -> Iterator[Candidate]:
    """Give the best candidates of one place: the house, else what is nearest to it."""
    place = search.hit.place
    area = areas.communes.get(place.commune_code)
    if area is None:
        return
    make = _Maker(plan, search, area)
    if place.kind == "organisation":
        yield make.organisation(place)
        return
    answer = probed[search.wanted] if search.wanted is not None else None
    if answer is None:
        yield make.street(place, is_number_found=make.number is None)
        return
    for houses in (answer.exact, answer.former, answer.retired):
        here = [each for each in houses if each.commune_code == area.code]
        if here:
            yield from make.houses(here)
            return
    alley = [each for each in answer.alley if each.commune_code == area.code]
    between = _pair(answer.lower, answer.higher, area.code)
    if alley:
        yield make.alley(alley)
    elif between is not None:
        yield make.interpolated(*between)
    else:
        yield make.street(place, is_number_found=False)


class _Maker:
    """Makes the candidates of one place."""

    def __init__(self, plan: Plan, search: Search, area: Area) -> None:
        self._plan, self._search, self._area = plan, search, area
        self.number = plan.first(ComponentType.HOUSE_NUMBER)
        self._corrected = _corrected(plan.components)

    def houses(self, exact: Sequence[Found]) -> Iterator[Candidate]:
        """Give the house itself, or its unit where one is named and registered."""
        unit = self._plan.first(ComponentType.UNIT)
        whole = [each for each in exact if each.document.components.unit is None]
        parts = [each for each in exact if each.document.components.unit is not None]
        if unit is not None:
            key = unit_key(unit.value)
            named = [each for each in parts if unit_key(each.document.components.unit or "") == key]
            if named:
                yield from (self._registered(each, MatchLevel.UNIT) for each in named)
                return
        for each in whole or parts[:1]:
            level = MatchLevel.HOUSE
            yield self._registered(each, level, has_units=bool(parts), is_part=not whole)

    def _registered(
        self, found: Found, level: MatchLevel, *, has_units: bool = False, is_part: bool = False
    ) -> Candidate:
        document = found.document
        parts, position = document.components, document.position
        shown = document.kind not in PRIVATE_KINDS
        key = self._search.hit.place.key
        is_former = found.called_until is not None
        return Candidate(
            self._features(level, found.point),
            self._area,
            name=document.name if shown else None,
            code=None if is_part else found.code,
            unit=None if is_part else parts.unit,
            house_number=parts.house_number,
            street=parts.thoroughfare,
            locality=parts.localities[0].name if parts.localities else None,
            key=key,
            point=found.point,
            accuracy_m=None if position is None else position.accuracy_m,
            method="unknown" if position is None else position.method.value,
            marks="object" if position is None else position.marks.value,
            has_units=has_units,
            called_until=found.called_until,
            is_street_former=is_former and parts.search_keys()[0] != key,
            is_retired=found.is_retired,
            successors=found.successors,
        )

    def organisation(self, place: Place) -> Candidate:
        """Give a named object."""
        return self._at(MatchLevel.ORGANISATION, place.centre, None, name=place.name)

    def street(self, place: Place, *, is_number_found: bool) -> Candidate:
        """Give the street or locality as a whole."""
        level = MatchLevel.LOCALITY if place.kind == "locality" else MatchLevel.STREET
        spread = _STREET_M if place.spread_m is None else max(place.spread_m, _LEAST_M)
        radius = self._area.radius_m
        accuracy = spread if radius is None else min(spread, radius)
        return self._at(level, place.centre, accuracy, is_number_found=is_number_found)

    def alley(self, alley: Sequence[Found]) -> Candidate:
        """Give the nearest registered number of the same alley."""
        wanted = self.number.key if self.number is not None else ""
        nearest = min(alley, key=lambda each: (_apart(each.number_key, wanted), each.code))
        others = [each.point for each in alley if each.point is not None]
        reach = max((_metres(nearest.point, each) for each in others), default=0.0)
        return self._at(
            MatchLevel.ALLEY, nearest.point, max(reach, _ALLEY_M), is_number_found=False
        )

    def interpolated(self, lower: Neighbour, higher: Neighbour) -> Candidate:
        """Give the point between two registered numbers of the street, by their numbers."""
        wanted = street_number(self.number.key) if self.number is not None else None
        low, high = street_number(lower.number_key), street_number(higher.number_key)
        part = 0.5
        if wanted is not None and low is not None and high is not None and high > low:
            part = min(max((wanted - low) / (high - low), 0.0), 1.0)
        one, other = lower.point, higher.point
        point = LonLat(
            one.lon + part * (other.lon - one.lon), one.lat + part * (other.lat - one.lat)
        )
        accuracy = max(_metres(one, other) / 2, 15.0)
        return self._at(MatchLevel.INTERPOLATED, point, accuracy, is_number_found=False)

    def _at(
        self,
        level: MatchLevel,
        point: LonLat | None,
        accuracy_m: float | None,
        *,
        is_number_found: bool = True,
        name: str | None = None,
    ) -> Candidate:
        place = self._search.hit.place
        number = self.number
        return Candidate(
            self._features(level, point, is_number_found=is_number_found),
            self._area,
            name=name,
            code=place.code,
            house_number=number.value
            if number is not None and level is MatchLevel.INTERPOLATED
            else None,
            street=place.name if place.kind == "thoroughfare" else None,
            locality=place.name if place.kind == "locality" else None,
            key=place.key,
            point=point,
            accuracy_m=accuracy_m,
            method="unknown" if point is None else "thoroughfare_centre",
            marks="object" if level is MatchLevel.ORGANISATION else "area",
        )

    def _features(
        self, level: MatchLevel, point: LonLat | None, *, is_number_found: bool = True
    ) -> Features:
        search = self._search
        scope = search.scope
        return Features(
            level,
            name=search.hit.similarity,
            reading=scope.weight * search.likeness,
            commune=_sureness(scope, self._area.code),
            is_commune_named=bool(scope.communes) or self._plan.query.commune is not None,
            is_contradicted=search.is_contradicted,
            is_number_found=is_number_found,
            corrected=self._corrected,
            bias=_bias(point, self._plan.query),
        )


def _of_areas(plan: Plan, areas: Areas, finer: set[str]) -> Iterator[Candidate]:
    """Give the communes, else provinces, of readings that nothing finer was found in.

    Of a district named without a commune, those its communes became.
    """
    wants_more = any(each.type in _BELOW for each in plan.components)
    seen: set[str] = set()
    for scope in plan.scopes:
        is_meant = bool(scope.communes) or not finer
        for code in sorted(scope.codes or ()) if is_meant else ():
            area = areas.communes.get(code)
            if area is not None and code not in finer | seen:
                seen.add(code)
                yield _area(plan, scope, area, MatchLevel.COMMUNE, is_number_found=not wants_more)
        if scope.codes or finer:
            continue
        for code in sorted(scope.provinces or ()):
            area = areas.provinces.get(code)
            if area is not None and code not in seen:
                seen.add(code)
                yield _area(plan, scope, area, MatchLevel.PROVINCE, is_number_found=not wants_more)


_BELOW: Final = frozenset(
    {ComponentType.HOUSE_NUMBER, ComponentType.THOROUGHFARE, ComponentType.LOCALITY}
)


def _area(
    plan: Plan, scope: Scope, area: Area, level: MatchLevel, *, is_number_found: bool
) -> Candidate:
    return Candidate(
        Features(
            level,
            reading=scope.weight,
            commune=_sureness(scope, area.code),
            is_commune_named=bool(scope.communes),
            is_number_found=is_number_found,
            corrected=_corrected(plan.components),
            bias=_bias(area.centre, plan.query),
        ),
        area,
        point=area.centre,
        accuracy_m=area.radius_m,
        method="unknown" if area.centre is None else "commune_centre",
    )


def _sureness(scope: Scope, code: str) -> float:
    """Give how sure it is that the commune meant is this one, by the words alone."""
    for present in scope.communes:
        if present.unit.code == code:
            if present.certainty is not Certainty.CANDIDATE:
                return 1.0
            known = [each.share for each in scope.communes if each.share is not None]
            if present.share is None or len(known) < len(scope.communes):
                return 1 / len(scope.communes)
            return present.share
    if not scope.communes and scope.area is not None and code in scope.area:
        return 1 / len(scope.area)
    return 1.0


def _corrected(components: Iterable[Component]) -> int:
    return sum(each.status is Status.CORRECTED for each in components)


def _bias(point: LonLat | None, query: Query) -> float:
    if point is None or query.near is None:
        return 0.0
    return math.exp(-_metres(point, query.near) / _NEAR_M)


def _is_inside(candidate: Candidate, query: Query) -> bool:
    box, point = query.box, candidate.point
    if box is None:
        return True
    return (
        point is not None
        and box.west <= point.lon <= box.east
        and box.south <= point.lat <= box.north
    )


def _pair(
    lower: Sequence[Neighbour], higher: Sequence[Neighbour], commune: str
) -> tuple[Neighbour, Neighbour] | None:
    below = next((each for each in lower if each.commune_code == commune), None)
    above = next((each for each in higher if each.commune_code == commune), None)
    return None if below is None or above is None else (below, above)


def _apart(key: str | None, wanted: str) -> float:
    """Tell how far two numbers of an alley are from each other, by their last step."""
    one = street_number((key or "").rpartition("/")[2])
    other = street_number(wanted.rpartition("/")[2])
    return math.inf if one is None or other is None else abs(one - other)


def _metres(one: LonLat | None, other: LonLat) -> float:
    """Measure a short distance on the sphere, good to half a per cent."""
    if one is None:
        return 0.0
    east = math.radians(other.lon - one.lon) * math.cos(math.radians((one.lat + other.lat) / 2))
    return 6_371_000 * math.hypot(east, math.radians(other.lat - one.lat))
