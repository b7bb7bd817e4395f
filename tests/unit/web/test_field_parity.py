"""What the phone makes of names, numbers and places is what the server makes of them."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import shapely
import shapely.ops
from field_node import ask

from addrsvc.codes.code import DigitalCode
from addrsvc.collection.model import GATES_M, NEAR_M
from addrsvc.collection.payload import read_record
from addrsvc.geo.measure import distance_m
from addrsvc.paper.plate import PlateText
from addrsvc.parsing import keys
from addrsvc.parsing.house_number import parse_house_number
from addrsvc.parsing.normalise import fold, name_key
from addrsvc.registry.duplicates.rules import same_number
from addrsvc.types import LonLat

NUMBERS = """
23; 23a; 12-14; 12-14b; 12/14; 12a/14; 1/2/3/4/5/6; k448; h18/12; k448 h20/100; so 2; ngo 2; ngach 2
kiet 400 hem 10; 125/; 188-189-190; a12-a13; p1-23; lo 32a; lo 6/a64/54a/54; 18bis; 18bis/12/1
1052/52e; 23/42 hem 23; hem 23 23/42; so 4 kiet 234 hem 13; 1416/35/1B-1416/35/1C; 1415/21-23
1806/127/2/6/15/48/2A; 284DBis; 12-14b; 188-189-190-191a; 45/88/20P; 007; A:12A.21BlockA C/c BCA
14.5 Block A2; CH F1614-HH2-Khu ĐTM; L10C12 Hẻm 90; Số 7/Q3; 229/PTHO; Tổ 5A2, KP5; D2; T18
Hẻm 123/45, số 6A; Số 6a, ngách 45, ngõ 0123; K123/45/6a; nhà số 0123/45/6A; 67 - 69; Hẻm 95
thửa đất số 602, tờ bản đồ số 39; Lô B2-36; thửa 602, tờ 39; Lê Lợi; 12 khu phố 9; 12 A; 12 bis
Kiệt 12 Hẻm 3 số 4; ngõ 5/7; số nhà 5 (cũ 7); 12\\3; 5–7; ; /; 0; 00; 12/; 3 4; Ô 5 lô 7; HXH 12
đường 5; Hẻm 12/3; 12/3 bis; 12bis; 12TER; số; 12,5; 9999999; 1/2/3/4/5/6/7/8/9/10/11; ½
""".replace("\n", ";").split(";")

UNITS = """
Căn hộ 25 - 06; 2506; Phòng 7; tầng 12A; A:12A.21BlockA; 25-06; A1-12A.05; CH 3.12; Apt 5; p.203
lầu 3; căn số 12; B2506; PH-01; penthouse; 1; 0101; G.05; 12A05
""".replace("\n", ";").split(";")

STREETS = """
Đường Cách Mạng Tháng Tám; Tỉnh lộ 743C; Quốc lộ 13; QL.13; ĐX-043; đường ĐX43; Đường số 5
Đường 30-4; 30 tháng Tư; D 1; Dương Đình Nghệ; CMT8; Đường 743B; ĐT 743; đường 3/2; 19/5; 28 Tháng 4
ĐX 043; DX-043; ĐH 409; QL13; An Tây 017; N3; NE8; Hưng Định 31; Phó Đức Chính; Duong Dinh Nghe
Pho Duc Chinh; Đường Phó Cơ Điều; Phố Huế; đường Lý Thường Kiệt; Lí Thường Kiệt; Mỹ Phước Tân Vạn
Mĩ Phước; Nguyễn Thị Minh Khai; NTMK; Ng Văn Trỗi; Đại lộ Bình Dương; ĐL Bình Dương; Đ. Lê Lợi
Đ.Lê Lợi; Đường Trần Hưng Đạo (đoạn 2); (đường đất); Đường 1 tháng 12; mồng Một tháng Chạp
Ba Mươi Tháng Tư; ba tháng hai; Hai tháng chín; Đường Tạo lực II; Tạo Lực 2A; Vành đai III b
Đường số 05 A; Hẻm 95 Lê Lợi; Đường hẻm 12/3, Lê Lợi; Ngõ 5; Hương lộ 2; HL 11; đường huyện 511
đường xã 5; Thuỷ Lợi; Thủy lợi; Hoà Bình; Nguyễn Trãi; Xa lộ Hà Nội; street 12; Mặt tiền đường D1
Bến Chương Dương; Huỳnh Văn Lũy; Huỳnh Văn Luỹ; D31; đường D 31; Đường  N8 ; KCN 5; 7; 0; Quý Đôn
""".replace("\n", ";").split(";")

LOCALITIES = [
    (kind, name)
    for kind in ("khu_pho", "ap", "to", "place", "thon", "industrial_area", "residential_area")
    for name in (
        "Khu phố 02", "KPI", "KPIX", "Dự án KDC Bình Chuẩn", "KCN VSIP II-A", "Tổ 11", "Tô Hiệu",
        "tổ 5A2", "Ấp Bình Phú", "ấp năm", "Ấp Nam", "khu phố Tư", "khu pho tu", "kp5", "K.P 3",
        "Cụm 3", "Bàn Cờ", "Bản 5", "Làng 19", "Đội 3", "Khu Việt Nam Singapore", "Khu phố",
        "tổ", "3", "03", "Chiêu Liêu A", "Khóm III", "Khu dân cư Việt - Sing", "khu 5", "", " ",
        "Tổ dân phố số 4", "dự án khu đô thị mới Phú Mỹ", "Hòa Long", "Hoà Long", "mười", "x",
    )
]  # fmt: skip

KHMER = "ស"
NAMES = ["Phường  Hoà-Phú, Đ. D1", "ĐƯỜNG Ớ", "ﬁ", "Ð", "Lê\u200bLợi", "Cầu Long Bình - ស្ពាន", "ǅ"]

Server = Callable[..., Any]


def spelt(texts: list[str]) -> list[str]:
    """Give texts as they are, decomposed, without accents, in capitals."""
    ways: tuple[Callable[[str], str], ...] = (
        str, lambda text: unicodedata.normalize("NFD", text), fold, str.upper, str.strip,
    )  # fmt: skip
    return sorted({way(text) for text in texts for way in ways})


def odd(seed: int, count: int) -> list[str]:
    """Give texts nobody writes: bits of numbers, streets and localities one after the other."""
    pick = random.Random(seed)  # noqa: S311 - the same texts every time
    bits = [*NUMBERS, *STREETS, *UNITS, "/", "-", " ", ", ", "bis", "hẻm ", "số ", "lô ", "A", "0"]
    return ["".join(pick.choices(bits, k=pick.randint(1, 4))) for _ in range(count)]


def number(text: str) -> dict[str, Any] | None:
    """Give a house number as the phone writes it."""
    found = parse_house_number(text)
    return None if found is None else {"steps": list(found.steps), "alley": found.alley}


def both(street: str | None, house_number: str | None, named: list[tuple[str, str]]) -> Any:
    base, key = keys.search_keys(house_number, street, named)
    return {"base": base, "number": key}


def differences(asked: list[tuple[str, tuple[Any, ...], Any]]) -> list[str]:
    """Put questions to the phone; give those it answers otherwise than expected."""
    answers = ask([("keys", name, given) for name, given, _ in asked])
    return [
        f"{name}{given}: {answer!r}, not {expected!r}"
        for (name, given, expected), answer in zip(asked, answers, strict=True)
        if answer != expected
    ]


def test_keys_are_those_of_the_server() -> None:
    texts = spelt([*NUMBERS, *UNITS, *STREETS, *NAMES]) + odd(7, 3000)
    asked: list[tuple[str, tuple[Any, ...], Any]] = []
    for text in texts:
        if KHMER not in text:  # its vowels are marks: of no key
            asked.append(("fold", (text,), fold(text)))
        asked += [
            ("nameKey", (text,), name_key(text)),
            ("numberKey", (text,), keys.number_key(text)),
            ("unitKey", (text,), keys.unit_key(text)),
            ("thoroughfareKey", (text,), keys.thoroughfare_key(text)),
        ]
    for kind, name in LOCALITIES:
        for way in spelt([name]):
            asked.append(("localityKey", (kind, way), keys.locality_key(kind, way)))
    named = [("to", "Tổ 11"), ("ap", "Ấp Bình Phú")]
    for text in STREETS:
        for house in ("3", "12/3A", None):
            for localities in ([], named, named[:1]):
                given = (house, text, localities)
                asked.append(("searchKeys", given, both(text, house, localities)))
    asked.append(("searchKeys", ("3", None, named), both(None, "3", named)))
    assert differences(asked)[:20] == []


def test_numbers_are_read_alike() -> None:
    plain = [
        text
        for text in spelt(NUMBERS)
        if (found := parse_house_number(text)) is None
        or not (found.lot + found.plot + found.parcel + found.sheet)
    ]
    assert differences([("parseHouseNumber", (text,), number(text)) for text in plain])[:20] == []


def test_doors_are_the_same_alike() -> None:
    found = [keys.number_key(text) for text in NUMBERS if text.strip()]
    pairs = [(one, other) for one in found for other in found]
    pairs += [("00012-00014", "00013"), ("00012-00016", "00014"), ("00012-00099", "00013")]
    assert differences([("isSameNumber", pair, same_number(*pair)) for pair in pairs])[:20] == []


def test_metres_are_those_of_the_ellipsoid() -> None:
    pick = random.Random(11)  # noqa: S311 - the same places every time
    questions, expected = [], []
    for _ in range(500):
        one = LonLat(pick.uniform(102, 110), pick.uniform(8, 23.4))
        reach = 10 ** pick.uniform(-5, -0.7)
        other = LonLat(one.lon + pick.uniform(-reach, reach), one.lat + pick.uniform(-reach, reach))
        points = [{"lon": each.lon, "lat": each.lat} for each in (one, other)]
        questions.append(("geo", "distanceM", points))
        expected.append(distance_m(one, other))
    assert ask(questions) == pytest.approx(expected, rel=1e-3, abs=1e-6)


def test_plates_and_links_are_those_of_cards() -> None:
    code = DigitalCode.of("7512304827")
    card = PlateText.of(code, "", "https://diachiso.example")
    asked = [("qr", "cardLink", (code.plate, "https://diachiso.example"))]
    assert ask(asked) == [card.link]


def test_what_lies_within_an_area_lies_within_it_here() -> None:
    pick = random.Random(3)  # noqa: S311 - the same places every time
    star = [(106.6, 10.9), (106.7, 10.9), (106.66, 10.94), (106.7, 11.0), (106.62, 10.95)]
    holes = [[(106.63, 10.91), (106.66, 10.91), (106.65, 10.93)]]
    island = shapely.box(106.64, 10.914, 106.647, 10.92)
    shape = shapely.MultiPolygon([shapely.Polygon(star, holes), island])
    places = [(pick.uniform(106.59, 106.71), pick.uniform(10.89, 11.01)) for _ in range(2000)]
    questions = [("shapes", "where", (shapely.geometry.mapping(shape), places))]
    points = [shapely.Point(place) for place in places]
    (answers,) = ask(questions)
    assert [within for within, _ in answers] == [shape.contains(point) for point in points]
    for (within, metres), point in zip(answers, points, strict=True):
        edge = shapely.ops.nearest_points(shape, point)[0]
        away = distance_m(LonLat(point.x, point.y), LonLat(edge.x, edge.y))
        assert metres == pytest.approx(away, rel=2e-2, abs=0.01), within


def record_of(act: str, **said: Any) -> dict[str, Any]:
    form = {"act": act, "kind": "dwelling", "house_number": " 12/3", "localities": [["to", "5"]]}
    place = {"lon": 106.651234567, "lat": 10.98, "accuracy_m": 4.26, "method": "gnss"}
    photo = {"sha256": "ab" * 32, "bytes": 5, "media_type": "image/jpeg", "width": 1, "height": 1}
    return {
        "id": "5c5d8d8e-0000-4000-8000-000000000001",
        "revision": 1,
        "act": act,
        "task": None,
        "commune_code": "25747",
        "made_at": 1_780_000_000_000,
        "form": {**form, "position": place, "building": {**place, "method": "map"}, **said},
        "photos": [photo],
        "private": {"words": "nhà có chó"},
    }


def test_the_server_reads_what_the_phone_writes() -> None:
    address = {"ref": "7512304827", "version": 3, "house_number": "12"}
    measured = {"samples": 14, "spread_m": 2.14, "taken_at": 1_780_000_000_000}
    overrides = [{"check": "photo-missing", "reason": "Chủ nhà không cho\nchụp"}]
    records = [
        record_of("add", rooms="12", households=None, overrides=overrides),
        record_of("correct", address=address, position=None, building=None),
        record_of("gone", address=address),
        record_of("nobody-home", address={**address, "ref": "p12"}, position=None),
    ]
    records[0]["form"]["position"].update(measured)
    context = {"app": "1.0.0", "server_ahead_s": -0.25}
    asked = [("record", "buildPayload", (each, "7512304827", context)) for each in records]
    read = [read_record(text.encode(), UUID(records[0]["id"])) for text in ask(asked)]
    assert [each.act.value for each in read] == ["add", "correct", "gone", "nobody-home"]
    add = read[0]
    assert add.fields is not None
    assert add.fields.house_number == "12/3"
    assert add.position is not None
    assert (add.position.point.lon, add.position.accuracy_m) == (106.6512346, 4.3)
    assert add.position.taken_at == add.made_at
    assert (dict(add.counts), add.overrides[0].reason) == (
        {"rooms": 12},
        "Chủ nhà không cho chụp",
    )
    assert [each.code for each in read] == ["7512304827", None, None, None]
    assert all(each.has_private and len(each.photos) == 1 for each in read)


def test_gates_are_those_of_the_server() -> None:
    script = {str(kind): metres for kind, metres in GATES_M.items()}
    assert ask([("constants", "gates", ()), ("constants", "near", ())]) == [script, NEAR_M]
