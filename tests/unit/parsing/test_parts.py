from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.parsing import parts
from addrsvc.parsing.label import street_line
from addrsvc.parsing.model import Component, ComponentType
from addrsvc.parsing.parts import PartsReading, read_parts
from addrsvc.parsing.parts_noise import find_noise
from addrsvc.parsing.tokens import tokenise

SHORT = {
    "unit": ComponentType.UNIT,
    "floor": ComponentType.FLOOR,
    "building": ComponentType.BUILDING,
    "number": ComponentType.HOUSE_NUMBER,
    "street": ComponentType.THOROUGHFARE,
    "place": ComponentType.LOCALITY,
    "postcode": ComponentType.POSTCODE,
}


def read(text: str, known: frozenset[str] | None = None) -> PartsReading:
    return read_parts(
        tokenise(text), (), find_noise(text), None if known is None else known.__contains__
    )


def told(components: tuple[Component, ...]) -> list[str]:
    names = {type_: name for name, type_ in SHORT.items()}
    return [f"{names[each.type]} {each.value}" for each in components]


def test_doctests() -> None:
    assert doctest.testmod(parts).failed == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # numbers, streets and localities without commas
        (
            "đường 17 số 385 tổ 20 kp bình phú",
            ["number 385", "street Đường 17", "place Tổ 20", "place Khu phố Bình Phú"],
        ),
        (
            "294B Đường 3/2 Khu phố Nguyễn Trãi",
            ["number 294B", "street Đường 3/2", "place Khu phố Nguyễn Trãi"],
        ),
        ("so 5 to 3 kp 2 duong le loi", ["number 5", "street Đường Le Loi", "place Tổ 3",
                                         "place Khu phố 2"]),
        ("93 Trần Hưng Đạo tổ 5", ["number 93", "street Trần Hưng Đạo", "place Tổ 5"]),
        ("Số 11, Ngô Văn Trị", ["number 11", "street Ngô Văn Trị"]),
        ("12 A Lê Lợi", ["number 12A", "street Lê Lợi"]),
        ("67 - 69 Nguyễn An Ninh", ["number 67-69", "street Nguyễn An Ninh"]),
        ("nhà số 13 / 3a , đường bình chuẩn 09", ["number 13/3A", "street Đường Bình Chuẩn 09"]),
        # alleys
        (
            "Số 10, Ngách 43/3, Ngõ 43 Nguyễn Ngọc Nại",
            ["number 43/3/10", "street Nguyễn Ngọc Nại"],
        ),
        ("K448 H20/100 Trưng Nữ Vương", ["number 448/20/100", "street Trưng Nữ Vương"]),
        ("L10C12 Hẻm 90 Lê Lai", ["number 90/L10C12", "street Lê Lai"]),
        ("hẻm 23 23/42 Lê Lai", ["number 23/42", "street Lê Lai"]),
        ("Hẻm 95 Lê Lai", ["number Hẻm 95", "street Lê Lai"]),
        ("12 Hẻm Chùa, khu phố 3", ["number 12", "street Hẻm Chùa", "place Khu phố 3"]),
        # roads
        ("153 Quốc lộ 1K", ["number 153", "street Quốc lộ 1K"]),
        ("Đường Tỉnh lộ 743B", ["street ĐT 743B"]),
        ("Số 39, Đường DT746", ["number 39", "street ĐT 746"]),
        ("đường đx 043", ["street ĐX 043"]),
        ("9 Đường số 5", ["number 9", "street Đường số 5"]),
        ("Số 5", ["number 5"]),
        ("1 đường 22 tháng 12", ["number 1", "street Đường 22 Tháng 12"]),
        ("12 30/4", ["number 12", "street 30/4"]),
        ("30 tháng 4", ["street 30 Tháng 4"]),
        ("18 Đại lộ Bình Dương", ["number 18", "street Đại lộ Bình Dương"]),
        (
            "18 Đại lộ Bình Dương Hoa Sen",
            ["number 18", "street Đại lộ Bình Dương", "place Hoa Sen"],
        ),
        ("Quang Trung, Hoa Sen", ["street Quang Trung", "place Hoa Sen"]),
        ("18 dai lo binh duong", ["number 18", "street Đại lộ Binh Duong"]),
        ("11 Đường Q", ["number 11", "street Đường Q"]),
        ("Đ. D1", ["street Đường D1"]),
        ("d. le lai", ["street Đường Le Lai"]),
        ("mặt tiền chòm sao", ["street Chòm Sao"]),
        ("16 Trường Chinh", ["number 16", "street Trường Chinh"]),
        ("Giỗ Tổ Hùng Vương, 12", ["number 12", "place Giỗ Tổ Hùng Vương"]),
        ("AN PHú 13, KP 1B", ["street AN Phú 13", "place Khu phố 1B"]),
        ("TRẦN PHÚ", ["street Trần Phú"]),
        ("đường Mỹ Phước - Tân Vạn", ["street Đường Mỹ Phước - Tân Vạn"]),
        # lots and parcels
        (
            "Ô 28-P4, Lô F121, Đường N16 - 5F, khu công nghiệp Bàu Sen",
            ["number Ô 28-P4, Lô F121", "street Đường N16-5F", "place Khu công nghiệp Bàu Sen"],
        ),
        ("Lô H5-1( Khu B1 ), đường D9", ["number Lô H5-1", "street Đường D9", "place Khu B1"]),
        ("Lô Q1-Q2, Đường Số D4", ["number Lô Q1-Q2", "street Đường số D4"]),
        ("D_8D_CN Đường XE 1", ["number D-8D-CN", "street Đường XE 1"]),
        (
            "Thửa đất số 602, tờ bản đồ số 39, khu phố 2",
            ["number Thửa 602, tờ bản đồ 39", "place Khu phố 2"],
        ),
        ("thua 602 to 39 ap 3", ["number Thửa 602, tờ bản đồ 39", "place Ấp 3"]),
        ("Ô 8, Xóm Mới", ["number Ô 8", "place Xóm Mới"]),
        ("Lô CN2, Cây Trôm", ["number Lô CN2", "place Cây Trôm"]),
        # inside buildings
        (
            "Căn hộ 25 - 06 chung cư Sao Mai, 12 Lê Lai",
            ["unit Căn hộ 25-06", "building Chung cư Sao Mai", "number 12", "street Lê Lai"],
        ),
        (
            "A:12A.21BlockA C/c BCA",
            ["unit Căn hộ A.12A.21", "building Block A", "building Chung cư BCA"],
        ),
        ("14.5 Block A2, 5 Lê Lai", ["unit Căn hộ 14.5", "building Block A2", "number 5",
                                     "street Lê Lai"]),
        ("Tầng 05, Tòa nhà Sao Tower", ["floor Tầng 5", "building Tòa nhà Sao Tower"]),
        ("tầng trệt, 5 Lê Lai", ["floor Tầng trệt", "number 5", "street Lê Lai"]),
        ("căn hộ số 7, lầu 3", ["unit Căn hộ 7", "floor Lầu 3"]),
        ("marina tower", ["building Marina Tower"]),
        ("ktx khu b", ["building Ký túc xá Khu B"]),
        ("chung cư block A", ["building Block A"]),
        # numbers that are no house numbers
        ("Trường THPT số 1, đường Lê Lai", ["building Trường THPT số 1", "street Đường Lê Lai"]),
        ("tổ dân phố số 3", ["place Tổ dân phố 3"]),
        ("12 số 94", ["number 12", "street Đường số 94"]),
        ("12 số 94 số 95", ["number 12", "street Đường số 94"]),
        ("Số 242A/91, 13", ["number 242A/91", "street 13"]),
        ("12 LH401", ["number 12", "street LH401"]),
        ("12 DX", ["number 12", "street DX"]),
        ("363A A", ["number 363A", "street A"]),
        ("9 an duong vuong", ["number 9", "street An Duong Vuong"]),
        ("9 Rose Palace", ["number 9", "street Rose Palace"]),
        ("9 đường nb2b", ["number 9", "street Đường Nb2b"]),
        ("KDC số 2", ["place Khu dân cư 2"]),
        ("UBND, 5 Đội Cấn", ["building UBND", "number 5", "street Đội Cấn"]),
        ("kiot 5, 7 Lê L0ợi", ["unit Kiốt 5", "number 7", "street Lê Lợi"]),
        ("12 dduwowngf Lee Lowij", ["number 12", "street Đường Lê Lợi"]),
        ("Dự án KDC Bình Sen", ["place Khu dân cư Bình Sen"]),
        ("Số 7/Q3, KPI", ["number 7/Q3", "place KPI"]),
        ("75000", ["postcode 75000"]),
        # organisations, estates
        ("Quán Cô Ba 123 Lê Lai", ["building Quán Cô Ba", "number 123", "street Lê Lai"]),
        ("UBND xã mẫu số 3", ["building UBND xã mẫu số 3"]),
        ("Công ty Sao Mai đường số 3", ["building Công ty Sao Mai", "street Đường số 3"]),
        ("Charm City", ["place Charm City"]),
        ("VSIP II-A, Đường số 14", ["street Đường số 14", "place VSIP II-A"]),
        ("Khu phố 4, KP4 mới, Lê Lai", ["street Lê Lai", "place Khu phố 4", "place Khu phố 4"]),
        ("", []),
    ],
)  # fmt: skip
def test_parts(text: str, expected: list[str]) -> None:
    assert told(read(text).components) == expected


