"""What a comparison of plans refuses."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, Text, Unavailable


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


@dataclass(eq=False)
class ComparisonGivenUp(Unavailable):
    """Comparing failed each time it was tried, or ended the worker each time."""

    slug = "plan-comparison-given-up"
    title = Text("Việc so sánh đã dừng", "The comparison was given up")
    message = Text(
        "Lần nào so sánh cũng gặp lỗi nên hệ thống đã dừng. Cán bộ quy hoạch hãy yêu cầu tính "
        "lại; nếu vẫn lỗi, hãy báo quản trị viên số so sánh {comparison_id} để xem nhật ký.",
        "Comparing failed each time it was tried, so it was given up. A planner may ask for it "
        "again; if it fails again, tell the operator its number, {comparison_id}, to look into "
        "the log.",
    )
    comparison_id: int


@dataclass(eq=False)
class ComparisonImpossible(Conflict):
    """Zones cannot be laid over one another."""

    slug = "plan-comparison-impossible"
    title = Text("Không so sánh được các vùng", "Zones cannot be compared")
    message = Text(
        "Không so sánh được: có quá nhiều vùng nằm chồng lên nhau, hoặc có hình không cắt được. "
        "Hãy xem các vùng chồng lấn trong kết quả kiểm tra tệp, sửa rồi lưu lại vùng của đồ án.",
        "These plans cannot be compared: too many zones lie upon each other, or shapes cannot be "
        "cut. Look at the overlaps the check of the file names, mend them and store the zones "
        "anew.",
    )
