"""Places found and the answers made of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from addrsvc.types import LonLat


class MatchLevel(StrEnum):
    """How far down an answer reaches, finest first; coarser ones are fallbacks that say so."""

    UNIT = "unit"
    HOUSE = "house"
    ALLEY = "alley"
    """The nearest registered address of the same alley."""
    INTERPOLATED = "interpolated"
    """Between two registered numbers of the same street and commune."""
    STREET = "street"
    LOCALITY = "locality"
    ORGANISATION = "organisation"
    COMMUNE = "commune"
    PROVINCE = "province"


PlaceKind = Literal["thoroughfare", "locality", "organisation"]


@dataclass(frozen=True, slots=True)
class Place:
    """A name in one commune: a street, locality or named object that addresses count along."""

    kind: PlaceKind
    key: str
    """As ``address_current.base_key`` has it (see ``parsing.keys``)."""
    name: str
    """As printed most often."""
    commune_code: str
    """Present commune."""
    addresses: int
    """How many registered addresses it has; 0: only in the registers of names."""
    centre: LonLat | None
    """Middle of its addresses, EPSG:4326; None: nothing has a position."""
    code: str | None = None
    """The address itself, for an organisation."""
    spread_m: float | None = None
    """How far its addresses lie from the centre, metres (68 %); None: not known."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that a written name may mean."""

    place: Place
    similarity: float
    """1: the same name but for accents, case and spelling variants; less: what had to be put
    right."""
    how: Literal["exact", "accents", "initials", "typo", "part"]
