"""Pure: what is wrong with each shape of a file by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from addrsvc.planning.files.model import Fault, Mark

REPAIRABLE: Final = frozenset(
    {
        Fault.SELF_CROSSING,
        Fault.HOLE_OUTSIDE,
        Fault.NESTED,
        Fault.RING_TWICE,
        Fault.TOO_FEW_POINTS,
        Fault.OTHER_INVALID,
    }
)
"""Areal shapes with finite coordinates on Earth that are invalid."""

SLIVER_WIDTH_M: Final = 1.0
"""Mean width: twice the area by the length of the rings, as of a long strip. A metre is half a
millimetre at 1:2,000, the scale of zoning plans: two drawn lines of 0.2 mm fill it."""
SLIVER_ROUNDNESS: Final = 0.3
"""4πA/P²: 1 of a circle, 0.79 of a square, 0.3 of a strip nine times as long as wide."""
CRUMB_M2: Final = 1.0
"""Whatever its form, an area smaller than this is none that anybody planned."""

_REASONS: Final = (
    ("Too few points", Fault.TOO_FEW_POINTS),
    ("Hole lies outside", Fault.HOLE_OUTSIDE),
    ("Holes are nested", Fault.NESTED),
    ("Nested", Fault.NESTED),
    ("Duplicate Rings", Fault.RING_TWICE),
    ("Self-intersection", Fault.SELF_CROSSING),
    ("Ring Self-intersection", Fault.SELF_CROSSING),
)
"""How GEOS begins to say what is wrong; the place follows in brackets."""

_POLYGONS: Final = (3, 6)

Shapes = NDArray[np.object_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Judged:
    """Which shapes are sound, and what is wrong with the others."""

    is_sound: NDArray[np.bool_]
    """A valid polygon or multipolygon on Earth."""
    marks: list[Mark]
    """One of every other shape; what is to be drawn is the shape itself."""


def judge_shapes(shapes: Shapes) -> Judged:
    """Judge each shape by itself (EPSG:4326); each has at most one fault here, the gravest."""
    count = len(shapes)
    fault = np.full(count, None, dtype=object)
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    not_finite = np.unique(owner[~np.isfinite(xy).all(axis=1)])
    off_earth = np.unique(owner[(np.abs(xy) > (180.0, 90.0)).any(axis=1)])
    fault[~np.isin(shapely.get_type_id(shapes), _POLYGONS)] = Fault.NOT_AREAL
    fault[off_earth] = Fault.OUT_OF_RANGE
    fault[not_finite] = Fault.NOT_FINITE
    fault[shapely.is_missing(shapes) | shapely.is_empty(shapes)] = Fault.NO_SHAPE
    is_whole = np.array([each is None for each in fault], dtype=bool)
    marks = [_mark(int(n), fault[n], shapes[n]) for n in np.flatnonzero(~is_whole)]
    whole = np.flatnonzero(is_whole)
    invalid = whole[~shapely.is_valid(shapes[whole])]
    marks += [_mark_of_invalid(int(n), shapes[n]) for n in invalid]
    is_sound = np.zeros(count, dtype=bool)
    is_sound[whole] = True
    is_sound[invalid] = False
    return Judged(is_sound, sorted(marks, key=lambda mark: mark.n or 0))


def _mark(place: int, fault: Fault, shape: Any) -> Mark:
    """Mark a shape that is no area; at its first point, where that is a place."""
    if fault is not Fault.NOT_AREAL:
        return Mark(fault, place + 1)
    lon, lat = shapely.get_coordinates(shape)[0].tolist()
    return Mark(fault, place + 1, lon=lon, lat=lat, said=shape.geom_type)


def _mark_of_invalid(place: int, shape: Any) -> Mark:
    fault, lon, lat = reason_of(shape)
    return Mark(fault, place + 1, lon=lon, lat=lat)


def reason_of(shape: Any) -> tuple[Fault, float, float]:
    """Tell why a polygon or multipolygon is invalid, and where."""
    said, _, place = shapely.is_valid_reason(shape).partition("[")
    fault = next((fault for start, fault in _REASONS if said.startswith(start)), None)
    if fault is Fault.SELF_CROSSING and _has_ring_twice(shape):
        fault = Fault.RING_TWICE
    try:
        lon, lat = (float(each) for each in place.rstrip("]").split())
    except ValueError:
        lon, lat = shapely.get_coordinates(shape)[0].tolist()
    return fault or Fault.OTHER_INVALID, lon, lat


def _has_ring_twice(shape: Any) -> bool:
    """Tell whether two rings are the same, or one goes round twice."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    for ring in rings:
        xy = shapely.get_coordinates(ring)[:-1]
        half = len(xy) // 2
        if len(xy) % 2 == 0 and half > 2 and np.array_equal(xy[:half], xy[half:]):
            return True
    normal = shapely.normalize(np.asarray(shapely.polygons(rings)))
    return len(set(shapely.to_wkb(normal).tolist())) < len(rings)


