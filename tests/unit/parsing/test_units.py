"""Units read from invented addresses and public facts, with the names of the whole country."""

from __future__ import annotations

import unicodedata

import pytest
from bundled_units import bundled_reader, bundled_units
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.admin_units.names import full_name
from addrsvc.parsing.lexicon import UnitLexicon
from addrsvc.parsing.model import Status, UnitMention, UnitReading
from addrsvc.parsing.normalise import fold
from addrsvc.parsing.tokens import tokenise
from addrsvc.parsing.units import MAX_TEXT, UnitReader
from addrsvc.types import Level, UnitId


def read(text: str) -> tuple[UnitReading, ...]:
    return bundled_reader().read(tokenise(text))


def named(mention: UnitMention | None) -> str:
    """Give what the text names; what only follows from it in brackets."""
    if mention is None:
        return ""
    return f"({mention.name})" if mention.status is Status.INFERRED else mention.name


def levels(text: str) -> tuple[str, str, str]:
    best = read(text)[0]
    return named(best.commune), named(best.district), named(best.province)


BINH_DUONG, HCM = "Tỉnh Bình Dương", "Thành phố Hồ Chí Minh"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # three levels, every way to mark them
        ("1 Lê Lợi, phường Phú Lợi, thành phố Thủ Dầu Một, tỉnh Bình Dương",
         ("Phường Phú Lợi", "Thành phố Thủ Dầu Một", BINH_DUONG)),
        ("P.Phú Lợi,TP.TDM,BD", ("Phường Phú Lợi", "Thành phố Thủ Dầu Một", BINH_DUONG)),
        ("xa thanh an huyen dau tieng tinh binh duong",
         ("Xã Thanh An", "Huyện Dầu Tiếng", BINH_DUONG)),
        ("X.Thanh An H.Dầu Tiếng T.Bình Dương", ("Xã Thanh An", "Huyện Dầu Tiếng", BINH_DUONG)),
        ("XãThanh An, HuyệnDầu Tiếng, TBình Dương",
         ("Xã Thanh An", "Huyện Dầu Tiếng", BINH_DUONG)),
        ("T.Trấn Dầu Tiếng, H. Dầu Tiếng", ("Thị trấn Dầu Tiếng", "Huyện Dầu Tiếng",
                                            f"({BINH_DUONG})")),
        ("F.07, Q.8, TPHCM", ("Phường 7", "Quận 8", HCM)),
        ("P01 Q3 SG", ("Phường 1", "Quận 3", HCM)),
        ("Phường Phường 5, quận Bình Thạnh", ("Phường 5", "Quận Bình Thạnh", f"({HCM})")),
        ("Phường IV, Vị Thanh, Hậu Giang", ("Phường IV", "Thành phố Vị Thanh", "Tỉnh Hậu Giang")),
        ("Phường XII, Quận 10", ("Phường 12", "Quận 10", f"({HCM})")),
        ("đặc khu Côn Đảo, TP.HCM", ("Đặc khu Côn Đảo", "", HCM)),
        ("Phường Bình Dương, Sài Gòn", ("Phường Bình Dương", "", HCM)),
        # initials, under the province named beside them
        ("P5,BT,TP. Hồ Chí Minh", ("Phường 5", "Quận Bình Thạnh", HCM)),
        ("12 Tôn Đức Thắng, Đ.Đa, HN", ("", "Quận Đống Đa", "Thành phố Hà Nội")),
        ("Quận 1 T.P H.C.Minh", ("", "Quận 1", HCM)),
        ("P. Vĩnh Ninh, Huế, TT-Huế", ("Phường Vĩnh Ninh", "Thành phố Huế", "Tỉnh Thừa Thiên Huế")),
        ("P. Vĩnh Ninh, Huế, TP. Huế", ("Phường Vĩnh Ninh", "Thành phố Huế", "Thành phố Huế")),
        # bare names, at the end of a run of words
        ("Khu 3 Suối Hoa, TP Bắc Ninh, Bắc Ninh",
         ("Phường Suối Hoa", "Thành phố Bắc Ninh", "Tỉnh Bắc Ninh")),
        ("Thôn Yến Thạch Xá- Thạch Thất-Hà Nội",
         ("Xã Thạch Xá", "Huyện Thạch Thất", "Thành phố Hà Nội")),
        ("Tổ 3 An Phú Đông, Q12", ("Phường An Phú Đông", "Quận 12", f"({HCM})")),
        ("số 5 Ngô Quyền, Hàng Bài, Hoàn Kiếm, Hà Nội",
         ("Phường Hàng Bài", "Quận Hoàn Kiếm", "Thành phố Hà Nội")),
        ("Hoằng Đông Hoằng Hóa Thanh Hóa", ("Xã Hoằng Đông", "Huyện Hoằng Hóa", "Tỉnh Thanh Hóa")),
        ("Thổ Quan Đống Đa Hà Nội", ("Phường Thổ Quan", "Quận Đống Đa", "Thành phố Hà Nội")),
        ("Trọng Quan Huyện Đông Hưng T Thái Bình",
         ("Xã Trọng Quan", "Huyện Đông Hưng", "Tỉnh Thái Bình")),
        ("Thành Lợi Vụ Bản Nam Định", ("Xã Thành Lợi", "Huyện Vụ Bản", "Tỉnh Nam Định")),
        ("nghia phuong, huyen tu nghia, quang ngai",
         ("Xã Nghĩa Phương", "Huyện Tư Nghĩa", "Tỉnh Quảng Ngãi")),
        # any order; a level missing; a blank slot
        ("TPHCM, Quận 7, Phường Tân Phong, 12 Nguyễn Văn Linh",
         ("Phường Tân Phong", "Quận 7", HCM)),
        ("Phường 15, Tân Bình", ("Phường 15", "Quận Tân Bình", f"({HCM})")),
        ("Vĩnh Hưng, , Long An", ("Thị trấn Vĩnh Hưng", "(Huyện Vĩnh Hưng)", "Tỉnh Long An")),
        (", Vĩnh Hưng, Long An", ("", "Huyện Vĩnh Hưng", "Tỉnh Long An")),
        # the district's only town
        ("Khu 4 Thị trấn, huyện Dương Minh Châu, Tây Ninh",
         ("(Thị trấn Dương Minh Châu)", "Huyện Dương Minh Châu", "Tỉnh Tây Ninh")),
        ("Thị trấn huyện Dầu Tiếng", ("(Thị trấn Dầu Tiếng)", "Huyện Dầu Tiếng",
                                      f"({BINH_DUONG})")),
        ("huyện Dầu Tiếng, thị trấn", ("(Thị trấn Dầu Tiếng)", "Huyện Dầu Tiếng",
                                       f"({BINH_DUONG})")),
        ("Thị trấn, quận Tân Bình", ("", "Quận Tân Bình", f"({HCM})")),
        # two times in one text
        ("phường Phú Lợi, TP Thủ Dầu Một, TP Hồ Chí Minh",
         ("Phường Phú Lợi", "Thành phố Thủ Dầu Một", HCM)),
        ("phường Tân Uyên, TP. Tân Uyên, Bình Dương cũ",
         ("Phường Tân Uyên", "Thành phố Tân Uyên", BINH_DUONG)),
        # names of other things
        ("123 đường Hải Phòng, quận Hải Châu, Đà Nẵng", ("", "Quận Hải Châu", "Thành phố Đà Nẵng")),
        ("Đường tỉnh 950, xã Đôn Xuân, Duyên Hải, Trà Vinh",
         ("Xã Đôn Xuân", "Huyện Duyên Hải", "Tỉnh Trà Vinh")),
        ("12 Huyền Trân Công Chúa, Phường 8, Vũng Tàu",
         ("Phường 8", "Thành phố Vũng Tàu", "(Tỉnh Bà Rịa - Vũng Tàu)")),
        ("KCN Mỹ Phước 3, Bến Cát, Bình Dương", ("", "Thành phố Bến Cát", BINH_DUONG)),
        ("Trường Tiểu học Tân Đông Hiệp, TP Dĩ An", ("", "Thành phố Dĩ An", f"({BINH_DUONG})")),
        ("45 Phú Lợi, Thủ Dầu Một, Bình Dương", ("", "Thành phố Thủ Dầu Một", BINH_DUONG)),
        ("Lô Q1, phường Tân Hiệp, TP Hồ Chí Minh", ("Phường Tân Hiệp", "", HCM)),
        ("ngõ Đ. Thanh An, xã Long Hòa, Dầu Tiếng", ("Xã Long Hòa", "Huyện Dầu Tiếng",
                                                     f"({BINH_DUONG})")),
        ("Bà Triệu, Hà Nội", ("", "", "Thành phố Hà Nội")),
        ("trung tâm thành phố mới Bình Dương", ("", "", BINH_DUONG)),
        ("Trung Tâm, Nghĩa Lộ", ("Phường Trung Tâm", "Thị xã Nghĩa Lộ", "(Tỉnh Yên Bái)")),
        ("duong nguyen tri phuong phuong lai thieu",
         ("Phường Lái Thiêu", "", f"({HCM})")),
        ("5 Trần Văn Bến Phú Lợi, TP Thủ Dầu Một",
         ("Phường Phú Lợi", "Thành phố Thủ Dầu Một", f"({BINH_DUONG})")),
        ("12 Nguyễn Thái Học Phú Cường, TP Thủ Dầu Một",
         ("Phường Phú Cường", "Thành phố Thủ Dầu Một", f"({BINH_DUONG})")),
        # slips
        ("Dicjh Vongj Haaju, Cầu Giấy, Hà Nội",
         ("Phường Dịch Vọng Hậu", "Quận Cầu Giấy", "Thành phố Hà Nội")),
        ("An Lowng Phú Giáo TBinh Dương", ("Xã An Long", "Huyện Phú Giáo", BINH_DUONG)),
        ("P. Phú Mỹ, Thà6nh phố Thủ Dầu Một", ("Phường Phú Mỹ", "Thành phố Thủ Dầu Một",
                                               f"({BINH_DUONG})")),
        ("Xã Thanhh An, Huyn Dầu Tiêngs, Bìn Dương",
         ("Xã Thanh An", "Huyện Dầu Tiếng", BINH_DUONG)),
        ("X Thanh7 An, Dầu Tiếng", ("Xã Thanh An", "Huyện Dầu Tiếng", f"({BINH_DUONG})")),
        ("xã Vũ Nin, Kiến Xương", ("Xã Vũ Ninh", "Huyện Kiến Xương", "(Tỉnh Thái Bình)")),
        ("Minh Hòa, h.Dầu Tieeng", ("Xã Minh Hòa", "Huyện Dầu Tiếng", f"({BINH_DUONG})")),
        ("Minh Tân, xã Xyz, Dầu Tiếng", ("Xã Xyz", "Huyện Dầu Tiếng", f"({BINH_DUONG})")),
        ("12 Xã Đàn, Phương Mai, Đống Đa, Hà Nội",
         ("Phường Phương Mai", "Quận Đống Đa", "Thành phố Hà Nội")),
        ("P. 302, Minh Tân, Dầu Tiếng", ("Xã Minh Tân", "Huyện Dầu Tiếng", f"({BINH_DUONG})")),
        ("12/3 phường 5 quận 3", ("Phường 5", "Quận 3", f"({HCM})")),
        ("Phường 99, Quận 1", ("Phường 99", "Quận 1", f"({HCM})")),
        ("F.Uyên Hưng, TP.Tân eyên", ("Phường Uyên Hưng", "Thành phố Tân Uyên",
                                      f"({BINH_DUONG})")),
        ("Hậ Giang", ("", "", "Tỉnh Hậu Giang")),
        ("xã Tân Phú, Hậ Giang", ("Xã Tân Phú", "(Thị xã Long Mỹ)", "Tỉnh Hậu Giang")),
        # spelt in another way by older lists; a name with a capital inside
        ("xã Bha Lê, huyện Tây Giang", ("Xã Bha Lêê", "Huyện Tây Giang", "(Tỉnh Quảng Nam)")),
        ("Thị trấn P Rao, Huyện Đông Giang",
         ("Thị trấn Prao", "Huyện Đông Giang", "(Tỉnh Quảng Nam)")),
        ("Thị trấn NT Phong Hải, Huyện Bảo Thắng",
         ("Thị trấn Nông trường Phong Hải", "Huyện Bảo Thắng", "(Tỉnh Lào Cai)")),
        ("Xã HBông, Huyện Chư Sê", ("Xã HBông", "Huyện Chư Sê", "(Tỉnh Gia Lai)")),
        # not known there: kept as written, never bent into another name
        ("xã Ninh Vũ, huyện Kiến Xương, Thái Bình",
         ("Xã Ninh Vũ", "Huyện Kiến Xương", "Tỉnh Thái Bình")),
        ("phường Xyz Abc Def Ghi Jkl, quận 1, TP.HCM", ("Phường Xyz Abc Def Ghi", "Quận 1", HCM)),
    ],
)  # fmt: skip
def test_levels(text: str, expected: tuple[str, str, str]) -> None:
    assert levels(text) == expected


