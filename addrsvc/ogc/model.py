"""Pure: what a collection is, and of which types its properties are."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, LiteralString

from addrsvc.auth.permissions import Scope
from addrsvc.errors import Text


class Type(StrEnum):
    """What values of a property, or of a part of a filter, are."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "timestamp"
    GEOMETRY = "geometry"


TYPE_NAMES: Final = {
    Type.TEXT: Text("chữ", "a text"),
    Type.NUMBER: Text("số", "a number"),
    Type.INTEGER: Text("số nguyên", "a whole number"),
    Type.BOOLEAN: Text("đúng hoặc sai", "true or false"),
    Type.DATE: Text("ngày", "a date"),
    Type.MOMENT: Text("thời điểm", "a timestamp"),
    Type.GEOMETRY: Text("hình", "a geometry"),
}

SCHEMAS: Final[dict[Type, dict[str, Any]]] = {
    Type.TEXT: {"type": "string"},
    Type.NUMBER: {"type": "number"},
    Type.INTEGER: {"type": "integer"},
    Type.BOOLEAN: {"type": "boolean"},
    Type.DATE: {"type": "string", "format": "date"},
    Type.MOMENT: {"type": "string", "format": "date-time"},
}
"""JSON schema of each but geometry."""


@dataclass(frozen=True, slots=True)
class Property:
    """What features of a collection say, and can be asked by."""

    name: str
    type: Type
    sql: LiteralString
    """Its column, as ``item.name``."""
    title: Text
    values: tuple[str, ...] = ()
    """All it can be; empty: anything."""


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection of features."""

    id: str
    title: Text
    description: Text
    source: str
    """Block of ``queries.sql`` that gives its features."""
    properties: tuple[Property, ...]
    geometry: str
    """GeoJSON type of its geometries."""
    level: str | None = None
    """Of administrative units; None: it holds others."""
    scope: Scope | None = None
    """Needed to read it; None: open to everybody."""
    notice: Text | None = None
    """Said beside every answer."""
    has_numbers: bool = True
    """Keys are numbers; else texts."""
    known_from: str | None = None
    """First day it knows of."""
    _by_name: dict[str, Property] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        self._by_name.update({each.name: each for each in self.properties})

    def find(self, name: str) -> Property | None:
        """Give the property of a name."""
        return self._by_name.get(name)


def shown(given: object, letters: int = 60) -> str:
    r"""Give what was sent as an answer may repeat it: short, and nothing that cannot be seen.

    >>> shown("a\u202eb" + "c" * 80, 8)
    'a?bccccc…'
    """
    text = unicodedata.normalize("NFC", str(given))
    seen = "".join(char if char.isprintable() else "?" for char in text[:letters])
    return seen + ("…" if len(text) > letters else "")
