"""Pure: tell the tree of a filter in SQL; every value is bound, every name is one of ours.

What may stand in a filter is a list of operators. Types are checked against the properties of the
collection, so that no filter ends in an error of the database.

Source: OGC 21-065r2; null compares as in SQL: to nothing.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import shapely

from addrsvc.ogc.cql.errors import (
    FilterTooLarge,
    FilterTypesDiffer,
    FilterUnsupported,
    FilterValueInvalid,
    PatternInvalid,
    PropertyUnknown,
)
from addrsvc.ogc.cql.shapes import shape_of
from addrsvc.ogc.model import Property, Type, shown
from addrsvc.ogc.systems import System

PARTS: Final = 400
"""Most operators and values of a filter."""

LETTERS: Final = 200
"""Most characters of a LIKE pattern."""

WILDCARDS: Final = 10
"""Most ``%`` of one: each makes the match dearer."""

_COMPARISONS: Final = frozenset({"=", "<>", "<", ">", "<=", ">="})
_NUMBERS: Final = frozenset({Type.NUMBER, Type.INTEGER})
_ORDERED: Final = _NUMBERS | {Type.TEXT, Type.DATE, Type.MOMENT}
_EXACT: Final = 2**53
"""Whole numbers up to here are exact as the library reads them."""

_FOLDED: Final = {
    "casei": "lower({0})",
    # as parsing.normalise.fold: accents go, and đ, which is a letter and not an accented d
    "accenti": "translate(regexp_replace(normalize({0}, NFD), '[\u0300-\u036f]', '', 'g'), "
    "'đĐ', 'dD')",
}
"""What makes texts equal that differ in case, or in accents, in SQL: both sides go through it."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition in SQL and the values bound in it."""

    sql: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Operand:
    sql: str
    type: Type


Find = Callable[[str], Property | None]


def condition_of(tree: Any, properties: Mapping[str, Property], system: System) -> Condition:
    """Give the condition of a filter's tree.

    Args:
        tree: as ``reading.read_filter`` gives it.
        properties: what may be asked by, by name; the geometry among them.
        system: in which coordinates of the filter are.

    Raises:
        InvalidInput: it asks by what there is not, compares what cannot be compared, or holds
            values out of range; see ``errors``.
    """
    teller = _Teller(properties, system)
    return Condition(teller.predicate(tree), teller.params)


