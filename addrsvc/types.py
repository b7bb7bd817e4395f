"""Ids and value objects that slices share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, NewType

from addrsvc.errors import InvalidInput, Text

AddressId = NewType("AddressId", int)
"""Internal identity of one registered address; the public identity is its code."""

CommuneCode = NewType("CommuneCode", str)
"""Five digits of the General Statistics Office; unique only together with a date."""


class Level(StrEnum):
    """Tier of an administrative unit; districts ended on 30 June 2025."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


class UnitId(NamedTuple):
    """What names one administrative unit for good: a code alone names several in turn."""

    code: str
    valid_from: date


@dataclass(eq=False)
class PositionOutOfRange(InvalidInput):
    """A position is not on the globe or not a number."""

    slug = "position-out-of-range"
    title = Text("Tọa độ không hợp lệ", "Position out of range")
    message = Text(
        "Kinh độ {lon}, vĩ độ {lat} không phải một điểm trên Trái Đất. "
        "Hãy ghi kinh độ (−180…180) trước, vĩ độ (−90…90) sau, theo WGS 84.",
        "Longitude {lon}, latitude {lat} is no point on Earth. "
        "Give longitude (−180…180) first, then latitude (−90…90), WGS 84.",
    )
    lon: str
    lat: str


@dataclass(frozen=True, slots=True)
class LonLat:
    """A point in EPSG:4326, longitude first, degrees.

    Raises:
        PositionOutOfRange: not finite, or outside −180…180 / −90…90.
    """

    lon: float
    lat: float

    def __post_init__(self) -> None:
        inside = (
            math.isfinite(self.lon)
            and math.isfinite(self.lat)
            and -180 <= self.lon <= 180
            and -90 <= self.lat <= 90
        )
        if not inside:
            raise PositionOutOfRange(lon=str(self.lon), lat=str(self.lat))


@dataclass(eq=False)
class BBoxInvalid(InvalidInput):
    """A bounding box is not four ordered numbers."""

    slug = "bbox-invalid"
    title = Text("Khung tọa độ không hợp lệ", "Invalid bounding box")
    message = Text(
        "“{given}” không phải khung tọa độ. Hãy ghi: kinh độ tây, vĩ độ nam, "
        "kinh độ đông, vĩ độ bắc — ví dụ 106.6,10.9,106.8,11.1.",
        "“{given}” is no bounding box. Write west,south,east,north in degrees — "
        "for example 106.6,10.9,106.8,11.1.",
    )
    given: str


@dataclass(frozen=True, slots=True)
class BBox:
    """A box in EPSG:4326 degrees: west, south, east, north. Closed on all sides."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> BBox:
        """Read ``west,south,east,north``.

        Raises:
            BBoxInvalid: not four finite ordered numbers in range.
        """
        try:
            west, south, east, north = (float(part) for part in text.split(","))
            LonLat(west, south)
            LonLat(east, north)
        except (ValueError, PositionOutOfRange):
            raise BBoxInvalid(given=text[:80]) from None
        if west > east or south > north:
            raise BBoxInvalid(given=text[:80])
        return cls(west, south, east, north)


@dataclass(frozen=True, slots=True)
class ValidPeriod:
    """Half-open span of legal days ``[start, end)``; ``end`` None means still in force."""

    start: date
    end: date | None = None

    def holds(self, day: date) -> bool:
        """Tell whether the day lies inside."""
        return self.start <= day and (self.end is None or day < self.end)
