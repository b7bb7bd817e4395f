"""A spreadsheet to fill in: Vietnamese headers with notes, lists to choose from, one example."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from addrsvc.registry.model import KIND_NAMES, Kind
from addrsvc.tabular.errors import FileExists, FormatUnknown

EXAMPLE_MARK: Final = "Ví dụ: xóa dòng này"
"""In the first cell of the example row; an import passes such a row over."""

_TEXT: Final = "@"
"""Format of whole columns, so that 12/3 stays 12/3."""

_ROWS: Final = 5_000
"""Rows with a list to choose from."""


class _Column(NamedTuple):
    header: str
    note: str
    example: str
    width: int = 16


_COLUMNS: Final = (
    _Column("Mã nguồn", "Mã riêng của dòng trong danh sách của bạn (nếu có).", EXAMPLE_MARK, 22),
    _Column("Mã địa chỉ số", "Chỉ điền khi đã được cấp mã: 10 hoặc 11 chữ số.", ""),
    _Column("Đơn vị cấp mã", "Bắt buộc khi đã điền mã địa chỉ số.", ""),
    _Column("Loại", "Chọn trong danh sách.", KIND_NAMES[Kind.DWELLING].vi, 20),
    _Column("Tên", "Tên cơ quan, doanh nghiệp, địa danh. Nhà ở: để trống.", "", 28),
    _Column("Căn hộ", "Căn hộ hoặc phòng, ví dụ: Phòng 5.", ""),
    _Column("Tầng", "Ví dụ: 12A.", "", 8),
    _Column("Tòa nhà", "Tên tòa nhà, block, dãy trọ.", "", 20),
    _Column("Số nhà", "Viết đủ cả hẻm: 123/45/6A.", "123/45/6A"),
    _Column("Đường", "Tên đường như trên biển.", "Đường Lê Hồng Phong", 26),
    _Column("Tổ", "Ví dụ: 5.", "5", 8),
    _Column("Khu phố", "Ví dụ: 3 hoặc Khu phố 1B.", "3", 12),
    _Column("Ấp", "Ở xã: tên hoặc số ấp.", "", 12),
    _Column("Mã phường xã", "5 chữ số của phường, xã hiện nay. Có thể để trống nếu có tọa độ.", ""),
    _Column("Kinh độ", "WGS 84, độ thập phân, ví dụ 106.6519.", "106.6519", 12),
    _Column("Vĩ độ", "WGS 84, độ thập phân, ví dụ 10.9804.", "10.9804", 12),
    _Column("Độ chính xác m", "Sai số của tọa độ, tính bằng mét.", "5", 16),
    _Column("Phương pháp", "gnss, survey, map, imagery hoặc unknown.", "gnss", 14),
    _Column("Địa chỉ", "Địa chỉ như người dân viết, nếu chưa tách được thành phần.", "", 40),
    _Column("Nguồn", "Danh sách hoặc đợt thu thập này từ đâu.", "Đợt thu thập 2026", 22),
    _Column("Chủ hộ", "Dữ liệu cá nhân: lưu riêng, không công bố.", "", 22),
    _Column("Điện thoại", "Dữ liệu cá nhân: lưu riêng, không công bố.", "", 16),
)

_GUIDE: Final = (
    "Mỗi dòng là một địa chỉ. Dòng ví dụ (nền vàng) được bỏ qua khi nhập; bạn có thể xóa.",
    "Không đổi tên cột. Cột không dùng có thể để trống hoặc xóa.",
    "Cần ít nhất một trong ba: tọa độ, mã phường xã, hoặc địa chỉ viết liền có tên phường, xã.",
    "Có tọa độ đo tại chỗ: được cấp mã ngay. Chưa có tọa độ: ghi nhận đề xuất, cấp mã sau.",
    "Dạng ô là Văn bản để số nhà 12/3 không bị đổi thành ngày tháng. Không dùng công thức.",
    "Nhập tệp: addrsvc addresses import TỆP.xlsx — thử trước, không ghi: thêm --dry-run.",
)


def write_template(path: Path, *, force: bool = False) -> None:
    """Write the template.

    Raises:
        FormatUnknown: not an .xlsx file.
        FileExists: it is there and ``force`` is not given.
    """
    if path.suffix.lower() != ".xlsx":
        raise FormatUnknown(file=path.name)
    if path.exists() and not force:
        raise FileExists(file=path.name)
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Địa chỉ"
    sheet.freeze_panes = "A2"
    yellow = PatternFill("solid", fgColor="FFF2CC")
    blue = PatternFill("solid", fgColor="D9E2F3")
    for index, column in enumerate(_COLUMNS, start=1):
        head = sheet.cell(1, index, column.header)
        head.font, head.fill = Font(bold=True), blue
        head.comment = Comment(column.note, "addrsvc")
        example = sheet.cell(2, index, column.example)
        example.fill, example.number_format = yellow, _TEXT
        dimension = sheet.column_dimensions[get_column_letter(index)]
        dimension.width, dimension.number_format = column.width, _TEXT
    kinds = ",".join(KIND_NAMES[kind].vi for kind in Kind)
    choice = DataValidation(type="list", formula1=f'"{kinds}"', allow_blank=True)
    choice.error = "Hãy chọn một loại trong danh sách."
    letter = get_column_letter([column.header for column in _COLUMNS].index("Loại") + 1)
    choice.add(f"{letter}2:{letter}{_ROWS + 1}")
    sheet.add_data_validation(choice)
    guide = book.create_sheet("Hướng dẫn")
    guide.column_dimensions["A"].width = 110
    for row, line in enumerate(_GUIDE, start=1):
        guide.cell(row, 1, line).alignment = Alignment(wrap_text=True)
    book.save(path)
