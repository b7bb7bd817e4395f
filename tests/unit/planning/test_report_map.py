"""The map of a report: what it draws, how large it is, texts of the file as data only."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import orjson
import pytest
import shapely

from addrsvc.planning.files.model import Fault, Mark, Repair, Report
from addrsvc.planning.files.report_json import marks_geojson
from addrsvc.planning.maps import report_drawing
from addrsvc.planning.maps.report_drawing import draw_report_map

HOSTILE = "{{7*7}}${7*7}</script><script>alert(1)</script>"


def _report(marks: list[Mark], repairs: list[Repair]) -> Report:
    counts = {fault: sum(mark.fault is fault for mark in marks) for fault in Fault}
    return Report(
        features=12_000,
        zones=11_000,
        vertices=99_000,
        area_m2=1e6,
        extent=(106.6, 10.9, 106.7, 11.0),
        crs="EPSG:9210",
        crs_from="file",
        encoding="utf-8",
        encoding_from="guessed",
        layer="vung",
        layers=("vung",),
        columns=("MA",),
        code_column="MA",
        label_column=None,
        code_list="land-use-2018",
        codes=(("ODT", 11_000, 1e6),),
        counts={fault: count for fault, count in counts.items() if count},
        marks=tuple(marks),
        repairs=tuple(repairs),
    )


def _shown(html: str) -> Any:
    found = re.search(r"const shown = (.*?);</script>", html)
    assert found is not None
    return orjson.loads(found[1])


def _round(lon: float, lat: float, corners: int) -> bytes:
    turn = np.linspace(0, 2 * np.pi, corners)
    ring = np.column_stack([lon + 0.01 * np.cos(turn), lat + 0.01 * np.sin(turn)])
    wkb: bytes = shapely.to_wkb(shapely.Polygon(ring))
    return wkb


def test_faults_and_repairs_are_drawn_and_told() -> None:
    marks = [
        Mark(Fault.OVERLAP, 3, 4, area_m2=1234.6, shape=_round(106.65, 10.95, 30)),
        Mark(Fault.UNKNOWN_CODE, 7, lon=106.61, lat=10.91, said=HOSTILE),
        Mark(Fault.NO_CODE, 8),  # without a place it stands in the table only
    ]
    repairs = [
        Repair(
            9,
            Fault.SELF_CROSSING,
            50.0,
            49.25,
            shape=_round(106.63, 10.93, 9),
            overlap_m2=7.5,
            overlaps=((4, 6.0), (2, 1.5)),
        )
    ]
    report = _report(marks, repairs)
    html = draw_report_map(report, marks_geojson(report), "vi")
    shown = _shown(html)
    assert shown["marks"] == [
        ["Vùng chồng lấn", "Vùng số 3, 4", "1.235 m²"],
        ["Mã loại đất không có trong danh mục", "Vùng số 7", f"“{HOSTILE}”"],
        [
            "Đường biên tự cắt",
            "Vùng số 9",
            "Trước khi sửa: 50,00 m²",
            "Sau khi sửa: 49,25 m²",
            "Sẽ chồng lấn 7,50 m² (vùng 4, 2)",
        ],
    ]
    assert set(shown["colours"]) == {"overlap", "unknown-code", "repair"}
    assert html.count("</script>") == html.count("<script nonce=")  # none of the file's own
    assert "49</script>" not in html
    assert "connect-src" not in html
    assert "11.000 trong 12.000" in html
    assert "11,000 of 12,000" in draw_report_map(report, marks_geojson(report), "en")


def test_nothing_wrong_is_a_map_too() -> None:
    report = _report([], [])
    assert "Không có lỗi nào để vẽ" in draw_report_map(report, marks_geojson(report), "vi")


def test_many_marks_of_many_corners_stay_small() -> None:
    marks = [
        Mark(fault, n, shape=_round(106.6 + n / 1e5, 10.9, 100), said=HOSTILE * 40)
        for fault in Fault
        for n in range(1, 401)
    ]
    report = _report(marks, [])
    html = draw_report_map(report, marks_geojson(report), "vi")
    assert len(html.encode()) <= 2_000_000
    assert len(_shown(html)["marks"]) <= report_drawing.MOST_MARKS
    assert "chỉ vẽ những chỗ lớn nhất" in html


def test_each_fault_has_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_drawing, "MOST_MARKS", 10)
    marks = [Mark(Fault.GAP, None, lon=106.6, lat=10.9)] * 50 + [
        Mark(Fault.SLIVER, 1, lon=1, lat=1)
    ] * 2
    shown = _shown(draw_report_map(_report(marks, []), marks_geojson(_report(marks, [])), "en"))
    assert [each[0] for each in shown["marks"]].count("Sliver") == 2
    assert len(shown["marks"]) == 10
