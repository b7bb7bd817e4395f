"""What can be wrong when asking what a commune is on another day."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import InvalidInput, Text


@dataclass(eq=False)
class TextOrCode(InvalidInput):
    """Neither a text nor a code was given, or both."""

    slug = "convert-text-or-code"
    title = Text("Cần đúng một trong hai: text hoặc code", "Either text or code")
    message = Text(
        "Hãy gửi hoặc “text” (địa chỉ, tên phường xã) hoặc “code” (mã đơn vị), không gửi cả hai "
        "và không bỏ trống cả hai.",
        "Send either “text” (an address or the name of a commune) or “code” (code of the unit), "
        "not both and not neither.",
    )


@dataclass(eq=False)
class CommuneNotNamed(InvalidInput):
    """The text names no commune that is known, or too many."""

    slug = "convert-commune-not-named"
    title = Text("Không thấy phường, xã trong địa chỉ", "No commune in the text")
    message = Text(
        "Không nhận ra phường, xã nào trong địa chỉ. Hãy ghi thêm tên phường, xã (cũ hoặc mới) "
        "cùng tỉnh, thành phố hoặc quận, huyện cũ.",
        "No commune was recognised in the text. Add the commune, by its old name or its new one, "
        "with the province or the old district.",
    )


@dataclass(eq=False)
class UnitCodeUnknown(InvalidInput):
    """No unit ever had this code."""

    slug = "convert-code-unknown"
    title = Text("Không có đơn vị nào mang mã này", "No unit has this code")
    message = Text(
        "Không có tỉnh, huyện, xã nào mang mã {code} tại tháng 6/2025 hoặc từ ngày 01/07/2025. "
        "Hãy kiểm tra lại mã.",
        "No unit had the code {code} in June 2025 or has had it since 1 July 2025. Check it.",
    )
    code: str


@dataclass(eq=False)
class UnitCodeAmbiguous(InvalidInput):
    """The code named different units in turn, which became different communes."""

    slug = "convert-code-ambiguous"
    title = Text("Mã này từng thuộc nhiều đơn vị", "The code named several units in turn")
    message = Text(
        "Mã {code} lần lượt thuộc: {units}. Hãy cho biết mã được ghi vào ngày nào bằng tham số "
        "“from”, ví dụ from=2025-06-30.",
        "The code {code} belonged in turn to: {units}. Say on which day it was written with the "
        "parameter “from”, for example from=2025-06-30.",
    )
    code: str
    units: str