@dataclass(slots=True)
class _Teller:
    properties: Mapping[str, Property]
    system: System
    params: dict[str, Any] = field(default_factory=dict)
    parts: int = 0

    def predicate(self, node: Any) -> str:
        """Tell what is true or false of a feature."""
        self._count()
        if isinstance(node, bool):
            return "true" if node else "false"
        if not isinstance(node, dict) or "op" not in node:
            operand = self.operand(node)
            if operand.type is not Type.BOOLEAN:
                raise _differ("WHERE", Type.BOOLEAN, operand.type)
            return operand.sql
        operator, args = node["op"], node["args"]
        told = _PREDICATES.get(operator)
        if told is None:
            raise FilterUnsupported(what=shown(operator))
        low, high, tell = told
        if not low <= len(args) <= high:
            raise FilterUnsupported(what=f"{operator} ({len(args)})")
        return tell(self, operator, args)

    def joined(self, operator: str, args: list[Any]) -> str:
        """Tell AND, OR."""
        return "(" + f" {operator.upper()} ".join(self.predicate(each) for each in args) + ")"

    def negated(self, _: str, args: list[Any]) -> str:
        """Tell NOT."""
        return f"(NOT {self.predicate(args[0])})"

    def compared(self, operator: str, args: list[Any]) -> str:
        """Tell comparisons of two operands of one type."""
        left, right = (self.operand(each) for each in args)
        self._require_same(operator, left, right)
        if left.type is Type.BOOLEAN and operator not in {"=", "<>"}:
            raise _differ(operator, Type.NUMBER, left.type)
        return f"({left.sql} {operator} {right.sql})"

    def between(self, _: str, args: list[Any]) -> str:
        """Tell BETWEEN; both ends are in it."""
        what, low, high = (self.operand(each) for each in args)
        if what.type not in _ORDERED:
            raise _differ("BETWEEN", Type.NUMBER, what.type)
        self._require_same("BETWEEN", what, low)
        self._require_same("BETWEEN", what, high)
        return f"({what.sql} BETWEEN {low.sql} AND {high.sql})"

    def among(self, _: str, args: list[Any]) -> str:
        """Tell IN."""
        what = self.operand(args[0])
        if not isinstance(args[1], list) or not args[1]:
            raise FilterUnsupported(what="IN")
        values = [self.operand(each) for each in args[1]]
        for each in values:
            self._require_same("IN", what, each)
        return f"({what.sql} IN ({', '.join(each.sql for each in values)}))"

    def missing(self, _: str, args: list[Any]) -> str:
        """Tell IS NULL."""
        return f"({self._of_property(args[0], 'IS NULL').sql} IS NULL)"

    def like(self, _: str, args: list[Any]) -> str:
        """Tell LIKE: % is any characters, _ one, and a backslash takes their meaning away."""
        what, (pattern, wraps) = self.operand(args[0]), _unwrapped(args[1])
        if what.type is not Type.TEXT:
            raise _differ("LIKE", Type.TEXT, what.type)
        if not isinstance(pattern, str):
            raise _differ("LIKE", Type.TEXT, _type_of(pattern))
        is_cut = (len(pattern) - len(pattern.rstrip("\\"))) % 2 == 1
        if len(pattern) > LETTERS or pattern.count("%") > WILDCARDS or is_cut:
            raise PatternInvalid(letters=LETTERS, wildcards=WILDCARDS)
        told = self._text(pattern).sql
        for each in reversed(wraps):
            told = _FOLDED[each].format(told)
        return f"({what.sql} LIKE {told})"

    def intersects(self, _: str, args: list[Any]) -> str:
        """Tell S_INTERSECTS."""
        left, right = (self._geometry(each) for each in args)
        return f"ST_Intersects({left}, {right})"

    def operand(self, node: Any) -> _Operand:
        """Tell what is compared: a property, a value, or one of them folded."""
        self._count()
        if isinstance(node, bool):
            return _Operand(self._bind(node, "boolean"), Type.BOOLEAN)
        if isinstance(node, float | int):
            return self._number(node)
        if isinstance(node, str):
            return self._text(node)
        if isinstance(node, dict):
            return self._of_object(node)
        raise FilterUnsupported(what="NULL" if node is None else "(…, …)")

    def _of_object(self, node: dict[str, Any]) -> _Operand:
        if "property" in node:
            return self._of_property(node, "=")
        if "date" in node:
            return _Operand(self._bind(_date_of(node["date"]), "date"), Type.DATE)
        if "timestamp" in node:
            moment = _moment_of(node["timestamp"])
            return _Operand(self._bind(moment, "timestamptz"), Type.MOMENT)
        operator = node.get("op")
        if operator in _FOLDED and len(node["args"]) == 1:
            inner = self.operand(node["args"][0])
            if inner.type is not Type.TEXT:
                raise _differ(operator.upper(), Type.TEXT, inner.type)
            return _Operand(_FOLDED[operator].format(inner.sql), Type.TEXT)
        if operator is not None:
            raise FilterUnsupported(what=shown(operator))
        raise FilterUnsupported(what="INTERVAL" if "interval" in node else _kind_of(node))

    def _of_property(self, node: Any, operator: str) -> _Operand:
        if not isinstance(node, dict) or "property" not in node:
            raise FilterUnsupported(what=f"{operator} (…)")
        found = self.properties.get(node["property"])
        if found is None:
            known = ", ".join(self.properties)
            raise PropertyUnknown(name=shown(node["property"]), known=known)
        return _Operand(found.sql, found.type)

    def _geometry(self, node: Any) -> str:
        self._count()
        if isinstance(node, dict) and "property" in node:
            found = self._of_property(node, "S_INTERSECTS")
            if found.type is not Type.GEOMETRY:
                raise _differ("S_INTERSECTS", Type.GEOMETRY, found.type)
            return found.sql
        if not isinstance(node, dict) or "op" in node or not ({"type", "bbox"} & set(node)):
            what = shown(node["op"]) if isinstance(node, dict) and "op" in node else None
            if what is not None:
                raise FilterUnsupported(what=what)
            raise _differ("S_INTERSECTS", Type.GEOMETRY, _type_of(node))
        wkb = shapely.to_wkb(shape_of(node, self.system))
        return f"ST_GeomFromWKB({self._bind(wkb, 'bytea')}, 4326)"

    def _number(self, value: float) -> _Operand:
        if not math.isfinite(value):
            raise FilterValueInvalid(given=shown(value), wanted="number")
        if float(value).is_integer() and abs(value) <= _EXACT:
            return _Operand(self._bind(int(value), "bigint"), Type.INTEGER)
        return _Operand(self._bind(float(value), "float8"), Type.NUMBER)

    def _text(self, value: str) -> _Operand:
        if "\0" in value:
            raise FilterValueInvalid(given=shown(value), wanted="text")
        return _Operand(self._bind(unicodedata.normalize("NFC", value), "text"), Type.TEXT)

    def _bind(self, value: object, cast: str) -> str:
        name = f"filter_{len(self.params)}"
        self.params[name] = value
        return f"%({name})s::{cast}"

    def _count(self) -> None:
        self.parts += 1
        if self.parts > PARTS:
            raise FilterTooLarge(parts=self.parts, limit=PARTS)

    @staticmethod
    def _require_same(operator: str, left: _Operand, right: _Operand) -> None:
        same = left.type is right.type or {left.type, right.type} <= _NUMBERS
        if not same or left.type is Type.GEOMETRY:
            raise _differ(operator, left.type, right.type)


