"""Pure: marks of what is wrong with zones besides their shapes, and with all of them together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from addrsvc.geo.areas import areas_m2, lengths_m
from addrsvc.planning.files.checking_cover import MIN_AREA_M2, Cover
from addrsvc.planning.files.checking_shapes import drawn, repeated_vertices, slivers
from addrsvc.planning.files.model import MARKS_EACH, Fault, Mark

OUTSIDE_TOLERANCE_M: Final = 50.0
"""How far a zone may reach over the territory's edge: boundaries known here are simplified (by up
to 7.5 m) and approximate, and plans are drawn over the same lines by other hands."""

_M_PER_DEG: Final = 110_600.0

Shapes = NDArray[np.object_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def code_marks(codes: Sequence[tuple[str | None, bool]], shapes: Shapes) -> Iterator[Mark]:
    """Mark zones without a code, and with one the list lacks."""
    for place, (code, is_known) in enumerate(codes):
        if not is_known:
            lon, lat = _inside(shapes[place])
            fault = Fault.NO_CODE if code is None else Fault.UNKNOWN_CODE
            yield Mark(fault, place + 1, lon=lon, lat=lat, said=code)


def _inside(shape: Any) -> tuple[float | None, float | None]:
    """Give the middle of what a shape takes up, where that is a place on Earth."""
    west, south, east, north = shapely.bounds(shape).tolist()
    lon, lat = (west + east) / 2, (south + north) / 2
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else (None, None)


def repeated_marks(zones: Shapes, ns: Ints) -> Iterator[Mark]:
    """Mark zones that say a vertex twice running."""
    for place, lon, lat in repeated_vertices(zones):
        yield Mark(Fault.DUPLICATE_VERTICES, int(ns[place]), lon=lon, lat=lat)


def same_marks(same: Mapping[int, int], zones: Shapes, ns: Ints, area: Floats) -> Iterator[Mark]:
    """Mark copies of zones, the original as the other."""
    for copy, original in same.items():
        lon, lat = _inside(zones[copy])
        yield Mark(
            Fault.SAME_SHAPE,
            int(ns[copy]),
            int(ns[original]),
            lon,
            lat,
            float(area[copy]),
        )


def overlap_marks(cover: Cover, ns: Ints) -> list[Mark]:
    """Mark pairs of zones that overlap, the largest first."""
    found = sorted(cover.overlaps, key=lambda each: -each.area_m2)
    return [
        _placed(
            Fault.OVERLAP,
            each.shape if place < MARKS_EACH else None,
            each.area_m2,
            int(ns[each.one]),
            int(ns[each.other]),
        )
        for place, each in enumerate(found)
    ]


def _placed(
    fault: Fault, shape: Any, area_m2: float, n: int | None, other_n: int | None = None
) -> Mark:
    if shape is None:
        return Mark(fault, n, other_n, area_m2=area_m2)
    inside = shapely.point_on_surface(shape)
    return Mark(fault, n, other_n, inside.x, inside.y, area_m2, shape=drawn(shape))


def gap_marks(cover: Cover, invalid: Shapes) -> tuple[list[Mark], int]:
    """Mark gaps between zones, and count those that lie where invalid zones do, not marked."""
    gaps, area = cover.gaps, cover.gap_areas_m2
    is_unsure = np.zeros(len(gaps), dtype=bool)
    if len(gaps) and len(invalid):
        xy, owner = shapely.get_coordinates(invalid, return_index=True)
        ground = shapely.convex_hull(np.asarray(shapely.multipoints(xy, indices=owner)))
        inside = shapely.point_on_surface(gaps)
        is_unsure[shapely.STRtree(ground).query(inside, predicate="intersects")[0]] = True
    order = np.argsort(-area[~is_unsure], kind="stable")
    both = zip(gaps[~is_unsure][order], area[~is_unsure][order].tolist(), strict=True)
    marks = [
        _placed(Fault.GAP, gap if place < MARKS_EACH else None, area_m2, None)
        for place, (gap, area_m2) in enumerate(both)
    ]
    return marks, int(is_unsure.sum())


def sliver_marks(zones: Shapes, ns: Ints) -> Iterator[Mark]:
    """Mark zones that are slivers, or have a part that is one."""
    parts, part_of = shapely.get_parts(zones, return_index=True)
    area, around = areas_m2(parts), lengths_m(parts)
    wrong = np.flatnonzero(slivers(area, around))
    by_zone: dict[int, list[int]] = {}
    for part in wrong.tolist():
        by_zone.setdefault(int(part_of[part]), []).append(part)
    for zone, own in by_zone.items():
        largest = max(own, key=area.__getitem__)
        yield _placed(Fault.SLIVER, parts[largest], float(area[own].sum()), int(ns[zone]))


def outside_marks(
    zones: Shapes, ns: Ints, area: Floats, territory_wkb: bytes | None
) -> Iterator[Mark]:
    """Mark zones that reach out of the territory by more than the tolerance; m² of all outside."""
    if territory_wkb is None:
        return
    territory = shapely.from_wkb(territory_wkb)
    wider = shapely.buffer(territory, OUTSIDE_TOLERANCE_M / _M_PER_DEG, quad_segs=2)
    shapely.prepare(wider)
    shapely.prepare(territory)
    for place in np.flatnonzero(~shapely.covers(wider, zones)).tolist():
        shape, area_m2 = zones[place], float(area[place])
        if not shapely.disjoint(territory, shape):
            near = shapely.clip_by_rect(territory, *shapely.bounds(shapely.buffer(shape, 1e-6)))
            shape = shapely.difference(shape, near)
            area_m2 = float(areas_m2(np.array([shape]))[0])
        if area_m2 >= MIN_AREA_M2:
            yield _placed(Fault.OUTSIDE_PROVINCE, shape, area_m2, int(ns[place]))
