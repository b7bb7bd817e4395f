"""What maps of plans refuse."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import NotFound, Text, Unavailable


@dataclass(eq=False)
class TileUnknown(NotFound):
    """There is no such tile, or none is given at that zoom."""

    slug = "tile-unknown"
    title = Text("Không có mảnh bản đồ này", "No such tile")
    message = Text(
        "Không có mảnh bản đồ {z}/{x}/{y}. Mức thu phóng z từ {first} đến {last}; x và y từ 0 đến "
        "2^z - 1, y đếm từ bắc xuống nam.",
        "There is no tile {z}/{x}/{y}. Zoom z goes from {first} to {last}; x and y from 0 to "
        "2^z - 1, y from north to south.",
    )
    z: int
    x: int
    y: int
    first: int
    last: int


@dataclass(eq=False)
class PlanMapLibraryMissing(Unavailable):
    """The browser library that draws maps is not installed on this server."""

    slug = "plan-map-library-missing"
    title = Text("Chưa cài thư viện bản đồ", "Map library not installed")
    message = Text(
        "Máy chủ này chưa cài thư viện vẽ bản đồ (leaflet). Các vùng vẫn lấy được bằng mảnh bản đồ "
        "vector; hãy nhờ người quản trị chạy lại scripts/serve.",
        "The library that draws maps (leaflet) is not installed on this server. Zones are to be "
        "had as vector tiles; ask the operator to run scripts/serve again.",
    )