_PREDICATES: Final[dict[str, tuple[int, int, Callable[[_Teller, str, list[Any]], str]]]] = {
    **dict.fromkeys(_COMPARISONS, (2, 2, _Teller.compared)),
    "and": (2, PARTS, _Teller.joined),
    "or": (2, PARTS, _Teller.joined),
    "not": (1, 1, _Teller.negated),
    "between": (3, 3, _Teller.between),
    "in": (2, 2, _Teller.among),
    "isNull": (1, 1, _Teller.missing),
    "like": (2, 2, _Teller.like),
    "s_intersects": (2, 2, _Teller.intersects),
}
"""Operators that make a condition: fewest and most arguments, and who tells them."""


def _unwrapped(node: Any) -> tuple[Any, list[str]]:
    """Give a pattern and what it is folded by, outermost first."""
    wraps: list[str] = []
    while isinstance(node, dict) and node.get("op") in _FOLDED and len(node["args"]) == 1:
        wraps.append(node["op"])
        node = node["args"][0]
    return node, wraps


def _date_of(given: Any) -> date:
    try:
        # of its other forms CQL2 knows none
        return date.fromisoformat(given if len(given) == 10 else "")
    except (TypeError, ValueError):
        raise FilterValueInvalid(given=shown(given), wanted="DATE") from None


def _moment_of(given: Any) -> datetime:
    try:
        return datetime.fromisoformat(given)
    except (TypeError, ValueError):
        raise FilterValueInvalid(given=shown(given), wanted="TIMESTAMP") from None


def _type_of(node: Any) -> Type:
    if isinstance(node, bool):
        return Type.BOOLEAN
    if isinstance(node, float | int):
        return Type.NUMBER
    return Type.DATE if isinstance(node, dict) and "date" in node else Type.TEXT


def _kind_of(node: Mapping[str, Any]) -> str:
    return "BBOX" if "bbox" in node else shown(node.get("type", "?"))


def _differ(operator: str, wanted: Type, found: Type) -> FilterTypesDiffer:
    return FilterTypesDiffer(operator=operator, wanted=wanted, found=found)
