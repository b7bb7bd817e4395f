"""Pure: one registered address and what the registers and its neighbours say of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from addrsvc.errors import Text
from addrsvc.registry.model import Document, Status, Visibility
from addrsvc.registry.quality.along import Placed


@dataclass(frozen=True, slots=True)
class CommuneSaid:
    """What the register of units says of the commune an address belongs to."""

    name: str
    ended_on: date | None = None
    """First day it was no longer in force; None: it still is."""
    successors: tuple[str, ...] = ()
    """Names of what it became, where it ended."""


@dataclass(frozen=True, slots=True)
class PointSaid:
    """Where a measured position lies today."""

    commune_code: str | None
    """None: in no commune."""
    commune_name: str = ""
    certainty: Literal["official", "approximate", "indicative"] = "indicative"
    """The weaker of the two areas compared: a boundary, a rough one, or an estimated cell."""
    outside_m: float | None = None
    """Metres from the area of the commune registered; None: inside, or it has no area."""


@dataclass(frozen=True, slots=True)
class StreetSaid:
    """What the register of names says of the street, read by its key."""

    is_known: bool | None
    """In this commune or what it came from; None: the register has no streets there."""
    elsewhere: tuple[str, ...] = ()
    """Names of communes where it is known, a few."""
    line_m: float | None = None
    """Metres to the nearest of its lines; None: no line is loaded."""


@dataclass(frozen=True, slots=True)
class Parent:
    """The building, entrance or unit an address is a part of."""

    code: str
    status: Status
    commune_code: str
    visibility: Visibility
    distance_m: float | None
    is_cycle: bool = False
    """Going up from it leads back to the address."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """Another address, and how far it is."""

    ref: str | Text
    """See :func:`nearby`."""
    metres: float | None


def nearby(ref: str, visibility: Visibility, metres: float | None) -> Nearby | None:
    """Give another address as findings name it: a secret one is not there at all."""
    if visibility is Visibility.SECRET:
        return None
    return Nearby(ref if visibility is Visibility.PUBLIC else _NOT_PUBLIC, metres)


_NOT_PUBLIC: Final = Text("một địa chỉ không công khai", "an address that is not public")


@dataclass(frozen=True, slots=True)
class TextRead:
    """What the text an address came from says, as the reader understands it."""

    number: str | None = None
    number_key: str | None = None
    street: str | None = None
    street_key: str | None = None
    localities: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    """Communes named, as they were called."""
    communes: tuple[tuple[str, str], ...] = ()
    """Code and name of what those are today; several: the text leaves it open."""
    is_sure: bool = False
    """One commune, named letter by letter, undivided or settled by khu phố or point."""
    was_split: bool = False
    """The commune named was divided."""


@dataclass(frozen=True, slots=True)
class Subject:
    """All that rules look at; what was not asked, or is not known, is None or empty."""

    document: Document
    status: Status
    code: str | None
    valid_from: date
    recorded_on: date
    """Day its open version was written."""
    today: date
    commune: CommuneSaid
    keys: tuple[str | None, str | None] = (None, None)
    """What its number counts along, and the number: ``Components.search_keys``."""
    point: PointSaid | None = None
    """None: there is no measured position."""
    street: StreetSaid | None = None
    """None: no street is registered."""
    unknown_localities: tuple[str, ...] = ()
    """Khu phố, ấp … whose register for the commune is there and does not know them."""
    parent: Parent | None = None
    placed: Placed | None = None
    """How its number and position fit those of its neighbours on the street."""
    shared_point: int = 0
    """Separate addresses with exactly this point, itself included."""
    repeated: Nearby | None = None
    """The nearest other separate address with the same number on the same street."""
    duplicates: tuple[Nearby, ...] = ()
    has_successors: bool = False
    standing: Nearby | None = None
    """An address in use at the very spot of one that is retired."""
    is_prefix_known: bool = True
    text: TextRead | None = None
