"""Verdicts over the small world: categories, actions, statuses, findings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from geocoding_world import (
    TODAY,
    Register,
    house,
    neighbour,
    place,
    small_world,
)

from addrsvc.findings import Severity
from addrsvc.geocoding.answers import Given, Query
from addrsvc.geocoding.forward import World, geocode, validate
from addrsvc.geocoding.probe import Probed
from addrsvc.geocoding.verdict import Verdict
from addrsvc.parsing.model import Component, ComponentType, Noise, Parsed, Status, UnitReading
from addrsvc.registry.model import Locality

pytestmark = pytest.mark.anyio

LE_LOI = place("le loi", "Đường Lê Lợi", "25747")
LE_LOI_EAST = place("le loi", "Đường Lê Lợi", "25750")
NUMBER = ("le loi", "00012")
HOUSE = house("12", "Đường Lê Lợi", "25747", "7512300001")
FULL = {"house_number": "12", "thoroughfare": "Lê Lợi"}


async def judged(world: World, register: Register, at: date = TODAY, **given: str) -> Verdict:
    return validate(world, await geocode(register, world, Query(at=at, given=Given(**given))))


def ids(verdict: Verdict) -> list[str]:
    return [each.id for each in verdict.findings]


def statuses(verdict: Verdict) -> dict[str, str]:
    return {each.type.value: each.status.value for each in verdict.components}


async def test_a_is_certain_and_accepted() -> None:
    verdict = await judged(
        small_world(LE_LOI), Register({NUMBER: [HOUSE]}), **FULL, commune="Thủ Dầu Một"
    )
    assert (verdict.category, verdict.next_action) == ("A", "accept")
    assert ids(verdict) == []
    assert statuses(verdict) == {
        "house_number": "confirmed",
        "thoroughfare": "confirmed",
        "commune": "confirmed",
        "province": "confirmed",
    }
    assert [(p.unit.code, p.certainty.value) for p in verdict.present] == [("25747", "certain")]


async def test_an_old_name_is_brought_up_to_date() -> None:
    verdict = await judged(
        small_world(LE_LOI), Register({NUMBER: [HOUSE]}), **FULL, commune="Phú Cường"
    )
    assert (verdict.category, verdict.next_action) == ("B", "accept")
    assert ids(verdict) == [
        "commune-renamed-or-merged-2025",
        "district-abolished-2025",
        "province-merged-2025",
    ]
    assert "Phường Thủ Dầu Một" in verdict.findings[0].text("vi")
    assert "Thành phố Hồ Chí Minh" in verdict.findings[2].text("en")
    assert verdict.written is not None
    assert verdict.written.code == "25747"
    assert verdict.findings[0].component == 2


async def test_a_misspelt_street_is_put_right_and_asked_about() -> None:
    world = small_world(place("nguyen van linh", "Đường Nguyễn Văn Linh", "25747"))
    register = Register(
        {
            ("nguyen van linh", "00012"): [
                house("12", "Đường Nguyễn Văn Linh", "25747", "7512300001")
            ]
        }
    )
    verdict = await judged(
        world, register, house_number="12", thoroughfare="Nguyễn Văn Lin", commune="Thủ Dầu Một"
    )
    street = next(c for c in verdict.components if c.type is ComponentType.THOROUGHFARE)
    assert (street.value, street.status) == ("Đường Nguyễn Văn Linh", Status.CORRECTED)
    assert "corrected-spelling" in ids(verdict)
    assert verdict.next_action == "confirm"


async def test_a_split_commune_stays_open() -> None:
    verdict = await judged(small_world(), Register(), commune="Hiệp Thành")
    assert (verdict.category, verdict.next_action) == ("C", "fix")
    assert [(p.unit.code, p.certainty.value, p.share) for p in verdict.present] == [
        ("25747", "candidate", 0.6),
        ("25750", "candidate", 0.4),
    ]
    split = verdict.findings[0]
    assert (split.id, split.severity) == ("commune-split-2025", Severity.WARNING)
    assert "Phường Thủ Dầu Một, Phường Phú Lợi" in split.text("vi")
    assert "nothing-below-commune" in ids(verdict)


async def test_a_locality_settles_a_split_commune() -> None:
    verdict = await judged(small_world(), Register(), commune="Hiệp Thành", locality="Khu phố 1")
    assert [(p.unit.code, p.certainty.value) for p in verdict.present] == [("25747", "by_locality")]
    split = verdict.findings[0]
    assert (split.id, split.severity) == ("commune-split-2025", Severity.INFO)
    assert "khu phố" in split.text("vi")


async def test_a_registered_number_settles_a_split_commune() -> None:
    register = Register({NUMBER: [house("12", "Đường Lê Lợi", "25750", "7512400001")]})
    verdict = await judged(small_world(LE_LOI, LE_LOI_EAST), register, **FULL, commune="Hiệp Thành")
    assert [(p.unit.code, p.certainty.value) for p in verdict.present] == [("25750", "by_geometry")]
    assert (verdict.category, verdict.next_action) == ("B", "accept")
    assert ids(verdict)[0] == "commune-split-2025"


async def test_on_a_day_before_the_reform_the_old_commune_is_the_present_one() -> None:
    verdict = await judged(small_world(), Register(), at=date(2025, 6, 15), commune="Hiệp Thành")
    assert [(p.unit.code, p.name) for p in verdict.present] == [("25741", "Phường Hiệp Thành")]
    assert "commune-split-2025" not in ids(verdict)
    assert "district-abolished-2025" not in ids(verdict)


async def test_before_the_registers_begin_nothing_is_known() -> None:
    verdict = await judged(small_world(), Register(), at=date(2024, 1, 1), commune="Hiệp Thành")
    assert verdict.present == ()
    assert ids(verdict)[0] == "before-2025-06"


async def test_an_unregistered_number_needs_a_person() -> None:
    register = Register()
    register.near[NUMBER] = Probed(
        lower=(neighbour("10", "25747", 106.650),), higher=(neighbour("18", "25747", 106.654),)
    )
    verdict = await judged(small_world(LE_LOI), register, **FULL, commune="Thủ Dầu Một")
    assert (verdict.category, verdict.next_action) == ("C", "confirm")
    assert ids(verdict) == ["house-number-not-registered"]
    assert "hai số nhà kề bên" in verdict.findings[0].text("vi")
    assert statuses(verdict)["house_number"] == "unconfirmed"


async def test_a_street_only_another_commune_has() -> None:
    register = Register({NUMBER: [house("12", "Đường Lê Lợi", "25750", "7512400001")]})
    verdict = await judged(small_world(LE_LOI_EAST), register, **FULL, commune="Thủ Dầu Một")
    assert verdict.category == "C"
    assert ids(verdict) == ["street-not-in-commune"]
    assert "Phường Phú Lợi" in verdict.findings[0].text("vi")
    assert verdict.matches[0].candidate.area.code == "25747"


async def test_a_street_nobody_has() -> None:
    verdict = await judged(small_world(), Register(), **FULL, commune="Thủ Dầu Một")
    assert (verdict.category, verdict.next_action) == ("C", "confirm")
    assert ids(verdict) == ["street-not-known"]


async def test_a_missing_number() -> None:
    verdict = await judged(
        small_world(LE_LOI), Register(), thoroughfare="Lê Lợi", commune="Thủ Dầu Một"
    )
    assert (verdict.category, verdict.next_action) == ("C", "fix")
    assert ids(verdict) == ["house-number-missing"]
    assert statuses(verdict)["house_number"] == "missing"


async def test_a_building_without_its_unit() -> None:
    flat = house("12", "Đường Lê Lợi", "25747", "7512300002", unit="Căn hộ 25-06")
    world, register = small_world(LE_LOI), Register({NUMBER: [HOUSE, flat]})
    verdict = await judged(world, register, **FULL, commune="Thủ Dầu Một")
    assert (verdict.category, verdict.next_action) == ("A", "add_unit")
    assert ids(verdict) == ["unit-missing"]
    wrong = await judged(world, register, **FULL, commune="Thủ Dầu Một", unit="2509")
    assert "unit-not-registered" in ids(wrong)
    assert wrong.category == "C"
    right = await judged(world, register, **FULL, commune="Thủ Dầu Một", unit="2506")
    assert (right.category, statuses(right)["unit"]) == ("A", "confirmed")


async def test_no_commune_is_inferred_where_only_one_fits() -> None:
    verdict = await judged(small_world(LE_LOI), Register({NUMBER: [HOUSE]}), **FULL)
    assert statuses(verdict)["commune"] == "inferred"
    assert ids(verdict) == ["commune-missing"]
    assert verdict.findings[0].severity is Severity.INFO
    assert verdict.next_action in {"confirm", "fix"}


async def test_nothing_says_where() -> None:
    verdict = await judged(small_world(), Register(), **FULL)
    assert (verdict.category, verdict.next_action) == ("C", "fix")
    assert statuses(verdict)["commune"] == "missing"
    assert ids(verdict) == ["commune-missing"]
    assert verdict.findings[0].severity is Severity.ERROR
    assert verdict.confidence == 0


async def test_several_places_fit() -> None:
    both = [HOUSE, house("12", "Đường Lê Lợi", "25750", "7512400001")]
    verdict = await judged(
        small_world(LE_LOI, LE_LOI_EAST), Register({NUMBER: both}), **FULL, province="Bình Dương"
    )
    assert verdict.category == "C"
    assert "other-places-possible" in ids(verdict)


async def test_two_readings_as_good_are_both_named() -> None:
    verdict = await judged(small_world(), Register(), commune="Thủ Dầu Một?")
    assert "commune-ambiguous" in ids(verdict)
    ambiguous = next(f for f in verdict.findings if f.id == "commune-ambiguous")
    assert "Phường Ba Đình" in ambiguous.text("en")
    assert verdict.category == "C"


async def test_a_commune_that_was_a_city_may_be_any_commune_of_it() -> None:
    verdict = await judged(small_world(), Register(), commune="Thủ Dầu Một!")
    assert [each.unit.code for each in verdict.present] == ["25747", "25750"]
    assert "commune-ambiguous" in ids(verdict)


async def test_a_locality_of_the_registered_address_is_confirmed() -> None:
    known = house(
        "12", "Đường Lê Lợi", "25747", "1", localities=(Locality("khu_pho", "Khu phố 3"),)
    )
    verdict = await judged(
        small_world(LE_LOI),
        Register({NUMBER: [known]}),
        **FULL,
        locality="KP 3",
        commune="Thủ Dầu Một",
    )
    assert statuses(verdict)["locality"] == "confirmed"
    assert verdict.category == "A"


async def test_an_alley_alone_is_answered_by_its_addresses() -> None:
    register = Register()
    register.near["le loi", "00095/"] = Probed(alley=(house("95/3", "Đường Lê Lợi", "25747", "1"),))
    verdict = await judged(
        small_world(LE_LOI),
        register,
        house_number="Hẻm 95",
        thoroughfare="Lê Lợi",
        commune="Thủ Dầu Một",
    )
    assert statuses(verdict)["house_number"] == "confirmed"


def _component(type_: ComponentType, value: str, status: Status, key: str = "") -> Component:
    return Component(type_, value, (0, 3), status, key)


async def _judged_text(parsed: Parsed, *places: object) -> Verdict:
    world = small_world(*places, texts={parsed.text: parsed})  # type: ignore[arg-type]
    answer = await geocode(Register(), world, Query(at=TODAY, text=parsed.text))
    return validate(world, answer)


async def test_noise_and_postcode_are_told_of_and_noise_is_not_repeated() -> None:
    parsed = Parsed(
        "Nguyễn Văn A 0900000000, 75000",
        (_component(ComponentType.POSTCODE, "75000", Status.UNCONFIRMED),),
        (),
        noise=(Noise("phone", (13, 23)),),
    )
    verdict = await _judged_text(parsed)
    assert {"postcode-unchecked", "noise-removed"} <= set(ids(verdict))
    assert not any("0900000000" in f.text("vi") + f.text("en") for f in verdict.findings)


async def test_nothing_at_all_is_read() -> None:
    verdict = await _judged_text(Parsed("???", (), ()))
    assert ids(verdict) == ["nothing-read"]
    assert (verdict.category, verdict.next_action) == ("C", "fix")


async def test_a_commune_nobody_knows_and_one_that_lies_elsewhere() -> None:
    unknown = Parsed(
        "xã Không Có", (_component(ComponentType.COMMUNE, "Xã Không Có", Status.UNCONFIRMED),), ()
    )
    assert "commune-not-known" in ids(await _judged_text(unknown))
    contradiction = Parsed(
        "P. Phú Lợi, Hà Nội",
        (
            _component(ComponentType.COMMUNE, "Phường Phú Lợi", Status.UNEXPECTED, "25750"),
            _component(ComponentType.PROVINCE, "Thành phố Hà Nội", Status.CONFIRMED, "01"),
        ),
        (UnitReading(None, None, None, 1.0),),
    )
    verdict = await _judged_text(contradiction)
    found = next(f for f in verdict.findings if f.id == "commune-outside-province")
    assert "Thành phố Hà Nội" in found.text("vi")
    assert verdict.next_action == "fix"


async def test_another_reading_of_the_street_is_tried() -> None:
    number = Component(ComponentType.HOUSE_NUMBER, "12", (0, 2), Status.UNCONFIRMED, "00012")
    wrong = Component(ComponentType.THOROUGHFARE, "Xóm", (3, 6), Status.UNCONFIRMED, "xom")
    right = replace(wrong, value="Lê Lợi", key="le loi")
    parsed = Parsed("12 …", (number, wrong), (), alternatives=((number, right),))
    world = small_world(LE_LOI, texts={parsed.text: parsed})
    answer = await geocode(Register({NUMBER: [HOUSE]}), world, Query(at=TODAY, text=parsed.text))
    assert answer.matches[0].candidate.code == "7512300001"


async def test_only_the_beginning_of_an_essay_is_read() -> None:
    verdict = await _judged_text(Parsed("x" * 600, (), ()))
    assert "text-too-long" in ids(verdict)


async def test_before_the_registers_begin_nothing_is_accepted() -> None:
    register = Register({NUMBER: [HOUSE]})
    day = date(2025, 5, 31)
    verdict = await judged(small_world(LE_LOI), register, day, **FULL, commune="Thủ Dầu Một")
    assert (verdict.category, verdict.next_action) == ("C", "fix")
    assert verdict.present == ()
    assert "before-2025-06" in ids(verdict)


async def test_one_of_the_communes_of_a_district_is_not_inferred() -> None:
    verdict = await judged(small_world(), Register(), district="718")
    assert (verdict.category, verdict.next_action) == ("C", "fix")
    assert statuses(verdict)["commune"] == "missing"
    assert "commune-missing" in ids(verdict)
