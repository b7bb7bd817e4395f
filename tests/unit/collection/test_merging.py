"""Three-way merge per field: no value vanishes, and nothing unseen is replaced."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.collection.merging import (
    FIELDS,
    Standing,
    components_of,
    correction,
    fields_of,
    localities_of,
    merge,
    merge_of,
    next_base,
    position_json,
    position_of,
    text_of,
)
from addrsvc.registry.commands import KEEP
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

VALUES = st.sampled_from([None, "1", "2", "3"])
"""Few, so that they are often the same."""
SETS = st.dictionaries(st.sampled_from(FIELDS), VALUES)
WHOLE = st.fixed_dictionaries(dict.fromkeys(FIELDS, VALUES))

SPOT = Position(LonLat(106.65, 10.95), 4.5, Method.GNSS, Marks.ENTRANCE)
DOCUMENT = Document(
    kind=Kind.ENTERPRISE,
    commune=CommuneRef("25747", date(2025, 7, 1)),
    components=Components(
        unit="5",
        floor="2",
        building="A",
        house_number="12/3",
        thoroughfare="Đường Lê Lợi",
        localities=(Locality("khu_pho", "3"),),
    ),
    position=SPOT,
    visibility=Visibility.RESTRICTED,
    source="test",
    name="Xưởng Mộc",
    parent="7512304827",
    text="12/3 le loi",
    part=Part.UNIT,
)


@given(base=st.none() | SETS, registered=WHOLE, collected=SETS)
def test_every_value_holds_stays_or_stands_in_a_conflict(
    base: dict[str, Any] | None, registered: dict[str, Any], collected: dict[str, Any]
) -> None:
    merged = merge(base, registered, collected)
    assert merged.fields.keys() == collected.keys()
    for name, each in merged.fields.items():
        seen_known = base is not None and name in base
        assert each.is_base_known == seen_known
        assert (each.registered, each.collected) == (registered[name], collected[name])
        # what the register says is replaced only where the collector saw just that
        if each.outcome != registered[name]:
            assert seen_known
            assert base is not None
            assert base[name] == registered[name]
            assert each.outcome == collected[name]
        # what the collector says is left aside only where it is no news, or as a conflict
        if each.outcome != collected[name]:
            is_no_news = base is not None and seen_known and base[name] == collected[name]
            assert is_no_news or name in merged.conflicts


@given(base=WHOLE, registered=WHOLE, collected=WHOLE)
def test_the_four_cases(
    base: dict[str, Any], registered: dict[str, Any], collected: dict[str, Any]
) -> None:
    assert merge(base, registered, base).changes == {}
    assert merge(base, registered, base).conflicts == ()
    assert merge(base, base, collected).conflicts == ()
    assert {**base, **merge(base, base, collected).changes} == collected
    assert merge(base, registered, registered).changes == {}
    assert merge(base, registered, registered).conflicts == ()
    differing = {name for name in FIELDS if registered[name] != collected[name]}
    assert set(merge(None, registered, collected).conflicts) == differing


@given(base=st.none() | SETS, registered=WHOLE, collected=SETS)
def test_its_json_comes_back(
    base: dict[str, Any] | None, registered: dict[str, Any], collected: dict[str, Any]
) -> None:
    merged = merge(base, registered, collected)
    assert merge_of(merged.to_json()) == merged


@given(base=st.none() | SETS, registered=WHOLE, collected=WHOLE, again=WHOLE, later=WHOLE)
def test_sent_again_it_asks_on_and_does_not_undo(
    base: dict[str, Any] | None,
    registered: dict[str, Any],
    collected: dict[str, Any],
    again: dict[str, Any],
    later: dict[str, Any],
) -> None:
    first = merge(base, registered, collected)
    after = {**registered, **first.changes}
    wrote = frozenset(first.changes)
    # nothing new said: conflicts go on waiting, and nothing else is touched, whatever changed
    same = merge(next_base(first, wrote), after, collected)
    assert same.changes == {}
    assert same.conflicts == first.conflicts
    assert not merge(next_base(first, wrote), later, collected).changes.keys() & wrote
    # what the collector now says otherwise replaces only what the collector had seen
    anew = merge(next_base(first, wrote), later, again)
    for name, value in anew.changes.items():
        seen = collected[name] if name not in first.conflicts else (base or {}).get(name)
        assert later[name] == seen
        assert value == again[name]


def test_what_is_not_said_is_left_as_it_is() -> None:
    merged = merge({"house_number": "1"}, {"house_number": "2"}, {})
    assert (merged.changes, merged.conflicts) == ({}, ())
    unknown = merge({}, {"name": "A"}, {"name": "B"}).fields["name"]
    assert (unknown.standing, unknown.is_base_known) == (Standing.CONFLICT, False)
    assert next_base(merge({}, {"name": "A"}, {"name": "B"}), frozenset()) == {}
    assert next_base(merge({}, {"name": "A"}, {"name": "B"}), frozenset({"name"})) == {"name": "B"}


def test_texts_are_compared_as_the_register_keeps_them() -> None:
    composed, apart = "Đường Cách Mạng Tháng 8", "Đường  Cách Mạng Tháng 8 "
    assert text_of(composed) == text_of(apart)
    assert text_of("  ") is None
    assert text_of(None) is None
    assert localities_of([]) is None
    assert localities_of([("khu_pho", " 3 ")]) == [["khu_pho", "3"]]


def test_a_document_comes_apart_into_all_its_fields() -> None:
    said = fields_of(DOCUMENT)
    assert set(said) == set(FIELDS)
    assert components_of(said) == DOCUMENT.components
    assert position_of(said["position"]) == SPOT
    # nothing of an address is merged but what is listed, and nothing listed is forgotten
    apart = {each.name for each in fields(Document)} - {"components"}
    merged = {"kind", "name", "position"}
    assert apart - merged == {"commune", "visibility", "source", "parent", "text", "part"}


@pytest.mark.parametrize(
    ("changes", "touched"),
    [
        ({}, set()),
        ({"kind": "dwelling"}, {"kind"}),
        ({"house_number": "14"}, {"components"}),
        ({"localities": None}, {"components"}),
        ({"name": None}, {"name"}),
        ({"position": position_json(SPOT)}, {"position"}),
        ({"position": None}, set()),
    ],
)
def test_a_correction_names_what_changes_and_nothing_else(
    changes: dict[str, Any], touched: set[str]
) -> None:
    registered = fields_of(DOCUMENT)
    command = correction(registered, changes, reason="r", distinct_because="b")
    assert (command.reason, command.distinct_because) == ("r", "b")
    named = {
        each.name
        for each in fields(command)
        if getattr(command, each.name) is not KEEP
        and each.name not in {"reason", "distinct_because", "aliases", "holder", "on"}
    }
    assert named == touched
    if command.components is not KEEP:
        assert fields_of_components(command.components) == {
            name: value
            for name, value in {**registered, **changes}.items()
            if name not in {"kind", "name", "position"}
        }


def fields_of_components(components: Components) -> dict[str, Any]:
    document = Document(
        kind=Kind.DWELLING,
        commune=DOCUMENT.commune,
        components=components,
        position=None,
        visibility=Visibility.PUBLIC,
        source="",
    )
    said = fields_of(document)
    return {name: value for name, value in said.items() if name not in {"kind", "name", "position"}}
