"""What results and the page of an address show, without a server."""

from __future__ import annotations

import doctest
from datetime import date
from urllib.parse import quote

import pytest

from addrsvc.admin_units.conversion import Certainty, Named, PresentCommune
from addrsvc.admin_units.model import LocatedCommune
from addrsvc.codes.code import DigitalCode
from addrsvc.errors import LANGUAGES, Language
from addrsvc.geocoding.answers import Area, Candidate, Match
from addrsvc.geocoding.calibration import Features
from addrsvc.geocoding.model import MatchLevel
from addrsvc.geocoding.reverse import Nearby, Whereabouts
from addrsvc.geocoding.verdict import Verdict
from addrsvc.parsing.model import Component, ComponentType, Status
from addrsvc.types import LonLat, UnitId, ValidPeriod
from addrsvc.web import address_showing, search_words
from addrsvc.web.address_showing import spoken
from addrsvc.web.search_showing import (
    ShownPlace,
    map_of_places,
    shown_point,
    shown_verdict,
)

JUNE, JULY = date(2025, 6, 1), date(2025, 7, 1)
OLD = UnitId("25969", JUNE)
PROVINCE = Area("79", "Thành phố Mẫu", None, None)
WEST = Area("25747", "Phường Tây", None, None, PROVINCE)
TEXT = "12 Le Loi, Bình Chuẩn"


def describe(unit: UnitId) -> Named | None:
    known = Named(OLD, "Phường Bình Chuẩn", ValidPeriod(JUNE, JULY))
    return known if unit == OLD else None


def house(code: str | None, confidence: float, level: MatchLevel = MatchLevel.HOUSE) -> Match:
    found = Candidate(
        Features(level),
        WEST,
        code=code,
        house_number="12",
        street="Đường Lê Lợi",
        point=LonLat(106.65, 10.95),
        accuracy_m=4.5,
    )
    return Match(found, confidence, 0.5)


def present(code: str, name: str, share: float | None, certainty: Certainty) -> PresentCommune:
    return PresentCommune(UnitId(code, JULY), name, certainty, share, "NQ 1 (bịa)", ())


def verdict(*matches: Match, communes: tuple[PresentCommune, ...] = ()) -> Verdict:
    components = (
        Component(ComponentType.HOUSE_NUMBER, "12", (0, 2), Status.CONFIRMED, "12"),
        Component(ComponentType.THOROUGHFARE, "Đường Lê Lợi", (3, 9), Status.CORRECTED, "le loi"),
        Component(ComponentType.PROVINCE, "Thành phố Mẫu", None, Status.INFERRED, "79"),
        Component(ComponentType.COMMUNE, "", None, Status.MISSING, ""),
        Component(ComponentType.FLOOR, "", None, Status.CONFIRMED, ""),
    )
    return Verdict(
        "B" if matches else "C",
        "confirm" if matches else "fix",
        0.9,
        0.5,
        components,
        OLD if communes else None,
        communes,
        matches,
        (),
    )


def test_what_was_corrected_assumed_and_missing_is_told_apart() -> None:
    shown = shown_verdict(verdict(house("7512304827", 0.93)), TEXT, describe, "vi")
    assert [(part.value, part.written, part.status_name) for part in shown.parts] == [
        ("12", "", "đúng như sổ"),
        ("Đường Lê Lợi", "Le Loi", "đã sửa"),
        ("Thành phố Mẫu", "", "tự suy ra"),
        ("", "", "còn thiếu"),
    ]
    assert shown.look == "good"
    assert shown.best is not None
    assert (shown.best.url, shown.best.plate) == ("/a/7512304827", "75123-04827-7")
    assert (shown.best.level, shown.best.accuracy) == ("đúng số nhà", "khoảng 4,5 m")
    assert shown.best.sure == "93 %"
    assert shown.conversion is None


