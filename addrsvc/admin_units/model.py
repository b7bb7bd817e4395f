"""Administrative units, their links, thoroughfares and localities, as the services hand them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from addrsvc.types import BBox, Level, LonLat, UnitId

KNOWN_FROM = date(2025, 6, 1)
"""The registers begin with the state of June 2025; before it nothing is known, not guessed."""

REORGANISED = date(2025, 7, 1)
"""First day of two levels: 34 provinces, 3,321 communes, no districts."""


class BoundaryKind(StrEnum):
    """How far a boundary may be trusted."""

    OFFICIAL = "official"
    APPROXIMATE = "approximate"
    INDICATIVE = "indicative"


class LinkKind(StrEnum):
    """How a unit went into its successor."""

    WHOLE = "whole"
    PART = "part"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class AdminUnit:
    """One unit during ``[valid_from, valid_to)``; ``valid_to`` None means still in force."""

    code: str
    valid_from: date
    valid_to: date | None
    level: Level
    kind: str
    name: str
    full_name: str
    full_name_en: str | None
    parent_code: str | None
    centre: LonLat | None
    area_km2: float | None
    population: int | None
    boundary_kind: BoundaryKind | None
    boundary_source: str | None
    source: str

    @property
    def id(self) -> UnitId:
        """Give the key of this unit."""
        return UnitId(self.code, self.valid_from)


@dataclass(frozen=True, slots=True)
class UnitLink:
    """A predecessor and the successor it went into, wholly or in part."""

    from_id: UnitId
    from_name: str
    to_id: UnitId
    to_name: str
    kind: LinkKind
    share_of_from: float | None
    """Part of the predecessor's area, 0…1; None: not known."""
    share_source: str | None
    instrument: str | None
    """Legal act; None: not established for this unit."""
    effective_date: date


@dataclass(frozen=True, slots=True)
class LocatedCommune:
    """The commune a point lies in, and how sure that is."""

    code: str
    valid_from: date
    full_name: str
    province_code: str
    province_name: str
    certainty: Literal["boundary", "indicative"]
    """``boundary``: inside an imported boundary; ``indicative``: inside a computed cell only."""
    edge_m: float | None = None
    """Metres to the nearest edge, on the ellipsoid; None unless asked for."""

    @property
    def id(self) -> UnitId:
        """Give the key of the commune."""
        return UnitId(self.code, self.valid_from)


@dataclass(frozen=True, slots=True)
class UnitFilter:
    """What to list: all given conditions hold together."""

    day: date
    level: Level | None = None
    parent: str | None = None
    name: str | None = None
    """Beginning of the name or full name, accents and case ignored."""
    bbox: BBox | None = None


@dataclass(frozen=True, slots=True)
class NameFilter:
    """Which thoroughfares or localities to list."""

    unit: str | None = None
    """Code of a commune or district, as of ``day``."""
    day: date | None = None
    name: str | None = None
    kind: str | None = None
    bbox: BBox | None = None


@dataclass(frozen=True, slots=True)
class Thoroughfare:
    """A street, numbered road or alley."""

    thoroughfare_id: int
    name: str
    kind: str
    status: str
    segment_from: str | None
    segment_to: str | None
    valid_from: date | None
    """None: since when is not known."""
    valid_to: date | None
    source: str
    licence: str | None
    areas: tuple[UnitId, ...]
    aliases: tuple[str, ...]
    line: dict[str, object] | None = None
    """GeoJSON MultiLineString, or None: no line is known."""


@dataclass(frozen=True, slots=True)
class Locality:
    """A named or numbered part of a commune: khu phố, ấp, tổ, thôn, estate or place."""

    locality_id: int
    name: str
    kind: str
    status: str
    commune: UnitId
    centre: LonLat | None
    valid_from: date | None
    valid_to: date | None
    source: str
    licence: str | None
    aliases: tuple[str, ...]
