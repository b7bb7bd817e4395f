"""Confidence, ranking, the rule of acceptance, the catalogue, GeocodeJSON, parts, codes."""

from __future__ import annotations

import json
import string
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import jsonschema_rs
import pytest
from geocoding_world import PHU_LOI, TODAY, find_unit, house, mention, reading
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.errors import LANGUAGES, AddrsvcError
from addrsvc.findings import SEVERITY_NAMES, Finding, FindingKind, Severity
from addrsvc.geocoding import by_code, geocodejson
from addrsvc.geocoding.answers import Area, Candidate, Given, Match
from addrsvc.geocoding.calibration import WEIGHTS, Features, confidence, evidence, vector
from addrsvc.geocoding.finding_kinds import CATALOGUE
from addrsvc.geocoding.model import MatchLevel
from addrsvc.geocoding.ranking import MIN_CONFIDENCE, MIN_GAP, Standing, decide, rank, rivals
from addrsvc.geocoding.schemas import GeocodeParams, read_query
from addrsvc.geocoding.structured import read_given
from addrsvc.parsing.model import ComponentType, Status, UnitReading
from addrsvc.registry.model import Address, Kind
from addrsvc.registry.model import Status as Lifecycle
from addrsvc.types import AddressId, Level, LonLat

HCM = Area("79", "Thành phố Hồ Chí Minh", LonLat(106.7, 10.9), 46_000)
PHU_LOI_AREA = Area("25750", "Phường Phú Lợi", LonLat(106.65, 10.98), 2_000, HCM)
SURE = Standing(
    confidence=0.97,
    gap=0.9,
    is_as_fine_as_asked=True,
    has_contradiction=False,
    has_doubt=False,
    has_correction=False,
    has_update=False,
    lacks_unit=False,
)

numbers = st.floats(0, 1)
features = st.builds(
    Features,
    level=st.sampled_from(MatchLevel),
    name=numbers,
    reading=numbers,
    commune=numbers,
    is_commune_named=st.booleans(),
    is_contradicted=st.booleans(),
    is_number_found=st.booleans(),
    corrected=st.integers(0, 9),
    bias=numbers,
    share=numbers,
)


@given(features)
def test_confidence_is_a_chance(of: Features) -> None:
    assert 0 <= confidence(of) <= of.share


@given(features)
def test_every_weight_has_its_input(of: Features) -> None:
    assert vector(of).keys() == WEIGHTS.keys()


@given(features, st.floats(0, 0.5))
def test_a_worse_name_never_weighs_more(of: Features, less: float) -> None:
    worse = replace(of, name=max(of.name - less, 0.0))
    assert evidence(worse) <= evidence(of)
    assert confidence(worse) <= confidence(of)


@given(st.lists(features, min_size=1, max_size=8))
def test_ranking_is_in_order_and_gaps_add_up(many: list[Features]) -> None:
    matches = rank([Candidate(each, PHU_LOI_AREA) for each in many])
    assert len(matches) == len(many)
    assert sum(each.candidate.features.share for each in matches) == pytest.approx(1)
    for one, after in pairwise(matches):
        assert evidence(one.candidate.features) >= evidence(after.candidate.features)
        assert one.gap == pytest.approx(max(0.0, one.confidence - after.confidence))
    assert 0 <= rivals(matches) < len(many)


def test_nothing_ranks_to_nothing() -> None:
    assert rank([]) == ()


def test_equal_candidates_come_in_an_order_that_never_changes() -> None:
    house_ = Features(MatchLevel.HOUSE)
    one = Candidate(house_, PHU_LOI_AREA, key="a", house_number="1")
    other = Candidate(house_, PHU_LOI_AREA, key="b", house_number="1")
    assert [m.candidate.key for m in rank([one, other])] == ["a", "b"]
    assert [m.candidate.key for m in rank([other, one])] == ["a", "b"]
    assert rank([one, other])[0].confidence == pytest.approx(0.5, abs=0.02)
    assert rivals(rank([one, other])) == 1


@pytest.mark.parametrize(
    ("standing", "decision"),
    [
        (SURE, ("A", "accept")),
        (replace(SURE, has_update=True), ("B", "accept")),
        (replace(SURE, has_correction=True), ("B", "confirm")),
        (replace(SURE, lacks_unit=True), ("A", "add_unit")),
        (replace(SURE, has_doubt=True), ("C", "confirm")),
        (replace(SURE, has_contradiction=True), ("C", "fix")),
        (replace(SURE, has_contradiction=True, lacks_unit=True), ("C", "fix")),
        (replace(SURE, is_as_fine_as_asked=False), ("C", "confirm")),
        (replace(SURE, confidence=MIN_CONFIDENCE - 0.01), ("C", "confirm")),
        (replace(SURE, gap=MIN_GAP - 0.01), ("C", "fix")),
    ],
)
def test_the_rule_of_acceptance(standing: Standing, decision: tuple[str, str]) -> None:
    assert decide(standing) == decision


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda kind: kind.id)
def test_a_kind_of_finding_is_said_in_both_languages(kind: FindingKind) -> None:
    assert kind.id == kind.id.lower()
    assert kind.severity in SEVERITY_NAMES
    for text in (kind.title, kind.message, kind.about, kind.remedy, kind.settled):
        if text is None:
            continue
        assert text.vi.strip() != text.en.strip()
        facts = [{f for _, f, _, _ in string.Formatter().parse(each) if f} for each in text]
        assert facts[0] == facts[1]


