"""Pure: lay zones over those of before, and measure what became what.

Computed on small pieces of zones, cell by cell: memory stays that of one cell, and no piece is
costly however long the border of its zone. Edges run straight in degrees, so that parts add up to
their whole; areas are those of the WGS 84 ellipsoid.

>>> old = Pieces.of([("LUC", shapely.box(106.65, 10.95, 106.6505, 10.951))])
>>> new = Pieces.of([("ODT", shapely.box(106.65, 10.95, 106.651, 10.951))])
>>> sorted((each.before or "", each.after, round(each.area_m2)) for each in overlay(new, old))
[('', 'ODT', 6045), ('LUC', 'ODT', 6045)]
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

_ROUNDING: Final = 1e-8
"""Of an area: what rounding leaves between a whole and its parts."""
MOST_PAIRS: Final = 500_000
"""Of pieces that meet in one cell; zones side by side make a twentieth of it."""
_ASKED: Final = 200
_LARGEST_DEG2_M2: Final = 1.24e10
"""Of a square degree, at the equator."""
_PAIRS: Final = 20_000
"""Cut at once."""


class TooCrowded(ValueError):
    """Zones lie upon each other in such numbers that nobody would wait for the result."""


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
        return float(areas_m2(self.shapes).sum())


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
        low_x, low_y, high_x, high_y = (
            at if side == edge else known for side, known in enumerate(cell)
        )
        yield from _cut(west[part], south[part], (low_x, low_y, high_x, high_y), most)


def overlay(after: Pieces, before: Pieces) -> Iterator[Piece]:
    """Give what became of the ground of some pieces: what was planned there, or nothing was.

    Raises:
        TooCrowded: too many of them meet.
    """
    yield from _met(after, before, with_pairs=True)


def left_over(before: Pieces, after: Pieces) -> Iterator[Piece]:
    """Give the ground of some pieces of before of which nothing is planned any more.

    Raises:
        TooCrowded: too many of them meet.
    """
    for each in _met(before, after, with_pairs=False):
        yield Piece(each.after, each.before, each.area_m2, each.shape)


def _met(ours: Pieces, others: Pieces, *, with_pairs: bool) -> Iterator[Piece]:
    """Cut each of our pieces along the others; before is theirs, after is ours."""
    if not len(ours):
        return
    mine, theirs = _pairs(ours.shapes, others.shapes)
    covered = _Covered(ours, others, mine, theirs)
    for start in range(0, len(mine), _PAIRS):
        a, b = mine[start : start + _PAIRS], theirs[start : start + _PAIRS]
        parts, of = _polygons(shapely.intersection(ours.shapes[a], others.shapes[b]))
        areas = areas_m2(parts)
        for at in np.flatnonzero(areas > NOISE_M2) if with_pairs else ():
            place = of[at]
            codes = (others.codes[b[place]], ours.codes[a[place]])
            yield Piece(*codes, float(areas[at]), parts[at])
        covered.add(a, of, parts, areas)
    yield from covered.rest()


class _Covered:
    """How much of each of our pieces the others cover."""

    def __init__(self, ours: Pieces, others: Pieces, mine: Places, theirs: Places) -> None:
        self._ours = ours
        own_m2 = areas_m2(ours.shapes)
        self._enough_m2 = own_m2 - np.maximum(NOISE_M2, _ROUNDING * own_m2)
        self._is_whole = np.zeros(len(ours), dtype=bool)
        self._met_m2 = np.zeros(len(ours))
        self._met_by_overlapping = np.zeros(len(ours), dtype=bool)
        self._met_by_overlapping[mine[_overlapping(others.shapes)[theirs]]] = True
        self._cut: list[tuple[Places, Shapes]] = []

    def add(self, a: Places, of: Places, parts: Shapes, areas: Floats) -> None:
        """Take what pairs have in common: of which of our pieces (a), parts of which pair (of)."""
        met = np.bincount(of, areas, minlength=len(a))
        self._is_whole[a[met >= self._enough_m2[a]]] = True
        np.add.at(self._met_m2, a, met)
        self._cut.append((a[of], parts))

    def rest(self) -> Iterator[Piece]:
        """Give what none of the others covers."""
        # parts of others that do not overlap add up to what they cover
        adds_up = ~self._met_by_overlapping & (self._met_m2 >= self._enough_m2)
        open_ = np.flatnonzero(~(self._is_whole | adds_up))
        yield from _uncovered(self._ours, open_, self._cut)


def _overlapping(shapes: Shapes) -> NDArray[np.bool_]:
    """Tell which of some polygons have ground in common with another of them."""
    found = np.zeros(len(shapes), dtype=bool)
    try:
        one, other = _pairs(shapes, shapes)
    except TooCrowded:
        return np.ones(len(shapes), dtype=bool)
    is_once = one < other
    one, other = one[is_once], other[is_once]
    has_common = shapely.relate_pattern(shapes[one], shapes[other], "T********")
    one, other = one[has_common], other[has_common]
    # neighbours whose common border has other corners on either side have a hair in common
    common_m2 = shapely.area(shapely.intersection(shapes[one], shapes[other])) * _LARGEST_DEG2_M2
    one, other = one[common_m2 > NOISE_M2], other[common_m2 > NOISE_M2]
    found[one] = found[other] = True
    return found


def _uncovered(
    ours: Pieces, open_: Places, cut: Sequence[tuple[Places, Shapes]]
) -> Iterator[Piece]:
    """Give what is left of some of our pieces, given what the others cut out of them all."""
    places = np.concatenate([of for of, _ in cut]) if cut else np.empty(0, dtype=np.intp)
    parts = np.concatenate([each for _, each in cut]) if cut else np.empty(0, dtype=object)
    order = np.argsort(places, kind="stable")
    places, parts = places[order], parts[order]
    starts, ends = np.searchsorted(places, open_), np.searchsorted(places, open_, side="right")
    rest = np.empty(len(open_), dtype=object)
    for n, (place, start, end) in enumerate(zip(open_, starts, ends, strict=True)):
        # cut along our piece, its neighbours share their corners: no hair stays between them
        gone = shapely.union_all(parts[start:end])
        rest[n] = (
            shapely.difference(ours.shapes[place], gone) if start < end else ours.shapes[place]
        )
    left, of = _polygons(rest)
    areas = areas_m2(left)
    for at in np.flatnonzero(areas > NOISE_M2):
        yield Piece(None, ours.codes[open_[of[at]]], float(areas[at]), left[at])


def _pairs(ours: Shapes, others: Shapes) -> tuple[Places, Places]:
    """Give the places of all that meet.

    Raises:
        TooCrowded: that is more than memory is for.
    """
    mine: list[Places] = [np.empty(0, dtype=np.intp)]
    theirs: list[Places] = [np.empty(0, dtype=np.intp)]
    count = 0
    tree = shapely.STRtree(others)
    for start in range(0, len(ours) if len(others) else 0, _ASKED):
        found = tree.query(ours[start : start + _ASKED], predicate="intersects")
        count += found.shape[1]
        if count > MOST_PAIRS:
            raise TooCrowded(count)
        mine.append(found[0] + start)
        theirs.append(found[1])
    return np.concatenate(mine), np.concatenate(theirs)


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
