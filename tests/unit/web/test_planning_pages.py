"""What the pages of planning understand and say, without a server."""

from __future__ import annotations

import doctest
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from addrsvc.errors import Pointer, Text, problem_kept
from addrsvc.geo.corners import read_corners
from addrsvc.geo.typed_point import is_in_vietnam
from addrsvc.planning.changes.errors import ComparisonGivenUp
from addrsvc.planning.changes.model import Comparison, ComparisonState, Differences
from addrsvc.planning.code_lists import GREY
from addrsvc.planning.files.model import Fault, Mark, Repair, Report
from addrsvc.planning.model import (
    Conflict,
    Described,
    Level,
    Near,
    Plan,
    PlanKind,
    Planned,
    PlanSays,
    PlanStatus,
    Share,
)
from addrsvc.types import LonLat
from addrsvc.web import planning_asking, plans_forms, plans_wording
from addrsvc.web.planning_asking import read_day
from addrsvc.web.planning_showing import map_of, place_of_corners, shown_planned
from addrsvc.web.plans_forms import empty_form, form_of, read_form_of_plan, wrong_of
from addrsvc.web.plans_reports import REPAIRS_SHOWN, shown_report
from addrsvc.web.plans_showing import shown_changes, shown_uses
from addrsvc.web.plans_wording import area_words, shown_plan, zone_choices

AT = datetime(2026, 1, 5, tzinfo=UTC)
SAID = Described(
    name="Quy hoạch thử (bịa)",
    kind=PlanKind.LAND_USE,
    level=Level.COMMUNE,
    code_list="land-use-2018",
    decision_number="12/QĐ-BỊA",
    decision_date=date(2025, 12, 30),
    scale=2_000,
    period_from=2026,
    period_to=2030,
)
PLAN = Plan(
    plan_id=7,
    version=3,
    status=PlanStatus.PUBLISHED,
    described=SAID,
    valid_from=date(2026, 1, 5),
    valid_to=None,
    zones=2,
    vertices=10,
    area_m2=1_000.0,
    extent=None,
    communes=("25747",),
    replaces=(),
    replaced_by=(),
    file_id=None,
    view_key=UUID(int=1),
    created_at=AT,
    created_by="key:a",
    changed_at=AT,
    changed_by="key:a",
    published_at=AT,
)


@pytest.mark.parametrize("module", [planning_asking, plans_forms, plans_wording])
def test_examples_in_the_modules_hold(module: object) -> None:
    found = doctest.testmod(module)  # type: ignore[arg-type]
    assert found.attempted
    assert not found.failed


def test_days_and_places_are_checked() -> None:
    today = date(2026, 1, 5)
    assert read_day(None, today) == today
    assert read_day("2025-06-01", today) == date(2025, 6, 1)
    assert read_day("5/1/2026", today) is None
    assert is_in_vietnam(LonLat(106.65, 10.95))
    assert not is_in_vietnam(LonLat(-0.12, 51.5))


def test_a_plot_is_told_with_what_is_uncovered_twice_and_contradicted() -> None:
    other = replace(PLAN, plan_id=8, described=replace(SAID, name="Khác", is_synthetic=True))
    shares = (Share("ODT", "Đất ở tại đô thị", "#ffa0ff", 2, 70.0, 70.0),)
    planned = Planned(
        date(2026, 1, 5),
        106.65,
        10.95,
        100.0,
        (
            PlanSays(PLAN, shares, uncovered_m2=30.0, overlapping_m2=5.5),
            PlanSays(other, (Share("XYZ", "XYZ", GREY, 1, 100.0, 100.0),), 0.0, 0.001),
        ),
        (Conflict(7, "ODT", 8, "XYZ", 70.0),),
        {"type": "Polygon", "coordinates": []},
    )
    shown = shown_planned(planned, "vi")
    assert shown.is_plot
    assert shown.is_synthetic
    assert shown.plans[0].uses[0].percent == "70%"
    assert shown.plans[0].uncovered == "Còn 30 m² (30%) bản đồ quy hoạch này không nói đến."
    assert "5,5 m² (5,5%)" in shown.plans[0].overlapping
    assert shown.plans[1].uncovered == ""
    assert shown.plans[1].overlapping == ""  # less than anybody sees
    assert shown.conflicts == (
        "Trên 70 m²: “Quy hoạch thử (bịa)” ghi Đất ở tại đô thị (ODT), “Khác” ghi XYZ.",
    )
    colours = map_of(planned)["plans"][1]["colours"]
    assert colours["XYZ"] == GREY
    assert colours["ODT"].startswith("#")


