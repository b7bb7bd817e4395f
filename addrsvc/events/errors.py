"""What cannot be read of the feed."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, Gone, InvalidInput, Text, Unavailable


@dataclass(eq=False)
class FeedBeginsLater(Gone):
    """Events that were asked for have been moved to an archive."""

    slug = "feed-begins-later"
    title = Text("Các sự kiện này không còn trong dòng sự kiện", "The feed begins later")
    message = Text(
        "Dòng sự kiện bắt đầu từ số {first}; những sự kiện trước đó đã được đưa vào lưu trữ. "
        "Hãy lấy lại toàn bộ dữ liệu ở /v1/snapshot rồi theo dõi tiếp từ số ghi trong đó.",
        "The feed begins with number {first}; earlier events are in the archive. Take a new "
        "copy from /v1/snapshot and go on from the number it names.",
    )
    first: int


@dataclass(eq=False)
class AfterBeyondLast(Conflict):
    """The reader knows of events this server does not have."""

    slug = "after-beyond-last"
    title = Text("Vượt quá sự kiện cuối cùng", "Beyond the last event")
    message = Text(
        "Sự kiện cuối cùng ở đây mang số {last}, chưa có số {after}. Máy chủ đọc có thể đang "
        "chậm: hãy thử lại sau ít giây. Nếu vẫn vậy thì dữ liệu đã được khôi phục từ bản sao "
        "lưu cũ hơn: hãy lấy lại toàn bộ ở /v1/snapshot.",
        "The last event here has number {last}; there is no {after} yet. A server for reading "
        "may lag: try again in a few seconds. If it stays, the data were restored from an older "
        "backup: take a new copy from /v1/snapshot.",
    )
    after: int
    last: int


@dataclass(eq=False)
class TypesUnreadable(InvalidInput):
    """The filter by type is no list of types."""

    slug = "event-types-unreadable"
    title = Text("Không đọc được loại sự kiện", "Event types cannot be read")
    message = Text(
        "“{given}” không phải loại sự kiện. Hãy ghi các loại cách nhau bằng dấu phẩy, dấu * chỉ "
        "đặt ở cuối: address.retired,prefix.*",
        "“{given}” is no event type. Give types separated by commas, with * only at the end: "
        "address.retired,prefix.*",
    )
    given: str


@dataclass(eq=False)
class LastEventIdUnreadable(InvalidInput):
    """The header that says where to go on is no number of ours."""

    slug = "last-event-id-unreadable"
    title = Text("Last-Event-ID không hợp lệ", "Last-Event-ID cannot be read")
    message = Text(
        "Tiêu đề Last-Event-ID phải là số của sự kiện nhận sau cùng. Hãy gửi lại đúng số đó, "
        "hoặc bỏ tiêu đề này và dùng tham số after.",
        "The header Last-Event-ID has to be the number of the event received last. Send that "
        "number, or leave the header out and use the parameter after.",
    )


@dataclass(eq=False)
class StreamsBusy(Unavailable):
    """This process answers as many streams as it may."""

    slug = "streams-busy"
    title = Text("Hết chỗ nhận dữ liệu liên tục", "Too many streams")
    message = Text(
        "Đang có {limit} kết nối nhận dữ liệu kiểu này, không nhận thêm được. Hãy thử lại sau "
        "{retry_after_s} giây, hoặc đọc từng trang ở /v1/events?wait=30.",
        "There are {limit} streams of this kind under way and no room for more. Try again in "
        "{retry_after_s} seconds, or read pages from /v1/events?wait=30.",
    )
    limit: int
    retry_after_s: int
