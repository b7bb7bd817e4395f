"""Pure: how much of a plot each land use of a plan has, where it says nothing, and twice.

Edges run straight in degrees, as RFC 7946 has them and as everything is stored; areas are those
of the WGS 84 ellipsoid. Geodesics would do for one plot, but their areas carry some 0.0001 square
metres of rounding each, and parts must add up.

>>> plot, zone = shapely.box(106.65, 10.95, 106.651, 10.951), shapely.box(106.65, 10.95, 107, 11)
>>> found = overlay(plot, [Zone(1, "ODT", zone)])
>>> round(found.uncovered_m2), found.overlapping_m2, round(found.shares["ODT"].area_m2)
(0, 0.0, 12091)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from addrsvc.geo.areas import areas_m2
from addrsvc.planning.asking_errors import ZonesStacked

SLIVER_M2: Final = 0.01
"""Of a zone, no less of a plot is told: coordinates are kept to a centimetre."""

MAX_PAIRS: Final = 50_000
"""So many pairs of zones may touch or overlap: five thousand that fit together make 20,000."""

_DUST_DEG2: Final = 1e-17
"""What zones that share an edge have in common by rounding: a thousandth of a square centimetre."""

Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone of a plan, or a piece of one: pieces of one zone have its number."""

    zone_id: int
    code: str
    shape: shapely.Geometry
    """Valid polygon or multipolygon, EPSG:4326."""


@dataclass(frozen=True, slots=True)
class Part:
    """What of a plot has one land use."""

    area_m2: float
    """Of the ground, counted once wherever zones of this use overlap each other."""
    zones: int
    shapes: Shapes
    """One of each zone; they may overlap."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """What of a plot has which land use."""

    area_m2: float
    shares: Mapping[str, Part]
    """Code → what has it, the largest first. Slivers are left out, and stay uncovered."""
    uncovered_m2: float
    overlapping_m2: float
    """Ground that two or more zones cover, of whatever use."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Ground of which two plans say different things."""

    code: str
    other_code: str
    area_m2: float


def measure_m2(shape: shapely.Geometry) -> float:
    """Measure the areal parts of a shape in EPSG:4326 degrees."""
    return float(areas_m2(np.array([shape], dtype=object))[0])


def overlay(plot: shapely.Polygon | shapely.MultiPolygon, zones: Sequence[Zone]) -> Overlay:
    """Lay the zones of one plan over a plot; both valid, in EPSG:4326.

    Nothing is made to fit: with zones that overlap shares add up to more than the plot, and less
    where they leave gaps. Where there are no overlaps, shares and what is uncovered add up to it.

    Raises:
        ZonesStacked: too many zones lie over each other.
    """
    total_m2 = measure_m2(plot)
    clipped = _clip(plot, zones)
    shapes: Shapes = np.array([shape for _, shape, _ in clipped], dtype=object)
    pairs, common = _overlaps(shapes)
    doubled = measure_m2(shapely.union_all(common)) if len(common) else 0.0
    in_pairs = set(pairs.ravel().tolist())
    by_code: dict[str, list[int]] = defaultdict(list)
    for at, (zone, _, _) in enumerate(clipped):
        by_code[zone.code].append(at)
    parts = {code: _part(clipped, shapes, places, in_pairs) for code, places in by_code.items()}
    alone = sum(clipped[at][2] for at in range(len(clipped)) if at not in in_pairs)
    covered = alone + _united_m2(shapes, sorted(in_pairs))
    largest = sorted(parts.items(), key=lambda item: (-item[1].area_m2, item[0]))
    return Overlay(total_m2, dict(largest), max(total_m2 - covered, 0.0), doubled)


