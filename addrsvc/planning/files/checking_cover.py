"""Pure: where zones cover ground twice, and where they leave gaps.

Zones that fit together run along each other's edges, once each way. Those edges cancel; what is
left is the outline of all, and of what does not fit. Its faces are covered by no zone (a gap), by
one, or by several (an overlap): one question each, however many zones there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from addrsvc.geo.areas import straight_areas_m2

MIN_AREA_M2: Final = 0.01
"""Overlaps and gaps smaller than a square decimetre are not told."""
MIN_WIDTH_M: Final = 0.01
"""Nor thinner ones: seven decimals of a degree, which most files have, are a centimetre."""

_DECIMALS: Final = 9
"""Of degrees: edges 0.1 mm apart are one edge, as projecting makes them."""
_DUST_M2: Final = 1e-5
_DUST_WIDTH_M: Final = 0.001
"""Faces smaller or thinner are not looked at; what is told may be made of several."""
_ASIDE: Final = (1.0, 2.6, 4.1, 5.5)
"""Radians from east: directions nothing is drawn along."""
_DEEPEST: Final = 16
"""Where more zones lie on each other, each is told with the next only, not with every other."""

Shapes = NDArray[np.object_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Ground that two zones both cover."""

    one: int
    """Place of the first among the zones."""
    other: int
    area_m2: float
    shapes: Shapes
    """Faces that lie beside each other."""


@dataclass(frozen=True, slots=True)
class Cover:
    """How zones fit together."""

    overlaps: list[Overlap]
    overlap_m2: float
    """Ground that two or more cover, counted once."""
    gaps: Shapes
    """Enclosed by zones, covered by none."""
    gap_areas_m2: NDArray[np.float64]


def cover_of(zones: Shapes) -> Cover:
    """Tell where valid polygons and multipolygons (EPSG:4326) overlap, and the gaps between."""
    faces = _faces(zones)
    area, around = straight_areas_m2(faces)
    told = (area > _DUST_M2) & (2 * area > _DUST_WIDTH_M * around)
    faces, area, around = faces[told], area[told], around[told]
    face, zone = _covering(faces, zones)
    depth = np.bincount(face, minlength=len(faces))
    is_gap = (depth == 0) & _is_told(area, around)
    is_twice = depth > 1
    overlaps = list(_overlaps(face, zone, is_twice, area, around))
    twice = np.zeros(len(faces), dtype=bool)
    for each in overlaps:
        twice[each[1]] = True
    return Cover(
        [Overlap(*pair, float(area[places].sum()), faces[places]) for pair, places in overlaps],
        float(area[twice].sum()),
        faces[is_gap],
        area[is_gap],
    )


def _covering(faces: Shapes, zones: Shapes) -> tuple[Ints, Ints]:
    """Give pairs of a face and a zone that covers it: one point of a face tells for all of it.

    The point must not lie on an edge two zones share, which is in both or, by rounding, in none:
    middles do, in plans drawn at right angles, so it is moved aside as far as the face allows.
    """
    tree = shapely.STRtree(zones)
    middle, reach = _middles(faces)
    left = np.arange(len(faces))
    found: list[tuple[Ints, Ints]] = []
    for angle in _ASIDE:
        points = shapely.points(
            shapely.get_x(middle[left]) + reach[left] * np.cos(angle),
            shapely.get_y(middle[left]) + reach[left] * np.sin(angle),
        )
        face, zone = tree.query(points, predicate="intersects")
        on_edge = np.unique(face[shapely.touches(points[face], zones[zone])])
        is_told = ~np.isin(face, on_edge) if angle != _ASIDE[-1] else np.ones(len(face), bool)
        found.append((left[face[is_told]], zone[is_told]))
        left = left[on_edge]
        if not len(left):
            break
    return np.concatenate([each[0] for each in found]), np.concatenate([each[1] for each in found])


