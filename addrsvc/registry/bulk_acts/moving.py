"""Renaming of a khu phố or ấp, or its move to another commune. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from addrsvc.admin_units.model import LocatedCommune
from addrsvc.parsing.keys import locality_key
from addrsvc.registry.bulk_acts.model import Decision, Whom
from addrsvc.registry.model import CommuneRef, Document, Locality
from addrsvc.types import UnitId


@dataclass(frozen=True, slots=True)
class LocalityMove:
    """Gives a locality of a commune another name, another commune, or both."""

    commune: UnitId
    old: Locality
    new: Locality
    to: UnitId
    """The commune it is in from the day on; the same where it stays."""

    def to_json(self) -> dict[str, Any]:
        """Give the jsonb form; ``from_json`` is its inverse."""
        return {
            "commune": [self.commune.code, self.commune.valid_from.isoformat()],
            "old": [self.old.kind, self.old.name],
            "new": [self.new.kind, self.new.name],
            "to": [self.to.code, self.to.valid_from.isoformat()],
        }

    @classmethod
    def from_json(cls, spec: Mapping[str, Any]) -> LocalityMove:
        """Read the jsonb form."""
        (code, day), (to, to_day) = spec["commune"], spec["to"]
        return cls(
            UnitId(code, date.fromisoformat(day)),
            Locality(*spec["old"]),
            Locality(*spec["new"]),
            UnitId(to, date.fromisoformat(to_day)),
        )

    @property
    def whom(self) -> Whom:
        """Give the addresses of the commune: those along a street are in a khu phố too."""
        return Whom((self.commune,))

    def asks_point(self, document: Document) -> bool:
        """Need no commune around a position."""
        del document
        return False

    def decide(self, document: Document, located: LocatedCommune | None) -> Decision:
        """Give the document with the new name and commune; others of the commune stay."""
        del located
        if UnitId(document.commune.code, document.commune.valid_from) != self.commune:
            return None
        key = locality_key(self.old.kind, self.old.name)
        parts = document.components
        if all(locality_key(each.kind, each.name) != key for each in parts.localities):
            return None
        localities = tuple(
            self.new if locality_key(each.kind, each.name) == key else each
            for each in parts.localities
        )
        return replace(
            document,
            commune=CommuneRef(*self.to),
            components=replace(parts, localities=localities),
        )
