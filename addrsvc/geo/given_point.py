"""Read a longitude and latitude that somebody typed, and notice when they changed places. Pure.

Việt Nam with its islands lies between 102 and 118 degrees east and 6 and 24 degrees north, so
that exchanged numbers cannot be meant: a latitude never reaches 90.

>>> given_point(106.65, 10.98)
LonLat(lon=106.65, lat=10.98)
>>> try:
...     given_point(10.98, 106.65)
... except PositionExchanged as error:
...     print(error)
Longitude 10.98 and latitude 106.65 look exchanged. If so, send lon=106.65 and lat=10.98.
"""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import InvalidInput, Text
from addrsvc.types import LonLat


@dataclass(eq=False)
class PositionExchanged(InvalidInput):
    """Longitude and latitude changed places."""

    slug = "position-exchanged"
    title = Text("Kinh độ và vĩ độ bị đổi chỗ", "Longitude and latitude exchanged")
    message = Text(
        "Kinh độ {lon} và vĩ độ {lat} có vẻ bị đổi chỗ. Nếu đúng vậy, hãy gửi lon={lat} và "
        "lat={lon}.",
        "Longitude {lon} and latitude {lat} look exchanged. If so, send lon={lat} and lat={lon}.",
    )
    lon: float
    lat: float


@dataclass(eq=False)
class PositionIncomplete(InvalidInput):
    """Longitude without latitude, or the other way round."""

    slug = "half-a-position"
    title = Text("Thiếu một nửa tọa độ", "Half of a position")
    message = Text(
        "Chỉ có {given}; một vị trí cần cả lon (kinh độ) và lat (vĩ độ).",
        "Only {given} was given; a position needs both lon and lat.",
    )
    given: str


def given_point(lon: float, lat: float) -> LonLat:
    """Make the point of two numbers, degrees in WGS 84.

    Raises:
        PositionExchanged: they make a place in Việt Nam the other way round only.
        PositionOutOfRange: they are no point on Earth.
    """
    if 102 <= lat <= 118 and 6 <= lon <= 24:
        raise PositionExchanged(lon=lon, lat=lat)
    return LonLat(lon, lat)


def given_point_or_none(lon: float | None, lat: float | None) -> LonLat | None:
    """Make the point of two numbers that may both be missing.

    Raises:
        PositionIncomplete: one of them is missing.
        PositionExchanged, PositionOutOfRange: as ``given_point``.

    >>> given_point_or_none(None, None) is None
    True
    """
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        raise PositionIncomplete(given="lat" if lon is None else "lon")
    return given_point(lon, lat)
