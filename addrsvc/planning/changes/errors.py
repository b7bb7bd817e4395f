"""What a comparison of plans refuses."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, Text


@dataclass(eq=False)
class ComparedWithItself(InvalidInput):
    """A plan is to be compared with itself."""

    slug = "plan-compared-with-itself"
    title = Text("So sánh đồ án với chính nó", "A plan compared with itself")
    message = Text(
        "Đồ án {plan_id} không so sánh được với chính nó. Hãy bỏ số này khỏi “against”.",
        "Plan {plan_id} cannot be compared with itself. Leave it out of “against”.",
    )
    plan_id: int


@dataclass(eq=False)
class TooManyCompared(InvalidInput):
    """A plan is to be compared with more plans than anybody replaces."""

    slug = "plan-compared-with-too-many"
    title = Text("So sánh với quá nhiều đồ án", "Compared with too many plans")
    message = Text(
        "Bạn nêu {count} đồ án, mỗi lần chỉ so sánh được với {limit}. Hãy chia thành nhiều lần.",
        "You named {count} plans; one is compared with no more than {limit} at once. Compare in "
        "several steps.",
    )
    count: int
    limit: int


@dataclass(eq=False)
class AgainstUnreadable(InvalidInput):
    """What a plan is to be compared with is no list of numbers."""

    slug = "plan-against-unreadable"
    title = Text("Không đọc được danh sách đồ án", "List of plans cannot be read")
    message = Text(
        "Không đọc được “{given}”. Hãy ghi số của các đồ án, cách nhau bằng dấu phẩy, ví dụ 12,15; "
        "để trống nếu so với chỗ chưa có quy hoạch.",
        "“{given}” cannot be read. Write numbers of plans with commas between them, such as "
        "12,15; leave it empty to compare with nothing planned.",
    )
    given: str


@dataclass(eq=False)
class ChangesNotReady(Conflict):
    """A file of changes is asked for that nobody has worked out."""

    slug = "plan-changes-not-ready"
    title = Text("Chưa tính xong thay đổi", "Changes are not worked out")
    message = Text(
        "Chưa có kết quả so sánh này ({state}). Cán bộ quy hoạch yêu cầu tính bằng POST cùng địa "
        "chỉ; nếu đang tính, hãy hỏi lại sau.",
        "These changes are not worked out ({state}). A planner has that done with POST to the same "
        "address; while it is going on, ask again later.",
    )
    state: str