def _middles(faces: Shapes) -> tuple[Shapes, NDArray[np.float64]]:
    """Give a point of each face, well away from its outline, and how far it can be moved."""
    middle = shapely.point_on_surface(faces)
    reach = shapely.distance(middle, shapely.boundary(faces))
    width = 2 * shapely.area(faces) / shapely.length(faces)
    near = np.flatnonzero(reach < width / 10)
    circles = [
        shapely.maximum_inscribed_circle(face, tolerance=grain)
        for face, grain in zip(faces[near], width[near] / 10, strict=True)
    ]
    middle[near] = shapely.get_point(circles, 0)
    reach[near] = shapely.length(circles)
    return middle, reach * 0.7


def _is_told(area: Any, around: Any) -> Any:
    """Tell whether something is more than rounding; its mean width is two areas by its length."""
    return (area >= MIN_AREA_M2) & (2 * area >= MIN_WIDTH_M * around)


def _overlaps(
    face: Ints,
    zone: Ints,
    is_twice: NDArray[np.bool_],
    area: NDArray[np.float64],
    around: NDArray[np.float64],
) -> Iterator[tuple[tuple[int, int], list[int]]]:
    """Give pairs of zones and places of the faces both cover, in order of the zones."""
    deep = is_twice[face]
    stacks: dict[int, list[int]] = {}
    for place, each in zip(face[deep].tolist(), zone[deep].tolist(), strict=True):
        stacks.setdefault(place, []).append(each)
    found: dict[tuple[int, int], list[int]] = {}
    for place, own in stacks.items():
        stack = sorted(own)
        pairs = combinations(stack, 2) if len(stack) <= _DEEPEST else pairwise(stack)
        for pair in pairs:
            found.setdefault(pair, []).append(place)
    for pair in sorted(found):
        own_faces = found[pair]
        if _is_told(area[own_faces].sum(), around[own_faces].sum()):
            yield pair, own_faces


def _faces(zones: Shapes) -> Shapes:
    """Give the faces between edges that do not cancel."""
    starts, ends = _edges(zones)
    if not len(starts):
        return np.empty(0, dtype=object)
    numbers = np.unique(np.concatenate([starts, ends]), return_inverse=True)[1]
    one, other = numbers[: len(starts)], numbers[len(starts) :]
    forward = one < other
    low, high = np.where(forward, one, other), np.where(forward, other, one)
    keys, first, edge = np.unique(
        low * (numbers.max() + 1) + high, return_index=True, return_inverse=True
    )
    net = np.bincount(edge, weights=np.where(forward, 1, -1), minlength=len(keys))
    noded = shapely.union_all(_chains(starts, ends, np.sort(first[net != 0])))
    faces: Shapes = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    return faces


def _chains(starts: Any, ends: Any, chosen: Ints) -> Shapes:
    """Give chosen edges as lines, each as long as edges follow one another."""
    goes_on = (np.diff(chosen) == 1) & (ends[chosen[:-1]] == starts[chosen[1:]])
    begins = np.append(True, ~goes_on)
    chain = np.cumsum(begins) - 1
    at = np.concatenate([starts[chosen][begins], ends[chosen]])
    order = np.argsort(np.concatenate([np.flatnonzero(begins) - 0.5, np.arange(len(chosen))]))
    xy = np.column_stack([at.real, at.imag])[order]
    owner = np.concatenate([chain[begins], chain])[order]
    return np.asarray(shapely.linestrings(xy, indices=owner))


def _edges(zones: Shapes) -> tuple[Any, Any]:
    """Give the edges of zones as complex numbers, their ground to the left."""
    turned = shapely.orient_polygons(zones, exterior_cw=False)
    rings = shapely.get_rings(shapely.get_parts(turned))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    xy = np.round(xy, _DECIMALS)
    at = xy[:, 0] + 1j * xy[:, 1]
    is_edge = (ring[:-1] == ring[1:]) & (at[:-1] != at[1:])
    return at[:-1][is_edge], at[1:][is_edge]
