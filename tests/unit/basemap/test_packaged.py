"""Tiles a telephone takes along: as close as the bound lets, of files that are pictures."""

from __future__ import annotations

import doctest

from addrsvc.basemap import packaged
from addrsvc.basemap.archive_tiles import Format, Said
from addrsvc.basemap.archives import Archive, Archives
from addrsvc.basemap.packaged import MAX_TILES, list_tiles
from addrsvc.types import BBox

HERE = BBox(106.65, 10.95, 106.66, 10.96)
VAST = BBox(106.0, 10.5, 107.0, 11.5)


def archives(*files: tuple[str, Format, int, int, BBox | None]) -> Archives:
    found = Archives()
    for name, kind, first, last, ground in files:
        said = Said(first, last, kind, ground, attribution="© Người bịa")
        found.served[name] = Archive(name, said, None)  # type: ignore[arg-type]
    return found


def test_doctests() -> None:
    assert doctest.testmod(packaged).failed == 0


def test_all_zooms_of_a_small_box() -> None:
    found = list_tiles(archives(("anh", "jpg", 10, 17, None)), HERE)
    assert found is not None
    assert (found["minzoom"], found["maxzoom"]) == (14, 17)
    assert found["attribution"] == "© Người bịa"
    assert found["template"] == "/v1/tiles/anh/{z}/{x}/{y}"
    assert len(found["urls"]) == len(set(found["urls"])) <= MAX_TILES
    by_zoom = [sum(f"/anh/{z}/" in each for each in found["urls"]) for z in range(14, 19)]
    assert by_zoom[0] >= 1
    assert by_zoom[3] > by_zoom[2] > by_zoom[1] >= by_zoom[0]
    assert by_zoom[4] == 0
    assert found["bytes_estimate"] == len(found["urls"]) * 20_000


def test_a_vast_box_comes_less_close_or_not_at_all() -> None:
    wide = BBox(106.6, 10.9, 106.75, 11.05)
    found = list_tiles(archives(("anh", "png", 0, 22, None)), wide)
    assert found is not None
    assert 14 <= found["maxzoom"] < 18
    assert len(found["urls"]) <= MAX_TILES
    assert list_tiles(archives(("anh", "png", 0, 22, None)), VAST) is None


def test_which_file() -> None:
    away = BBox(100.0, 1.0, 101.0, 2.0)
    assert list_tiles(archives(), HERE) is None
    assert list_tiles(archives(("v", "mvt", 0, 18, None)), HERE) is None
    assert list_tiles(archives(("xa", "png", 0, 18, away)), HERE) is None
    assert (
        list_tiles(archives(("tho", "png", 0, 13, None), ("ky", "png", 19, 22, None)), HERE) is None
    )
    both = archives(("gan", "png", 14, 18, VAST), ("xa", "png", 14, 16, VAST))
    closest, preferred = list_tiles(both, HERE), list_tiles(both, HERE, preferred="xa")
    assert closest is not None
    assert preferred is not None
    assert closest["urls"][0].startswith("/v1/tiles/gan/14/")
    assert preferred["urls"][0].startswith("/v1/tiles/xa/14/")
