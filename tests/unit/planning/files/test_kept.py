"""What is kept of a file, its repairs, and its report as JSON; none of it is trusted."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from benchmarks.plan_faults import star

from addrsvc.geo.areas import areas_m2
from addrsvc.planning.files import child, kept, repair_work, repairing, report_json, tasks
from addrsvc.planning.files.checking import Checked, Terms, check
from addrsvc.planning.files.errors import ChildEnded
from addrsvc.planning.files.model import Fault, RawZones, Repair

SQUARE = shapely.box(106.6, 11, 106.601, 11.001)
BOW_TIE = shapely.Polygon([(106.5, 11), (106.501, 11.001), (106.501, 11), (106.5, 11.001)])
FLAT = shapely.Polygon([(106.4, 11), (106.401, 11.001), (106.401, 11.001), (106.4, 11)])
NESTED = shapely.MultiPolygon(
    [shapely.box(106.3, 11, 106.303, 11.003), shapely.box(106.301, 11.001, 106.302, 11.002)]
)


def checked(*shapes: shapely.Geometry | None, **columns: list[object]) -> Checked:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    columns = {"MA": ["ODT"] * len(shapes)} | columns
    raw = RawZones(columns, array, "EPSG:4326", "file", "utf-8", "file", "plan", ["plan"])
    return check(raw, Terms("land-use-2018"))


@pytest.mark.anyio
async def test_repairs_are_proposed_and_stored_only_where_taken(tmp_path: Path) -> None:
    kept.write(tmp_path, checked(SQUARE, BOW_TIE, None, FLAT, NESTED))
    repairs = await repairing.repair_all(tmp_path)
    assert [(each.n, each.fault, each.reason) for each in repairs] == [
        (2, Fault.SELF_CROSSING, None),
        (4, Fault.TOO_FEW_POINTS, "nothing-left"),
        (5, Fault.NESTED, None),
    ]
    assert repairs[0].after_m2 == pytest.approx(repairs[0].before_m2)
    assert [each.overlap_m2 for each in repairs] == [0.0, None, 0.0]
    assert repairs[2].gained_m2 == pytest.approx(repairs[2].after_m2 / 9, rel=1e-3)  # type: ignore[operator]
    assert [row.n for row in kept.read(tmp_path, [])] == [1]
    rows = list(kept.read(tmp_path, [2, 4, 5]))
    assert [row.n for row in rows] == [1, 2, 5]
    assert all(shapely.is_valid(shapely.from_wkb(row.wkb)) for row in rows)
    assert rows[1].area_m2 == repairs[0].after_m2


def test_what_repaired_zones_would_overlap_is_found(tmp_path: Path) -> None:
    lower = shapely.box(106.5, 11, 106.501, 11.0005)  # over half of what the bow tie becomes
    beside = shapely.box(106.501, 11, 106.502, 11.001)  # along its edge
    again = shapely.affinity.translate(BOW_TIE, 0.0001, 0)
    kept.write(tmp_path, checked(lower, BOW_TIE, beside, FLAT, again))
    mended = {2: shapely.make_valid(BOW_TIE), 5: shapely.make_valid(again)}
    areas = areas_m2(np.array(list(mended.values())))
    kept.keep_repairs(
        tmp_path,
        [
            Repair(n, Fault.SELF_CROSSING, None, area_m2, shape=shapely.to_wkb(shape))
            for (n, shape), area_m2 in zip(mended.items(), areas.tolist(), strict=True)
        ],
    )
    told = tasks.find_overlaps({"folder": str(tmp_path)})
    first, second = repairing._with_overlaps(
        [Repair(n, Fault.SELF_CROSSING, 5.0, 4.0, shape=b"") for n in mended], told
    )
    assert [n for n, _ in first.overlaps] == [5, 1]  # the largest first
    assert [n for n, _ in second.overlaps] == [2, 1, 3]
    assert first.overlaps[1][1] == pytest.approx(areas[0] / 2, rel=1e-3)
    assert first.overlap_m2 == pytest.approx(sum(area_m2 for _, area_m2 in first.overlaps))
    assert first.overlaps[0][1] == pytest.approx(dict(second.overlaps)[2])


@pytest.mark.anyio
@pytest.mark.parametrize(
    "told",
    [
        ChildEnded("too-long"),
        {},
        {"repairs": [5]},
        {"repairs": []},
        {"repairs": [{"n": 1, "overlap_m2": -1.0}]},
        {"repairs": [{"n": 1, "overlap_m2": 1.0, "overlaps": [{"n": 2}]}]},
        {"repairs": [{"n": 2, "overlap_m2": 1.0}]},
    ],
)
async def test_overlaps_not_found_out_are_not_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Any
) -> None:
    async def answer(*_: object, **__: object) -> Any:
        if isinstance(told, ChildEnded):
            raise told
        return told

    monkeypatch.setattr(child, "run_child", answer)
    repair = Repair(1, Fault.SELF_CROSSING, 5.0, 4.0, shape=shapely.to_wkb(SQUARE))
    assert await repairing._held_against_others(tmp_path, [repair]) == [repair]
    hopeless = Repair(1, Fault.SELF_CROSSING, None, None, reason="too-long")
    assert await repairing._held_against_others(tmp_path, [hopeless]) == [hopeless]


@pytest.mark.anyio
async def test_a_star_ends_in_words_and_the_others_are_repaired(tmp_path: Path) -> None:
    kept.write(tmp_path, checked(BOW_TIE, star(3_000, 1), star(100, 1), BOW_TIE))
    repairs = await repairing.repair_all(tmp_path, zone_seconds=0.5)
    assert [each.reason for each in repairs] == [None, "too-long", None, None]
    assert repairs[1].shape is None
    assert repairs[2].after_m2 is not None
    none_left = await repairing.repair_all(tmp_path, seconds=0)
    assert {each.reason for each in none_left} == {"too-long"}


def test_attributes_are_kept_as_json_can_hold_them(tmp_path: Path) -> None:
    columns: dict[str, list[object]] = {
        "a": [date(2024, 5, 1), float("nan")],
        "b": [np.int64(5), None],
        "c": ["x\0y" * 1_000, b"raw"],
        "d": [1.5, True],
    }
    kept.write(tmp_path, checked(SQUARE, shapely.affinity.translate(SQUARE, 1), **columns))
    first, second = (json.loads(row.attributes) for row in kept.read(tmp_path, []))
    assert first == {"MA": "ODT", "a": "2024-05-01", "b": 5, "c": ("xy" * 1_000)[:500], "d": 1.5}
    assert second == {"MA": "ODT", "d": True}


def test_zones_without_a_code_are_not_read(tmp_path: Path) -> None:
    kept.write(tmp_path, checked(SQUARE, SQUARE, MA=["", "CLN"]))
    assert [(row.n, row.code) for row in kept.read(tmp_path, [])] == [(2, "CLN")]


@pytest.mark.parametrize(
    "changed",
    [
        {"shape": [b"no wkb"]},
        {"shape": [shapely.to_wkb(BOW_TIE)]},
        {"shape": [shapely.to_wkb(shapely.Point(1, 1))]},
        {"fault": ["overlap"]},
        {"fault": ["no such fault"]},
        {"n": [0]},
        {"area_m2": [-1.0]},
        {"area_m2": [None]},
        {"attributes": ["[]"]},
        {"attributes": ["no json"]},
        {"more": ["column"]},
    ],
)
def test_what_is_not_as_it_was_written_is_refused(tmp_path: Path, changed: dict[str, Any]) -> None:
    kept.write(tmp_path, checked(SQUARE))
    table = pq.read_table(tmp_path / kept.ZONES)
    columns = table.to_pydict() | changed
    fields = [table.schema.field(name) for name in columns if name in table.schema.names]
    fields += [pa.field(name, pa.string()) for name in columns if name not in table.schema.names]
    pq.write_table(pa.table(columns, schema=pa.schema(fields)), tmp_path / kept.ZONES)
    with pytest.raises(ChildEnded):
        list(kept.read(tmp_path, []))


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / kept.ZONES).write_bytes(b"PAR1 not so PAR1")
    with pytest.raises(ChildEnded):
        list(kept.read(tmp_path, []))


def test_lines_of_a_repairing_process_are_judged(tmp_path: Path) -> None:
    zones = [kept.BrokenZone(n, Fault.SELF_CROSSING, b"") for n in (3, 8)]
    done = tmp_path / "done.jsonl"

    def read(*lines: str) -> list[str | None]:
        done.write_text("\n".join(lines), encoding="utf-8")
        return [repair.reason for repair in repairing._read(done, zones)[0]]

    none = '{"n": 3, "reason": "nothing-left"}'
    assert read() == []
    assert read(none, '{"n": 3}', '{"n": 8, "reason": "crashed"}') == ["nothing-left", "crashed"]
    assert read(none, '{"n": 8}') == []
    assert read(none, '{"n": 3}', "[]") == ["nothing-left"]
    assert read('{"n": 3}', '{"n": 3}') == ["crashed"]
    assert read('{"n": 3, "reason": "my own words"}') == []
    assert read('{"n": 3, "shape": "AAAA"}') == []


def test_what_cannot_be_mended_is_said() -> None:
    assert repair_work.repaired(FLAT) == (None, {"reason": "nothing-left"})
    mixed = shapely.from_wkt("GEOMETRYCOLLECTION (POINT (1 1), POLYGON ((0 0,1 0,1 1,0 0)))")
    assert shapely.get_type_id(repair_work.areal(mixed)) == 6


def test_a_report_survives_json(tmp_path: Path) -> None:
    report = checked(SQUARE, BOW_TIE, shapely.affinity.translate(SQUARE, 0.0005)).report
    wkb = shapely.to_wkb(SQUARE)
    repair = Repair(2, Fault.SELF_CROSSING, 5.0, 4.0, 1.0, 0.0, wkb, 2.5, ((7, 2.0), (9, 0.5)))
    report = replace(
        report, repairs=(repair, Repair(3, Fault.NESTED, None, None, reason="crashed"))
    )
    document = json.loads(json.dumps(report_json.as_json(report, with_shapes=True)))
    assert report_json.from_json(document) == report
    small = report_json.as_json(report)
    assert "shape" not in json.dumps(small)
    assert report_json.from_json(small).counts == report.counts


def test_a_report_of_anybody_is_judged() -> None:
    document = report_json.as_json(checked(SQUARE, BOW_TIE).report)
    for wrong in (
        {"features": -1},
        {"features": "2"},
        {"area_m2": None},
        {"area_m2": float("nan")},
        {"extent": [0, 0, 500, 0]},
        {"counts": {"no such fault": 1}},
        {"counts": []},
        {"marks": {}},
        {"marks": [{"fault": "gap", "lon": 500}]},
        {"marks": [{"fault": "gap", "shape": "AAAA"}]},
        {"repairs": [{"n": 1, "fault": "nested", "reason": "<script>"}]},
        {"repairs": [{"n": 1, "fault": "nested", "overlaps": [{"n": 1, "area_m2": 1.0}] * 21}]},
        {"codes": [["ODT"]]},
        {"codes": {}},
        {"layers": "plan"},
        {"crs": "x" * 5_000},
        {"is_exchanged": 1},
    ):
        with pytest.raises(report_json.ReportDamaged):
            report_json.from_json(document | wrong)
    for nothing in (None, [], {}):
        with pytest.raises(report_json.ReportDamaged):
            report_json.from_json(nothing)


def test_marks_are_shown_where_they_are() -> None:
    report = checked(SQUARE, BOW_TIE, None, shapely.affinity.translate(SQUARE, 0.0005)).report
    report = replace(
        report, repairs=(Repair(2, Fault.SELF_CROSSING, 5.0, 4.0, shape=shapely.to_wkb(SQUARE)),)
    )
    found = report_json.marks_geojson(report)["features"]
    said = [(each["properties"]["fault"], each["geometry"]["type"]) for each in found]
    assert said == [
        ("self-crossing", "Polygon"),
        ("overlap", "Polygon"),
        ("self-crossing", "Polygon"),
    ]
    assert found[2]["properties"]["repair"] is True
    assert found[0]["properties"]["title_vi"] == "Đường biên tự cắt"
