"""Reorganisation of communes: each address goes to the successor of its commune. Pure.

An undivided commune is certain. Of a divided one the position decides where it was taken on the
spot and boundaries were imported, else the khu phố or ấp where it is known who has it now. There is
no default: what nothing decides stays in its old commune, undecided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from addrsvc.admin_units.conversion import Conversion, Converter
from addrsvc.admin_units.model import LinkKind, LocatedCommune
from addrsvc.admin_units.succession import Link
from addrsvc.parsing.keys import locality_key
from addrsvc.registry.bulk_acts.model import Decision, Undecided, Whom, Why, taken_on_the_spot
from addrsvc.registry.model import CommuneRef, Document, Locality
from addrsvc.types import UnitId


@dataclass(frozen=True, slots=True)
class CommunePart:
    """One row of a mapping: this much of the old commune is in the new one."""

    old: UnitId
    new: UnitId
    kind: LinkKind
    share: float | None = None
    """Part of the old commune's area, 0…1; None: not said."""


@dataclass(frozen=True, slots=True)
class Reorganisation:
    """What the act was asked to do: its mapping, checked and with days to the codes."""

    parts: tuple[CommunePart, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the jsonb form; ``from_json`` is its inverse."""
        return {
            "parts": [
                [*_unit_json(each.old), *_unit_json(each.new), each.kind.value, each.share]
                for each in self.parts
            ]
        }

    @classmethod
    def from_json(cls, spec: Mapping[str, Any]) -> Reorganisation:
        """Read the jsonb form."""
        return cls(
            tuple(
                CommunePart(
                    UnitId(old, date.fromisoformat(old_day)),
                    UnitId(new, date.fromisoformat(new_day)),
                    LinkKind(kind),
                    share,
                )
                for old, old_day, new, new_day, kind, share in spec["parts"]
            )
        )

    def links(self) -> list[tuple[UnitId, Link]]:
        """Give the mapping as links of units."""
        return [(each.old, Link(each.new, each.kind, each.share)) for each in self.parts]


def _unit_json(unit: UnitId) -> list[str]:
    return [unit.code, unit.valid_from.isoformat()]


class Reorganise:
    """The rule of a reorganisation."""

    def __init__(self, spec: Reorganisation, converter: Converter, day: date) -> None:
        """``converter`` follows the links of ``spec``, none else."""
        self._converter, self._day = converter, day
        self._olds = frozenset(each.old for each in spec.parts)
        self._split = frozenset(each.old for each in spec.parts if each.kind is LinkKind.PART)
        self._known: dict[
            tuple[UnitId, tuple[Locality, ...], UnitId | None], CommuneRef | Undecided
        ] = {}
        """Thousands of addresses are one question."""

    @property
    def whom(self) -> Whom:
        """Give the addresses of the old communes."""
        return Whom(tuple(sorted(self._olds)))

    def asks_point(self, document: Document) -> bool:
        """Tell whether its commune was divided."""
        return _unit(document) in self._split

    def decide(self, document: Document, located: LocatedCommune | None) -> Decision:
        """Give the document with the commune that succeeds, or say why nothing decides."""
        old = _unit(document)
        if old not in self._olds:
            return None
        localities = document.components.localities if old in self._split else ()
        inside = located is not None and located.certainty == "boundary"
        asked = (old, localities, located.id if located is not None and inside else None)
        if asked not in self._known:
            self._known[asked] = self._successor(old, localities, located)
        found = self._known[asked]
        if isinstance(found, Undecided):
            if found.why is Why.NO_EVIDENCE and taken_on_the_spot(document) is not None:
                return replace(found, why=Why.NO_BOUNDARY)
            return found
        return replace(document, commune=found)

    def _successor(
        self, old: UnitId, localities: tuple[Locality, ...], located: LocatedCommune | None
    ) -> CommuneRef | Undecided:
        keys = [locality_key(each.kind, each.name) for each in localities]
        answer = self._converter.convert([old], self._day, localities=keys, located=located)
        settled = answer.settled
        if settled is None:
            return Undecided(_why(answer, located), tuple(u.unit.code for u in answer.present))
        return CommuneRef(*settled.unit)


def _why(answer: Conversion, located: LocatedCommune | None) -> Why:
    if not answer.present:
        return Why.NO_SUCCESSOR
    if located is not None and located.certainty == "boundary":
        return Why.POINT_ELSEWHERE
    return Why.NO_EVIDENCE


def _unit(document: Document) -> UnitId:
    return UnitId(document.commune.code, document.commune.valid_from)
