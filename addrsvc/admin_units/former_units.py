"""Units abolished or renamed before the registers begin, known by name only."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path

from addrsvc.admin_units.model import KNOWN_FROM
from addrsvc.parsing.lexicon import LexiconUnit
from addrsvc.types import Level, UnitId, ValidPeriod

FOLDER = Path(__file__).resolve().parents[2] / "geodata" / "lexicon"

_LISTED = date(2019, 10, 1)
"""Day of the older list; since when a unit existed is not known."""
_FILES = (
    ("provinces_before_2025-06.csv", Level.PROVINCE),
    ("districts_before_2025-06.csv", Level.DISTRICT),
    ("communes_before_2025-06.csv", Level.COMMUNE),
)


@cache
def former_units() -> tuple[LexiconUnit, ...]:
    """Read them from the bundled files, provinces first."""
    units: list[LexiconUnit] = []
    for file, level in _FILES:
        with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
            units.extend(
                LexiconUnit(
                    UnitId(row["code"], _LISTED),
                    ValidPeriod(_LISTED, KNOWN_FROM),
                    level,
                    row["kind"],
                    row["name"],
                    row["parent_code"] or None,
                )
                for row in csv.DictReader(lines)
            )
    return tuple(units)
