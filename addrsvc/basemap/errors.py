"""What the basemap refuses."""

from __future__ import annotations

from dataclasses import dataclass
from errno import EDQUOT, ENOSPC

from addrsvc.errors import InvalidInput, Language, NotFound, Text, Unavailable


@dataclass(eq=False)
class BasemapTileUnknown(NotFound):
    """There is no such tile, or none is given at that zoom."""

    slug = "basemap-tile-unknown"
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
class TilesetUnknown(NotFound):
    """No tiles of that name are served here."""

    slug = "tileset-unknown"
    title = Text("Không có bộ mảnh bản đồ này", "No such tiles")
    message = Text(
        "Máy chủ này không có bộ mảnh bản đồ nào tên như vậy. Danh sách ở /v1/tiles.",
        "No tiles of that name are served here. /v1/tiles lists them.",
    )


@dataclass(eq=False)
class GlyphsUnknown(NotFound):
    """No letters are served under that name."""

    slug = "glyphs-unknown"
    title = Text("Không có bộ chữ này", "No such glyphs")
    message = Text(
        "Không có bộ chữ này. Phông chữ có: {fonts}; dải chữ gồm 256 mã, như 0-255 hoặc 7680-7935.",
        "There are no such glyphs. Fonts: {fonts}; a range is of 256 codes, as 0-255 or 7680-7935.",
    )
    fonts: str


@dataclass(eq=False)
class GlyphFontsMissing(Unavailable):
    """The fonts names on maps are written in are not installed."""

    slug = "glyph-fonts-missing"
    title = Text("Chưa cài phông chữ cho bản đồ", "Fonts of maps not installed")
    message = Text(
        "Máy chủ này chưa cài phông chữ của bản đồ (dejavu-fonts-ttf). Hãy nhờ người quản trị chạy "
        "lại scripts/serve.",
        "The fonts of maps (dejavu-fonts-ttf) are not installed on this server. Ask the operator "
        "to run scripts/serve again.",
    )


@dataclass(eq=False)
class ArchiveRefused(InvalidInput):
    """A file of tiles is not fit to be served."""

    slug = "tile-archive-refused"
    title = Text("Không dùng được tệp mảnh bản đồ", "File of tiles refused")
    message = Text(
        "Không dùng được tệp {file}: {reason}. Hãy sửa, thay hoặc chuyển tệp khỏi thư mục "
        "ADDRSVC_TILES_DIR.",
        "The file {file} cannot be used: {reason}. Mend it, replace it, or move it out of the "
        "folder ADDRSVC_TILES_DIR.",
    )
    file: str
    reason: Text

    def text(self, language: Language) -> str:
        """Say why, in the same language."""
        return self.message.in_(language).format(file=self.file, reason=self.reason.in_(language))


@dataclass(eq=False)
class ArchiveTileBroken(Unavailable):
    """A tile in an operator's file is not what the file says it is."""

    slug = "archive-tile-broken"
    title = Text("Mảnh bản đồ bị hỏng", "Tile damaged")
    message = Text(
        "Mảnh {z}/{x}/{y} của bộ “{name}” bị hỏng nên không hiển thị được. Hãy báo người quản trị "
        "thay tệp.",
        "Tile {z}/{x}/{y} of “{name}” is damaged and not given. Ask the operator to replace the "
        "file.",
    )
    name: str
    z: int
    x: int
    y: int


@dataclass(eq=False)
class NothingToExport(NotFound):
    """No tile of the basemap has anything in it."""

    slug = "nothing-to-export"
    title = Text("Không có gì để xuất", "Nothing to export")
    message = Text(
        "Bản đồ nền không có gì trong khung này. Hãy kiểm tra --bbox, và xem tiến trình worker đã "
        "chuẩn bị ranh giới chưa.",
        "The basemap holds nothing there. Check --bbox, and that the worker has made boundaries "
        "ready.",
    )


@dataclass(eq=False)
class ExportDiffers(Unavailable):
    """A file just written does not hold what was written to it."""

    slug = "export-differs"
    title = Text("Tệp xuất bị sai", "Exported file differs")
    message = Text(
        "Mảnh {z}/{x}/{y} đọc lại không giống lúc ghi, nên tệp bị bỏ. Hãy kiểm tra ổ đĩa rồi xuất "
        "lại.",
        "Tile {z}/{x}/{y} read back is not what was written, so the file was dropped. Check the "
        "disk and export again.",
    )
    z: int
    x: int
    y: int


@dataclass(eq=False)
class ExportUnwritable(Unavailable):
    """A file to be exported cannot be written: no room, no right, no such folder."""

    slug = "export-unwritable"
    title = Text("Không ghi được tệp xuất", "Exported file cannot be written")
    message = Text(
        "Không ghi được {file}: {why}. Tệp cũ, nếu có, vẫn nguyên; phần ghi dở đã xóa. Hãy dọn ổ "
        "đĩa (cả thư mục tạm) hoặc chọn thư mục khác rồi xuất lại.",
        "{file} cannot be written: {why}. What was there before is as it was, and what was half "
        "written is gone. Make room (in the folder for temporary files too) or choose another "
        "folder, and export again.",
    )
    file: str
    why: Text

    @classmethod
    def of(cls, file: str, error: OSError) -> ExportUnwritable:
        """Say it of what the system refused."""
        if error.errno in {ENOSPC, EDQUOT}:
            return cls(file, Text("ổ đĩa đã đầy", "the disk is full"))
        said = error.strerror or type(error).__name__
        return cls(file, Text(f"hệ thống từ chối ({said})", f"the system refused ({said})"))

    def text(self, language: Language) -> str:
        """Say why, in the same language."""
        return self.message.in_(language).format(file=self.file, why=self.why.in_(language))


@dataclass(eq=False)
class FolderOfTilesMissing(InvalidInput):
    """No folder of tiles was named."""

    slug = "tiles-folder-missing"
    title = Text("Chưa chọn thư mục mảnh bản đồ", "No folder of tiles")
    message = Text(
        "Chưa có thư mục mảnh bản đồ. Hãy đặt ADDRSVC_TILES_DIR, hoặc ghi tên thư mục sau lệnh.",
        "There is no folder of tiles. Set ADDRSVC_TILES_DIR, or name the folder.",
    )
