"""What to look up in the registry for one query: names first, in memory; numbers next, by index.

One query's questions go into one statement, and a batch's questions too: planning and finishing
touch no database, so that thousands of queries may share a round trip.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from addrsvc.geocoding.answers import Query
from addrsvc.geocoding.areas import Areas
from addrsvc.geocoding.gazetteer import Gazetteer
from addrsvc.geocoding.model import Hit, PlaceKind
from addrsvc.geocoding.probe import Wanted
from addrsvc.geocoding.scopes import Scope
from addrsvc.geocoding.wording import (
    UNIT_TYPES,
    commune_as_written,
    likeness,
    street_as_written,
    with_word_put_right,
)
from addrsvc.parsing.model import Component, ComponentType, Parsed, Status
from addrsvc.parsing.normalise import name_key

MAX_SEARCHES: Final = 24
"""Most places one query is looked for in."""

_HITS: Final = 12
"""Most places of one name in one scope."""

_ELSEWHERE: Final = 3
"""Most communes named that have the street, where the one meant does not."""

_CERTAIN_NAME: Final = 0.9
"""A name less alike than this does not speak for another commune."""

_ALIKE: Final = 0.8
"""Words less alike than this are not taken for a name they were not read as."""

_FEW_LETTERS: Final = 3

_AROUND: Final = 200
"""Most communes of a street looked at for one of the name that is written."""

_KINDS: Final[dict[ComponentType, tuple[PlaceKind, ...]]] = {
    ComponentType.THOROUGHFARE: ("thoroughfare",),
    ComponentType.LOCALITY: ("locality",),
    ComponentType.BUILDING: ("organisation", "locality"),
}
"""What addresses count along, best first."""


@dataclass(slots=True)  # not frozen: thousands are made a second
class Search:
    """One place a component may mean, under one reading of the units."""

    hit: Hit
    scope: Scope
    component: Component
    wanted: int | None = None
    """Position in the plan's list; None: there is no number to look up."""
    is_contradicted: bool = False
    """It lies in a commune the text does not mean."""
    likeness: float = 1.0
    """Of its commune's name and what is written, where that was put right otherwise."""


@dataclass(slots=True)
class Plan:
    """A query read, and what is to be looked up for it."""

    query: Query
    parsed: Parsed
    components: tuple[Component, ...]
    """The reading that was followed; mostly the first."""
    scopes: tuple[Scope, ...]
    searches: tuple[Search, ...]
    wanted: tuple[Wanted, ...]

    def first(self, type_: ComponentType) -> Component | None:
        """Give the first component of a type in the reading that was followed."""
        return next((each for each in self.components if each.type is type_), None)


def make_plan(
    query: Query, parsed: Parsed, scopes: tuple[Scope, ...], gazetteer: Gazetteer, areas: Areas
) -> Plan:
    """Look the names up in memory; other readings of the text only where the first finds none."""
    units = tuple(each for each in parsed.components if each.type in UNIT_TYPES)
    others = ((*below, *units) for below in parsed.alternatives[:2])
    for components in (parsed.components, *others):
        looking = _Looking(query, parsed, components, gazetteer, areas)
        searches = [each for scope in scopes for each in looking.inside(scope)]
        if searches:
            break
    else:
        components = parsed.components
    looking = _Looking(query, parsed, components, gazetteer, areas)
    searches += looking.around(scopes[0], is_found=bool(searches))
    del searches[MAX_SEARCHES:]
    wanted = _ask_for_numbers(searches, components)
    return Plan(query, parsed, components, scopes, tuple(searches), tuple(wanted))


