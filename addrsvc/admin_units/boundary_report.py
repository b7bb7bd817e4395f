"""What is in a file of boundaries: matched units, invalid shapes, overlaps, gaps, areas. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import shapely
from shapely.geometry.base import BaseGeometry

from addrsvc.admin_units.model import AdminUnit
from addrsvc.errors import AddrsvcError
from addrsvc.geo.geometry import check_area
from addrsvc.geo.measure import area_m2

MAX_VERTICES = 500_000
"""Most vertices of one boundary: a long coast has many."""

SLIVER_M2 = 100.0
"""Overlaps and gaps smaller than this are rounding, and not reported."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A shape that cannot be stored: for its unit, which row (counted from 1) and why."""

    code: str
    row: int
    error: AddrsvcError


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two boundaries that claim the same ground."""

    code: str
    other: str
    area_m2: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Ground inside the whole that no boundary claims, and a place in it (EPSG:4326)."""

    lon: float
    lat: float
    area_m2: float


@dataclass(frozen=True, slots=True)
class AreaDifference:
    """A boundary's own area against the declared one, square kilometres."""

    code: str
    measured_km2: float
    declared_km2: float

    @property
    def ratio(self) -> float:
        """Give measured over declared."""
        return self.measured_km2 / self.declared_km2


@dataclass(slots=True)
class BoundaryReport:
    """Everything an operator should see before anything is stored."""

    accepted: dict[str, shapely.MultiPolygon] = field(default_factory=dict)
    unknown_codes: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    overlaps: list[Overlap] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    areas: list[AreaDifference] = field(default_factory=list)


def examine(
    codes: Sequence[str], shapes: Sequence[BaseGeometry | None], units: Mapping[str, AdminUnit]
) -> BoundaryReport:
    """Check every shape, then how they lie together.

    Several shapes of one code are its parts. ``units`` are those in force, by code.
    """
    report = BoundaryReport()
    parts: dict[str, list[shapely.Polygon]] = defaultdict(list)
    rows: dict[str, int] = {}
    for row, (code, shape) in enumerate(zip(codes, shapes, strict=True), 1):
        if code not in units:
            report.unknown_codes.append(code)
            continue
        rows.setdefault(code, row)
        try:
            parts[code].extend(check_area(shape, max_vertices=MAX_VERTICES).geoms)
        except AddrsvcError as error:
            report.refused.append(Refused(code, row, error))
    broken = {refused.code for refused in report.refused}
    for code in sorted(parts.keys() - broken):
        try:
            report.accepted[code] = check_area(
                shapely.MultiPolygon(parts[code]), max_vertices=MAX_VERTICES
            )
        except AddrsvcError as error:
            report.refused.append(Refused(code, rows[code], error))
    report.overlaps = _overlaps(report.accepted)
    report.gaps = _gaps(report.accepted)
    report.areas = _areas(report.accepted, units)
    return report


def _overlaps(shapes: Mapping[str, shapely.MultiPolygon]) -> list[Overlap]:
    codes, areas = list(shapes), list(shapes.values())
    if not areas:
        return []
    tree = shapely.STRtree(areas)
    found = []
    for one, other in zip(*tree.query(areas, predicate="intersects"), strict=True):
        if one < other:
            common = areas[one].intersection(areas[other])
            polygons = [g for g in shapely.get_parts(common) if isinstance(g, shapely.Polygon)]
            size = sum(area_m2(polygon) for polygon in polygons)
            if size > SLIVER_M2:
                found.append(Overlap(codes[one], codes[other], size))
    return sorted(found, key=lambda overlap: -overlap.area_m2)


def _gaps(shapes: Mapping[str, shapely.MultiPolygon]) -> list[Gap]:
    whole = shapely.union_all(list(shapes.values()))
    found = []
    for part in shapely.get_parts(whole):
        for ring in part.interiors:
            hole = shapely.Polygon(ring)
            size = area_m2(hole)
            if size > SLIVER_M2:
                place = hole.representative_point()
                found.append(Gap(round(place.x, 6), round(place.y, 6), size))
    return sorted(found, key=lambda gap: -gap.area_m2)


def _areas(
    shapes: Mapping[str, shapely.MultiPolygon], units: Mapping[str, AdminUnit]
) -> list[AreaDifference]:
    found = []
    for code, shape in shapes.items():
        declared = units[code].area_km2
        if declared is not None:
            found.append(AreaDifference(code, area_m2(shape) / 1e6, declared))
    return sorted(found, key=lambda difference: -abs(difference.ratio - 1))
