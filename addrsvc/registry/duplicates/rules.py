"""Pure: when two addresses in use look like one place, and why.

Three reasons, the strongest first:

``same-components``
    The same commune, street (or hamlet) and number, the same unit, floor and building, whatever
    the kind and the distance. Streets that are only numbered (``Đường số 5``, ``D1``) stand once
    in every estate, and numbers of a hamlet once in every tổ: there another estate, khu phố, ấp
    or tổ named is another place.
``same-number-near``
    The same kind and number within ``RADII_M`` of each other, and not on two different streets:
    one of them may lack the street, or name the hamlet instead. In a building, units are numbers.
``same-place``
    The same kind within ``SAME_PLACE_M``, unless their numbers differ (row houses), or their
    names. A house on a corner may bear the number of either street.

Never: units, floors or buildings that differ; an address and what it is a part of; parts of one
building that bear different names. ``12A`` is not ``12``; ``12-14`` is ``12`` where it is near.
Estimated positions are no places: they count for nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from addrsvc.geo.measure import distance_m
from addrsvc.parsing.keys import locality_key, unit_key
from addrsvc.parsing.normalise import name_key
from addrsvc.registry.model import ESTIMATED, PRIVATE_KINDS, Document, Kind
from addrsvc.types import LonLat

RADII_M: Final[Mapping[Kind, float]] = MappingProxyType(
    {
        Kind.DWELLING: 20.0,
        Kind.APARTMENT: 25.0,
        Kind.BOARDING_ROOM: 20.0,
        Kind.STATE_OFFICE: 25.0,
        Kind.ENTERPRISE: 25.0,
        Kind.PRODUCTION_SITE: 25.0,
        Kind.PUBLIC_FACILITY: 25.0,
        Kind.WORKS: 15.0,
        Kind.PLACE: 25.0,
    }
)
"""How near the same number means the same place, by kind. The one table of these."""

SAME_PLACE_M: Final = 3.0
"""How near two of a kind are one: less than the 4 m a row house is wide."""

_SERIAL: Final = re.compile(r"so \d+[a-z]?|[a-z]{1,2}\d+[a-z]?")
_RANGE: Final = re.compile(r"\d{5}(?:-\d{5})+")
_LONGEST_RANGE: Final = 50
"""What spans more doors is no range but something else written with a dash."""


class Why(StrEnum):
    """Why two addresses look like one."""

    SAME_COMPONENTS = "same-components"
    SAME_NUMBER_NEAR = "same-number-near"
    SAME_PLACE = "same-place"


@dataclass(frozen=True, slots=True)
class Likeness:
    """That two addresses look like one: why, and how far apart they are."""

    why: Why
    distance_m: float | None
    """On the ellipsoid; None: one of them has no position taken on the spot."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What of an address is compared, folded."""

    address_id: int
    kind: Kind
    commune_code: str
    base_key: str | None
    number_key: str | None
    unit: str | None = None
    floor: str | None = None
    building: str | None = None
    localities: tuple[tuple[str, str], ...] = ()
    """Kind and key, as named."""
    name: str | None = None
    """None also for kinds whose name is a person's."""
    point: LonLat | None = None
    """None also where the position is an estimate."""
    parent_id: int | None = None
    ancestors: frozenset[int] = frozenset()
    """Its parent, and what that is a part of."""

    @property
    def street(self) -> str | None:
        """Give the key of its street; None: it names none."""
        return None if self.base_key is None or ":" in self.base_key else self.base_key

    @property
    def component_key(self) -> tuple[str, str, str] | None:
        """Give commune, base and number where all are known: the same for ``same-components``."""
        if self.base_key is None or self.number_key is None:
            return None
        return self.commune_code, self.base_key, self.number_key


def subject_of(
    address_id: int,
    document: Document,
    parent_id: int | None = None,
    ancestors: frozenset[int] = frozenset(),
) -> Subject:
    """Fold what a document says; ``ancestors`` begin with the parent."""
    parts, position = document.components, document.position
    base_key, number_key = parts.search_keys()
    named = document.name is not None and document.kind not in PRIVATE_KINDS
    return Subject(
        address_id=address_id,
        kind=document.kind,
        commune_code=document.commune.code,
        base_key=base_key,
        number_key=number_key,
        unit=None if parts.unit is None else unit_key(parts.unit),
        floor=None if parts.floor is None else unit_key(parts.floor),
        building=None if parts.building is None else name_key(parts.building),
        localities=tuple(
            (kind, name)
            for kind, _, name in (
                locality_key(each.kind, each.name).partition(":") for each in parts.localities
            )
        ),
        name=name_key(document.name) if named and document.name is not None else None,
        point=None if position is None or position.method in ESTIMATED else position.point,
        parent_id=parent_id,
        ancestors=ancestors if parent_id is None else ancestors | {parent_id},
    )


