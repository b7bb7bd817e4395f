"""The lexicon of the whole country, made from the bundled files without a database."""

from __future__ import annotations

import csv
from functools import cache

from addrsvc.admin_units import bundled
from addrsvc.admin_units.former_units import former_units
from addrsvc.admin_units.model import KNOWN_FROM, REORGANISED, LinkKind
from addrsvc.admin_units.succession import Link, Succession
from addrsvc.parsing.lexicon import LexiconUnit, UnitLexicon
from addrsvc.parsing.units import UnitReader
from addrsvc.types import Level, UnitId, ValidPeriod


def _rows(file: str) -> list[dict[str, str]]:
    with (bundled.FOLDER / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def bundled_units() -> tuple[LexiconUnit, ...]:
    """Give every registered unit, old and new."""
    return tuple(
        LexiconUnit(
            UnitId(row["code"], start),
            ValidPeriod(start, end),
            Level(level),
            row["kind"],
            row["name"],
            row.get("parent_code"),
        )
        for file, level, start, end in bundled._UNIT_FILES
        for row in _rows(file)
    )


@cache
def bundled_links() -> tuple[tuple[UnitId, Link], ...]:
    """Give every link from an old unit to a new one; shares are not bundled."""
    return tuple(
        (
            UnitId(row["from_code"], KNOWN_FROM),
            Link(UnitId(row["to_code"], REORGANISED), LinkKind(row["kind"]), None),
        )
        for file in (bundled._COMMUNE_LINKS, bundled._PROVINCE_LINKS)
        for row in _rows(file)
    )


@cache
def bundled_lexicon() -> UnitLexicon:
    """Give the lexicon, former units too."""
    links = [(before, link.to) for before, link in bundled_links()]
    return UnitLexicon(bundled_units(), links, former_units())


@cache
def bundled_reader() -> UnitReader:
    """Give a reader of it."""
    return UnitReader(bundled_lexicon())


@cache
def bundled_succession() -> Succession:
    """Give what every unit became."""
    return Succession({unit.id: unit.period for unit in bundled_units()}, bundled_links())
