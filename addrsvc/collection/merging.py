"""Pure: three-way merge of an address, field by field: as seen, as registered, as collected.

Values are JSON: a text, ``[[kind, name], …]`` of localities, ``{lon, lat, accuracy_m, method,
marks}`` of a position; None says nothing. Texts are compared as the register keeps them. What
phones do not ask for (visibility, what it is a part of, the text it came as) is no field: it stays.

>>> merge({"house_number": "12"}, {"house_number": "12"}, {"house_number": "12A"}).changes
{'house_number': '12A'}
>>> merge({"house_number": "12"}, {"house_number": "14"}, {"house_number": "12A"}).conflicts
('house_number',)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from addrsvc.registry.commands import KEEP, CorrectAddress
from addrsvc.registry.fields import spaced
from addrsvc.registry.model import Components, Document, Kind, Locality, Marks, Method, Position
from addrsvc.types import LonLat

_TEXTS: Final = ("house_number", "thoroughfare", "unit", "floor", "building")
FIELDS: Final = ("kind", *_TEXTS[:2], "localities", *_TEXTS[2:], "name", "position")
"""What is merged."""

_DEGREE_DIGITS: Final = 7
"""Decimals of a degree that tell two positions apart: a centimetre."""

Fields = Mapping[str, Any]
"""Values by field; a field left out: nothing is known, or nothing was said, of it."""


class Standing(StrEnum):
    """How a field stands three ways."""

    SAME = "same"
    """Collected as registered."""
    REGISTERED = "registered"
    """The collector left it as it was; what the register says by now stays."""
    COLLECTED = "collected"
    """Only the collector changed it."""
    CONFLICT = "conflict"
    """Both changed it, or nobody knows what the collector saw; the register's value holds."""


@dataclass(frozen=True, slots=True)
class Merged:
    """One field three ways."""

    base: Any
    registered: Any
    collected: Any
    standing: Standing
    is_base_known: bool = True

    @property
    def outcome(self) -> Any:
        """Give the value that holds by the rules alone."""
        return self.collected if self.standing is Standing.COLLECTED else self.registered

    def to_json(self) -> dict[str, Any]:
        """Give the jsonb form; :func:`merge_of` reads it."""
        return {
            "base": self.base,
            "registered": self.registered,
            "collected": self.collected,
            "standing": self.standing.value,
            "is_base_known": self.is_base_known,
        }


@dataclass(frozen=True, slots=True)
class Merge:
    """All fields the collector said something of."""

    fields: Mapping[str, Merged]

    @property
    def changes(self) -> dict[str, Any]:
        """Give what is to be applied at once."""
        return {
            name: each.collected
            for name, each in self.fields.items()
            if each.standing is Standing.COLLECTED
        }

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Name the fields somebody has to choose."""
        return tuple(
            name for name, each in self.fields.items() if each.standing is Standing.CONFLICT
        )

    def to_json(self) -> dict[str, Any]:
        """Give the jsonb form."""
        return {name: each.to_json() for name, each in self.fields.items()}


def merge(base: Fields | None, registered: Fields, collected: Fields) -> Merge:
    """Merge all fields that were collected. ``base`` None: the version seen is not known."""
    known = base or {}
    return Merge(
        {
            name: _merged(known, name, registered.get(name), collected[name])
            for name in FIELDS
            if name in collected
        }
    )


def _merged(base: Fields, name: str, registered: Any, collected: Any) -> Merged:
    is_known = name in base
    seen = base.get(name)
    if collected == registered:
        standing = Standing.SAME
    elif is_known and collected == seen:
        standing = Standing.REGISTERED
    elif is_known and registered == seen:
        standing = Standing.COLLECTED
    else:
        standing = Standing.CONFLICT
    return Merged(seen, registered, collected, standing, is_known)


def merge_of(stored: Mapping[str, Any]) -> Merge:
    """Read the jsonb form."""
    return Merge(
        {
            name: Merged(**each | {"standing": Standing(each["standing"])})
            for name, each in stored.items()
        }
    )


def next_base(before: Merge, settled: frozenset[str]) -> dict[str, Any]:
    """Give what a collector had in view when sending a record again.

    Of a field that is ``settled`` (written, or chosen by somebody), or was left or said as
    registered, that is what was said last: unless it is said otherwise now, what the register has
    stays. What still waits is asked about on the base it had, so that it goes on waiting.
    """
    base = {}
    for name, each in before.fields.items():
        is_done = name in settled or each.standing in {Standing.SAME, Standing.REGISTERED}
        if is_done:
            base[name] = each.collected
        elif each.is_base_known:
            base[name] = each.base
    return base


def fields_of(document: Document) -> dict[str, Any]:
    """Give what a document says of every field."""
    parts, position = document.components, document.position
    texts = {name: text_of(getattr(parts, name)) for name in _TEXTS}
    localities = localities_of([(each.kind, each.name) for each in parts.localities])
    return {
        "kind": document.kind.value,
        **texts,
        "localities": localities,
        "name": text_of(document.name),
        "position": None if position is None else position_json(position),
    }


def text_of(text: str | None) -> str | None:
    """Give a text as the register keeps it; blank says nothing.

    >>> text_of("  12/3 "), text_of(" ")
    ('12/3', None)
    """
    return None if text is None else spaced(text) or None


def localities_of(pairs: Any) -> list[list[str]] | None:
    """Give localities as the register keeps them; none says nothing."""
    kept = [[kind, spaced(name)] for kind, name in pairs or ()]
    return kept or None


def position_json(position: Position) -> dict[str, Any]:
    """Give a position as a value."""
    return {
        "lon": round(position.point.lon, _DEGREE_DIGITS),
        "lat": round(position.point.lat, _DEGREE_DIGITS),
        "accuracy_m": position.accuracy_m,
        "method": position.method.value,
        "marks": position.marks.value,
    }


def position_of(value: Mapping[str, Any]) -> Position:
    """Read a position's value.

    Raises:
        KeyError, ValueError: it is none.
    """
    return Position(
        LonLat(value["lon"], value["lat"]),
        float(value["accuracy_m"]),
        Method(value["method"]),
        Marks(value["marks"]),
    )


def components_of(fields: Fields) -> Components:
    """Give the components some fields make; what is left out says nothing."""
    return Components(
        **{name: fields.get(name) for name in _TEXTS},
        localities=tuple(Locality(*pair) for pair in fields.get("localities") or ()),
    )


def correction(
    registered: Fields, changes: Fields, *, reason: str, distinct_because: str | None = None
) -> CorrectAddress:
    """Make the correction that changes some fields of what is registered, and no other.

    Raises:
        KeyError, ValueError: a value is none of its field.
    """
    command = CorrectAddress(reason=reason, distinct_because=distinct_because)
    if "kind" in changes:
        command = replace(command, kind=Kind(changes["kind"]))
    if changes.keys() & {*_TEXTS, "localities"}:
        command = replace(command, components=components_of({**registered, **changes}))
    if "name" in changes:
        command = replace(command, name=changes["name"])
    # a position is never taken away: what was measured once is mended, or the address is gone
    position = changes.get("position")
    return replace(command, position=KEEP if position is None else position_of(position))
