"""What is refused of what devices send; nothing refused here is lost: it stays on the device."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, NotFound, Pointer, Text


@dataclass(eq=False)
class SubmissionUnreadable(InvalidInput):
    """A record is not as the protocol says."""

    slug = "submission-unreadable"
    title = Text("Phiếu thu thập không đọc được", "The record cannot be read")
    message = Text(
        "Phiếu không đúng định dạng nên chưa được nhận; phiếu vẫn còn trên máy. Hãy cập nhật ứng "
        "dụng rồi gửi lại, hoặc xuất ra tệp và đưa cho bộ phận hỗ trợ.",
        "The record is not in the form expected and was not taken; it is still on the device. "
        "Update the app and send it again, or export it to a file and hand that in.",
    )
    errors: list[Pointer]


@dataclass(eq=False)
class SubmissionOfOtherDevice(Conflict):
    """Another device sent a record under this id."""

    slug = "submission-of-other-device"
    title = Text("Mã phiếu đã được máy khác dùng", "Another device used this id")
    message = Text(
        "Một máy khác đã gửi phiếu mang mã {record}. Hãy tạo phiếu mới với mã khác.",
        "Another device sent a record under {record}. Make a new one under another id.",
    )
    record: str


@dataclass(eq=False)
class RevisionTaken(Conflict):
    """This revision came before, and was something else."""

    slug = "revision-taken"
    title = Text("Lần sửa này đã có nội dung khác", "This revision is taken")
    message = Text(
        "Lần sửa {revision} của phiếu {record} đã được nhận với nội dung khác. Hãy gửi lại thành "
        "lần sửa {next_revision}.",
        "Revision {revision} of {record} came before and was different. Send it again as revision "
        "{next_revision}.",
    )
    record: str
    revision: int
    next_revision: int


@dataclass(eq=False)
class SubmissionUnknown(NotFound):
    """No such record, or not for this principal."""

    slug = "submission-unknown"
    title = Text("Không có phiếu này", "Unknown record")
    message = Text(
        "Máy chủ chưa nhận phiếu {record}. Hãy gửi phiếu trước, rồi mới gửi ảnh và phần riêng tư.",
        "The server has no record {record}. Send the record first, then its photos and private "
        "part.",
    )
    record: str
