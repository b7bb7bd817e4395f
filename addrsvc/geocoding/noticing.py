"""What there is to say about an address that was read and looked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from addrsvc.admin_units import finding_kinds as unit_kinds
from addrsvc.admin_units.conversion import Certainty, PresentCommune
from addrsvc.admin_units.model import KNOWN_FROM, REORGANISED
from addrsvc.codes.code import DigitalCode
from addrsvc.errors import Text
from addrsvc.findings import Finding
from addrsvc.geocoding import finding_kinds as kinds
from addrsvc.geocoding.answers import Candidate, Match
from addrsvc.geocoding.model import MatchLevel
from addrsvc.geocoding.planning import Plan
from addrsvc.geocoding.ranking import rivals
from addrsvc.geocoding.scopes import DescribeUnit, Scope
from addrsvc.parsing.model import Component, ComponentType, Status, UnitMention
from addrsvc.parsing.reader import MAX_LENGTH
from addrsvc.registry.quality import kinds_parts as part_kinds
from addrsvc.types import UnitId

_SHOWN: Final = 6
"""Most names listed in one message."""

_HOW: Final[dict[Certainty, Text]] = {
    Certainty.BY_GEOMETRY: Text("theo vị trí", "by its position"),
    Certainty.BY_LOCALITY: Text("theo khu phố, ấp", "by its khu phố or ấp"),
}

_INSTEAD: Final[dict[MatchLevel, Text]] = {
    MatchLevel.ALLEY: Text(
        "Vị trí trả về là số gần nhất trong cùng hẻm.",
        "The position given is the nearest number of the same alley.",
    ),
    MatchLevel.INTERPOLATED: Text(
        "Vị trí trả về được ước lượng giữa hai số nhà kề bên.",
        "The position given lies between the two numbers beside it.",
    ),
    MatchLevel.STREET: Text(
        "Vị trí trả về là giữa tuyến đường.", "The position given is the middle of the street."
    ),
    MatchLevel.LOCALITY: Text(
        "Vị trí trả về là giữa khu phố, ấp.", "The position given is the middle of the locality."
    ),
}
_ELSEWHERE: Final = Text("Hãy kiểm tra lại.", "Check the address.")


def notice(
    plan: Plan,
    matches: Sequence[Match],
    components: Sequence[Component],
    scope: Scope | None,
    present: Sequence[PresentCommune],
    written: UnitId | None,
    describe: DescribeUnit,
) -> tuple[Finding, ...]:
    """Give every finding about one address, units first."""
    best = matches[0].candidate if matches else None
    found = [
        *_about_units(plan, matches, components, scope, present, written, describe),
        *_about_place(plan, matches, components),
        *_about_text(plan, components),
    ]
    if best is None and not plan.components:
        found.append(Finding(kinds.NOTHING_READ))
    return tuple(found)


def _at(components: Sequence[Component], type_: ComponentType) -> int | None:
    """Give the position of the first component of a type."""
    return next((at for at, each in enumerate(components) if each.type is type_), None)


def _name(unit: UnitId, describe: DescribeUnit) -> str:
    facts = describe(unit)
    return facts.name if facts is not None else unit.code


def _names(communes: Sequence[PresentCommune]) -> str:
    return ", ".join(each.name for each in communes[:_SHOWN])


def _about_units(
    plan: Plan,
    matches: Sequence[Match],
    components: Sequence[Component],
    scope: Scope | None,
    present: Sequence[PresentCommune],
    written: UnitId | None,
    describe: DescribeUnit,
) -> Iterator[Finding]:
    if plan.query.at < KNOWN_FROM:
        yield Finding(kinds.BEFORE_KNOWN)
    yield from _about_commune(plan, matches, components, scope, present, written, describe)
    if plan.query.at >= REORGANISED and scope is not None and scope.reading is not None:
        district, province = scope.reading.district, scope.reading.province
        at = _at(components, ComponentType.DISTRICT)
        if district is not None and district.status is not Status.INFERRED and at is not None:
            yield Finding(unit_kinds.DISTRICT_ABOLISHED, {"district": district.name}, at)
        if _is_former(province, describe) and province is not None:
            yield from _about_province(components, scope, province, describe)


def _is_former(mention: UnitMention | None, describe: DescribeUnit) -> bool:
    if mention is None or mention.unit is None or mention.status is Status.INFERRED:
        return False
    facts = describe(mention.unit)
    return facts is not None and facts.period.end is not None


def _about_province(
    components: Sequence[Component],
    scope: Scope,
    province: UnitMention,
    describe: DescribeUnit,
) -> Iterator[Finding]:
    new = [_name(UnitId(code, REORGANISED), describe) for code in sorted(scope.provinces or ())]
    if len(new) == 1 and new[0] != province.name:
        facts = {"old": province.name, "new": new[0]}
        yield Finding(unit_kinds.PROVINCE_MERGED, facts, _at(components, ComponentType.PROVINCE))


def _about_commune(
    plan: Plan,
    matches: Sequence[Match],
    components: Sequence[Component],
    scope: Scope | None,
    present: Sequence[PresentCommune],
    written: UnitId | None,
    describe: DescribeUnit,
) -> Iterator[Finding]:
    at = _at(components, ComponentType.COMMUNE)
    component = components[at] if at is not None else None
    if component is None or at is None:
        return
    if component.status is Status.MISSING:
        if plan.components:
            yield Finding(unit_kinds.COMMUNE_MISSING, component=at)
        return
    if component.status is Status.INFERRED and not written:
        yield Finding(unit_kinds.COMMUNE_MISSING, {"new": component.value}, at, is_settled=True)
        return
    if component.status is Status.UNEXPECTED:
        above = [each.value for each in components if each.type in _UPPER]
        facts = {"commune": component.value, "above": ", ".join(above)}
        yield Finding(unit_kinds.COMMUNE_OUTSIDE_PROVINCE, facts, at)
    elif component.unit is None and component.status is Status.UNCONFIRMED:
        yield Finding(unit_kinds.COMMUNE_NOT_KNOWN, {"name": component.value}, at)
    if _is_ambiguous(plan) and len(present) > 1:
        names = "; ".join(_with_provinces(matches, present))
        yield Finding(unit_kinds.COMMUNE_AMBIGUOUS, {"candidates": names}, at)
    elif written is not None and scope is not None:
        yield from _about_change(plan, scope, present, written, at, describe)


_UPPER: Final = frozenset({ComponentType.DISTRICT, ComponentType.PROVINCE})


def _with_provinces(matches: Sequence[Match], communes: Sequence[PresentCommune]) -> Iterator[str]:
    """Name communes with their provinces: they may share a name."""
    areas = {each.candidate.area.code: each.candidate.area for each in matches}
    for commune in communes[:_SHOWN]:
        area = areas.get(commune.unit.code)
        upper = None if area is None else area.province
        yield commune.name if upper is None else f"{commune.name}, {upper.full_name}"


def _is_ambiguous(plan: Plan) -> bool:
    """Tell whether readings that are as good as the best one mean other communes."""
    as_good = [each for each in plan.scopes if each.is_as_good and each.codes]
    return any(each.communes for each in as_good) and len({each.codes for each in as_good}) > 1


def _about_change(
    plan: Plan,
    scope: Scope,
    present: Sequence[PresentCommune],
    written: UnitId,
    at: int,
    describe: DescribeUnit,
) -> Iterator[Finding]:
    """Tell what became of a commune that is not in force on the day."""
    facts = describe(written)
    if facts is None or facts.period.holds(plan.query.at) or plan.query.at < facts.period.start:
        return
    is_whole = len(scope.communes) == 1 and scope.communes[0].certainty is Certainty.CERTAIN
    if len(present) > 1:
        names = {"old": facts.name, "candidates": _names(present)}
        yield Finding(unit_kinds.COMMUNE_SPLIT, names, at)
    elif not present:
        return
    elif is_whole:
        new = present[0].name
        is_kept = new == facts.name
        if not is_kept or present[0].unit.code != written.code:
            names = {"old": facts.name, "new": new}
            yield Finding(unit_kinds.COMMUNE_RENAMED, names, at, is_settled=is_kept)
    else:
        how = _HOW[present[0].certainty]
        settled: dict[str, str | Text] = {
            "old": facts.name,
            "new": present[0].name,
            "how": how,
        }
        yield Finding(unit_kinds.COMMUNE_SPLIT, settled, at, is_settled=True)


def _about_place(
    plan: Plan, matches: Sequence[Match], components: Sequence[Component]
) -> Iterator[Finding]:
    street = plan.first(ComponentType.THOROUGHFARE)
    number = plan.first(ComponentType.HOUSE_NUMBER)
    best = matches[0].candidate if matches else None
    is_found = best is not None and best.features.level not in _AREAS
    commune = " / ".join(_named_areas(matches))
    if street is not None and not is_found and best is not None and best.area.province is not None:
        at = _at(components, ComponentType.THOROUGHFARE)
        elsewhere = [m.candidate for m in matches if m.candidate.features.is_contradicted]
        facts: dict[str, str | Text] = {"street": street.value, "commune": commune}
        if elsewhere:
            areas = dict.fromkeys(each.area.full_name for each in elsewhere)
            facts["elsewhere"] = ", ".join(list(areas)[:_SHOWN])
            yield Finding(part_kinds.STREET_NOT_IN_COMMUNE, facts, at)
        else:
            yield Finding(kinds.STREET_NOT_KNOWN, facts, at)
    if best is not None and is_found and number is not None and not best.features.is_number_found:
        instead: dict[str, str | Text] = {
            "number": number.value,
            "street": best.street or best.locality or "",
            "commune": commune,
            "fallback": _INSTEAD.get(best.level, _ELSEWHERE),
        }
        at = _at(components, ComponentType.HOUSE_NUMBER)
        yield Finding(kinds.NUMBER_NOT_REGISTERED, instead, at)
    yield from _about_what_is_missing(components)
    if best is not None:
        yield from _about_the_past(best, components)
        yield from _about_units_of_building(plan, best, components)
    if is_found and (count := rivals(matches)):
        yield Finding(kinds.OTHER_PLACE_POSSIBLE, {"count": str(count + 1)})


_AREAS: Final = frozenset({MatchLevel.COMMUNE, MatchLevel.PROVINCE})


def _named_areas(matches: Sequence[Match]) -> list[str]:
    """Name the commune of the best answer; all of them where only communes were found."""
    areas = [each.candidate for each in matches if not each.candidate.features.is_contradicted]
    if areas and areas[0].level not in _AREAS:
        areas = areas[:1]
    return list(dict.fromkeys(each.area.full_name for each in areas[:_SHOWN]))


def _about_what_is_missing(components: Sequence[Component]) -> Iterator[Finding]:
    for at, each in enumerate(components):
        if each.status is not Status.MISSING:
            continue
        if each.type is ComponentType.HOUSE_NUMBER:
            yield Finding(part_kinds.NUMBER_MISSING, component=at)
        elif each.type is ComponentType.THOROUGHFARE:
            yield Finding(part_kinds.NOTHING_BELOW_COMMUNE, component=at)


def _about_the_past(best: Candidate, components: Sequence[Component]) -> Iterator[Finding]:
    """Tell of an address that was called so before, or is out of use."""
    if best.called_until is not None:
        type_ = ComponentType.HOUSE_NUMBER
        if best.is_street_former:
            type_ = ComponentType.THOROUGHFARE
        at = _at(components, type_)
        if at is None:
            at = _at(components, ComponentType.LOCALITY)
        now = " ".join(part for part in (best.house_number, best.street or best.locality) if part)
        facts: dict[str, str | Text] = {
            "old": "" if at is None else components[at].value,
            "now": now,
            "since": _day(best.called_until),
        }
        yield Finding(kinds.OLD_STREET if best.is_street_former else kinds.OLD_NUMBER, facts, at)
    if best.is_retired:
        yield retired(best.successors)


def retired(successors: Sequence[str]) -> Finding:
    """Tell that an address is out of use, and the codes of what took its place."""
    codes = ", ".join(DigitalCode.of(code).printed for code in successors)
    replaced = Text(
        f" Nay dùng: {codes}." if codes else "", f" Now in use: {codes}." if codes else ""
    )
    return Finding(kinds.RETIRED_ADDRESS, {"successors": replaced})


def _day(day: date) -> Text:
    return Text(f"{day:%d/%m/%Y}", f"{day.day} {day:%B %Y}")


def _about_units_of_building(
    plan: Plan, best: Candidate, components: Sequence[Component]
) -> Iterator[Finding]:
    unit = plan.first(ComponentType.UNIT)
    if unit is None and best.has_units:
        yield Finding(kinds.UNIT_MISSING)
    elif unit is not None and best.level is MatchLevel.HOUSE:
        at = _at(components, ComponentType.UNIT)
        yield Finding(kinds.UNIT_NOT_REGISTERED, {"unit": unit.value}, at)


def _about_text(plan: Plan, components: Sequence[Component]) -> Iterator[Finding]:
    for at, each in enumerate(components):
        if each.status is Status.CORRECTED:
            yield Finding(kinds.CORRECTED_SPELLING, {"value": each.value}, at)
        if each.type is ComponentType.POSTCODE:
            yield Finding(kinds.POSTCODE_UNCHECKED, {"postcode": each.value}, at)
    if len(plan.parsed.text) > MAX_LENGTH:
        yield Finding(kinds.TEXT_TOO_LONG, {"read": str(MAX_LENGTH)})
    if any(each.kind != "country" for each in plan.parsed.noise):
        yield Finding(kinds.NOISE_REMOVED)
