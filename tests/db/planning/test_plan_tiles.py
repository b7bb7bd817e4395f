"""Tiles of plans: what they hold, that neighbours still touch, that none is too large."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyogrio
import pytest
import shapely
from planning_world import insert_plan
from service_settings import service_settings

from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.geo.measure import area_m2
from addrsvc.planning.maps import cells
from addrsvc.planning.maps.mercator import MAX_TILE_BYTES, tiles_in, to_mercator
from addrsvc.planning.maps.preparing import prepare_tiles
from addrsvc.planning.maps.service import TileOf, draw_changes_tile, draw_tile

pytestmark = pytest.mark.anyio

WEST, SOUTH, SIDE = 106.62, 10.865, 0.05
"""All of it within one tile of zoom 12."""
CODES = ("ODT", "CLN", "RPH", "SKK+DHT")


def _zones(count: int) -> list[tuple[str, shapely.Geometry]]:
    """Cut a square into zones with many corners, which cover it without gap or overlap."""
    random = np.random.default_rng(7)
    square = shapely.box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)
    seeds = random.uniform((WEST, SOUTH), (WEST + SIDE, SOUTH + SIDE), (count, 2))
    cut = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=square))
    parts = shapely.segmentize(shapely.intersection(cut, square), SIDE / 200)

    def shaken(at: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        waves = np.column_stack([np.sin(at[:, 1] * 6e3), np.cos(at[:, 0] * 6e3)])
        return np.asarray(at + waves * SIDE / 2000)

    moved = shapely.transform(parts, shaken)
    return [(CODES[i % len(CODES)], each) for i, each in enumerate(moved)]


async def _prepare(url: str, plan_id: int) -> None:
    engine = make_engine(service_settings(url))
    async with transaction(engine) as conn:
        await prepare_tiles(conn, plan_id)
    await engine.dispose()


async def _tile(url: str, wanted: TileOf) -> bytes:
    async with await psycopg.AsyncConnection.connect(url) as conn:
        return await draw_tile(conn, wanted)


def _read(folder: Path, tile: bytes, layer: str) -> tuple[list[dict[str, Any]], Any]:
    """Give attributes and shapes of a tile, shapes in its own units, as GDAL reads them."""
    path = folder / "0.mvt"
    path.write_bytes(tile)
    meta, _, shapes, fields = pyogrio.raw.read(path, layer=layer)
    names = list(meta["fields"])
    found = [
        {name: value for name, value in zip(names, each, strict=True) if value is not None}
        for each in zip(*fields, strict=True)
    ]
    return found, shapely.from_wkb(shapes)


def _at(z: int) -> tuple[int, int]:
    middle = np.array([shapely.Point(WEST + SIDE / 2, SOUTH + SIDE / 2)], dtype=object)
    west, south, east, north = shapely.total_bounds(to_mercator(middle))
    return tiles_in((west, south, east, north), z)[0]


async def test_neighbours_touch_and_nothing_is_lost(database_url: str, tmp_path: Path) -> None:
    zones = _zones(300)
    plan_id = insert_plan(database_url, zones)
    await _prepare(database_url, plan_id)
    corners = []
    for z in (12, 14, 16):
        tile = await _tile(database_url, TileOf(plan_id, z, *_at(z)))
        told, shapes = _read(tmp_path, tile, "zones")
        for each in told:
            assert each["code"] == zones[each["n"] - 1][0]
            assert each["area"] == pytest.approx(area_m2(zones[each["n"] - 1][1]), abs=1)
            assert each.get("label", "") == (f"{each['code']} {each['n']}" if z == 16 else "")
        assert [each["n"] for each in told] == sorted({each["n"] for each in told})
        corners.append(shapely.get_num_coordinates(shapes).sum())
        # no crack between neighbours is wider than two units of the tile, an eighth of a pixel
        whole = shapely.union_all(shapely.buffer(shapes, 1, join_style="mitre"))
        assert len(shapely.get_rings(whole)) == 1
        inner = shapely.box(*shapely.total_bounds(shapes)).buffer(-4096 / 50)
        covered = shapely.intersection(shapes, inner)
        assert shapely.area(covered).sum() == pytest.approx(
            shapely.union_all(covered).area, rel=0.01
        )
        if z == 12:
            assert {each["n"] for each in told} == set(range(1, 301))
    exact = to_mercator(np.array([each for _, each in zones], dtype=object))
    assert corners[0] < shapely.get_num_coordinates(exact).sum() / 2  # it was simplified


async def test_tiles_up_to_zoom_11_tell_uses_by_cells(database_url: str, tmp_path: Path) -> None:
    zones = _zones(300)
    plan_id = insert_plan(database_url, zones)
    await _prepare(database_url, plan_id)
    areas = dict.fromkeys(CODES, 0.0)
    for code, shape in zones:
        areas[code] += shape.area
    for z in (8, 11):
        total = {}
        tile = await _tile(database_url, TileOf(plan_id, z, *_at(z)))
        told, shapes = _read(tmp_path, tile, "zones")
        for each, shape in zip(told, shapes, strict=True):
            assert set(each) - {"mvt_id"} == {"code"}
            total[each["code"]] = shape.area
        assert set(total) == set(CODES)
        if z == 11:
            shares = {code: area / sum(total.values()) for code, area in total.items()}
            expected = {code: area / sum(areas.values()) for code, area in areas.items()}
            assert shares == pytest.approx(expected, abs=0.02)


async def test_no_tile_is_too_large(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where zones would take more than they may, a tile tells uses by cells; down to where not."""
    monkeypatch.setattr(cells, "MAX_ZONES_BYTES", 9_000)
    zones = _zones(600)
    plan_id = insert_plan(database_url, zones)
    with psycopg.connect(database_url) as conn:
        conn.execute("UPDATE planning_zone SET code = repeat('Đ', 9000) || n WHERE n < 9")
        conn.execute("UPDATE planning_zone SET label = repeat('nhãn', 9000)")
    await _prepare(database_url, plan_id)
    told_by = {}
    for z in range(12, 19):
        tile = await _tile(database_url, TileOf(plan_id, z, *_at(z)))
        told_by[z] = "cells" if b"area" not in tile else "zones"
        assert len(tile) <= (MAX_TILE_BYTES if told_by[z] == "cells" else 9_000)
    assert told_by[12] == told_by[13] == "cells"
    assert told_by[18] == "zones"