def test_a_point_on_an_edge_says_so_and_what_is_near() -> None:
    shares = tuple(Share(code, code, GREY, 1, None, None) for code in ("CLN", "ODT"))
    near = (Near("DGT", "Transport", GREY, 3.25),)
    planned = Planned(
        date(2026, 1, 5), 106.65, 10.95, None, (PlanSays(PLAN, shares, near=near),), (), None, 8.0
    )
    shown = shown_planned(planned, "en")
    assert not shown.is_plot
    assert shown.accuracy == "8 m"
    assert shown.plans[0].edge
    assert shown.plans[0].near[0].distance == "3.2 m"
    conflict = Conflict(7, "CLN", 7, "ODT", None)
    assert shown_planned(replace(planned, conflicts=(conflict,)), "en").conflicts == (
        "“Quy hoạch thử (bịa)” says CLN, “Quy hoạch thử (bịa)” says ODT.",
    )


def test_corners_are_told_as_they_were_read() -> None:
    text = "1 1211058.35 598071.18 20.00\n2 1211078.35 598071.18 10\n3 1211078.35 598081.18 20"
    place = place_of_corners(read_corners(text, 9212), 100.0, "vi")
    assert place.zone == "Bình Phước – kinh tuyến trục 106°15′"
    assert place.plot == "3 đỉnh, rộng 100 m²"
    assert place.notes[0].startswith("Đã đọc X là Bắc")
    assert any("kinh tuyến trục 105°45′" in each for each in place.notes)  # likelier
    assert "Cạnh 3–1" in place.notes[-1]


def test_plans_and_zones_have_words() -> None:
    shown = shown_plan(replace(PLAN, valid_to=date(2026, 6, 1)), "vi")
    assert shown.validity == "từ 05/01/2026 đến trước 01/06/2026"
    assert shown.decision == "12/QĐ-BỊA ngày 30/12/2025"
    assert shown.scale == "1:2.000"
    draft = shown_plan(replace(PLAN, valid_from=None, described=replace(SAID, scale=None)), "en")
    assert (draft.validity, draft.scale) == ("", "")
    numbers = [epsg for epsg, _ in zone_choices("vi")]
    assert numbers[:2] == [9210, 5899]
    assert len(numbers) == len(set(numbers)) == 20
    assert area_words(2_000_000, "vi") == "200 ha"
    uses = shown_uses(PLAN, [("ODT", None, 1, 250.0), ("?", "Chỗ lạ", 1, 750.0)], "vi")
    assert [(each.name, each.percent) for each in uses] == [
        ("Đất ở tại đô thị", "25%"),
        ("Chỗ lạ", "75%"),
    ]


def test_a_form_of_a_plan_goes_there_and_back() -> None:
    sent = read_form_of_plan(form_of(SAID), "vi")
    assert not sent.wrong
    assert Described(**sent.fields) == SAID
    bad = {**empty_form(), "kind": "x", "scale": "hai", "decision_date": "hôm qua"}
    assert set(read_form_of_plan(bad, "vi").wrong) == {"name", "kind", "scale", "decision_date"}
    pointers = [Pointer("/scale", Text("a", "b")), Pointer("/elsewhere/1", Text("c", "d"))]
    assert wrong_of(pointers, "vi") == {"scale": "a", "": "c"}


