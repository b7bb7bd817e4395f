"""Pure: the spreadsheets to fill in, as workbooks."""

from __future__ import annotations

import io
from functools import cache
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from addrsvc.file_jobs.model import Kind
from addrsvc.file_jobs.templates import TEMPLATES, Template

_ROWS: Final = 10_000
"""So many rows offer the lists."""
_SHEET: Final = "Danh sách"
_HOW_SHEET: Final = "Hướng dẫn"
_LIST_SHEET: Final = "Danh mục"


@cache
def template_xlsx(kind: Kind) -> bytes:
    """Give a workbook: the sheet to fill in, how to fill it in, and the lists its cells offer."""
    template, book = TEMPLATES[kind], Workbook()
    sheet: Any = book.active
    _fill_in(sheet, template)
    _explain(book.create_sheet(_HOW_SHEET), template)
    if any(each.choices for each in template.columns):
        _offer(sheet, book.create_sheet(_LIST_SHEET), template)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fill_in(sheet: Any, template: Template) -> None:
    sheet.title = _SHEET
    sheet.freeze_panes = "A2"
    sheet.append([each.header for each in template.columns])
    sheet.append([each.example or None for each in template.columns])
    for at, column in enumerate(template.columns, start=1):
        whole = sheet.column_dimensions[get_column_letter(at)]
        whole.width, whole.number_format = column.width, "@"
        header, example = sheet.cell(1, at), sheet.cell(2, at)
        header.font = Font(bold=True, color="FFFFFF")
        header.fill = PatternFill("solid", fgColor="0F4C8A" if column.is_needed else "52606D")
        header.alignment = Alignment(vertical="center", wrap_text=True)
        example.font = Font(italic=True, color="52606D")
        example.alignment = Alignment(vertical="top", wrap_text=True)
        header.number_format = example.number_format = "@"
    sheet.row_dimensions[1].height = 24


def _explain(sheet: Any, template: Template) -> None:
    bold = Font(bold=True)
    sheet.append([template.purpose])
    sheet["A1"].font = Font(bold=True, size=14)
    for line in (
        f"Điền vào trang “{_SHEET}”, mỗi dòng một mục, dưới dòng tiêu đề. Không đổi dòng tiêu đề.",
        "Dòng thứ hai là ví dụ với dữ liệu không có thật: hãy xóa trước khi gửi.",
        "Mọi ô đều là văn bản, nên số 0 ở đầu và số nhà như 3/4 được giữ nguyên.",
        "Khi dán từ nơi khác, hãy chọn “Dán giá trị” để các ô vẫn là văn bản.",
        *template.notes,
    ):
        sheet.append([line])
    sheet.append([])
    sheet.append(["Cột", "Bắt buộc", "Cách ghi", "Ví dụ"])
    for cell in sheet[sheet.max_row]:
        cell.font = bold
    for column in template.columns:
        needed = "có" if column.is_needed else "không"
        sheet.append([column.header, needed, column.how, column.example or None])
        for cell in sheet[sheet.max_row]:
            cell.number_format = "@"
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    for letter, width in zip("ABCD", (24, 12, 70, 50), strict=True):
        sheet.column_dimensions[letter].width = width


def _offer(sheet: Any, lists: Any, template: Template) -> None:
    """Write the lists and tie cells to them; what is not in a list may be typed all the same."""
    for at, column in enumerate(template.columns, start=1):
        if not column.choices:
            continue
        place = lists.max_column + 1 if lists["A1"].value else 1
        letter = get_column_letter(place)
        lists.column_dimensions[letter].width = 42
        lists.cell(1, place, column.header).font = Font(bold=True)
        for row, choice in enumerate(column.choices, start=2):
            lists.cell(row, place, choice)
        last = len(column.choices) + 1
        offered = DataValidation(
            type="list",
            formula1=f"'{_LIST_SHEET}'!${letter}$2:${letter}${last}",
            allow_blank=True,
            showErrorMessage=False,
        )
        here = get_column_letter(at)
        offered.add(f"{here}2:{here}{_ROWS}")
        sheet.add_data_validation(offered)
