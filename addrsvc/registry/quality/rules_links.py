"""Pure: rules on an address beside others: its building, its neighbours, what replaced it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from addrsvc.codes.code import PREFIX_LENGTH
from addrsvc.errors import Text
from addrsvc.findings import Finding
from addrsvc.parsing.keys import street_number
from addrsvc.registry.model import Status, Visibility
from addrsvc.registry.quality import kinds_links as kinds
from addrsvc.registry.quality.rules_place import whole_m
from addrsvc.registry.quality.subject import Parent, Subject

_AT_BUILDING_M: Final = 300.0
_REPEATED_M: Final = 150.0
_HIDDEN: Final = {Visibility.PUBLIC: 0, Visibility.RESTRICTED: 1, Visibility.SECRET: 2}


def parent_fits(subject: Subject) -> Iterator[Finding]:
    """Check that its building is in use, in the same commune and at the same place."""
    parent = subject.parent
    if parent is None:
        return
    if parent.is_cycle:
        yield Finding(kinds.PARENT_CYCLE, {"parent": _shown(parent)})
    if parent.status in {Status.RETIRED, Status.REJECTED}:
        yield Finding(kinds.PARENT_OUT_OF_USE, {"parent": _shown(parent)})
    how = _elsewhere(subject, parent)
    if how is not None:
        yield Finding(kinds.PARENT_ELSEWHERE, {"parent": _shown(parent), "how": how})
    if _HIDDEN[subject.document.visibility] < _HIDDEN[parent.visibility]:
        yield Finding(kinds.MORE_VISIBLE_THAN_BUILDING)


def _shown(parent: Parent) -> str | Text:
    public = parent.visibility is Visibility.PUBLIC
    return parent.code if public else Text("(không công khai)", "(not public)")


def _elsewhere(subject: Subject, parent: Parent) -> Text | None:
    if parent.commune_code != subject.document.commune.code:
        return Text("thuộc phường, xã khác", "belongs to another commune")
    position = subject.document.position
    if parent.distance_m is None or position is None:
        return None
    if parent.distance_m <= _AT_BUILDING_M + 2 * position.accuracy_m:
        return None
    metres = whole_m(parent.distance_m)
    return Text(f"cách đây {metres} m", f"is {metres} m away")


def number_fits_neighbours(subject: Subject) -> Iterator[Finding]:
    """Check side and order of the number against its neighbours on the street."""
    placed, number_key = subject.placed, subject.keys[1]
    if placed is None or number_key is None:
        return
    parts = subject.document.components
    facts: dict[str, str | Text] = {"number": parts.house_number or ""}
    facts["street"] = parts.thoroughfare or ", ".join(each.name for each in parts.localities)
    if placed.off_m is not None:
        yield Finding(kinds.NUMBER_OUT_OF_ORDER, facts | {"metres": whole_m(placed.off_m)})
    if placed.is_off_side:
        last = street_number(number_key.rpartition("/")[2])
        others = Text("lẻ", "odd") if (last or 0) % 2 == 0 else Text("chẵn", "even")
        yield Finding(kinds.NUMBER_OFF_SIDE, facts | {"others": others})


def number_occurs_once(subject: Subject) -> Iterator[Finding]:
    """Check that the same number is not far away on the same street."""
    other, position = subject.repeated, subject.document.position
    if other is None or other.metres is None or position is None:
        return
    if other.metres > _REPEATED_M + 2 * position.accuracy_m:
        parts = subject.document.components
        facts: dict[str, str | Text] = {"number": parts.house_number or ""}
        facts |= {"street": parts.thoroughfare or ""}
        facts |= {"other": other.ref, "metres": whole_m(other.metres)}
        yield Finding(kinds.NUMBER_REPEATED_FAR, facts)


def is_not_registered_twice(subject: Subject) -> Iterator[Finding]:
    """Name the nearest address it may be the same as."""
    for other in subject.duplicates[:1]:
        metres = "?" if other.metres is None else whole_m(other.metres)
        yield Finding(kinds.NEAR_DUPLICATE, {"other": other.ref, "metres": metres})


def code_is_of_an_area(subject: Subject) -> Iterator[Finding]:
    """Check that the code's first five digits are a prefix that is known."""
    if subject.code is not None and not subject.is_prefix_known:
        yield Finding(kinds.PREFIX_UNKNOWN, {"prefix": subject.code[:PREFIX_LENGTH]})


def retired_leads_on(subject: Subject) -> Iterator[Finding]:
    """Check that a retired address names what stands in its place."""
    standing = subject.standing
    if subject.has_successors or standing is None:
        return
    metres = whole_m(standing.metres or 0)
    yield Finding(kinds.RETIRED_ALONE, {"other": standing.ref, "metres": metres})


RULES: Final = (
    parent_fits,
    number_fits_neighbours,
    number_occurs_once,
    is_not_registered_twice,
    code_is_of_an_area,
)
