"""Pure: what a question to a collection says, each parameter read and checked.

>>> read_days("2025-07-01/..")
Days(first=datetime.date(2025, 7, 1), last=datetime.date(9999, 12, 31))
>>> read_limit("100000")
1000

Source: OGC 17-069r4, API Features part 1, requirements of bbox, datetime, limit.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import orjson
import shapely

from addrsvc.clock import VIETNAM
from addrsvc.ogc.cql.reading import read_filter
from addrsvc.ogc.cql.telling import Condition, condition_of
from addrsvc.ogc.errors import (
    ChoiceInvalid,
    LimitInvalid,
    PageCursorInvalid,
    ParameterRepeated,
    ParameterUnknown,
    SystemUnknown,
    TimesInvalid,
    ValueInvalid,
    WindowInvalid,
)
from addrsvc.ogc.model import Collection, Property, Type, shown
from addrsvc.ogc.systems import CRS84, System, system_of, window_from_system

LIMIT: Final = 100
"""Features of a page where nobody says how many."""

MOST: Final = 1_000
"""Most features of a page; who asks for more is given so many."""

GEOMETRY: Final = "geometry"
TEXT, JSON = "cql2-text", "cql2-json"
COUNTS: Final = ("exact", "estimated")
COMMON: Final = (
    "limit",
    "bbox",
    "bbox-crs",
    "datetime",
    "crs",
    "filter",
    "filter-lang",
    "filter-crs",
    "cursor",
    "count",
    "f",
)
"""Parameters of items beside the properties of their collection."""

_BEGINNING: Final = date.min
_END: Final = date.max
_OPEN: Final = frozenset({"", ".."})


@dataclass(frozen=True, slots=True)
class Days:
    """Legal days asked about, both ends in it."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a collection."""

    limit: int
    window: shapely.Geometry | None
    """EPSG:4326; None: everywhere."""
    days: Days | None
    """None: what holds today."""
    system: System
    """In which coordinates are given."""
    equal: Mapping[str, Any]
    """Properties and the values they are to have."""
    condition: Condition | None
    after: int | str | None
    """Key of the last feature of the page before."""
    count: str | None


def read_items(given: Iterable[tuple[str, str]], collection: Collection) -> Asked:
    """Read the parameters of a question for features.

    Raises:
        InvalidInput: one is unknown, repeated or cannot be; see ``errors`` and ``cql.errors``.
    """
    values = require_known(given, (*COMMON, *(each.name for each in collection.properties)))
    read_choice(values, "f", ("json",))
    said = values.get("filter")
    return Asked(
        limit=read_limit(values.get("limit")),
        window=read_window(values.get("bbox"), read_system(values, "bbox-crs")),
        days=None if "datetime" not in values else read_days(values["datetime"]),
        system=read_system(values, "crs"),
        equal={
            each.name: value_of(each, values[each.name])
            for each in collection.properties
            if each.name in values
        },
        condition=_condition(values, collection) if said is not None else None,
        after=None if "cursor" not in values else read_cursor(values["cursor"], collection),
        count=read_choice(values, "count", COUNTS),
    )


def require_known(given: Iterable[tuple[str, str]], known: Iterable[str]) -> dict[str, str]:
    """Give parameters by name.

    Raises:
        ParameterUnknown, ParameterRepeated: one is not known here, or given twice.
    """
    names = tuple(known)
    values: dict[str, str] = {}
    for name, value in given:
        if name not in names:
            raise ParameterUnknown(name=shown(name), known=", ".join(names))
        if name in values:
            raise ParameterRepeated(name=name)
        values[name] = value
    return values


def read_choice(values: Mapping[str, str], name: str, known: tuple[str, ...]) -> str | None:
    """Give one of a few words; None: none is given.

    Raises:
        ChoiceInvalid: it is another.
    """
    given = values.get(name)
    if given is not None and given not in known:
        raise ChoiceInvalid(name=name, given=shown(given), known=", ".join(known))
    return given


def read_limit(given: str | None) -> int:
    """Read how many features a page is to have.

    Raises:
        LimitInvalid: it is no whole number from 1 on.
    """
    if given is None:
        return LIMIT
    if not (given.isascii() and given.isdigit() and 0 < len(given) < 20) or int(given) < 1:
        raise LimitInvalid(given=shown(given), most=MOST)
    return min(int(given), MOST)


