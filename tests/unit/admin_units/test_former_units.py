from __future__ import annotations

import csv
import hashlib

from addrsvc.admin_units.former_units import FOLDER, former_units
from addrsvc.admin_units.model import KNOWN_FROM
from addrsvc.types import Level


def test_former_units_ended_before_the_registers_begin() -> None:
    units = former_units()
    assert {unit.period.end for unit in units} == {KNOWN_FROM}
    assert [
        unit.name for unit in units if unit.level is Level.DISTRICT and unit.kind == "quan"
    ] == [
        "9",
        "2",
    ]
    assert sum(unit.level is Level.COMMUNE for unit in units) > 1_500


def test_every_parent_is_known() -> None:
    districts = {unit.id.code for unit in former_units() if unit.level is Level.DISTRICT}
    present = FOLDER.parent / "admin_units" / "districts_2025-06.csv"
    with present.open(encoding="utf-8", newline="") as lines:
        districts |= {row["code"] for row in csv.DictReader(lines)}
    communes = [unit for unit in former_units() if unit.level is Level.COMMUNE]
    assert {unit.parent_code for unit in communes} <= districts


def test_the_files_are_those_the_notes_name() -> None:
    notes = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    for file in FOLDER.glob("*_before_2025-06.csv"):
        assert hashlib.sha256(file.read_bytes()).hexdigest() in notes