def test_a_settled_finding_only_informs() -> None:
    kind = CATALOGUE["commune-split-2025"]
    facts = {"old": "A", "new": "B", "candidates": "B, C", "how": "x"}
    assert Finding(kind, facts).severity is Severity.WARNING
    settled = Finding(kind, facts, is_settled=True)
    assert settled.severity is Severity.INFO
    assert {settled.text(language) for language in LANGUAGES}.isdisjoint(
        {Finding(kind, facts).text(language) for language in LANGUAGES}
    )
    plain = CATALOGUE["retired-address"]
    assert Finding(plain, {"successors": ""}, is_settled=True).text("vi").startswith("Địa chỉ này")


_SCHEMA = Path(geocodejson.__file__).parent / "schema" / "geocodejson.schema.json"
VALIDATOR = jsonschema_rs.validator_for(json.loads(_SCHEMA.read_text(encoding="utf-8")))

candidates = st.builds(
    Candidate,
    features,
    st.sampled_from([PHU_LOI_AREA, HCM]),
    name=st.none() | st.text(),
    code=st.none() | st.just("7512300001"),
    unit=st.none() | st.text(),
    house_number=st.none() | st.text(),
    street=st.none() | st.text(),
    locality=st.none() | st.text(),
    key=st.none() | st.text(),
    point=st.none() | st.just(LonLat(106.65, 10.98)),
    accuracy_m=st.none() | st.floats(0, 1e6),
)


@given(st.lists(st.builds(Match, candidates, numbers, numbers), max_size=3), st.text())
def test_every_answer_is_geocodejson(matches: list[Match], query: str) -> None:
    body = json.loads(json.dumps(geocodejson.collection(matches, query)))
    assert list(VALIDATOR.iter_errors(body)) == []


def test_the_schema_refuses_what_is_not_geocodejson() -> None:
    body = geocodejson.collection([Match(Candidate(Features(MatchLevel.HOUSE), HCM), 1, 1)], "q")
    assert VALIDATOR.is_valid(body)
    del body["features"][0]["properties"]["geocoding"]["type"]
    assert not VALIDATOR.is_valid(body)
    assert not VALIDATOR.is_valid({"type": "FeatureCollection", "features": []})


def test_fields_stand_in_the_namespace_and_flat() -> None:
    found = Candidate(
        Features(MatchLevel.HOUSE),
        PHU_LOI_AREA,
        code="7512300001",
        house_number="12/3",
        street="Đường Lê Lợi",
        point=LonLat(106.65, 10.98),
        accuracy_m=4.5,
        method="gnss",
        marks="entrance",
    )
    properties = geocodejson.feature(Match(found, 0.97654, 0.5))["properties"]
    namespaced = properties["geocoding"]
    assert namespaced["housenumber"] == properties["housenumber"] == "12/3"
    assert namespaced["admin"] == {
        "level2": "Việt Nam",
        "level4": "Thành phố Hồ Chí Minh",
        "level6": "Phường Phú Lợi",
    }
    assert namespaced["position"] == {"accuracy_m": 4.5, "method": "gnss", "marks": "entrance"}
    assert (namespaced["confidence"], properties["score"]) == (0.9765, 0.9765)
    assert properties["id"] == "7512300001"
    assert properties["label"].endswith("Phường Phú Lợi, Thành phố Hồ Chí Minh")


def _read_units(text: str) -> tuple[UnitReading, ...]:
    return (reading(PHU_LOI),) if "Phú Lợi" in text else ()


def test_parts_are_read_without_guessing() -> None:
    parsed = read_given(
        Given(
            unit="Căn hộ 25-06",
            house_number="Hẻm 12 số 3",
            thoroughfare="Phường 5",
            locality="KP 3",
            commune="Phú Lợi",
        ),
        TODAY,
        _read_units,
        find_unit,
    )
    assert [(c.type.value, c.value, c.key) for c in parsed.components[:4]] == [
        ("unit", "Căn hộ 25-06", "00025-00006"),
        ("house_number", "12/3", "00012/00003"),
        ("thoroughfare", "Phường 5", "phuong 5"),
        ("locality", "KP 3", "khu_pho:3"),
    ]
    assert parsed.components[4].span is None
    assert parsed.components[4].unit == PHU_LOI


