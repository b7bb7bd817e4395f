"""Every rule: what it finds, and the like that it must let pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.admin_units import finding_kinds as unit_kinds
from addrsvc.findings import Finding, FindingKind, Severity
from addrsvc.geocoding import finding_kinds
from addrsvc.registry.model import (
    CommuneRef,
    Components,
    Document,
    Kind,
    Locality,
    Marks,
    Method,
    Position,
    Status,
    Visibility,
)
from addrsvc.registry.quality import kinds_links, kinds_parts, kinds_place
from addrsvc.registry.quality.along import Placed
from addrsvc.registry.quality.catalogue import CATALOGUE, PERSONAL
from addrsvc.registry.quality.rules import findings_of
from addrsvc.registry.quality.rules_parts import odd_number, odd_street
from addrsvc.registry.quality.subject import (
    CommuneSaid,
    Nearby,
    Parent,
    PointSaid,
    StreetSaid,
    Subject,
    TextRead,
)
from addrsvc.types import LonLat

DAY = date(2026, 1, 15)
HOME = CommuneRef("25747", date(2025, 7, 1))
GNSS = Position(LonLat(106.6519123, 10.9804567), 5.0, Method.GNSS, Marks.ENTRANCE)
CENTRE = replace(GNSS, method=Method.COMMUNE_CENTRE, accuracy_m=2000.0)


def subject(position: Position | None = GNSS, **said: object) -> Subject:
    """Give an address nothing is wrong with, but for what is said of it."""
    document = Document(
        kind=said.pop("kind", Kind.DWELLING),  # type: ignore[arg-type] # as each test says
        commune=HOME,
        components=said.pop(
            "components", Components(house_number="12", thoroughfare="Đường Lê Lợi")
        ),  # type: ignore[arg-type] # as each test says
        position=position,
        visibility=said.pop("visibility", Visibility.PUBLIC),  # type: ignore[arg-type] # the same
        source="test",
        name=said.pop("name", None),  # type: ignore[arg-type] # the same
        parent=said.pop("within", None),  # type: ignore[arg-type] # the same
        text=said.pop("written", None),  # type: ignore[arg-type] # the same
    )
    plain = Subject(
        document=document,
        status=Status.CURRENT,
        code="7512304827",
        valid_from=date(2025, 8, 1),
        recorded_on=date(2025, 8, 1),
        today=DAY,
        commune=CommuneSaid("Phường Tây"),
        keys=document.components.search_keys(),
        point=None if position is not GNSS else PointSaid("25747", "Phường Tây", "official"),
    )
    return replace(plain, **said)  # type: ignore[arg-type] # as each test says


def ids(of: Subject) -> list[str]:
    return [each.id for each in findings_of(of)]


def test_a_sound_address_has_no_findings() -> None:
    assert ids(subject()) == []


EAST = PointSaid("25750", "Phường Đông", "official", 500.0)
TWO = ("Phường Đông", "Phường Tây")
PARENT = Parent("7512300001", Status.CURRENT, "25747", Visibility.PUBLIC, 3.0)
ROOM = {
    "kind": Kind.BOARDING_ROOM,
    "components": Components(unit="Phòng 3"),
    "within": "7512300001",
}
READ = TextRead(
    number="12",
    number_key="00012",
    street="Lê Lợi",
    street_key="le loi",
    written=("Phường Tây",),
    communes=(("25747", "Phường Tây"),),
    is_sure=True,
)
SPLIT = replace(READ, was_split=True, is_sure=False)

CASES: list[tuple[Callable[[], Subject], list[str]]] = [
    # where it lies
    (lambda: subject(point=EAST), ["outside-commune"]),
    (lambda: subject(point=replace(EAST, outside_m=25.0)), ["outside-commune-within-accuracy"]),
    (
        lambda: subject(point=replace(EAST, certainty="approximate", outside_m=200.0)),
        ["outside-commune-within-accuracy"],
    ),
    (lambda: subject(point=replace(EAST, certainty="approximate")), ["outside-commune"]),
    (lambda: subject(point=replace(EAST, certainty="indicative")), ["outside-commune-indicative"]),
    (lambda: subject(point=replace(EAST, outside_m=None)), ["outside-commune-indicative"]),
    (lambda: subject(point=PointSaid(None)), ["outside-all-communes"]),
    (lambda: subject(None), ["position-missing"]),
    (lambda: subject(CENTRE), ["position-estimated"]),
    (lambda: subject(replace(CENTRE, method=Method.THOROUGHFARE_CENTRE)), ["position-estimated"]),
    (lambda: subject(replace(GNSS, accuracy_m=35.0)), ["accuracy-poor"]),
    (lambda: subject(replace(GNSS, accuracy_m=35.0), kind=Kind.WORKS), []),
    (lambda: subject(replace(GNSS, point=LonLat(106.65, 10.98))), ["position-rounded"]),
    (lambda: subject(replace(GNSS, point=LonLat(106.71667, 11.01667))), ["position-rounded"]),
    (lambda: subject(replace(GNSS, point=LonLat(106.65, 10.9804567))), []),
    (
        lambda: subject(
            replace(GNSS, point=LonLat(106.651, 10.981), accuracy_m=60.0), kind=Kind.PLACE
        ),
        [],
    ),
    (lambda: subject(shared_point=4), ["position-shared"]),
    (lambda: subject(shared_point=3), []),
    (lambda: subject(street=StreetSaid(True, (), 400.0)), ["far-from-street"]),
    (
        lambda: subject(
            street=StreetSaid(True, (), 400.0),
            components=Components(house_number="12/3", thoroughfare="Lê Lợi"),
        ),
        [],
    ),
    # its commune
    (
        lambda: subject(commune=CommuneSaid("Xã Cũ", date(2025, 7, 1), ("Phường Tây",))),
        ["commune-ended"],
    ),
    (lambda: subject(commune=CommuneSaid("Xã Cũ", date(2025, 7, 1), TWO)), ["commune-ended"]),
    (
        lambda: subject(CENTRE, commune=CommuneSaid("Xã Cũ", date(2025, 7, 1), TWO)),
        ["commune-split-2025", "position-estimated"],
    ),
    # days
    (lambda: subject(valid_from=date(2027, 1, 1)), ["begins-in-future"]),
    (
        lambda: subject(CENTRE, status=Status.PROPOSED, recorded_on=date(2024, 12, 1)),
        ["position-estimated", "waiting-long"],
    ),
    # parts
    (
        lambda: subject(components=Components(house_number="12 khu phố 9", thoroughfare="Lê Lợi")),
        ["house-number-odd"],
    ),
    (
        lambda: subject(components=Components(house_number="12")),
        ["house-number-without-street"],
    ),
    (lambda: subject(components=Components(thoroughfare="Lê Lợi")), ["house-number-missing"]),
    (lambda: subject(components=Components(thoroughfare="Lê Lợi"), kind=Kind.PLACE), []),
    (lambda: subject(components=Components(thoroughfare="Hẻm 95 Lê Lợi")), []),
    (lambda: subject(components=Components()), ["nothing-below-commune"]),
    (lambda: subject(components=Components(), kind=Kind.PLACE, name="Chợ"), []),
    (
        lambda: subject(components=Components(house_number="12", thoroughfare="Ấp 1")),
        ["street-odd"],
    ),
    (lambda: subject(street=StreetSaid(False, ("Phường Đông",))), ["street-not-in-commune"]),
    (lambda: subject(street=StreetSaid(False)), ["street-not-in-register"]),
    (lambda: subject(street=StreetSaid(None)), []),
    (lambda: subject(unknown_localities=("Khu phố 99",)), ["locality-not-in-register"]),
    (lambda: subject(kind=Kind.APARTMENT), ["part-without-building"]),
    (
        lambda: subject(components=Components(floor="3", thoroughfare="Lê Lợi", house_number="1")),
        ["part-without-building"],
    ),
    (
        lambda: subject(
            kind=Kind.ENTERPRISE,
            components=Components(unit="2A", thoroughfare="Lê Lợi", house_number="1"),
        ),
        ["part-without-building"],
    ),
    (lambda: subject(**ROOM, parent=PARENT), []),
    (
        lambda: subject(**{**ROOM, "components": Components()}, parent=PARENT),
        ["part-without-number"],
    ),
    # names and text
    (lambda: subject(written="Gọi 0901 234 567"), ["personal-number-in-field"]),
    (lambda: subject(written="CCCD 079012345678"), ["personal-number-in-field"]),
    (lambda: subject(written="a@b.vn"), ["personal-number-in-field"]),
    (lambda: subject(written="Dự án IJC@VSIP, 75123-04827"), []),
    (lambda: subject(name="Nguyễn Văn Mẫu"), ["personal-name-in-field"]),
    (lambda: subject(name="Hồ Văn Huê", kind=Kind.PLACE), []),
    (lambda: subject(written="sau nhà ông Bảy"), ["personal-name-in-field"]),
    (lambda: subject(written="đường Bà Triệu, chùa Bà"), []),
    (lambda: subject(name="Công ty TNHH Mẫu"), ["name-of-other-kind"]),
    (
        lambda: subject(name="Doanh trại Trung đoàn 1", kind=Kind.WORKS),
        ["defence-site-public"],
    ),
    (
        lambda: subject(name="Tiểu đoàn 2", kind=Kind.WORKS, visibility=Visibility.SECRET),
        [],
    ),
    (lambda: subject(written="Ä‘Æ°á»ng LÃª Lá»£i"), ["text-damaged"]),
    (lambda: subject(text=READ), []),
    (lambda: subject(text=replace(READ, number_key="00014")), ["text-says-otherwise"]),
    (lambda: subject(text=replace(READ, street_key="le lai")), ["text-says-otherwise"]),
    (
        lambda: subject(components=Components(), name="Chợ", kind=Kind.PLACE, text=READ),
        ["text-says-more"],
    ),
    (
        lambda: subject(text=replace(READ, communes=(("25750", "Phường Đông"),))),
        ["text-names-other-commune"],
    ),
    (
        lambda: subject(text=replace(READ, communes=(("25750", "Phường Đông"),), is_sure=False)),
        [],
    ),
    (lambda: subject(text=SPLIT), ["commune-split-2025"]),
    (
        lambda: subject(
            CENTRE,
            text=replace(SPLIT, communes=(("25747", "Phường Tây"), ("25750", "Phường Đông"))),
        ),
        ["position-estimated", "commune-split-2025"],
    ),
    (lambda: subject(CENTRE, text=SPLIT), ["position-estimated"]),
    (
        lambda: subject(CENTRE, text=replace(SPLIT, is_sure=True)),
        ["position-estimated", "commune-split-2025"],
    ),
    # beside others
    (lambda: subject(**ROOM, parent=replace(PARENT, is_cycle=True)), ["parent-cycle"]),
    (lambda: subject(**ROOM, parent=replace(PARENT, status=Status.RETIRED)), ["parent-out-of-use"]),
    (lambda: subject(**ROOM, parent=replace(PARENT, commune_code="25750")), ["parent-elsewhere"]),
    (lambda: subject(**ROOM, parent=replace(PARENT, distance_m=900.0)), ["parent-elsewhere"]),
    (lambda: subject(**ROOM, parent=replace(PARENT, distance_m=None)), []),
    (
        lambda: subject(**ROOM, parent=replace(PARENT, visibility=Visibility.SECRET)),
        ["more-visible-than-building"],
    ),
    (lambda: subject(placed=Placed(140.0)), ["house-number-out-of-order"]),
    (lambda: subject(placed=Placed(None, True)), ["house-number-off-side"]),
    (lambda: subject(placed=Placed()), []),
    (lambda: subject(repeated=Nearby("7512300002", 800.0)), ["house-number-repeated"]),
    (lambda: subject(repeated=Nearby("7512300002", 80.0)), []),
    (lambda: subject(duplicates=(Nearby("7512300002", 2.0),)), ["near-duplicate"]),
    (lambda: subject(duplicates=(Nearby("7512300002", None),)), ["near-duplicate"]),
    (lambda: subject(is_prefix_known=False), ["code-prefix-unknown"]),
    (lambda: subject(is_prefix_known=False, code=None), []),
    # out of use
    (
        lambda: subject(status=Status.RETIRED, standing=Nearby("7512300002", 0.0)),
        ["retired-without-successor"],
    ),
    (
        lambda: subject(
            status=Status.RETIRED, standing=Nearby("7512300002", 0.0), has_successors=True
        ),
        [],
    ),
    (
        lambda: subject(status=Status.RETIRED, point=EAST, name="Trần Thị Mẫu"),
        ["personal-name-in-field"],
    ),
]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_rule_finds_what_it_is_for(number: int) -> None:
    make, expected = CASES[number]
    assert ids(make()) == expected


def test_every_kind_has_a_case_and_is_worded_in_both_languages() -> None:
    found: dict[str, Finding] = {}
    for make, _ in CASES:
        found |= {each.id: each for each in findings_of(make())}
    assert set(found) == set(CATALOGUE)
    for finding in found.values():
        vietnamese, english = finding.text("vi"), finding.text("en")
        assert "{" not in vietnamese + english
        assert vietnamese != english


def test_no_finding_repeats_what_belongs_to_a_person() -> None:
    held = subject(
        name="Nguyễn Văn Mẫu", written="Gọi chủ nhà ông Mẫu 0901 234 567, a@b.vn, CCCD 079012345678"
    )
    said = [each.text("vi") + str(each.facts) for each in findings_of(held)]
    assert {each.id for each in findings_of(held)} == PERSONAL
    assert not [each for each in said if "Mẫu" in each or "0901" in each or "@" in each]


def test_a_split_settled_by_position_only_informs() -> None:
    (finding,) = findings_of(subject(text=SPLIT))
    assert finding.severity is Severity.INFO
    assert "theo vị trí" in finding.text("vi")


def test_kinds_of_the_whole_catalogue_are_unique_and_point_to_themselves() -> None:
    modules = (kinds_place, kinds_parts, kinds_links, unit_kinds, finding_kinds)
    named = [
        kind.id
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, FindingKind)
    ]
    assert len(named) == len(set(named)) == len(finding_kinds.CATALOGUE)
    assert set(CATALOGUE) < set(finding_kinds.CATALOGUE)


@pytest.mark.parametrize(
    "number",
    ["12", "123/45/6A", "12-14", "12Bis", "Lô A5", "Thửa 602, tờ bản đồ 39", "A12", "K448 H20/100"],
)
def test_numbers_in_use_are_not_odd(number: str) -> None:
    assert odd_number(number) is None


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("12 khu phố 9", "khu phố"),
        ("45 Nguyễn Văn Trỗi", "tên đường"),
        ("nhà văn hóa", "chữ số"),
        ("12 ?? 7 !", "không đọc được"),
        ("69-67", "ngược"),
        ("/".join(["1"] * 10), "hẻm"),
    ],
)
def test_numbers_that_are_none_are_odd(number: str, why: str) -> None:
    said = odd_number(number)
    assert said is not None
    assert why in said.vi


@pytest.mark.parametrize(
    "street",
    [
        "Đường Lê Lợi",
        "Tỉnh lộ 743",
        "Xa lộ Hà Nội",
        "Xa La",
        "Huyện lộ 604",
        "30 tháng 4",
        "3/2",
        "Tô Hiệu",
        "Đường số 5",
        "Nguyễn Văn Bé (Đường Liên Khu 11, 12)",
        "ĐX 043",
        "Quốc lộ 1K",
        "Xóm Guốc",
    ],
)
def test_streets_that_real_lists_hold_are_not_odd(street: str) -> None:
    assert odd_street(street) is None


@pytest.mark.parametrize(
    ("street", "why"),
    [
        ("KP. Đông Nhì", "khu phố"),
        ("Lê Lợi, khu phố 3", "khu phố"),
        ("574/14 Đường Lê Hồng Phong", "số nhà"),
        ("Lê Lợi, Trần Phú", "nhiều hơn một"),
        ("Lê " * 40, "dài"),
    ],
)
def test_streets_that_are_none_are_odd(street: str, why: str) -> None:
    said = odd_street(street)
    assert said is not None
    assert why in said.vi


@given(
    st.text(max_size=60),
    st.text(max_size=60),
    st.text(max_size=60),
    st.sampled_from(Kind),
    st.sampled_from(Status),
)
def test_any_text_gives_findings_that_can_be_said(
    number: str, street: str, name: str, kind: Kind, status: Status
) -> None:
    parts = Components(
        house_number=number or None,
        thoroughfare=street or None,
        localities=(Locality("khu_pho", name),) if name else (),
    )
    held = subject(components=parts, name=name or None, written=street or None, kind=kind)
    for finding in findings_of(replace(held, status=status)):
        assert finding.text("vi")
        assert finding.text("en")
