"""Every coordinate reference system the service uses, and the pinned VN-2000 transformations.

The datum shift is the official one of 2007 (EPSG operation 6960). It is written out here and
never left to the library's choice: that takes another shift south of latitude 11.04°, a step
of 0.795 m across the province. Without any shift places are 225.5 m off.

Its three rotations have two signs, and both are right, each in its convention. The decision
prints them for the coordinate frame (EPSG method 9607: the axes turn, the point stays):
rx -0.00928836", ry +0.01975479", rz -0.00427372". ``+towgs84`` and TOWGS84 of WKT 1 want the
position vector (method 9606: the point turns, the axes stay), the same with the signs turned
round; see ``TOWGS84``. The decision's signs in ``+towgs84``, as many tools have them, are
0.55 m off.

Source: Quyết định 05/2007/QĐ-BTNMT; EPSG Geodetic Parameter Dataset, operation 6960.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import CRSError

from addrsvc.errors import InvalidInput, Text
from addrsvc.types import LonLat

WGS84 = 4326
"""Longitude, latitude in degrees: the only system stored."""

VN2000 = 4756
"""VN-2000 longitude, latitude in degrees."""


TOWGS84 = "-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278"
"""The same shift as position vector, for proj4 strings and WKT 1: metres, seconds of arc, 1e-6."""

OWN_SRID = 900_000
"""Added to an EPSG number: the same system in the database with this shift, see migration 0020."""


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
class ZoneNotFound(InvalidInput):
    """Plane coordinates are of no zone in use here."""

    slug = "crs-zone-not-found"
    title = Text("Không nhận ra múi chiếu", "Projection zone not recognised")
    message = Text(
        "Tọa độ (ví dụ {x}; {y}) không khớp với múi chiếu VN-2000 nào đang dùng ở địa bàn này "
        "({tried}). Hãy kiểm tra lại số liệu, hoặc ghi rõ mã EPSG.",
        "Coordinates (such as {x}; {y}) fit no VN-2000 zone in use in this territory ({tried}). "
        "Check the numbers, or name the EPSG code.",
    )
    x: float
    y: float
    tried: str


@dataclass(eq=False)
class ZoneAmbiguous(InvalidInput):
    """Plane coordinates fall into the territory in more than one zone."""

    slug = "crs-zone-ambiguous"
    title = Text("Chưa rõ múi chiếu", "Several projection zones are possible")
    message = Text(
        "Tọa độ có thể thuộc một trong các múi chiếu {candidates}. Hãy ghi rõ mã EPSG: kinh "
        "tuyến trục ghi trên bản vẽ 105°45' là EPSG:9210, 107°45' là EPSG:5899.",
        "The coordinates may be of any of the zones {candidates}. Name the EPSG code: the "
        "central meridian on the drawing, 105°45' is EPSG:9210, 107°45' is EPSG:5899.",
    )
    candidates: str


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


_ZONES_HERE = (9210, 5899, 3405)
"""What maps of the merged TP.HCM come in: its two provincial zones, and UTM 48N of older maps."""
_TERRITORY = shapely.union(
    shapely.box(106.3, 10.2, 107.6, 11.55), shapely.box(106.4, 8.4, 106.9, 8.9)
)
"""Frames around TP.HCM since July 2025, Côn Đảo apart, where its outline is not at hand."""
_EASTING_M = (200_000, 880_000)
_NORTHING_M = (880_000, 2_650_000)
"""Of Việt Nam in any of the zones; no number is in both."""
_ENOUGH = 0.5
_MAX_TRIED = 2_000


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


class FoundZone(NamedTuple):
    """In which zone plane coordinates are."""

    epsg: int
    is_exchanged: bool
    """X is the northing and comes first, as maps and certificates print it."""


def zone_of_range(
    xs: Sequence[float],
    ys: Sequence[float],
    territory: shapely.Geometry | None = None,
) -> FoundZone:
    """Find the VN-2000 zone of metres that come without one, in either order, never by guess.

    Eastings and northings are told apart by their size. A zone fits if half of the points at
    least come to lie in the territory through it; several may.

    Args:
        xs: first coordinates.
        ys: second ones, as many.
        territory: outline in degrees; None: frames around TP.HCM, which tell less.

    Raises:
        ZoneNotFound: no zone in use here fits, or these are no such coordinates.
        ZoneAmbiguous: more than one fits.

    >>> zone_of_range([1214436.347], [598371.182])
    FoundZone(epsg=9210, is_exchanged=True)
    """
    one, other = (np.asarray(each, dtype=np.float64) for each in (xs, ys))
    step = max(1, len(one) // _MAX_TRIED)
    one, other = one[::step], other[::step]
    straight = _between(one, _EASTING_M) & _between(other, _NORTHING_M)
    exchanged = _between(one, _NORTHING_M) & _between(other, _EASTING_M)
    is_exchanged = bool(exchanged.sum() > straight.sum())
    usable = exchanged if is_exchanged else straight
    eastings, northings = (other, one) if is_exchanged else (one, other)
    fits: list[int] = []
    if usable.sum() > _ENOUGH * len(one):
        outline = _TERRITORY if territory is None else territory
        shapely.prepare(outline)
        for epsg in _ZONES_HERE:
            lons, lats = _pipeline(epsg).transform(
                eastings[usable], northings[usable], direction="INVERSE"
            )
            if shapely.intersects_xy(outline, lons, lats).mean() >= _ENOUGH:
                fits.append(epsg)
    if len(fits) > 1:
        raise ZoneAmbiguous(candidates=", ".join(f"EPSG:{epsg}" for epsg in fits))
    if not fits:
        x, y = (one[0], other[0]) if len(one) else (math.nan, math.nan)
        tried = ", ".join(f"EPSG:{epsg}" for epsg in _ZONES_HERE)
        raise ZoneNotFound(x=float(x), y=float(y), tried=tried)
    return FoundZone(fits[0], is_exchanged)


def is_easting(metres: float) -> bool:
    """Tell whether a number is an easting of Việt Nam by its size, in any zone."""
    return _EASTING_M[0] <= metres < _EASTING_M[1]


def is_northing(metres: float) -> bool:
    """Tell whether a number is a northing of Việt Nam by its size, in any zone."""
    return _NORTHING_M[0] <= metres < _NORTHING_M[1]


def _between(values: NDArray[np.float64], ends: tuple[int, int]) -> NDArray[np.bool_]:
    return (values >= ends[0]) & (values < ends[1])


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
    value = defaultdict(lambda: math.nan, {p.name: float(p.value) for p in operation.params})
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


def transform_to_vn2000(
    epsg: int, lons: NDArray[np.float64], lats: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give eastings and northings in a VN-2000 zone of many WGS 84 points at once.

    Raises:
        ZoneUnknown: no VN-2000 zone has this number.
    """
    if epsg not in ZONES:
        raise ZoneUnknown(epsg=epsg)
    eastings, northings = _pipeline(epsg).transform(lons, lats)
    return eastings, northings
