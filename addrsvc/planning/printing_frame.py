"""Pure: which ground a printed map shows, and where on paper a place is.

A map has one of a few round scales, so that a ruler works on it. It is drawn in metres around
its middle, north up; over the few kilometres it shows that is exact to the width of a line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

WIDTH_MM: Final = 174.0
HEIGHT_MM: Final = 96.0

SCALES: Final = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)
"""Denominators."""
_AROUND_POINT_M: Final = 80.0
_AROUND_PLOT: Final = 1.6
"""So many times the plot's own size is shown, and a few metres at least."""
_LEAST_M: Final = 60.0


@dataclass(frozen=True, slots=True)
class Frame:
    """The ground of a printed map."""

    lon: float
    """Of its middle, degrees; so is ``lat``."""
    lat: float
    scale: int
    """Denominator."""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Give west, south, east, north in degrees."""
        lon_m, lat_m = metres_of_degree(self.lat)
        half_lon = WIDTH_MM / 2000 * self.scale / lon_m
        half_lat = HEIGHT_MM / 2000 * self.scale / lat_m
        return self.lon - half_lon, self.lat - half_lat, self.lon + half_lon, self.lat + half_lat

    @property
    def line_deg(self) -> float:
        """Give how much a tenth of a millimetre is, in degrees of latitude."""
        return self.scale / 10_000 / metres_of_degree(self.lat)[1]

    def on_paper(self, lon_lat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give millimetres from the lower left corner of the map, for rows of lon, lat."""
        a_degree = np.array(metres_of_degree(self.lat)) * 1000 / self.scale
        middle = np.array([WIDTH_MM / 2, HEIGHT_MM / 2])
        return np.asarray((lon_lat - np.array([self.lon, self.lat])) * a_degree + middle)


def frame_around(
    shape: shapely.Point | shapely.Polygon | shapely.MultiPolygon, accuracy_m: float | None
) -> Frame:
    """Choose the ground shown around a point or plot in degrees.

    >>> frame_around(shapely.Point(106.65, 10.98), None).scale
    2000
    """
    west, south, east, north = (float(each) for each in shapely.bounds(shape))
    lon, lat = (west + east) / 2, (south + north) / 2
    lon_m, lat_m = metres_of_degree(lat)
    if isinstance(shape, shapely.Point):
        width = height = 2 * max(_AROUND_POINT_M, 1.5 * (accuracy_m or 0.0))
    else:
        width = max((east - west) * lon_m * _AROUND_PLOT, _LEAST_M)
        height = max((north - south) * lat_m * _AROUND_PLOT, _LEAST_M)
    needed = max(width / WIDTH_MM, height / HEIGHT_MM) * 1000
    scale = next((each for each in SCALES if each >= needed), math.ceil(needed / 1e5) * 100_000)
    return Frame(lon, lat, scale)


def metres_of_degree(lat: float) -> tuple[float, float]:
    """Give metres of a degree of longitude and of latitude there, on the ellipsoid of WGS 84.

    >>> [round(each) for each in metres_of_degree(11)]
    [109288, 110615]
    """
    turn = math.radians(lat)
    lon_m = 111_412.84 * math.cos(turn) - 93.5 * math.cos(3 * turn) + 0.118 * math.cos(5 * turn)
    lat_m = 111_132.92 - 559.82 * math.cos(2 * turn) + 1.175 * math.cos(4 * turn)
    return lon_m, lat_m


def scale_bar_m(scale: int) -> float:
    """Choose a round length for the bar, of about four centimetres on paper.

    >>> scale_bar_m(500), scale_bar_m(2_000), scale_bar_m(5_000)
    (20.0, 50.0, 200.0)
    """
    most = scale * 0.045
    step = 10 ** math.floor(math.log10(most))
    return float(next(step * each for each in (5, 2, 1) if step * each <= most))
