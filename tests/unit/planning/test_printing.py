"""Printed pages read back: their words, their map, their code, and that files stay texts.

All plans are invented.
"""

from __future__ import annotations

import doctest
import io
import math
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pypdf
import pytest
import shapely

from addrsvc.geo import geojson
from addrsvc.geo.corners import Corners, read_corners
from addrsvc.geo.measure import distance_m
from addrsvc.paper.errors import PrintFontsMissing
from addrsvc.paper.styles import plain
from addrsvc.planning import (
    printing,
    printing_frame,
    printing_service,
    printing_tables,
    printing_words,
)
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
from addrsvc.planning.printing import Sheet, make_pdf
from addrsvc.planning.printing_frame import HEIGHT_MM, SCALES, WIDTH_MM, Frame, frame_around
from addrsvc.planning.printing_map import MAX_VERTICES, Around, _drawable
from addrsvc.types import LonLat

AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
LON, LAT = 106.65, 10.98
LINK = "https://example.test/planning?q=10.980000%2C+106.650000&day=2026-01-05"
ROWS = """1 1214436.35 598371.18 20.00
2 1214456.35 598371.18 10.00
3 1214456.35 598381.18 21.50
4 1214436.35 598381.18 10.00"""
HOSTILE = "Ở <b>mới</b> ${7*7} </para> &amp; {0} %s \x00\u202e<img src='x'/>"


def plan(plan_id: int, name: str = "Quy hoạch thử (bịa)", **more: Any) -> Plan:
    described = Described(
        name, PlanKind.ZONING, Level.COMMUNE, "land-use-2018", "UBND Tỉnh Bịa", "12/QĐ-BỊA",
        date(2025, 12, 30), 2000, 2026, 2030, is_synthetic=True,
    )  # fmt: skip
    return Plan(
        plan_id, 1, PlanStatus.PUBLISHED, replace(described, **more), date(2026, 1, 5), None, 2, 8,
        1e4, None, (), (), (), None, UUID(int=1), AT, "key:a", AT, "key:a", AT,
    )  # fmt: skip


def shares(area_m2: float | None = 150.0) -> tuple[Share, ...]:
    percent = None if area_m2 is None else 75.0
    return (
        Share("ODT", "Đất ở tại đô thị", "#ffa0ff", 1, area_m2, percent),
        Share("DGT", "Đất giao thông", "not a colour", 1, area_m2 and 40.0, percent and 20.0),
    )


def at_point(**more: Any) -> Planned:
    near = (Near("CLN", "Đất trồng cây lâu năm", "#ffd2a0", 3.25),)
    says = (PlanSays(plan(1), shares(None), near=near), PlanSays(plan(2, "Khác (bịa)"), ()))
    conflicts = (Conflict(1, "ODT", 2, "DGT", None),)
    answer = Planned(date(2026, 1, 5), LON, LAT, None, says, conflicts, accuracy_m=10.0)
    return replace(answer, **more)


def of_plot(corners: Corners, **more: Any) -> Planned:
    plot = shapely.MultiPolygon([corners.polygon])
    inside = corners.polygon.centroid
    says = (PlanSays(plan(1), shares(), 1234.56, 0.0), PlanSays(plan(2), shares(), 0.0, 40.0))
    conflicts = (Conflict(1, "ODT", 2, "DGT", 40.0),)
    answer = Planned(
        date(2026, 1, 5), inside.x, inside.y, 2000.0, says, conflicts, geojson.polygons(plot)
    )
    return replace(answer, **more)


def around(name: str = "Đất ở tại đô thị") -> tuple[Around, ...]:
    whole = shapely.box(LON - 0.01, LAT - 0.01, LON + 0.01, LAT + 0.01)
    hole = shapely.box(LON, LAT, LON + 0.0003, LAT + 0.0003)
    return (
        Around("ODT", name, "#ffa0ff", whole.difference(hole)),
        Around("X" * 40, "X" * 40, "#123456", shapely.GeometryCollection([hole, hole.exterior])),
    )


def sheet(planned: Planned, **more: Any) -> Sheet:
    shown = Sheet(planned, "vi", AT, LINK, {1: around()}, address="12/3 Đường Lê Lợi (bịa)")
    return replace(shown, **more)


