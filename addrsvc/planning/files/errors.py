"""What makes a whole file of zones unusable. What is wrong with single zones is in its report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from addrsvc.errors import InvalidInput, Language, NotFound, Text, TooLarge

Ended = Literal["crashed", "too-long", "too-large"]

_ENDED: Final[dict[str, Text]] = {
    "crashed": Text(
        "Chương trình đọc tệp đã dừng giữa chừng. Hãy mở tệp bằng QGIS, chạy “Sửa hình học” "
        "(Fix geometries), xuất lại sang GeoPackage rồi gửi lại.",
        "The program reading the file broke down. Open it in QGIS, run “Fix geometries”, export "
        "it to GeoPackage again and send that.",
    ),
    "too-long": Text(
        "Xử lý tệp quá lâu nên đã dừng. Hãy chia bản đồ thành nhiều tệp (ví dụ theo xã) hoặc giản "
        "lược bớt đỉnh rồi gửi lại.",
        "The file took too long and was stopped. Divide the map into several files (by commune, "
        "for example) or simplify its outlines, and send it again.",
    ),
    "too-large": Text(
        "Tệp cần nhiều bộ nhớ hơn mức cho phép. Hãy chia bản đồ thành nhiều tệp (ví dụ theo xã), "
        "bỏ các cột không cần, rồi gửi lại.",
        "The file needs more memory than allowed. Divide the map into several files (by commune, "
        "for example), leave out columns not needed, and send it again.",
    ),
}


@dataclass(eq=False)
class ChildEnded(InvalidInput):
    """The process that read a file, or mended a zone of it, came to no good end."""

    slug = "plan-file-reading-ended"
    title = Text("Không xử lý xong tệp", "File not finished")
    message = _ENDED["crashed"]
    reason: Ended

    def text(self, language: Language) -> str:
        """Say which end it was and what to do next."""
        return _ENDED[self.reason].in_(language)


@dataclass(eq=False)
class PlanFormatRefused(InvalidInput):
    """The content is of a kind that is not read here."""

    slug = "plan-format-refused"
    title = Text("Không nhận loại tệp này", "Format not accepted")
    message = Text(
        "Nội dung tệp là {found}, không nhận ở đây. Hãy mở bằng QGIS rồi xuất sang GeoPackage "
        "(.gpkg), GeoJSON, hoặc Shapefile nén thành .zip (đủ .shp, .shx, .dbf) và gửi lại.",
        "The file's content is {found}, which is not accepted here. Open it in QGIS, export it to "
        "GeoPackage (.gpkg), GeoJSON or a Shapefile zipped (.shp, .shx, .dbf), and send that.",
    )
    found: str
    """Name of the format."""


@dataclass(eq=False)
class PlanFormatUnknown(InvalidInput):
    """Nobody can tell what the file is."""

    slug = "plan-format-unknown"
    title = Text("Không nhận ra loại tệp", "Format not recognised")
    message = Text(
        "Không nhận ra nội dung tệp. Chỉ nhận GeoPackage (.gpkg), GeoJSON dạng FeatureCollection, "
        "hoặc Shapefile nén thành .zip (đủ .shp, .shx, .dbf). Hãy xuất lại từ phần mềm bản đồ.",
        "The file's content is not recognised. GeoPackage (.gpkg), GeoJSON that is a "
        "FeatureCollection, and zipped Shapefile (.shp, .shx, .dbf) are accepted. Export it again.",
    )


@dataclass(eq=False)
class PlanFileDamaged(InvalidInput):
    """The file is cut short or contradicts itself."""

    slug = "plan-file-damaged"
    title = Text("Tệp hỏng hoặc thiếu", "Damaged file")
    message = Text(
        "Tệp hỏng hoặc bị cắt cụt ở phần “{part}”. Hãy xuất lại từ phần mềm bản đồ và gửi lại, "
        "chờ tải lên xong hẳn.",
        "The file is damaged or cut short at “{part}”. Export it again and send it once more, "
        "waiting until the upload is done.",
    )
    part: str


@dataclass(eq=False)
class NotFeatures(InvalidInput):
    """The JSON is no collection of features."""

    slug = "plan-not-features"
    title = Text("Không phải GeoJSON FeatureCollection", "No FeatureCollection")
    message = Text(
        "Tệp JSON không phải GeoJSON dạng FeatureCollection đúng chuẩn (RFC 7946): {place}. Hãy "
        "xuất lại lớp bản đồ sang GeoJSON từ QGIS, hoặc gửi GeoPackage.",
        "The JSON is no proper GeoJSON FeatureCollection (RFC 7946): {place}. Export the layer to "
        "GeoJSON from QGIS again, or send a GeoPackage.",
    )
    place: str
    """Where it departs: a member's name, or ``features/17``."""


