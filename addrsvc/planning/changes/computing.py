"""Pure: lay zones over those of before, and measure what became what.

Computed on small pieces of zones, cell by cell: memory stays that of one cell, and no piece is
costly however long the border of its zone. Edges run straight in degrees; areas are those of the
WGS 84 ellipsoid, measured in steps of 110 m so that parts add up to their whole.

>>> old = Pieces.of([("LUC", shapely.box(106.65, 10.95, 106.6505, 10.951))])
>>> new = Pieces.of([("ODT", shapely.box(106.65, 10.95, 106.651, 10.951))])
>>> sorted((each.before or "", each.after, round(each.area_m2)) for each in overlay(new, old))
[('', 'ODT', 6044), ('LUC', 'ODT', 6044)]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from addrsvc.geo.areas import areas_m2

Shapes = NDArray[np.object_]
Floats = NDArray[np.float64]
Places = NDArray[np.intp]

NOISE_M2: Final = 1e-4
"""A square centimetre: less is what cutting leaves of borders that are the same."""

_STEP_DEG: Final = 0.001
_PAIRS: Final = 20_000
"""Cut at once."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces of zones, side by side with the codes of these zones."""

    codes: NDArray[np.object_]
    shapes: Shapes
    """Valid polygons, EPSG:4326, lon lat in degrees."""

    @classmethod
    def of(cls, given: Sequence[tuple[str, shapely.Geometry]]) -> Pieces:
        """Take codes and shapes; what a database gave as invalid is made valid."""
        codes, shapes = np.empty(len(given), dtype=object), np.empty(len(given), dtype=object)
        codes[:] = [code for code, _ in given]
        shapes[:] = [shape for _, shape in given]
        wrong = ~shapely.is_valid(shapes)
        shapes[wrong] = shapely.make_valid(shapes[wrong])
        return cls(codes, shapes)

    def __len__(self) -> int:
        return len(self.shapes)

    @property
    def area_m2(self) -> float:
        """Give the sum of all, each by itself, in square metres."""
        return float(measure_m2(self.shapes).sum())


class Piece(NamedTuple):
    """Ground of which one thing was planned before, and one is now."""

    before: str | None
    after: str | None
    area_m2: float
    shape: shapely.Polygon


Cell = tuple[float, float, float, float]
"""West, south, east, north in degrees; holds what begins in it, east and north edge excluded."""


def cells_of(west: Floats, south: Floats, most: int) -> list[Cell]:
    """Cut the plane into cells with no more than so many lower left corners each, if it can be."""
    if len(west) == 0:
        return []
    beyond = 1.0
    whole = (west.min(), south.min(), west.max() + beyond, south.max() + beyond)
    return list(_cut(west, south, whole, most))


def _cut(west: Floats, south: Floats, cell: Cell, most: int) -> Iterator[Cell]:
    if len(west) <= most:
        yield cell
        return
    first, last = (0, 2) if np.ptp(west) >= np.ptp(south) else (1, 3)
    along = west if first == 0 else south
    at = float(np.median(along))
    is_low = along < at
    if not is_low.any():  # the lower half begins at one place
        at = float(np.nextafter(at, np.inf))
        is_low = along < at
    if is_low.all():  # all begin at one place
        yield cell
        return
    for part, edge in ((is_low, last), (~is_low, first)):
        smaller = list(cell)
        smaller[edge] = at
        yield from _cut(west[part], south[part], (*smaller,), most)  # type: ignore[arg-type]


def overlay(after: Pieces, before: Pieces) -> Iterator[Piece]:
    """Give what became of the ground of some pieces: what was planned there, or nothing was."""
    yield from _met(after, before, with_pairs=True)


def left_over(before: Pieces, after: Pieces) -> Iterator[Piece]:
    """Give the ground of some pieces of before of which nothing is planned any more."""
    for each in _met(before, after, with_pairs=False):
        yield Piece(each.after, each.before, each.area_m2, each.shape)


