"""What a change of an address means for dossiers, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from addrsvc.dossiers.proposals.model import (
    ACKNOWLEDGED,
    LEFT_NAMES,
    STATE_NAMES,
    WHY_NAMES,
    Happened,
    Left,
    Proposal,
    Said,
    State,
    Why,
    consequence_of,
    in_use_instead,
    is_slip,
)
from addrsvc.registry.model import (
    Address,
    CommuneRef,
    Components,
    Document,
    Kind,
    Locality,
    Marks,
    Method,
    Position,
    Status,
    Successor,
    Visibility,
)
from addrsvc.types import AddressId, LonLat

WEST, EAST = CommuneRef("25747", date(2025, 7, 1)), CommuneRef("25750", date(2025, 7, 1))
HERE = Position(LonLat(106.65, 10.95), 4.0, Method.GNSS, Marks.ENTRANCE)
HOUSE = Document(
    Kind.DWELLING,
    WEST,
    Components(house_number="12", thoroughfare="Đường Lê Lợi"),
    HERE,
    Visibility.PUBLIC,
    "test",
)
CODES = ("7512300001", "7512300002")


def called(**parts: object) -> Document:
    return replace(HOUSE, components=replace(HOUSE.components, **parts))


def why(after: Document, act: str = "change", before: Document = HOUSE) -> Why | None:
    happened = Happened(
        "7512300009", act, Said(Status.CURRENT, before), Said(Status.CURRENT, after)
    )
    found = consequence_of(happened)
    assert found is None or found.candidates == ()
    return None if found is None else found.why


def position(metres: float) -> Position:
    return replace(HERE, point=LonLat(106.65, 10.95 + metres / 110_600))


@pytest.mark.parametrize(
    ("act", "successors", "expected"),
    [
        ("merge", CODES[:1], Why.MERGED),
        ("duplicate", CODES[:1], Why.MERGED),
        ("split", CODES, Why.SPLIT),
        ("split", CODES[:1], Why.SPLIT),
        ("replace", CODES[:1], Why.REPLACED),
        ("retire", CODES[:1], Why.REPLACED),
        ("retire", CODES, Why.SPLIT),
        ("retire", (), Why.RETIRED),
        # a part that goes with its building
        ("merge", (), Why.RETIRED),
    ],
)
def test_what_is_gone_leads_to_what_took_its_place(
    act: str, successors: tuple[str, ...], expected: Why
) -> None:
    before, after = Said(Status.CURRENT, HOUSE), Said(Status.RETIRED, HOUSE)
    found = consequence_of(Happened("7512300009", act, before, after, successors))
    assert found is not None
    assert (found.why, found.candidates, found.to_former) == (expected, successors, False)
    # its record mended once it is gone
    assert consequence_of(Happened("7512300009", "correct", after, after)) is None


def test_what_comes_back_is_proposed_to_those_who_left_it() -> None:
    gone, back = Said(Status.RETIRED, HOUSE), Said(Status.CURRENT, HOUSE)
    found = consequence_of(Happened("7512300009", "undo", gone, back))
    assert found is not None
    assert (found.why, found.candidates, found.to_former) == (Why.RESTORED, ("7512300009",), True)
    never = Said(Status.REJECTED, HOUSE)
    found = consequence_of(Happened(CODES[0], "undo", back, never, predecessors=CODES[1:]))
    assert found is not None
    assert (found.why, found.candidates, found.to_former) == (Why.RESTORED, CODES[1:], False)


def test_what_is_called_or_lies_otherwise_is_to_be_acknowledged() -> None:
    assert why(called(house_number="14")) is Why.RENUMBERED
    assert why(called(thoroughfare="Đường Nguyễn Trãi")) is Why.RENUMBERED
    assert why(called(unit="Căn 3")) is Why.RENUMBERED
    assert why(replace(HOUSE, commune=EAST)) is Why.MOVED
    assert why(replace(HOUSE, position=position(25))) is Why.MOVED
    # where no street is named, the khu phố is
    plain = called(thoroughfare=None, localities=(Locality("khu_pho", "Khu phố 1"),))
    other = called(thoroughfare=None, localities=(Locality("khu_pho", "Khu phố 2"),))
    assert why(other, before=plain) is Why.RENUMBERED


def test_what_means_the_same_place_by_the_same_name_is_nothing() -> None:
    assert why(HOUSE) is None
    assert why(replace(HOUSE, position=position(15))) is None
    assert why(replace(HOUSE, position=None)) is None
    assert why(replace(HOUSE, name="Quán phở", visibility=Visibility.RESTRICTED)) is None
    assert why(called(thoroughfare="đường  LÊ LỢI")) is None
    assert why(called(localities=(Locality("khu_pho", "Khu phố 3"),))) is None
    assert why(called(thoroughfare="Đường Lê Lợ"), "correct") is None
    # in the world it is another name now; and another number was never a slip
    assert why(called(thoroughfare="Đường Lê Lợ"), "change") is Why.RENUMBERED
    assert why(called(house_number="13"), "correct") is Why.RENUMBERED
    assert why(called(thoroughfare="Đường Lê Lai"), "correct") is Why.RENUMBERED


def test_digits_are_no_slips_and_long_names_have_two() -> None:
    assert not is_slip("", "le loi")
    assert not is_slip("so 15", "so 16")
    assert is_slip("cach mang thang tam", "cach mang thag tm")
    assert not is_slip("cach mang thang tam", "cach mag thag tm")


def address(code: str, status: Status = Status.CURRENT, *successors: str) -> Address:
    at = datetime(2026, 1, 15, tzinfo=UTC)
    after = tuple(Successor(each, "merged", Visibility.PUBLIC) for each in successors)
    names = ("25747", "Phường Tây", "79", "Thành phố Mẫu")
    return Address(
        AddressId(int(code)), code, "Test", 1, status, at.date(), at, HOUSE, *names, after
    )


def test_chains_lead_to_what_is_in_use() -> None:
    known = {
        each.code or "": each
        for each in (
            address("1", Status.RETIRED, "2", "3"),
            address("2", Status.RETIRED, "4"),
            address("3"),
            address("4"),
            address("5", Status.REJECTED),
            # no chain is a ring, but to end all the same
            address("6", Status.RETIRED, "7"),
            address("7", Status.RETIRED, "6"),
        )
    }
    assert in_use_instead(["1"], known) == ("4", "3")
    assert in_use_instead(["3", "1", "5", "6", "9"], known) == ("3", "4")


def test_only_what_leaves_nothing_to_choose_is_accepted_with_others() -> None:
    at = datetime(2026, 1, 15, tzinfo=UTC)
    one, other = address("1"), address("2")
    merged = Proposal(
        *(1, "H09-260110-00001", "h09-260110-00001", 1, 1, "object", Why.MERGED, 7, None, "9"),
        *(("1",), State.OPEN, at, None, None, None, 1),
        candidates=(one,),
    )
    assert merged.left_for_person is None
    assert replace(merged, candidates=()).left_for_person is Left.NOTHING
    assert replace(merged, candidates=(one, other)).left_for_person is Left.SEVERAL
    assert replace(merged, reaches_beyond=True).left_for_person is Left.ELSEWHERE
    # the dossier may mean the part that is gone by now
    split = replace(merged, why=Why.SPLIT, stored=("1", "2"))
    assert split.left_for_person is Left.SEVERAL
    for each in ACKNOWLEDGED:
        assert replace(merged, why=each, candidates=()).left_for_person is None


def test_everything_has_a_name() -> None:
    assert WHY_NAMES.keys() == set(Why)
    assert STATE_NAMES.keys() == set(State)
    assert LEFT_NAMES.keys() == set(Left)
