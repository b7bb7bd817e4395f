"""Why a list of corners makes no plot."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import InvalidInput, Text


@dataclass(eq=False)
class CornersTooFew(InvalidInput):
    """Fewer than three corners were found."""

    slug = "corners-too-few"
    title = Text("Thiếu đỉnh thửa", "Too few corners")
    message = Text(
        "Chỉ đọc được {found} đỉnh; một thửa cần ít nhất 3. Mỗi dòng ghi: số hiệu điểm, X, Y "
        "(mét, VN-2000), ví dụ: 1  1214436.35  598371.18",
        "Only {found} corners were read; a plot needs at least 3. Give per line: point number, "
        "X, Y (metres, VN-2000), such as: 1  1214436.35  598371.18",
    )
    found: int


@dataclass(eq=False)
class CornersTooMany(InvalidInput):
    """More corners than a plot has."""

    slug = "corners-too-many"
    title = Text("Quá nhiều đỉnh", "Too many corners")
    message = Text(
        "Bảng tọa độ quá dài; chỉ nhận tối đa {most} đỉnh. Hãy gửi hình dạng GeoJSON.",
        "The list is too long; at most {most} corners are taken. Send a GeoJSON shape instead.",
    )
    most: int


@dataclass(eq=False)
class CornerNotUnderstood(InvalidInput):
    """A line has numbers, but not the two coordinates."""

    slug = "corner-not-understood"
    title = Text("Không hiểu một dòng tọa độ", "A line of coordinates is not understood")
    message = Text(
        "Dòng {line}: “{said}” không có đủ X (khoảng 1 214 000) và Y (khoảng 598 000), đơn vị mét.",
        "Line {line}: “{said}” lacks X (about 1,214,000) or Y (about 598,000) in metres.",
    )
    line: int
    said: str


@dataclass(eq=False)
class CornersCross(InvalidInput):
    """The outline crosses or touches itself."""

    slug = "corners-cross"
    title = Text("Đường biên thửa tự cắt", "The outline crosses itself")
    message = Text(
        "Cạnh {one} cắt cạnh {other}. Hãy xem lại thứ tự các đỉnh và từng con số.",
        "Edge {one} crosses edge {other}. Check the order of the corners and each number.",
    )
    one: str
    other: str


@dataclass(eq=False)
class CornersAreaImplausible(InvalidInput):
    """The area is none of a plot."""

    slug = "corners-area-implausible"
    title = Text("Diện tích không hợp lý", "Implausible area")
    message = Text(
        "Các đỉnh tạo thành {area_m2:,.1f} m², không phải diện tích của một thửa đất. Hãy xem "
        "lại từng con số.",
        "The corners make {area_m2:,.1f} m², which is no area of a plot. Check each number.",
    )
    area_m2: float
