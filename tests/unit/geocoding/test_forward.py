"""The chain of answers, house to province, over a small world without a database."""

from __future__ import annotations

from datetime import date

import pytest
from geocoding_world import (
    JUNE,
    TODAY,
    Register,
    house,
    neighbour,
    place,
    small_world,
)

from addrsvc.geocoding.answers import Given, Query
from addrsvc.geocoding.forward import Answer, geocode, geocode_many
from addrsvc.geocoding.model import MatchLevel
from addrsvc.geocoding.probe import Probed
from addrsvc.types import BBox, LonLat

pytestmark = pytest.mark.anyio

LE_LOI = place("le loi", "Đường Lê Lợi", "25747")
LE_LOI_EAST = place("le loi", "Đường Lê Lợi", "25750", centre=LonLat(106.75, 10.98))
NUMBER = ("le loi", "00012")


def asked(at: date = TODAY, **given: str) -> Query:
    return Query(at=at, given=Given(**given))


def levels(answer: Answer) -> list[tuple[str, str]]:
    return [(m.candidate.level.value, m.candidate.area.code) for m in answer.matches]


async def test_a_registered_number_is_a_house() -> None:
    register = Register({NUMBER: [house("12", "Đường Lê Lợi", "25747", "7512300001")]})
    answer = await geocode(
        register,
        small_world(LE_LOI),
        asked(house_number="12", thoroughfare="le loi", commune="Thủ Dầu Một"),
    )
    assert levels(answer) == [("house", "25747")]
    found = answer.matches[0]
    assert found.candidate.code == "7512300001"
    assert found.candidate.label == ("12 Đường Lê Lợi, Phường Thủ Dầu Một, Thành phố Hồ Chí Minh")
    assert found.candidate.accuracy_m == 4.5
    assert found.confidence > 0.95
    assert found.gap == found.confidence
    assert register.trips == 1


async def test_an_old_name_finds_the_house_where_it_is_now() -> None:
    register = Register({NUMBER: [house("12", "Đường Lê Lợi", "25747", "7512300001")]})
    answer = await geocode(
        register,
        small_world(LE_LOI),
        asked(house_number="12", thoroughfare="Lê Lợi", commune="Phú Cường"),
    )
    assert levels(answer) == [("house", "25747")]


async def test_the_number_settles_which_part_of_a_split_commune() -> None:
    register = Register({NUMBER: [house("12", "Đường Lê Lợi", "25750", "7512400001")]})
    answer = await geocode(
        register,
        small_world(LE_LOI, LE_LOI_EAST),
        asked(house_number="12", thoroughfare="Lê Lợi", commune="Hiệp Thành"),
    )
    assert levels(answer) == [("house", "25750"), ("street", "25747")]
    assert answer.matches[0].confidence > 0.9


async def test_the_same_number_in_both_parts_stays_open() -> None:
    both = [
        house("12", "Đường Lê Lợi", "25747", "7512300001"),
        house("12", "Đường Lê Lợi", "25750", "7512400001"),
    ]
    answer = await geocode(
        Register({NUMBER: both}),
        small_world(LE_LOI, LE_LOI_EAST),
        asked(house_number="12", thoroughfare="Lê Lợi", commune="Hiệp Thành"),
    )
    assert {code for _, code in levels(answer)} == {"25747", "25750"}
    assert answer.matches[0].confidence < 0.7


async def test_the_nearest_number_of_the_alley() -> None:
    register = Register()
    register.near["le loi", "00012/00005"] = Probed(
        alley=(
            house("12/3", "Đường Lê Lợi", "25747", "7512300003", lon=106.651),
            house("12/11", "Đường Lê Lợi", "25747", "7512300011", lon=106.653),
        )
    )
    answer = await geocode(
        register,
        small_world(LE_LOI),
        asked(house_number="12/5", thoroughfare="Lê Lợi", commune="Thủ Dầu Một"),
    )
    found = answer.matches[0].candidate
    assert found.level is MatchLevel.ALLEY
    assert found.point == LonLat(106.651, 10.98)
    assert found.accuracy_m == pytest.approx(218.5, abs=2)
    assert found.code is None


async def test_between_two_numbers_of_the_street() -> None:
    register = Register()
    register.near[NUMBER] = Probed(
        lower=(neighbour("10", "25747", 106.650),), higher=(neighbour("18", "25747", 106.654),)
    )
    answer = await geocode(
        register,
        small_world(LE_LOI),
        asked(house_number="12", thoroughfare="Lê Lợi", commune="Thủ Dầu Một"),
    )
    found = answer.matches[0].candidate
    assert found.level is MatchLevel.INTERPOLATED
    assert found.point is not None
    assert found.point.lon == pytest.approx(106.651)
    assert found.house_number == "12"
    assert found.accuracy_m == pytest.approx(218.5, abs=2)


