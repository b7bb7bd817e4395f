"""Pure: what is filled in for each kind of job: headers, an example, instructions.

What a spreadsheet program would change by itself (leading zeros, 3/4 into the third of April) it
keeps as typed: every column is text. The example stands in the first row. Left there by mistake it
does no harm: it is one more row of the result, and a dossier with its code is refused.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from addrsvc.dossiers.model import CHANNEL_NAMES, ROLE_NAMES
from addrsvc.dossiers.statuses import STATUSES
from addrsvc.file_jobs.model import Kind

TEMPLATE_FORMATS: Final = ("xlsx", "csv")

_WIDEST: Final = 48
"""Characters."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a template."""

    role: str
    """What a job takes the column for."""
    header: str
    example: str
    """Invented."""
    how: str
    """How it is filled in."""
    is_needed: bool = False
    choices: tuple[str, ...] = ()
    """What its cells offer; empty: anything may stand there."""

    @property
    def width(self) -> int:
        """Give a width in characters that shows header and example."""
        return min(max(len(self.header), len(self.example), 12) + 3, _WIDEST)


@dataclass(frozen=True, slots=True)
class Template:
    """What somebody fills in for one kind of job."""

    stem: str
    """Of the file's name, without accents: such a name survives every mail program."""
    purpose: str
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()


_DAY: Final = "Ghi như 15/01/2026 08:30 hoặc 15/01/2026: ngày đứng trước tháng."
_ADDRESS: Final = "123/45/6A Đường Lê Hồng Phong, Khu phố 3, Phường Phú Lợi, TP. Thủ Dầu Một"
_CODE: Final = Column(
    "code",
    "Mã địa chỉ số",
    "75123-04827-7",
    "10 chữ số, hoặc đủ 11 chữ số như trên biển; có dấu cách, dấu gạch hay viết liền đều được.",
    is_needed=True,
)
_POINT: Final = (
    Column("lon", "Kinh độ", "106.6519", "Độ thập phân, WGS 84; ở Việt Nam từ 102 đến 110."),
    Column("lat", "Vĩ độ", "10.9804", "Độ thập phân, WGS 84; ở Việt Nam từ 8 đến 24."),
)
_OWN_NUMBER: Final = "Bạn có thể thêm cột khác, như số thứ tự: kết quả giữ nguyên mọi cột."

