"""Where an address may lie, by its administrative words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from addrsvc.admin_units.conversion import Converter, Named, PresentCommune
from addrsvc.parsing.model import ComponentType, Parsed, UnitReading
from addrsvc.types import UnitId

DescribeUnit = Callable[[UnitId], Named | None]
"""Gives the name and period of a unit; None: there is no such unit."""


_AS_GOOD: Final = 0.97
"""Of real texts with two readings, the best was right down to this weight of the other."""


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
    def is_as_good(self) -> bool:
        """Tell whether nothing decides between this reading and the best one."""
        return self.weight >= _AS_GOOD

    @property
    def codes(self) -> frozenset[str] | None:
        """Give the communes to search in; None: anywhere in the provinces."""
        if self.communes:
            return frozenset(each.unit.code for each in self.communes)
        return self.area


MAX_READINGS: Final = 4
"""Most readings of the units of one text that are followed."""


class Resolver:
    """Brings readings of units to the units of a day; remembers what it was asked before."""

    def __init__(self, converter: Converter, parents: Mapping[UnitId, str | None]) -> None:
        """``parents``: code of the unit above, of the same time; None: a province."""
        self._converter = converter
        self._parents = parents
        self._below: dict[UnitId, list[UnitId]] = {}
        for unit, parent in parents.items():
            if parent is not None:
                self._below.setdefault(UnitId(parent, unit.valid_from), []).append(unit)
        self._convert = lru_cache(maxsize=32_768)(self._converted)
        self._area = lru_cache(maxsize=4_096)(self._area_of)

    def resolve(self, parsed: Parsed, day: date) -> tuple[Scope, ...]:
        """Give where an address may lie by each reading, best first; never none."""
        localities = tuple(
            each.key for each in parsed.components if each.type is ComponentType.LOCALITY
        )
        best = max((each.score for each in parsed.units), default=0.0)
        scopes: dict[object, Scope] = {}
        for reading in parsed.units[:MAX_READINGS]:
            weight = reading.score / best if best > 0 else 1.0
            scope = self._scope(reading, min(weight, 1.0), localities, day)
            scopes.setdefault((scope.codes, scope.provinces), scope)
        return tuple(scopes.values()) or (_NOWHERE,)

    def _scope(
        self, reading: UnitReading, weight: float, localities: tuple[str, ...], day: date
    ) -> Scope:
        commune, district, province = (
            None if mention is None else mention.unit
            for mention in (reading.commune, reading.district, reading.province)
        )
        communes = () if commune is None else self._convert(commune, day, localities)
        area = None
        if not communes and district is not None:
            area = self._area(district, day)
        upper = province
        if upper is None and district is not None:
            upper = self._above(district)
        provinces = None
        if upper is not None:
            provinces = frozenset(each.unit.code for each in self._convert(upper, day, ()))
        return Scope(reading, weight, communes, area or None, provinces or None)

    def _above(self, unit: UnitId) -> UnitId | None:
        parent = self._parents.get(unit)
        return None if parent is None else UnitId(parent, unit.valid_from)

    def _converted(
        self, unit: UnitId, day: date, localities: tuple[str, ...]
    ) -> tuple[PresentCommune, ...]:
        if unit not in self._parents:
            return ()
        return self._converter.convert([unit], day, localities=localities).present

    def _area_of(self, district: UnitId, day: date) -> frozenset[str]:
        """Give the communes of a day that hold something of a district."""
        return frozenset(
            each.unit.code
            for commune in self._below.get(district, ())
            for each in self._convert(commune, day, ())
        )


_NOWHERE: Final = Scope(None, 1.0, (), None, None)
