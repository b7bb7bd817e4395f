"""Pure: the verdict on a digital address code, from what the registry holds under it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from addrsvc.admin_units.conversion import Certainty, PresentCommune
from addrsvc.admin_units.model import REORGANISED
from addrsvc.codes.code import DigitalCode
from addrsvc.errors import Text
from addrsvc.findings import Finding
from addrsvc.geocoding import finding_kinds as kinds
from addrsvc.geocoding.answers import Area, Candidate, Match
from addrsvc.geocoding.calibration import Features
from addrsvc.geocoding.model import MatchLevel
from addrsvc.geocoding.noticing import retired
from addrsvc.geocoding.ranking import Category, NextAction
from addrsvc.geocoding.verdict import Verdict
from addrsvc.parsing.model import Component, ComponentType, Status
from addrsvc.registry.model import PRIVATE_KINDS, Address
from addrsvc.registry.model import Status as Lifecycle
from addrsvc.types import UnitId

_PARTS: Final = ("unit", "floor", "building", "house_number", "thoroughfare")


def judge_code(address: Address, successors: Sequence[Address], *, verified: bool) -> Verdict:
    """Judge the address that has a code.

    A retired address is answered with what took its place; a code without its check digit is to
    be confirmed, since one slip may name another live address.

    Args:
        address: what the registry holds; visible to the asker.
        successors: what took its place, as far as the asker may see it.
        verified: a right check digit came with the code.
    """
    is_retired = address.status is Lifecycle.RETIRED
    shown = successors if is_retired and successors else [address]
    matches = [Match(_candidate(each), 1.0 / len(shown), 0.0) for each in shown]
    if len(matches) == 1:
        matches = [Match(matches[0].candidate, 1.0, 1.0)]
    findings = list(_findings(address, successors, verified=verified))
    category: Category = "A"
    action: NextAction = "accept"
    if is_retired:
        category, action = ("B", "confirm") if len(successors) == 1 else ("C", "fix")
    elif not verified or address.status is not Lifecycle.CURRENT:
        category, action = "C", "confirm"
    return Verdict(
        category,
        action,
        matches[0].confidence,
        matches[0].gap,
        tuple(_components(address)),
        None,
        (_commune(address),),
        tuple(matches),
        tuple(findings),
    )


def judge_unknown(code: str) -> Verdict:
    """Judge a code that names nothing the asker may see."""
    return _nothing(Finding(kinds.CODE_NOT_KNOWN, {"code": code}))


def judge_slip(suggestions: Sequence[str]) -> Verdict:
    """Judge eleven digits that do not belong together; with live codes one slip away."""
    listed = ", ".join(suggestions)
    meant = Text(
        f" Có phải: {listed}? Chỉ chọn khi khớp với biển." if listed else "",
        f" Is it one of: {listed}? Choose only what matches the plate." if listed else "",
    )
    return _nothing(Finding(kinds.CODE_CHECK_DIGIT, {"suggestions": meant}))


def _nothing(finding: Finding) -> Verdict:
    return Verdict("C", "fix", 0.0, 0.0, (), None, (), (), (finding,))


def _findings(
    address: Address, successors: Sequence[Address], *, verified: bool
) -> Iterator[Finding]:
    if not verified and address.code is not None:
        yield Finding(kinds.CODE_UNVERIFIED, {"code": DigitalCode.of(address.code).printed})
    if address.status is Lifecycle.RETIRED:
        yield retired([each.code for each in successors if each.code is not None])


def _commune(address: Address) -> PresentCommune:
    # the registry keeps the present commune's code; its period begins with the reorganisation
    unit = UnitId(address.commune_code, REORGANISED)
    return PresentCommune(unit, address.commune_name, Certainty.CERTAIN, 1.0, None, ("registry",))


def _components(address: Address) -> Iterator[Component]:
    parts = address.document.components
    for name in _PARTS:
        value = getattr(parts, name)
        if value is not None:
            yield _confirmed(ComponentType(name), value)
    for locality in parts.localities:
        yield _confirmed(ComponentType.LOCALITY, locality.name)
    yield _confirmed(ComponentType.COMMUNE, address.commune_name, address.commune_code)
    yield _confirmed(ComponentType.PROVINCE, address.province_name, address.province_code)


def _confirmed(type_: ComponentType, value: str, key: str = "") -> Component:
    return Component(type_, value, None, Status.CONFIRMED, key, evidence=("registry",))


def _candidate(address: Address) -> Candidate:
    document = address.document
    parts, position = document.components, document.position
    province = Area(address.province_code, address.province_name, None, None)
    level = MatchLevel.UNIT if parts.unit is not None else MatchLevel.HOUSE
    return Candidate(
        Features(level),
        Area(address.commune_code, address.commune_name, None, None, province),
        name=document.name if document.kind not in PRIVATE_KINDS else None,
        code=address.code,
        unit=parts.unit,
        house_number=parts.house_number,
        street=parts.thoroughfare,
        locality=parts.localities[0].name if parts.localities else None,
        point=None if position is None else position.point,
        accuracy_m=None if position is None else position.accuracy_m,
        method="unknown" if position is None else position.method.value,
        marks="object" if position is None else position.marks.value,
    )