@pytest.mark.parametrize(
    ("text", "expected", "noise"),
    [
        (
            "Gặp chị Sen 0909 123 456, 12 Lê Lai",
            ["number 12", "street Lê Lai"],
            ["person Gặp chị Sen", "phone 0909 123 456"],
        ),
        (
            "Nguyễn Văn Mẫu 0909123456, 12 Lê Lai, Việt Nam",
            ["number 12", "street Lê Lai"],
            ["person Nguyễn Văn Mẫu", "phone 0909123456", "country Việt Nam"],
        ),
        (
            "Ông Nguyễn Văn Mẫu 12 Lê Lai (gần chợ)",
            ["number 12", "street Lê Lai"],
            ["person Ông Nguyễn Văn Mẫu", "remark gần chợ"],
        ),
        ("12 Lê Lai (Cây Sen)", ["number 12", "street Lê Lai"], ["remark Cây Sen"]),
        ("đường Lê Lai (12)", ["street Đường Lê Lai"], ["remark 12"]),
        ("5 Lê Lai, 7, 9/2", ["number 5", "street Lê Lai"], ["remark 7", "remark 9/2"]),
        ("12 Lê Lai, cũ", ["number 12", "street Lê Lai"], ["remark cũ"]),
        ("xã Vũ Sen, Lê Lai", ["street Lê Lai"], ["remark xã Vũ Sen"]),
        ("Lê Lai, Rd", ["street Lê Lai"], ["remark Rd"]),
        ("Cây Sen, Cây Sen", ["place Cây Sen"], ["remark Cây Sen"]),
        ("đường D1, đường D2", ["street Đường D1"], ["remark đường D2"]),
        ("lô 5 lô 6", ["number Lô 5"], ["remark lô 6"]),
        (
            ", ".join(f"hẻm {number}" for number in range(1, 10)),
            ["number Hẻm 1/2/3/4/5/6/7/8"],
            ["remark hẻm 9"],
        ),
        ("sđt: 0909123456", [], ["phone sđt: 0909123456"]),
        ("zalo abc, 5 Lê Lai", ["number 5", "street Lê Lai"], ["remark zalo abc"]),
    ],
)
def test_what_is_no_address(text: str, expected: list[str], noise: list[str]) -> None:
    reading = read(text)
    assert told(reading.components) == expected
    assert [f"{each.kind} {text[slice(*each.span)]}" for each in reading.noise] == noise


