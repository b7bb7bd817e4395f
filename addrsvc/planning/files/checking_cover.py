"""Pure: where zones cover ground twice, and where they leave gaps.

Zones that fit together run along each other's edges, once each way. Those edges cancel; what is
left is the outline of all, and of what does not fit. Its faces are covered by no zone (a gap), by
one, or by several (an overlap): one question each, however many zones there are.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from addrsvc.geo.areas import areas_m2, lengths_m

MIN_AREA_M2: Final = 0.01
"""Overlaps and gaps smaller than a square decimetre are not told."""
MIN_WIDTH_M: Final = 0.01
"""Nor thinner ones: seven decimals of a degree, which most files have, are a centimetre."""

_DECIMALS: Final = 9
"""Of degrees: edges 0.1 mm apart are one edge, as projecting makes them."""
_ASIDE: Final = (1.0, 2.6, 4.1, 5.5)
"""Radians from east: directions nothing is drawn along."""

Shapes = NDArray[np.object_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Ground that two zones both cover."""

    one: int
    """Place of the first among the zones."""
    other: int
    area_m2: float
    shape: Any
    """Polygon or multipolygon."""


@dataclass(frozen=True, slots=True)
class Cover:
    """How zones fit together."""

    overlaps: list[Overlap]
    overlap_m2: float
    """Ground that two or more cover, counted once."""
    gaps: Shapes
    """Enclosed by zones, covered by none."""
    gap_areas_m2: NDArray[np.float64]


def cover_of(zones: Shapes, copies: Collection[int] = ()) -> Cover:
    """Tell where valid polygons and multipolygons (EPSG:4326) overlap, and the gaps between.

    Args:
        zones: what to hold against each other.
        copies: places of zones that have another one's shape; they cover ground, but are in no
            pair: a thousand copies would be half a million.
    """
    faces = _faces(zones)
    area, around = areas_m2(faces), lengths_m(faces)
    told = _is_told(area, around)
    faces, area = faces[told], area[told]
    face, _ = _covering(faces, zones)
    depth = np.bincount(face, minlength=len(faces))
    is_gap, is_twice = depth == 0, depth > 1
    return Cover(
        _overlaps(zones, faces[is_twice], copies),
        float(area[is_twice].sum()),
        faces[is_gap],
        area[is_gap],
    )


def _overlaps(zones: Shapes, twice: Shapes, copies: Collection[int]) -> list[Overlap]:
    """Cut zones that cover ground twice with one another; in order of the zones.

    A face is covered so many times, not by the same zones all over: where one ends and another
    begins on the same line, their edges cancel.
    """
    near = np.unique(shapely.STRtree(zones).query(twice, predicate="intersects")[1])
    near = near[~np.isin(near, list(copies))]
    one, other = shapely.STRtree(zones[near]).query(zones[near], predicate="intersects")
    return _cut(zones, near[one[one < other]], near[other[one < other]])


def overlaps_with(zones: Shapes, first: int) -> list[Overlap]:
    """Tell where zones from a place on overlap those before it and one another.

    What is valid and what counts is as for :func:`cover_of`; those before are not held against one
    another.
    """
    one, other = shapely.STRtree(zones).query(zones[first:], predicate="intersects")
    one += first
    chosen = other < one
    return _cut(zones, other[chosen], one[chosen])


def _cut(zones: Shapes, one: Ints, other: Ints) -> list[Overlap]:
    """Cut pairs of zones with one another; in order of the zones, only what is told."""
    common = shapely.intersection(zones[one], zones[other])
    parts, pair = shapely.get_parts(common, return_index=True)
    areal = shapely.get_type_id(parts) == 3
    parts, pair = parts[areal], pair[areal]
    area, around = areas_m2(parts), lengths_m(parts)
    total = np.bincount(pair, weights=area, minlength=len(one))
    found = np.flatnonzero(_is_told(total, np.bincount(pair, weights=around, minlength=len(one))))
    by_pair: dict[int, list[Any]] = {place: [] for place in found.tolist()}
    for part, place in zip(parts, pair.tolist(), strict=True):
        if place in by_pair:
            by_pair[place].append(part)
    return sorted(
        (
            Overlap(int(one[at]), int(other[at]), float(total[at]), _whole(own))
            for at, own in by_pair.items()
        ),
        key=lambda each: (each.one, each.other),
    )


def _whole(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


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
