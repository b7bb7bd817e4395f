from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.geocoding.chains import Chains
from addrsvc.geocoding.gazetteer import Gazetteer
from addrsvc.geocoding.model import Hit, Place, PlaceKind
from addrsvc.parsing.keys import locality_key, thoroughfare_key
from addrsvc.parsing.normalise import name_key
from addrsvc.types import LonLat

WEST, EAST, FAR = "25747", "25750", "00004"
PROVINCES = {WEST: "79", EAST: "79", FAR: "01", **{f"3{n:04}": "80" for n in range(40)}}
MIDDLE = LonLat(106.65, 10.95)


def street(name: str, commune: str = WEST, addresses: int = 10) -> Place:
    return Place("thoroughfare", thoroughfare_key(name), name, commune, addresses, MIDDLE)


def hamlet(kind: str, name: str, commune: str = WEST) -> Place:
    return Place("locality", locality_key(kind, name), name, commune, 5, None)


def office(name: str, code: str, commune: str = WEST) -> Place:
    return Place("organisation", name_key(name), name, commune, 1, MIDDLE, code)


@pytest.fixture
def names() -> Gazetteer:
    names = Gazetteer(PROVINCES)
    for place in (
        street("Đường Nguyễn Thị Minh Khai"),
        street("Đường Lê Lợi", WEST, 30),
        street("Lê Lợi", EAST, 20),
        street("Lê Lợi", FAR, 90),
        street("Lê Lai", FAR),
        street("Hùng Vương", EAST),
        street("Đường số 5"),
        street("Đường số 6"),
        street("Xô Viết Nghệ Tĩnh", FAR),
        street("Đại lộ Bình Dương", WEST),
        hamlet("khu_pho", "Khu phố 3"),
        hamlet("ap", "Ấp Bình Phú", EAST),
        office("Trường Tiểu học Mẫu", "7512300001"),
        office("Trường Tiểu học Mẫu", "7512300002"),
    ):
        names.add(place)
    return names


def shown(hits: list[Hit]) -> list[tuple[str, str, str]]:
    return [(hit.place.key, hit.place.commune_code, hit.how) for hit in hits]


def one(hits: list[Hit]) -> tuple[str, str]:
    assert len(hits) == 1, hits
    return hits[0].place.key, hits[0].how


def test_the_same_name_is_exact_and_the_busiest_comes_first(names: Gazetteer) -> None:
    assert shown(names.find("thoroughfare", "Lê Lợi")) == [
        ("le loi", FAR, "exact"),
        ("le loi", WEST, "exact"),
        ("le loi", EAST, "exact"),
    ]
    assert names.find("thoroughfare", "Lê Lợi", limit=1)[0].place.commune_code == FAR


def test_a_word_before_the_name_is_no_difference(names: Gazetteer) -> None:
    hit = names.find("thoroughfare", "đường lê lợi", frozenset({WEST}))[0]
    assert (hit.how, hit.similarity, hit.place.name) == ("exact", 1.0, "Đường Lê Lợi")
    assert hit.place.centre == MIDDLE


def test_missing_accents_cost_nothing_and_wrong_ones_little(names: Gazetteer) -> None:
    plain = names.find("thoroughfare", "le loi", frozenset({WEST}))[0]
    wrong = names.find("thoroughfare", "Lê Lội", frozenset({WEST}))[0]
    assert (plain.how, plain.similarity) == ("accents", 1.0)
    assert wrong.how == "accents"
    assert 0.9 < wrong.similarity < 1.0


def test_a_region_is_kept_to(names: Gazetteer) -> None:
    assert shown(names.find("thoroughfare", "Lê Lợi", frozenset({EAST}))) == [
        ("le loi", EAST, "exact")
    ]
    in_79 = names.find("thoroughfare", "Lê Lợi", None, frozenset({"79"}))
    assert {hit.place.commune_code for hit in in_79} == {WEST, EAST}
    both = names.find("thoroughfare", "Lê Lợi", frozenset({EAST, FAR}), frozenset({"79"}))
    assert [hit.place.commune_code for hit in both] == [EAST]
    assert names.find("thoroughfare", "Xô Viết Nghệ Tĩnh", frozenset({WEST})) == []


@pytest.mark.parametrize("written", ["N.T.M.Khai", "NTMKhai", "Ng T Minh Khai", "NT.Minh Khai"])
def test_first_letters(names: Gazetteer, written: str) -> None:
    assert one(names.find("thoroughfare", written)) == ("nguyen thi minh khai", "initials")


EVERYWHERE = frozenset(PROVINCES)


@pytest.mark.parametrize("region", [None, frozenset({WEST}), EVERYWHERE])
@pytest.mark.parametrize("written", ["nguyn thi minh khai", "nguyen thi mihn khay"])
def test_slips(names: Gazetteer, written: str, region: frozenset[str] | None) -> None:
    assert one(names.find("thoroughfare", written, region)) == ("nguyen thi minh khai", "typo")


@pytest.mark.parametrize("region", [None, frozenset({WEST})])
def test_slips_in_names_with_a_month(region: frozenset[str] | None) -> None:
    names = Gazetteer(PROVINCES)
    names.add(street("Đường Cách Mạng Tháng Tám"))
    names.add(street("Đường Tam Bình", FAR))
    found = names.find("thoroughfare", "cách mạng thánlg tám", region)
    assert one(found) == ("cach mang thang 8", "typo")
    assert 0.9 < found[0].similarity < 1
    assert names.find("locality", "cách mạng thánlg tám", region) == []