def test_candidates_are_links_each_address_once() -> None:
    matches = (
        house("7512304827", 0.99999),
        house("7512304827", 0.4),
        house(None, 0.2, MatchLevel.STREET),
        house("7512304828", 0.001),
    )
    shown = shown_verdict(verdict(*matches), TEXT, describe, "en")
    assert shown.best is not None
    assert shown.best.sure == "99 %"  # never that it cannot be otherwise
    search = "/?q=" + quote("12 Đường Lê Lợi, Phường Tây, Thành phố Mẫu")
    assert [(each.url, each.level) for each in shown.others] == [(search, "the street only")]


def test_nothing_found_says_so() -> None:
    shown = shown_verdict(verdict(), "x", describe, "vi")
    assert (shown.title, shown.look, shown.best) == ("Không tìm thấy nơi nào", "bad", None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_old_commune_is_brought_up_to_date(language: Language) -> None:
    whole = (present("25747", "Phường Tây", 1.0, Certainty.CERTAIN),)
    shown = shown_verdict(verdict(house(None, 0.9), communes=whole), TEXT, describe, language)
    assert shown.conversion is not None
    assert shown.conversion.is_settled
    assert shown.conversion.written == "Phường Bình Chuẩn"
    assert "30" in shown.conversion.until
    assert len(shown.conversion.present[0][1]) == 2  # how sure, and by what; not the whole share
    parts = (
        present("25747", "Phường Tây", 0.49, Certainty.CANDIDATE),
        present("25750", "Phường Đông", None, Certainty.CANDIDATE),
    )
    split = shown_verdict(verdict(house(None, 0.4), communes=parts), TEXT, describe, language)
    assert split.conversion is not None
    assert not split.conversion.is_settled
    assert any("49 %" in note for note in split.conversion.present[0][1])


def test_a_point_near_a_boundary_says_so() -> None:
    nearby = Nearby(house("7512304827", 1.0).candidate, 55.3)
    for edge_m, said in ((12.0, "Sát ranh giới (12 m)"), (935.0, "Cách ranh giới khoảng 935 m")):
        commune = LocatedCommune(
            "25747", JULY, "Phường Tây", "79", "Thành phố Mẫu", "indicative", edge_m
        )
        found = Whereabouts(commune, None, (nearby,))
        shown = shown_point(found, LonLat(106.65, 10.95), "vi", accuracy_m=12)
        assert shown.commune == "Phường Tây, Thành phố Mẫu"
        assert len(shown.commune_notes) == 2
        assert said in shown.commune_notes[1]
        assert shown.nearby[0].distance == "cách 55 m"
        assert shown.accuracy == "khoảng 12 m"
        assert shown.map["others"] == [{"lon": 106.65, "lat": 10.95}]
    nowhere = shown_point(Whereabouts(None, None, ()), LonLat(110.0, 10.0), "en")
    assert (nowhere.commune, nowhere.commune_notes, nowhere.nearby) == ("", (), ())


def test_a_map_shows_only_what_has_a_place() -> None:
    def place(lon: float | None) -> ShownPlace:
        at = None if lon is None else {"lon": lon, "lat": 1.0, "accuracy_m": 0, "commune": ""}
        return ShownPlace("", "", "", "", "", "", "", is_retired=False, map=at)

    assert map_of_places([None, place(None)]) is None
    shown = map_of_places([place(2.0), place(None), place(3.0)])
    assert shown is not None
    assert (shown["lon"], shown["others"]) == (2.0, [{"lon": 3.0, "lat": 1.0}])


def test_codes_are_read_aloud_in_both_languages() -> None:
    assert doctest.testmod(address_showing).failed == 0
    code = DigitalCode.of("7512304827")
    assert spoken(code, "en").endswith("zero four eight two seven, check digit seven")


def test_every_level_status_and_verdict_has_words() -> None:
    assert set(search_words.LEVEL_NAMES) == set(MatchLevel)
    assert set(search_words.PART_NAMES) == set(ComponentType)
    assert set(search_words.PART_STATUSES) == set(Status)
    assert set(search_words.CERTAINTIES) == set(Certainty)
