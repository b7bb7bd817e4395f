"""Check shapes from outside before anything else touches them; refuse, never repair.

PostGIS wraps ``POINT(500 500)`` in silence, and repairing a hostile polygon inside the
database can bring the server down: so finite and in range first, then size, then validity.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.validation import explain_validity

from addrsvc.errors import InvalidInput, Text, TooLarge
from addrsvc.types import LonLat

MAX_VERTICES = 10_000
"""Most vertices of one shape sent by a client."""

MAX_RINGS = 1_000
"""Most rings of one shape, holes counted."""

_REASONS = {
    "Self-intersection": Text("đường biên tự cắt", "the ring crosses itself"),
    "Ring Self-intersection": Text("đường biên tự chạm", "the ring touches itself"),
    "Hole lies outside shell": Text("lỗ nằm ngoài vùng", "a hole lies outside"),
    "Nested holes": Text("lỗ nằm trong lỗ", "a hole lies in a hole"),
    "Nested shells": Text("vùng nằm trong vùng", "a part lies in another part"),
    "Interior is disconnected": Text("phần trong bị tách rời", "the inside falls apart"),
    "Too few points in geometry component": Text("quá ít đỉnh", "too few points"),
    "Duplicate Rings": Text("đường biên lặp lại", "a ring occurs twice"),
}
_OTHER_REASON = Text("hình không hợp lệ", "the shape is invalid")


@dataclass(eq=False)
class ShapeOutOfRange(InvalidInput):
    """A shape has coordinates that are no numbers or not on the globe."""

    slug = "shape-out-of-range"
    title = Text("Tọa độ của hình không hợp lệ", "Shape out of range")
    message = Text(
        "Hình có tọa độ {x}, {y}: không phải kinh độ, vĩ độ trên Trái Đất. "
        "Hãy kiểm tra hệ tọa độ của tệp.",
        "The shape has coordinates {x}, {y}: no longitude and latitude on Earth. "
        "Check the reference system of the file.",
    )
    x: str
    y: str


@dataclass(eq=False)
class ShapeTooComplex(TooLarge):
    """A shape has more vertices or rings than are accepted."""

    slug = "shape-too-complex"
    title = Text("Hình quá phức tạp", "Shape too complex")
    message = Text(
        "Hình có {vertices} đỉnh và {rings} đường biên; tối đa {max_vertices} đỉnh và "
        "{max_rings} đường biên. Hãy đơn giản hóa hoặc chia nhỏ hình.",
        "The shape has {vertices} vertices and {rings} rings; at most {max_vertices} vertices "
        "and {max_rings} rings are accepted. Simplify or divide it.",
    )
    vertices: int
    rings: int
    max_vertices: int
    max_rings: int


@dataclass(eq=False)
class ShapeInvalid(InvalidInput):
    """A polygon is not a valid area."""

    slug = "shape-invalid"
    title = Text("Hình không hợp lệ", "Invalid shape")
    message = Text(
        "Hình không hợp lệ: {reason_vi} gần kinh độ {lon}, vĩ độ {lat}. "
        "Hãy sửa hình rồi gửi lại; hệ thống không tự sửa.",
        "Invalid shape: {reason_en} near longitude {lon}, latitude {lat}. "
        "Mend it and send it again; nothing is repaired here.",
    )
    reason_vi: str
    reason_en: str
    lon: float | None
    lat: float | None


@dataclass(eq=False)
class ShapeNotAreal(InvalidInput):
    """A polygon was expected."""

    slug = "shape-not-areal"
    title = Text("Không phải hình vùng", "Not an area")
    message = Text(
        "Cần hình vùng (Polygon hoặc MultiPolygon) không rỗng, nhưng nhận được {given}.",
        "A polygon or multipolygon that is not empty is needed; {given} was given.",
    )
    given: str


def check_area(
    shape: shapely.Geometry | None,
    *,
    max_vertices: int = MAX_VERTICES,
    max_rings: int = MAX_RINGS,
) -> shapely.MultiPolygon:
    """Pass a valid polygon or multipolygon in EPSG:4326, as a multipolygon without heights.

    Raises:
        ShapeNotAreal: nothing, empty, or another kind of shape.
        ShapeOutOfRange: not finite, or not on the globe.
        ShapeTooComplex: over the caps.
        ShapeInvalid: not a valid area, with the reason and the place.
    """
    if not isinstance(shape, shapely.Polygon | shapely.MultiPolygon) or shape.is_empty:
        raise ShapeNotAreal(given="null" if shape is None else type(shape).__name__)
    flat = shapely.force_2d(shape)
    _check_range(flat)
    parts = shapely.get_parts(flat)
    rings = int(shapely.get_num_interior_rings(parts).sum()) + len(parts)
    vertices = int(shapely.get_num_coordinates(flat))
    if vertices > max_vertices or rings > max_rings:
        raise ShapeTooComplex(
            vertices=vertices, rings=rings, max_vertices=max_vertices, max_rings=max_rings
        )
    if not flat.is_valid:
        raise _invalid(explain_validity(flat))
    return shapely.MultiPolygon(list(parts))


def check_point(shape: shapely.Geometry | None) -> LonLat:
    """Pass a point in EPSG:4326.

    Raises:
        ShapeOutOfRange: no point, not finite, or not on the globe.
    """
    if not isinstance(shape, shapely.Point) or shape.is_empty:
        raise ShapeOutOfRange(x="–", y="–")
    _check_range(shape)
    return LonLat(shape.x, shape.y)


def _check_range(shape: shapely.Geometry) -> None:
    xy = shapely.get_coordinates(shape)
    with np.errstate(invalid="ignore"):
        good = (np.abs(xy[:, 0]) <= 180) & (np.abs(xy[:, 1]) <= 90)  # NaN compares false
    if not good.all():
        x, y = xy[int(np.argmin(good))]
        raise ShapeOutOfRange(x=str(x), y=str(y))


def _invalid(explained: str) -> ShapeInvalid:
    """Turn the library's ``Reason[x y]`` into the error."""
    found = re.fullmatch(r"([^\[]*)(?:\[(\S+) (\S+)\])?", explained)
    words, x, y = found.groups() if found else (explained, None, None)
    reason = _REASONS.get(words.strip(), _OTHER_REASON)
    return ShapeInvalid(
        reason_vi=reason.vi,
        reason_en=reason.en,
        lon=None if x is None else round(float(x), 7),
        lat=None if y is None else round(float(y), 7),
    )
