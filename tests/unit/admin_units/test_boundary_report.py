from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import shapely

from addrsvc.admin_units.boundary_errors import BoundaryCodesNotFound
from addrsvc.admin_units.boundary_file import RawBoundaries
from addrsvc.admin_units.boundary_import import check_boundaries, code_of, guess_code_columns
from addrsvc.admin_units.boundary_report import examine
from addrsvc.admin_units.model import AdminUnit
from addrsvc.types import Level

DAY = date(2026, 1, 15)


def unit(code: str, area_km2: float | None = None) -> AdminUnit:
    return AdminUnit(
        code, DAY, None, Level.COMMUNE, "xa", "A", "Xã A", None, "79", None, area_km2, None, None,
        None, "test",
    )  # fmt: skip


UNITS = {code: unit(code, 121.0) for code in ("00001", "00002", "00003", "00004")}
LEFT = shapely.box(106.0, 11.0, 106.1, 11.1)
RIGHT = shapely.box(106.1, 11.0, 106.2, 11.1)
BOWTIE = shapely.Polygon([(106, 11), (107, 12), (107, 11), (106, 12)])


def test_neighbours_that_share_an_edge_neither_overlap_nor_leave_a_gap() -> None:
    report = examine(["00001", "00002"], [LEFT, RIGHT], UNITS)
    assert set(report.accepted) == {"00001", "00002"}
    assert (report.overlaps, report.gaps, report.refused) == ([], [], [])
    assert [round(area.ratio, 2) for area in report.areas] == [1.0, 1.0]


def test_overlaps_are_measured() -> None:
    report = examine(["00001", "00002"], [LEFT, shapely.box(106.09, 11.0, 106.2, 11.1)], UNITS)
    (overlap,) = report.overlaps
    assert (overlap.code, overlap.other) == ("00001", "00002")
    assert overlap.area_m2 == pytest.approx(12.1e6, rel=0.01)


def test_gaps_are_placed() -> None:
    ring = shapely.Polygon(
        LEFT.exterior, [shapely.box(106.04, 11.04, 106.05, 11.05).exterior.reverse()]
    )
    (gap,) = examine(["00001"], [ring], UNITS).gaps
    assert (gap.lon, gap.lat) == pytest.approx((106.045, 11.045), abs=0.005)
    assert gap.area_m2 == pytest.approx(1.21e6, rel=0.01)


def test_invalid_shapes_and_unknown_codes_are_told_by_row() -> None:
    report = examine(["00001", "00002", "99999", "00003"], [LEFT, BOWTIE, RIGHT, None], UNITS)
    assert report.unknown_codes == ["99999"]
    assert [(r.code, r.row) for r in report.refused] == [("00002", 2), ("00003", 4)]
    assert set(report.accepted) == {"00001"}


def test_several_shapes_of_a_code_are_its_parts_but_must_not_overlap() -> None:
    apart = shapely.box(106.5, 11.0, 106.6, 11.1)
    assert len(examine(["00001", "00001"], [LEFT, apart], UNITS).accepted["00001"].geoms) == 2
    (refused,) = examine(["00001", "00001"], [LEFT, LEFT.buffer(0.01)], UNITS).refused
    assert refused.row == 1


@pytest.mark.parametrize(
    ("cell", "code"),
    [(25747, "25747"), ("25747", "25747"), (25747.0, "25747"), (4, "00004"), ("79", "79"),
     ("718", "718"), (" 00004 ", "00004"), (None, "None"), ("abc", "abc")],
)  # fmt: skip
def test_codes_as_files_hold_them(cell: object, code: str) -> None:
    assert code_of(cell) == code


def raw(**columns: list[object]) -> RawBoundaries:
    count = len(next(iter(columns.values())))
    return RawBoundaries([LEFT] * count, columns, "WGS 84", None)


def test_the_code_column_is_guessed_and_a_constant_one_comes_last() -> None:
    units = UNITS | {"79": unit("79")}
    held = raw(province=["79", "79"], ma=[1, 2], name=["A", "B"])
    assert [column.name for column in guess_code_columns(held, units)] == ["ma", "province"]
    _, chosen = check_boundaries(held, units, file=Path("x"), day=DAY, code_column="province")
    assert chosen.name == "province"
    with pytest.raises(BoundaryCodesNotFound):
        check_boundaries(held, units, file=Path("x"), day=DAY, code_column="name")