def test_spans_hold_the_word_before_the_name() -> None:
    text = "1A Lê Lợi, P.Phú Lợi, Thà6nh phố Thủ Dầu Một, TBình Dương"
    best = read(text)[0]
    spans = [each.span for each in (best.commune, best.district, best.province) if each]
    assert [text[slice(*span)] for span in spans if span] == [
        "P.Phú Lợi",
        "Thà6nh phố Thủ Dầu Một",
        "TBình Dương",
    ]


def test_spans_hold_in_decomposed_text() -> None:
    text = unicodedata.normalize("NFD", "Phường Phú Lợi, Thủ Dầu Một")
    commune = read(text)[0].commune
    assert commune is not None
    assert commune.span == (0, text.index(","))


@pytest.mark.parametrize(
    ("text", "status", "evidence"),
    [
        ("phường Phú Lợi, Thủ Dầu Một", Status.CONFIRMED, ("marker",)),
        ("Phú Lợi, Thủ Dầu Một", Status.CONFIRMED, ("lexicon",)),
        ("xã Phú Lợi, Thủ Dầu Một", Status.CORRECTED, ("marker", "kind")),
        ("phường Phú Lới, Thủ Dầu Một", Status.CORRECTED, ("marker", "accents")),
        ("phường Phú Lợii, Thủ Dầu Một", Status.CORRECTED, ("marker", "typo")),
        ("phường Xyz, Thủ Dầu Một", Status.UNCONFIRMED, ("marker",)),
        ("phường Văn Miếu, Đống Đa, Hà Nội", Status.UNCONFIRMED, ("marker", "before_2025")),
        ("thị trấn, huyện Dầu Tiếng", Status.INFERRED, ("marker", "parent")),
    ],
)
def test_what_became_of_a_commune(text: str, status: Status, evidence: tuple[str, ...]) -> None:
    commune = read(text)[0].commune
    assert commune is not None
    assert (commune.status, commune.evidence) == (status, evidence)
    assert (commune.unit is None) == (status is Status.UNCONFIRMED)