async def test_prepared_anew(database_url: str) -> None:
    plan_id = insert_plan(database_url, _zones(40))
    await _prepare(database_url, plan_id)
    wanted = TileOf(plan_id, 11, *_at(11))
    before = await _tile(database_url, wanted)
    assert await _tile(database_url, TileOf(plan_id, 11, 0, 0)) == b""
    await _prepare(database_url, plan_id)
    assert await _tile(database_url, wanted) == before != b""
    with psycopg.connect(database_url) as conn:
        conn.execute("DELETE FROM planning_zone WHERE plan_id = %s", [plan_id])
    await _prepare(database_url, plan_id)
    assert await _tile(database_url, wanted) == b""


async def test_tiles_of_changes_hold_the_largest_pieces(database_url: str, tmp_path: Path) -> None:
    zones = _zones(60)
    plan_id = insert_plan(database_url, zones)
    with psycopg.connect(database_url) as conn:
        conn.execute(
            """INSERT INTO plan_comparison (plan_id, before_ids, state, mark, found, asked_at,
                                            asked_by, done_at)
            VALUES (%s, '{}', 'done', 'x', '{}', now(), 'key:a', now())""",
            [plan_id],
        )
        conn.execute(
            """INSERT INTO planning_change
            SELECT comparison_id, plan_id, CASE WHEN n % 2 = 0 THEN 'LUC' END, code, area_m2,
                   ST_GeometryN(shape, 1)
            FROM planning_zone JOIN plan_comparison USING (plan_id)"""
        )
    async with await psycopg.AsyncConnection.connect(database_url) as conn_:
        tile = await draw_changes_tile(conn_, TileOf(plan_id, 12, *_at(12)), 1)
        told, _ = _read(tmp_path, tile, "changes")
        assert len(told) == 60
        assert {each["after"] for each in told} == set(CODES)
        assert sum(each.get("before") == "LUC" for each in told) == 30
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("addrsvc.planning.maps.service.MAX_ZONES_BYTES", 9_000)
            tile = await draw_changes_tile(conn_, TileOf(plan_id, 12, *_at(12)), 1)
        few, _ = _read(tmp_path, tile, "changes")
        assert 0 < len(few) < 60
        assert len(tile) <= 9_000
        assert min(each["area"] for each in few) >= sorted(each["area"] for each in told)[-len(few)]
        assert await draw_changes_tile(conn_, TileOf(plan_id, 12, 0, 0), 1) == b""
