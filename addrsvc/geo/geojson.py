"""GeoJSON as RFC 7946 has it: WGS 84, longitude first, 7 decimals, right-hand rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry.polygon import orient

from addrsvc.types import LonLat

DECIMALS = 7
"""About a centimetre."""

Object = dict[str, Any]


def _position(position: Sequence[float]) -> list[float]:
    return [round(position[0], DECIMALS), round(position[1], DECIMALS)]


def point(place: LonLat) -> Object:
    """Build a Point."""
    return {"type": "Point", "coordinates": _position((place.lon, place.lat))}


def _rings(polygon: shapely.Polygon) -> list[list[list[float]]]:
    turned = orient(polygon)  # outer rings counter-clockwise, holes clockwise
    return [[_position(p) for p in ring.coords] for ring in (turned.exterior, *turned.interiors)]


def polygons(shape: shapely.Polygon | shapely.MultiPolygon) -> Object:
    """Build a Polygon or MultiPolygon."""
    if isinstance(shape, shapely.Polygon):
        return {"type": "Polygon", "coordinates": _rings(shape)}
    return {"type": "MultiPolygon", "coordinates": [_rings(part) for part in shape.geoms]}


def feature(
    geometry: Mapping[str, Any] | None,
    properties: Mapping[str, Any],
    id: str | int | None = None,  # noqa: A002 -- the member's name in RFC 7946
) -> Object:
    """Build a Feature; without a place its geometry is null, as the RFC wants."""
    built: Object = {"type": "Feature"}
    if id is not None:
        built["id"] = id
    return built | {
        "geometry": None if geometry is None else dict(geometry),
        "properties": dict(properties),
    }


def collection(features: Iterable[Object], **members: object) -> Object:
    """Build a FeatureCollection; further members stand beside the features."""
    return {"type": "FeatureCollection", **members, "features": list(features)}