async def test_no_number_known_is_the_street_with_its_spread() -> None:
    street = place("le loi", "Đường Lê Lợi", "25747", spread_m=350.0)
    answer = await geocode(
        Register(),
        small_world(street),
        asked(house_number="12", thoroughfare="Lê Lợi", commune="Thủ Dầu Một"),
    )
    assert levels(answer) == [("street", "25747")]
    assert answer.matches[0].candidate.accuracy_m == 350.0
    assert not answer.matches[0].candidate.features.is_number_found


async def test_a_street_elsewhere_is_a_candidate_and_never_first() -> None:
    register = Register({NUMBER: [house("12", "Đường Lê Lợi", "25750", "7512400001")]})
    answer = await geocode(
        register,
        small_world(LE_LOI_EAST),
        asked(house_number="12", thoroughfare="Lê Lợi", commune="Thủ Dầu Một"),
    )
    assert levels(answer) == [("commune", "25747"), ("house", "25750")]
    assert answer.matches[1].candidate.features.is_contradicted


async def test_a_street_of_another_province_is_not_even_a_candidate() -> None:
    answer = await geocode(
        Register(),
        small_world(place("le loi", "Đường Lê Lợi", "00004")),
        asked(house_number="12", thoroughfare="Lê Lợi", commune="Thủ Dầu Một"),
    )
    assert levels(answer) == [("commune", "25747")]


async def test_no_commune_searches_the_province_and_ranks_by_the_number() -> None:
    register = Register({NUMBER: [house("12", "Đường Lê Lợi", "25750", "7512400001")]})
    world = small_world(LE_LOI, LE_LOI_EAST, place("le loi", "Đường Lê Lợi", "00004"))
    answer = await geocode(
        register, world, asked(house_number="12", thoroughfare="Lê Lợi", province="Bình Dương")
    )
    assert levels(answer) == [("house", "25750"), ("street", "25747")]


async def test_a_district_narrows_the_search() -> None:
    world = small_world(LE_LOI, place("le loi", "Đường Lê Lợi", "00004"))
    answer = await geocode(Register(), world, asked(thoroughfare="Lê Lợi", district="718"))
    assert levels(answer) == [("street", "25747")]


async def test_a_district_alone_is_the_communes_it_became() -> None:
    given = {"house_number": "12", "thoroughfare": "Trần Phú", "district": "718"}
    answer = await geocode(Register(), small_world(LE_LOI), asked(**given))
    assert levels(answer) == [("commune", "25747"), ("commune", "25750")]
    assert all(each.confidence <= 0.5 for each in answer.matches)
    assert answer.matches[0].gap == 0


async def test_what_is_found_in_one_part_makes_the_other_no_surer() -> None:
    """A name that fits badly, in one part of a divided commune: the other keeps its share."""
    world = small_world(place("le loan", "Đường Lê Loan", "25747"))
    answer = await geocode(Register(), world, asked(thoroughfare="Lê Liêm", commune="Hiệp Thành"))
    assert levels(answer) == [("commune", "25747"), ("commune", "25750")]
    world = small_world(place("le loan", "Đường Lê Loan", "25747"))
    answer = await geocode(Register(), world, asked(thoroughfare="Lê Lan", commune="Hiệp Thành"))
    by_level = {each.candidate.level.value: each.confidence for each in answer.matches}
    assert set(by_level) == {"street", "commune"}
    assert by_level["commune"] <= 0.4


async def test_an_empty_registry_still_knows_the_communes() -> None:
    answer = await geocode(
        Register(),
        small_world(),
        asked(house_number="12", thoroughfare="Lê Lợi", commune="Hiệp Thành"),
    )
    assert levels(answer) == [("commune", "25747"), ("commune", "25750")]
    assert answer.matches[0].candidate.accuracy_m == 2_000
    province = await geocode(Register(), small_world(), asked(province="Bình Dương"))
    assert levels(province) == [("province", "79")]
    assert province.matches[0].candidate.label == "Thành phố Hồ Chí Minh"


async def test_a_locality_answers_where_no_street_is_named() -> None:
    locality = place("ap:3", "Ấp 3", "25750", kind="locality")
    answer = await geocode(
        Register(), small_world(locality), asked(locality="Ấp 3", commune="Phú Lợi")
    )
    assert levels(answer) == [("locality", "25750")]
    assert answer.matches[0].candidate.label.startswith("Ấp 3, Phường Phú Lợi")


