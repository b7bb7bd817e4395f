"""Pure but for the files that are open: tiles of the ground a telephone takes along."""

from __future__ import annotations

import math
from typing import Any, Final

from addrsvc.basemap.archives import Archive, Archives
from addrsvc.types import BBox

FIRST_ZOOM: Final = 14
LAST_ZOOM: Final = 18
MAX_TILES: Final = 2_000
_TILE_BYTES: Final = 20_000
"""Of a picture of 256 pixels, as aerial ones are."""
_LAST_LAT: Final = 85.0


def list_tiles(archives: Archives, box: BBox, preferred: str = "") -> dict[str, Any] | None:
    """Give the pictures of a box to take along: all zooms as close as the bound lets; None: no map.

    Of several files the preferred one, else the one that comes closest.
    """
    fit = [each for each in archives.served.values() if _is_fit(each, box)]
    if not fit:
        return None
    chosen = max(fit, key=lambda each: (each.name == preferred, each.said.last_zoom, each.name))
    said, last = chosen.said, FIRST_ZOOM
    urls: list[str] = []
    for zoom in range(max(FIRST_ZOOM, said.first_zoom), min(LAST_ZOOM, said.last_zoom) + 1):
        west, north, east, south = _columns_rows(box, zoom)
        count = (east - west + 1) * (south - north + 1)
        if len(urls) + count > MAX_TILES:
            break
        last = zoom
        urls += [
            f"/v1/tiles/{chosen.name}/{zoom}/{x}/{y}"
            for y in range(north, south + 1)
            for x in range(west, east + 1)
        ]
    if not urls:
        return None
    return {
        "template": f"/v1/tiles/{chosen.name}/{{z}}/{{x}}/{{y}}",
        "minzoom": max(FIRST_ZOOM, said.first_zoom),
        "maxzoom": last,
        "attribution": said.attribution,
        "bytes_estimate": len(urls) * _TILE_BYTES,
        "urls": urls,
    }


def _is_fit(archive: Archive, box: BBox) -> bool:
    said = archive.said
    if said.format == "mvt" or said.last_zoom < FIRST_ZOOM or said.first_zoom > LAST_ZOOM:
        return False
    ground = said.bounds
    return ground is None or (
        ground.west < box.east
        and box.west < ground.east
        and ground.south < box.north
        and box.south < ground.north
    )


def _columns_rows(box: BBox, zoom: int) -> tuple[int, int, int, int]:
    """Give first column and row and last column and row of the tiles of a box.

    >>> _columns_rows(BBox(106.65, 10.95, 106.66, 10.96), 14)
    (13045, 7690, 13046, 7690)
    """
    west, north = _tile(box.west, box.north, zoom)
    east, south = _tile(box.east, box.south, zoom)
    return west, north, east, south


def _tile(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    side = 2**zoom
    inside = math.radians(min(max(lat, -_LAST_LAT), _LAST_LAT))
    x = int((lon + 180) / 360 * side)
    y = int((1 - math.asinh(math.tan(inside)) / math.pi) / 2 * side)
    return min(max(x, 0), side - 1), min(max(y, 0), side - 1)
