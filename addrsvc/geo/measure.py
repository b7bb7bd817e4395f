"""Metres and square metres on the WGS 84 ellipsoid."""

from __future__ import annotations

import pyproj
import shapely

from addrsvc.types import LonLat

_ELLIPSOID = pyproj.Geod(ellps="WGS84")


def distance_m(one: LonLat, other: LonLat) -> float:
    """Measure the geodesic between two points, in metres."""
    return float(_ELLIPSOID.inv(one.lon, one.lat, other.lon, other.lat)[2])


def area_m2(shape: shapely.Polygon | shapely.MultiPolygon) -> float:
    """Measure a polygon in EPSG:4326, in square metres; how its rings turn does not matter."""
    parts = shape.geoms if isinstance(shape, shapely.MultiPolygon) else [shape]
    total = 0.0
    for part in parts:
        oriented = shapely.geometry.polygon.orient(part)
        total += _ELLIPSOID.geometry_area_perimeter(oriented)[0]
    return total


def moved(start: LonLat, bearing_deg: float, metres: float) -> LonLat:
    """Go from a point so many metres in a direction (degrees clockwise from north)."""
    lon, lat, _ = _ELLIPSOID.fwd(start.lon, start.lat, bearing_deg, metres)
    return LonLat(lon, lat)
