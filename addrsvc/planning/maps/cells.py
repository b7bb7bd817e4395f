"""Pure: tiles that would hold too many zones, told by cells in place of zones.

Simplifying alone bounds nothing: 50,000 zones stay 50,000 zones, and at low zooms each is smaller
than a pixel. So up to ``LAST_CELL_ZOOM``, and further down wherever the zones of a tile would make
it too large, a tile tells for each of 256 × 256 cells, a pixel each, the land use at its middle;
neighbours of one use become one area. The areas have no cracks, no zone is lost that is wider than
a pixel, and the bytes are bounded: every area begins in a run of equal cells of a row, a run adds
no more than four corners of two bytes each to it and three to begin one, and a tile of more than
``MAX_RUNS`` runs is told by cells twice as wide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from addrsvc.planning.maps.mercator import (
    FIRST_ZOOM,
    LAST_ZOOM,
    count_in,
    places_in_order,
    tile_box,
    tiles_in,
)

CELLS: Final = 256
"""In a row of a tile, and rows of it."""

LAST_CELL_ZOOM: Final = 11
"""Up to it every tile is told by cells."""

MAX_RUNS: Final = 36_000

ZONE_BYTES: Final = 64
"""Of a zone in a tile, but for its corners and its texts: number, area and their frame."""
VERTEX_BYTES: Final = 4
"""Of a corner, no more: two numbers below 2^14."""
MAX_ZONES_BYTES: Final = 300_000
"""Zones of a tile may take so much, so that a screen of 20 tiles stays small too."""

SAMPLED_FROM: Final = 11
"""Zoom at which zones are looked at; coarser tiles are put together of its cells."""

Cells = NDArray[np.int32]
"""Rows from north to south, of numbers of uses; ``NONE``: no zone is there."""
NONE: Final = -1


@dataclass(frozen=True, slots=True)
class CellTile:
    """One tile told by cells."""

    z: int
    x: int
    y: int
    uses: list[tuple[int, shapely.Geometry]]
    """Number of the use, and its area in cells from the tile's south-west corner."""


@dataclass(frozen=True, slots=True)
class Band:
    """Zones as tiles up to a zoom show them."""

    last_zoom: int
    shapes: NDArray[np.object_]
    """EPSG:3857."""


class _Tiling:
    """Goes down through the tiles of one plan."""

    def __init__(
        self, bands: list[Band], uses: NDArray[np.int32], text_bytes: NDArray[np.int64]
    ) -> None:
        self._bands = bands
        self._places = [places_in_order(each.shapes) for each in bands]
        self._uses = uses
        self._text_bytes = text_bytes
        self._tree = shapely.STRtree(bands[0].shapes)
        self.made: list[CellTile] = []

    def visit(self, z: int, x: int, y: int) -> Cells | None:
        """Make a tile and those under it; None: its zones fit, or there are none."""
        zones = np.sort(self._tree.query(shapely.box(*tile_box(z, x, y))))
        if not len(zones) or (z > LAST_CELL_ZOOM and self._fits(z, x, y, zones)):
            return None
        under = {
            (column, row): self.visit(z + 1, 2 * x + column, 2 * y + row)
            for column in (0, 1)
            for row in (0, 1)
            if z < LAST_ZOOM
        }
        cells = self._sample(z, x, y, zones) if z >= SAMPLED_FROM else _assembled(under)
        uses = areas_of(cells)
        if uses:
            self.made.append(CellTile(z, x, y, uses))
        return cells

    def _fits(self, z: int, x: int, y: int, zones: NDArray[np.int64]) -> bool:
        at = next(i for i, each in enumerate(self._bands) if z <= each.last_zoom)
        corners = count_in(self._places[at], z, x, y)
        size = ZONE_BYTES * len(zones) + VERTEX_BYTES * corners
        return int(size + self._text_bytes[zones].sum()) <= MAX_ZONES_BYTES

    def _sample(self, z: int, x: int, y: int, zones: NDArray[np.int64]) -> Cells:
        """Give the use at the middle of each cell; of overlapping zones, the last one's."""
        west, south, east, north = tile_box(z, x, y)
        middles = (np.arange(CELLS) + 0.5) / CELLS
        xs, ys = np.meshgrid(west + middles * (east - west), north - middles * (north - south))
        points = np.asarray(shapely.points(xs.ravel(), ys.ravel()), dtype=object)
        found = shapely.STRtree(points).query(self._bands[0].shapes[zones], predicate="intersects")
        cells = np.full(CELLS * CELLS, NONE, dtype=np.int32)
        cells[found[1]] = self._uses[zones[found[0]]]
        return cells.reshape(CELLS, CELLS)


def list_cell_tiles(
    bands: list[Band], uses: NDArray[np.int32], text_bytes: NDArray[np.int64]
) -> list[CellTile]:
    """Give the tiles of a plan that are told by cells; all others tell its zones.

    Args:
        bands: zones in the order of their numbers, the coarsest band first; none is empty.
        uses: number of the use of each zone.
        text_bytes: of each zone, what its code and its label take.
    """
    tiling = _Tiling(bands, uses, text_bytes)
    west, south, east, north = shapely.total_bounds(bands[0].shapes)
    for x, y in tiles_in((west, south, east, north), FIRST_ZOOM):
        tiling.visit(FIRST_ZOOM, x, y)
    return tiling.made


def _assembled(under: dict[tuple[int, int], Cells | None]) -> Cells:
    """Put every other cell of four tiles together."""
    half = CELLS // 2
    cells = np.full((CELLS, CELLS), NONE, dtype=np.int32)
    for (column, row), each in under.items():
        if each is not None:
            rows, columns = slice(row * half, (row + 1) * half), slice(column * half, None)
            cells[rows, columns][:, :half] = each[::2, ::2]
    return cells


def areas_of(cells: Cells) -> list[tuple[int, shapely.Geometry]]:
    """Give the area of each use, in cells from the south-west corner.

    >>> cells = np.full((CELLS, CELLS), NONE, dtype=np.int32)
    >>> cells[0, :2] = 7
    >>> [(use, area.bounds) for use, area in areas_of(cells)]
    [(7, (0.0, 255.0, 2.0, 256.0))]
    """
    width = 1
    while _count_runs(cells) > MAX_RUNS:
        cells, width = cells[::2, ::2], 2 * width
    rows, columns = np.nonzero(cells != NONE)
    tops = CELLS - rows * width
    # cell by cell: their edges meet corner to corner, as a coverage's have to
    boxes = shapely.box(columns * width, tops - width, (columns + 1) * width, tops)
    uses = cells[rows, columns]
    return [(int(use), _joined(boxes[uses == use])) for use in np.unique(uses)]


def _joined(boxes: NDArray[np.object_]) -> shapely.Geometry:
    """Join cells; what lies on a straight edge is no corner."""
    return shapely.simplify(shapely.coverage_union_all(boxes), 0, preserve_topology=False)


def _count_runs(cells: Cells) -> int:
    """Count runs of equal cells in rows."""
    begins = cells[:, 1:] != cells[:, :-1]
    return int(np.count_nonzero(begins & (cells[:, 1:] != NONE)) + (cells[:, 0] != NONE).sum())
