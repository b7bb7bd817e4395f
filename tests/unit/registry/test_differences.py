"""What two versions say differently: every part, and metres for a position."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.registry.differences import _PARTS, Difference, differences
from addrsvc.registry.model import (
    CommuneRef,
    Components,
    Document,
    Kind,
    Locality,
    Marks,
    Method,
    Part,
    Position,
    Visibility,
)
from addrsvc.types import LonLat

HERE = Position(LonLat(106.65, 10.98), 4.5, Method.GNSS, Marks.ENTRANCE)
HOUSE = Document(
    kind=Kind.DWELLING,
    commune=CommuneRef("25747", date(2025, 7, 1)),
    components=Components(house_number="1", thoroughfare="Đường Mẫu"),
    position=HERE,
    visibility=Visibility.PUBLIC,
    source="field",
)
OTHER = Document(
    kind=Kind.ENTERPRISE,
    commune=CommuneRef("25750", date(2025, 7, 1)),
    components=Components("A", "2", "B", "3", "Đường Khác", (Locality("ap", "Ấp Một"),)),
    position=None,
    visibility=Visibility.SECRET,
    source="map",
    name="Mẫu",
    parent="7512304827",
    text="3 Đường Khác",
    part=Part.ENTRANCE,
)


def test_the_same_says_nothing_differently() -> None:
    assert differences(HOUSE, HOUSE) == []


def test_every_part_of_a_document_is_compared() -> None:
    found = differences(HOUSE, OTHER)
    assert [each.field for each in found] == list(_PARTS)
    parts = {each.name for each in fields(Document)} | {each.name for each in fields(Components)}
    assert set(_PARTS) == parts - {"components"}


def test_a_move_says_how_far() -> None:
    moved = replace(HOUSE, position=replace(HERE, point=LonLat(106.65, 10.981)))
    [found] = differences(HOUSE, moved)
    assert found.moved_m == pytest.approx(110.6, abs=0.1)
    assert found.to_json()["after"]["lat"] == 10.981
    assert found.to_json()["moved_m"] == found.moved_m


def test_a_position_gained_or_lost_was_not_moved() -> None:
    [gained] = differences(replace(HOUSE, position=None), HOUSE)
    assert gained.moved_m is None
    assert "moved_m" not in gained.to_json()


def test_localities_and_commune_read_as_in_answers() -> None:
    changed = {each.field: each for each in differences(HOUSE, OTHER)}
    assert changed["localities"] == Difference(
        "localities", [], [{"kind": "ap", "value": "Ấp Một"}]
    )
    assert changed["commune"].after == {"code": "25750", "valid_from": "2025-07-01"}


@given(st.sampled_from([HOUSE, OTHER]), st.sampled_from([HOUSE, OTHER]))
def test_the_other_way_round_is_the_mirror(one: Document, other: Document) -> None:
    there, back = differences(one, other), differences(other, one)
    assert [(each.field, each.after, each.before) for each in there] == [
        (each.field, each.before, each.after) for each in back
    ]
