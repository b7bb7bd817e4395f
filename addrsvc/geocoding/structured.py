"""Pure: components somebody has apart already, as a reading of a text would give them.

Nothing is segmented: a street called ``Phường 5`` stays a street. Names of units may be old or
new and need no word before them; codes name units without any doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from datetime import date
from typing import Final

from addrsvc.geocoding.answers import Given
from addrsvc.parsing.house_number import parse_house_number
from addrsvc.parsing.keys import locality_key, search_keys, unit_key
from addrsvc.parsing.model import (
    Component,
    ComponentType,
    Parsed,
    Status,
    UnitMention,
    UnitReading,
)
from addrsvc.parsing.normalise import canonical, name_key
from addrsvc.types import Level

ReadUnits = Callable[[str], tuple[UnitReading, ...]]
"""Reads names of units from a text, best reading first."""

FindUnit = Callable[[Level, str, date], UnitMention | None]
"""Gives the unit that has a code on a day; None: there is none."""

_CODE: Final = re.compile(r"[0-9]{2,5}")
_DIGITS: Final[dict[Level, int]] = {Level.COMMUNE: 5, Level.DISTRICT: 3, Level.PROVINCE: 2}
_BELOW: Final = ("unit", "floor", "building", "house_number", "thoroughfare", "locality")


def read_given(given: Given, at: date, read_units: ReadUnits, find_unit: FindUnit) -> Parsed:
    """Give the components as a reading; ``at`` decides which unit a code names."""
    readings = _units(given, at, read_units, find_unit)
    first = readings[0] if readings else None
    components = (*_below(given), *unit_components(first))
    values = (getattr(given, each.name) for each in fields(given))
    return Parsed(
        text=", ".join(value for value in values if value is not None),
        components=tuple(components),
        units=readings,
    )


def unit_components(reading: UnitReading | None) -> Iterator[Component]:
    """Give the units of a reading as components, innermost first."""
    if reading is None:
        return
    for mention in (reading.commune, reading.district, reading.province):
        if mention is not None:
            yield Component(
                ComponentType(mention.level.value),
                mention.name,
                mention.span,
                mention.status,
                mention.unit.code if mention.unit is not None else name_key(mention.name),
                kind=mention.kind,
                unit=mention.unit,
                evidence=mention.evidence,
            )


def _below(given: Given) -> Iterator[Component]:
    localities = [] if given.locality is None else [("place", given.locality)]
    base, number = search_keys(given.house_number, given.thoroughfare, localities)
    keys = {
        "unit": None if given.unit is None else unit_key(given.unit),
        "house_number": number,
        "thoroughfare": base,
        "locality": None if given.locality is None else locality_key("place", given.locality),
    }
    for name in _BELOW:
        value, key = getattr(given, name), keys.get(name)
        if name == "house_number" and number is not None:
            value = _printed(value, number)
        if value is None:
            continue
        kind = key.partition(":")[0] if name == "locality" and key is not None else None
        yield Component(
            ComponentType(name),
            canonical(value),
            None,
            Status.UNCONFIRMED,
            key if key is not None else name_key(value),
            kind=kind,
            evidence=("given",),
        )


def _printed(value: str | None, key: str) -> str:
    """Print a number; one that took its alley from the street's name comes from the key."""
    found = None if value is None else parse_house_number(value)
    if found is not None and found.key == key:
        return str(found)
    return re.sub(r"0+(?=\d)", "", key).upper().rstrip("/")


def _units(
    given: Given, at: date, read_units: ReadUnits, find_unit: FindUnit
) -> tuple[UnitReading, ...]:
    """Read the names together, so that each helps to tell the others; codes go over names."""
    coded: dict[Level, UnitMention] = {}
    named: list[str] = []
    for level, value in _given_units(given):
        text = value.strip()
        if _CODE.fullmatch(text) and len(text) == _DIGITS[level]:
            mention = find_unit(level, text, at)
            coded[level] = mention if mention is not None else _unknown(level, text)
        elif text:
            named.append(text)
    readings = read_units(", ".join(named)) if named else ()
    if coded:
        readings = tuple(_with_codes(each, coded) for each in readings[:1] or (_NONE,))
    return tuple(_without_spans(each) for each in readings)


_NONE: Final = UnitReading(None, None, None, 1.0)


def _given_units(given: Given) -> Iterable[tuple[Level, str]]:
    pairs = (
        (Level.COMMUNE, given.commune),
        (Level.DISTRICT, given.district),
        (Level.PROVINCE, given.province),
    )
    return ((level, value) for level, value in pairs if value is not None)


def _unknown(level: Level, code: str) -> UnitMention:
    return UnitMention(level, None, code, "", None, Status.UNCONFIRMED, ("code",))


def _with_codes(reading: UnitReading, coded: dict[Level, UnitMention]) -> UnitReading:
    return replace(
        reading,
        commune=coded.get(Level.COMMUNE, reading.commune),
        district=coded.get(Level.DISTRICT, reading.district),
        province=coded.get(Level.PROVINCE, reading.province),
    )


def _without_spans(reading: UnitReading) -> UnitReading:
    """Take the spans off: they point into a text put together here."""
    return replace(
        reading,
        commune=_spanless(reading.commune),
        district=_spanless(reading.district),
        province=_spanless(reading.province),
    )


def _spanless(mention: UnitMention | None) -> UnitMention | None:
    return None if mention is None else replace(mention, span=None)