def test_accents_break_ties() -> None:
    (best, *others) = read("Xã Tân Thạnh, huyện Thanh Bình, Đồng Tháp")
    assert named(best.commune) == "Xã Tân Thạnh"
    assert not others


def test_a_split_name_gives_every_reading() -> None:
    readings = read("Phường Hòa Phú, Thành phố Hồ Chí Minh")
    assert {named(each.district) for each in readings} == {
        "(Thành phố Thủ Dầu Một)",
        "(Huyện Củ Chi)",
    }


def test_many_homonyms_are_cut() -> None:
    readings = read("Xã Tân Thành")
    assert len(readings) == 24
    assert all(named(each.commune) == "Xã Tân Thành" for each in readings)


def test_a_former_district_is_told_and_its_communes_found() -> None:
    best = read("P. Phước Long B, Quận 9, TP.HCM")[0]
    assert best.commune is not None
    assert best.district is not None
    assert best.commune.unit is not None
    assert (best.district.name, best.district.unit) == ("Quận 9", None)


@pytest.mark.parametrize("text", ["", "   ", "123 abc", "18 Đại lộ Bình Dương", "P.", "T.T."])
def test_nothing_named(text: str) -> None:
    assert read(text) == ()


def test_nothing_is_known_to_an_empty_lexicon() -> None:
    assert UnitReader(UnitLexicon([], [])).read(tokenise("phường Phú Lợi, Bình Dương")) == ()