@pytest.mark.parametrize(
    ("text", "first", "others"),
    [
        ("30/4", ["street 30/4"], [["number 30/4"]]),
        ("30/4 khu phố 3", ["number 30/4", "place Khu phố 3"],
         [["street 30/4", "place Khu phố 3"]]),
        ("7/5", ["number 7/5"], [["street 7/5"]]),
        ("32/4", ["number 32/4"], []),
        ("D2", ["street D2"], [["number D2"]]),
        ("B5, KP 3", ["number B5", "place Khu phố 3"], [["street B5", "place Khu phố 3"]]),
        ("N3 Lê Lai", ["number N3", "street Lê Lai"], []),
        ("5 N3", ["number 5", "street N3"], []),
        ("7/5, đường Lê Lai", ["number 7/5", "street Đường Lê Lai"], []),
        ("12 Chung cư Sen", ["unit Căn hộ 12", "building Chung cư Sen"],
         [["building Chung cư Sen", "number 12"]]),
        ("Bình Sen", ["place Bình Sen"], [["street Bình Sen"]]),
        ("Lê Văn Sen", ["street Lê Văn Sen"], [["place Lê Văn Sen"]]),
        ("Tô Vĩnh Diện", ["street Tô Vĩnh Diện"], [["place Tô Vĩnh Diện"]]),
        ("đường Phú Lợi (ĐT 743)", ["street Đường Phú Lợi"], [["street ĐT 743"]]),
    ],
)  # fmt: skip
def test_other_readings(text: str, first: list[str], others: list[list[str]]) -> None:
    reading = read(text)
    assert told(reading.components) == first
    assert [told(each) for each in reading.alternatives] == others