@dataclass(slots=True)
class _Looking:
    """Looks the names of one reading up."""

    query: Query
    parsed: Parsed
    components: Sequence[Component]
    gazetteer: Gazetteer
    areas: Areas

    def inside(self, scope: Scope) -> Iterator[Search]:
        """Give the places of the innermost component that is known, where the units say."""
        communes, provinces = _bounds(self.query, scope)
        for type_, kinds in _KINDS.items():
            found = [
                Search(hit, scope, component)
                for component in self.components
                if component.type is type_
                for kind in kinds
                for hit in self._find(component, kind, communes, provinces)
            ]
            if type_ is ComponentType.THOROUGHFARE and not any(map(_is_beyond_doubt, found)):
                found += self._as_written(scope, communes, provinces, is_found=bool(found))
            if found:
                yield from self._liked(scope, found)
                return

    def _liked(self, scope: Scope, found: list[Search]) -> list[Search]:
        """Note how alike each commune's name is to one that is written and not known."""
        reading = scope.reading
        if scope.communes or reading is None or reading.commune is None:
            return found
        written = commune_as_written(self.parsed, self.components)
        for search in found if written is not None else ():
            area = self.areas.communes.get(search.hit.place.commune_code)
            search.likeness = likeness(written or "", area.full_name) if area is not None else 0.0
        return found

    def _find(
        self,
        component: Component,
        kind: PlaceKind,
        communes: frozenset[str] | None,
        provinces: frozenset[str] | None,
    ) -> list[Hit]:
        key = None if component.type is ComponentType.BUILDING else component.key
        return self.gazetteer.find(kind, component.value, communes, provinces, _HITS, key=key)

    def _as_written(
        self,
        scope: Scope,
        communes: frozenset[str] | None,
        provinces: frozenset[str] | None,
        *,
        is_found: bool,
    ) -> Iterator[Search]:
        """Give the places of the street's words where they were divided, or begin with a slip."""
        if communes is None and provinces is None:
            return
        whole = street_as_written(self.parsed, self.components)
        mended = None if is_found else with_word_put_right(self.parsed, self.components)
        for name, kinds, least in (
            (whole, _KINDS[ComponentType.THOROUGHFARE], _ALIKE),
            (mended, ("thoroughfare", "locality"), _CERTAIN_NAME),
        ):
            if name is None:
                continue
            key = name_key(name)
            component = Component(ComponentType.THOROUGHFARE, name, None, Status.CORRECTED, key)
            for kind in kinds:
                for hit in self.gazetteer.find(kind, name, communes, provinces, _HITS):
                    if hit.similarity >= least:
                        yield Search(hit, scope, component)

    def around(self, scope: Scope, *, is_found: bool) -> Iterator[Search]:
        """Give the places of the street, else of the locality, in other communes of the province.

        Those of a commune whose name is as close to what is written as the one that was read may
        be meant; the others are candidates, no answers.
        """
        street, kind = self._counted_along()
        if street is None or self.query.commune is not None or not scope.communes:
            return
        written = commune_as_written(self.parsed, self.components)
        if written is None and (is_found or kind == "locality"):
            return
        if not self.gazetteer.knows(kind, street.key):
            return
        own = scope.codes or frozenset()
        provinces = _provinces(self.query, scope)
        limit = _HITS if written is None else _AROUND
        others = 0
        for hit in self.gazetteer.find(kind, street.value, None, provinces, limit, key=street.key):
            area = self.areas.communes.get(hit.place.commune_code)
            if area is None or area.code in own or hit.similarity < _CERTAIN_NAME:
                continue
            alike = 0.0 if written is None else likeness(written, area.full_name)
            if alike >= _ALIKE:
                yield Search(hit, scope, street, likeness=alike)
            elif not is_found and kind == "thoroughfare" and others < _ELSEWHERE:
                others += 1
                yield Search(hit, scope, street, is_contradicted=True)

    def _counted_along(self) -> tuple[Component | None, PlaceKind]:
        """Give the street, else the first locality, and its kind."""
        for type_ in (ComponentType.THOROUGHFARE, ComponentType.LOCALITY):
            for component in self.components:
                if component.type is type_:
                    return component, _KINDS[type_][0]
        return None, "thoroughfare"


def _is_beyond_doubt(search: Search) -> bool:
    """Tell whether a name is found as it stands; one of few letters may be the rest of a name."""
    return search.hit.similarity == 1 and len(search.hit.place.key) > _FEW_LETTERS


def _bounds(query: Query, scope: Scope) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    if query.commune is not None:
        return frozenset((query.commune,)), None
    if scope.codes is not None:
        return scope.codes, None
    return None, _provinces(query, scope)


def _provinces(query: Query, scope: Scope) -> frozenset[str] | None:
    return frozenset((query.province,)) if query.province is not None else scope.provinces


def _ask_for_numbers(searches: list[Search], components: Sequence[Component]) -> list[Wanted]:
    """Ask for the number on each street, communes of one street together."""
    number = next((c for c in components if c.type is ComponentType.HOUSE_NUMBER), None)
    if number is None:
        return []
    communes: dict[str, dict[str, None]] = {}
    for search in searches:
        place = search.hit.place
        if place.kind != "organisation":
            communes.setdefault(place.key, {})[place.commune_code] = None
    order = {key: at for at, key in enumerate(communes)}
    for search in searches:
        search.wanted = order.get(search.hit.place.key)
    return [Wanted(key, number.key, tuple(codes)) for key, codes in communes.items()]
