"""What can be wrong with a list of thoroughfares or localities."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import InvalidInput, Text, TooLarge


@dataclass(eq=False)
class ListUnreadable(InvalidInput):
    """The file is no CSV in UTF-8, or is damaged."""

    slug = "name-list-unreadable"
    title = Text("Không đọc được danh sách", "List unreadable")
    message = Text(
        "Không đọc được {file} (dòng {line}): cần tệp CSV mã hóa UTF-8 có dòng tiêu đề, "
        "dấu ngoặc kép đóng mở đủ.",
        "{file} cannot be read (line {line}): a CSV file in UTF-8 with a header line and "
        "balanced quotes is needed.",
    )
    file: str
    line: int


@dataclass(eq=False)
class ListTooLarge(TooLarge):
    """The list is longer than accepted."""

    slug = "name-list-too-large"
    title = Text("Danh sách quá dài", "List too long")
    message = Text(
        "Danh sách {file} quá dài: tối đa {max_rows} dòng. Hãy chia nhỏ tệp.",
        "The list {file} is too long: at most {max_rows} rows. Divide it.",
    )
    file: str
    max_rows: int


@dataclass(eq=False)
class ListColumnsMissing(InvalidInput):
    """No column gives the name, or none the unit."""

    slug = "name-list-columns-missing"
    title = Text("Thiếu cột trong danh sách", "Columns missing from the list")
    message = Text(
        "Không tìm thấy cột {missing} trong {file} (các cột: {columns}). "
        "Hãy chỉ cột bằng --map, ví dụ --map name=TenDuong.",
        "No column for {missing} in {file} (columns: {columns}). "
        "Name it with --map, such as --map name=TenDuong.",
    )
    file: str
    missing: str
    columns: str
