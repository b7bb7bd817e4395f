"""Plant faults in a synthetic plan, and tell exactly which.

    zones, planted = plant(make_zones(areas, 2_000, seed=1), seed=1)

Every fault of ``addrsvc.planning.files.model`` is planted ``each`` times, in zones that do not
touch one another, so that none hides another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from addrsvc.planning.files.model import Fault
from benchmarks.plan_cutting import GRAIN_DEG
from benchmarks.plan_maker import MadeZone

ONLY_BINARY: Final = frozenset({Fault.NOT_FINITE})
"""JSON has no such numbers."""
NOT_IN_SHAPEFILES: Final = frozenset(
    # rings have no parents there, and all features are of one type
    {
        *(Fault.NOT_AREAL, Fault.OUT_OF_RANGE, Fault.HOLE_OUTSIDE, Fault.NESTED),
        *(Fault.RING_TWICE, Fault.OTHER_INVALID, Fault.TOO_FEW_POINTS, Fault.NOT_FINITE),
    }
)

_M_PER_DEG: Final = 110_600.0
_MAX_VERTICES: Final = 60


@dataclass(frozen=True, slots=True)
class Planted:
    """One fault, as the report has to name it."""

    fault: Fault
    n: int | None
    """None: a gap."""
    other_n: int | None = None
    area_m2: float | None = None
    """Of an overlap, gap or sliver, where known beforehand; flat, good to a per cent."""
    lon: float | None = None
    """Of a gap: a point in it."""
    lat: float | None = None


@dataclass
class _Garden:
    """Zones to plant in: those taken so far are not taken again, nor are their neighbours."""

    zones: list[MadeZone]
    drawn: np.random.Generator
    planted: list[Planted]

    def __post_init__(self) -> None:
        shapes = np.array([zone.shape for zone in self.zones], dtype=object)
        self.tree = shapely.STRtree(shapes)
        self.outline = shapely.boundary(shapely.union_all(shapes))
        shapely.prepare(self.outline)
        self.order = iter(self.drawn.permutation(len(self.zones)).tolist())
        self.taken: set[int] = set()

    def take(self) -> tuple[int, Any]:
        """Give the place and shape of a zone in the midst of others, with no hole."""
        for place in self.order:
            shape = self.zones[place].shape
            beside = set(self.tree.query(shape, predicate="intersects").tolist())
            size = shapely.get_num_coordinates(shape)
            is_plain = shapely.get_num_interior_rings(shape) == 0 and 8 < size < _MAX_VERTICES
            is_wide = 2 * shape.area * _M_PER_DEG > 20 * shape.length
            inner = not shapely.intersects(self.outline, shape)
            if is_plain and is_wide and inner and not beside & self.taken:
                self.taken |= beside
                return place, shape
        raise ValueError("too few zones for so many faults")

    def put(self, place: int, shape: BaseGeometry | None) -> int:
        """Give a zone another shape; gives its number."""
        self.zones[place] = replace(self.zones[place], shape=shape)
        return self.zones[place].n

    def add(self, like: int, shape: BaseGeometry | None) -> int:
        """Add a zone with the code of another; gives its number."""
        n = len(self.zones) + 1
        self.zones.append(replace(self.zones[like], n=n, shape=shape))
        return n

    def note(self, fault: Fault, n: int | None, other_n: int | None = None, **told: Any) -> None:
        """Remember what was planted."""
        self.planted.append(Planted(fault, n, other_n, **told))


def plant(
    zones: Sequence[MadeZone],
    seed: int,
    *,
    each: int = 3,
    without: Collection[Fault] = (),
) -> tuple[list[MadeZone], list[Planted]]:
    """Dirty a plan: every fault so many times, but for those a format cannot hold.

    Raises:
        ValueError: the plan has too few zones.
    """
    garden = _Garden(list(zones), np.random.default_rng(seed), [])
    for fault, ways in _WAYS.items():
        for time in range(0 if fault in without else each):
            ways[time % len(ways)](garden)
    return garden.zones, garden.planted


def enlarge(zones: Sequence[MadeZone], vertices: int, seed: int) -> list[MadeZone]:
    """Put a lake of so many vertices into the widest zone: a hole there, and a zone that fills it.

    No fault, but a load: together they have twice as many.
    """
    made = list(zones)
    place = max(range(len(made)), key=lambda at: _area(made[at].shape))
    shape: Any = made[place].shape
    centre = shapely.maximum_inscribed_circle(shape)
    radius, (lon, lat) = centre.length * 0.8, centre.coords[0]
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    drawn = np.random.default_rng(seed)
    reach = radius * (0.8 + 0.1 * np.sin(9 * angle) + 1e-5 * drawn.random(vertices))
    ring = np.round(np.column_stack([lon + reach * np.cos(angle), lat + reach * np.sin(angle)]), 12)
    holes = [*shape.interiors, ring]
    made[place] = replace(made[place], shape=shapely.Polygon(shape.exterior, holes))
    lake = MadeZone(len(made) + 1, "MNC", "Hồ", shapely.Polygon(ring))
    return [*made, lake]


def star(vertices: int, seed: int, *, lon: float = 106.6, lat: float = 11.1) -> shapely.Polygon:
    """Give random points of a circle joined in random order: it crosses itself a million times."""
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi, vertices)
    return shapely.Polygon(
        np.column_stack([lon + 0.01 * np.cos(angle), lat + 0.01 * np.sin(angle)])
    )


def _area(shape: BaseGeometry | None) -> float:
    return 0.0 if shape is None or shapely.get_num_interior_rings(shape) else shape.area


def _m2(shape: BaseGeometry) -> float:
    """Measure roughly."""
    return float(shape.area * _M_PER_DEG**2 * 1.0067 * np.cos(np.radians(shape.centroid.y)))


def _ring(shape: Any) -> list[tuple[float, float]]:
    return [tuple(each) for each in shapely.get_coordinates(shape.exterior)[:-1].tolist()]


def _square(shape: Any, size: float, *, dx: float = 0.0, dy: float = 0.0) -> shapely.Polygon:
    """Give a square inside a shape, of a size against the largest circle in it; moved by sizes."""
    circle: Any = shapely.maximum_inscribed_circle(shape)
    radius, (lon, lat) = circle.length * 0.6, circle.coords[0]
    lon, lat, half = lon + dx * radius, lat + dy * radius, size * radius / 2
    square: shapely.Polygon = shapely.box(lon - half, lat - half, lon + half, lat + half)
    return square


# each plants one fault


def _bow_tie(garden: _Garden) -> None:
    place, shape = garden.take()
    ring = _ring(shape)
    for length in range(2, len(ring)):
        crossed = shapely.Polygon([*ring[:1], *ring[1 : 1 + length][::-1], *ring[1 + length :]])
        if shapely.is_valid_reason(crossed).startswith("Self-intersection"):
            garden.note(Fault.SELF_CROSSING, garden.put(place, crossed))
            return


def _hole_outside(garden: _Garden) -> None:
    place, shape = garden.take()
    west, _, _, _ = shape.bounds
    hole = shapely.affinity.translate(_square(shape, 0.5), west - shape.bounds[2])
    wrong = shapely.Polygon(shape.exterior, [hole.exterior])
    garden.note(Fault.HOLE_OUTSIDE, garden.put(place, wrong))


def _nested_hole(garden: _Garden) -> None:
    place, shape = garden.take()
    holes = [_square(shape, size).exterior for size in (0.9, 0.4)]
    garden.note(Fault.NESTED, garden.put(place, shapely.Polygon(shape.exterior, holes)))


def _nested_part(garden: _Garden) -> None:
    place, shape = garden.take()
    wrong = shapely.MultiPolygon([shape, _square(shape, 0.5)])
    garden.note(Fault.NESTED, garden.put(place, wrong))


def _part_twice(garden: _Garden) -> None:
    place, shape = garden.take()
    garden.note(Fault.RING_TWICE, garden.put(place, shapely.MultiPolygon([shape, shape])))


def _ring_twice(garden: _Garden) -> None:
    place, shape = garden.take()
    ring = _ring(shape)
    garden.note(Fault.RING_TWICE, garden.put(place, shapely.Polygon([*ring, *ring])))


def _cut_through(garden: _Garden) -> None:
    """Divide a zone by a hole that reaches its outline at two vertices."""
    place, shape = garden.take()
    square = _square(shape, 1.0)
    (west, south), (east, north) = square.bounds[:2], square.bounds[2:]
    middle = (west + east) / 2, (south + north) / 2
    hole = [(west, middle[1]), (middle[0], north), (east, middle[1]), (middle[0], south)]
    wrong = shapely.Polygon(square.exterior.coords, [hole])
    garden.note(Fault.OTHER_INVALID, garden.add(place, wrong))


def _too_few(garden: _Garden) -> None:
    place, shape = garden.take()
    one, other = _ring(shape)[:2]
    garden.note(Fault.TOO_FEW_POINTS, garden.add(place, shapely.Polygon([one, other, other, one])))


def _not_finite(garden: _Garden) -> None:
    place, shape = garden.take()
    ring = _ring(shape)
    ring[1] = (float("nan"), ring[1][1])
    garden.note(Fault.NOT_FINITE, garden.add(place, shapely.Polygon(ring)))


def _far_point(garden: _Garden) -> None:
    place, _ = garden.take()
    garden.note(Fault.OUT_OF_RANGE, garden.add(place, shapely.Point(500, 500)))


def _far_vertex(garden: _Garden) -> None:
    place, shape = garden.take()
    ring = [*_ring(shape), (500.0, 500.0)]
    garden.note(Fault.OUT_OF_RANGE, garden.add(place, shapely.Polygon(ring)))


def _point(garden: _Garden) -> None:
    place, shape = garden.take()
    garden.note(Fault.NOT_AREAL, garden.add(place, shape.representative_point()))


def _line(garden: _Garden) -> None:
    place, shape = garden.take()
    garden.note(Fault.NOT_AREAL, garden.add(place, shapely.LineString(_ring(shape)[:3])))


def _collection(garden: _Garden) -> None:
    place, shape = garden.take()
    both = shapely.GeometryCollection([_square(shape, 0.2), shape.representative_point()])
    garden.note(Fault.NOT_AREAL, garden.add(place, both))


def _null(garden: _Garden) -> None:
    place, _ = garden.take()
    garden.note(Fault.NO_SHAPE, garden.add(place, None))


def _empty(garden: _Garden) -> None:
    place, _ = garden.take()
    garden.note(Fault.NO_SHAPE, garden.add(place, shapely.Polygon()))


def _no_code(garden: _Garden) -> None:
    place, _ = garden.take()
    zone = garden.zones[place]
    garden.zones[place] = replace(zone, code=None)
    garden.note(Fault.NO_CODE, zone.n)


def _unknown_code(garden: _Garden) -> None:
    place, _ = garden.take()
    zone = garden.zones[place]
    garden.zones[place] = replace(zone, code="XYZ")
    garden.note(Fault.UNKNOWN_CODE, zone.n)


def _same_shape(garden: _Garden) -> None:
    place, shape = garden.take()
    ring = _ring(shape)
    again = shapely.Polygon([*ring[3:], *ring[:3]][::-1])
    n = garden.add(place, again)
    garden.note(Fault.SAME_SHAPE, n, garden.zones[place].n, area_m2=_m2(shape))


def _overlap_inside(garden: _Garden) -> None:
    place, shape = garden.take()
    inner = _square(shape, 0.8)
    n = garden.add(place, inner)
    garden.note(Fault.OVERLAP, garden.zones[place].n, n, area_m2=_m2(inner))


def _overlap_edge(garden: _Garden) -> None:
    """Let a zone reach into a neighbour by what is near the middle of the edge they share.

    Joined on the grain of the plan: else a vertex put on that edge lies off it by rounding, and
    what is added may hang on a neck as thin as that, which projecting turns into a crossing.
    """
    place, shape = garden.take()
    others = [each for each in garden.tree.query(shape, predicate="intersects") if each != place]
    shared = {other: garden.zones[other].shape for other in others}
    other = max(shared, key=lambda each: shape.intersection(shared[each]).length)
    middle = shape.intersection(shared[other]).interpolate(0.5, normalized=True)
    reach = min(15 / _M_PER_DEG, shape.intersection(shared[other]).length / 5)
    near = shared[other].intersection(middle.buffer(reach))
    both = shapely.union(shape, near, grid_size=GRAIN_DEG)
    common = both.intersection(shared[other])
    if both.geom_type != "Polygon" or common.area == 0:
        _overlap_inside(garden)
        return
    n, other_n = garden.put(place, both), garden.zones[other].n
    garden.note(Fault.OVERLAP, min(n, other_n), max(n, other_n), area_m2=_m2(common))


def _hole(garden: _Garden) -> None:
    place, shape = garden.take()
    hole = _square(shape, 0.7)
    garden.put(place, shapely.Polygon(shape.exterior, [hole.exterior]))
    _note_gap(garden, hole)


def _note_gap(garden: _Garden, gap: BaseGeometry) -> None:
    at = gap.representative_point()
    garden.note(Fault.GAP, None, area_m2=_m2(gap), lon=at.x, lat=at.y)


def _sliver(garden: _Garden) -> None:
    """Cut a strip of half a metre off, across the zone: the zone is its two sides."""
    while True:
        place, shape = garden.take()
        west, _, east, _ = shape.bounds
        lat = shape.representative_point().y
        band = shapely.box(west - 1, lat, east + 1, lat + 0.5 / _M_PER_DEG)
        strip = shape.intersection(band)
        if strip.geom_type == "Polygon":
            break
    garden.put(place, shape.difference(band))
    garden.note(Fault.SLIVER, garden.add(place, strip), area_m2=_m2(strip))


def _doubled_vertex(garden: _Garden) -> None:
    place, shape = garden.take()
    ring = _ring(shape)
    garden.note(
        Fault.DUPLICATE_VERTICES, garden.put(place, shapely.Polygon([*ring[:2], *ring[1:]]))
    )


def _outside(garden: _Garden) -> None:
    place, shape = garden.take()
    moved = shapely.affinity.translate(shape, 3.0 + 0.1 * len(garden.planted), 0)
    garden.note(Fault.OUTSIDE_PROVINCE, garden.add(place, moved), area_m2=_m2(moved))


Way = Callable[[_Garden], None]

_WAYS: Final[dict[Fault, tuple[Way, ...]]] = {
    Fault.SELF_CROSSING: (_bow_tie,),
    Fault.HOLE_OUTSIDE: (_hole_outside,),
    Fault.NESTED: (_nested_hole, _nested_part),
    Fault.RING_TWICE: (_part_twice, _ring_twice),
    Fault.OTHER_INVALID: (_cut_through,),
    Fault.TOO_FEW_POINTS: (_too_few,),
    Fault.NOT_FINITE: (_not_finite,),
    Fault.OUT_OF_RANGE: (_far_point, _far_vertex),
    Fault.NOT_AREAL: (_point, _line, _collection),
    Fault.NO_SHAPE: (_null, _empty),
    Fault.NO_CODE: (_no_code,),
    Fault.UNKNOWN_CODE: (_unknown_code,),
    Fault.SAME_SHAPE: (_same_shape,),
    Fault.OVERLAP: (_overlap_inside, _overlap_edge),
    Fault.GAP: (_hole,),
    Fault.SLIVER: (_sliver,),
    Fault.DUPLICATE_VERTICES: (_doubled_vertex,),
    Fault.OUTSIDE_PROVINCE: (_outside,),
}


def missing(planted: Sequence[Planted], marks: Collection[Any]) -> Iterator[Planted]:
    """Give the planted faults a report does not name, or names of another size."""
    named: dict[tuple[Any, ...], Any] = {
        (mark.fault, mark.n, mark.other_n): mark for mark in marks if mark.n is not None
    }
    gaps = [mark for mark in marks if mark.fault is Fault.GAP]
    for each in planted:
        if each.fault is Fault.GAP:
            found = next((gap for gap in gaps if _holds(gap, each)), None)
        else:
            found = named.get((each.fault, each.n, each.other_n))
        if found is None or (each.area_m2 and abs(found.area_m2 / each.area_m2 - 1) > 0.01):
            yield each


def _holds(gap: Any, planted: Planted) -> bool:
    at = shapely.Point(planted.lon or 0.0, planted.lat or 0.0)
    return bool(shapely.intersects(shapely.from_wkb(gap.shape), at))
