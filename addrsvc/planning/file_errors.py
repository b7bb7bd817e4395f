"""What is refused around files of drafts; what is wrong within one is in ``files.errors``."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import (
    Conflict,
    Forbidden,
    Gone,
    Language,
    NotFound,
    Text,
    TooMany,
    Unavailable,
)
from addrsvc.planning.files.model import FILE_STATE_NAMES, FileState


@dataclass(eq=False)
class PlanFileUnknown(NotFound):
    """The plan has no such file."""

    slug = "plan-file-unknown"
    title = Text("Không có tệp này", "No such file")
    message = Text(
        "Đồ án {plan_id} không có tệp mang mã này. Các tệp của đồ án: /v1/plans/{plan_id}/files.",
        "Plan {plan_id} has no file of this id. Its files are listed at /v1/plans/{plan_id}/files.",
    )
    plan_id: int


@dataclass(eq=False)
class PlanFilesTooMany(TooMany):
    """One sender has as many files under way as it may."""

    slug = "plan-files-too-many"
    title = Text("Đang có quá nhiều tệp chờ kiểm tra", "Too many files under way")
    message = Text(
        "Bạn đang có {limit} tệp quy hoạch chưa kiểm tra xong, là mức cao nhất. Hãy chờ một tệp "
        "xong rồi gửi tiếp.",
        "You have {limit} files of plans that are not checked yet, which is the most. Wait for "
        "one to be done, then send.",
    )
    limit: int


@dataclass(eq=False)
class PlanFileBytesTooMany(Conflict):
    """The files of one sender take as much room as they may."""

    slug = "plan-file-bytes-too-many"
    title = Text("Các tệp quy hoạch của bạn đã đầy chỗ", "Your files take all the room they may")
    message = Text(
        "Các tệp quy hoạch của bạn đang chiếm {used_bytes} trong {limit_bytes} byte được phép. "
        "Hãy hủy bản nháp không cần nữa, hoặc chờ tệp cũ hết hạn và tự xóa.",
        "Your files of plans take {used_bytes} of the {limit_bytes} bytes they may. Discard drafts "
        "you no longer need, or wait until old files expire and go by themselves.",
    )
    used_bytes: int
    limit_bytes: int


@dataclass(eq=False)
class PlanFileNotChecked(Conflict):
    """Something is asked of a file that it has only once it is checked."""

    slug = "plan-file-not-checked"
    title = Text("Tệp chưa kiểm tra xong", "The file is not checked")
    message = Text(
        "Tệp đang ở trạng thái “{state}” nên chưa có kết quả kiểm tra để dùng. Hãy chờ kiểm tra "
        "xong; tệp bị từ chối thì sửa rồi gửi lại.",
        "The file is “{state}”, so there is no report to go by. Wait until it is checked; one that "
        "was refused is to be mended and sent again.",
    )
    state: str

    def text(self, language: Language) -> str:
        """Say what happened and what to do next, in one language."""
        named = FILE_STATE_NAMES[FileState(self.state)].in_(language)
        return self.message.in_(language).format(state=named)


@dataclass(eq=False)
class PlanFileHasErrors(Conflict):
    """Zones are invalid, and neither repaired nor left out."""

    slug = "plan-file-has-errors"
    title = Text("Còn vùng bị lỗi", "Zones are invalid")
    message = Text(
        "Còn {count} vùng bị lỗi mà chưa nhận bản sửa. Hãy sửa tệp và gửi lại, nhận bản sửa đề "
        "xuất (repairs), hoặc đồng ý bỏ các vùng còn lỗi (leave_out).",
        "{count} zones are invalid and no repair of them is taken. Mend the file and send it "
        "again, take the repairs proposed (repairs), or agree to leave these out (leave_out).",
    )
    count: int


@dataclass(eq=False)
class PlanFileGone(Gone):
    """The file was deleted; what was found in it is left."""

    slug = "plan-file-gone"
    title = Text("Tệp đã bị xóa", "The file is deleted")
    message = Text(
        "Tệp này đã hết thời hạn giữ và bị xóa; tóm tắt kết quả kiểm tra vẫn còn. Nếu cần, hãy gửi "
        "lại tệp.",
        "The time of this file is over and it was deleted; the summary of its report is left. "
        "Send it again if you need it.",
    )


@dataclass(eq=False)
class PlanFileGivenUp(Unavailable):
    """Checking or storing failed each time it was tried."""

    slug = "plan-file-given-up"
    title = Text("Không xử lý được tệp", "The file was given up")
    message = Text(
        "Xử lý tệp này gặp lỗi mỗi lần thử nên hệ thống đã dừng. Lỗi đã được ghi nhật ký; hãy báo "
        "quản trị kèm mã tệp, hoặc gửi lại tệp sau.",
        "Working on this file failed each time it was tried, so it was given up. The error is in "
        "the log; tell the administrator the id of the file, or send it again later.",
    )


@dataclass(eq=False)
class PlanFileSenderEnded(Forbidden):
    """Whoever asked may no longer plan."""

    slug = "plan-file-sender-ended"
    title = Text("Người gửi không còn quyền lập quy hoạch", "Sender may plan no longer")
    message = Text(
        "Khóa hoặc tài khoản đã yêu cầu việc này đã hết hiệu lực hoặc mất quyền plans:write, nên "
        "việc dừng lại. Hãy làm lại bằng khóa hoặc tài khoản còn quyền.",
        "The key or account that asked for this has ended or lost plans:write, so it stopped. "
        "Ask again with one that may plan.",
    )
