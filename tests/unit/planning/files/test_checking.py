"""A whole check: what is said of a file, and every planted fault named in it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely
from benchmarks.plan_cutting import GRAIN_DEG
from benchmarks.plan_faults import missing, plant, star
from benchmarks.plan_maker import MadeZone, areas_of, make_zones

from addrsvc.geo.measure import area_m2
from addrsvc.planning.files.checking import Terms, check
from addrsvc.planning.files.checking_codes import codes_of, find_columns, text_of
from addrsvc.planning.files.errors import ColumnUnknown
from addrsvc.planning.files.model import MARKS_EACH, Fault, RawZones

LIST = "land-use-2018"
AREAS = [shapely.box(106.5, 11, 106.6, 11.1), shapely.box(106.6, 11, 106.7, 11.1)]
REAL = Path(__file__).resolve().parents[5] / "shared/data/binhduong_new_communes.geojson"


def raw_of(zones: list[MadeZone]) -> RawZones:
    shapes = np.empty(len(zones), dtype=object)
    shapes[:] = [zone.shape for zone in zones]
    columns = {
        "STT": [zone.n for zone in zones],
        "MA_LOAI": [zone.code for zone in zones],
        "TEN_LOAI": [zone.label for zone in zones],
    }
    return RawZones(columns, shapes, "EPSG:4326", "file", "utf-8", "file", "plan", ["plan"])


def zone(n: int, shape: shapely.Geometry | None, code: str | None = "ODT") -> MadeZone:
    return MadeZone(n, code, "Đất ở", shape)


def planted_all(areas: list[shapely.Geometry]) -> None:
    zones = make_zones(areas, 2_000, 7)
    terms = Terms(LIST, shapely.to_wkb(shapely.union_all(areas)))
    clean = check(raw_of(zones), terms).report
    assert clean.counts == {}
    assert clean.can_be_stored
    dirty, planted = plant(zones, 7)
    report = check(raw_of(dirty), terms).report
    assert list(missing(planted, report.marks)) == []
    assert report.counts == Counter(each.fault for each in planted)
    assert set(report.counts) == set(Fault)
    assert not report.can_be_stored
    overlapping, _ = plant(zones, 7, each=20, without=set(Fault) - {Fault.OVERLAP})
    shapes = [each.shape for each in (*dirty, *overlapping) if each.shape is not None]
    valid = np.array(shapes)[shapely.is_valid(shapes)]
    # what is planted as sound stays so where it is projected: no neck is thinner than that
    assert shapely.minimum_clearance(valid).min() >= GRAIN_DEG / 2


@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_every_planted_fault_is_named_and_nothing_else() -> None:
    planted_all(AREAS)


@pytest.mark.realdata
@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_the_same_on_real_communes() -> None:
    if not REAL.is_file():
        pytest.skip("the real communes are not beside the repository")
    planted_all(areas_of(REAL))


def test_what_a_file_holds() -> None:
    one, other = shapely.box(106.6, 11, 106.601, 11.001), shapely.box(106.601, 11, 106.603, 11.001)
    report = check(raw_of([zone(1, one), zone(2, other, "odt + cln")]), Terms(LIST)).report
    assert (report.features, report.zones, report.vertices) == (2, 2, 10)
    assert report.area_m2 == pytest.approx(area_m2(one) + area_m2(other), rel=1e-9)
    assert [(code, zones) for code, zones, _ in report.codes] == [("ODT+CLN", 1), ("ODT", 1)]
    assert report.extent == pytest.approx((106.6, 11, 106.603, 11.001))
    assert (report.code_column, report.label_column) == ("MA_LOAI", "TEN_LOAI")


def test_a_file_of_nothing_sound() -> None:
    report = check(raw_of([zone(1, None), zone(2, star(3_000, 1))]), Terms(LIST)).report
    assert report.counts == {Fault.NO_SHAPE: 1, Fault.SELF_CROSSING: 1}
    assert (report.zones, report.area_m2, report.extent) == (0, 0, None)
    assert not report.can_be_stored


def test_where_an_invalid_zone_lies_is_no_gap() -> None:
    frame = shapely.Polygon(
        shapely.box(106, 11, 106.003, 11.003).exterior,
        [shapely.box(106.001, 11.001, 106.002, 11.002).exterior],
    )
    crossed = shapely.Polygon(
        [(106.001, 11.001), (106.002, 11.002), (106.002, 11.001), (106.001, 11.002)]
    )
    report = check(raw_of([zone(1, frame), zone(2, crossed)]), Terms(LIST)).report
    assert report.counts == {Fault.SELF_CROSSING: 1}
    assert report.guessed["gaps_at_invalid"] == 1


def test_outside_the_territory_by_more_than_its_edge_is_good_for() -> None:
    terms = Terms(LIST, shapely.to_wkb(shapely.box(106, 11, 107, 12)))
    over = 0.0003  # 33 m
    near = shapely.box(106.99, 11.5, 107 + over, 11.51)
    half = shapely.box(106.99, 11.6, 107.01, 11.61)
    away = shapely.box(108, 11, 108.01, 11.01)
    found = check(raw_of([zone(n, each) for n, each in enumerate((near, half, away), 1)]), terms)
    marks = {mark.n: mark.area_m2 for mark in found.report.marks}
    outside = shapely.box(107, 11.6, 107.01, 11.61)
    assert marks == pytest.approx({2: area_m2(outside), 3: area_m2(away)}, rel=1e-6)
    assert found.report.outside_m2 == pytest.approx(sum(marks.values()))


def test_no_more_marks_than_are_shown_but_all_are_counted() -> None:
    box = shapely.box(106, 11, 106.001, 11.001)
    boxes = [shapely.affinity.translate(box, 0.002 * n) for n in range(MARKS_EACH + 5)]
    raw = raw_of([zone(n, each, "??") for n, each in enumerate(boxes, 1)])
    report = check(raw, Terms(LIST, code_column="MA_LOAI")).report
    assert report.counts == {Fault.UNKNOWN_CODE: MARKS_EACH + 5}
    assert len(report.marks) == MARKS_EACH
    assert report.marks[0].said == "??"


def test_chosen_columns_are_taken_and_have_to_be_there() -> None:
    raw = raw_of([zone(1, shapely.box(106, 11, 106.001, 11.001))])
    report = check(raw, Terms(LIST, code_column="TEN_LOAI", label_column="MA_LOAI")).report
    assert (report.code_column, report.label_column) == ("TEN_LOAI", "MA_LOAI")
    assert report.codes[0][0] == "OCT"
    report = check(raw, Terms(LIST, code_column="STT")).report
    assert (report.label_column, report.counts) == ("TEN_LOAI", {Fault.UNKNOWN_CODE: 1})
    with pytest.raises(ColumnUnknown):
        check(raw, Terms(LIST, code_column="MISSING"))


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"A": ["ODT", "CLN", None], "B": ["x", "y", "z"]}, ("A", None)),
        ({"Mã loại đất": ["1", "2"], "Ghi chú": ["a", None]}, ("Mã loại đất", "Ghi chú")),
        ({"LOAI": ["x", "ODT"], "KYHIEU": ["CLN", "ODT"]}, ("KYHIEU", None)),
        ({"A": ["Đất ở tại đô thị"] * 3, "B": ["ODT"] * 3}, ("B", None)),
        ({"A": [1, 2, 3], "B": [1.5, None, True]}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_columns_are_guessed_by_what_they_hold_and_their_names(
    columns: dict[str, list[object]], expected: tuple[str | None, str | None]
) -> None:
    assert find_columns(columns, LIST)[:2] == expected


@pytest.mark.parametrize("nothing", [None, "", "  ", "-", "<Null>", "0", b"x", True, float("inf")])
def test_nothing_said_is_no_code(nothing: object) -> None:
    assert text_of(nothing) is None
    assert codes_of([nothing], LIST) == [(None, False)]


def test_codes_are_made_one_and_the_unknown_kept_as_said() -> None:
    said = ["odt", "ODT + CLN", "Đất ở tại đô thị", 12.0, "khu  vui chơi lạ"]
    assert codes_of(said, LIST) == [
        ("ODT", True),
        ("ODT+CLN", True),
        ("ODT", True),
        ("12", False),
        ("khu vui chơi lạ", False),
    ]