async def test_an_organisation_answers_by_its_name() -> None:
    school = place(
        "truong tieu hoc phu loi",
        "Trường Tiểu học Phú Lợi",
        "25750",
        kind="organisation",
        code="7512400009",
    )
    answer = await geocode(
        Register(),
        small_world(school),
        asked(building="Trường tiểu học Phú Lợi", commune="Phú Lợi"),
    )
    found = answer.matches[0].candidate
    assert (found.level, found.code) == (MatchLevel.ORGANISATION, "7512400009")


async def test_units_of_one_house() -> None:
    flats = [
        house("12", "Đường Lê Lợi", "25747", "7512300001"),
        house("12", "Đường Lê Lợi", "25747", "7512300002", unit="Căn hộ 25-06"),
        house("12", "Đường Lê Lợi", "25747", "7512300003", unit="Căn hộ 25-07"),
    ]
    world, register = small_world(LE_LOI), Register({NUMBER: flats})
    parts = {"house_number": "12", "thoroughfare": "Lê Lợi", "commune": "Thủ Dầu Một"}
    whole = await geocode(register, world, asked(**parts))
    assert levels(whole) == [("house", "25747")]
    assert whole.matches[0].candidate.has_units
    assert whole.matches[0].candidate.code == "7512300001"
    flat = await geocode(register, world, asked(**parts, unit="2507"))
    assert flat.matches[0].candidate.code == "7512300003"
    assert levels(flat) == [("unit", "25747")]
    unknown = await geocode(register, world, asked(**parts, unit="2508"))
    assert levels(unknown) == [("house", "25747")]


async def test_units_without_their_house() -> None:
    flat = house("12", "Đường Lê Lợi", "25747", "7512300002", unit="Căn hộ 25-06")
    answer = await geocode(
        Register({NUMBER: [flat]}),
        small_world(LE_LOI),
        asked(house_number="12", thoroughfare="Lê Lợi", commune="Thủ Dầu Một"),
    )
    found = answer.matches[0].candidate
    assert (found.level, found.code, found.unit) == (MatchLevel.HOUSE, None, None)
    assert found.has_units


async def test_a_point_prefers_what_is_near_and_a_box_keeps_what_is_inside() -> None:
    world = small_world(LE_LOI, LE_LOI_EAST)
    near = Query(at=TODAY, given=Given(thoroughfare="Lê Lợi"), near=LonLat(106.751, 10.981))
    assert levels(await geocode(Register(), world, near))[0] == ("street", "25750")
    box = Query(at=TODAY, given=Given(thoroughfare="Lê Lợi"), box=BBox(106.6, 10.9, 106.7, 11.0))
    assert levels(await geocode(Register(), world, box)) == [("street", "25747")]


async def test_context_limits_where_to_look() -> None:
    world = small_world(LE_LOI, LE_LOI_EAST)
    commune = Query(at=TODAY, given=Given(thoroughfare="Lê Lợi"), commune="25750")
    assert levels(await geocode(Register(), world, commune)) == [("street", "25750")]
    province = Query(at=TODAY, given=Given(thoroughfare="Lê Lợi"), province="01")
    assert levels(await geocode(Register(), world, province)) == []


async def test_many_share_one_trip_and_answer_as_one_would() -> None:
    register = Register({NUMBER: [house("12", "Đường Lê Lợi", "25747", "7512300001")]})
    world = small_world(LE_LOI, LE_LOI_EAST)
    queries = [
        asked(house_number="12", thoroughfare="Lê Lợi", commune="Thủ Dầu Một"),
        asked(province="Bình Dương"),
        asked(house_number="12", thoroughfare="Lê Lợi", commune="Hiệp Thành"),
        asked(house_number="7", thoroughfare="Lê Lợi", commune="Phú Lợi"),
    ]
    together = await geocode_many(register, world, queries)
    assert register.trips == 1
    assert [levels(each) for each in together] == [
        levels(await geocode(register, world, query)) for query in queries
    ]
    assert [each.matches for each in together] == [
        (await geocode(register, world, query)).matches for query in queries
    ]


async def test_a_day_before_the_reform_reads_codes_of_that_day() -> None:
    answer = await geocode(Register(), small_world(), asked(at=JUNE, commune="25747"))
    assert levels(answer) == [("commune", "25747")]
    mention = answer.plan.parsed.units[0].commune
    assert mention is not None
    assert mention.name == "Phường Phú Cường"
