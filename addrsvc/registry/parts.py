"""Pure: parts of buildings: which lies inside which, and what part an address is.

Each part lies further in than its parent, so no address is inside itself and none has more than
three above it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from addrsvc.registry.act_errors import (
    PartCycle,
    PartElsewhere,
    PartNotInner,
    PartTooDeep,
    PartTooVisible,
)
from addrsvc.registry.model import CommuneRef, Document, Kind, Part, Visibility
from addrsvc.types import AddressId

_ORDER: Final = tuple(Part)
"""Outermost first."""

LEVELS: Final = len(_ORDER)
"""Most addresses one inside the other."""

_SEEN: Final = tuple(Visibility)
"""By most people first."""

_UNITS: Final = frozenset({Kind.APARTMENT, Kind.BOARDING_ROOM})


@dataclass(frozen=True, slots=True)
class Kin:
    """An address among those it is a part of, or that are parts of it."""

    address_id: AddressId
    parent_id: AddressId | None
    document: Document


class Place(NamedTuple):
    """What part an address is, where it lies and who may see it: others inside must agree."""

    part: Part
    commune: CommuneRef
    visibility: Visibility


def part_of(kind: Kind, unit: str | None, stated: Part | None, outer: Part | None) -> Part:
    """Give what part an address is; ``outer``: of what it lies in, None: of nothing.

    As it was stated; else an apartment or a room is a unit, anything with a unit in its
    components too, and the rest is one level inside its parent.

    Raises:
        PartTooDeep: nothing lies inside a household.
    """
    if stated is not None:
        return stated
    if kind in _UNITS or unit is not None:
        return Part.UNIT
    if outer is None:
        return Part.BUILDING
    if outer is _ORDER[-1]:
        raise PartTooDeep(levels=LEVELS)
    return _ORDER[_ORDER.index(outer) + 1]


def check_inner(part: Part, outer: Part) -> None:
    """Pass a part that lies further in than its parent.

    Raises:
        PartNotInner: it does not.
    """
    if _ORDER.index(part) <= _ORDER.index(outer):
        raise PartNotInner(part=part.value, parent_part=outer.value)


def check_hidden(part: Visibility, whole: Visibility) -> None:
    """Pass a part that is as hidden as what it lies in, or more: a part names its whole.

    Raises:
        PartTooVisible: it is not.
    """
    if _SEEN.index(part) < _SEEN.index(whole):
        raise PartTooVisible(visibility=part.value, parent_visibility=whole.value)


def place_inside(
    kind: Kind,
    unit: str | None,
    stated: Part | None,
    commune: CommuneRef,
    visibility: Visibility,
    outer: Place | None,
) -> Place:
    """Give the place of an address that lies in another; ``outer`` None: in nothing.

    Raises:
        PartTooDeep, PartNotInner: the order of parts does not allow it.
        PartElsewhere: they lie in two communes.
        PartTooVisible: it would name an address more hidden than itself.
    """
    part = part_of(kind, unit, stated, None if outer is None else outer.part)
    if outer is not None:
        if commune != outer.commune:
            raise PartElsewhere(commune=commune.code, parent_commune=outer.commune.code)
        check_inner(part, outer.part)
        check_hidden(visibility, outer.visibility)
    return Place(part, commune, visibility)


def place_of(above: Sequence[Document]) -> Place | None:
    """Give the place of the first of a line of addresses, the outermost last; None: no line.

    What is on record is taken as it is: it need not keep to the rules of today.
    """
    part: Part | None = None
    for each in reversed(above):
        if part is not _ORDER[-1]:
            part = part_of(each.kind, each.components.unit, each.part, part)
    return None if part is None else Place(part, above[0].commune, above[0].visibility)


def check_place(
    document: Document,
    above: Sequence[Kin],
    below: Sequence[Kin] = (),
    address_id: AddressId | None = None,
) -> None:
    """Pass an address that may lie where it is said to, with all that lies in it.

    Args:
        document: what is said of it.
        above: its parent first, the outermost last; empty: it is a part of nothing.
        below: its living parts, and theirs.
        address_id: its identity; None: it has none yet.

    Raises:
        PartCycle: it is among those it should be a part of.
        PartTooDeep, PartNotInner: the order of parts does not allow it.
        PartElsewhere: its parent lies in another commune. The parts of a parent that moves may
            follow later: they are not looked at.
        PartTooVisible: its parent is more hidden than it is, or it more than a part of it.
    """
    if address_id is not None and any(each.address_id == address_id for each in above):
        raise PartCycle(parent=document.parent or "")
    outer = place_of([each.document for each in above])
    unit = document.components.unit
    place = place_inside(
        document.kind, unit, document.part, document.commune, document.visibility, outer
    )
    if address_id is not None:
        inner = _by_parent(below)
        _check_below(place.part, address_id, inner)
        for each in inner.get(address_id, ()):
            check_hidden(each.document.visibility, document.visibility)


def _check_below(
    outer: Part, address_id: AddressId, below: Mapping[AddressId | None, Sequence[Kin]]
) -> None:
    for each in below.get(address_id, ()):
        document = each.document
        part = part_of(document.kind, document.components.unit, document.part, outer)
        check_inner(part, outer)
        _check_below(part, each.address_id, below)


def _by_parent(kin: Iterable[Kin]) -> dict[AddressId | None, list[Kin]]:
    found: dict[AddressId | None, list[Kin]] = {}
    for each in kin:
        found.setdefault(each.parent_id, []).append(each)
    return found


def place_differs(before: Document, after: Document) -> bool:
    """Tell whether a write changes anything these rules look at."""

    def looked_at(document: Document) -> tuple[object, ...]:
        return (
            document.parent,
            document.part,
            document.kind in _UNITS,
            document.components.unit is None,
            document.commune,
            document.visibility,
        )

    return looked_at(before) != looked_at(after)
