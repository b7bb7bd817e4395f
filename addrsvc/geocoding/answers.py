"""Pure: what is asked of the geocoder, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from addrsvc.geocoding.calibration import Features
from addrsvc.geocoding.model import MatchLevel
from addrsvc.types import BBox, LonLat


@dataclass(frozen=True, slots=True)
class Given:
    """Components somebody has apart already; None: not given."""

    unit: str | None = None
    floor: str | None = None
    building: str | None = None
    house_number: str | None = None
    thoroughfare: str | None = None
    locality: str | None = None
    commune: str | None = None
    """Name, or a code of five digits."""
    district: str | None = None
    """Name, or a code of three digits."""
    province: str | None = None
    """Name, or a code of two digits."""


@dataclass(frozen=True, slots=True)
class Query:
    """One question: a text, or components."""

    at: date
    """Legal day whose units count as present."""
    text: str | None = None
    given: Given | None = None
    limit: int = 5
    near: LonLat | None = None
    """Where the asker looks: of answers otherwise alike, the nearer comes first."""
    box: BBox | None = None
    """Only answers inside."""
    commune: str | None = None
    """Code of the present commune the address is known to lie in."""
    province: str | None = None
    """Code of the present province the address is known to lie in."""


@dataclass(frozen=True, slots=True)
class Area:
    """A present province or commune as an answer shows it."""

    code: str
    full_name: str
    centre: LonLat | None
    radius_m: float | None
    """Of the circle of the same area; None: area not known."""
    province: Area | None = None
    """Of a commune; None: it is a province itself."""


@dataclass(slots=True)  # not frozen: thousands are made a second
class Candidate:
    """One place that may be meant."""

    features: Features
    area: Area
    """Its commune; of an answer no finer than that, the province."""
    name: str | None = None
    """Of the object: a school, an office; never of a home."""
    code: str | None = None
    """Digital address code, where the answer is a registered address."""
    unit: str | None = None
    house_number: str | None = None
    street: str | None = None
    locality: str | None = None
    key: str | None = None
    """Of the place the addresses count along, see ``parsing.keys``."""
    point: LonLat | None = None
    accuracy_m: float | None = None
    method: str = "unknown"
    marks: str = "area"
    called_until: date | None = None
    """First day it was no longer called as asked for; None: it is called so."""
    is_street_former: bool = False
    """It was the street that was called otherwise, not the number alone."""
    is_retired: bool = False
    successors: tuple[str, ...] = ()
    """Codes of what took the place of a retired address."""
    has_units: bool = False
    """A building that holds addresses of its own."""

    @property
    def level(self) -> MatchLevel:
        """Give how far down it reaches."""
        return self.features.level

    @property
    def label(self) -> str:
        """Give the one line, as addresses are written: ``12/3 Đường Lê Lợi, Phường Phú Lợi, …``."""
        door = " ".join(part for part in (self.house_number, self.street) if part is not None)
        upper = self.area.province.full_name if self.area.province is not None else None
        parts = (self.name, self.unit, door, self.locality, self.area.full_name, upper)
        return ", ".join(part for part in parts if part)


@dataclass(slots=True)
class Match:
    """A candidate in its place among the others."""

    candidate: Candidate
    confidence: float
    gap: float
    """How far ahead of the next one it is."""
