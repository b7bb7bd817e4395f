"""Pure: the layers of the basemap, and which tiles they are in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FIRST_ZOOM: Final = 3
LAST_ZOOM: Final = 16
"""Tiles are given from the one to the other; maps that go closer enlarge the last."""

BANDS: Final = ((7, 300.0), (9, 75.0), (11, 19.0), (13, 5.0), (LAST_ZOOM, 1.0))
"""Last zoom of a band of units made ready, and side in EPSG:3857 metres of the corners taken off:
half a pixel of its last zoom, or less."""

MOST: Final = 8_000
"""So many features of a layer at most: a tile of as many house numbers is below 500 kB."""

MOST_LETTERS: Final = 80
"""Of a name; what lists say may be of any length."""

VAGUE_M: Final = 200.0
"""A number whose place is less sure is not drawn: it would stand at another house."""

TILE_PIXELS: Final = 512


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the tiles."""

    name: str
    """Also of its query."""
    first_zoom: int
    near_zoom: int = 0
    """From this zoom all of it is shown; before, what matters from afar."""
    last_zoom: int = LAST_ZOOM
    fields: tuple[str, ...] = ("name",)


LAYERS: Final = (
    Layer("provinces", FIRST_ZOOM, last_zoom=7, fields=("code", "name", "kind")),
    Layer("communes", 8, fields=("code", "name", "kind")),
    Layer("boundaries", FIRST_ZOOM, near_zoom=8, fields=("level", "kind")),
    Layer("streets", 10, near_zoom=13, fields=("name", "kind")),
    Layer("localities", 12, near_zoom=13, fields=("name", "kind")),
    Layer("house_numbers", 16, fields=("number",)),
    Layer("commune_names", 9, fields=("code", "name")),
    Layer("province_names", FIRST_ZOOM, last_zoom=9, fields=("code", "name")),
)
"""In the order they stand in a tile."""

_BY_NAME: Final = {layer.name: layer for layer in LAYERS}


@dataclass(frozen=True, slots=True)
class TileOf:
    """Which tile is asked for: EPSG:3857, y to the south."""

    z: int
    x: int
    y: int

    @property
    def is_one(self) -> bool:
        """Tell whether there is such a tile of any map.

        >>> TileOf(1, 1, 1).is_one, TileOf(1, 2, 1).is_one
        (True, False)
        """
        return 0 <= self.z <= 30 and 0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z


def layer_of(name: str) -> Layer:
    """Give a layer by its name.

    Raises:
        KeyError: there is none.
    """
    return _BY_NAME[name]


def layers_at(z: int) -> list[Layer]:
    """Give the layers of tiles of a zoom.

    >>> [layer.name for layer in layers_at(8)]
    ['communes', 'boundaries', 'province_names']
    """
    return [layer for layer in LAYERS if layer.first_zoom <= z <= layer.last_zoom]


def band_of(z: int) -> int:
    """Give the last zoom of the band that serves a zoom.

    >>> band_of(3), band_of(8), band_of(16)
    (7, 9, 16)
    """
    return next(last for last, _ in BANDS if z <= last)
