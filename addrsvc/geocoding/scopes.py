"""Where an address may lie, by its administrative words. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from addrsvc.admin_units.conversion import Named, PresentCommune
from addrsvc.parsing.model import UnitReading
from addrsvc.types import UnitId

DescribeUnit = Callable[[UnitId], Named | None]
"""Gives the name and period of a unit; None: there is no such unit."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One reading of the administrative words, brought to the units of a day."""

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
