"""Pure: geometries in filters, checked and brought to degrees; never repaired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
import shapely

from addrsvc.ogc.cql.errors import FilterTooLarge, ShapeInvalid
from addrsvc.ogc.systems import System, shape_from_system, window_from_system

VERTICES: Final = 1_000
"""Most vertices of a geometry in a filter."""


def shape_of(node: Mapping[str, Any], system: System) -> shapely.Geometry:
    """Give a geometry of a filter in EPSG:4326, longitude first.

    Args:
        node: GeoJSON, or ``{"bbox": [...]}``; coordinates in the axis order of the system.
        system: in which its coordinates are.

    Raises:
        ShapeInvalid: it is no geometry, invalid, or leaves the globe.
        FilterTooLarge: it has too many vertices.
    """
    shape = _window(node["bbox"], system) if "bbox" in node else _shape(node, system)
    if shape is None:
        raise ShapeInvalid(crs=system.name)
    return shape


def _window(corners: Any, system: System) -> shapely.Geometry | None:
    if not isinstance(corners, list) or len(corners) not in {4, 6}:
        return None
    if not all(isinstance(each, float) for each in corners):
        return None
    low, high = corners[: len(corners) // 2], corners[len(corners) // 2 :]
    return window_from_system(system, (low[0], low[1]), (high[0], high[1]))


def _shape(node: Mapping[str, Any], system: System) -> shapely.Geometry | None:
    try:
        shape = shapely.force_2d(shapely.from_geojson(orjson.dumps(node)))
    except shapely.errors.ShapelyError:
        return None
    vertices = int(shapely.get_num_coordinates(shape))
    if vertices > VERTICES:
        raise FilterTooLarge(parts=vertices, limit=VERTICES)
    if not vertices or not shapely.is_valid(shape):
        return None
    return shape_from_system(system, shape)
