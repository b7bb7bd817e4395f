"""What may be said of a plan."""

from __future__ import annotations

import doctest
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from addrsvc.planning import describing
from addrsvc.planning.describing import faults_of, tidy
from addrsvc.planning.model import Described, Level, PlanKind

DAY = date(2026, 1, 15)
SAID = Described(
    "Quy hoạch thử (bịa)",
    PlanKind.LAND_USE,
    Level.COMMUNE,
    "land-use-2024",
    issuer="UBND Tỉnh Bịa",
    decision_number="1/QĐ-BỊA",
    decision_date=DAY,
    scale=2_000,
    period_from=2021,
    period_to=2030,
    note="Hai dòng\nghi chú",
)


def test_doctests() -> None:
    assert doctest.testmod(describing).failed == 0


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"name": "x" * 301}, ["/name"]),
        ({"name": "a\x00b", "issuer": "\t"}, ["/name", "/issuer"]),
        ({"decision_number": "x" * 101, "note": "x" * 4_001}, ["/decision_number", "/note"]),
        ({"code_list": "land-use-1066"}, ["/code_list"]),
        ({"decision_date": date(2026, 1, 16)}, ["/decision_date"]),
        ({"scale": 99}, ["/scale"]),
        ({"scale": 5_000_001}, ["/scale"]),
        ({"period_from": 1899, "period_to": 2201}, ["/period_from", "/period_to"]),
        ({"period_from": 2031}, ["/period_to"]),
        ({"period_from": None, "decision_date": None, "scale": None, "note": None}, []),
    ],
)
def test_what_cannot_be_so_is_named(changes: dict[str, Any], wrong: list[str]) -> None:
    assert [each.pointer for each in faults_of(replace(SAID, **changes), DAY)] == wrong


def test_blank_texts_are_none() -> None:
    loose = replace(SAID, name="  A ", issuer=" ", note=None, decision_number="1 ")
    tidied = tidy(loose)
    said = (tidied.name, tidied.issuer, tidied.note, tidied.decision_number)
    assert said == ("A", None, None, "1")
