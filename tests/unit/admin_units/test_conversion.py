from __future__ import annotations

from datetime import date

import pytest

from addrsvc.admin_units.conversion import Certainty, Conversion, Converter, Named
from addrsvc.admin_units.model import LinkKind, LocatedCommune
from addrsvc.admin_units.split_localities import SplitLocalities, SplitLocality
from addrsvc.admin_units.succession import Link, Succession
from addrsvc.errors import Text
from addrsvc.types import UnitId, ValidPeriod

JUNE, JULY = date(2025, 6, 1), date(2025, 7, 1)
OLD, NEW = ValidPeriod(JUNE, JULY), ValidPeriod(JULY)
SPLIT, WHOLE, ENDED = UnitId("1", JUNE), UnitId("2", JUNE), UnitId("3", JUNE)
ONE, TWO = UnitId("1", JULY), UnitId("5", JULY)
NAMED = {unit: Named(unit, f"Phường {unit.code}", OLD) for unit in (SPLIT, WHOLE, ENDED)} | {
    unit: Named(unit, f"Phường mới {unit.code}", NEW) for unit in (ONE, TWO)
}
SUCCESSION = Succession(
    {unit: each.period for unit, each in NAMED.items()},
    [
        (SPLIT, Link(ONE, LinkKind.PART, 0.3, "NQ 1")),
        (SPLIT, Link(TWO, LinkKind.PART, 0.7, "NQ 1")),
        (WHOLE, Link(ONE, LinkKind.WHOLE, 1.0, "NQ 1")),
    ],
)
TABLE = SplitLocalities(
    [
        SplitLocality("1", "khu_pho", "Bình Phú", "1", "proposal", "Báo"),
        SplitLocality("1", "khu_pho", "Hòa Lân", "5", "proposal", "Báo"),
        SplitLocality("1", "khu_pho", "Ba", "9", "proposal", "Báo"),
    ]
)
CONVERTER = Converter(NAMED, SUCCESSION, TABLE)


def inside(unit: UnitId, *, boundary: bool = True) -> LocatedCommune:
    certainty = "boundary" if boundary else "indicative"
    return LocatedCommune(unit.code, unit.valid_from, "", "79", "", certainty)


def seen(conversion: Conversion) -> list[tuple[str, Certainty, float | None]]:
    return [(each.unit.code, each.certainty, each.share) for each in conversion.present]


def test_an_undivided_commune_is_certain_and_carries_its_act() -> None:
    found = CONVERTER.convert([WHOLE], JULY)
    assert seen(found) == [("1", Certainty.CERTAIN, 1.0)]
    assert found.settled is not None
    assert found.settled.instrument == "NQ 1"
    assert found.settled.evidence == ("undivided",)
    assert CONVERTER.convert([ONE], JULY).present[0].evidence == ("in_force",)


def test_a_divided_commune_stays_open_with_its_shares() -> None:
    found = CONVERTER.convert([SPLIT], JULY, localities=["khu_pho:la", "to:1"])
    assert seen(found) == [("5", Certainty.CANDIDATE, 0.7), ("1", Certainty.CANDIDATE, 0.3)]
    assert found.settled is None
    assert "khu phố" in found.note.vi


def test_the_locality_settles_it_and_says_by_what_source() -> None:
    found = CONVERTER.convert([SPLIT], JULY, localities=["khu_pho:binh phu"])
    assert seen(found) == [("1", Certainty.BY_LOCALITY, 0.3)]
    assert found.present[0].evidence == ("locality", "proposal", "Báo")


@pytest.mark.parametrize(
    "localities",
    [
        ["khu_pho:binh phu", "khu_pho:hoa lan"],  # they contradict each other
        ["khu_pho:3"],  # the table names a commune that is no successor
    ],
)
def test_localities_that_settle_nothing(localities: list[str]) -> None:
    assert CONVERTER.convert([SPLIT], JULY, localities=localities).settled is None


def test_the_point_beats_the_locality_and_the_contradiction_is_told() -> None:
    agreed = CONVERTER.convert([SPLIT], JULY, localities=["ap:hoa lan"], located=inside(TWO))
    assert seen(agreed) == [("5", Certainty.BY_GEOMETRY, 0.7)]
    assert agreed.present[0].evidence == ("point",)
    other = CONVERTER.convert([SPLIT], JULY, localities=["ap:binh phu"], located=inside(TWO))
    assert seen(other) == [("5", Certainty.BY_GEOMETRY, 0.7)]
    assert other.present[0].evidence == ("point", "locality_elsewhere")


def test_an_indicative_cell_is_no_evidence() -> None:
    found = CONVERTER.convert([SPLIT], JULY, located=inside(TWO, boundary=False))
    assert found.settled is None


def test_a_point_elsewhere_is_told_and_changes_nothing() -> None:
    elsewhere = inside(UnitId("77", JULY))
    assert "Vị trí không nằm" in CONVERTER.convert([SPLIT], JULY, located=elsewhere).note.vi
    found = CONVERTER.convert([WHOLE], JULY, located=elsewhere)
    assert seen(found) == [("1", Certainty.CERTAIN, 1.0)]
    assert "nằm ở nơi khác" in found.note.vi


def test_back_in_time_by_name_point_and_locality() -> None:
    assert seen(CONVERTER.convert([ONE], JUNE)) == [
        ("2", Certainty.CANDIDATE, 1.0),
        ("1", Certainty.CANDIDATE, 0.3),
    ]
    only = CONVERTER.convert([TWO], JUNE)
    assert seen(only) == [("1", Certainty.CERTAIN, 0.7)]  # all of it was that commune's
    by_point = CONVERTER.convert([ONE], JUNE, located=inside(WHOLE))
    assert seen(by_point) == [("2", Certainty.BY_GEOMETRY, 1.0)]
    by_locality = CONVERTER.convert([ONE], JUNE, localities=["khu_pho:binh phu"])
    assert seen(by_locality) == [("1", Certainty.BY_LOCALITY, 0.3)]


def test_several_units_that_may_be_meant() -> None:
    agreed = CONVERTER.convert([WHOLE, ONE], JULY)
    assert seen(agreed) == [("1", Certainty.CERTAIN, 1.0)]
    several = CONVERTER.convert([SPLIT, WHOLE], JULY)
    assert seen(several) == [("1", Certainty.CANDIDATE, None), ("5", Certainty.CANDIDATE, 0.7)]
    assert several.present[0].evidence == ("several_named",)
    assert "quận, huyện cũ" in several.note.vi
    assert seen(CONVERTER.convert([SPLIT, WHOLE], JULY, located=inside(TWO))) == [
        ("5", Certainty.BY_GEOMETRY, 0.7)
    ]
    assert CONVERTER.convert([ENDED, WHOLE], JULY).settled is None


def test_what_ended_or_was_never_named_leads_nowhere() -> None:
    assert CONVERTER.convert([ENDED], JULY).present == ()
    assert CONVERTER.convert([], JULY).present == ()
    assert "không có đơn vị nào" in CONVERTER.convert([ENDED], JULY).note.vi


def test_units_by_code_oldest_first() -> None:
    assert [each.unit for each in CONVERTER.of_code("1")] == [SPLIT, ONE]
    assert CONVERTER.of_code("404") == ()


def test_what_follows_from_a_guess_is_a_candidate() -> None:
    found = CONVERTER.convert([WHOLE], JULY).doubted("corrected", Text("Xem lại.", "Look again."))
    assert seen(found) == [("1", Certainty.CANDIDATE, 1.0)]
    assert (found.present[0].evidence, found.note.en) == (("corrected",), "Look again.")