def test_only_the_end_of_a_long_text_is_read() -> None:
    assert levels("x " * MAX_TEXT + "phường Phú Lợi, Thủ Dầu Một")[0] == "Phường Phú Lợi"
    assert read("phường Phú Lợi, Thủ Dầu Một " + "9 " * MAX_TEXT) == ()


WORDS = st.sampled_from([
    "phường", "xã", "P.", "Q.", "TP.", "T.", "tỉnh", "huyện", "Thị", "trấn", "Tân", "Bình", "Phú",
    "Lợi", "Thủ", "Dầu", "Một", "Hà", "Nội", "Long", "An", "Xyz", "đường", "KCN", "HCM", "TDM",
    "Đ.", "1", "07", "12/3", ",", ";", "-", "", "\u200b",
])  # fmt: skip


@given(st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=200))
def test_no_text_is_a_surprise(text: str) -> None:
    for reading in read(text):
        assert 0.0 <= reading.score <= 1.0
        for mention in (reading.commune, reading.district, reading.province):
            if mention is not None and mention.span is not None:
                assert 0 <= mention.span[0] < mention.span[1] <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "1 Lê Lợi, phường Phú Lợi, thành phố Thủ Dầu Một, tỉnh Bình Dương",
        "xã Thanh An, huyện Dầu Tiếng, tỉnh Bình Dương",
        "Phường Bến Nghé, Quận 1, Thành phố Hồ Chí Minh",
    ],
)
@pytest.mark.parametrize(
    "change", [str.upper, str.lower, fold, lambda text: unicodedata.normalize("NFD", text)]
)
def test_case_and_accents_change_nothing(text: str, change: object) -> None:
    assert callable(change)
    assert levels(change(text)) == levels(text)