@pytest.mark.parametrize("region", [None, frozenset({EAST})])
def test_spaces_left_out(names: Gazetteer, region: frozenset[str] | None) -> None:
    assert one(names.find("thoroughfare", "hungvuong", region)) == ("hung vuong", "typo")


def test_a_slip_that_is_a_word_too_is_less_similar(names: Gazetteer) -> None:
    known = names.find("thoroughfare", "le lai", frozenset({WEST}))[0]
    unknown = names.find("thoroughfare", "le loj", frozenset({WEST}))[0]
    assert known.place.key == unknown.place.key == "le loi"
    assert known.similarity < unknown.similarity < 1


def test_numbers_are_names(names: Gazetteer) -> None:
    assert one(names.find("thoroughfare", "Đường số 5"))[0] == thoroughfare_key("Đường số 5")
    assert names.find("thoroughfare", "Đường số 7") == []


def test_parts(names: Gazetteer) -> None:
    assert one(names.find("thoroughfare", "Lê Lợi nối dài", frozenset({WEST}))) == (
        "le loi",
        "part",
    )
    assert one(names.find("thoroughfare", "Thị Minh Khai")) == ("nguyen thi minh khai", "part")
    assert one(names.find("thoroughfare", "Minh Khai", frozenset({WEST}))) == (
        "nguyen thi minh khai",
        "part",
    )


def test_localities_keep_their_kind_or_another_of_the_same_name(names: Gazetteer) -> None:
    assert one(names.find("locality", "Khu phố 3")) == ("khu_pho:3", "exact")
    assert one(names.find("locality", "KP 3", key="khu_pho:3"))[0] == "khu_pho:3"
    assert one(names.find("locality", "Khu phố Bình Phú")) == ("ap:binh phu", "part")
    assert one(names.find("locality", "Ấp Bin Phú", frozenset({EAST}))) == ("ap:binh phu", "typo")
    assert names.find("locality", "Khu phố 4") == []
    for other in ("Ấp 3", "Tổ 3", "Thôn 3"):  # a number of another kind is another place
        assert names.find("locality", other) == []
        assert names.find("locality", other, frozenset({WEST, EAST})) == []


def test_organisations_of_one_name_stay_apart_and_may_go(names: Gazetteer) -> None:
    hits = names.find("organisation", "truong tieu hoc mau")
    assert {hit.place.code for hit in hits} == {"7512300001", "7512300002"}
    names.names("organisation").drop("truong tieu hoc mau", WEST, "7512300002")
    assert [hit.place.code for hit in names.find("organisation", "Trường Tiểu học Mẫu")] == [
        "7512300001"
    ]
    codes = [place.code for place in names.places_in(WEST) if place.kind == "organisation"]
    assert codes == ["7512300001"]
    names.add(office("Trường Tiểu học Mẫu", "7512300002"))
    assert len(names.find("organisation", "Trường Tiểu học Mẫu")) == 2


def test_any_kind(names: Gazetteer) -> None:
    assert {hit.place.kind for hit in names.find(None, "Bình Phú")} == {"locality"}
    assert names.find(None, "Lê Lợi")[0].place.kind == "thoroughfare"


def test_adding_again_replaces(names: Gazetteer) -> None:
    before = len(names)
    names.add(street("Lê Lợi", WEST, 31))
    names.add(street("Lê Lợi", WEST, 31))
    assert len(names) == before
    assert names.find("thoroughfare", "Lê Lợi", frozenset({WEST}))[0].place.addresses == 31


def test_other_names_lead_to_the_place(names: Gazetteer) -> None:
    roads = names.names("thoroughfare")
    roads.put_alias("quoc lo 13", "Quốc lộ 13", "dai lo binh duong", WEST)
    roads.put_alias("le loi", "Lê Lợi", "dai lo binh duong", WEST)  # a place has the name
    roads.put_alias("x", "X", "khong co", WEST)  # no such place
    hit = names.find("thoroughfare", "Quốc lộ 13", key="quoc lo 13")[0]
    assert (hit.place.key, hit.place.name, hit.how) == (
        "dai lo binh duong",
        "Đại lộ Bình Dương",
        "exact",
    )
    assert names.find("thoroughfare", "Lê Lợi", frozenset({WEST}))[0].place.key == "le loi"
    assert not names.knows("thoroughfare", "x")
    assert names.knows("thoroughfare", "quoc lo 13")
    assert len([place for place in names.places_in(WEST) if place.kind == "thoroughfare"]) == 5


def test_nothing_is_found_for_nothing(names: Gazetteer) -> None:
    assert names.find(None, "", frozenset()) == []
    assert names.find("thoroughfare", "zzzz qqqq wwww") == []
    assert list(names.places_in("99999")) == []


def test_chains_keep_all_numbers_of_a_key() -> None:
    chains = Chains()
    for number in range(100):
        chains.put(str(number % 3))
    assert sorted(chains.of("1")) == list(range(1, 100, 3))
    assert len(chains) == 3
    assert "2" in chains
    assert list(chains.of("x")) == []


@given(st.text(max_size=200), st.booleans())
def test_any_text_can_be_asked(text: str, known: bool) -> None:  # noqa: FBT001
    names = Gazetteer(PROVINCES)
    names.add(street("Đường Nguyễn Thị Minh Khai"))
    kinds: tuple[PlaceKind | None, ...] = ("thoroughfare", "locality", "organisation", None)
    for kind in kinds:
        names.find(kind, text, frozenset({WEST}) if known else None)
