"""Addresses of a dossier are given in one way each; what is certain links itself."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from addrsvc.admin_units import finding_kinds as unit_kinds
from addrsvc.dossiers import model
from addrsvc.dossiers.code import parse_dossier_code
from addrsvc.dossiers.errors import GivenAddressInvalid, GivenAddressTooLong
from addrsvc.dossiers.model import (
    AddressRole,
    Channel,
    DossierInput,
    GivenAddress,
    LinkCandidate,
    LinkState,
    candidate_of,
    corrections_in,
    settle,
)
from addrsvc.errors import Text
from addrsvc.findings import Finding, kinds_in
from addrsvc.geocoding import finding_kinds
from addrsvc.geocoding.answers import Area, Candidate, Match
from addrsvc.geocoding.calibration import Features
from addrsvc.geocoding.model import MatchLevel
from addrsvc.geocoding.ranking import Category
from addrsvc.parsing.model import Component, ComponentType, Status
from addrsvc.types import LonLat

POINT = LonLat(106.65, 10.98)
WAYS: dict[str, Any] = {
    "text": "12 Đường Lê Lợi, Phường Phú Lợi",
    "code": "75123-04827-7",
    "parcel": "25747-12-345",
    "point": POINT,
}
BEST = LinkCandidate("7512304827", "12 Đường Lê Lợi", 0.97, 0.6)
OTHER = LinkCandidate("7512399999", "12 Đường Lê Lai", 0.3, 0.1)
FALLBACK = LinkCandidate(None, "Đường Lê Lợi", 0.95, 0.9, MatchLevel.STREET, POINT)
SPELLING = model.Correction("corrected-spelling", Text("Đã sửa", "Put right"))


@pytest.mark.parametrize("way", WAYS)
def test_each_way_of_giving_an_address_stands_alone(way: str) -> None:
    given = GivenAddress(AddressRole.OBJECT, **{way: WAYS[way]}, note="cổng sau")

    assert getattr(given, way) == WAYS[way]
    assert [each for each in WAYS if getattr(given, each) is not None] == [way]


@pytest.mark.parametrize("first", WAYS)
@pytest.mark.parametrize("second", WAYS)
def test_two_ways_at_once_are_refused_and_named(first: str, second: str) -> None:
    if first == second:
        return
    with pytest.raises(GivenAddressInvalid) as refused:
        GivenAddress(AddressRole.OBJECT, **{first: WAYS[first], second: WAYS[second]})
    assert {first, second} == set(refused.value.given.split(", "))


@pytest.mark.parametrize("ways", [{}, {"text": "  \t "}, {"code": ""}, {"parcel": "\n"}])
def test_an_address_that_says_nothing_is_refused(ways: dict[str, Any]) -> None:
    with pytest.raises(GivenAddressInvalid):
        GivenAddress(AddressRole.OBJECT, **ways)


@pytest.mark.parametrize(
    ("field", "limit"), [("text", 2000), ("code", 200), ("parcel", 200), ("note", 500)]
)
def test_texts_are_taken_up_to_their_limit(field: str, limit: int) -> None:
    base: dict[str, Any] = {"point": POINT} if field == "note" else {}
    GivenAddress(AddressRole.DELIVERY, **base, **{field: "a" * limit})
    with pytest.raises(GivenAddressTooLong) as refused:
        GivenAddress(AddressRole.DELIVERY, **base, **{field: "a" * (limit + 1)})
    assert (refused.value.field, refused.value.length) == (field, limit + 1)


def test_an_address_of_a_person_is_not_shown_in_logs() -> None:
    code = parse_dossier_code("H09.12.34-240101-0001")
    given = GivenAddress(AddressRole.RESIDENCE_CURRENT, text="CANARY 12 Lê Lợi", note="CANARY")
    dossier = DossierInput(code, channel=Channel.ONLINE, addresses=(given,))

    assert "CANARY" not in repr(given)
    assert "CANARY" not in repr(dossier)
    assert dossier.code.received_on == date(2024, 1, 1)


@pytest.mark.parametrize(
    ("names", "of"),
    [
        (model.ROLE_NAMES, AddressRole),
        (model.LINK_STATE_NAMES, LinkState),
        (model.CHANNEL_NAMES, Channel),
    ],
)
def test_every_word_has_a_name_in_both_languages(names: dict[Any, Text], of: Any) -> None:
    assert set(names) == set(of)
    assert all(text.vi and text.en and text.vi != text.en for text in names.values())
    assert len({text.vi for text in names.values()}) == len(names)


def test_a_links_as_it_was_written() -> None:
    settled = settle("A", [BEST, OTHER], [SPELLING])

    assert (settled.state, settled.code, settled.confidence) == ("linked", "7512304827", 0.97)
    assert settled.corrections == ()
    assert settled.candidates == (BEST, OTHER)
    assert settled.state.is_linked


def test_b_links_and_says_what_was_corrected() -> None:
    settled = settle("B", [BEST], [SPELLING])

    assert (settled.state, settled.code) == (LinkState.CORRECTED, "7512304827")
    assert settled.corrections == (SPELLING,)
    assert settled.state.is_linked


@pytest.mark.parametrize(
    ("category", "candidates"),
    [
        ("C", (BEST, OTHER)),  # a person chooses
        ("A", (FALLBACK, BEST)),  # a certain street is no address
        ("B", (FALLBACK,)),
        ("A", ()),
        ("C", ()),
        (None, ()),
        (None, (BEST,)),
    ],
)
def test_everything_else_waits_with_its_candidates(
    category: Category | None, candidates: tuple[LinkCandidate, ...]
) -> None:
    settled = settle(category, candidates, [SPELLING])

    assert settled.state is LinkState.WAITING
    assert settled.code is None
    assert settled.corrections == ()
    assert settled.candidates == candidates
    assert settled.confidence == (candidates[0].confidence if candidates else 0)
    assert not settled.state.is_linked


def test_an_answer_of_the_geocoder_becomes_a_candidate() -> None:
    area = Area("25750", "Phường Phú Lợi", POINT, None)
    found = Candidate(
        Features(MatchLevel.HOUSE),
        area,
        code="7512304827",
        house_number="12",
        street="Đường Lê Lợi",
        point=POINT,
    )
    candidate = candidate_of(Match(found, 0.9, 0.4))

    assert candidate == LinkCandidate(
        "7512304827", "12 Đường Lê Lợi, Phường Phú Lợi", 0.9, 0.4, MatchLevel.HOUSE, POINT
    )


def test_corrections_are_what_differs_from_what_is_linked() -> None:
    # an identifier that no finding has would never be said
    assert set(kinds_in(finding_kinds, unit_kinds)) >= model._CORRECTING
    facts = {"written": "Le Lợ", "value": "Lê Lợi"}
    spelling = Finding(finding_kinds.CORRECTED_SPELLING, facts)
    noise = Finding(finding_kinds.UNIT_MISSING)
    commune = Component(ComponentType.COMMUNE, "Phường Phú Lợi", None, Status.INFERRED, "25750")
    street = Component(ComponentType.THOROUGHFARE, "Lê Lợi", (3, 9), Status.CONFIRMED, "le loi")

    corrections = corrections_in([street, commune], [noise, spelling])

    assert [each.id for each in corrections] == ["corrected-spelling", "commune-inferred"]
    assert "Phường Phú Lợi" in corrections[1].text.vi
    assert "Phường Phú Lợi" in corrections[1].text.en
    assert all("Lê Lợi" in text for text in corrections[0].text)


def test_a_dossier_has_no_room_for_a_person() -> None:
    assert {each.name for each in fields(DossierInput)} == {
        "code",
        "procedure",
        "field",
        "office",
        "received_at",
        "due_at",
        "finished_at",
        "status",
        "channel",
        "addresses",
    }
