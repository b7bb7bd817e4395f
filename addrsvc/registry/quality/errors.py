"""Expected failures of audits."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, Text


@dataclass(eq=False)
class AuditRunning(Conflict):
    """Another audit is under way."""

    slug = "audit-running"
    title = Text("Đang có một lần kiểm tra khác", "Another audit is running")
    message = Text(
        "Đang có một lần kiểm tra khác chạy trên cơ sở dữ liệu này. Hãy đợi lần đó xong rồi chạy "
        "lại.",
        "Another audit is running on this database. Wait until it has ended, then run it again.",
    )


@dataclass(eq=False)
class CursorInvalid(InvalidInput):
    """``after`` is no cursor of ours."""

    slug = "cursor-invalid"
    title = Text("Vị trí trang không hợp lệ", "The cursor is invalid")
    message = Text(
        "“{given}” không phải giá trị next của trang trước. Hãy bắt đầu lại từ trang đầu.",
        "“{given}” is not the next of a page before. Begin again with the first page.",
    )
    given: str
