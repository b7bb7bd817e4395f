"""Why nothing can be printed."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Text, Unavailable


@dataclass(eq=False)
class PrintFontsMissing(Unavailable):
    """The fonts printed pages are set in are not installed on this server."""

    slug = "print-fonts-missing"
    title = Text("Chưa cài phông chữ để in", "Fonts for printing not installed")
    message = Text(
        "Máy chủ này chưa cài phông chữ (dejavu-fonts-ttf) nên không tạo được tệp PDF. Kết quả vẫn "
        "xem được trên trang và lấy được dạng JSON; hãy nhờ người quản trị chạy lại scripts/serve.",
        "The fonts (dejavu-fonts-ttf) are not installed on this server, so no PDF can be made. The "
        "answer is on the page and to be had as JSON; ask the operator to run scripts/serve again.",
    )