def repeated_vertices(shapes: Shapes) -> Iterator[tuple[int, float, float]]:
    """Give the place of every shape that says a vertex twice running, and where first."""
    parts, part_of = shapely.get_parts(shapes, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    again = (ring[:-1] == ring[1:]) & (xy[:-1] == xy[1:]).all(axis=1)
    at = np.flatnonzero(again)
    places, first = np.unique(part_of[ring_of[ring[at]]], return_index=True)
    for place, where in zip(places.tolist(), at[first], strict=True):
        yield place, float(xy[where, 0]), float(xy[where, 1])


def same_shapes(shapes: Shapes) -> dict[int, int]:
    """Give places of shapes that another one before them is equal to: copy to original.

    Rings may begin elsewhere and turn otherwise; what has other vertices is another shape.
    """
    keys = np.column_stack([shapely.bounds(shapes), shapely.get_num_coordinates(shapes)])
    number, count = np.unique(keys, axis=0, return_inverse=True, return_counts=True)[1:]
    alike = np.flatnonzero(count[number] > 1)
    normal = np.asarray(shapely.to_wkb(shapely.normalize(shapes[alike])))
    first: dict[bytes, int] = {}
    found = {}
    for place, wkb in zip(alike.tolist(), normal.tolist(), strict=True):
        original = first.setdefault(wkb, place)
        if original != place:
            found[place] = original
    return found


def slivers(area_m2: Floats, around_m: Floats) -> NDArray[np.bool_]:
    """Tell which polygons are slivers or crumbs."""
    is_narrow = 2 * area_m2 < SLIVER_WIDTH_M * around_m
    is_thin = 4 * np.pi * area_m2 < SLIVER_ROUNDNESS * around_m**2
    return (is_narrow & is_thin) | (area_m2 < CRUMB_M2)


_MOST_DRAWN: Final = 200
"""Vertices of a shape to be drawn; of larger ones every so many-th is."""


def drawn(shape: Any) -> bytes | None:
    """Give the WKB of a shape to be drawn, which may be invalid; of a large one the outlines.

    Simplifying in GEOS mends on the way, and takes forever where a shape was made to hurt.
    """
    if shape is None or shapely.is_empty(shape):
        return None
    shape = shapely.force_2d(shape)
    every = -(-int(shapely.get_num_coordinates(shape)) // _MOST_DRAWN)
    if every > 1:
        rings = shapely.get_exterior_ring(shapely.get_parts(shape))
        outlines = [
            shapely.get_coordinates(ring)[:-1][::every] for ring in rings if ring is not None
        ]
        polygons = [shapely.Polygon(outline) for outline in outlines if len(outline) > 2]
        shape = shapely.multipolygons(polygons) if polygons else shapely.box(*shapely.bounds(shape))
    wkb: bytes = shapely.to_wkb(shape)
    return wkb
