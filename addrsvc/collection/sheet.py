"""Pure: the same list as a spreadsheet, filled in at a desk from what was written on paper.

Its headings are those of the template for importing addresses. Three columns are hidden: the number
of a proposal, the version of each address that was printed, and which list it is.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from addrsvc.codes.code import DigitalCode
from addrsvc.collection.listing_model import Line, Listing
from addrsvc.collection.model import Act
from addrsvc.collection.sheet_errors import SheetNotOurs
from addrsvc.parsing.normalise import name_key
from addrsvc.registry.bulk.mapping import SHEET_OF_TASK
from addrsvc.registry.model import KIND_NAMES
from addrsvc.tabular.formula import neutralise

_EMPTY_ROWS: Final = 30
"""For houses that are not in the register."""
_TEXT: Final = "@"


class Outcome(StrEnum):
    """What is chosen in the first column."""

    RIGHT = "Còn đúng"
    CORRECTED = "Sửa"
    GONE = "Không còn"
    NOBODY_HOME = "Vắng nhà"


ACTS: Final[Mapping[Outcome, Act | None]] = {
    Outcome.RIGHT: None,
    Outcome.CORRECTED: Act.CORRECT,
    Outcome.GONE: Act.GONE,
    Outcome.NOBODY_HOME: Act.NOBODY_HOME,
}

COLUMNS: Final = {
    "outcome": ("Kết quả", 13),
    "code": ("Mã địa chỉ số", 16),
    "kind": ("Loại", 20),
    "name": ("Tên", 26),
    "unit": ("Căn hộ", 12),
    "floor": ("Tầng", 8),
    "building": ("Tòa nhà", 18),
    "house_number": ("Số nhà", 14),
    "thoroughfare": ("Đường", 26),
    "to": ("Tổ", 8),
    "khu_pho": ("Khu phố", 12),
    "ap": ("Ấp", 12),
    "thon": ("Thôn", 12),
    "commune": ("Mã phường xã", 13),
    "lon": ("Kinh độ", 12),
    "lat": ("Vĩ độ", 12),
    "accuracy_m": ("Độ chính xác m", 14),
    "method": ("Phương pháp", 14),
    "rooms": ("Số phòng", 10),
    "day": ("Ngày ghi", 12),
    "ref": ("Số đề xuất", 4),
    "version": ("Phiên bản", 4),
}
"""Field → heading and width; one more column names the list."""

LOCALITIES: Final = ("to", "khu_pho", "ap", "thon")
_HIDDEN: Final = frozenset({"ref", "version"})
_HOW: Final = (
    (
        "Mỗi dòng là một địa chỉ của danh sách đã in. Chọn “Kết quả”; dòng không chọn và không "
        "sửa gì thì được bỏ qua."
    ),
    "Sửa: ghi đè lên ô sai, để nguyên các ô khác. Xóa trắng ô nghĩa là địa chỉ không có phần đó.",
    (
        "Nhà chưa có mã: ghi vào các dòng trống ở cuối, để trống cột mã. Có tọa độ đo tại chỗ "
        "(kèm độ chính xác và phương pháp) thì được cấp mã ngay; chưa có thì ghi nhận đề xuất."
    ),
    "Ngày ghi viết như 15/01/2026; để trống thì lấy lúc in danh sách.",
    (
        "Không đổi dòng tiêu đề, không xóa các cột ẩn: chúng cho biết địa chỉ lúc in như thế nào, "
        "để chỗ người khác vừa sửa không bị ghi đè."
    ),
    "Không ghi họ tên, số điện thoại của người dân.",
)


@dataclass(frozen=True, slots=True)
class SheetId:
    """Which list a sheet is."""

    sheet: UUID
    task: UUID
    printed_at: datetime

    @property
    def heading(self) -> str:
        """Give the heading that tells it."""
        return f"Phiếu {self.sheet} {self.task} {self.printed_at.isoformat()}"

    @classmethod
    def find(cls, headings: list[str]) -> SheetId:
        """Find it among headings.

        Raises:
            SheetNotOurs: there is none.
        """
        for each in headings:
            found = SHEET_OF_TASK.fullmatch(each.strip())
            try:
                if found is not None:
                    printed_at = datetime.fromisoformat(found[3])
                    if printed_at.tzinfo is not None:
                        return cls(UUID(found[1]), UUID(found[2]), printed_at)
            except ValueError:
                continue
        raise SheetNotOurs


def columns_at(headings: list[str]) -> dict[str, int]:
    """Give where each field stands; accents, case and signs of headings do not matter.

    Raises:
        SheetNotOurs: what tells the rows apart is missing.
    """
    keys = {name_key(heading): field for field, (heading, _) in COLUMNS.items()}
    found: dict[str, int] = {}
    for at, heading in enumerate(headings):
        field = keys.get(name_key(heading))
        if field is not None:
            found.setdefault(field, at)
    if not {"code", "ref", "version"} <= found.keys():
        raise SheetNotOurs
    return found


def sheet_xlsx(listing: Listing, sheet: UUID) -> bytes:
    """Write the spreadsheet of a list."""
    book = Workbook()
    table: Any = book.active
    table.title = "Danh sách"
    table.freeze_panes = "C2"
    told = SheetId(sheet, listing.task_id, listing.printed_at)
    _head(table, told)
    for line in listing.lines:
        table.append([neutralise(each) or None for each in _cells(line, listing.commune_code)])
    last = len(listing.lines) + _EMPTY_ROWS + 1
    commune_at = list(COLUMNS).index("commune") + 1
    for row in range(len(listing.lines) + 2, last + 1):
        table.cell(row, commune_at, listing.commune_code)
    for row in table.iter_rows(min_row=2, max_row=last, max_col=len(COLUMNS) + 1):
        for cell in row:
            cell.number_format = _TEXT
    _offer(table, "outcome", [each.value for each in Outcome], last)
    _offer(table, "kind", [each.vi for each in KIND_NAMES.values()], last)
    guide: Any = book.create_sheet("Hướng dẫn")
    guide.column_dimensions["A"].width = 110
    for line_of in (f"{listing.title} · {listing.commune}, {listing.province}", *_HOW):
        guide.append([neutralise(line_of)])
        guide.cell(guide.max_row, 1).alignment = Alignment(wrap_text=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _head(table: Any, told: SheetId) -> None:
    table.append([*(heading for heading, _ in COLUMNS.values()), told.heading])
    fill = PatternFill("solid", fgColor="D9E2F3")
    fields = [*COLUMNS, None]
    for at, field in enumerate(fields, 1):
        cell, whole = table.cell(1, at), table.column_dimensions[get_column_letter(at)]
        cell.font, cell.fill = Font(bold=True), fill
        whole.number_format = _TEXT
        whole.width = 4 if field is None else COLUMNS[field][1]
        whole.hidden = field is None or field in _HIDDEN


def _cells(line: Line, commune: str) -> list[str]:
    by_kind = {each.kind: each.name for each in reversed(line.localities)}
    is_proposal = line.ref.startswith("p")
    said = {
        "code": "" if is_proposal else DigitalCode.of(line.ref).plate,
        "kind": KIND_NAMES[line.kind].vi,
        "name": line.name,
        "unit": line.unit,
        "floor": line.floor,
        "building": line.building,
        "house_number": line.house_number,
        "thoroughfare": line.thoroughfare,
        **{kind: by_kind.get(kind) for kind in LOCALITIES},
        "commune": commune,
        "ref": line.ref if is_proposal else "",
        "version": str(line.version),
    }
    return [said.get(field) or "" for field in COLUMNS]


def _offer(table: Any, field: str, choices: list[str], last: int) -> None:
    offered = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
    letter = get_column_letter(list(COLUMNS).index(field) + 1)
    offered.add(f"{letter}2:{letter}{last}")
    table.add_data_validation(offered)
