"""What reading as of another time refuses, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import InvalidInput, NotFound, Text


@dataclass(eq=False)
class NotKnownThen(NotFound):
    """At the moment asked for, the register had not heard of the address."""

    slug = "address-not-known-then"
    title = Text("Lúc đó sổ chưa có địa chỉ này", "Address not known then")
    message = Text(
        "Sổ địa chỉ chỉ biết {code} từ {since}. Hãy hỏi với “known_at” từ lúc đó trở đi, "
        "hoặc bỏ “known_at” để xem điều sổ biết hiện nay.",
        "The register knows {code} only since {since}. Ask with a “known_at” from then on, "
        "or leave it out for what is known now.",
    )
    code: str
    since: str
    """Moment it was first recorded, ISO 8601."""


@dataclass(eq=False)
class NotThereThen(NotFound):
    """On the day asked for, the address was not there yet, as far as the register knew."""

    slug = "address-not-there-then"
    title = Text("Ngày đó chưa có địa chỉ này", "Address not there then")
    message = Text(
        "Địa chỉ {code} chỉ có từ ngày {since}. Hãy hỏi với “valid_at” từ ngày đó trở đi.",
        "The address {code} begins on {since}. Ask with a “valid_at” from that day on.",
    )
    code: str
    since: str
    """First legal day, ISO 8601."""


@dataclass(eq=False)
class TimeInFuture(InvalidInput):
    """A day or moment that has not come: nothing is known of it."""

    slug = "time-in-future"
    title = Text("Thời điểm trong tương lai", "Time in the future")
    message = Text(
        "“{field}” là {given}, sau thời điểm hiện tại {now}. Sổ địa chỉ không nói về tương lai; "
        "hãy chọn thời điểm đã qua.",
        "“{field}” is {given}, which is after the present, {now}. The register says nothing of "
        "the future; choose a time that has passed.",
    )
    field: str
    given: str
    now: str


@dataclass(eq=False)
class TimeInvalid(InvalidInput):
    """A day or moment that cannot be read."""

    slug = "time-invalid"
    title = Text("Không đọc được thời điểm", "Time not understood")
    message = Text(
        "Không đọc được “{field}” = “{given}”. Hãy ghi ngày như 2026-01-15, thời điểm như "
        "2026-01-15T10:30:00+07:00 (không ghi múi giờ: giờ Việt Nam).",
        "“{field}” = “{given}” cannot be read. Write a day as 2026-01-15, a moment as "
        "2026-01-15T10:30:00+07:00 (without an offset: Vietnam time).",
    )
    field: str
    given: str


@dataclass(eq=False)
class FilterOfPresentOnly(InvalidInput):
    """A condition that can be asked of the present only."""

    slug = "filter-of-present-only"
    title = Text("Chỉ lọc được theo hiện tại", "Filter for the present only")
    message = Text(
        "Không lọc được theo “{filter}” khi hỏi về thời điểm khác. Hãy lọc theo “commune”, "
        "“status”, “kind”; “bbox” cần đi cùng “commune”.",
        "“{filter}” cannot be asked for as of another time. Filter by “commune”, “status” and "
        "“kind”; “bbox” needs “commune” beside it.",
    )
    filter: str


@dataclass(eq=False)
class VersionUnknown(NotFound):
    """An address has no version of this number, or not for the asker."""

    slug = "version-unknown"
    title = Text("Không có phiên bản này", "No such version")
    message = Text(
        "Địa chỉ {code} không có phiên bản {version}; các phiên bản được đánh số từ 1 đến "
        "{latest}.",
        "The address {code} has no version {version}; they are numbered from 1 to {latest}.",
    )
    code: str
    version: int
    latest: int
