"""What callers ask of the registry, before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Final, Literal

from addrsvc.registry.model import (
    Alias,
    Components,
    Holder,
    Instrument,
    Kind,
    Part,
    Position,
    Visibility,
)

PartsFate = Literal["retire", "move"]
"""What becomes of the parts of an address that goes: they go too, or move to its one successor."""


class Keep(Enum):
    """Marks a field of a correction that stays as it is."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


@dataclass(frozen=True, slots=True)
class AssignAddress:
    """Register one object: by a position, by components, or both."""

    kind: Kind
    source: str
    components: Components = field(default_factory=Components)
    position: Position | None = None
    commune_code: str | None = None
    name: str | None = None
    code: str | None = None
    """A code issued elsewhere, in any written form; None: draw a new one."""
    issuer: str | None = None
    """Who issued ``code``."""
    block_code: str | None = None
    """Ten digits drawn here before, in a block handed to a device; whoever gives it answers for
    that it is the device's own and was not used."""
    parent: str | None = None
    """Code of the building, entrance or unit it is a part of, in any written form."""
    part: Part | None = None
    """What part it is; None: see ``parts.part_of``."""
    visibility: Visibility = Visibility.PUBLIC
    text: str | None = None
    aliases: tuple[Alias, ...] = ()
    holder: Holder | None = None
    valid_from: date | None = None
    """Legal day it holds from; None: today."""
    distinct_because: str | None = None
    """Why it is no duplicate of those it looks like; needs a scope. None: they are refused."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """What is to be said otherwise of one address; what is not named stays."""

    kind: Kind | Keep = KEEP
    components: Components | Keep = KEEP
    position: Position | Keep = KEEP
    commune_code: str | Keep = KEEP
    name: str | Keep | None = KEEP
    visibility: Visibility | Keep = KEEP
    text: str | Keep | None = KEEP
    parent: str | Keep | None = KEEP
    """Code of what it is a part of; None: of nothing."""
    part: Part | Keep | None = KEEP
    aliases: tuple[Alias, ...] = ()
    """Added to those there are."""
    holder: Holder | None = None
    """Replaces the one there is; None: leave it."""
    reason: str | None = None
    distinct_because: str | None = None
    """As of :class:`AssignAddress`."""
    on: date | None = None
    """Of a correction: a day of the time whose record was wrong; None: the present.
    Of a change: the first legal day it is so; None: today."""


class CorrectAddress(Amendment):
    """Mend the record of one address: it was wrong all along."""

    __slots__ = ()


class ChangeAddress(Amendment):
    """Say that the world changed on a day; what held until then stays on record."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ReserveAddress:
    """Draw the code of a proposal although nothing stands there yet."""

    reason: str | None = None
    on: date | None = None
    """First legal day it is reserved; None: today."""


@dataclass(frozen=True, slots=True)
class RetireAddress:
    """Say that an address is no longer in use, and what took its place."""

    reason: str
    successors: tuple[str, ...] = ()
    """Codes of addresses in use, in any written form."""
    relation: str = "replaced"
    """``replaced``, ``merged`` (N→1) or ``split`` (1→N)."""
    on: date | None = None
    """First legal day it is out of use; None: today."""
    parts: PartsFate | None = None
    """What becomes of its parts; None: refuse where it has any."""


@dataclass(frozen=True, slots=True)
class NamedVersion:
    """An address an act over several names, and the version its author saw."""

    ref: str
    """Code in any written form."""
    version: int


@dataclass(frozen=True, slots=True)
class MergeAddresses:
    """Several addresses become one, which is in use already or new."""

    addresses: tuple[NamedVersion, ...]
    into: NamedVersion | AssignAddress
    reason: str
    on: date | None = None
    """First legal day it is so; None: today. A new address holds from then."""
    instrument: Instrument | None = None


@dataclass(frozen=True, slots=True)
class SplitAddress:
    """One address becomes several new ones."""

    into: tuple[AssignAddress, ...]
    reason: str
    on: date | None = None
    instrument: Instrument | None = None
    parts: Literal["retire"] | None = None


@dataclass(frozen=True, slots=True)
class ReplaceAddress:
    """One new address takes the place of another."""

    by: AssignAddress
    reason: str
    on: date | None = None
    instrument: Instrument | None = None
    parts: PartsFate | None = None