@dataclass(eq=False)
class ArchiveTooLarge(TooLarge):
    """A zip unpacks to more than it may."""

    slug = "plan-archive-too-large"
    title = Text("Tệp nén giải ra quá lớn", "Archive unpacks too large")
    message = Text(
        "Tệp .zip giải nén ra hơn {limit_mib} MiB, hơn {limit_entries} mục, hoặc nén bất thường. "
        "Hãy chỉ nén các tệp .shp, .shx, .dbf, .prj, .cpg của lớp quy hoạch, hoặc gửi GeoPackage.",
        "The .zip unpacks to more than {limit_mib} MiB or {limit_entries} entries, or is packed "
        "abnormally. Zip only .shp, .shx, .dbf, .prj and .cpg of the layer, or send a GeoPackage.",
    )
    limit_mib: int
    limit_entries: int


@dataclass(eq=False)
class ArchiveUnsafe(InvalidInput):
    """A zip has an entry no map needs."""

    slug = "plan-archive-unsafe"
    title = Text("Tệp nén có mục không an toàn", "Unsafe archive")
    message = Text(
        "Tệp .zip có mục “{entry}” bị mã hóa, là liên kết, là tệp nén lồng nhau hoặc có đường dẫn "
        "ra ngoài. Hãy nén lại chỉ gồm .shp, .shx, .dbf, .prj, .cpg, không đặt mật khẩu.",
        "The .zip has the entry “{entry}”, which is encrypted, a link, another archive, or has a "
        "path leading outside. Zip only .shp, .shx, .dbf, .prj and .cpg, with no password.",
    )
    entry: str


@dataclass(eq=False)
class ShapefileIncomplete(InvalidInput):
    """Parts of a Shapefile are missing."""

    slug = "plan-shapefile-incomplete"
    title = Text("Shapefile thiếu tệp", "Incomplete Shapefile")
    message = Text(
        "Shapefile “{layer}” thiếu {missing}. Hãy nén đủ .shp, .shx và .dbf cùng tên vào một tệp "
        ".zip (thêm .prj, .cpg nếu có) rồi gửi lại.",
        "The Shapefile “{layer}” lacks {missing}. Zip .shp, .shx and .dbf of one name together "
        "(.prj and .cpg too, if there are any) and send that.",
    )
    layer: str
    missing: str


@dataclass(eq=False)
class PlanFileComputed(InvalidInput):
    """A GeoPackage of more than plain tables."""

    slug = "plan-file-computed"
    title = Text("GeoPackage không chỉ gồm bảng thường", "GeoPackage of more than plain tables")
    message = Text(
        "GeoPackage này có khung nhìn (view), bảng ảo, cột tính toán hoặc bị hỏng; chỉ đọc bảng "
        "thường. Hãy xuất riêng lớp quy hoạch ra một GeoPackage mới rồi gửi lại.",
        "This GeoPackage has views, virtual tables or computed columns or is damaged; plain tables "
        "only are read. Export the layer to a new GeoPackage and send that.",
    )


