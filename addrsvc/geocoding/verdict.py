"""What may be done with an address: category, next action, and why, part by part.

The rule of acceptance stands in ``ranking``; here it is found out what the rule looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from addrsvc.admin_units.conversion import Certainty, Named, PresentCommune
from addrsvc.admin_units.model import KNOWN_FROM, REORGANISED
from addrsvc.findings import Finding, Severity
from addrsvc.geocoding.answers import Candidate, Match
from addrsvc.geocoding.model import MatchLevel
from addrsvc.geocoding.noticing import notice
from addrsvc.geocoding.planning import Plan
from addrsvc.geocoding.ranking import Category, NextAction, Standing, decide
from addrsvc.geocoding.scopes import DescribeUnit, Scope
from addrsvc.parsing.keys import locality_key
from addrsvc.parsing.model import Component, ComponentType, Status
from addrsvc.types import UnitId

_DEPTH: Final[dict[MatchLevel, int]] = {
    MatchLevel.UNIT: 5,
    MatchLevel.HOUSE: 4,
    MatchLevel.ORGANISATION: 4,
    MatchLevel.ALLEY: 3,
    MatchLevel.INTERPOLATED: 3,
    MatchLevel.STREET: 2,
    MatchLevel.LOCALITY: 2,
    MatchLevel.COMMUNE: 1,
    MatchLevel.PROVINCE: 0,
}
_ASKED: Final[dict[ComponentType, int]] = {
    ComponentType.UNIT: 5,
    ComponentType.HOUSE_NUMBER: 4,
    ComponentType.THOROUGHFARE: 2,
    ComponentType.LOCALITY: 2,
    ComponentType.COMMUNE: 1,
}
"""How deep an answer must reach for each component that is named."""

REGISTERED: Final = frozenset({MatchLevel.UNIT, MatchLevel.HOUSE})
"""Levels of an answer that is an address of the register."""

_ORDER: Final = tuple(ComponentType)
_OPTIONAL: Final = frozenset(
    {
        ComponentType.LOCALITY,
        ComponentType.BUILDING,
        ComponentType.FLOOR,
        ComponentType.DISTRICT,
        ComponentType.POSTCODE,
    }
)
"""May stay unconfirmed where the address itself is registered."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that is said about one address."""

    category: Category
    next_action: NextAction
    confidence: float
    gap: float
    components: tuple[Component, ...]
    written: UnitId | None
    present: tuple[PresentCommune, ...]
    matches: tuple[Match, ...]
    findings: tuple[Finding, ...]


def judge(
    plan: Plan,
    matches: Sequence[Match],
    scopes_at: Sequence[Scope],
    describe: DescribeUnit,
) -> Verdict:
    """Say what may be done with an address.

    Args:
        plan: how the address was read.
        matches: all candidates, best first.
        scopes_at: the same readings as ``plan.scopes``, brought to the day asked for.
        describe: names and periods of units.
    """
    best = matches[0] if matches else None
    found = best.candidate if best is not None else None
    scope = _scope_of(found, plan.scopes, scopes_at)
    since = KNOWN_FROM if plan.query.at < REORGANISED else REORGANISED
    present = _present(scope, scopes_at, matches, lambda code: describe(UnitId(code, since)))
    components = _components(plan, found, present)
    reading = scope.reading if scope is not None else None
    mention = reading.commune if reading is not None else None
    written = mention.unit if mention is not None else None
    if found is not None and _is_respelled(found, plan):
        written, present = None, _registered(found, plan)
        components = tuple(_as_found(each, found) for each in components)
    findings = notice(plan, matches, components, scope, present, written, describe)
    standing = _standing(plan, best, components, findings, present)
    category, action = decide(standing)
    return Verdict(
        category,
        action,
        standing.confidence,
        standing.gap,
        components,
        written,
        present,
        tuple(matches[: plan.query.limit]),
        findings,
    )


