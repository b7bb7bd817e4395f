"""What is refused of tickets, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from addrsvc.errors import Conflict, InvalidInput, NotFound, Pointer, Stale, Text


@dataclass(eq=False)
class TicketIncomplete(InvalidInput):
    """Something is left out, or cannot be taken as it is; all of it is told at once."""

    slug = "ticket-incomplete"
    title = Text("Phản ánh chưa đủ thông tin", "Something is missing")
    message = Text(
        "Hãy xem lại các ô được đánh dấu, bổ sung rồi gửi lại. Những gì đã nhập vẫn còn.",
        "Look at what is marked, complete it and send it again. What was typed is still there.",
    )
    errors: Sequence[Pointer] = field(default=())


@dataclass(eq=False)
class TicketOutsideArea(InvalidInput):
    """A ticket's place lies where nobody here is responsible."""

    slug = "ticket-outside-area"
    title = Text("Vị trí ngoài địa bàn phục vụ", "Outside the area served")
    message = Text(
        "Vị trí này không nằm trong phường, xã nào của hệ thống. Hãy chọn lại vị trí trên bản đồ "
        "hoặc ghi tên phường, xã. Nếu nhà ở tỉnh khác, hãy báo Ủy ban nhân dân phường, xã nơi có "
        "nhà.",
        "This place lies in no commune of this service. Choose it again on the map, or write the "
        "name of the commune. If the house is in another province, tell the People’s Committee of "
        "its commune.",
    )


@dataclass(eq=False)
class TicketCommuneUnknown(InvalidInput):
    """There is no such commune today."""

    slug = "ticket-commune-unknown"
    title = Text("Không có phường, xã này", "No such commune")
    message = Text(
        "Hiện không có phường, xã nào mang mã {commune}. Hãy bỏ trống mã và ghi tên phường, xã "
        "trong phần địa chỉ.",
        "No commune has the code {commune} today. Leave the code out and write the commune’s name "
        "with the place.",
    )
    commune: str


@dataclass(eq=False)
class TicketNumberUnreadable(InvalidInput):
    """What was given as a ticket's number is none."""

    slug = "ticket-number-unreadable"
    title = Text("Không phải mã theo dõi", "Not a tracking number")
    message = Text(
        "Mã theo dõi có {length} chữ và số, chia thành 6 nhóm 3 ký tự, không có số 0, số 1 và các "
        "chữ I, L, O. Hãy chép lại đúng mã đã nhận khi gửi phản ánh.",
        "A tracking number has {length} letters and digits in 6 groups of 3, and never 0, 1, I, L "
        "or O. Copy it as it was shown when the report was sent.",
    )
    length: int


@dataclass(eq=False)
class TicketNumberSlip(InvalidInput):
    """A sign of a ticket's number is wrong."""

    slug = "ticket-number-slip"
    title = Text("Mã theo dõi có chỗ gõ nhầm", "A slip in the tracking number")
    message = Text(
        "Có ký tự gõ nhầm hoặc hai ký tự đổi chỗ cho nhau. Hãy so từng nhóm với mã đã nhận rồi "
        "nhập lại.",
        "A sign is wrong, or two are exchanged. Compare group by group with the number you were "
        "given, and type it again.",
    )


@dataclass(eq=False)
class TicketUnknown(NotFound):
    """There is no such ticket, or it is not for who asks."""

    slug = "ticket-unknown"
    title = Text("Không có phản ánh này", "No such report")
    message = Text(
        "Không tìm thấy phản ánh mang mã này. Hãy so lại với mã đã nhận; nếu vẫn không thấy, hãy "
        "gửi phản ánh mới.",
        "No report has this number. Compare it with the one you were given; if it is still not "
        "found, send a new report.",
    )


@dataclass(eq=False)
class TicketStale(Stale):
    """Somebody changed the ticket since the asker read it."""

    slug = "ticket-stale"
    title = Text("Phản ánh đã có người xử lý", "Report has changed")
    message = Text(
        "Bạn đang xử lý trên phiên bản {given}, nhưng phản ánh đã ở phiên bản {current}. Hãy tải "
        "lại, xem thay đổi rồi quyết định.",
        "You decide on version {given}, but the report is at version {current}. Load it again, "
        "look at what changed, then decide.",
    )
    given: int
    current: int


@dataclass(eq=False)
class TicketInOtherState(Conflict):
    """What is to be done does not fit the state a ticket is in."""

    slug = "ticket-in-other-state"
    title = Text("Phản ánh đang ở trạng thái khác", "Report in another state")
    message = Text(
        "Phản ánh đang ở trạng thái “{state_vi}” nên không làm được việc này. Phản ánh đã đóng thì "
        "mở lại trước; phản ánh đang mở thì không cần mở lại.",
        "The report is “{state_en}”, where this cannot be done. Reopen one that is closed first; "
        "one that is open needs no reopening.",
    )
    state_vi: str
    state_en: str


@dataclass(eq=False)
class TicketAnswerMissing(InvalidInput):
    """A ticket is refused or answered without a word."""

    slug = "ticket-answer-missing"
    title = Text("Chưa có câu trả lời", "No answer")
    message = Text(
        "Hãy viết câu trả lời cho người gửi: vì sao, và họ nên làm gì tiếp.",
        "Write an answer to the sender: why, and what to do next.",
    )
