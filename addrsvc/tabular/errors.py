"""What makes a whole file unusable. What makes one row unusable is in ``row_errors.py``."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, NotFound, Text, TooLarge


@dataclass(eq=False)
class FileMissing(NotFound):
    """There is no such file."""

    slug = "file-missing"
    title = Text("Không tìm thấy tệp", "File not found")
    message = Text("Không có tệp “{file}”.", "There is no file “{file}”.")
    file: str


@dataclass(eq=False)
class FormatUnknown(InvalidInput):
    """The file is of no kind that is read or written here."""

    slug = "format-unknown"
    title = Text("Không đọc được loại tệp này", "File format not supported")
    message = Text(
        "“{file}” không phải CSV (.csv, .tsv, .txt), bảng tính .xlsx, NDJSON .ndjson, GeoJSON "
        ".geojson, GeoPackage .gpkg hay .parquet, hoặc nội dung không đúng với phần mở rộng.",
        "“{file}” is no CSV (.csv, .tsv, .txt), .xlsx spreadsheet, .ndjson, .geojson, .gpkg "
        "GeoPackage or .parquet, or its content is not what its extension says.",
    )
    file: str


@dataclass(eq=False)
class FileEmpty(InvalidInput):
    """Nothing is in the file, not even a header."""

    slug = "file-empty"
    title = Text("Tệp trống", "Empty file")
    message = Text(
        "“{file}” trống. Dòng đầu tiên phải là tên cột; xem mẫu: addrsvc addresses template.",
        "“{file}” is empty. Its first line must name the columns; for a pattern see: "
        "addrsvc addresses template.",
    )
    file: str


@dataclass(eq=False)
class EncodingUnknown(InvalidInput):
    """The encoding asked for does not exist."""

    slug = "encoding-unknown"
    title = Text("Không biết bảng mã", "Unknown encoding")
    message = Text(
        "Không biết bảng mã “{encoding}”. Dùng utf-8, utf-16 hoặc cp1258.",
        "The encoding “{encoding}” is not known. Use utf-8, utf-16 or cp1258.",
    )
    encoding: str


@dataclass(eq=False)
class HeaderRefused(InvalidInput):
    """The first line cannot be the names of columns."""

    slug = "header-refused"
    title = Text("Dòng tiêu đề không hợp lệ", "Header not usable")
    message = Text(
        "Dòng đầu của “{file}” không dùng làm tên cột được: quá {limit} cột, quá dài, hoặc có "
        "dấu ngoặc kép chưa đóng.",
        "The first line of “{file}” cannot name the columns: more than {limit} columns, too "
        "long, or a quote that is not closed.",
    )
    file: str
    limit: int


@dataclass(eq=False)
class ColumnUnknown(InvalidInput):
    """``--map`` names a column that the file does not have."""

    slug = "column-unknown"
    title = Text("Tệp không có cột này", "Unknown column")
    message = Text(
        "Tệp không có cột “{column}”. Các cột: {known}.",
        "The file has no column “{column}”. Its columns are: {known}.",
    )
    column: str
    known: str


@dataclass(eq=False)
class LayerWithoutCrs(InvalidInput):
    """A layer does not say in which reference system its coordinates are."""

    slug = "layer-without-crs"
    title = Text("Lớp dữ liệu không có hệ tọa độ", "Layer without reference system")
    message = Text(
        "“{file}” không ghi hệ tọa độ. Hãy chỉ rõ bằng --crs, ví dụ --crs EPSG:9210 "
        "(VN-2000 Bình Dương) hoặc --crs EPSG:4326 (WGS 84).",
        "“{file}” does not say its reference system. Name it with --crs, for example "
        "--crs EPSG:9210 (VN-2000 Bình Dương) or --crs EPSG:4326 (WGS 84).",
    )
    file: str


@dataclass(eq=False)
class LayerUnreadable(InvalidInput):
    """The library that reads layers and sheets gives up on the file."""

    slug = "layer-unreadable"
    title = Text("Không đọc được tệp", "File cannot be read")
    message = Text(
        "Không đọc được “{file}” (lớp hoặc trang tính: {layer}). Tệp hỏng hoặc không có lớp đó.",
        "“{file}” cannot be read (layer or sheet: {layer}). It is damaged or has no such layer.",
    )
    file: str
    layer: str


@dataclass(eq=False)
class LayerComputed(InvalidInput):
    """A GeoPackage would compute its rows while they are read."""

    slug = "layer-computed"
    title = Text("Tệp không chỉ gồm bảng thường", "File of more than plain tables")
    message = Text(
        "“{file}” có khung nhìn (view), cột tính toán hoặc bị hỏng; chỉ đọc bảng thường. "
        "Hãy xuất riêng lớp cần nhập ra một tệp GeoPackage mới.",
        "“{file}” holds views or computed columns or is damaged; plain tables only are read. "
        "Export the layer to a new GeoPackage.",
    )
    file: str


@dataclass(eq=False)
class ArchiveRefused(TooLarge):
    """A spreadsheet unpacks to more than it may."""

    slug = "archive-refused"
    title = Text("Bảng tính giải nén quá lớn", "Spreadsheet unpacks too large")
    message = Text(
        "“{file}” giải nén ra quá lớn hoặc có quá nhiều phần. Hãy lưu lại thành CSV rồi nhập.",
        "“{file}” unpacks to too much or has too many parts. Save it as CSV and import that.",
    )
    file: str


@dataclass(eq=False)
class FileExists(Conflict):
    """The file to write is there already."""

    slug = "file-exists"
    title = Text("Tệp đã có", "File exists")
    message = Text(
        "“{file}” đã có. Hãy chọn tên khác hoặc thêm --force để ghi đè.",
        "“{file}” is there already. Choose another name, or add --force to overwrite it.",
    )
    file: str


class SheetFull(TooLarge):
    """A spreadsheet has no room for so many rows."""

    slug = "sheet-full"
    title = Text("Quá nhiều dòng cho bảng tính", "Too many rows for a spreadsheet")
    message = Text(
        "Bảng tính chỉ chứa được 1.048.575 dòng. Hãy xuất ra CSV hoặc GeoPackage.",
        "A spreadsheet holds 1,048,575 rows. Export to CSV or GeoPackage.",
    )


@dataclass(eq=False)
class FileBroken(InvalidInput):
    """A file is damaged in a way that nothing beyond can be read."""

    slug = "file-broken"
    title = Text("Tệp bị hỏng", "Damaged file")
    message = Text(
        "“{file}” hỏng ở dòng {line}, không đọc tiếp được. Hãy xuất lại tệp từ phần mềm đã tạo ra "
        "nó, hoặc sửa dòng đó.",
        "“{file}” is damaged at line {line} and cannot be read on. Export it again from the "
        "program that made it, or mend that line.",
    )
    file: str
    line: int
    """Of a text file; else the row, feature or record."""


@dataclass(eq=False)
class TooManyColumns(InvalidInput):
    """The rows of a file name more columns than are read."""

    slug = "too-many-columns"
    title = Text("Quá nhiều cột", "Too many columns")
    message = Text(
        "“{file}” có hơn {limit} cột khác nhau. Hãy bỏ những cột không cần rồi gửi lại.",
        "“{file}” has more than {limit} different columns. Leave out those not needed.",
    )
    file: str
    limit: int


@dataclass(eq=False)
class RecordTooLarge(TooLarge):
    """One record would fill the memory."""

    slug = "record-too-large"
    title = Text("Một bản ghi quá lớn", "A record too large")
    message = Text(
        "Bản ghi ở dòng {line} của “{file}” quá lớn. Mỗi bản ghi phải là một địa chỉ, không kèm "
        "hình vẽ hay tệp.",
        "The record at line {line} of “{file}” is too large. Each should be one address, with no "
        "drawing or file in it.",
    )
    file: str
    line: int


@dataclass(eq=False)
class TableTooLarge(TooLarge):
    """A Parquet file cannot be read in parts that fit into the memory."""

    slug = "table-too-large"
    title = Text("Khối dữ liệu quá lớn", "Blocks of data too large")
    message = Text(
        "“{file}” có khối dữ liệu giải nén ra quá lớn, không đọc từng phần được. Hãy ghi lại với "
        "nhóm dòng (row group) nhỏ hơn, khoảng 50.000 dòng, hoặc xuất thành CSV.",
        "“{file}” has blocks that unpack to too much to be read in parts. Write it again with "
        "smaller row groups, of about 50,000 rows, or export it as CSV.",
    )
    file: str


@dataclass(eq=False)
class ResultLost(Conflict):
    """What was written of a file until some position is gone."""

    slug = "result-lost"
    title = Text("Mất phần kết quả đã ghi", "Written part lost")
    message = Text(
        "Phần đã ghi của “{file}” không còn đủ, không ghi tiếp được. Hãy chạy lại từ đầu.",
        "What was written of “{file}” is not all there, so it cannot go on. Begin again.",
    )
    file: str
