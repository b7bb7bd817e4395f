"""Why no map can be drawn."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Text, Unavailable


@dataclass(eq=False)
class MapLibraryMissing(Unavailable):
    """The browser library that draws maps is not installed on this server."""

    slug = "map-library-missing"
    title = Text("Chưa cài thư viện bản đồ", "Map library not installed")
    message = Text(
        "Máy chủ này chưa cài thư viện vẽ bản đồ (leaflet). Số liệu vẫn lấy được dạng JSON và CSV; "
        "hãy nhờ người quản trị chạy lại scripts/serve.",
        "The library that draws maps (leaflet) is not installed on this server. The numbers are "
        "to be had as JSON and CSV; ask the operator to run scripts/serve again.",
    )
