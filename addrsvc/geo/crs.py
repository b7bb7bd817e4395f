"""Every coordinate reference system the service uses, and the pinned VN-2000 transformations.

The datum shift is the official one of 2007 (EPSG operation 6960). It is written out here and
never left to the library's choice: that takes another shift south of latitude 11.04°, a step
of 0.795 m across the province. Rotations carry the signs of the coordinate-frame convention,
as the decision prints them.

Source: Quyết định 05/2007/QĐ-BTNMT; EPSG Geodetic Parameter Dataset, operation 6960.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import pyproj
from pyproj.exceptions import CRSError

from addrsvc.errors import InvalidInput, Text
from addrsvc.types import LonLat

WGS84 = 4326
"""Longitude, latitude in degrees: the only system stored."""

VN2000 = 4756
"""VN-2000 longitude, latitude in degrees."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A transverse Mercator zone of VN-2000: false easting 500,000 m, false northing 0."""

    epsg: int
    meridian_deg: float
    scale: float


ZONES: dict[int, Zone] = {
    epsg: Zone(epsg, meridian, scale)
    for epsg, meridian, scale in (
        (3405, 105.0, 0.9996),  # UTM 48N
        (3406, 111.0, 0.9996),  # UTM 49N
        (5896, 102.0, 0.9999),
        (5897, 105.0, 0.9999),
        (5898, 108.0, 0.9999),
        (5899, 107.75, 0.9999),  # Bà Rịa - Vũng Tàu, Đồng Nai
        (9205, 103.0, 0.9999),
        (9206, 104.0, 0.9999),
        (9207, 104.5, 0.9999),
        (9208, 104.75, 0.9999),
        (9209, 105.5, 0.9999),  # Tây Ninh
        (9210, 105.75, 0.9999),  # Bình Dương, TP.HCM before 2025, Long An, Tiền Giang, Bến Tre
        (9211, 106.0, 0.9999),
        (9212, 106.25, 0.9999),  # Bình Phước
        (9213, 106.5, 0.9999),
        (9214, 107.0, 0.9999),
        (9215, 107.25, 0.9999),
        (9216, 107.5, 0.9999),
        (9217, 108.25, 0.9999),
        (9218, 108.5, 0.9999),
    )
}
"""Provincial TM-3 zones and the two UTM zones. The merged TP.HCM mixes 9210 and 5899."""

_TO_VN2000 = (
    "+proj=pipeline "
    "+step +proj=unitconvert +xy_in=deg +xy_out=rad "
    "+step +proj=push +v_3 "
    "+step +proj=cart +ellps=WGS84 "
    "+step +inv +proj=helmert +x=-191.90441429 +y=-39.30318279 +z=-111.45032835 "
    "+rx=-0.00928836 +ry=0.01975479 +rz=-0.00427372 +s=0.252906278 "
    "+convention=coordinate_frame "
    "+step +inv +proj=cart +ellps=WGS84 "
    "+step +proj=pop +v_3 "
)


@dataclass(eq=False)
class ZoneUnknown(InvalidInput):
    """No VN-2000 zone has this number."""

    slug = "crs-zone-unknown"
    title = Text("Không biết múi chiếu này", "Unknown projection zone")
    message = Text(
        "EPSG:{epsg} không phải múi chiếu VN-2000 được hỗ trợ. Bình Dương dùng EPSG:9210, "
        "Bà Rịa - Vũng Tàu và Đồng Nai dùng EPSG:5899.",
        "EPSG:{epsg} is no VN-2000 zone known here. Bình Dương uses EPSG:9210, "
        "Bà Rịa - Vũng Tàu and Đồng Nai EPSG:5899.",
    )
    epsg: int


@dataclass(eq=False)
class CrsNotUnderstood(InvalidInput):
    """A reference system is neither known nor readable."""

    slug = "crs-not-understood"
    title = Text("Không hiểu hệ tọa độ", "Reference system not understood")
    message = Text(
        "Không hiểu hệ tọa độ “{given}”. Hãy ghi mã EPSG, ví dụ EPSG:9210 hoặc EPSG:4326.",
        "The reference system “{given}” is not understood. Give an EPSG code such as "
        "EPSG:9210 or EPSG:4326.",
    )
    given: str


