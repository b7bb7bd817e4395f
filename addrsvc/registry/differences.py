"""Pure: what two versions of an address say differently, part by part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from addrsvc.geo.measure import distance_m
from addrsvc.registry.model import Document


@dataclass(frozen=True, slots=True)
class Difference:
    """One part that differs; values as answers show them, None: the part is not there."""

    field: str
    before: Any
    after: Any
    moved_m: float | None = None
    """Of a position on both sides: the metres between them, to the centimetre."""

    def to_json(self) -> dict[str, Any]:
        """Give the form of answers; ``moved_m`` only where there is one."""
        shown = {"field": self.field, "before": self.before, "after": self.after}
        return shown if self.moved_m is None else {**shown, "moved_m": self.moved_m}


def differences(before: Document, after: Document) -> list[Difference]:
    """Give the parts of two documents that differ, in the order of ``_PARTS``.

    The status belongs to a version, not to its document: whoever shows it compares it.
    """
    found = []
    for field, part in _PARTS.items():
        one, other = part(before), part(after)
        if one != other:
            moved_m = _moved_m(before, after) if field == "position" else None
            found.append(Difference(field, one, other, moved_m))
    return found


def _moved_m(before: Document, after: Document) -> float | None:
    if before.position is None or after.position is None:
        return None
    return round(distance_m(before.position.point, after.position.point), 2)


def _commune(document: Document) -> dict[str, str]:
    commune = document.commune
    return {"code": commune.code, "valid_from": commune.valid_from.isoformat()}


def _localities(document: Document) -> list[dict[str, str]]:
    return [{"kind": each.kind, "value": each.name} for each in document.components.localities]


def _position(document: Document) -> dict[str, Any] | None:
    position = document.position
    if position is None:
        return None
    return {
        "lon": position.point.lon,
        "lat": position.point.lat,
        "accuracy_m": position.accuracy_m,
        "method": position.method.value,
        "marks": position.marks.value,
    }


_PARTS: Final[dict[str, Callable[[Document], Any]]] = {
    "kind": lambda document: document.kind.value,
    "name": lambda document: document.name,
    "unit": lambda document: document.components.unit,
    "floor": lambda document: document.components.floor,
    "building": lambda document: document.components.building,
    "house_number": lambda document: document.components.house_number,
    "thoroughfare": lambda document: document.components.thoroughfare,
    "localities": _localities,
    "commune": _commune,
    "position": _position,
    "parent": lambda document: document.parent,
    "part": lambda document: None if document.part is None else document.part.value,
    "visibility": lambda document: document.visibility.value,
    "source": lambda document: document.source,
    "text": lambda document: document.text,
}