def test_alternatives_are_at_most_four() -> None:
    text = ", ".join(f"Cây Sen {number}" for number in range(9))
    assert len(read(text).alternatives) == parts.MAX_ALTERNATIVES


def test_known_streets_divide_a_name() -> None:
    known = frozenset(["le lai", "cay sen", "an phu"])
    reading = read("12 Lê Lai Bình Sen", known)
    assert told(reading.components) == ["number 12", "street Lê Lai", "place Bình Sen"]
    assert reading.components[1].evidence == ("position", "lexicon")
    assert told(read("5 Lê Lai", known).components) == ["number 5", "street Lê Lai"]
    assert told(read("Cây Sen", known).components) == ["street Cây Sen"]
    assert told(read("đường An Phú 13", known).components) == ["street Đường An Phú 13"]
    assert told(read("đường Hoa Mai", known).components) == ["street Đường Hoa Mai"]


def test_spans_and_kinds() -> None:
    text = "  Số 5 ,  hẻm 12 , đường ĐX 043, ấp 3"
    number, street, place = read(text).components
    assert [text[slice(*each.span)] for each in (number, street, place) if each.span] == [
        "Số 5 ,  hẻm 12",
        "đường ĐX 043",
        "ấp 3",
    ]
    assert (number.key, street.key, place.key) == ("00012/00005", "dx 43", "ap:3")
    assert (number.kind, street.kind, place.kind) == (None, "numbered_road", "ap")
    apart = read("Số 5 đường Lê Lai hẻm 12").components[0]
    assert (apart.value, apart.span) == ("12/5", (18, 24))


def test_taken_spans_divide_names() -> None:
    text = "Tổ 9 Tô Hiệu Cây Sen"
    reading = read_parts(tokenise(text), [(5, 12)])
    assert told(reading.components) == ["place Tổ 9", "place Cây Sen"]