def _scope_of(
    found: Candidate | None, scopes: Sequence[Scope], scopes_at: Sequence[Scope]
) -> Scope | None:
    """Give the reading that the best answer follows, as it is on the day asked for."""
    for scope in scopes:
        if found is not None and any(c.unit.code == found.area.code for c in scope.communes):
            return next((at for at in scopes_at if at.reading is scope.reading), None)
    return scopes_at[0] if scopes_at else None


def _present(
    scope: Scope | None,
    scopes_at: Sequence[Scope],
    matches: Sequence[Match],
    describe: Callable[[str], Named | None],
) -> tuple[PresentCommune, ...]:
    """Give the communes it may lie in; a registered number settles which of several.

    It settles it only where no other candidate commune has the same number registered. Communes
    of another reading that is as good are candidates too: ``Thủ Dầu Một`` is a commune, and was
    a city of several.
    """
    if scope is None:
        return ()
    as_good = [each for each in scopes_at if each.is_as_good and scope.is_as_good]
    communes = {each.unit: each for each in scope.communes}
    for other in as_good:
        communes |= {each.unit: each for each in other.communes if each.unit not in communes}
    codes = {each.unit.code for each in communes.values()}
    if codes:
        areas = {code for each in as_good if not each.communes for code in each.area or ()}
        communes |= {each.unit: each for each in _of_area(areas - codes, describe)}
    if len(communes) < 2:
        return tuple(communes.values())
    registered = {
        each.candidate.area.code
        for each in matches
        if each.candidate.level in REGISTERED and each.candidate.features.name == 1
    }
    settled = [each for each in communes.values() if each.unit.code in registered]
    if len(settled) == 1:
        return (replace(settled[0], certainty=Certainty.BY_GEOMETRY),)
    return tuple(replace(each, certainty=Certainty.CANDIDATE) for each in communes.values())


def _of_area(
    codes: Iterable[str], describe: Callable[[str], Named | None]
) -> Iterator[PresentCommune]:
    """Give the communes of a district that is named without one."""
    for code in sorted(codes):
        named = describe(code)
        if named is not None:
            yield PresentCommune(
                named.unit, named.name, Certainty.CANDIDATE, None, None, ("several_named",)
            )


def _is_respelled(found: Candidate, plan: Plan) -> bool:
    """Tell whether it lies in a commune of a name like the one written, and not the one read."""
    named = {each.unit.code for scope in plan.scopes for each in scope.communes}
    is_commune = found.area.province is not None and not found.features.is_contradicted
    return is_commune and bool(named) and found.area.code not in named


def _registered(found: Candidate, plan: Plan) -> tuple[PresentCommune, ...]:
    """Give the commune that the register speaks for."""
    if plan.query.at < REORGANISED:
        return ()
    is_registered = found.level in REGISTERED
    certainty = Certainty.BY_GEOMETRY if is_registered else Certainty.CANDIDATE
    unit = UnitId(found.area.code, REORGANISED)
    return (PresentCommune(unit, found.area.full_name, certainty, None, None, ("registered",)),)


def _as_found(component: Component, found: Candidate) -> Component:
    if component.type is not ComponentType.COMMUNE:
        return component
    return replace(component, value=found.area.full_name, status=Status.CORRECTED, unit=None)


def _components(
    plan: Plan,
    found: Candidate | None,
    present: Sequence[PresentCommune],
) -> tuple[Component, ...]:
    """Give the components with what became of each, and those that are missing or follow."""
    parts = [_checked(each, found) for each in plan.components]
    there = frozenset(each.type for each in parts)
    if ComponentType.COMMUNE not in there:
        parts.append(_commune(found, present))
    if ComponentType.PROVINCE not in there and found is not None:
        upper = found.area.province or found.area
        if any(each.status is not Status.MISSING for each in parts):
            parts.append(_follows(ComponentType.PROVINCE, upper.full_name, upper.code))
    if ComponentType.THOROUGHFARE in there and ComponentType.HOUSE_NUMBER not in there:
        parts.append(_missing(ComponentType.HOUSE_NUMBER))
    elif there and not there & set(_ORDER[: _ORDER.index(ComponentType.COMMUNE)]):
        parts.append(_missing(ComponentType.THOROUGHFARE))
    return tuple(sorted(parts, key=lambda part: _ORDER.index(part.type)))