def measure_m2(shapes: Shapes) -> Floats:
    """Measure polygons in EPSG:4326 on the ellipsoid, in square metres."""
    return areas_m2(shapely.segmentize(shapes, _STEP_DEG))[0]


def _met(ours: Pieces, others: Pieces, *, with_pairs: bool) -> Iterator[Piece]:
    """Cut each of our pieces along the others; before is theirs, after is ours."""
    if not len(ours):
        return
    mine, theirs = _pairs(ours.shapes, others.shapes)
    is_whole = np.zeros(len(ours), dtype=bool)
    own_m2 = measure_m2(ours.shapes)
    cut: list[tuple[Places, Shapes]] = []
    for start in range(0, len(mine), _PAIRS):
        a, b = mine[start : start + _PAIRS], theirs[start : start + _PAIRS]
        common = shapely.intersection(ours.shapes[a], others.shapes[b])
        parts, of = _polygons(common)
        areas = measure_m2(parts)
        for at in np.flatnonzero(areas > NOISE_M2) if with_pairs else ():
            place = of[at]
            codes = (others.codes[b[place]], ours.codes[a[place]])
            yield Piece(*codes, float(areas[at]), parts[at])
        met = np.bincount(of, areas, minlength=len(a))
        is_whole[a[met >= own_m2[a] - NOISE_M2]] = True
        cut.append((a[of], parts))
    yield from _uncovered(ours, own_m2, is_whole, cut)


def _uncovered(
    ours: Pieces, own_m2: Floats, is_whole: NDArray[np.bool_], cut: list[tuple[Places, Shapes]]
) -> Iterator[Piece]:
    """Give what is left of pieces that none of the others covers by itself."""
    places = np.concatenate([of for of, _ in cut]) if cut else np.empty(0, dtype=np.intp)
    parts = np.concatenate([each for _, each in cut]) if cut else np.empty(0, dtype=object)
    order = np.argsort(places, kind="stable")
    places, parts = places[order], parts[order]
    open_ = np.flatnonzero(~is_whole)
    starts, ends = np.searchsorted(places, open_), np.searchsorted(places, open_, side="right")
    rest = np.empty(len(open_), dtype=object)
    for n, (place, start, end) in enumerate(zip(open_, starts, ends, strict=True)):
        whole = ours.shapes[place]
        # cut at both, neighbours share their corners: a union leaves no hair between them
        rest[n] = (
            whole
            if start == end
            else shapely.difference(whole, shapely.union_all(parts[start:end]))
        )
    left, of = _polygons(rest)
    areas = measure_m2(left)
    for at in np.flatnonzero(areas > np.minimum(NOISE_M2, own_m2[open_[of]])):
        yield Piece(None, ours.codes[open_[of[at]]], float(areas[at]), left[at])


def _pairs(ours: Shapes, others: Shapes) -> tuple[Places, Places]:
    if not len(others):
        nobody = np.empty(0, dtype=np.intp)
        return nobody, nobody
    mine, theirs = shapely.STRtree(others).query(ours, predicate="intersects")
    return mine, theirs


def _polygons(shapes: Shapes) -> tuple[Shapes, Places]:
    """Give the polygons shapes are made of, with the place of the shape each is of."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    # a collection within a collection there is none: cutting does not give them
    parts, inner = shapely.get_parts(parts, return_index=True)
    areal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    keep = areal & ~shapely.is_empty(parts)
    return parts[keep], of[inner[keep]]


def summed(found: Iterable[Piece]) -> dict[tuple[str | None, str | None], tuple[float, int]]:
    """Add up square metres and pieces of each pair of codes."""
    sums: dict[tuple[str | None, str | None], tuple[float, int]] = {}
    for each in found:
        area, count = sums.get((each.before, each.after), (0.0, 0))
        sums[each.before, each.after] = (area + each.area_m2, count + 1)
    return sums
