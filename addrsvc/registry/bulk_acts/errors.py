"""What bulk acts refuse, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, NotFound, Pointer, Text


@dataclass(eq=False)
class ActNotFound(NotFound):
    """No bulk act has this number."""

    slug = "bulk-act-not-found"
    title = Text("Không tìm thấy đợt thay đổi", "Bulk act not found")
    message = Text(
        "Không có đợt thay đổi hàng loạt nào mang số {act_id}. Xem danh sách bằng lệnh: "
        "addrsvc acts list.",
        "No bulk act has the number {act_id}. List them with: addrsvc acts list.",
    )
    act_id: int


@dataclass(eq=False)
class ActStatusRefused(Conflict):
    """The act's status does not allow what was asked."""

    slug = "bulk-act-status-refused"
    title = Text("Trạng thái không cho phép", "Status does not allow it")
    message = Text(
        "Đợt thay đổi {act_id} đang ở trạng thái “{standing}” nên không thể “{wanted}”.",
        "Bulk act {act_id} is “{standing}”, which does not allow “{wanted}”.",
    )
    act_id: int
    standing: str
    """Its status; ``status`` is the answer's own."""
    wanted: str


@dataclass(eq=False)
class ActTooEarly(Conflict):
    """The act takes effect on a later day."""

    slug = "bulk-act-too-early"
    title = Text("Chưa đến ngày hiệu lực", "Not in effect yet")
    message = Text(
        "Đợt thay đổi {act_id} có hiệu lực từ {day}; hãy chạy từ ngày đó.",
        "Bulk act {act_id} takes effect on {day}; run it from that day on.",
    )
    act_id: int
    day: str


@dataclass(eq=False)
class ActOverwritten(Conflict):
    """Addresses were written since the act, so undoing would lose what came later."""

    slug = "bulk-act-overwritten"
    title = Text("Có địa chỉ đã sửa sau đó", "Addresses written since")
    message = Text(
        "{count} địa chỉ đã được sửa sau đợt thay đổi {act_id}, trước hết là {first}. Hãy hoàn tác "
        "riêng từng địa chỉ đó trước, hoặc giữ nguyên chúng bằng “leave_changed” "
        "(dòng lệnh: --leave-changed).",
        "{count} addresses were written after bulk act {act_id}, the first being {first}. Undo "
        "those one by one first, or leave them as they are with “leave_changed” "
        "(command line: --leave-changed).",
    )
    act_id: int
    count: int
    first: str
    """Codes of the first few."""


@dataclass(eq=False)
class InstrumentMissing(InvalidInput):
    """A bulk act rests on a legal instrument."""

    slug = "instrument-missing"
    title = Text("Thiếu văn bản pháp lý", "Legal instrument missing")
    message = Text(
        "Hãy ghi số, ngày và cơ quan ban hành của nghị quyết hoặc quyết định làm căn cứ.",
        "Give number, day and issuer of the resolution or decision this rests on.",
    )


@dataclass(eq=False)
class ReasonMissing(InvalidInput):
    """Undoing what was decided by law needs a reason."""

    slug = "undo-reason-missing"
    title = Text("Thiếu lý do", "Reason missing")
    message = Text("Hãy ghi lý do hoàn tác.", "Say why it is undone.")


@dataclass(eq=False)
class MappingRefused(InvalidInput):
    """A mapping has rows that cannot be; nothing of it was taken over."""

    slug = "mapping-refused"
    title = Text("Bảng chuyển đổi không hợp lệ", "Mapping not usable")
    message = Text(
        "{count} chỗ trong bảng chuyển đổi không dùng được, nên chưa lập kế hoạch. {first_vi}",
        "{count} places of the mapping cannot be used, so nothing was planned. {first_en}",
    )
    count: int
    first_vi: str
    first_en: str
    errors: Sequence[Pointer] = ()

    @classmethod
    def of(cls, errors: Sequence[Pointer]) -> MappingRefused:
        """Make the error of what is wrong; at least one thing is."""
        first = errors[0].detail
        return cls(len(errors), first.vi, first.en, tuple(errors[:100]))


@dataclass(eq=False)
class MappingUnreadable(InvalidInput):
    """A mapping file is no CSV, or lacks columns."""

    slug = "mapping-unreadable"
    title = Text("Không đọc được bảng chuyển đổi", "Mapping not readable")
    message = Text(
        "Tệp “{file}” phải là CSV mã hóa UTF-8 có các cột: {columns}.",
        "The file “{file}” must be a CSV in UTF-8 with the columns: {columns}.",
    )
    file: str
    columns: str


@dataclass(eq=False)
class NothingConcerned(InvalidInput):
    """What was asked for concerns no commune or no address at all."""

    slug = "nothing-concerned"
    title = Text("Không có gì để thay đổi", "Nothing concerned")
    message = Text(
        "Không có {what} nào đúng với yêu cầu. Hãy kiểm tra lại mã và tên.",
        "There is no {what_en} that fits. Check codes and names.",
    )
    what: str
    what_en: str


@dataclass(eq=False)
class AreaInvalid(InvalidInput):
    """The area is no valid polygon in degrees."""

    slug = "area-invalid"
    title = Text("Vùng không hợp lệ", "Area not valid")
    message = Text(
        "Vùng phải là một GeoJSON Polygon hoặc MultiPolygon hợp lệ, kinh độ trước, WGS 84: "
        "{reason}",
        "The area must be a valid GeoJSON Polygon or MultiPolygon, longitude first, WGS 84: "
        "{reason}",
    )
    reason: str
