"""Pure: where an address may lie, by its administrative words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from addrsvc.parsing.model import UnitReading
from addrsvc.types import UnitId, ValidPeriod

Certainty = Literal["certain", "by_locality", "by_geometry", "candidate"]


@dataclass(frozen=True, slots=True)
class PresentCommune:
    """A commune of the day asked for that the written one became."""

    unit: UnitId
    certainty: Certainty
    share: float | None
    """Of the written commune's area, 0…1; None: not known."""
    instrument: str | None
    """Legal act; None: nothing changed, or not established."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One reading of the administrative words, brought up to date."""

    reading: UnitReading | None
    """None: no unit is named."""
    weight: float
    """How good the reading is beside the best one, 0…1."""
    communes: tuple[PresentCommune, ...]
    """Empty: no commune is named, or none that is known."""
    area: frozenset[str] | None
    """Codes of the present communes of a district that is named without a commune."""
    provinces: frozenset[str] | None
    """Codes of present provinces; None: none is named."""

    @property
    def codes(self) -> frozenset[str] | None:
        """Give the communes to search in; None: anywhere in the provinces."""
        if self.communes:
            return frozenset(each.unit.code for each in self.communes)
        return self.area


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What answers show of an administrative unit."""

    full_name: str
    period: ValidPeriod


DescribeUnit = Callable[[UnitId], UnitFacts | None]
