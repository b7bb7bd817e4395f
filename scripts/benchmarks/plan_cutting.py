"""Cut areas into zones that fit together exactly, as a drawn plan's should: no gap, no overlap.

All lines (cells around random points, edges of the areas, both sides of roads, ponds) are made into
one net with nodes wherever they meet; zones are the faces of that net, so neighbours share every
vertex. Faces too small or thin are joined to a neighbour. Coordinates are multiples of 1e-8 degree
(about a millimetre).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]

GRAIN_DEG = 1e-8
_M_PER_DEG = 110_600.0
_MIN_WIDTH_DEG = 4.0 / _M_PER_DEG
"""Of a zone, as two areas by its perimeter: four metres; what the checks call a sliver is less."""
_ROAD_WIDTHS_DEG = tuple(metres / _M_PER_DEG for metres in (12, 18, 24, 36))
_ZONES_PER_ROAD = 50
_POND_SHARE = 0.02
_OUTSIDE = -1


@dataclass(frozen=True, slots=True)
class Cut:
    """Zones as cut."""

    shapes: Shapes
    area: Ints
    """Place among the given areas, of each."""
    is_road: NDArray[np.bool_]


@dataclass
class _Net:
    """Lines between nodes, and the faces on both sides of each."""

    lines: Shapes
    left: Ints
    right: Ints
    """Face, or ``_OUTSIDE``."""
    faces: Shapes


def cut(areas: Sequence[BaseGeometry], count: int, seed: int) -> Cut:
    """Cut areas into exactly ``count`` zones; the same for the same seed.

    Raises:
        ValueError: the areas are too small for so many.
    """
    for more in (1.1, 1.5, 2.5, 4.0):
        drawn = np.random.default_rng(seed)
        points = _points(areas, max(int(count * more), count + 3), drawn)
        roads = _roads(areas, count, drawn)
        net = _net(_lines(areas, points, roads, drawn))
        area, is_road = _places(net.faces, areas, roads)
        group = _joined(net, area, is_road, count)
        if len(np.unique(group[group >= 0])) == count:
            return _shapes(net, group, area, is_road, drawn)
    raise ValueError(f"too little ground for {count} zones")


def _points(areas: Sequence[BaseGeometry], count: int, drawn: np.random.Generator) -> Floats:
    """Draw points, denser in small areas and around a few centres, as towns are."""
    weights = np.array([area.area**0.7 for area in areas])
    found = []
    for area, share in zip(areas, weights / weights.sum(), strict=True):
        wanted = max(round(count * float(share)), 1)
        west, south, east, north = area.bounds
        shapely.prepare(area)
        centres = drawn.uniform((west, south), (east, north), (max(wanted // 300, 1), 2))
        kept = np.empty((0, 2))
        while len(kept) < wanted:
            spread = drawn.uniform((west, south), (east, north), (wanted, 2))
            near = centres[drawn.integers(len(centres), size=wanted)]
            near = near + drawn.normal(0, (east - west + north - south) / 16, (wanted, 2))
            either = np.where(drawn.random((wanted, 1)) < 0.6, spread, near)
            kept = np.vstack([kept, either[shapely.contains_xy(area, either)]])
        found.append(kept[:wanted])
    return np.vstack(found)


def _roads(areas: Sequence[BaseGeometry], count: int, drawn: np.random.Generator) -> Shapes:
    """Draw bent strips through the areas; few zones have none."""
    found = []
    for area in areas:
        west, south, east, north = area.bounds
        for _ in range(count // len(areas) // _ZONES_PER_ROAD):
            ends = drawn.uniform((west, south), (east, north), (2, 2))
            ends = ends.mean(axis=0) + (ends - ends.mean(axis=0)) * 1.6
            steps = np.linspace(0, 1, 12)[:, None]
            line = ends[0] + (ends[1] - ends[0]) * steps
            line += drawn.normal(0, (east - west) / 120, line.shape).cumsum(axis=0)
            width = drawn.choice(_ROAD_WIDTHS_DEG)
            found.append(shapely.LineString(line).buffer(width / 2, cap_style="flat", quad_segs=2))
    return np.array(found, dtype=object)


def _lines(
    areas: Sequence[BaseGeometry], points: Floats, roads: Shapes, drawn: np.random.Generator
) -> BaseGeometry:
    """Give all lines with nodes where they meet."""
    cells = shapely.voronoi_polygons(
        shapely.multipoints(points),
        only_edges=True,
        extend_to=shapely.box(*shapely.total_bounds(areas)),
    )
    ponds = points[drawn.random(len(points)) < _POND_SHARE]
    tree = shapely.STRtree(shapely.get_parts(cells))
    nearest = tree.query_nearest(shapely.points(ponds), all_matches=False, return_distance=True)[1]
    around = np.linspace(0, 2 * np.pi, 9)[:-1]
    rings = [
        shapely.Polygon(
            np.column_stack([np.cos(around), np.sin(around)])
            * (drawn.uniform(0.3, 0.6, 8) * radius)[:, None]
            + pond
        )
        for pond, radius in zip(ponds, nearest, strict=True)
        if radius > 6 * _MIN_WIDTH_DEG
    ]
    ground = shapely.union_all(list(areas))
    inner = shapely.intersection(cells, ground)
    edges = [shapely.boundary(each) for each in (*areas, *roads, *rings)]
    return shapely.union_all([inner, *edges], grid_size=GRAIN_DEG)


def _net(noded: BaseGeometry) -> _Net:
    lines = shapely.get_parts(shapely.line_merge(noded))
    lines = lines[shapely.get_type_id(lines) == 1]
    faces = shapely.get_parts(shapely.polygonize(lines))
    starts, ends, owner = _segments(faces)
    keys, number = np.unique(np.concatenate([starts, ends]), return_inverse=True)
    own = number[: len(starts)] * len(keys) + number[len(starts) :]
    order = np.argsort(own)
    first, second = _first_segments(lines)
    known = np.isin(first, keys) & np.isin(second, keys)
    one = np.searchsorted(keys, first) % len(keys)
    other = np.searchsorted(keys, second) % len(keys)
    left = _found(own[order], owner[order], one * len(keys) + other)
    right = _found(own[order], owner[order], other * len(keys) + one)
    kept = known & ((left >= 0) | (right >= 0))
    return _Net(lines[kept], left[kept], right[kept], faces)


def _segments(faces: Shapes) -> tuple[Any, Any, Ints]:
    """Give each segment of faces as complex numbers, the face to its left."""
    turned = shapely.orient_polygons(faces, exterior_cw=False)
    rings, owner = shapely.get_rings(turned, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    at = xy[:, 0] + 1j * xy[:, 1]
    inside = ring[:-1] == ring[1:]
    return at[:-1][inside], at[1:][inside], owner[ring[:-1][inside]]


def _first_segments(lines: Shapes) -> tuple[Any, Any]:
    xy = [shapely.get_coordinates(shapely.get_point(lines, place)) for place in (0, 1)]
    return xy[0][:, 0] + 1j * xy[0][:, 1], xy[1][:, 0] + 1j * xy[1][:, 1]


def _found(keys: Ints, values: Ints, asked: Ints) -> Ints:
    place = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.where(keys[place] == asked, values[place], _OUTSIDE)


def _places(
    faces: Shapes, areas: Sequence[BaseGeometry], roads: Shapes
) -> tuple[Ints, NDArray[np.bool_]]:
    """Tell in which area each face lies, and whether in a road."""
    inside = shapely.point_on_surface(faces)
    area = np.full(len(faces), _OUTSIDE)
    face, found = shapely.STRtree(list(areas)).query(inside, predicate="intersects")
    area[face[::-1]] = found[::-1]
    is_road = np.zeros(len(faces), dtype=bool)
    if len(roads):
        is_road[shapely.STRtree(roads).query(inside, predicate="intersects")[0]] = True
    return area, is_road & (area >= 0)


class _Groups:
    """Faces joined so far."""

    def __init__(self, net: _Net) -> None:
        self.of = list(range(len(net.faces)))
        self.area = shapely.area(net.faces).tolist()
        self.around = shapely.length(net.faces).tolist()
        self.beside: list[dict[int, float]] = [{} for _ in net.faces]
        both = zip(
            net.left.tolist(), net.right.tolist(), shapely.length(net.lines).tolist(), strict=True
        )
        for left, right, length in both:
            if left >= 0 and right >= 0 and left != right:
                self.beside[left][right] = self.beside[left].get(right, 0.0) + length
                self.beside[right][left] = self.beside[right].get(left, 0.0) + length

    def find(self, face: int) -> int:
        while self.of[face] != face:
            self.of[face] = self.of[self.of[face]]
            face = self.of[face]
        return face

    def is_thin(self, face: int) -> bool:
        return bool(2 * self.area[face] < _MIN_WIDTH_DEG * self.around[face])

    def join(self, face: int, other: int) -> None:
        """Make ``face`` a part of ``other``."""
        shared = self.beside[other].pop(face)
        del self.beside[face][other]
        for each, length in self.beside[face].items():
            del self.beside[each][face]
            self.beside[other][each] = self.beside[other].get(each, 0.0) + length
            self.beside[each][other] = self.beside[other][each]
        self.beside[face] = {}
        self.of[face] = other
        self.area[other] += self.area[face]
        self.around[other] += self.around[face] - 2 * shared


def _joined(net: _Net, area: Ints, is_road: NDArray[np.bool_], count: int) -> Ints:
    """Join roads of an area, and thin and small faces to neighbours, until there are so many.

    Gives the group of each face; ``_OUTSIDE``: not on the areas' ground.
    """
    groups = _Groups(net)
    for left, right in zip(net.left.tolist(), net.right.tolist(), strict=True):
        one, other = groups.find(left), groups.find(right)
        are_roads = left >= 0 and right >= 0 and is_road[left] and is_road[right]
        if are_roads and one != other and area[left] == area[right]:
            few, many = sorted((one, other), key=lambda face: len(groups.beside[face]))
            groups.join(few, many)
    queue = [face for face in range(len(net.faces)) if groups.of[face] == face]
    while queue:
        face = queue.pop()
        if groups.of[face] == face and groups.is_thin(face):
            chosen = _neighbour(groups, face, area, is_road)
            if chosen is not None:
                groups.join(face, chosen)
                queue.append(chosen)
    left_over = [
        face for face in range(len(net.faces)) if groups.of[face] == face and area[face] >= 0
    ]
    small = sorted(left_over, key=groups.area.__getitem__)
    too_many = len(small) - count
    for face in small:
        if too_many <= 0:
            break
        chosen = None if is_road[face] else _neighbour(groups, face, area, is_road)
        if chosen is not None and area[chosen] >= 0 and groups.of[face] == face:
            groups.join(face, chosen)
            too_many -= 1
    group = np.array([groups.find(face) for face in range(len(net.faces))])
    return np.where(area[group] >= 0, group, _OUTSIDE)


def _neighbour(groups: _Groups, face: int, area: Ints, is_road: NDArray[np.bool_]) -> int | None:
    """Choose what a face is joined to: the longest edge, rather of its own area and no road."""
    found = list(groups.beside[face].items())
    if area[face] >= 0:
        found = [each for each in found if area[each[0]] >= 0]
    return max(
        found,
        key=lambda each: (area[each[0]] == area[face], not is_road[each[0]], each[1]),
        default=(None, 0.0),
    )[0]


def _shapes(
    net: _Net, group: Ints, area: Ints, is_road: NDArray[np.bool_], drawn: np.random.Generator
) -> Cut:
    """Bend the lines between zones, and give the zones."""
    outside = np.append(group, _OUTSIDE)
    left, right = outside[net.left], outside[net.right]
    kept = left != right
    lines, left, right = net.lines[kept], left[kept], right[kept]
    can_bend = (left >= 0) & (right >= 0) & ~is_road[left] & ~is_road[right]
    can_bend &= area[left] == area[right]
    lines = _bent(lines, can_bend, drawn)
    shapes = shapely.get_parts(shapely.polygonize(lines))
    shapes = shapely.orient_polygons(shapes, exterior_cw=False)
    starts, ends, owner = _segments(shapes)
    first, second = _first_segments(lines)
    number = {}
    pairs = zip(first.tolist(), second.tolist(), left.tolist(), right.tolist(), strict=True)
    for one, other, at_left, at_right in pairs:
        number[one, other] = at_left
        number[other, one] = at_right
    found = np.full(len(shapes), _OUTSIDE)
    for one, other, shape in zip(starts.tolist(), ends.tolist(), owner.tolist(), strict=True):
        if found[shape] == _OUTSIDE:
            found[shape] = number.get((one, other), _OUTSIDE)
    inside = found >= 0
    order = np.argsort(found[inside], kind="stable")
    chosen = found[inside][order]
    return Cut(shapes[inside][order], area[chosen], is_road[chosen])


def _bent(lines: Shapes, can_bend: NDArray[np.bool_], drawn: np.random.Generator) -> Shapes:
    """Give lines a few vertices more, off the straight; straight again where they would meet."""
    more = drawn.integers(1, 5, size=len(lines))
    bent = lines.copy()
    for place in np.flatnonzero(can_bend):
        bent[place] = _bent_line(lines[place], int(more[place]), drawn)
    for _ in range(4):
        tree = shapely.STRtree(bent)
        one, other = tree.query(bent, predicate="intersects")
        one, other = one[one < other], other[one < other]
        meets = ~shapely.touches(bent[one], bent[other])
        wrong = np.union1d(one[meets], other[meets])
        wrong = np.union1d(wrong, np.flatnonzero(~shapely.is_simple(bent)))
        wrong = wrong[bent[wrong] != lines[wrong]]
        if not len(wrong):
            break
        bent[wrong] = lines[wrong]
    return bent


def _bent_line(line: BaseGeometry, more: int, drawn: np.random.Generator) -> BaseGeometry:
    xy = shapely.get_coordinates(line)
    pieces = [xy[:1]]
    for start, end in pairwise(xy):
        way = end - start
        if np.hypot(*way) > _MIN_WIDTH_DEG:
            steps = (np.arange(1, more + 1) + drawn.uniform(-0.3, 0.3, more)) / (more + 1)
            aside = drawn.normal(0, 0.04, more).clip(-0.08, 0.08)
            across = np.array([-way[1], way[0]])
            pieces.append(start + steps[:, None] * way + aside[:, None] * across)
        pieces.append(end[None])
    return shapely.LineString(np.round(np.vstack(pieces), 8))