def clashes(one: Overlay, other: Overlay) -> list[Clash]:
    """List ground for which two plans have different codes, the largest first; no slivers.

    Raises:
        ZonesStacked: too many zones of both lie over each other.
    """
    shapes, codes = _flat(one)
    others, other_codes = _flat(other)
    left, right = shapely.STRtree(others).query(shapes, predicate="intersects")
    differ = codes[left] != other_codes[right]
    left, right = left[differ], right[differ]
    common = _common(shapes[left], others[right])
    together: dict[tuple[str, str], list[shapely.Geometry]] = defaultdict(list)
    for at, shape in enumerate(common):
        if shapely.area(shape) > _DUST_DEG2:
            together[codes[left[at]], other_codes[right[at]]].append(_areal(shape))
    areas = {pair: measure_m2(shapely.union_all(found)) for pair, found in together.items()}
    found = [Clash(*pair, area) for pair, area in areas.items() if area >= SLIVER_M2]
    return sorted(found, key=lambda each: (-each.area_m2, each.code, each.other_code))


def _flat(laid: Overlay) -> tuple[Shapes, NDArray[np.object_]]:
    """Give all shapes, and the code of each."""
    shapes: Shapes = np.array(
        [s for part in laid.shares.values() for s in part.shapes], dtype=object
    )
    codes = [code for code, part in laid.shares.items() for _ in part.shapes]
    return shapes, np.array(codes, dtype=object)


def _common(shapes: Shapes, others: Shapes) -> Shapes:
    """Give what shapes have in common, side by side."""
    if len(shapes) > MAX_PAIRS:
        raise ZonesStacked(limit=MAX_PAIRS)
    common: Shapes = shapely.intersection(shapes, others)
    return common


def _clip(
    plot: shapely.Polygon | shapely.MultiPolygon, zones: Sequence[Zone]
) -> list[tuple[Zone, shapely.Geometry, float]]:
    """Cut zones at the plot's edge, pieces of one together; slivers are left out."""
    pieces: dict[int, list[Zone]] = defaultdict(list)
    for each in zones:
        pieces[each.zone_id].append(each)
    shapely.prepare(plot)
    whole: Shapes = np.array(
        [each.shape for same in pieces.values() for each in same], dtype=object
    )
    inside = shapely.covers(plot, whole)
    cut = np.where(inside, whole, shapely.intersection(plot, whole))
    shapes: Shapes = np.empty(len(pieces), dtype=object)
    at = 0
    for n, same in enumerate(pieces.values()):
        some = cut[at : at + len(same)]
        shapes[n] = _areal(shapely.union_all(some) if len(same) > 1 else some[0])
        at += len(same)
    areas = areas_m2(shapes)
    return [
        (same[0], shape, float(area))
        for same, shape, area in zip(pieces.values(), shapes, areas, strict=True)
        if area >= SLIVER_M2
    ]


def _areal(shape: shapely.Geometry) -> shapely.Geometry:
    """Leave out lines and points, where a zone only touches."""
    if isinstance(shape, shapely.Polygon | shapely.MultiPolygon):
        return shape
    parts = [each for each in shapely.get_parts(shape) if isinstance(each, shapely.Polygon)]
    return shapely.MultiPolygon(parts)


def _overlaps(shapes: Shapes) -> tuple[NDArray[np.intp], Shapes]:
    """Give which shapes overlap, as pairs of places, and what they have in common."""
    nothing: Shapes = np.empty(0, dtype=object)
    if len(shapes) < 2:
        return np.empty((0, 2), dtype=np.intp), nothing
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = left < right
    pairs = np.column_stack([left[once], right[once]])
    common = _common(shapes[pairs[:, 0]], shapes[pairs[:, 1]])
    real = shapely.area(common) > _DUST_DEG2
    return pairs[real], np.array([_areal(each) for each in common[real]], dtype=object)


def _part(
    clipped: Sequence[tuple[Zone, shapely.Geometry, float]],
    shapes: Shapes,
    places: Sequence[int],
    in_pairs: set[int],
) -> Part:
    alone = sum(clipped[at][2] for at in places if at not in in_pairs)
    area = alone + _united_m2(shapes, [at for at in places if at in in_pairs])
    return Part(area, len(places), shapes[list(places)])


def _united_m2(shapes: Shapes, places: Sequence[int]) -> float:
    if not places:
        return 0.0
    return measure_m2(shapely.union_all(shapes[list(places)]))
