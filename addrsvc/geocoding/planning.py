"""What to look up in the registry for one query: names first, in memory; numbers next, by index.

One query's questions go into one statement, and a batch's questions too: planning and finishing
touch no database, so that thousands of queries may share a round trip.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from addrsvc.geocoding.answers import Query
from addrsvc.geocoding.gazetteer import Gazetteer
from addrsvc.geocoding.model import Hit, PlaceKind
from addrsvc.geocoding.probe import Wanted
from addrsvc.geocoding.scopes import Scope
from addrsvc.parsing.model import Component, ComponentType, Parsed

MAX_SEARCHES: Final = 24
"""Most places one query is looked for in."""

_HITS: Final = 12
"""Most places of one name in one scope."""

_ELSEWHERE: Final = 3
"""Most communes named that have the street, where the one meant does not."""

_CERTAIN_NAME: Final = 0.9
"""A name less alike than this does not speak for another commune."""

_KINDS: Final[dict[ComponentType, tuple[PlaceKind, ...]]] = {
    ComponentType.THOROUGHFARE: ("thoroughfare",),
    ComponentType.LOCALITY: ("locality",),
    ComponentType.BUILDING: ("organisation", "locality"),
}
"""What addresses count along, best first."""


UNIT_TYPES: Final = frozenset(
    {ComponentType.COMMUNE, ComponentType.DISTRICT, ComponentType.PROVINCE, ComponentType.POSTCODE}
)
"""Components that other readings of a text share with the first."""


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
    query: Query, parsed: Parsed, scopes: tuple[Scope, ...], gazetteer: Gazetteer
) -> Plan:
    """Look the names up in memory; other readings of the text only where the first finds none."""
    units = tuple(each for each in parsed.components if each.type in UNIT_TYPES)
    others = ((*below, *units) for below in parsed.alternatives[:2])
    for components in (parsed.components, *others):
        searches = list(_searches(query, components, scopes, gazetteer))
        if searches:
            break
    else:
        components = parsed.components
        searches = list(_elsewhere(query, components, scopes, gazetteer))
    del searches[MAX_SEARCHES:]
    wanted = _ask_for_numbers(searches, components)
    return Plan(query, parsed, components, scopes, tuple(searches), tuple(wanted))


def _searches(
    query: Query, components: Sequence[Component], scopes: Sequence[Scope], gazetteer: Gazetteer
) -> Iterator[Search]:
    """Give the places of the innermost component that is known, under each reading."""
    for scope in scopes:
        communes, provinces = _bounds(query, scope)
        for component in _named(components):
            found = [
                hit
                for kind in _KINDS[component.type]
                for hit in gazetteer.find(
                    kind, component.value, communes, provinces, _HITS, key=_key(component, kind)
                )
            ]
            for hit in found:
                yield Search(hit, scope, component)
            if found:
                break


def _elsewhere(
    query: Query, components: Sequence[Component], scopes: Sequence[Scope], gazetteer: Gazetteer
) -> Iterator[Search]:
    """Give the places of the street in other communes of the province: candidates, no answers."""
    street = next((c for c in components if c.type is ComponentType.THOROUGHFARE), None)
    if street is None or query.commune is not None:
        return
    if not gazetteer.knows("thoroughfare", street.key):
        return
    for scope in scopes[:1]:
        if scope.codes is None:
            continue
        provinces = _provinces(query, scope)
        hits = gazetteer.find(
            "thoroughfare", street.value, None, provinces, _ELSEWHERE, key=street.key
        )
        for hit in hits:
            if hit.similarity >= _CERTAIN_NAME and hit.place.commune_code not in scope.codes:
                yield Search(hit, scope, street, is_contradicted=True)


def _named(components: Sequence[Component]) -> Iterator[Component]:
    """Give the components that addresses count along: street, then localities, then building."""
    for type_ in _KINDS:
        yield from (each for each in components if each.type is type_)


def _key(component: Component, kind: PlaceKind) -> str | None:
    """Give the search key where the component's own is of that kind."""
    return component.key if component.type is not ComponentType.BUILDING or kind is None else None


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
