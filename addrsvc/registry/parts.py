"""Pure: parts of buildings: which lies inside which, and what part an address is.

>>> [part_of_rank(rank).value for rank in range(LEVELS)]
['building', 'entrance', 'unit', 'household']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from addrsvc.registry.act_errors import PartCycle, PartElsewhere, PartNotInner, PartTooDeep
from addrsvc.registry.model import Document, Kind, Part
from addrsvc.types import AddressId

_ORDER: Final = tuple(Part)
"""Outermost first."""

LEVELS: Final = len(_ORDER)
"""Most addresses one inside the other."""

_UNITS: Final = frozenset({Kind.APARTMENT, Kind.BOARDING_ROOM})


@dataclass(frozen=True, slots=True)
class Kin:
    """An address among those it is a part of, or that are parts of it."""

    address_id: AddressId
    parent_id: AddressId | None
    document: Document


def part_of_rank(rank: int) -> Part:
    """Give the part that lies so many levels inside a building."""
    return _ORDER[rank]


def part_of(document: Document, outer: Part | None) -> Part:
    """Give what part an address is; ``outer``: of what it lies in, None: of nothing.

    As it was stated; else an apartment or a room is a unit, anything with a unit in its
    components too, and the rest is one level inside its parent.

    Raises:
        PartTooDeep: nothing lies inside a household.
    """
    if document.part is not None:
        return document.part
    if document.kind in _UNITS or document.components.unit is not None:
        return Part.UNIT
    if outer is None:
        return Part.BUILDING
    rank = _ORDER.index(outer) + 1
    if rank == LEVELS:
        raise PartTooDeep(levels=LEVELS)
    return part_of_rank(rank)


def part_along(documents: Iterable[Document]) -> Part | None:
    """Give what part the last of a line of addresses is, outermost first; None: no line.

    Raises:
        PartNotInner, PartTooDeep: one of them cannot lie in the one before.
    """
    outer: Part | None = None
    for document in documents:
        part = part_of(document, outer)
        if outer is not None and _ORDER.index(part) <= _ORDER.index(outer):
            raise PartNotInner(part=part.value, parent_part=outer.value)
        outer = part
    return outer


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
    """
    if address_id is not None and any(each.address_id == address_id for each in above):
        raise PartCycle(parent=document.parent or "")
    line = [each.document for each in reversed(above)]
    if len(line) >= LEVELS:
        raise PartTooDeep(levels=LEVELS)
    if above and above[0].document.commune != document.commune:
        raise PartElsewhere(
            commune=document.commune.code, parent_commune=above[0].document.commune.code
        )
    line.append(document)
    part_along(line)
    if address_id is not None:
        _check_below(line, address_id, _by_parent(below))


def _check_below(
    line: list[Document], address_id: AddressId, below: Mapping[AddressId | None, Sequence[Kin]]
) -> None:
    for each in below.get(address_id, ()):
        inner = [*line, each.document]
        part_along(inner)
        _check_below(inner, each.address_id, below)


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
        )

    return looked_at(before) != looked_at(after)
