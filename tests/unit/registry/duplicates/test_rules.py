"""When two addresses look like one: the cases the rules were made for, and their properties."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.geo.measure import moved
from addrsvc.registry.duplicates.rules import (
    RADII_M,
    SAME_PLACE_M,
    Likeness,
    Subject,
    likeness,
    same_number,
    subject_of,
)
from addrsvc.registry.model import (
    CommuneRef,
    Components,
    Document,
    Kind,
    Locality,
    Marks,
    Method,
    Position,
    Visibility,
)
from addrsvc.types import LonLat

HERE = LonLat(106.65, 10.95)


def said(address_id: int, metres: float | None = 0.0, **fields: Any) -> Subject:
    """Give an address so many metres east of one place; a str of localities is khu phố."""
    whole: dict[str, Any] = {"kind": Kind.DWELLING, "name": None, "method": Method.GNSS} | fields
    parents = {key: whole.pop(key) for key in ("parent_id", "ancestors") if key in whole}
    kind, name, method = whole.pop("kind"), whole.pop("name"), whole.pop("method")
    commune = whole.pop("commune", "25747")
    position = None
    if metres is not None:
        position = Position(moved(HERE, 90, metres), 5, method, Marks.ENTRANCE)
    document = Document(
        kind=kind,
        commune=CommuneRef(commune, date(2025, 7, 1)),
        components=Components(**whole),
        position=position,
        visibility=Visibility.PUBLIC,
        source="test",
        name=name,
    )
    return subject_of(address_id, document, **parents)


def why(one: Subject, other: Subject) -> str | None:
    found = likeness(one, other)
    assert found == likeness(other, one)
    return None if found is None else found.why.value


DOOR = {"house_number": "12", "thoroughfare": "Đường Lê Lợi"}
KP = (Locality("khu_pho", "Khu phố 3"),)
OTHER_KP = (Locality("khu_pho", "Khu phố 5"),)
TO_3 = (Locality("to", "Tổ 3"), *KP)
TO_4 = (Locality("to", "Tổ 4"), *KP)

CASES: list[tuple[str, Any, Any, str | None]] = [
    # the same components, however written, whatever kind and distance
    (
        "far",
        (0, DOOR),
        (900, {"house_number": "số 12", "thoroughfare": "lê lợi"}),
        "same-components",
    ),
    ("other kind", (0, DOOR), (50, DOOR | {"kind": Kind.ENTERPRISE}), "same-components"),
    ("without position", (None, DOOR), (0, DOOR), "same-components"),
    ("other khu phố", (0, DOOR), (90, DOOR | {"localities": KP}), "same-components"),
    (
        "khu phố contradict on a named street",
        (0, DOOR | {"localities": OTHER_KP}),
        (900, DOOR | {"localities": KP}),
        "same-components",
    ),
    ("other commune, far", (0, DOOR), (900, DOOR | {"commune": "25750"}), None),
    (
        "other commune, over the border",
        (0, DOOR),
        (9, DOOR | {"commune": "25750"}),
        "same-number-near",
    ),
    ("another number", (0, DOOR), (4, DOOR | {"house_number": "12A"}), None),
    (
        "alley chains",
        (0, DOOR | {"house_number": "12/3"}),
        (0, DOOR | {"house_number": "12"}),
        None,
    ),
    (
        "alleys, two ways",
        (9, DOOR | {"house_number": "95/3"}),
        (50, {"house_number": "3", "thoroughfare": "Hẻm 95 Lê Lợi"}),
        "same-components",
    ),
    # streets and hamlets that recur
    (
        "a numbered street of two estates",
        (0, {"house_number": "5", "thoroughfare": "Đường số 3", "localities": KP}),
        (900, {"house_number": "5", "thoroughfare": "Đường số 3", "localities": OTHER_KP}),
        None,
    ),
    (
        "a numbered street, one estate not said",
        (0, {"house_number": "5", "thoroughfare": "D3", "localities": KP}),
        (900, {"house_number": "5", "thoroughfare": "D3"}),
        "same-components",
    ),
    (
        "one number in two tổ",
        (0, {"house_number": "5", "localities": TO_3}),
        (900, {"house_number": "5", "localities": TO_4}),
        None,
    ),
    (
        "one number in two tổ, at one place",
        (0, {"house_number": "5", "localities": TO_3}),
        (9, {"house_number": "5", "localities": TO_4}),
        "same-number-near",
    ),
    # units
    ("rooms of a house", (0, DOOR | {"unit": "Phòng 1"}), (0, DOOR | {"unit": "P. 2"}), None),
    (
        "one room twice",
        (0, DOOR | {"unit": "Phòng 1"}),
        (0, DOOR | {"unit": "01"}),
        "same-components",
    ),
    ("a house and its room", (0, DOOR), (0, DOOR | {"unit": "Phòng 1"}), None),
    (
        "two blocks",
        (0, DOOR | {"unit": "501", "building": "Block A"}),
        (0, DOOR | {"unit": "501", "building": "Block B"}),
        None,
    ),
    (
        "block not said",
        (0, DOOR | {"unit": "501", "building": "Block A"}),
        (0, DOOR | {"unit": "501"}),
        "same-components",
    ),
    ("floors", (0, DOOR | {"floor": "2"}), (0, DOOR | {"floor": "3"}), None),
    ("floor and house", (0, DOOR | {"floor": "2"}), (0, DOOR), None),
    (
        "one flat of a tower that has no number",
        (0, {"kind": Kind.APARTMENT, "unit": "12-05", "building": "CC Mẫu"}),
        (20, {"kind": Kind.APARTMENT, "unit": "1205", "building": "CC. Mẫu"}),
        "same-number-near",
    ),
    (
        "room 1 of two houses side by side",
        (0, {"kind": Kind.BOARDING_ROOM, "unit": "1", "parent_id": 7}),
        (8, {"kind": Kind.BOARDING_ROOM, "unit": "1", "parent_id": 8}),
        None,
    ),
    (
        "one room of a house twice",
        (0, {"kind": Kind.BOARDING_ROOM, "unit": "1", "parent_id": 7}),
        (8, {"kind": Kind.BOARDING_ROOM, "unit": "1", "parent_id": 7}),
        "same-number-near",
    ),
    # near, by number
    ("no street", (0, DOOR), (19, {"house_number": "12"}), "same-number-near"),
    ("no street, too far", (0, DOOR), (21, {"house_number": "12"}), None),
    (
        "hamlet for street",
        (0, DOOR),
        (10, {"house_number": "12", "localities": KP}),
        "same-number-near",
    ),
    ("two streets", (0, DOOR), (10, DOOR | {"thoroughfare": "Đường Hùng Vương"}), None),
    ("range", (0, DOOR | {"house_number": "12-14"}), (10, DOOR), "same-number-near"),
    (
        "range, other side",
        (0, DOOR | {"house_number": "12-14"}),
        (10, DOOR | {"house_number": "13"}),
        None,
    ),
    ("range, far", (0, DOOR | {"house_number": "12-14"}), (100, DOOR), None),
    (
        "other kind near",
        (0, {"house_number": "12"}),
        (1, {"house_number": "12", "kind": Kind.WORKS}),
        None,
    ),
    # the same place
    ("row houses", (0, DOOR), (4, DOOR | {"house_number": "14"}), None),
    ("numbers at one point", (0, DOOR), (0, DOOR | {"house_number": "14"}), None),
    ("no numbers, 2 m", (0, {}), (2, {"localities": KP}), "same-place"),
    ("no numbers, 4 m", (0, {}), (4, {}), None),
    ("one number known", (0, DOOR), (1, {}), "same-place"),
    ("a corner", (0, DOOR), (2, DOOR | {"thoroughfare": "Đường Hùng Vương"}), "same-place"),
    (
        "two names",
        (0, {"kind": Kind.ENTERPRISE, "name": "Quán Một"}),
        (0, {"kind": Kind.ENTERPRISE, "name": "Quán Hai"}),
        None,
    ),
    (
        "one name",
        (0, {"kind": Kind.PLACE, "name": "Chợ Búng"}),
        (2, {"kind": Kind.PLACE, "name": "chợ  búng"}),
        "same-place",
    ),
    ("names of people say nothing", (0, {"name": "A"}), (0, {"name": "B"}), "same-place"),
    ("a centre is no place", (0, {"method": Method.COMMUNE_CENTRE}), (0, {}), None),
    ("nor is a street", (0, {"method": Method.THOROUGHFARE_CENTRE}), (0, {}), None),
    # families
    ("parent", (0, DOOR), (0, DOOR | {"kind": Kind.ENTERPRISE, "parent_id": 1}), None),
    ("grandparent", (0, DOOR), (0, DOOR | {"parent_id": 7, "ancestors": frozenset({1})}), None),
    (
        "siblings with names",
        (0, DOOR | {"kind": Kind.ENTERPRISE, "name": "Quán Một", "parent_id": 7}),
        (0, DOOR | {"kind": Kind.ENTERPRISE, "name": "Quán Hai", "parent_id": 7}),
        None,
    ),
    (
        "siblings without",
        (0, DOOR | {"kind": Kind.ENTERPRISE, "name": "Quán Một", "parent_id": 7}),
        (0, DOOR | {"kind": Kind.ENTERPRISE, "parent_id": 7}),
        "same-components",
    ),
]


@pytest.mark.parametrize(
    ("one", "other", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_cases(one: Any, other: Any, expected: str | None) -> None:
    assert why(said(1, one[0], **one[1]), said(2, other[0], **other[1])) == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("00012", "00012", True),
        ("00012-00014", "00012", True),
        ("00012-00014", "00013", False),
        ("00188-00189-00190", "00189", True),
        ("00012-00014", "00014-00016", True),
        ("00012a", "00012-00014", False),
        ("00007/00012-00014", "00007/00014", True),
        ("00007/00012-00014", "00008/00014", False),
        ("00025-00006", "00006", False),
        ("00001-00900", "00007", False),
        ("lo b00002-00036", "00036", False),
    ],
)
def test_ranges(one: str, other: str, same: bool) -> None:  # noqa: FBT001
    assert same_number(one, other) is same_number(other, one) is same


def test_distance_is_told_on_the_ellipsoid() -> None:
    found = likeness(said(1, **DOOR), said(2, 1000.0, **DOOR))
    assert found is not None
    assert found.distance_m == pytest.approx(1000.0, abs=0.01)
    unknown = likeness(said(1, None, **DOOR), said(2, **DOOR))
    assert unknown == Likeness(found.why, None)


def test_every_kind_has_a_radius_that_holds_the_same_place() -> None:
    assert RADII_M.keys() == set(Kind)
    assert all(SAME_PLACE_M < each <= 25 for each in RADII_M.values())


PARTS = st.fixed_dictionaries(
    {},
    optional={
        "house_number": st.sampled_from(["1", "1A", "1-3", "3", "95/1"]),
        "thoroughfare": st.sampled_from(["Lê Lợi", "Đường số 3", "Hẻm 95 Lê Lợi"]),
        "unit": st.sampled_from(["1", "Phòng 1", "2"]),
        "floor": st.sampled_from(["1", "2"]),
        "building": st.sampled_from(["A", "B"]),
        "localities": st.sampled_from([KP, OTHER_KP, TO_3, TO_4]),
        "kind": st.sampled_from([Kind.DWELLING, Kind.ENTERPRISE]),
        "name": st.sampled_from(["Một", "Hai"]),
        "parent_id": st.sampled_from([1, 2, 7]),
    },
)
WHERE = st.one_of(st.none(), st.floats(0, 30))


@given(PARTS, WHERE, PARTS, WHERE)
def test_likeness_has_no_sides(
    one: Any, here: float | None, other: Any, there: float | None
) -> None:
    why(said(1, here, **one), said(2, there, **other))


@given(PARTS, st.floats(0, 3))
def test_what_is_said_twice_at_one_place_is_found(parts: Any, metres: float) -> None:
    parts.pop("parent_id", None)
    assert why(said(1, **parts), said(2, metres * 0.99, **parts)) is not None
