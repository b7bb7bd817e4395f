"""What parsing hands out: tokens, administrative readings, components, whole readings. Pure.

Spans are half open, in code points of the text exactly as it was given, so that a page can
underline what was read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from addrsvc.types import Level, UnitId

Span = tuple[int, int]
"""``[start, end)`` in code points of the text as given."""


class Token(NamedTuple):
    """One word or number of a text."""

    text: str
    """As written, NFC."""
    key: str
    """Folded: lower case, no accents, đ as d; a number chain stays one token (``123/45/6a``)."""
    start: int
    end: int
    gap: str
    """What stands between it and the token before: ``""`` (glued), ``" "``, ``","`` …"""


class Status(StrEnum):
    """What became of a component (the verdict's word)."""

    CONFIRMED = "confirmed"
    """Stands in the text as the registers have it; accents, case and abbreviation may differ."""
    CORRECTED = "corrected"
    """Stands in the text with a slip that was put right; ``value`` is the right form."""
    INFERRED = "inferred"
    """Not in the text, but follows from it."""
    UNCONFIRMED = "unconfirmed"
    """Stands in the text; no register knows it."""
    MISSING = "missing"
    """Neither in the text nor inferable, and needed."""
    UNEXPECTED = "unexpected"
    """Stands in the text and contradicts the rest, or has no place in an address."""


class ComponentType(StrEnum):
    """Typed parts of an address, innermost first."""

    UNIT = "unit"
    FLOOR = "floor"
    BUILDING = "building"
    HOUSE_NUMBER = "house_number"
    THOROUGHFARE = "thoroughfare"
    LOCALITY = "locality"
    COMMUNE = "commune"
    DISTRICT = "district"
    PROVINCE = "province"
    POSTCODE = "postcode"


@dataclass(frozen=True, slots=True)
class Component:
    """One typed part of an address."""

    type: ComponentType
    value: str
    """Canonical printed form: ``123/45/6A``, ``Đường Lê Lợi``, ``Khu phố 3``."""
    span: Span | None
    """None: inferred, not in the text."""
    status: Status
    key: str
    """Search key of its kind, see ``keys``; for units their code."""
    kind: str | None = None
    """Locality: khu_pho, ap, to, thon, residential_area, industrial_area, place; thoroughfare:
    street, numbered_road, alley; unit of administration: phuong, xa, quan…; else None."""
    unit: UnitId | None = None
    """The administrative unit, where it is one that is known."""
    evidence: tuple[str, ...] = ()
    """Why it was read so, short stable words: ``marker``, ``lexicon``, ``position``, ``initials``,
    ``typo``, ``accents``, ``parent``."""


@dataclass(frozen=True, slots=True)
class UnitMention:
    """One administrative unit named in a text, or following from one that is."""

    level: Level
    unit: UnitId | None
    """None: named as a unit (``xã Vũ Ninh``), but no register knows it there."""
    name: str
    """Full name, ``Phường Phú Lợi``."""
    kind: str
    span: Span | None
    """With the word before it (``P.``); None: inferred."""
    status: Status
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitReading:
    """One reading of all the administrative words of a text, of one time."""

    commune: UnitMention | None
    district: UnitMention | None
    province: UnitMention | None
    score: float
    """0…1, comparable between the readings of one text only."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Something that is no part of an address."""

    kind: str
    """``phone``, ``person``, ``email``, ``code``, ``country``, ``remark``."""
    span: Span


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text read as an address: best reading first, others beside it."""

    text: str
    components: tuple[Component, ...]
    """In the order of a label: unit … house number, thoroughfare, localities … province."""
    units: tuple[UnitReading, ...]
    """Best first; several where the text does not decide; empty: no unit named."""
    noise: tuple[Noise, ...] = ()
    alternatives: tuple[tuple[Component, ...], ...] = ()
    """Other ways to read the parts below the commune, best first, without the units."""

    def first(self, type_: ComponentType) -> Component | None:
        """Give the first component of a type; None: the text has none."""
        return next((each for each in self.components if each.type is type_), None)

    def all(self, type_: ComponentType) -> tuple[Component, ...]:
        """Give every component of a type, in the order of the label."""
        return tuple(each for each in self.components if each.type is type_)
