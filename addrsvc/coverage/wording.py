"""Pure: what the numbers are called, in both languages."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Language, Text
from addrsvc.wording import number_words

COUNT_NAMES: Final[dict[str, Text]] = {
    "in_use": Text("Địa chỉ đã thu thập", "Addresses collected"),
    "households": Text("Hộ, căn hộ, phòng trọ", "Dwellings"),
    "others": Text("Cơ quan, cơ sở, công trình khác", "Offices, enterprises, others"),
    "positioned": Text("Có vị trí", "With a position"),
    "verified": Text("Đã xác minh tại chỗ", "Verified on the spot"),
    "proposed": Text("Đề xuất", "Proposed"),
    "reserved": Text("Giữ mã, chưa có vị trí", "Code kept, no position"),
    "retired": Text("Không còn dùng", "Out of use"),
    "notified": Text("Đã thông báo mã", "Notified"),
    "plate_fixed": Text("Đã gắn biển", "Plate fixed"),
}
NO_DATA: Final = Text("chưa có dữ liệu", "no data")
OVER: Final = Text("vượt dự kiến, cần xem lại số liệu", "more than expected: look again")


def percent(share: float, language: Language) -> str:
    """Say a share in per cent, as it is: above 100 % too.

    >>> percent(1.0342, "vi"), percent(0.5, "en")
    ('103,4 %', '50.0 %')
    """
    return f"{number_words(share * 100, language, 1)} %"
