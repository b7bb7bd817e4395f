from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.parsing.label import Around, label, parts_of
from addrsvc.parsing.lexicon import LexiconUnit, UnitLexicon
from addrsvc.parsing.model import ComponentType, Parsed, Status, Token, UnitMention, UnitReading
from addrsvc.parsing.reader import MAX_LENGTH, AddressReader
from addrsvc.parsing.units import UnitReader
from addrsvc.types import Level, UnitId, ValidPeriod

SINCE = date(2025, 7, 1)
UNIT = {
    level: UnitId(code, SINCE) for level, code in zip(Level, ("79", "718", "25750"), strict=True)
}


class Named:
    """Finds the units it is told of, by their words in the text."""

    def __init__(self, *readings: dict[Level, tuple[str, str]], text: str) -> None:
        self.readings = readings
        self.text = text

    def read(self, tokens: Sequence[Token]) -> tuple[UnitReading, ...]:
        del tokens
        found = []
        for reading in self.readings:
            mentions = {
                level: self._mention(level, words, evidence)
                for level, (words, evidence) in reading.items()
            }
            found.append(
                UnitReading(
                    mentions.get(Level.COMMUNE),
                    mentions.get(Level.DISTRICT),
                    mentions.get(Level.PROVINCE),
                    1.0 / (len(found) + 1),
                )
            )
        return tuple(found)

    def _mention(self, level: Level, words: str, evidence: str) -> UnitMention:
        begin = self.text.find(words)
        span = None if begin < 0 else (begin, begin + len(words))
        status = Status.CONFIRMED if span else Status.INFERRED
        unit = None if evidence == "unknown" else UNIT[level]
        return UnitMention(level, unit, words, "phuong", span, status, (evidence,))


def read(text: str, *readings: dict[Level, tuple[str, str]]) -> Parsed:
    return AddressReader(Named(*readings, text=text)).read(text)


def told(parsed: Parsed) -> list[tuple[str, str]]:
    return [(each.type.value, each.value) for each in parsed.components]


COMMUNE, DISTRICT, PROVINCE = Level.COMMUNE, Level.DISTRICT, Level.PROVINCE


def test_units_follow_the_parts_and_the_postcode_is_last() -> None:
    text = "75000, 5 Lê Lai, Phường Mẫu, Tỉnh Sen"
    parsed = read(text, {COMMUNE: ("Phường Mẫu", "unknown"), PROVINCE: ("Tỉnh Sen", "marker")})
    assert told(parsed) == [
        ("house_number", "5"),
        ("thoroughfare", "Lê Lai"),
        ("commune", "Phường Mẫu"),
        ("province", "Tỉnh Sen"),
        ("postcode", "75000"),
    ]
    assert [each.key for each in parsed.components[2:4]] == ["phuong mau", "79"]


def test_a_text_without_units() -> None:
    parsed = read("5 Lê Lai")
    assert parsed.units == ()
    assert told(parsed) == [("house_number", "5"), ("thoroughfare", "Lê Lai")]


def test_a_name_after_a_number_is_a_street_and_may_be_the_commune() -> None:
    reading = {COMMUNE: ("Ngô Quyền", "lexicon"), DISTRICT: ("Vĩnh Yên", "lexicon")}
    parsed = read("Số 93 Ngô Quyền, Vĩnh Yên", reading)
    assert told(parsed)[:2] == [("house_number", "93"), ("thoroughfare", "Ngô Quyền")]
    assert [each.commune is None for each in parsed.units] == [True, False]
    assert [each.value for each in parsed.alternatives[0]] == ["93"]
    inferred = read("93 Ngô Quyền, Sen", {**reading, PROVINCE: ("Sen", "lexicon")})
    assert inferred.units[0].district is None
    assert inferred.units[0].province is not None


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("Số 93 Ngô Quyền, Vĩnh Yên", "marker"),
        ("Tổ 3 Ngô Quyền, Vĩnh Yên", "lexicon"),
        ("Số 93, Ngô Quyền, Vĩnh Yên", "lexicon"),
        ("Ngô Quyền, Vĩnh Yên", "lexicon"),
        ("Cây Sen Ngô Quyền, Vĩnh Yên", "lexicon"),
        ("Số 93 Ngô Quyền", "lexicon"),
    ],
)
def test_elsewhere_a_commune_is_a_commune(text: str, evidence: str) -> None:
    parsed = read(text, {COMMUNE: ("Ngô Quyền", evidence), DISTRICT: ("Vĩnh Yên", "lexicon")})
    assert parsed.units[0].commune is not None