TEMPLATES: Final[Mapping[Kind, Template]] = {
    Kind.GEOCODE: Template(
        "mau-tim-toa-do",
        "Tìm tọa độ và mã địa chỉ số cho danh sách địa chỉ",
        (
            Column(
                "address",
                "Địa chỉ",
                _ADDRESS,
                "Địa chỉ đầy đủ trong một ô, viết như trên giấy tờ; tên phường, xã cũ cũng được.",
                is_needed=True,
            ),
        ),
        (_OWN_NUMBER,),
    ),
    Kind.REVERSE: Template(
        "mau-tim-dia-chi-tu-toa-do",
        "Tìm phường, xã và địa chỉ gần nhất cho danh sách tọa độ",
        (
            Column(_POINT[0].role, _POINT[0].header, _POINT[0].example, _POINT[0].how, True),
            Column(_POINT[1].role, _POINT[1].header, _POINT[1].example, _POINT[1].how, True),
        ),
        (_OWN_NUMBER,),
    ),
    Kind.VALIDATE: Template(
        "mau-kiem-tra-dia-chi",
        "Kiểm tra danh sách địa chỉ: đúng, cần sửa, hay cần người xem",
        (
            Column(
                "address",
                "Địa chỉ",
                _ADDRESS,
                "Địa chỉ đầy đủ trong một ô, viết như trên giấy tờ.",
                is_needed=True,
            ),
        ),
        (_OWN_NUMBER,),
    ),
    Kind.CONVERT: Template(
        "mau-chuyen-doi-phuong-xa",
        "Đổi phường, xã cũ sang phường, xã hiện nay",
        (
            Column(
                "commune",
                "Phường/xã cũ",
                "Phường Phú Lợi",
                "Tên phường, xã, thị trấn cũ, hoặc cả địa chỉ cũ trong một ô.",
                is_needed=True,
            ),
            Column("district", "Quận/huyện cũ", "TP. Thủ Dầu Một", "Tên như trước tháng 7/2025."),
            Column("province", "Tỉnh/thành phố cũ", "tỉnh Bình Dương", "Tên cũ."),
            Column(
                "locality",
                "Khu phố, ấp",
                "Khu phố 3",
                "Giúp chọn đúng khi phường, xã cũ bị chia cho nhiều nơi.",
            ),
        ),
        (_OWN_NUMBER,),
    ),
    Kind.CHECK: Template(
        "mau-kiem-tra-ma",
        "Kiểm tra danh sách mã địa chỉ số",
        (_CODE,),
        (_OWN_NUMBER,),
    ),
    Kind.PLANNING: Template(
        "mau-tra-quy-hoach",
        "Tra quy hoạch cho danh sách mã địa chỉ số hoặc tọa độ",
        (_CODE, *_POINT),
        ("Có mã thì không cần tọa độ; chưa có mã thì để trống và ghi tọa độ.", _OWN_NUMBER),
    ),
    Kind.DOSSIERS: Template(
        "mau-danh-sach-ho-so",
        "Đưa hồ sơ vào sổ và liên kết địa chỉ của hồ sơ",
        (
            Column(
                "code",
                "Mã hồ sơ",
                # longer than any code: forgotten in the file, it becomes no dossier
                "VÍ DỤ: XÓA DÒNG NÀY TRƯỚC KHI GỬI. Mã hồ sơ có dạng H09.12-260115-0003",
                "Như H09.12-260115-0003 hoặc 000.25.12.H09-260115-0003, giữ nguyên như đã cấp.",
                is_needed=True,
            ),
            Column("procedure", "Mã thủ tục", "1.011442", "Mã thủ tục hành chính."),
            Column("office", "Cơ quan tiếp nhận", "UBND phường Phú Lợi", "Tên hoặc mã cơ quan."),
            Column("received_at", "Ngày tiếp nhận", "15/01/2026 08:30", _DAY),
            Column("due_at", "Ngày hẹn trả", "30/01/2026", _DAY),
            Column("finished_at", "Ngày trả kết quả", "29/01/2026 15:00", _DAY),
            Column(
                "status",
                "Trạng thái",
                STATUSES["10"].name.vi,
                "Chọn trong danh sách, hoặc ghi số từ 1 đến 10 như Cổng Dịch vụ công quốc gia.",
                choices=tuple(each.name.vi for each in STATUSES.values()),
            ),
            Column(
                "channel",
                "Hình thức nộp",
                next(iter(CHANNEL_NAMES.values())).vi,
                "Chọn trong danh sách.",
                choices=tuple(name.vi for name in CHANNEL_NAMES.values()),
            ),
            Column(
                "role",
                "Vai trò địa chỉ",
                next(iter(ROLE_NAMES.values())).vi,
                "Địa chỉ này là gì đối với hồ sơ: chọn trong danh sách.",
                choices=tuple(name.vi for name in ROLE_NAMES.values()),
            ),
            Column("address", "Địa chỉ", _ADDRESS, "Địa chỉ đầy đủ trong một ô."),
            Column("address_code", "Mã địa chỉ số", "", "Nếu đã có mã thì bỏ trống cột Địa chỉ."),
        ),
        (
            "Hồ sơ có nhiều địa chỉ: mỗi địa chỉ một dòng, lặp lại mã hồ sơ.",
            "Không ghi họ tên, số điện thoại, số căn cước: hệ thống không lưu những thông tin đó.",
        ),
    ),
}


def template_name(kind: Kind, ending: str) -> str:
    """Give the name of the file.

    >>> template_name(Kind.GEOCODE, "xlsx")
    'mau-tim-toa-do.xlsx'
    """
    return f"{TEMPLATES[kind].stem}.{ending}"


@cache
def template_csv(kind: Kind) -> bytes:
    """Give header and example as CSV that spreadsheet programs open with its accents."""
    columns, text = TEMPLATES[kind].columns, io.StringIO(newline="")
    csv.writer(text).writerows(
        [[each.header for each in columns], [each.example for each in columns]]
    )
    return text.getvalue().encode("utf-8-sig")
