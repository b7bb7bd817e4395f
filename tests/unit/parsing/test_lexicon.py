from __future__ import annotations

from datetime import date

from addrsvc.parsing.lexicon import LexiconUnit, UnitLexicon, match_key
from addrsvc.types import Level, UnitId, ValidPeriod

OLD, NEW, GONE = date(2025, 6, 1), date(2025, 7, 1), date(2019, 10, 1)


def unit(
    code: str, start: date, level: Level, kind: str, name: str, parent: str | None = None
) -> LexiconUnit:
    end = {OLD: NEW, GONE: OLD}.get(start)
    return LexiconUnit(UnitId(code, start), ValidPeriod(start, end), level, kind, name, parent)


UNITS = [
    unit("74", OLD, Level.PROVINCE, "tinh", "Sông Lam"),
    unit("79", OLD, Level.PROVINCE, "tinh", "Hồ Chí Minh"),
    unit("718", OLD, Level.DISTRICT, "huyen", "Đồi Cao", "74"),
    unit("25001", OLD, Level.COMMUNE, "xa", "Mỹ Lợi", "718"),
    unit("25002", OLD, Level.COMMUNE, "phuong", "IV", "718"),
    unit("25003", OLD, Level.COMMUNE, "xa", "Sà Phìn", "718"),
    unit("25004", OLD, Level.COMMUNE, "xa", "HBông", "718"),
    unit("79", NEW, Level.PROVINCE, "thanh_pho_truc_thuoc_trung_uong", "Hồ Chí Minh"),
    unit("25001", NEW, Level.COMMUNE, "xa", "Đồi Cao", "79"),
]
LINKS = [
    (UnitId("25001", OLD), UnitId("25001", NEW)),
    (UnitId("74", OLD), UnitId("79", NEW)),
    (UnitId("99999", OLD), UnitId("25001", NEW)),
]
FORMER = [
    unit("25009", GONE, Level.COMMUNE, "xa", "Bãi Cũ", "719"),
    unit("719", GONE, Level.DISTRICT, "huyen", "Đồi Thấp", "74"),
    unit("718", GONE, Level.DISTRICT, "huyen", "Đồi Xưa", "74"),
    unit("25001", GONE, Level.COMMUNE, "xa", "Mĩ Lợi", "719"),
    unit("25002", GONE, Level.COMMUNE, "phuong", "5", "718"),
    unit("25003", GONE, Level.COMMUNE, "xa", "Xà Phin", "718"),
    unit("74", GONE, Level.PROVINCE, "tinh", "Sông Cả"),
    unit("25010", GONE, Level.COMMUNE, "xa", "Không Nơi", "999"),
]


def of(lexicon: UnitLexicon, key: str, level: Level) -> list[int]:
    return [i for i in lexicon.by_key[key] if lexicon.places[i].unit.level is level]


def test_units_lie_in_those_of_their_time_and_around_those_of_the_other() -> None:
    lexicon = UnitLexicon(UNITS, LINKS, FORMER)
    (district,) = of(lexicon, "doicao", Level.DISTRICT)
    (new,) = of(lexicon, "doicao", Level.COMMUNE)
    (old,) = of(lexicon, "miloi", Level.COMMUNE)
    (gone,) = of(lexicon, "doithap", Level.DISTRICT)
    (renamed,) = of(lexicon, "doixua", Level.DISTRICT)
    province, old_city, new_city = 0, 1, 7
    places = lexicon.places
    (before,) = of(lexicon, "songca", Level.PROVINCE)
    assert places[old].own == {district, province, before}
    assert places[old].around == {new_city, gone, province, renamed}
    assert places[new].own == {new_city}
    assert places[new].around == {district, province}
    assert places[district].around >= {new_city}
    assert old in lexicon.inside(renamed, Level.COMMUNE)
    assert lexicon.inside(old_city, Level.COMMUNE) == ()
    assert lexicon.provinces == (province, old_city, new_city, before)
    assert set(lexicon.districts) == {district, gone, renamed}


def test_former_units_are_known_by_name_only() -> None:
    lexicon = UnitLexicon(UNITS, LINKS, FORMER)
    (gone,) = of(lexicon, "baicu", Level.COMMUNE)
    (lost,) = of(lexicon, "khongnoi", Level.COMMUNE)
    assert lexicon.places[gone].former
    assert lexicon.places[lost].own == set()
    assert UnitLexicon([], [], FORMER).places == []


def test_a_renamed_province_means_that_of_the_new_name() -> None:
    lexicon = UnitLexicon(UNITS, LINKS, FORMER)
    before = lexicon.places[of(lexicon, "songca", Level.PROVINCE)[0]]
    assert (before.full_name, before.living) == ("Tỉnh Sông Cả", UnitId("74", OLD))
    alone = UnitLexicon(UNITS[1:2], [], FORMER)
    assert all(place.living is None for place in alone.places if place.former)


def test_a_registered_unit_is_known_by_a_former_spelling() -> None:
    lexicon = UnitLexicon(UNITS, LINKS, FORMER)
    assert lexicon.by_key["xaphin"] == lexicon.by_key["saphin"]
    assert "hbong" in lexicon.by_key
    assert {"h", "hbong"} <= lexicon.prefixes
    (five,) = lexicon.by_key["5"]
    assert lexicon.places[five].former


def test_keys_aliases_and_initials() -> None:
    lexicon = UnitLexicon(UNITS, LINKS)
    assert lexicon.by_key["saigon"] == (1, 7)
    assert "sai" in lexicon.prefixes
    assert lexicon.short["hcm"] == lexicon.short["hcminh"] == (1, 7)
    assert lexicon.short["dcao"] == (2,)
    assert [lexicon.places[i].full_name for i in lexicon.by_key["4"]] == ["Phường IV"]
    assert match_key("Ea H'leo") == "eahleo"
    assert lexicon.places[3].spelling == "mỹlợi"
