"""Words that were divided or spelt wrongly: taken together, mended, compared with communes."""

from __future__ import annotations

import pytest
from geocoding_world import (
    HCM,
    THU_DAU_MOT,
    TODAY,
    Register,
    house,
    mention,
    place,
    reading,
    small_world,
)

from addrsvc.geocoding.answers import Query
from addrsvc.geocoding.forward import Answer, geocode, validate
from addrsvc.geocoding.wording import (
    commune_as_written,
    likeness,
    street_as_written,
    with_word_put_right,
)
from addrsvc.parsing.keys import number_key, thoroughfare_key
from addrsvc.parsing.model import (
    Component,
    ComponentType,
    Parsed,
    Status,
    UnitMention,
    UnitReading,
)
from addrsvc.types import Level

pytestmark = pytest.mark.anyio


def _parsed(
    text: str, *parts: tuple[ComponentType, str], units: tuple[UnitReading, ...] = ()
) -> Parsed:
    """Read a text into these parts, each where it first stands."""
    components = []
    for type_, value in parts:
        at = text.index(value)
        key = {
            ComponentType.HOUSE_NUMBER: number_key,
            ComponentType.THOROUGHFARE: thoroughfare_key,
        }.get(type_, str)(value)
        status = Status.UNCONFIRMED if type_ is not ComponentType.PROVINCE else Status.CONFIRMED
        components.append(Component(type_, value, (at, at + len(value)), status, key))
    return Parsed(text, tuple(components), units)


NUMBER, STREET = ComponentType.HOUSE_NUMBER, ComponentType.THOROUGHFARE
LOCALITY, COMMUNE, PROVINCE = (
    ComponentType.LOCALITY,
    ComponentType.COMMUNE,
    ComponentType.PROVINCE,
)


@pytest.mark.parametrize(
    ("parsed", "name"),
    [
        (
            _parsed("12 N. V. Trị, P. Tây", (NUMBER, "12"), (STREET, "N"), (COMMUNE, "P. Tây")),
            "N. V. Trị",
        ),
        (
            _parsed("12 Đường mBình 5 P. Tây", (NUMBER, "12"), (STREET, "m"), (COMMUNE, "P. Tây")),
            "mBình 5",
        ),
        (_parsed("12 Lê Lợi", (NUMBER, "12"), (STREET, "Lê Lợi")), None),
        (_parsed("Lê Lợi", (STREET, "Lê Lợi")), None),
        (_parsed("12, 13", (NUMBER, "12")), None),
        (_parsed("P. Tây", (COMMUNE, "P. Tây")), None),
    ],
)
def test_the_street_as_written(parsed: Parsed, name: str | None) -> None:
    assert street_as_written(parsed, parsed.components) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("12 Đnờng 11, P. Tây", "duong 11"),
        ("12 Quc lộ 13, P. Tây", "quoc lo 13"),
        ("12, Kuh phố 4, P. Tây", "khu pho 4"),
        ("12 Đường 11, P. Tây", None),
        ("12 Lê Lợi, P. Tây", None),
    ],
)
def test_a_slip_in_the_word_before_a_name(text: str, name: str | None) -> None:
    parsed = _parsed(text, (NUMBER, "12"), (COMMUNE, "P. Tây"))
    assert with_word_put_right(parsed, parsed.components) == name


def test_only_a_doubtful_commune_is_compared() -> None:
    parsed = _parsed("12, Phường Phú Lọi TP HCM", (COMMUNE, "Phường Phú"), (PROVINCE, "TP HCM"))
    assert commune_as_written(parsed, parsed.components) == "phuong phu loi"
    sure = [Component(COMMUNE, "Phường Phú Lợi", (0, 4), Status.CONFIRMED, "25750")]
    assert commune_as_written(parsed, sure) is None


def test_numbers_of_communes_must_agree() -> None:
    assert likeness("phuong phu lio", "Phường Phú Lợi") > 0.9
    assert likeness("phuong 5", "Phường 5") == 1
    assert likeness("phuong 5", "Phường 6") == 0


async def _geocoded(parsed: Parsed, *commune: str) -> Answer:
    houses = {
        ("le loi", "00012"): [
            house("12", "Đường Lê Lợi", code, f"75123{n:05}") for n, code in enumerate(commune)
        ]
    }
    streets = [place("le loi", "Đường Lê Lợi", code) for code in commune]
    world = small_world(*streets, texts={parsed.text: parsed})
    answer = await geocode(Register(houses), world, Query(at=TODAY, text=parsed.text))
    verdict = validate(world, answer)
    assert verdict.category != "A"
    return answer


async def test_a_commune_of_the_written_name_beats_the_one_that_was_read() -> None:
    """Read as Thủ Dầu Một; what is written is nearer to Phú Lợi, which has the house."""
    text = "12 Lê Lợi, Phường Phú Lợii, TP HCM"
    parsed = _parsed(
        text,
        (NUMBER, "12"),
        (STREET, "Lê Lợi"),
        (COMMUNE, "Phường Phú Lợii"),
        (PROVINCE, "TP HCM"),
        units=(reading(HCM),),
    )
    wrong = Parsed(text, parsed.components, (reading(THU_DAU_MOT, HCM),))
    answer = await _geocoded(wrong, "25750")
    assert answer.matches[0].candidate.area.code == "25750"
    assert not answer.matches[0].candidate.features.is_contradicted
    world = small_world(place("le loi", "Đường Lê Lợi", "25750"), texts={text: wrong})
    verdict = validate(world, answer)
    assert [(p.unit.code, p.certainty.value) for p in verdict.present] == [("25750", "by_geometry")]
    commune = next(c for c in verdict.components if c.type is COMMUNE)
    assert (commune.value, commune.status) == ("Phường Phú Lợi", Status.CORRECTED)


async def test_an_unknown_commune_prefers_the_name_that_is_alike() -> None:
    text = "12 Lê Lợi, Phường Phú Lio, TP HCM"
    unknown = UnitMention(
        Level.COMMUNE, None, "Phường Phú Lio", "phuong", (12, 26), Status.UNCONFIRMED
    )
    parsed = _parsed(
        text,
        (NUMBER, "12"),
        (STREET, "Lê Lợi"),
        (COMMUNE, "Phường Phú Lio"),
        (PROVINCE, "TP HCM"),
        units=(UnitReading(unknown, None, mention(HCM), 1.0),),
    )
    answer = await _geocoded(parsed, "25747", "25750")
    assert answer.matches[0].candidate.area.code == "25750"
