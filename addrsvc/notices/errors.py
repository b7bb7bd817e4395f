"""What is refused of notices, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, NotFound, Text, TooLarge


@dataclass(eq=False)
class NoticeBatchUnknown(NotFound):
    """There is no such batch, or it is not for who asks."""

    slug = "notice-batch-unknown"
    title = Text("Không có đợt in này", "No such batch")
    message = Text(
        "Không có đợt in số {batch_id} trong địa bàn được giao. Xem các đợt tại "
        "/v1/notices/batches.",
        "There is no batch {batch_id} within your areas. Those there are: /v1/notices/batches.",
    )
    batch_id: int


@dataclass(eq=False)
class NoticePartUnknown(NotFound):
    """A batch has fewer parts."""

    slug = "notice-part-unknown"
    title = Text("Không có phần này", "No such part")
    message = Text(
        "Đợt in có {parts} phần; không có phần {part}.",
        "The batch is printed in {parts} parts; there is no part {part}.",
    )
    part: int
    parts: int


@dataclass(eq=False)
class NoticeAreaUnclear(InvalidInput):
    """Neither a commune nor codes were named, or both."""

    slug = "notice-area-unclear"
    title = Text("Chưa rõ in cho địa chỉ nào", "Unclear which addresses are meant")
    message = Text(
        "Cho biết đúng một trong hai: commune (mã phường, xã, có thể kèm locality) hoặc codes "
        "(danh sách mã địa chỉ số).",
        "Name exactly one of commune (its code, and a locality if wanted) and codes (a list of "
        "address codes).",
    )


@dataclass(eq=False)
class NoticeNothing(Conflict):
    """No address in use is meant."""

    slug = "notice-nothing"
    title = Text("Không có địa chỉ nào để in", "No address to print for")
    message = Text(
        "Không có địa chỉ đang dùng nào như đã chọn. Hãy kiểm tra mã phường, xã, tên khu phố, ấp, "
        "hoặc bỏ điều kiện not_yet.",
        "No address in use is as asked for. Look at the commune's code and the locality's name, or "
        "leave out not_yet.",
    )


@dataclass(eq=False)
class NoticeTooMany(TooLarge):
    """More addresses than one batch holds."""

    slug = "notice-too-many"
    title = Text("Quá nhiều địa chỉ cho một đợt", "Too many addresses for one batch")
    message = Text(
        "Một đợt in có tối đa {most} địa chỉ. Hãy chia theo khu phố, ấp (locality).",
        "A batch holds {most} addresses at most. Make one for each locality.",
    )
    most: int


@dataclass(eq=False)
class NoticeCodesWrong(InvalidInput):
    """Codes of a list name nothing that can be printed for."""

    slug = "notice-codes-wrong"
    title = Text("Có mã không in được", "Codes that cannot be printed for")
    message = Text(
        "{count} mã trong danh sách không phải địa chỉ đang dùng trong địa bàn được giao, như "
        "{codes}. Hãy bỏ ra hoặc sửa lại rồi gửi lại.",
        "{count} codes of the list are no addresses in use within your areas, such as {codes}. "
        "Leave them out or mend them, and send it again.",
    )
    count: int
    codes: str


@dataclass(eq=False)
class NoticeDayInFuture(InvalidInput):
    """Something is said to have been done on a day that is not there yet."""

    slug = "notice-day-in-future"
    title = Text("Ngày chưa tới", "A day to come")
    message = Text(
        "Ngày {day} chưa tới. Hãy ghi ngày đã làm.",
        "The day {day} is to come. Say on which day it was done.",
    )
    day: str


@dataclass(eq=False)
class NoticeReasonUnclear(InvalidInput):
    """A visit that met nobody has a reason, and nothing else has one."""

    slug = "notice-reason-unclear"
    title = Text("Chưa rõ lý do chưa gặp", "Unclear why nobody was met")
    message = Text(
        "Khi ghi chưa gặp (not-met), hãy chọn lý do; các việc khác không ghi lý do.",
        "Where nobody was met (not-met), choose a reason; nothing else has one.",
    )


@dataclass(eq=False)
class NoticeNotInUse(Conflict):
    """An address that is not in use gets no notice."""

    slug = "notice-not-in-use"
    title = Text("Địa chỉ không dùng", "Address not in use")
    message = Text(
        "Địa chỉ {code} hiện không dùng nên không ghi thông báo, gắn biển.",
        "Address {code} is not in use: nothing is noted of it.",
    )
    code: str
