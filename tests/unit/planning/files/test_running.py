from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import planning_files as made
import pytest
import shapely

from addrsvc.geo.crs import ZoneAmbiguous
from addrsvc.planning.files import kept, running
from addrsvc.planning.files.checking import Terms
from addrsvc.planning.files.errors import ArchiveUnsafe, ChildEnded, CrsUnclear
from addrsvc.planning.files.model import Fault, ReadOptions, Report
from addrsvc.planning.files.repairing import repair_all


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "kept"
    place.mkdir()
    return place


def check(path: Path, folder: Path, terms: Terms | None = None, **options: str) -> Report:
    terms = terms or Terms("land-use-2018")
    return asyncio.run(running.check_file(path, ReadOptions(**options), terms, folder))


def test_a_shapefile_of_old_letters_is_checked_and_kept(tmp_path: Path, folder: Path) -> None:
    lon, lat = made.HERE
    bow = shapely.Polygon(
        [(lon, lat - 0.002), (lon + 1e-3, lat - 1e-3), (lon + 1e-3, lat - 0.002), (lon, lat - 1e-3)]
    )
    label = made.in_bytes("Đất ở tại đô thị", "tcvn3")
    parts = made.shapefile_parts(made.in_metres([*made.zones(), bow]), [label] * 4)
    del parts[".prj"]
    territory = shapely.to_wkb(shapely.box(lon - 0.1, lat - 0.1, lon + 0.1, lat + 0.1))
    path = made.write_shapefile(tmp_path / "a.zip", parts)
    report = check(path, folder, Terms("land-use-2018", territory))
    assert (report.features, report.zones) == (4, 3)
    assert (report.crs, report.crs_from) == ("EPSG:9210", "guessed")
    assert (report.encoding, report.encoding_from) == ("tcvn3", "guessed")
    assert report.counts == {Fault.SELF_CROSSING: 1}
    assert [each.n for each in report.repairs] == [4]
    assert report.repairs[0].after_m2 == pytest.approx(report.area_m2 / 6, rel=1e-3)
    rows = list(kept.read(folder, [4]))
    assert [(row.n, row.code) for row in rows] == [(n, "ODT") for n in (1, 2, 3, 4)]
    assert sorted(each.suffix for each in folder.iterdir()) == [".parquet", ".parquet"]


def test_the_star_and_points_of_nowhere_reach_the_report(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # repaired or not in that time: it is told either way
    monkeypatch.setattr(running, "repair_all", partial(repair_all, zone_seconds=0.5))
    shapes = [*made.zones(), made.star(1_001), shapely.Point(500, 500)]
    nan = {"type": "Polygon", "coordinates": [[[106, 10], [106.1, float("nan")], [106, 10.1]]]}
    report = check(made.write_geojson(tmp_path / "a", [*shapes, nan, None]), folder)
    assert {fault: report.counts[fault] for fault in (Fault.SELF_CROSSING, Fault.NO_SHAPE)} == {
        Fault.SELF_CROSSING: 1,
        Fault.NO_SHAPE: 1,
    }
    assert report.counts[Fault.NOT_FINITE] == 1
    assert report.counts.keys() & {Fault.OUT_OF_RANGE, Fault.NOT_AREAL}
    assert report.repairs[0].n == 4


def test_what_cannot_be_read_is_told_as_it_is(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(ArchiveUnsafe):
        check(made.write_zip(tmp_path / "a.zip", {"../a.shp": b"x"}), folder)
    parts = made.shapefile_parts([shapely.box(1, 2, 3, 4)])
    del parts[".prj"]
    with pytest.raises(CrsUnclear) as caught:
        check(made.write_shapefile(tmp_path / "b.zip", parts), folder)
    assert "Hãy chọn hệ tọa độ: EPSG:9210" in caught.value.text("vi")
    metres = made.in_metres([shapely.box(107.05, 10.55, 107.06, 10.56)])
    both = shapely.to_wkb(shapely.box(104, 9, 110, 12))
    with pytest.raises(ZoneAmbiguous):
        check(made.write_geojson(tmp_path / "c", metres), folder, Terms("land-use-2018", both))
    assert list(folder.iterdir()) == []


def test_layers_are_named_before_one_is_chosen(tmp_path: Path, folder: Path) -> None:
    path = made.write_ogr(tmp_path / "a.gpkg", made.in_metres(made.zones()))
    made.write_ogr(path, [shapely.Point(1, 2)], layer="mốc", kind="Point")
    found = asyncio.run(running.list_layers(path, folder))
    assert found == [("quy_hoach", True), ("mốc", False)]


@pytest.mark.parametrize("told", [{}, {"report": 5, "layers": 5}, {"report": {}, "layers": [5]}])
def test_a_result_that_is_none_is_not_used(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, told: dict[str, Any]
) -> None:
    async def lie(*_: object, **__: object) -> dict[str, Any]:
        return told

    monkeypatch.setattr(running, "run_child", lie)
    with pytest.raises(ChildEnded):
        check(tmp_path, folder)
    with pytest.raises(ChildEnded):
        asyncio.run(running.list_layers(tmp_path, folder))