STEP = st.from_regex(r"[1-9][0-9]{0,3}[A-H]?", fullmatch=True)
NUMBERS = st.one_of(
    st.lists(STEP, min_size=1, max_size=8).map("/".join),
    st.tuples(STEP, STEP).map("-".join),
    st.sampled_from(["18bis", "A12", "B2-36", "K12C"]),
    STEP.map("Hẻm {}".format),
    st.from_regex(r"Lô [A-Z][1-9](-[1-9][0-9])?", fullmatch=True),
    st.from_regex(r"Thửa [1-9][0-9]{0,3}, tờ bản đồ [1-9][0-9]", fullmatch=True),
)
STREETS = st.sampled_from([
    "Đường Lê Lợi", "Nguyễn Thị Minh Khai", "Cách Mạng Tháng Tám", "Đại lộ Bình Dương", "ĐT 743C",
    "ĐX 043", "Quốc lộ 13", "Đường số 5", "Đường 30/4", "Đường D1", "Đường NE8", "Đường An Tây 017",
    "Hương lộ 410", "Đường Dương Đình Nghệ", "Phố Huế", "Đường Bà Huyện Thanh Quan",
])  # fmt: skip
PLACES = st.lists(
    st.sampled_from([
        "Khu phố Bình Phú", "Khu phố 9", "Ấp 3", "Khu công nghiệp Sóng Thần 3", "Thôn Yến",
        "Khu dân cư Đại Quang", "Xóm Mới", "Khóm 2", "Khu phố Hòa Lân 1", "Dự án Artisan Park",
    ]),
    max_size=3,
    unique=True,
)  # fmt: skip
UNITS = st.sampled_from(["", "Căn hộ 25-06", "Căn hộ 2506", "Phòng 7"])
FLOORS = st.sampled_from(["", "Tầng 3A", "Lầu 2"])
BUILDINGS = st.sampled_from(["", "Block A2", "Chung cư Sao Mai", "Nhà trọ Hoa Mai"])


@given(UNITS, FLOORS, BUILDINGS, NUMBERS, STREETS, PLACES)
def test_what_is_written_is_read_again(
    unit: str, floor: str, building: str, number: str, street: str, places: list[str]
) -> None:
    written = [
        (ComponentType.UNIT, unit),
        (ComponentType.FLOOR, floor),
        (ComponentType.BUILDING, building),
        (ComponentType.HOUSE_NUMBER, number),
        (ComponentType.THOROUGHFARE, street),
        *((ComponentType.LOCALITY, place) for place in places),
    ]
    written = [(type_, value) for type_, value in written if value]
    components = read(street_line(written)).components
    assert [(each.type, each.value) for each in components] == written


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    reading = read(text)
    for component in reading.components:
        assert component.span is not None
        assert 0 <= component.span[0] < component.span[1] <= len(text)
        assert component.value
    for noise in reading.noise:
        assert 0 <= noise.span[0] < noise.span[1] <= len(text)


PIECES = st.sampled_from([
    "đường", "số", "hẻm", "KP", "tổ", "khu", "lô", "thửa", "tờ", "căn hộ", "tầng", "chung cư", "(",
    ")", ",", "/", "-", ".", "12", "3a", "30/4", "D2", "Lê", "Lợi", "tháng", "4", "a", "Tô", "ông",
    "Nguyễn", "0909123456", "công ty", "trường", "gần", "xã", "việt nam", "dự án", "KDC", "K5",
    "H3/4", "quốc lộ", "đt", "75000", "tower", "đ.", "bình", "tại", "II-A", "city", "kpi", "sđt",
])  # fmt: skip


@given(st.lists(PIECES, max_size=25), st.sampled_from([" ", "", ", "]))
def test_any_words_are_read(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    reading = read(text, frozenset(["le loi", "lê"]))
    spans = [each.span for each in reading.components]
    assert all(span is not None and text[slice(*span)].strip() for span in spans)
    assert len([each for each in reading.components if each.type is ComponentType.HOUSE_NUMBER]) < 2
    assert len([each for each in reading.components if each.type is ComponentType.THOROUGHFARE]) < 2