@dataclass(eq=False)
class LayerUnclear(InvalidInput):
    """There are several layers, and none was chosen."""

    slug = "plan-layer-unclear"
    title = Text("Chưa chọn lớp bản đồ", "Layer not chosen")
    message = Text(
        "Tệp có nhiều lớp: {layers}. Hãy chọn một lớp rồi kiểm tra lại.",
        "The file has several layers: {layers}. Choose one and check the file again.",
    )
    layers: str


@dataclass(eq=False)
class LayerUnknown(NotFound):
    """There is no such layer."""

    slug = "plan-layer-unknown"
    title = Text("Không có lớp này", "Unknown layer")
    message = Text(
        "Tệp không có lớp “{layer}”. Các lớp có trong tệp: {layers}. Hãy chọn một trong số đó.",
        "The file has no layer “{layer}” of shapes. Those it has: {layers}. Choose one of them.",
    )
    layer: str
    layers: str


@dataclass(eq=False)
class ColumnUnknown(NotFound):
    """A column was chosen that the layer lacks."""

    slug = "plan-column-unknown"
    title = Text("Không có cột này", "No such column")
    message = Text(
        "Lớp không có cột “{column}”. Các cột có trong tệp: {columns}. Hãy chọn lại cột mã loại "
        "đất và cột ghi chú.",
        "The layer has no column “{column}”. It has: {columns}. Choose the columns of codes and "
        "labels again.",
    )
    column: str
    columns: str


@dataclass(eq=False)
class LayerEmpty(InvalidInput):
    """Nothing is in the layer."""

    slug = "plan-layer-empty"
    title = Text("Lớp bản đồ trống", "Empty layer")
    message = Text(
        "Lớp “{layer}” không có đối tượng nào. Hãy chọn lớp khác, hoặc xuất lại tệp.",
        "The layer “{layer}” has no features. Choose another one, or export the file again.",
    )
    layer: str


@dataclass(eq=False)
class PlanFileTooLarge(TooLarge):
    """More zones or vertices than are taken."""

    slug = "plan-file-too-large"
    title = Text("Bản đồ quá lớn", "Map too large")
    message = Text(
        "Tệp có hơn {max_vertices} đỉnh hoặc hơn {max_zones} vùng. Hãy chia bản đồ thành nhiều tệp "
        "(ví dụ theo xã) hoặc giản lược bớt đỉnh (Simplify) rồi gửi lại.",
        "The file has more than {max_vertices} vertices or {max_zones} zones. Divide the map into "
        "several files (by commune, for example) or simplify its outlines, and send it again.",
    )
    max_zones: int
    max_vertices: int


@dataclass(eq=False)
class PlanTextTooLarge(TooLarge):
    """More attributes, or a longer text, than are taken."""

    slug = "plan-text-too-large"
    title = Text("Bảng thuộc tính quá lớn", "Attributes too large")
    message = Text(
        "Bảng thuộc tính quá lớn: tối đa {max_columns} cột, {max_cells} ô và {max_characters} ký "
        "tự mỗi ô. Hãy chỉ giữ cột mã loại đất và vài cột cần thiết rồi xuất lại.",
        "The attributes are too large: at most {max_columns} columns, {max_cells} cells and "
        "{max_characters} characters a cell. Keep the land-use code and what is needed.",
    )
    max_columns: int
    max_cells: int
    max_characters: int


@dataclass(eq=False)
class LayerHasCurves(InvalidInput):
    """Outlines are arcs, not points joined by lines."""

    slug = "plan-layer-curves"
    title = Text("Lớp bản đồ có cung tròn", "Layer with curves")
    message = Text(
        "Đối tượng thứ {n} của lớp “{layer}” có cạnh là cung tròn. Hãy chuyển cung thành đường gấp "
        "khúc (QGIS: “Segmentize”, ArcGIS: “Densify”) rồi xuất lại.",
        "Feature {n} of the layer “{layer}” has arcs for edges. Turn arcs into straight lines "
        "(QGIS: “Segmentize”, ArcGIS: “Densify”) and export it again.",
    )
    layer: str
    n: int