@lru_cache(maxsize=32)
def _pipeline(epsg: int) -> pyproj.Transformer:
    """Give the pinned transformation from WGS 84 degrees into VN-2000 of this number."""
    if epsg == VN2000:
        last = "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
    else:
        zone = ZONES[epsg]
        last = (
            f"+step +proj=tmerc +lat_0=0 +lon_0={zone.meridian_deg} +k={zone.scale} "
            "+x_0=500000 +y_0=0 +ellps=WGS84"
        )
    return pyproj.Transformer.from_pipeline(_TO_VN2000 + last)


def to_vn2000(point: LonLat, epsg: int) -> tuple[float, float]:
    """Project a WGS 84 point into a VN-2000 zone: easting, northing in metres.

    >>> east, north = to_vn2000(LonLat(106.6519, 10.9804), 9210)
    >>> f"{east:.3f} {north:.3f}"
    '598371.182 1214436.347'

    Raises:
        ZoneUnknown: no VN-2000 zone has this number.
    """
    if epsg not in ZONES:
        raise ZoneUnknown(epsg=epsg)
    easting, northing = _pipeline(epsg).transform(point.lon, point.lat)
    return easting, northing


def from_vn2000(easting_m: float, northing_m: float, epsg: int) -> LonLat:
    """Give the WGS 84 point of VN-2000 plane coordinates.

    Raises:
        ZoneUnknown: no VN-2000 zone has this number.
        PositionOutOfRange: the coordinates are no place on Earth.
    """
    if epsg not in ZONES:
        raise ZoneUnknown(epsg=epsg)
    lon, lat = _pipeline(epsg).transform(easting_m, northing_m, direction="INVERSE")
    return LonLat(lon, lat)


def parse(given: str) -> pyproj.CRS:
    """Read an EPSG code or WKT.

    Raises:
        CrsNotUnderstood: it is neither.
    """
    try:
        return pyproj.CRS.from_user_input(given)
    except CRSError:
        raise CrsNotUnderstood(given=given[:80]) from None


def vn2000_of(crs: pyproj.CRS) -> int | None:
    """Tell which VN-2000 system this is, by number or by its parameters; None: another one.

    Files written by local tools name the datum in many ways or not at all, but no other system
    in use in the country has the TM-3 scale of 0.9999.
    """
    number = crs.to_epsg()
    if number in ZONES or number == VN2000:
        return number
    plain = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    datum = "".join(filter(str.isalnum, f"{plain.name} {plain.datum}".lower()))
    named = "vn2000" in datum or "vietnam2000" in datum
    if not plain.is_projected:
        return VN2000 if named else None
    operation = plain.coordinate_operation
    if operation is None or operation.method_name != "Transverse Mercator":
        return None
    value = {param.name: float(param.value) for param in operation.params}
    for zone in ZONES.values():
        fits = (
            math.isclose(value["Longitude of natural origin"], zone.meridian_deg, abs_tol=1e-6)
            and math.isclose(value["Scale factor at natural origin"], zone.scale, abs_tol=1e-7)
            and value["False easting"] == 500_000
            and value["False northing"] == 0
        )
        if fits and (named or zone.scale == 0.9999):
            return zone.epsg
    return None


def transform_to_wgs84(
    crs: pyproj.CRS, xs: Sequence[float], ys: Sequence[float]
) -> tuple[Sequence[float], Sequence[float]]:
    """Give longitudes and latitudes of coordinates in any system, x (easting) before y.

    VN-2000 goes through the pinned pipeline; what cannot be transformed comes back infinite.
    """
    epsg = vn2000_of(crs)
    if epsg is not None:
        lons, lats = _pipeline(epsg).transform(xs, ys, direction="INVERSE")
    else:
        lons, lats = pyproj.Transformer.from_crs(crs, WGS84, always_xy=True).transform(xs, ys)
    return lons, lats
