"""Which address lies inside which."""

from __future__ import annotations

from datetime import date

import pytest

from addrsvc.registry.act_errors import (
    PartCycle,
    PartElsewhere,
    PartNotInner,
    PartTooDeep,
    PartTooVisible,
)
from addrsvc.registry.model import CommuneRef, Components, Document, Kind, Part, Visibility
from addrsvc.registry.parts import Kin, check_place, part_of, place_differs
from addrsvc.types import AddressId

HERE, THERE = CommuneRef("25747", date(2025, 7, 1)), CommuneRef("25750", date(2025, 7, 1))


def said(
    kind: Kind = Kind.DWELLING,
    part: Part | None = None,
    unit: str | None = None,
    commune: CommuneRef = HERE,
    visibility: Visibility = Visibility.PUBLIC,
) -> Document:
    return Document(
        kind=kind,
        commune=commune,
        components=Components(unit=unit),
        position=None,
        visibility=visibility,
        source="test",
        parent="7512300001",
        part=part,
    )


def kin(number: int, document: Document, parent: int | None = None) -> Kin:
    return Kin(AddressId(number), None if parent is None else AddressId(parent), document)


@pytest.mark.parametrize(
    ("document", "outer", "part"),
    [
        (said(), None, Part.BUILDING),
        (said(), Part.BUILDING, Part.ENTRANCE),
        (said(), Part.UNIT, Part.HOUSEHOLD),
        (said(Kind.APARTMENT), None, Part.UNIT),
        (said(Kind.BOARDING_ROOM), Part.BUILDING, Part.UNIT),
        (said(Kind.ENTERPRISE, unit="12A"), Part.ENTRANCE, Part.UNIT),
        (said(Kind.APARTMENT, part=Part.HOUSEHOLD), Part.BUILDING, Part.HOUSEHOLD),
    ],
)
def test_a_part_is_what_was_said_else_what_its_kind_and_parent_suggest(
    document: Document, outer: Part | None, part: Part
) -> None:
    unit = document.components.unit
    assert part_of(document.kind, unit, document.part, outer) is part


def test_nothing_lies_inside_a_household() -> None:
    with pytest.raises(PartTooDeep):
        part_of(Kind.DWELLING, None, None, Part.HOUSEHOLD)


def test_building_entrance_unit_household_lie_one_inside_the_other() -> None:
    above = [
        kin(3, said(Kind.APARTMENT)),
        kin(2, said(part=Part.ENTRANCE)),
        kin(1, said()),
    ]
    check_place(said(), above)
    check_place(said(Kind.APARTMENT), above[1:])
    check_place(said(), [])
    with pytest.raises(PartTooDeep):
        check_place(said(), [kin(4, said()), *above])
    # what is on record is taken as it is
    with pytest.raises(PartTooDeep):
        check_place(said(), [kin(5, said()), kin(4, said()), *above])


@pytest.mark.parametrize("part", [Part.BUILDING, Part.ENTRANCE, Part.UNIT])
def test_a_part_must_be_further_in_than_its_parent(part: Part) -> None:
    with pytest.raises(PartNotInner) as refused:
        check_place(said(part=part), [kin(1, said(Kind.APARTMENT))])
    assert "căn" in refused.value.text("vi").lower()


def test_a_part_lies_in_the_commune_of_its_parent() -> None:
    with pytest.raises(PartElsewhere):
        check_place(said(Kind.APARTMENT, commune=THERE), [kin(1, said())])


def test_nothing_is_part_of_itself() -> None:
    above = [kin(2, said(Kind.APARTMENT)), kin(1, said())]
    with pytest.raises(PartCycle):
        check_place(said(), above, (), AddressId(1))


def test_what_lies_inside_must_still_fit() -> None:
    flat, household = kin(2, said(Kind.APARTMENT), 1), kin(3, said(), 2)
    check_place(said(), [], [flat, household], AddressId(1))
    with pytest.raises(PartNotInner):
        check_place(said(part=Part.UNIT), [], [flat, household], AddressId(1))
    with pytest.raises(PartTooDeep):
        check_place(said(part=Part.HOUSEHOLD), [], [kin(2, said(), 1)], AddressId(1))
    # they may follow to another commune later
    check_place(said(commune=THERE), [], [flat], AddressId(1))


@pytest.mark.parametrize("hidden", [Visibility.RESTRICTED, Visibility.SECRET])
def test_a_part_names_no_whole_to_more_people_than_see_it(hidden: Visibility) -> None:
    whole, flat = said(visibility=hidden), said(Kind.APARTMENT)
    with pytest.raises(PartTooVisible):
        check_place(flat, [kin(1, whole)])
    with pytest.raises(PartTooVisible):
        check_place(whole, [], [kin(2, flat, 1)], AddressId(1))
    as_hidden = said(Kind.APARTMENT, visibility=hidden)
    check_place(as_hidden, [kin(1, whole)])
    check_place(as_hidden, [kin(1, said())])
    check_place(whole, [], [kin(2, as_hidden, 1)], AddressId(1))


def test_only_what_the_rules_look_at_is_looked_at() -> None:
    assert not place_differs(said(), said(Kind.ENTERPRISE))
    assert place_differs(said(), said(Kind.APARTMENT))
    assert place_differs(said(), said(part=Part.ENTRANCE))
    assert place_differs(said(), said(unit="1"))
    assert place_differs(said(), said(visibility=Visibility.SECRET))
    assert place_differs(said(), said(commune=THERE))