def read_window(given: str | None, system: System) -> shapely.Geometry | None:
    """Read a bbox, of four numbers or six; heights are passed over, since nothing has one.

    Raises:
        WindowInvalid: it is none of its system.
    """
    if given is None:
        return None
    try:
        numbers = [float(each) for each in given[:400].split(",")]
    except ValueError:
        numbers = []
    half = len(numbers) // 2
    is_box = len(numbers) in {4, 6} and all(math.isfinite(each) for each in numbers)
    if is_box and (half == 2 or numbers[2] <= numbers[5]):
        low, high = numbers[:half], numbers[half:]
        window = window_from_system(system, (low[0], low[1]), (high[0], high[1]))
        if window is not None:
            return window
    raise WindowInvalid(given=shown(given), crs=system.name)


def read_system(values: Mapping[str, str], name: str) -> System:
    """Read which reference system is meant; CRS84 where nothing is said.

    Raises:
        SystemUnknown: it is none of ours.
    """
    given = values.get(name)
    if given is None:
        return CRS84
    found = system_of(given)
    if found is None:
        raise SystemUnknown(name=name, given=shown(given))
    return found


def read_days(given: str) -> Days:
    """Read a day, a moment, or an interval whose ends may be open; moments are days of Vietnam.

    Raises:
        TimesInvalid: it is none, or ends before it begins.
    """
    ends = given.split("/")
    try:
        if len(ends) == 1:
            day = _day(ends[0])
            return Days(day, day)
        first, last = ends
        days = Days(
            _BEGINNING if first in _OPEN else _day(first), _END if last in _OPEN else _day(last)
        )
    except ValueError:
        raise TimesInvalid(given=shown(given)) from None
    if days.first > days.last:
        raise TimesInvalid(given=shown(given))
    return days


def _day(given: str) -> date:
    if len(given) == 10:
        return date.fromisoformat(given)
    # a plus sign became a space on its way
    moment = datetime.fromisoformat(given.replace(" ", "+"))
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=VIETNAM)
    try:
        return aware.astimezone(VIETNAM).date()
    except OverflowError:
        raise ValueError(given) from None


def value_of(wanted: Property, given: str) -> Any:
    """Read the value a property is to have.

    Raises:
        ValueInvalid: it cannot have it.
    """
    refused = ValueInvalid(name=wanted.name, given=shown(given), wanted=wanted.type)
    try:
        if wanted.type is Type.BOOLEAN:
            return {"true": True, "false": False}[given]
        if wanted.type is Type.DATE:
            return date.fromisoformat(given)
        if wanted.type in {Type.INTEGER, Type.NUMBER}:
            number = float(given[:40])
            if not math.isfinite(number):
                raise refused
            return int(number) if number.is_integer() and abs(number) < 2**53 else number
    except (KeyError, ValueError):
        raise refused from None
    if "\0" in given or len(given) > 1_000:
        raise refused
    return given


def cursor_of(key: int | str) -> str:
    """Give what the next page is asked with, behind a key."""
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def read_cursor(given: str, collection: Collection) -> int | str:
    """Read what a page gave to ask the next one with.

    Raises:
        PageCursorInvalid: no page of this collection gave it.
    """
    try:
        padded = given[:200] + "=" * (-len(given[:200]) % 4)
        key = orjson.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    except (binascii.Error, ValueError):
        raise PageCursorInvalid from None
    if collection.has_numbers:
        if isinstance(key, int) and not isinstance(key, bool) and 0 <= key < 2**62:
            return key
    elif isinstance(key, str) and "\0" not in key:
        return key
    raise PageCursorInvalid


def _condition(values: Mapping[str, str], collection: Collection) -> Condition:
    language = read_choice(values, "filter-lang", (TEXT, JSON)) or TEXT
    tree = read_filter(values["filter"], is_json=language == JSON)
    return condition_of(tree, queryables(collection), read_system(values, "filter-crs"))


def queryables(collection: Collection) -> dict[str, Property]:
    """Give what a collection may be asked by, its geometry first."""
    shape = Property(GEOMETRY, Type.GEOMETRY, "item.geometry", collection.title)
    return {GEOMETRY: shape, **{each.name: each for each in collection.properties}}
