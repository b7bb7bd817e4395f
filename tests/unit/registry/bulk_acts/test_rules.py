"""The decisions of bulk acts, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addrsvc.admin_units.conversion import Converter, Named
from addrsvc.admin_units.model import LinkKind, LocatedCommune
from addrsvc.admin_units.split_localities import SplitLocalities, SplitLocality
from addrsvc.admin_units.succession import Succession
from addrsvc.parsing.keys import number_key
from addrsvc.registry.bulk_acts import mapping
from addrsvc.registry.bulk_acts.errors import MappingRefused, MappingUnreadable
from addrsvc.registry.bulk_acts.model import Tally, Undecided, Why
from addrsvc.registry.bulk_acts.moving import LocalityMove
from addrsvc.registry.bulk_acts.naming import StreetNaming
from addrsvc.registry.bulk_acts.renumbering import Renumbering, in_order
from addrsvc.registry.bulk_acts.reorganising import CommunePart, Reorganisation, Reorganise
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
from addrsvc.types import LonLat, UnitId, ValidPeriod

JUNE, JULY = date(2025, 6, 1), date(2025, 7, 1)
WHOLE, SPLIT = UnitId("25701", JUNE), UnitId("25702", JUNE)
ONE, TWO, ELSEWHERE = UnitId("25747", JULY), UnitId("25750", JULY), UnitId("25942", JULY)
SPEC = Reorganisation(
    (
        CommunePart(WHOLE, ONE, LinkKind.WHOLE),
        CommunePart(SPLIT, ONE, LinkKind.PART, 0.4),
        CommunePart(SPLIT, TWO, LinkKind.PART, 0.6),
    )
)


AT_CENTRE = Position(LonLat(106.7, 10.95), 900.0, Method.COMMUNE_CENTRE, Marks.AREA)


def document(commune: UnitId = SPLIT, **parts: object) -> Document:
    components = replace(Components(), **parts)  # type: ignore[arg-type]
    return Document(
        Kind.DWELLING, CommuneRef(*commune), components, None, Visibility.PUBLIC, "test"
    )


def located(unit: UnitId, certainty: str = "boundary") -> LocatedCommune:
    return LocatedCommune(unit.code, unit.valid_from, "", "79", "", certainty)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def rule() -> Reorganise:
    periods = dict.fromkeys((WHOLE, SPLIT), ValidPeriod(JUNE, JULY))
    periods |= dict.fromkeys((ONE, TWO, ELSEWHERE), ValidPeriod(JULY))
    named = {unit: Named(unit, unit.code, period) for unit, period in periods.items()}
    rows = [SplitLocality("25702", "khu_pho", "Bình Phú", "25750", "in_use", "…")]
    succession = Succession(periods, SPEC.links())
    return Reorganise(SPEC, Converter(named, succession, SplitLocalities(rows)), JULY)


def test_an_undivided_commune_is_certain_whatever_the_point(rule: Reorganise) -> None:
    house = document(WHOLE)
    assert not rule.asks_point(house)
    assert rule.decide(house, None) == replace(house, commune=CommuneRef(*ONE))
    assert rule.decide(house, located(TWO)) == replace(house, commune=CommuneRef(*ONE))
    assert rule.whom.communes == (WHOLE, SPLIT)


def test_a_divided_one_needs_evidence(rule: Reorganise) -> None:
    house = document()
    assert rule.asks_point(house)
    assert rule.decide(house, located(TWO)) == replace(house, commune=CommuneRef(*TWO))
    candidates = ("25750", "25747")
    assert rule.decide(house, None) == Undecided(Why.NO_EVIDENCE, candidates)
    estimated = replace(house, position=AT_CENTRE)
    assert rule.decide(estimated, None) == Undecided(Why.NO_EVIDENCE, candidates)
    there = replace(house, position=replace(AT_CENTRE, method=Method.GNSS))
    for cell in (None, located(TWO, "indicative")):
        assert rule.decide(there, cell) == Undecided(Why.NO_BOUNDARY, candidates)
    assert rule.decide(house, located(ELSEWHERE)) == Undecided(Why.POINT_ELSEWHERE, candidates)
    known = document(localities=(Locality("khu_pho", "KP Bình Phú"),))
    assert rule.decide(known, None) == replace(known, commune=CommuneRef(*TWO))
    assert rule.decide(known, located(ONE)) == replace(known, commune=CommuneRef(*ONE))


def test_others_are_not_concerned(rule: Reorganise) -> None:
    assert rule.decide(document(ONE), None) is None


def test_a_commune_that_leads_nowhere_is_told() -> None:
    spec = Reorganisation((CommunePart(WHOLE, ONE, LinkKind.WHOLE),))
    named = {
        WHOLE: Named(WHOLE, "", ValidPeriod(JUNE, JULY)),
        ONE: Named(ONE, "", ValidPeriod(JUNE, JULY)),
    }
    periods = {unit: each.period for unit, each in named.items()}
    converter = Converter(named, Succession(periods, spec.links()), SplitLocalities([]))
    decided = Reorganise(spec, converter, JULY).decide(document(WHOLE), None)
    assert decided == Undecided(Why.NO_SUCCESSOR)


@pytest.mark.parametrize(
    ("name", "number", "after"),
    [
        ("Đường số 5", "7", "Lê Mẫu"),
        ("đường Số 05", "7", "Lê Mẫu"),
        ("Hẻm 12 Đường số 5", "7", "Hẻm 12 Lê Mẫu"),
        ("Đường số 6", "7", None),
        (None, "7", None),
        ("Đường số 5", "8", None),
        ("Đường số 5", "13", None),
        ("Đường số 5", "13/7", None),
        ("Đường số 5", "3/8", "Lê Mẫu"),
        ("Đường số 5", "Lô B2", None),
        ("Đường số 5", None, None),
    ],
)
def test_a_part_of_a_street_is_named(
    name: str | None, number: str | None, after: str | None
) -> None:
    naming = StreetNaming((ONE,), "Lê Mẫu", "Đường số 5", first=3, last=11, side="odd")
    decided = naming.decide(document(ONE, thoroughfare=name, house_number=number), None)
    said = decided.components.thoroughfare if isinstance(decided, Document) else decided
    assert said == after
    assert naming.decide(document(TWO, thoroughfare=name, house_number=number), None) is None
    assert not naming.is_whole
    assert not naming.asks_point(document())


def test_a_street_with_no_name_gets_one() -> None:
    naming = StreetNaming((ONE,), "Lê Mẫu", codes=("7512300001",))
    decided = naming.decide(document(ONE), None)
    assert isinstance(decided, Document)
    assert decided.components.thoroughfare == "Lê Mẫu"
    assert naming.decide(document(ONE, thoroughfare="Lê Lợi"), None) is None
    assert naming.whom.base_keys is None


@pytest.mark.parametrize(
    ("number", "after"),
    [
        ("12/5", "48/12/5"),
        ("Hẻm 12 số 5A", "48/12/5A"),
        ("12", None),
        ("13/5", None),
        (None, None),
    ],
)
def test_an_alley_gets_a_step_before_its_numbers(number: str | None, after: str | None) -> None:
    rule = Renumbering((ONE,), "Lê Lợi", alley="12", prefix="48")
    decided = rule.decide(document(ONE, thoroughfare="Đ. Lê Lợi", house_number=number), None)
    said = decided.components.house_number if isinstance(decided, Document) else decided
    assert said == after


def test_a_list_of_numbers_guesses_nothing() -> None:
    rule = Renumbering((ONE,), "Lê Lợi", numbers=(("1", "3"), ("3", "1")))
    for old, new in (("01", "3"), ("3", "1")):
        decided = rule.decide(document(ONE, thoroughfare="Lê Lợi", house_number=old), None)
        assert isinstance(decided, Document)
        assert decided.components.house_number == new
    house = document(ONE, thoroughfare="Lê Lợi", house_number="5")
    assert rule.decide(house, None) == Undecided(Why.NUMBER_UNLISTED)
    assert rule.decide(document(TWO, thoroughfare="Lê Lợi", house_number="1"), None) is None
    assert rule.decide(document(ONE, thoroughfare="Quang Trung", house_number="1"), None) is None
    assert not rule.asks_point(house)


numbers = st.lists(
    st.from_regex(r"[1-9][0-9]{0,2}[AB]?(/[1-9][0-9]?)?", fullmatch=True),
    unique_by=number_key,
    max_size=30,
)


@given(numbers)
def test_numbering_in_order_keeps_sides_and_houses_apart(olds: list[str]) -> None:
    pairs = in_order(olds, odd_from=1, even_from=2)
    assert [old for old, _ in pairs] == olds
    assert len({number_key(new) for _, new in pairs}) == len(olds)
    head = {old: int("".join(c for c in old.split("/")[0] if c.isdigit())) for old in olds}
    assert all(head[old] % 2 == int(new.split("/")[0]) % 2 for old, new in pairs)


def test_lots_keep_their_numbers() -> None:
    assert in_order(["Lô B2", "3"], odd_from=1, even_from=2) == [("Lô B2", "Lô B2"), ("3", "1")]


def test_a_locality_moves_with_its_houses_only() -> None:
    old, new = Locality("khu_pho", "Khu phố 1"), Locality("khu_pho", "Khu phố Mẫu")
    move = LocalityMove(ONE, old, new, TWO)
    to = Locality("to", "Tổ 5")
    house = document(ONE, localities=(to, Locality("khu_pho", "KP. 01")))
    decided = move.decide(house, None)
    assert isinstance(decided, Document)
    assert decided.components.localities == (to, new)
    assert decided.commune == CommuneRef(*TWO)
    assert move.decide(document(ONE, localities=(to,)), None) is None
    assert move.decide(document(TWO, localities=(old,)), None) is None
    assert not move.asks_point(house)


@pytest.mark.parametrize(
    "spec",
    [
        SPEC,
        StreetNaming((ONE, TWO), "A", "B", 1, 9, "odd", ("7512300001",), {"type": "Polygon"}),
        StreetNaming((ONE,), "A", "B"),
        Renumbering((ONE,), "A", "12", (("1", "3"),), None),
        LocalityMove(ONE, Locality("ap", "A"), Locality("khu_pho", "B"), TWO),
    ],
)
def test_what_was_asked_is_read_back_as_it_was_kept(
    spec: Reorganisation | StreetNaming | Renumbering | LocalityMove,
) -> None:
    assert type(spec).from_json(spec.to_json()) == spec


def test_tallies_add_up() -> None:
    one, other = Tally(concerned=2, changed=1), Tally(concerned=3, unchanged=1)
    other.undecided["no-evidence"] = 2
    one.add(other)
    assert Tally.from_json(one.to_json()) == one
    assert (one.concerned, one.changed, one.unchanged, one.undecided.total()) == (5, 1, 1, 2)


def test_files_are_read_by_either_name_of_their_columns(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(
        "Old_Code,new_code,kind,share_of_old\n25701,25747,part,0.5\n25702,25747,whole,\n"
    )
    assert mapping.read_commune_file(path) == [
        mapping.MappingRow("25701", "25747", "part", 0.5),
        mapping.MappingRow("25702", "25747", "whole", None),
    ]
    path.write_text("so_cu,so_moi\n1, 3\n", encoding="utf-8-sig")
    assert mapping.read_number_file(path) == [("1", "3")]
    path.write_text("from_code,to_code,kind,share\n25701,25747,part,half\n")
    with pytest.raises(MappingRefused):
        mapping.read_commune_file(path)
    for content in (b"a,b\n1,2\n", b"\xff\xfe", b""):
        path.write_bytes(content)
        with pytest.raises(MappingUnreadable):
            mapping.read_number_file(path)
    with pytest.raises(MappingUnreadable):
        mapping.read_number_file(tmp_path / "none.csv")
