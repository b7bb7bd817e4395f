"""Pure: read which ground is asked about, as people write it: degrees, or X and Y of VN-2000.

Certificates and maps print X, the northing, before Y, the easting; programs the other way round.
No number in Việt Nam can be both, so either order is understood.

>>> point_asked(None, None, 1214436.347, 598371.182, "EPSG:9210")
LonLat(lon=106.6519, lat=10.9804)
>>> point_asked(106.6519, 10.9804, None, None, None)
LonLat(lon=106.6519, lat=10.9804)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from addrsvc.geo.crs import (
    WGS84,
    ZONES,
    CrsNotUnderstood,
    ZoneUnknown,
    from_vn2000,
    is_easting,
    is_northing,
    zone_of_range,
)
from addrsvc.geo.given_point import PositionIncomplete, given_point
from addrsvc.planning.asking_errors import GroundUnclear, MetresUnlikely
from addrsvc.types import LonLat

_EPSG: Final = re.compile(r"(?:EPSG:)?([0-9]{4,5})", re.IGNORECASE)
_DIGITS: Final = 7


def point_asked(
    lon: float | None, lat: float | None, x: float | None, y: float | None, crs: str | None
) -> LonLat:
    """Give the point of degrees, or of X and Y in a zone of VN-2000; exactly one pair.

    Without ``crs`` the zone is found by range, where only one fits.

    Raises:
        GroundUnclear: neither pair was given, or both.
        PositionIncomplete: half of one.
        PositionExchanged, PositionOutOfRange: as ``geo.given_point``.
        CrsNotUnderstood, ZoneUnknown, ZoneNotFound, ZoneAmbiguous: see ``geo.crs``.
        MetresUnlikely: X and Y are no metres of VN-2000 in Việt Nam.
    """
    given = {"lon": lon, "lat": lat, "x": x, "y": y}
    named = [name for name, value in given.items() if value is not None]
    in_degrees, in_metres = {"lon", "lat"} & set(named), {"x", "y"} & set(named)
    if bool(in_degrees) == bool(in_metres):
        raise GroundUnclear(choices="lon + lat, x + y", given=", ".join(named) or "–")
    if len(named) == 1:
        raise PositionIncomplete(given=named[0])
    if lon is not None and lat is not None:
        return given_point(lon, lat)
    return metres_point(float(x or 0), float(y or 0), crs)


def metres_point(x: float, y: float, crs: str | None) -> LonLat:
    """Give the point of X and Y in metres, in either order, as ``point_asked`` does."""
    epsg = zone_of_range([x], [y]).epsg if crs is None else zone_asked(crs)
    if epsg == WGS84:
        return given_point(x, y)
    if is_northing(x) and is_easting(y):
        x, y = y, x
    elif not (is_easting(x) and is_northing(y)):
        raise MetresUnlikely(x=x, y=y)
    point = from_vn2000(x, y, epsg)
    return LonLat(round(point.lon, _DIGITS), round(point.lat, _DIGITS))


def zone_asked(crs: str) -> int:
    """Read the number of a zone of VN-2000, or of degrees in WGS 84.

    No other system is taken: what is asked about is ground in Việt Nam, and texts of anybody are
    not handed to a library that may open files for them.

    Raises:
        CrsNotUnderstood: no number.
        ZoneUnknown: not one of these.
    """
    found = _EPSG.fullmatch(crs.strip())
    if found is None:
        raise CrsNotUnderstood(given=crs[:80])
    epsg = int(found[1])
    if epsg != WGS84 and epsg not in ZONES:
        raise ZoneUnknown(epsg=epsg)
    return epsg


def require_one(choices: Sequence[str], given: Sequence[str]) -> None:
    """Require that exactly one way of naming ground was used.

    Raises:
        GroundUnclear: none was, or several.
    """
    if len(given) != 1:
        raise GroundUnclear(choices=", ".join(choices), given=", ".join(given) or "–")