def likeness(one: Subject, other: Subject) -> Likeness | None:
    """Tell whether two addresses look like one place, and why; None: they do not.

    It does not matter which comes first.
    """
    if one.address_id in other.ancestors or other.address_id in one.ancestors:
        return None
    if not _same_unit(one, other):
        return None
    siblings = one.parent_id is not None and one.parent_id == other.parent_id
    if siblings and _differ(one.name, other.name):
        return None
    metres = None
    if one.point is not None and other.point is not None:
        metres = distance_m(one.point, other.point)
    why = _why(one, other, metres)
    return None if why is None else Likeness(why, metres)


def _why(one: Subject, other: Subject, metres: float | None) -> Why | None:
    same_components = one.component_key is not None and one.component_key == other.component_key
    if same_components and not _elsewhere(one, other):
        return Why.SAME_COMPONENTS
    if metres is None or one.kind is not other.kind:
        return None
    is_near = metres <= RADII_M[one.kind] and not _differ(one.street, other.street)
    if is_near and _same_door(one, other):
        return Why.SAME_NUMBER_NEAR
    if metres > SAME_PLACE_M or _numbers_differ(one, other) or _differ(one.name, other.name):
        return None
    return Why.SAME_PLACE


def _same_unit(one: Subject, other: Subject) -> bool:
    """Tell whether unit, floor and building are the same; of two same units one may say more."""
    if one.unit != other.unit:
        return False
    if one.unit is None:
        return (one.floor, one.building) == (other.floor, other.building)
    return not _differ(one.floor, other.floor) and not _differ(one.building, other.building)


def _differ(one: str | None, other: str | None) -> bool:
    """Tell whether both are known and are not the same."""
    return one is not None and other is not None and one != other


def _elsewhere(one: Subject, other: Subject) -> bool:
    """Tell whether a base that recurs in a commune is another one for each of them."""
    if one.street is not None and not _SERIAL.fullmatch(one.street):
        return False
    theirs: dict[str, set[str]] = {}
    for kind, name in other.localities:
        theirs.setdefault(kind, set()).add(name)
    mine: dict[str, set[str]] = {}
    for kind, name in one.localities:
        mine.setdefault(kind, set()).add(name)
    return any(not mine[kind] & theirs[kind] for kind in mine.keys() & theirs.keys())


def _same_door(one: Subject, other: Subject) -> bool:
    """Tell whether the same number is on both, or in one building the same unit."""
    if one.number_key is not None and other.number_key is not None:
        return same_number(one.number_key, other.number_key)
    if one.unit is None:
        return False
    if one.parent_id is not None and one.parent_id == other.parent_id:
        return True
    return one.building is not None and one.building == other.building


def _numbers_differ(one: Subject, other: Subject) -> bool:
    if one.number_key is None or other.number_key is None:
        return False
    return not same_number(one.number_key, other.number_key)


def same_number(one: str, other: str) -> bool:
    """Tell whether two number keys are of one door: the same, or a range that holds the other.

    >>> same_number("00012-00014", "00014"), same_number("00012-00014", "00013")
    (True, False)
    >>> same_number("00012", "00012a"), same_number("00095/00003", "00003")
    (False, False)
    """
    if one == other:
        return True
    alley, _, last = one.rpartition("/")
    other_alley, _, other_last = other.rpartition("/")
    if alley != other_alley:
        return False
    return bool(_doors(last) & _doors(other_last))


def _doors(step: str) -> frozenset[str]:
    """Give the doors of the last step of a number: those of a range, on its side of the street."""
    if not _RANGE.fullmatch(step):
        return frozenset({step})
    numbers = [int(each) for each in step.split("-")]
    first, last = numbers[0], numbers[-1]
    one_side = len({each % 2 for each in numbers}) == 1
    if numbers != sorted(set(numbers)) or last - first > _LONGEST_RANGE:
        return frozenset({step})
    doors = range(first, last + 1, 2 if one_side else 1)
    return frozenset(f"{each:05d}" for each in doors)