def test_names_of_streets_are_given_back() -> None:
    street = [("house_number", "5"), ("thoroughfare", "Đại lộ Bình Dương")]
    assert told(read("5 Đại lộ Bình Dương", {PROVINCE: ("Bình Dương", "lexicon")})) == street
    text = "5 đường Phú Lợi, Sen"
    named = read(text, {COMMUNE: ("Phú Lợi", "lexicon"), PROVINCE: ("Sen", "lexicon")})
    assert named.first(ComponentType.COMMUNE) is None
    district = read("KCN Vĩnh Yên, Sen", {DISTRICT: ("Vĩnh Yên", "lexicon")})
    assert told(district) == [("locality", "Khu công nghiệp Vĩnh Yên"), ("locality", "Sen")]


def test_what_stands_before_a_name_is_no_slip() -> None:
    text = "5, Đại lộ Bình Dương"
    mention = UnitMention(
        PROVINCE, UNIT[PROVINCE], "Tỉnh Bình Dương", "tinh", (7, 20), Status.CORRECTED, ("typo",)
    )

    class Slipping:
        def __init__(self, mention: UnitMention) -> None:
            self.mention = mention

        def read(self, tokens: Sequence[Token]) -> tuple[UnitReading, ...]:
            del tokens
            if self.mention.level is COMMUNE:
                return (UnitReading(self.mention, None, None, 1.0),)
            return (UnitReading(None, None, self.mention, 1.0),)

    parsed = AddressReader(Slipping(mention)).read(text)
    assert told(parsed) == [("house_number", "5"), ("thoroughfare", "Đại lộ Bình Dương")]
    kept = replace(mention, level=COMMUNE, name="Phường Lộ Bình Dương", span=(0, 15))
    commune = AddressReader(Slipping(kept)).read("5 lộ Bình Dương gần đó").units[0].commune
    assert commune is not None
    assert commune.span == (2, 15)
    numbered = replace(mention, name="Thành phố Mẫu", span=(0, 1))
    assert AddressReader(Slipping(numbered)).read(text).units[0].province == numbered


def test_a_district_before_its_commune_belongs_to_the_estate() -> None:
    parsed = read(
        "KCN Nam Tân Uyên, Phường Tân Hiệp",
        {COMMUNE: ("Phường Tân Hiệp", "marker"), DISTRICT: ("Tân Uyên", "lexicon")},
    )
    assert told(parsed)[0] == ("locality", "Khu công nghiệp Nam Tân Uyên")
    assert parsed.components[2].status is Status.INFERRED


def test_readings_that_leave_other_words_give_alternatives() -> None:
    text = "Cây Sen, Bình An, Tỉnh Mẫu"
    parsed = read(
        text,
        {PROVINCE: ("Tỉnh Mẫu", "marker")},
        {COMMUNE: ("Bình An", "lexicon"), PROVINCE: ("Tỉnh Mẫu", "marker")},
        {PROVINCE: ("Tỉnh Mẫu", "marker"), DISTRICT: ("Ẩn", "parent")},
    )
    assert [each.value for each in parsed.alternatives[-1]] == ["Cây Sen"]
    assert len(parsed.units) == 3


def test_noise_is_kept_from_the_units() -> None:
    text = "5 Lê Lai, 0901234567, a@b.vn, Bình An"
    seen: list[str] = []

    class Seeing:
        def read(self, tokens: Sequence[Token]) -> tuple[UnitReading, ...]:
            seen.extend(token.text for token in tokens)
            return ()

    parsed = AddressReader(Seeing()).read(text)
    assert seen == ["5", "Lê", "Lai", "Bình", "An"]
    assert [each.kind for each in parsed.noise] == ["phone", "email"]