def _checked(component: Component, found: Candidate | None) -> Component:
    """Compare a component with the best answer."""
    if found is None or found.features.is_contradicted:
        return component
    named: str | None = None
    is_there = False
    match component.type:
        case ComponentType.HOUSE_NUMBER:
            is_alley = component.key.endswith("/") and found.level is _ALLEY
            is_there = found.level in REGISTERED or is_alley
        case ComponentType.UNIT:
            is_there = found.level is MatchLevel.UNIT
        case ComponentType.THOROUGHFARE:
            named = found.street
        case ComponentType.BUILDING:
            named = found.name
        case ComponentType.LOCALITY if found.locality is not None:
            is_there = locality_key("place", found.locality) == component.key
            named = found.locality if found.level is MatchLevel.LOCALITY else None
        case _:
            pass
    if is_there or (named is not None and found.features.name == 1):
        return replace(component, status=Status.CONFIRMED)
    if named is not None:
        return replace(component, value=named, status=Status.CORRECTED)
    return component


_ALLEY: Final = MatchLevel.ALLEY


def _commune(found: Candidate | None, present: Sequence[PresentCommune]) -> Component:
    """Give the commune that follows from the rest; missing where none does."""
    if found is not None and found.area.province is not None:
        if found.level is MatchLevel.COMMUNE and found.features.commune < 1:
            return _missing(ComponentType.COMMUNE)  # one of those of a district
        return _follows(ComponentType.COMMUNE, found.area.full_name, found.area.code)
    if len(present) == 1:
        return _follows(ComponentType.COMMUNE, present[0].name, present[0].unit.code)
    return _missing(ComponentType.COMMUNE)


def _follows(type_: ComponentType, name: str, code: str) -> Component:
    return Component(type_, name, None, Status.INFERRED, code, evidence=("parent",))


def _missing(type_: ComponentType) -> Component:
    return Component(type_, "", None, Status.MISSING, "")


def _standing(
    plan: Plan,
    best: Match | None,
    components: Sequence[Component],
    findings: Sequence[Finding],
    present: Sequence[PresentCommune],
) -> Standing:
    """Put together what the rule of acceptance looks at."""
    found = best.candidate if best is not None else None
    is_registered = found is not None and found.level in REGISTERED
    asked = max((_ASKED.get(each.type, 0) for each in plan.components), default=0)
    number = plan.first(ComponentType.HOUSE_NUMBER)
    if number is not None and number.key.endswith("/"):
        asked = _DEPTH[_ALLEY]
    statuses = {(each.type, each.status) for each in components}
    doubtful = {type_ for type_, status in statuses if status is Status.UNCONFIRMED}
    if is_registered:
        doubtful -= _OPTIONAL
    return Standing(
        confidence=best.confidence if best is not None else 0.0,
        gap=best.gap if best is not None else 0.0,
        is_as_fine_as_asked=found is not None and _DEPTH[found.level] >= asked,
        has_contradiction=best is None
        or len(present) > 1
        or plan.query.at < KNOWN_FROM
        or (found is not None and found.is_retired and len(found.successors) != 1)
        or any(status in {Status.MISSING, Status.UNEXPECTED} for _, status in statuses)
        or any(each.severity is Severity.ERROR for each in findings),
        has_doubt=bool(doubtful),
        has_correction=any(status is Status.CORRECTED for _, status in statuses)
        or (ComponentType.COMMUNE, Status.INFERRED) in statuses
        or (found is not None and found.is_retired),
        has_update=any(each.id in _UPDATES for each in findings),
        lacks_unit=found is not None and found.has_units and plan.first(ComponentType.UNIT) is None,
    )


_UPDATES: Final = frozenset(
    {
        "commune-split-2025",
        "commune-renamed-or-merged-2025",
        "district-abolished-2025",
        "province-merged-2025",
        "old-number",
        "old-street",
    }
)
