"""What is kept of an address comes back as it was; a point is judged by what is around it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from addrsvc.dossiers.judging import judge_point
from addrsvc.dossiers.kept import (
    Judged,
    KeptAddress,
    given_json,
    given_of,
    judged_of,
    verdict_json,
    without_codes,
)
from addrsvc.dossiers.model import (
    AddressRole,
    Correction,
    GivenAddress,
    LinkCandidate,
    LinkState,
    settle,
)
from addrsvc.errors import Text
from addrsvc.geocoding.answers import Area, Candidate
from addrsvc.geocoding.calibration import Features
from addrsvc.geocoding.model import MatchLevel
from addrsvc.geocoding.reverse import Nearby
from addrsvc.types import LonLat

HERE = LonLat(106.6512345, 10.9812345)
WORDS = Correction("old-number", Text("số cũ", "an old number"))
CANDIDATES = (
    LinkCandidate("7512304827", "12 Đường Lê Lợi", 0.9, 0.5, MatchLevel.UNIT, HERE),
    LinkCandidate(None, "Đường Lê Lợi", 0.4, 0.0, MatchLevel.STREET),
)


@pytest.mark.parametrize(
    "given",
    [
        GivenAddress(AddressRole.DELIVERY, text="12 Lê Lợi", note="cổng xanh"),
        GivenAddress(AddressRole.OBJECT, code="75123-04827-7"),
        GivenAddress(AddressRole.OBJECT, parcel="25747-12-345"),
        GivenAddress(AddressRole.BUSINESS, point=HERE),
    ],
)
def test_an_address_as_given_comes_back(given: GivenAddress) -> None:
    kept = json.loads(json.dumps(given_json(given)))
    assert given_of(given.role.value, kept) == given


def test_a_verdict_comes_back() -> None:
    judged = Judged("B", settle("B", CANDIDATES, [WORDS]), (WORDS,), ("25747",))
    kept = json.loads(json.dumps(verdict_json(judged)))
    back = judged_of("B", LinkState.CORRECTED, kept)
    assert (back.reasons, back.communes) == (judged.reasons, judged.communes)
    assert back.settlement.candidates == CANDIDATES
    assert back.settlement.corrections == (WORDS,)


def test_what_is_not_seen_is_left_out() -> None:
    judged = Judged("C", settle("C", CANDIDATES))
    given, at = GivenAddress(AddressRole.OBJECT, text="x"), datetime(2026, 1, 1, tzinfo=UTC)
    address = KeptAddress(1, given, LinkState.WAITING, judged, None, None, at)
    assert address.codes() == ["7512304827"]
    seen = without_codes(address, frozenset({"7512304827"}))
    assert seen.judged.settlement.candidates == CANDIDATES[1:]


@pytest.mark.parametrize(
    ("distances_m", "state"),
    [
        ([4.0], LinkState.CORRECTED),
        ([4.0, 31.0], LinkState.CORRECTED),
        ([4.0, 29.0], LinkState.WAITING),
        ([11.0], LinkState.WAITING),
        ([], LinkState.WAITING),
    ],
)
def test_a_point_links_to_an_address_that_stands_alone(
    distances_m: list[float], state: LinkState
) -> None:
    area = Area("25747", "Phường Tây", None, None)
    nearby = [
        Nearby(Candidate(Features(MatchLevel.HOUSE), area, code=f"751230482{n}"), distance_m)
        for n, distance_m in enumerate(distances_m)
    ]
    judged = judge_point(nearby, ("25747",))
    assert judged.settlement.state is state
    assert len(judged.settlement.candidates) == len(distances_m)
    assert judged.reasons[0].id == ("nearest-address" if distances_m else "no-address-near")
    if state is LinkState.CORRECTED:
        assert judged.settlement.code == "7512304820"
        assert "4 m" in judged.settlement.corrections[0].text.vi
