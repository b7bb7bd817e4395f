"""What can be wrong with a file of boundaries."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import InvalidInput, Text, TooLarge


@dataclass(eq=False)
class BoundaryFileUnreadable(InvalidInput):
    """The file is none of the accepted formats, or damaged."""

    slug = "boundary-file-unreadable"
    title = Text("Không đọc được tệp ranh giới", "Boundary file unreadable")
    message = Text(
        "Không đọc được {file}: {reason}. Nhận GeoPackage (.gpkg), GeoJSON (.geojson, .json) và "
        "Shapefile (.shp cùng .shx, .dbf) trên máy này.",
        "{file} cannot be read: {reason}. GeoPackage (.gpkg), GeoJSON (.geojson, .json) and "
        "Shapefile (.shp with .shx, .dbf) on this machine are accepted.",
    )
    file: str
    reason: str


@dataclass(eq=False)
class BoundaryFileTooLarge(TooLarge):
    """The file is larger, or holds more shapes, than accepted."""

    slug = "boundary-file-too-large"
    title = Text("Tệp ranh giới quá lớn", "Boundary file too large")
    message = Text(
        "Tệp {file} quá lớn: tối đa {max_mib} MiB và {max_features} hình. Hãy chia nhỏ tệp.",
        "{file} is too large: at most {max_mib} MiB and {max_features} shapes. Divide it.",
    )
    file: str
    max_mib: int
    max_features: int


@dataclass(eq=False)
class BoundaryCrsMissing(InvalidInput):
    """The file does not say its reference system, or none that can be placed on Earth."""

    slug = "boundary-crs-missing"
    title = Text("Tệp không ghi hệ tọa độ", "Reference system missing")
    message = Text(
        "Tệp {file} không ghi hệ tọa độ. Hãy chỉ rõ bằng --crs, ví dụ --crs EPSG:9210 cho "
        "VN-2000 kinh tuyến trục 105°45′ (Bình Dương) hoặc --crs EPSG:4326 cho WGS 84.",
        "{file} does not say its reference system. Name it with --crs, such as --crs EPSG:9210 "
        "for VN-2000 with central meridian 105°45′ (Bình Dương) or --crs EPSG:4326 for WGS 84.",
    )
    file: str


@dataclass(eq=False)
class BoundaryLayerUnclear(InvalidInput):
    """The file holds several layers and none was chosen."""

    slug = "boundary-layer-unclear"
    title = Text("Chưa chọn lớp dữ liệu", "Layer not chosen")
    message = Text(
        "Tệp {file} có các lớp: {layers}. Hãy chọn một lớp bằng --layer.",
        "{file} holds the layers {layers}. Choose one with --layer.",
    )
    file: str
    layers: str


@dataclass(eq=False)
class BoundaryCodesNotFound(InvalidInput):
    """No column holds codes of units."""

    slug = "boundary-codes-not-found"
    title = Text("Không tìm thấy cột mã đơn vị hành chính", "No column of unit codes")
    message = Text(
        "Không cột nào của {file} chứa mã đơn vị hành chính có hiệu lực ngày {day} (các cột: "
        "{columns}). Hãy chỉ cột bằng --code-column, hoặc xem lại --valid-from.",
        "No column of {file} holds codes of units in force on {day} (columns: {columns}). "
        "Name it with --code-column, or check --valid-from.",
    )
    file: str
    day: str
    columns: str


@dataclass(eq=False)
class BoundariesInvalid(InvalidInput):
    """Some boundaries are invalid, so nothing was stored."""

    slug = "boundaries-invalid"
    title = Text("Có ranh giới không hợp lệ", "Invalid boundaries")
    message = Text(
        "{count} ranh giới không hợp lệ (xem báo cáo ở trên); chưa lưu gì. Hãy sửa tệp, hoặc "
        "dùng --skip-invalid để bỏ qua các hình đó.",
        "{count} boundaries are invalid (see the report above); nothing was stored. Mend the "
        "file, or leave those out with --skip-invalid.",
    )
    count: int
