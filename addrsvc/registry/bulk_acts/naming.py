"""Naming and renaming of a street. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import orjson

from addrsvc.admin_units.model import LocatedCommune
from addrsvc.parsing.keys import number_key, street_number, thoroughfare_key
from addrsvc.registry.bulk_acts.model import Decision, Whom
from addrsvc.registry.model import Document
from addrsvc.types import UnitId

Side = Literal["odd", "even"]


@dataclass(frozen=True, slots=True)
class StreetNaming:
    """Gives a name to a street of some communes, or to a part of it."""

    communes: tuple[UnitId, ...]
    new: str
    old: str | None = None
    """Name until then; None: addresses that name no street."""
    first: int | None = None
    """Lowest number on the street (the alley's, for a house in one); None: from its beginning."""
    last: int | None = None
    side: Side | None = None
    """Only odd or even numbers."""
    codes: tuple[str, ...] | None = None
    """Only these addresses; None: all."""
    area: Mapping[str, Any] | None = None
    """GeoJSON polygon around the positions, EPSG:4326; None: anywhere."""

    def to_json(self) -> dict[str, Any]:
        """Give the jsonb form; ``from_json`` is its inverse."""
        return {
            "communes": [[each.code, each.valid_from.isoformat()] for each in self.communes],
            "old": self.old,
            "new": self.new,
            "numbers": [self.first, self.last, self.side],
            "codes": None if self.codes is None else list(self.codes),
            "area": self.area,
        }

    @classmethod
    def from_json(cls, spec: Mapping[str, Any]) -> StreetNaming:
        """Read the jsonb form."""
        first, last, side = spec["numbers"]
        codes = spec["codes"]
        return cls(
            tuple(UnitId(code, date.fromisoformat(day)) for code, day in spec["communes"]),
            spec["new"],
            spec["old"],
            first,
            last,
            side,
            None if codes is None else tuple(codes),
            spec["area"],
        )

    @property
    def is_whole(self) -> bool:
        """Tell whether all of the street in these communes has the new name."""
        parts = (self.first, self.last, self.side, self.codes, self.area)
        return all(each is None for each in parts)

    @property
    def whom(self) -> Whom:
        """Give the addresses along the street."""
        return Whom(
            self.communes,
            None if self.old is None else (thoroughfare_key(self.old),),
            self.codes,
            None if self.area is None else orjson.dumps(self.area).decode(),
        )

    def asks_point(self, document: Document) -> bool:
        """Need no commune around a position."""
        del document
        return False

    def decide(self, document: Document, located: LocatedCommune | None) -> Decision:
        """Give the document with the new name."""
        del located
        parts = document.components
        if UnitId(document.commune.code, document.commune.valid_from) not in self.communes:
            return None
        if not self._has_number(parts.house_number):
            return None
        name = self._renamed(parts.thoroughfare)
        if name is None:
            return None
        return replace(document, components=replace(parts, thoroughfare=name))

    def _has_number(self, house_number: str | None) -> bool:
        if self.first is None and self.last is None and self.side is None:
            return True
        number = None if house_number is None else street_number(number_key(house_number))
        if number is None:
            return False
        if self.side is not None and (number % 2 == 1) != (self.side == "odd"):
            return False
        low = 0 if self.first is None else self.first
        return low <= number and (self.last is None or number <= self.last)

    def _renamed(self, name: str | None) -> str | None:
        """Give the new name in place of the old; alleys before it stay."""
        if self.old is None or name is None:
            return self.new if self.old is None and name is None else None
        key, words = thoroughfare_key(self.old), name.split()
        for begin in range(len(words)):
            if thoroughfare_key(" ".join(words[begin:])) == key:
                return " ".join([*words[:begin], self.new])
        return None
