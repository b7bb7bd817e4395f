"""Corners of a plot as certificates and measured plans print them. Pure.

A table of point number, X (northing, m), Y (easting, m) and edge length S (m), copied from paper
or a spreadsheet: either order of axes, decimal comma or point, thousands in groups, tabs, the
first point repeated at the end, each length on the line of its corner or between two lines.

>>> plot = read_corners('''
... Số hiệu điểm  X (m)       Y (m)      Cạnh (m)
... 1             1214436.35  598371.18  20.00
... 2             1214456.35  598371.18  10.00
... 3             1214456.35  598381.18  20,0
... 4             1214436.35  598381.18  12.50
... 1             1214436.35  598371.18
... ''')
>>> plot.epsg, plot.is_exchanged, len(plot.corners)
(9210, True, 4)
>>> [(edge.from_number, edge.to_number, edge.off_m) for edge in plot.edges if edge.is_off]
[('4', '1', -2.5)]
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import shapely

from addrsvc.geo import crs
from addrsvc.geo.corner_errors import (
    CornerNotUnderstood,
    CornersAreaImplausible,
    CornersCross,
    CornersTooFew,
    CornersTooMany,
)

MAX_CORNERS: Final = 2_000
MAX_TEXT: Final = 200_000
"""Characters; more are not read."""
MIN_AREA_M2: Final = 1.0
MAX_AREA_M2: Final = 1e8
"""A hundred square kilometres: no plot is larger, and few communes are."""
EDGE_TOLERANCE_M: Final = 0.05
"""Printed lengths are of two decimals, and measured apart from the coordinates."""

_MAX_LINE: Final = 500
_REST: Final = r"(?P<group>[ .,'\u00a0\u202f]?)(?P<thousands>\d{3})"
_END: Final = r"(?P<units>\d{3})(?:[.,](?P<decimals>\d{1,12}))?(?!\d)"
_MILLIONS: Final = re.compile(rf"(?<!\d)(?P<millions>\d){_REST}(?P=group){_END}")
_THOUSANDS: Final = re.compile(
    rf"(?<!\d)(?<!\d[.,])(?P<millions>)(?P<thousands>\d{{3}})(?P<group>[ .,'\u00a0\u202f]?){_END}"
)
_NUMBER: Final = re.compile(r"(?<!\w)(?<!\w[.,])\d{1,6}(?:[.,]\d{1,4})?(?![\w.,]*\d)")
_LEADING: Final = re.compile(
    r"^\s*(?:(?:điểm|diem|số|no\.?|đ|d|m|p)\s*)?(?P<number>\d{1,4}[a-z]?'?)[.:)]?[\s;,|]+",
    re.IGNORECASE,
)


class Corner(NamedTuple):
    """One corner, in the zone of the list."""

    number: str
    """As printed, else its place from 1."""
    easting_m: float
    northing_m: float


class Edge(NamedTuple):
    """One side, from a corner to the next."""

    from_number: str
    to_number: str
    length_m: float
    """By the coordinates, in the plane of the zone as on paper."""
    printed_m: float | None

    @property
    def off_m(self) -> float | None:
        """By how much it is longer than printed; None: no length was printed."""
        return None if self.printed_m is None else round(self.length_m - self.printed_m, 3)

    @property
    def is_off(self) -> bool:
        """Tell whether it differs from the printed length by more than rounding."""
        return self.off_m is not None and abs(self.off_m) > EDGE_TOLERANCE_M


@dataclass(frozen=True, slots=True)
class Corners:
    """A plot read from its corners."""

    polygon: shapely.Polygon
    """WGS 84 degrees, lon lat."""
    epsg: int
    is_exchanged: bool
    """The first number is X, the northing, as certificates have it."""
    is_zone_found: bool
    """Nobody named the zone: it was found by where the corners come to lie."""
    likelier_epsg: int | None
    """Another zone than the one named, in which the plot would lie in the territory."""
    corners: tuple[Corner, ...]
    edges: tuple[Edge, ...]
    area_m2: float
    """In the plane of the zone, as printed on paper; shares are measured on the ellipsoid."""


class _Row(NamedTuple):
    number: str | None
    easting_m: float
    northing_m: float
    printed_m: float | None
    is_exchanged: bool


Row = Sequence[float | str | None] | Mapping[str, float | str | None]


def read_corners(
    given: str | Sequence[Row], epsg: int | None = None, territory: shapely.Geometry | None = None
) -> Corners:
    """Read a plot from its corners.

    Args:
        given: pasted text, or rows: ``[X, Y]``, ``[X, Y, S]``, ``[number, X, Y]``,
            ``[number, X, Y, S]`` or ``{"n": …, "x": …, "y": …, "s": …}``.
        epsg: VN-2000 zone; None: found by where the corners come to lie.
        territory: outline in degrees that tells zones apart.

    Raises:
        CornersTooFew, CornersTooMany, CornerNotUnderstood: it is no such list.
        CornersCross, CornersAreaImplausible: the corners make no plot.
        crs.ZoneUnknown, crs.ZoneNotFound, crs.ZoneAmbiguous: of the zone.
    """
    rows = list(_rows_of_text(given) if isinstance(given, str) else _rows_of_values(given))
    if len(rows) > 1 and math.dist(rows[0][1:3], rows[-1][1:3]) < 0.001:
        rows.pop()  # the first once more
    if len(rows) < 3:
        raise CornersTooFew(found=len(rows))
    corners = tuple(
        Corner(row.number or str(place), row.easting_m, row.northing_m)
        for place, row in enumerate(rows, 1)
    )
    zone, likelier = _zone(corners, epsg, territory)
    plane = _checked(corners)
    points = [crs.from_vn2000(each.easting_m, each.northing_m, zone) for each in corners]
    return Corners(
        polygon=shapely.Polygon([(point.lon, point.lat) for point in points]),
        epsg=zone,
        is_exchanged=rows[0].is_exchanged,
        is_zone_found=epsg is None,
        likelier_epsg=likelier,
        corners=corners,
        edges=_edges(corners, [row.printed_m for row in rows]),
        area_m2=plane.area,
    )


def _zone(
    corners: Sequence[Corner], epsg: int | None, territory: shapely.Geometry | None
) -> tuple[int, int | None]:
    """Give the zone, and a likelier one than the one named, if there is."""
    eastings, northings = zip(*(each[1:] for each in corners), strict=True)
    if epsg is None:
        return crs.zone_of_range(eastings, northings, territory).epsg, None
    if epsg not in crs.ZONES:
        raise crs.ZoneUnknown(epsg=epsg)
    try:
        found = crs.zone_of_range(eastings, northings, territory).epsg
    except (crs.ZoneAmbiguous, crs.ZoneNotFound):
        return epsg, None  # elsewhere in the country, or as likely as others
    return epsg, found if found != epsg else None


def _checked(corners: Sequence[Corner]) -> shapely.Polygon:
    """Give the plot in the plane, if it is one."""
    plane = shapely.Polygon([(corner.easting_m, corner.northing_m) for corner in corners])
    if plane.is_valid and not MIN_AREA_M2 <= plane.area <= MAX_AREA_M2:
        raise CornersAreaImplausible(area_m2=plane.area)
    if plane.is_valid:
        return plane
    sides = _sides(corners)
    lines = shapely.linestrings([[one[1:], other[1:]] for one, other in sides])
    tree = shapely.STRtree(lines)
    pairs = tree.query(lines, predicate="intersects").T
    last = len(sides) - 1
    for a, b in sorted((int(a), int(b)) for a, b in pairs if a < b):
        beside = b - a == 1 or (a == 0 and b == last)
        if not beside or lines[a].intersection(lines[b]).length > 0:
            raise CornersCross(one=_named(sides[a]), other=_named(sides[b]))
    raise CornersAreaImplausible(area_m2=plane.area)


def _sides(corners: Sequence[Corner]) -> list[tuple[Corner, Corner]]:
    return list(zip(corners, [*corners[1:], corners[0]], strict=True))


def _named(side: tuple[Corner, Corner]) -> str:
    return f"{side[0].number}–{side[1].number}"


def _edges(corners: Sequence[Corner], printed: list[float | None]) -> tuple[Edge, ...]:
    """Give the sides with printed lengths, which stand at their first corner or at their second."""
    sides = _sides(corners)
    lengths = [math.dist(one[1:], other[1:]) for one, other in sides]

    def off(shown: list[float | None]) -> float:
        return sum(
            min(abs(length - each), 1.0)
            for length, each in zip(lengths, shown, strict=True)
            if each is not None
        )

    shifted = [*printed[1:], printed[0]]
    shown = shifted if off(shifted) < off(printed) else printed
    return tuple(
        Edge(one.number, other.number, length, each)
        for (one, other), length, each in zip(sides, lengths, shown, strict=True)
    )


# --- rows ------------------------------------------------------------------------------------


def _rows_of_text(text: str) -> Iterator[_Row]:
    """Give the corners of a pasted table; a length alone on its line belongs to the one before."""
    lines = text[: MAX_TEXT + 1].splitlines()
    if len(text) > MAX_TEXT:
        raise CornersTooMany(most=MAX_CORNERS)
    rows: list[_Row] = []
    for line, said in enumerate(lines, 1):
        row = _row(said) if len(said) <= _MAX_LINE else None
        numbers = _NUMBER.findall(said[:_MAX_LINE])
        if row is not None:
            rows.append(row)
        elif rows and rows[-1].printed_m is None and len(numbers) == 1:
            rows[-1] = rows[-1]._replace(printed_m=_metres(numbers[0]))
        elif len(said) > _MAX_LINE or _is_no_heading(said):
            raise CornerNotUnderstood(line=line, said=said.strip()[:80])
        if len(rows) > MAX_CORNERS:
            raise CornersTooMany(most=MAX_CORNERS)
    return iter(rows)


def _is_no_heading(said: str) -> bool:
    """Tell whether a line without coordinates has numbers and no words."""
    digits = sum(char.isdigit() for char in said)
    return digits > 3 and re.search(r"[^\W\d_]{2,}", said) is None


def _row(said: str) -> _Row | None:
    """Read one line; None: it does not hold a northing and an easting."""
    leading = _LEADING.match(said)
    tries: list[tuple[str | None, str]] = [(None, said)]
    if leading is not None:
        tries.insert(0, (leading["number"], said[leading.end() :]))
    for number, rest in tries:
        # "1214436,598371": what looks like six decimals may be the other coordinate
        row = _pair(number, rest) or _pair(number, re.sub(r",(?=\d{6})", " ", rest))
        if row is not None:
            return row
    return None


def _pair(number: str | None, said: str) -> _Row | None:
    """Find the northing, then the easting, then the length that follows both."""
    north = _find(said, (_MILLIONS, _THOUSANDS), crs.is_northing)
    if north is None:
        return None
    before, after = north.span()
    blanked = f"{said[:before]}{' ' * (after - before)}{said[after:]}"
    east = _find(blanked, (_THOUSANDS,), crs.is_easting)
    if east is None:
        return None
    lengths = _NUMBER.findall(said[max(after, east.end()) :])
    return _Row(
        number,
        _value(east),
        _value(north),
        _metres(lengths[0]) if lengths else None,
        is_exchanged=before < east.start(),
    )


def _find(
    said: str, patterns: Sequence[re.Pattern[str]], is_it: Callable[[float], bool]
) -> re.Match[str] | None:
    """Give the first number of this size."""
    every = (match for pattern in patterns for match in pattern.finditer(said))
    return next((match for match in every if is_it(_value(match))), None)


def _value(match: re.Match[str]) -> float:
    whole = f"{match['millions']}{match['thousands']}{match['units']}"
    return float(f"{whole}.{match['decimals'] or 0}")


def _rows_of_values(given: Sequence[Row]) -> Iterator[_Row]:
    """Give the corners of rows of values, numbers or texts."""
    if len(given) > MAX_CORNERS + 1:
        raise CornersTooMany(most=MAX_CORNERS)
    for line, row in enumerate(given, 1):
        if isinstance(row, Mapping):
            values = [row.get(key) for key in ("n", "x", "y", "s")]
        else:
            third = _metres(row[2]) if len(row) > 2 else math.nan
            has_number = crs.is_easting(third) or crs.is_northing(third)
            values = [*row] if has_number else [None, *row]
        number, first, second, printed = [*values, None, None, None, None][:4]
        x, y = _metres(first), _metres(second)
        is_exchanged = crs.is_northing(x) and crs.is_easting(y)
        if not is_exchanged and not (crs.is_easting(x) and crs.is_northing(y)):
            raise CornerNotUnderstood(line=line, said=", ".join(map(str, values))[:80])
        length = _metres(printed)
        yield _Row(
            None if number is None else str(number)[:12],
            y if is_exchanged else x,
            x if is_exchanged else y,
            length if math.isfinite(length) else None,
            is_exchanged,
        )


def _metres(value: object) -> float:
    """Give a number, also of a text; NaN: it is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = str(value).strip()[:30]
    for pattern in (_MILLIONS, _THOUSANDS):
        match = pattern.fullmatch(text)
        if match is not None:
            return _value(match)
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else math.nan
