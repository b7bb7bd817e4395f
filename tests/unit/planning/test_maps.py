"""What tiles of plans are made of: cells, places of tiles, kept tiles, frames."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from addrsvc.planning.maps import cells
from addrsvc.planning.maps.cache import Tile, TileCache
from addrsvc.planning.maps.cells import CELLS, NONE, Band, areas_of, list_cell_tiles
from addrsvc.planning.maps.framing import guarded, script_json, standing_alone
from addrsvc.planning.maps.mercator import (
    LAST_ZOOM,
    count_in,
    places_in_order,
    tile_box,
    tiles_in,
    to_mercator,
)


def test_places_of_tiles_agree_with_each_other() -> None:
    random = np.random.default_rng(3)
    degrees = shapely.points(random.uniform((102, 8), (110, 23), (500, 2)))
    points = to_mercator(np.asarray(degrees, dtype=object))
    places = places_in_order(points)
    for z in (5, 9, 14):
        counts: dict[tuple[int, int], int] = {}
        for point in points:
            [tile] = tiles_in((point.x, point.y, point.x, point.y), z)
            assert shapely.box(*tile_box(z, *tile)).intersects(point)
            counts[tile] = counts.get(tile, 0) + 1
        assert sum(counts.values()) == 500
        assert all(count_in(places, z, *tile) == count for tile, count in counts.items())


def test_every_cell_is_in_the_area_of_its_use() -> None:
    random = np.random.default_rng(4)
    blocks = random.choice([NONE, 0, 1, 2], (CELLS // 4, CELLS // 4), p=[0.1, 0.7, 0.1, 0.1])
    told = blocks.astype(np.int32).repeat(4, axis=0).repeat(4, axis=1)
    areas = dict(areas_of(told))
    for use in (0, 1, 2):
        assert areas[use].is_valid
        assert areas[use].area == np.count_nonzero(told == use)
    row, column = 17, 200
    told_there = shapely.Point(column + 0.5, CELLS - row - 0.5)
    assert [use for use in areas if areas[use].contains(told_there)] == (
        [] if told[row, column] == NONE else [told[row, column]]
    )


def test_a_tile_of_too_many_areas_is_told_by_wider_cells() -> None:
    rows, columns = np.indices((CELLS, CELLS))
    chequered = ((rows + columns) % 2).astype(np.int32)
    areas = areas_of(chequered)
    assert sum(shapely.get_num_coordinates(area) for _, area in areas) <= 5 * cells.MAX_RUNS
    assert sum(area.area for _, area in areas) == CELLS * CELLS
    assert areas_of(np.full((CELLS, CELLS), NONE, dtype=np.int32)) == []


def _band(shapes: np.ndarray[tuple[int], np.dtype[np.object_]]) -> list[Band]:
    return [Band(LAST_ZOOM, shapes)]


def test_tiles_that_hold_much_are_told_by_cells_and_others_are_not() -> None:
    west, south, east, _ = tile_box(12, 3260, 1923)
    side = (east - west) / 100
    # 10,000 small zones in the south-west quarter of one tile, of two uses in halves
    small = [
        shapely.box(x, y, x + side / 2, y + side / 2)
        for x in west + np.arange(100) * side / 2
        for y in south + np.arange(100) * side / 2
    ]
    zones = np.array([*small, shapely.box(east, south, east + side, south + side)], dtype=object)
    uses = np.array([0] * 5_000 + [1] * 5_001, dtype=np.int32)
    made = list_cell_tiles(_band(zones), uses, np.zeros(len(zones), dtype=np.int64))
    told = {(tile.z, tile.x, tile.y): dict(tile.uses) for tile in made}
    assert {(5, 25, 15), (10, 815, 480), (11, 1630, 961), (12, 3260, 1923)} <= set(told)
    assert not any(z > 14 for z, _, _ in told)  # further down they fit
    assert (12, 3261, 1923) not in told
    whole = told[12, 3260, 1923]
    assert whole[0].bounds == (0, 0, 64, 128)
    assert whole[1].bounds == (64, 0, 128, 128)
    # a coarser tile is put together of finer ones
    coarse = told[9, 407, 240]
    assert sum(area.area for area in coarse.values()) == pytest.approx((128 / 8) ** 2, rel=0.2)


def test_what_overlaps_is_told_as_the_last_one() -> None:
    box = shapely.box(*tile_box(11, 1630, 961))
    zones = np.array([box, box], dtype=object)
    for uses in ([0, 1], [1, 0]):
        made = list_cell_tiles(
            _band(zones), np.array(uses, dtype=np.int32), np.zeros(2, dtype=np.int64)
        )
        [tile] = [each for each in made if (each.z, each.x, each.y) == (11, 1630, 961)]
        assert [use for use, _ in tile.uses] == [uses[1]]


def test_the_least_asked_for_tiles_go_first() -> None:
    cache = TileCache(2_500)
    tile = Tile(b"x" * 500, b"y" * 100)
    for key in "abc":
        cache.keep(key, tile)
    assert cache.find("a") is None
    assert cache.find("b") is tile
    cache.keep("d", tile)
    assert (cache.find("b"), cache.find("c"), cache.find("d")) == (tile, None, tile)
    cache.keep("d", Tile(b"z" * 5_000, b""))
    assert cache.find("d") is None
    assert cache.bytes == tile.size


def test_nothing_but_our_own_scripts_has_a_nonce() -> None:
    html = "<head><script>1</script></head><body>&lt;script></body>"
    one, policy = guarded(html, fetches=True)
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert f'<script nonce="{nonce}">1' in one
    assert one.count(nonce) == 1
    assert policy.endswith("connect-src 'self'")
    assert guarded(html, fetches=True)[1] != policy
    assert "connect-src" not in standing_alone(html)
    assert "</script" not in script_json(["</script><!--"])