def test_a_street_after_a_house_number_is_no_district() -> None:
    assert read("Số 10 Ngô Quyền") == ()


@pytest.mark.parametrize(
    ("text", "communes"),
    [
        ("Dĩ An, Bình Dương", {""}),
        ("Dĩ An", {"Phường Dĩ An", ""}),
        ("xã Đông Phước A, Châu Thành, Hậu Giang", {"Xã Đông Phước A"}),
        ("xã Hoằng Thanh, Hoằng Hóa, Thanh Hóa", {"Xã Hoằng Thanh"}),
        ("xa hoang thanh, hoang hoa, thanh hoa", {"Xã Hoằng Thanh", "Xã Hoằng Thành"}),
    ],
)
def test_communes_a_text_may_name(text: str, communes: set[str]) -> None:
    assert {named(each.commune) for each in read(text)} == communes


def test_every_old_commune_is_read_with_its_district_and_with_its_province_alone() -> None:
    """Every third one; of all 10,035 it was so too."""
    known = {unit.id: unit for unit in bundled_units()}
    for unit in bundled_units()[::3]:
        if unit.level is not Level.COMMUNE or unit.period.end is None:
            continue
        district = known[UnitId(unit.parent_code or "", unit.id.valid_from)]
        province = known[UnitId(district.parent_code or "", unit.id.valid_from)]
        names = [full_name(each.kind, each.name) for each in (unit, district, province)]
        with_district = [each.commune.unit for each in read(", ".join(names)) if each.commune]
        assert with_district == [unit.id], names
        alone = read(f"{names[0]}, {names[2]}")
        assert unit.id in [each.commune.unit for each in alone if each.commune], names