def texts(pdf: bytes) -> list[str]:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def test_a_page_about_a_point_says_all_an_answer_must_say() -> None:
    pdf = make_pdf(sheet(at_point(), code="075 123 456 78"), None)
    said = " ".join(texts(pdf))
    for words in (
        "12/3 Đường Lê Lợi (bịa)",
        "075 123 456 78",
        "vĩ độ 10.980000, kinh độ 106.650000; sai số tới 10,0 m",
        "Quy hoạch tính đến ngày: 05/01/2026",
        "In lúc: 09:00, 05/01/2026",
        "Quy hoạch phân khu, Cấp xã",
        "12/QĐ-BỊA ngày 30/12/2025",
        "Cơ quan phê duyệt: UBND Tỉnh Bịa",
        "Tỷ lệ bản đồ quy hoạch: 1:2.000",
        "Kỳ quy hoạch: 2026–2030",
        "Hiệu lực: từ 05/01/2026",
        "Đất ở tại đô thị (ODT)",
        "tại điểm này",
        "Đất trồng cây lâu năm (CLN), cách 3,2 m",
        "“Quy hoạch thử (bịa)”: ODT; “Khác (bịa)”: DGT",
        "Không có vùng nào tại đúng điểm này",
        "Đồ án giả lập",
        "CÓ ĐỒ ÁN GIẢ LẬP",
        "Thông tin chỉ để tham khảo",
        "Bản đồ 1:2.000 khi in đúng khổ A4",
        "B / N",
    ):
        assert words in said, words
    assert "Trang 1/" in said
    assert LINK.replace(" ", "") in said.replace(" ", "")


def test_pages_about_a_plot_keep_apart_what_is_uncovered_and_what_overlaps() -> None:
    corners = read_corners(ROWS)
    pages = texts(make_pdf(sheet(of_plot(corners), language="en", corners=corners), None))
    said = " ".join(pages)
    for words in (
        "Area asked about: 2,000.0 m²",
        "150.0 75.00",
        "Covered by no zone of the plan 1,234.6 61.73",
        "Covered by two or more zones (counted in each use above) 40.0 2.00",
        "ODT; “Quy hoạch thử (bịa)”: DGT: 40.0 m²",
        "Corners, VN-2000, EPSG:9210",
        "1214436.350 598371.180 20.00 20.00",
        "1214456.350 598381.180 20.00 21.50 -1.50",
        "Ask again about a point in the plot",
        "For reference only",
        "12/QĐ-BỊA of 30 December 2025",
        f"Page {len(pages)} of {len(pages)}",
    ):
        assert words in said, words


def test_what_a_decision_does_not_say_is_not_made_up() -> None:
    bare = plan(
        1, issuer=None, decision_number=None, decision_date=None, scale=None, period_from=None,
        period_to=2030, is_synthetic=False,
    )  # fmt: skip
    ended = replace(bare, plan_id=2, valid_to=date(2026, 7, 1), status=PlanStatus.SUPERSEDED)
    draft = replace(bare, plan_id=3, valid_from=None)
    answer = at_point(plans=tuple(PlanSays(each, shares(None)) for each in (bare, ended, draft)))
    said = " ".join(texts(make_pdf(sheet(answer), None)))
    assert said.count("Quyết định: không ghi") == said.count("quy hoạch: 1:") + 3 == 3
    assert "Kỳ quy hoạch: 2030" in said
    assert "từ 05/01/2026 đến trước 01/07/2026; Tình trạng: Đã được thay thế" in said
    assert said.count("Hiệu lực") == 2
    assert "Cơ quan phê duyệt" not in said
    assert "giả lập" not in said.lower()


def test_a_likelier_zone_is_told_beside_the_corners() -> None:
    corners = read_corners(ROWS, 5899)
    said = " ".join(texts(make_pdf(sheet(of_plot(corners), corners=corners), None)))
    assert "Có vẻ đúng hơn là EPSG:9210" in said


def test_texts_of_files_stay_texts() -> None:
    shown = plain(HOSTILE).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    hostile = Share(HOSTILE[:60], HOSTILE, "url(javascript:1)", 1, None, None)
    named = plan(1, HOSTILE, issuer=HOSTILE, decision_number=HOSTILE)
    answer = at_point(plans=(PlanSays(named, (hostile,), near=(Near("<i>", "</a>", "", 1.0),)),))
    pdf = make_pdf(sheet(answer, address=HOSTILE, around={1: around(HOSTILE)}), None)
    said = " ".join(texts(pdf))
    assert said.count("${7*7}") >= 5
    assert f"1. {shown}" in said
    assert f"Địa chỉ: {shown}" in said
    assert "</a> (<i>), cách 1,0 m" in said
    assert b"/JavaScript" not in pdf
    assert b"/URI" not in pdf


