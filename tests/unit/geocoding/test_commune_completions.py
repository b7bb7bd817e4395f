"""Communes by how their names begin, over invented ones."""

from __future__ import annotations

import pytest

from addrsvc.geocoding.answers import Area
from addrsvc.geocoding.areas import Areas
from addrsvc.geocoding.commune_completions import CommuneCompletions
from addrsvc.geocoding.gazetteer import Gazetteer
from addrsvc.geocoding.model import Place
from addrsvc.types import LonLat

NAMES = {
    "00001": "Phường Thử Một",
    "00002": "Xã Thử Hai",
    "00003": "Phường Một",
    "00004": "Đặc khu Thử",
}


@pytest.fixture
def communes() -> CommuneCompletions:
    areas = {code: Area(code, name, LonLat(105, 10), None) for code, name in NAMES.items()}
    gazetteer = Gazetteer({})
    for street in ("a", "b", "c"):
        gazetteer.add(Place("thoroughfare", street, street, "00002", 1, None))
    return CommuneCompletions(Areas(areas, {}), gazetteer)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("thu", ["00002", "00004", "00001"]),  # the busiest first
        ("mot", ["00003", "00001"]),  # a later word comes after
        ("phuong", ["00003", "00001"]),
        ("P.th", ["00001"]),
        ("x thu", ["00002"]),
        ("Đặc khu", ["00004"]),
        ("t", []),
        ("", []),
        ("zz", []),
    ],
)
def test_beginnings(communes: CommuneCompletions, typed: str, codes: list[str]) -> None:
    for _ in range(2):  # the second time it is remembered
        assert [each.code for each in communes.beginning(typed, 8)] == codes


def test_the_most_welcome_come_first(communes: CommuneCompletions) -> None:
    found = communes.beginning("thu", 2, lambda _, area: float(area.code))
    assert [each.code for each in found] == ["00004", "00002"]