@dataclass(eq=False)
class CrsUnclear(InvalidInput):
    """Neither the file nor its coordinates say in which system they are."""

    slug = "plan-crs-unclear"
    title = Text("Không rõ hệ tọa độ", "Reference system unclear")
    message = Text(
        "Tệp không ghi hệ tọa độ và các tọa độ (ví dụ {x}; {y}) không cho biết. Hãy chọn hệ tọa "
        "độ: EPSG:9210 (VN-2000, kinh tuyến trục 105°45′), EPSG:5899 (107°45′) hoặc EPSG:4326.",
        "The file names no reference system, and its coordinates (such as {x}; {y}) do not tell. "
        "Choose EPSG:9210 (VN-2000, meridian 105°45′), EPSG:5899 (107°45′) or EPSG:4326.",
    )
    x: str
    y: str


@dataclass(eq=False)
class CrsRefused(InvalidInput):
    """What stands where the reference system should is none."""

    slug = "plan-crs-refused"
    title = Text("Không đọc được hệ tọa độ của tệp", "The file's reference system is unreadable")
    message = Text(
        "Không đọc được hệ tọa độ ghi trong tệp (“{said}”); liên kết ra ngoài không bao giờ được "
        "mở. Hãy chọn hệ tọa độ khi gửi, ví dụ EPSG:9210 (VN-2000) hoặc EPSG:4326 (WGS 84).",
        "The reference system in the file (“{said}”) cannot be read; links are never followed. "
        "Choose it when sending, such as EPSG:9210 (VN-2000) or EPSG:4326 (WGS 84).",
    )
    said: str


@dataclass(eq=False)
class DegreesNotMetres(InvalidInput):
    """A system in metres is stated, but the coordinates are degrees."""

    slug = "plan-degrees-not-metres"
    title = Text("Tọa độ là độ, không phải mét", "Degrees, not metres")
    message = Text(
        "Hệ tọa độ ghi là {said} (mét), nhưng tọa độ (ví dụ {x}; {y}) là độ. Hãy chọn lại hệ tọa "
        "độ: EPSG:4326 (WGS 84) hoặc EPSG:4756 (VN-2000 kinh vĩ độ).",
        "The reference system said is {said} (metres), but the coordinates (such as {x}; {y}) are "
        "degrees. Choose EPSG:4326 (WGS 84) or EPSG:4756 (VN-2000 longitude, latitude).",
    )
    said: str
    x: str
    y: str


@dataclass(eq=False)
class MetresNotDegrees(InvalidInput):
    """A system in degrees is stated, but the coordinates are metres."""

    slug = "plan-metres-not-degrees"
    title = Text("Tọa độ là mét, không phải độ", "Metres, not degrees")
    message = Text(
        "Hệ tọa độ ghi là {said} (độ), nhưng tọa độ (ví dụ {x}; {y}) là mét. Hãy chọn lại hệ tọa "
        "độ: EPSG:9210 (VN-2000, kinh tuyến trục 105°45′), EPSG:5899 (107°45′) hoặc múi khác.",
        "The reference system said is {said} (degrees), but the coordinates (such as {x}; {y}) are "
        "metres. Choose EPSG:9210 (VN-2000, meridian 105°45′), EPSG:5899 (107°45′) or another.",
    )
    said: str
    x: str
    y: str


@dataclass(eq=False)
class TextEncodingUnknown(InvalidInput):
    """The encoding asked for does not exist."""

    slug = "plan-encoding-unknown"
    title = Text("Không biết bảng mã", "Unknown encoding")
    message = Text(
        "Không biết bảng mã “{encoding}”. Hãy chọn utf-8, cp1258, tcvn3 hoặc vni, hoặc để trống.",
        "The encoding “{encoding}” is not known. Choose utf-8, cp1258, tcvn3 or vni, or none.",
    )
    encoding: str