def test_a_unit_said_twice_is_no_place() -> None:
    text = "Cây Sen, Bình An, Phường Bình An"
    parsed = read(text, {COMMUNE: ("Phường Bình An", "marker")})
    assert told(parsed) == [("locality", "Cây Sen"), ("commune", "Phường Bình An")]
    assert [text[slice(*each.span)] for each in parsed.noise] == ["Bình An"]


def test_known_streets_are_asked() -> None:
    reader = AddressReader(Named(text=""), lambda key: key == "cay sen")
    assert told(reader.read("Cây Sen")) == [("thoroughfare", "Cây Sen")]


def test_a_long_text_is_read_in_part() -> None:
    parsed = read("5 Lê Lai," + " x" * MAX_LENGTH)
    assert parsed.noise[-1].span == (MAX_LENGTH, 9 + 2 * MAX_LENGTH)
    assert parsed.first(ComponentType.HOUSE_NUMBER) is not None


def _lexicon() -> UnitLexicon:
    period = ValidPeriod(SINCE, None)
    rows = [
        ("79", Level.PROVINCE, "thanh_pho_truc_thuoc_trung_uong", "Hồ Chí Minh", None),
        ("25750", Level.COMMUNE, "phuong", "Phú Lợi", "79"),
        ("25747", Level.COMMUNE, "phuong", "Thủ Dầu Một", "79"),
        ("25760", Level.COMMUNE, "phuong", "Bình Dương", "79"),
        ("25777", Level.COMMUNE, "xa", "Dầu Tiếng", "79"),
    ]
    return UnitLexicon(
        [LexiconUnit(UnitId(code, SINCE), period, *rest) for code, *rest in rows],  # type: ignore[arg-type]
        [],
    )


READER = AddressReader(UnitReader(_lexicon()))
STEP = st.from_regex(r"[1-9][0-9]{0,3}[A-H]?", fullmatch=True)
VALUES = {
    ComponentType.UNIT: st.sampled_from(["", "Căn hộ 25-06", "Phòng 7"]),
    ComponentType.FLOOR: st.sampled_from(["", "Tầng 12A"]),
    ComponentType.BUILDING: st.sampled_from(["", "Block A2", "Chung cư Sao Mai"]),
    ComponentType.HOUSE_NUMBER: st.lists(STEP, max_size=6).map("/".join),
    ComponentType.THOROUGHFARE: st.sampled_from([
        "Đường Lê Lợi", "Đường Phú Lợi", "Đại lộ Bình Dương", "ĐT 743C", "ĐX 043", "Đường 30/4",
        "Đường số 5", "Quốc lộ 13", "Đường D1",
    ]),
    ComponentType.LOCALITY: st.sampled_from(["", "Khu phố 3", "Ấp 2", "Khu dân cư Đại Quang"]),
}  # fmt: skip
COMMUNES = st.sampled_from(
    ["Phường Phú Lợi", "Phường Thủ Dầu Một", "Phường Bình Dương", "Xã Dầu Tiếng"]
)


@given(st.fixed_dictionaries(VALUES), COMMUNES)
def test_a_label_is_read_again(values: dict[ComponentType, str], commune: str) -> None:
    parts = [(type_, values[type_]) for type_ in VALUES if values[type_]]
    around = Around(commune, None, "Thành phố Hồ Chí Minh")
    parsed = READER.read(label(parts, around))
    units = [(ComponentType.COMMUNE, commune), (ComponentType.PROVINCE, "Thành phố Hồ Chí Minh")]
    assert parts_of(parsed.components) == [*parts, *units]


@given(st.text(max_size=600))
def test_any_text_is_read(text: str) -> None:
    parsed = READER.read(text)
    for component in parsed.components:
        assert component.span is None or 0 <= component.span[0] < component.span[1] <= len(text)


def test_parts_of_a_kind_in_the_order_of_the_label() -> None:
    parsed = read("12 Lê Lợi, tổ 5, khu phố 3")
    named = [each.value for each in parsed.all(ComponentType.LOCALITY)]
    assert named == ["Tổ 5", "Khu phố 3"]
    assert parsed.first(ComponentType.POSTCODE) is None