def test_an_alley_in_the_street_moves_to_the_number() -> None:
    parsed = read_given(
        Given(house_number="3", thoroughfare="Hẻm 95 Lê Lợi"), TODAY, _read_units, find_unit
    )
    keys = {c.type: (c.value, c.key) for c in parsed.components}
    assert keys[ComponentType.HOUSE_NUMBER] == ("95/3", "00095/00003")
    assert keys[ComponentType.THOROUGHFARE][1] == "le loi"


def test_codes_name_units_without_doubt() -> None:
    parsed = read_given(
        Given(commune="25750", district="999", province="Bình Dương"), TODAY, _read_units, find_unit
    )
    (only,) = parsed.units
    assert only.commune is not None
    assert only.commune.name == "Phường Phú Lợi"
    assert only.district is not None
    assert (only.district.unit, only.district.status) == (None, Status.UNCONFIRMED)
    alone = read_given(Given(province="79"), TODAY, _read_units, find_unit)
    assert alone.units[0].province == replace(
        mention(find_unit(Level.PROVINCE, "79", TODAY).unit), span=None
    )  # type: ignore[union-attr, arg-type]


def _address(status: Lifecycle = Lifecycle.CURRENT, code: str = "7512300001") -> Address:
    found = house(
        "12", "Đường Lê Lợi", "25750", code, unit="P. 3", kind=Kind.STATE_OFFICE, name="UBND"
    )
    return Address(
        address_id=AddressId(1),
        code=code,
        issuer="Test",
        version=1,
        status=status,
        valid_from=date(2026, 1, 1),
        recorded_from=datetime(2026, 1, 1, tzinfo=UTC),
        document=found.document,
        commune_code="25750",
        commune_name="Phường Phú Lợi",
        province_code="79",
        province_name="Thành phố Hồ Chí Minh",
    )


def test_a_code_with_its_check_digit_is_certain() -> None:
    verdict = by_code.judge_code(_address(), [], verified=True)
    assert (verdict.category, verdict.next_action, verdict.confidence) == ("A", "accept", 1.0)
    assert verdict.findings == ()
    assert verdict.matches[0].candidate.level is MatchLevel.UNIT
    assert {c.status for c in verdict.components} == {Status.CONFIRMED}


def test_a_bare_code_is_to_be_confirmed() -> None:
    verdict = by_code.judge_code(_address(), [], verified=False)
    assert (verdict.category, verdict.next_action) == ("C", "confirm")
    assert [each.id for each in verdict.findings] == ["code-unverified"]


def test_a_retired_code_leads_to_what_took_its_place() -> None:
    retired, new = _address(Lifecycle.RETIRED), _address(code="7512300002")
    one = by_code.judge_code(retired, [new], verified=True)
    assert (one.category, one.next_action) == ("B", "confirm")
    assert one.matches[0].candidate.code == "7512300002"
    assert "75123-00002" in one.findings[0].text("vi")
    two = by_code.judge_code(retired, [new, replace(new, code="7512300003")], verified=True)
    assert (two.category, two.next_action, two.gap) == ("C", "fix", 0.0)
    none = by_code.judge_code(retired, [], verified=True)
    assert none.category == "C"
    assert none.matches[0].candidate.code == "7512300001"


def test_codes_that_name_nothing() -> None:
    unknown = by_code.judge_unknown("75123-00001")
    assert (unknown.category, unknown.next_action) == ("C", "fix")
    slip = by_code.judge_slip(["75123-00001-4"])
    assert "75123-00001-4" in slip.findings[0].text("en")
    assert by_code.judge_slip([]).findings[0].text("en") == "A digit of the code is wrong."


@pytest.mark.parametrize(
    "params",
    [
        {"q": "12 Lê Lợi"},
        {"q": " 12 Lê Lợi ", "limit": "3"},
        {"q": "12 Lê Lợi", "limit": "05"},
        {"q": "12 Lê Lợi", "other": "x"},
        {"q": "12 Lê Lợi", "at": "2026-01-01"},
    ],
)
def test_the_short_way_to_read_a_request_says_the_same(params: dict[str, str]) -> None:
    assert read_query(params, TODAY) == GeocodeParams.read(params).to_query(TODAY)


@pytest.mark.parametrize(
    "params",
    [
        {"q": "  "},
        {"q": "x" * 100_000},
        {"limit": "1"},
        {"q": "a", "limit": "0"},
        {"q": "a", "limit": "9999"},
        {"q": "a", "limit": "x"},
    ],
)
def test_what_is_wrong_is_refused_the_long_way(params: dict[str, str]) -> None:
    with pytest.raises(AddrsvcError):
        read_query(params, TODAY)
