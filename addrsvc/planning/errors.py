"""What the register of plans refuses; what is wrong with a file is in ``planning.files.errors``."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, Language, NotFound, Pointer, Stale, Text
from addrsvc.planning.model import STATUS_NAMES, PlanStatus


@dataclass(eq=False)
class PlanUnknown(NotFound):
    """There is no such plan, or it is a draft that is not for the asker; which, is not told."""

    slug = "plan-unknown"
    title = Text("Không tìm thấy đồ án quy hoạch", "Plan not found")
    message = Text(
        "Không có đồ án quy hoạch số {plan_id} mà bạn xem được. Danh sách ở /v1/plans.",
        "There is no plan {plan_id} you may see. They are listed at /v1/plans.",
    )
    plan_id: int


@dataclass(eq=False)
class PlanInvalid(InvalidInput):
    """What is said of a plan cannot be so."""

    slug = "plan-invalid"
    title = Text("Thông tin đồ án chưa đúng", "Description of the plan is not valid")
    message = Text(
        "Thông tin mô tả đồ án có {count} chỗ chưa đúng. Hãy sửa các chỗ nêu ở “errors”.",
        "{count} of what is said of the plan cannot be so. Mend what “errors” names.",
    )
    count: int
    errors: list[Pointer]


@dataclass(eq=False)
class PlanStale(Stale):
    """The plan was changed since it was read."""

    slug = "plan-stale"
    title = Text("Đồ án đã được thay đổi", "The plan was changed")
    message = Text(
        "Đồ án đã có phiên bản {current} trong khi bạn sửa trên phiên bản {given}. Hãy tải lại, "
        "xem điều đã đổi rồi làm lại.",
        "The plan is at version {current}, and yours was made on version {given}. Load it again, "
        "see what changed, then repeat.",
    )
    given: int
    current: int


@dataclass(eq=False)
class _OfStatus(Conflict):
    """A plan's status does not let something be done; texts name it as pages do."""

    standing: str

    def text(self, language: Language) -> str:
        """Say what happened and what to do next, in one language."""
        named = STATUS_NAMES[PlanStatus(self.standing)].in_(language)
        return self.message.in_(language).format(**{**self.facts(), "standing": named})


@dataclass(eq=False)
class PlanNotDraft(_OfStatus):
    """Something is to be done that can be done to drafts only."""

    slug = "plan-not-draft"
    title = Text("Đồ án không còn là bản nháp", "The plan is no draft")
    message = Text(
        "Đồ án đang ở trạng thái “{standing}”; nội dung đã công bố không sửa được nữa. Hãy tạo bản "
        "nháp mới và công bố để thay thế, hoặc thu hồi đồ án.",
        "The plan is “{standing}”; what was published is not changed any more. Make a new draft "
        "and publish it in its place, or withdraw the plan.",
    )


@dataclass(eq=False)
class PlanNotPublished(_OfStatus):
    """Something is to be done that can be done to published plans only."""

    slug = "plan-not-published"
    title = Text("Đồ án không ở trạng thái đã công bố", "The plan is not published")
    message = Text(
        "Đồ án đang ở trạng thái “{standing}”; chỉ thu hồi được đồ án đã công bố và còn hiệu lực. "
        "Bản nháp thì hãy hủy.",
        "The plan is “{standing}”; only a published plan is withdrawn. Discard a draft instead.",
    )


@dataclass(eq=False)
class PlanWithoutZones(Conflict):
    """A plan without zones is to be published."""

    slug = "plan-without-zones"
    title = Text("Đồ án chưa có vùng nào", "The plan has no zones")
    message = Text(
        "Chưa lưu vùng quy hoạch nào cho bản nháp này. Hãy gửi tệp, xem kết quả kiểm tra, lưu các "
        "vùng rồi mới công bố.",
        "No zones are stored for this draft. Send a file, look at its report, store the zones, "
        "then publish.",
    )


@dataclass(eq=False)
class PlanUndecided(Conflict):
    """A plan is to be published that does not name its decision."""

    slug = "plan-undecided"
    title = Text("Chưa ghi quyết định phê duyệt", "The decision is not named")
    message = Text(
        "Muốn công bố, đồ án phải ghi số và ngày quyết định phê duyệt. Hãy bổ sung hai mục đó rồi "
        "làm lại.",
        "To be published, a plan has to name the number and the day of its decision. Add both, "
        "then repeat.",
    )


@dataclass(eq=False)
class PlanHoldsTooEarly(InvalidInput):
    """A plan is to hold before it was decided."""

    slug = "plan-holds-too-early"
    title = Text("Ngày hiệu lực không hợp lệ", "Day of validity is not possible")
    message = Text(
        "Đồ án không thể có hiệu lực từ {day}, trước ngày {decision_date} của quyết định. Hãy "
        "chọn ngày hiệu lực khác, hoặc sửa ngày quyết định.",
        "The plan cannot hold from {day}, before its decision of {decision_date}. Choose another "
        "day, or mend the date of the decision.",
    )
    day: str
    decision_date: str


@dataclass(eq=False)
class PlanBusy(Conflict):
    """A file of the draft is being checked or stored."""

    slug = "plan-busy"
    title = Text("Đang xử lý tệp của bản nháp", "A file of the draft is in work")
    message = Text(
        "Tệp {file_id} của bản nháp này đang được lưu vùng. Hãy chờ xong rồi làm lại.",
        "Zones of file {file_id} of this draft are being stored. Wait until that is done, then "
        "repeat.",
    )
    file_id: str


@dataclass(eq=False)
class ReplacedUnfit(_OfStatus):
    """A plan cannot take the place of another one."""

    slug = "plan-replaced-unfit"
    title = Text("Không thay thế được đồ án đã nêu", "That plan cannot be replaced")
    message = Text(
        "Đồ án {plan_id} đang ở trạng thái “{standing}”, hiệu lực từ {valid_from}; chỉ thay thế "
        "được đồ án đã công bố, có hiệu lực không muộn hơn đồ án mới. Hãy bỏ số này khỏi "
        "“replaces” hoặc chọn ngày muộn hơn.",
        "Plan {plan_id} is “{standing}” and holds from {valid_from}; only a published plan that "
        "holds no later than the new one is replaced. Leave it out of “replaces”, or choose a "
        "later day.",
    )
    plan_id: int
    valid_from: str


@dataclass(eq=False)
class WithdrawnTooEarly(InvalidInput):
    """A plan is to end before it began."""

    slug = "plan-withdrawn-too-early"
    title = Text("Ngày thu hồi không hợp lệ", "Day of withdrawal is not possible")
    message = Text(
        "Không thể thu hồi từ {day}: đồ án có hiệu lực từ {valid_from}. Hãy chọn ngày đó hoặc một "
        "ngày sau.",
        "A plan that holds from {valid_from} cannot be withdrawn from {day}. Choose that day, or a "
        "later one.",
    )
    day: str
    valid_from: str