def test_sixty_corners_and_very_long_texts_fill_pages_without_failing() -> None:
    turns = np.linspace(0, 2 * math.pi, 60, endpoint=False)
    corners = read_corners(
        [[1214436 + 50 * math.sin(t), 598371 + 50 * math.cos(t), 5.2] for t in turns]
    )
    many = tuple(Share(f"C{n}", "ở " * 400, "#112233", 1, 1.0, 1.0) for n in range(150))
    answer = of_plot(corners)
    answer = replace(answer, plans=(PlanSays(plan(1, "đ" * 5000), many, 0.0, 0.0),))
    pages = texts(make_pdf(sheet(answer, corners=corners, is_cut=True), None))
    said = " ".join(pages)
    assert 4 <= len(pages) <= 20
    assert pages[0].count("Trang 1/") == 1
    assert f"Trang {len(pages)}/{len(pages)}" in pages[-1]
    assert "… và 50 loại khác" in said
    assert "Chỉ vẽ 1000 vùng lớn nhất quanh đây." in said
    assert " 60 " in pages[-1]


def test_where_nothing_is_published_a_page_says_so_and_shows_where() -> None:
    said = " ".join(texts(make_pdf(sheet(at_point(plans=(), conflicts=())), None)))
    assert "Điều đó không có nghĩa là nơi này không có quy hoạch." in said
    assert "Bản đồ 1:2.000" in said
    assert "GIẢ LẬP" not in said


def test_only_the_first_plans_have_a_map() -> None:
    plans = tuple(PlanSays(plan(n), shares(None)) for n in range(1, 6))
    said = " ".join(texts(make_pdf(sheet(at_point(plans=plans)), None)))
    assert said.count("Bản đồ 1:2.000") == printing.MAX_MAPS
    assert "Không vẽ bản đồ cho đồ án thứ 4 trở đi." in said


def test_without_fonts_it_is_said_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PrintFontsMissing) as refused:
        make_pdf(sheet(at_point()), tmp_path)
    assert "scripts/serve" in refused.value.text("vi")


@pytest.mark.parametrize("lat", [8.7, 10.98, 23.2])
def test_a_ruler_on_the_map_is_right_to_a_line(lat: float) -> None:
    frame = Frame(LON, lat, 20_000)
    west, south, east, north = frame.bounds
    wide = distance_m(LonLat(west, lat), LonLat(east, lat)) / 20
    high = distance_m(LonLat(LON, south), LonLat(LON, north)) / 20
    assert wide == pytest.approx(WIDTH_MM, abs=0.05)
    assert high == pytest.approx(HEIGHT_MM, abs=0.05)
    corner = frame.on_paper(np.array([[west, south], [east, north]]))
    assert corner == pytest.approx(np.array([[0, 0], [WIDTH_MM, HEIGHT_MM]]), abs=1e-6)


def test_what_was_asked_about_is_on_the_map_at_a_round_scale() -> None:
    for size in (1e-6, 1e-4, 1e-2, 0.3):
        plot = shapely.box(LON, LAT, LON + size, LAT + size / 3)
        frame = frame_around(plot, None)
        assert frame.scale in SCALES
        assert shapely.box(*frame.bounds).contains(plot)
    assert frame_around(shapely.Point(LON, LAT), 500.0).scale == 20_000
    assert frame_around(shapely.box(100, 5, 115, 20), None).scale > SCALES[-1]


def test_a_map_has_no_more_vertices_than_fit_a_page() -> None:
    rng = np.random.default_rng(1)
    rings = [
        np.column_stack([np.cos(turns), np.sin(turns)]) * rng.uniform(0.9, 1, (3_000, 1))
        for turns in [np.linspace(0, 2 * math.pi, 3_000)] * 20
    ]
    zones = [Around("ODT", "", "#ffa0ff", shapely.Polygon(ring)) for ring in rings]
    drawn = _drawable(zones, Frame(0, 0, 500))
    assert 0 < shapely.get_num_coordinates(np.array(drawn, dtype=object)).sum() <= MAX_VERTICES


def test_doctests() -> None:
    for module in (printing_frame, printing_tables, printing_words, printing_service):
        assert doctest.testmod(module).failed == 0