def test_changes_are_told_largest_first_and_small_ones_together() -> None:
    pairs = {("LUC", f"X{n:03}"): (float(n), 1) for n in range(1, 100)}
    pairs |= {("ODT", "ODT"): (500.0, 1), (None, "DGT"): (1_000.0, 1)}  # type: ignore[dict-item]
    found = Differences.of(pairs, before_m2=5_450.0, after_m2=6_450.0)  # type: ignore[arg-type]
    done = Comparison(7, (6,), ComparisonState.DONE, 1, found)
    shown = shown_changes(PLAN, ["land-use-2018"], done, "vi")
    assert shown is not None
    before, after, area = shown.rows[0]
    assert before is None
    assert after is not None
    assert (after.code, area) == ("DGT", "1.000 m²")
    assert len(shown.rows) == 60
    assert shown.sentences[0] == "Thay đổi 5.950 m², giữ nguyên 500 m²."
    assert shown.sentences[1].startswith("Còn 40 thay đổi nhỏ hơn")
    assert shown_changes(PLAN, [], Comparison(7, (), ComparisonState.NONE), "vi") is None
    waiting = shown_changes(PLAN, [], Comparison(7, (6,), ComparisonState.WAITING), "vi")
    assert waiting is not None
    assert waiting.is_moving
    failed = shown_changes(PLAN, [], Comparison(7, (6,), ComparisonState.FAILED), "vi")
    assert failed is not None
    assert not failed.is_moving
    kept = problem_kept(ComparisonGivenUp(comparison_id=31))
    given_up = Comparison(7, (6,), ComparisonState.FAILED, 31, problem=kept)
    said = shown_changes(PLAN, [], given_up, "en")
    assert said is not None
    assert "tell the operator its number, 31" in said.sentences[0]


def test_a_report_tells_how_it_was_read_and_never_lists_without_end() -> None:
    many = REPAIRS_SHOWN + 5
    repairs = tuple(
        Repair(n, Fault.SELF_CROSSING, 10.0, 9.0, 1.0, 0.0, b"", *overlap)
        for n, overlap in enumerate(
            [
                (12.0, tuple((other, 2.0) for other in range(11, 17))),
                (0.0, ()),
                *[(None, ())] * (many - 3),
            ],
            start=1,
        )
    )
    hopeless = Repair(many, Fault.SELF_CROSSING, None, None, reason="too-long")
    marks = (
        Mark(Fault.DUPLICATE_VERTICES, 1),
        Mark(Fault.SELF_CROSSING, 2, lon=106.65, lat=10.95),
        Mark(Fault.OVERLAP, 3, 4, 106.65, 10.95, 12.0, "<b>"),
    )
    report = Report(
        features=many + 10,
        zones=10,
        vertices=99,
        area_m2=1_000.0,
        extent=None,
        crs="EPSG:9210",
        crs_from="guessed",
        encoding="tcvn3",
        encoding_from="file",
        layer="qh",
        layers=("qh", "khac"),
        columns=("ma",),
        code_column="ma",
        label_column=None,
        code_list="land-use-2018",
        codes=(("ODT", 4, 100.0),),
        counts={Fault.SELF_CROSSING: many, Fault.OVERLAP: 1, Fault.GAP: 0},
        marks=marks,
        repairs=(hopeless, *repairs),
        overlap_m2=12.0,
        is_exchanged=True,
    )
    shown = shown_report(report, "vi")
    facts = {name: (value, how) for name, value, how in shown.facts}
    assert facts["Hệ tọa độ"][0].endswith("(EPSG:9210)")
    assert "tự nhận ra" in facts["Hệ tọa độ"][1]
    assert "hướng Bắc" in facts["Hệ tọa độ"][1]
    assert facts["Bảng mã chữ"][0].startswith("TCVN3")
    assert facts["Tên lớp (layer)"] == ("qh", "Các lớp khác: khac")
    assert [each.title for each in shown.faults] == ["Đường biên tự cắt", "Vùng chồng lấn"]
    assert shown.faults[1].area == "12 m²"
    assert [each.features for each in shown.marks] == ["2", "3 – 4", "1"]
    assert len(shown.repairs) == REPAIRS_SHOWN
    assert shown.repairs_left == "5"
    assert [each.overlap for each in shown.repairs[:3]] == [
        "12 m² (vùng 11, 12, 13, 14, 15, …)",
        "0",
        "chưa kiểm tra được",
    ]
    assert shown.can_repair == many - 1
    assert all(not each.reason for each in shown.repairs)
    assert shown.invalid == many
    alone = shown_report(replace(report, repairs=(hopeless,)), "vi")
    assert alone.repairs[0].reason == "Không sửa được: mất quá nhiều thời gian."
