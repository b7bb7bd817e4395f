"""Pure: read the position a row states, in any of the reference systems files come in."""

from __future__ import annotations

import pyproj

from addrsvc.geo import crs as systems
from addrsvc.geo.crs import WGS84
from addrsvc.types import LonLat

_DIGITS = 7
"""Decimals of a degree kept, as everywhere: about a centimetre."""

_NORTHING_FROM_M = 850_000.0
"""In Việt Nam northings lie above and eastings below: what tells the two apart."""


class Coordinates:
    """Turns two numbers of a file into a WGS 84 point."""

    def __init__(self, crs: str | None) -> None:
        """Settle the system; None means WGS 84 degrees.

        Raises:
            CrsNotUnderstood: neither an EPSG code nor WKT.
        """
        self._system = None if crs is None else systems.parse(crs)
        self._zone = None if self._system is None else systems.vn2000_of(self._system)
        if self._system is not None and self._system.to_epsg() == WGS84:
            self._system = None

    @property
    def in_degrees(self) -> bool:
        """Tell whether the numbers are WGS 84 degrees as they stand."""
        return self._system is None

    def point(self, x: float, y: float) -> LonLat:
        """Give the point of x (longitude, easting) and y (latitude, northing).

        On paper and in spreadsheets X is the northing of VN-2000 and Y the easting: which is
        which is told by range.

        Raises:
            PositionOutOfRange: no place on Earth, or not a number.
        """
        system = self._system
        if system is not None:
            if self._zone in systems.ZONES and x > _NORTHING_FROM_M > y:
                x, y = y, x
            x, y = _to_wgs84(system, x, y)
        return LonLat(round(x, _DIGITS), round(y, _DIGITS))

    def either_order(self, one: float, other: float) -> LonLat:
        """Give the point of two numbers in one cell, told apart by range.

        Maps write latitude first; no latitude in Việt Nam is above 24°, no longitude below 100°.
        """
        if self.in_degrees and abs(one) < 90 and abs(other) > 90:
            one, other = other, one
        return self.point(one, other)


def _to_wgs84(system: pyproj.CRS, x: float, y: float) -> tuple[float, float]:
    lons, lats = systems.transform_to_wgs84(system, [x], [y])
    return float(lons[0]), float(lats[0])
