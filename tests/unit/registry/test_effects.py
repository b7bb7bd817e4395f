"""What an act does, told before it is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from addrsvc.registry.effects import Effects, effect_of, slices_differ
from addrsvc.registry.model import (
    Address,
    CommuneRef,
    Components,
    Document,
    Kind,
    Status,
    Successor,
    Visibility,
)
from addrsvc.registry.timeline import Slice
from addrsvc.types import AddressId

DAY = date(2026, 1, 15)
DOCUMENT = Document(
    kind=Kind.DWELLING,
    commune=CommuneRef("25747", date(2025, 7, 1)),
    components=Components(house_number="1"),
    position=None,
    visibility=Visibility.PUBLIC,
    source="test",
)
BEFORE = Slice(1, date(2025, 9, 1), None, Status.CURRENT, DOCUMENT)


def address(code: str, *successors: str) -> Address:
    return Address(
        address_id=AddressId(1),
        code=code,
        issuer="Test",
        version=2,
        status=Status.RETIRED if successors else Status.CURRENT,
        valid_from=DAY,
        recorded_from=datetime(2026, 1, 15, tzinfo=UTC),
        document=DOCUMENT,
        commune_code="25747",
        commune_name="Phường Tây",
        province_code="79",
        province_name="Thành phố Mẫu",
        successors=tuple(Successor(each, "split", Visibility.PUBLIC) for each in successors),
    )


def test_differences_name_the_parts_that_differ_and_the_status_first() -> None:
    after = replace(
        BEFORE,
        status=Status.RETIRED,
        document=replace(DOCUMENT, components=Components(house_number="1A")),
    )
    found = [(each.field, each.before, each.after) for each in slices_differ(BEFORE, after)]
    assert found == [("status", "current", "retired"), ("house_number", "1", "1A")]
    assert slices_differ(BEFORE, BEFORE) == ()


def test_codes_of_new_addresses_are_not_told() -> None:
    effects = Effects()
    effects.note(effect_of("assigned", address("7512300001"), None, None))
    moved = replace(BEFORE, document=replace(DOCUMENT, parent="7512300001"))
    effects.note(effect_of("changed", address("7512300002"), BEFORE, moved))
    gone = replace(BEFORE, valid_from=DAY, status=Status.RETIRED)
    effects.note(effect_of("retired", address("7512300003", "7512300001"), BEFORE, gone))
    new, part, old = effects.to_json()
    assert (new["ref"], new["differences"], new["label"]) == (
        "new-1",
        [],
        "1, Phường Tây, Thành phố Mẫu",
    )
    assert part["differences"] == [{"field": "parent", "before": None, "after": "new-1"}]
    assert (old["ref"], old["successors"], old["status"]) == ("7512300003", ["new-1"], "retired")
    assert old["valid_from"] == "2026-01-15"
