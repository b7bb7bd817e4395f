"""Reading without a database: the lexicon of the bundled files, and the layers above it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from unittest.mock import patch

from addrsvc.admin_units.bundled import FOLDER as UNITS
from addrsvc.admin_units.model import KNOWN_FROM, REORGANISED
from addrsvc.parsing import reader as reader_module
from addrsvc.parsing import units as units_module
from addrsvc.parsing.lexicon import LexiconUnit, UnitLexicon
from addrsvc.parsing.normalise import normalise
from addrsvc.parsing.reader import AddressReader
from addrsvc.parsing.tokens import tokenise
from addrsvc.parsing.units import UnitReader
from addrsvc.types import Level, UnitId, ValidPeriod

_NO_CAP = 10_000_000


def unit_lexicon() -> UnitLexicon:
    """Make the lexicon of the country from the bundled files."""
    units = [
        LexiconUnit(
            UnitId(row["code"], since),
            ValidPeriod(since, until),
            level,
            row["kind"],
            row["name"],
            row.get("parent_code"),
        )
        for file, level, since, until in _FILES
        for row in _rows(file)
    ]
    links = [
        (UnitId(row["from_code"], KNOWN_FROM), UnitId(row["to_code"], REORGANISED))
        for file in ("commune_links_2025-07.csv", "province_links_2025-07.csv")
        for row in _rows(file)
    ]
    return UnitLexicon(units, links)


_FILES = (
    ("provinces_2025-06.csv", Level.PROVINCE, KNOWN_FROM, REORGANISED),
    ("districts_2025-06.csv", Level.DISTRICT, KNOWN_FROM, REORGANISED),
    ("communes_2025-06.csv", Level.COMMUNE, KNOWN_FROM, REORGANISED),
    ("provinces_2025-07.csv", Level.PROVINCE, REORGANISED, None),
    ("communes_2025-07.csv", Level.COMMUNE, REORGANISED, None),
)


def _rows(file: str) -> Iterator[dict[str, str]]:
    with (UNITS / file).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def layers() -> dict[str, Callable[[str], object]]:
    """Give the layers of reading, outermost last, by name."""
    units = UnitReader(unit_lexicon())
    whole = AddressReader(units)
    return {
        "normalise": normalise,
        "tokenise": tokenise,
        "UnitReader.read": lambda text: units.read(tokenise(text)),
        "AddressReader.read": whole.read,
    }


def layers_without_cap() -> dict[str, Callable[[str], object]]:
    """Give the layers of reading with their caps on the length of a text lifted."""
    return {name: _uncapped(read) for name, read in layers().items()}


def _uncapped(read: Callable[[str], object]) -> Callable[[str], object]:
    def reading(text: str) -> object:
        with ExitStack() as stack:
            for module, name in _CAPS:
                stack.enter_context(patch.object(module, name, _NO_CAP))
            return read(text)

    return reading


_CAPS = ((reader_module, "MAX_LENGTH"), (units_module, "MAX_TEXT"))
