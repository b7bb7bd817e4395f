"""What jobs over files refuse; what is wrong with a file itself is in ``tabular.errors``."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import (
    Conflict,
    Gone,
    InvalidInput,
    NotFound,
    Text,
    TooMany,
)


@dataclass(eq=False)
class FileJobNotFound(NotFound):
    """There is no such job, or it is somebody else's; which, is not told."""

    slug = "file-job-not-found"
    title = Text("Không có lần xử lý tệp này", "No such job")
    message = Text(
        "Bạn không có lần xử lý tệp nào mang mã này; lần đã xong từ lâu thì bị xóa. "
        "Xem danh sách của bạn ở /v1/jobs.",
        "You have no job of this id; those long over are forgotten. Yours are listed at /v1/jobs.",
    )


@dataclass(eq=False)
class FileJobsTooMany(TooMany):
    """One owner has as many jobs as it may that are not over."""

    slug = "file-jobs-too-many"
    title = Text("Đang có quá nhiều tệp chờ xử lý", "Too many jobs at a time")
    message = Text(
        "Bạn đang có {limit} lần xử lý tệp chưa kết thúc, là mức cao nhất. Hãy chờ một lần kết "
        "thúc hoặc hủy bớt ở /v1/jobs rồi gửi lại.",
        "You have {limit} jobs that are not over, which is the most. Wait for one to end, or "
        "cancel one (see /v1/jobs), then send again.",
    )
    limit: int


@dataclass(eq=False)
class FileBytesTooMany(Conflict):
    """The files of one owner take as much room as they may."""

    slug = "file-bytes-too-many"
    title = Text("Các tệp của bạn đã đầy chỗ", "Your files take all the room they may")
    message = Text(
        "Các tệp của bạn đang giữ ở đây chiếm {used_bytes} trong {limit_bytes} byte được phép, "
        "không còn chỗ cho tệp này. Hãy tải kết quả về rồi xóa các lần đã xong bằng "
        "DELETE /v1/jobs/{{job_id}}; tệp hết hạn cũng tự bị xóa.",
        "Your files here take {used_bytes} of the {limit_bytes} bytes they may, which leaves no "
        "room for this one. Download your results, then delete jobs that are over with "
        "DELETE /v1/jobs/{{job_id}}; files also go by themselves when they expire.",
    )
    used_bytes: int
    limit_bytes: int


@dataclass(eq=False)
class ColumnGiven(InvalidInput):
    """A column is not said as role and name."""

    slug = "file-job-column-unreadable"
    title = Text("Không đọc được cách chọn cột", "Choice of a column cannot be read")
    message = Text(
        "“{given}” không đọc được. Hãy ghi vai trò, dấu hai chấm rồi tên cột, mỗi vai trò một "
        "lần, ví dụ: column=address:Địa chỉ",
        "“{given}” cannot be read. Write the role, a colon and the name of the column, each role "
        "once, for example: column=address:Địa chỉ",
    )
    given: str


@dataclass(eq=False)
class ColumnsStillNeeded(InvalidInput):
    """What the job needs is in none of the columns chosen."""

    slug = "file-job-columns-needed"
    title = Text("Còn thiếu cột", "Columns are missing")
    message = Text(
        "Chưa đủ cột để xử lý; còn cần cột cho vai trò: {roles}.",
        "These columns are not enough; there also has to be one for: {roles}.",
    )
    roles: str


@dataclass(eq=False)
class FileJobNotWaiting(Conflict):
    """Columns are chosen for a job that does not wait for them."""

    slug = "file-job-not-waiting"
    title = Text("Lần xử lý này không chờ chọn cột", "The job does not wait for columns")
    message = Text(
        "Lần xử lý tệp này đang ở trạng thái “{state}” nên không bắt đầu được bằng cách chọn cột. "
        "Hãy xem GET /v1/jobs/{{job_id}}.",
        "This job is “{state}”, so it cannot be begun by choosing columns. "
        "See GET /v1/jobs/{{job_id}}.",
    )
    state: str


@dataclass(eq=False)
class FileJobOver(Conflict):
    """A job that is over cannot be cancelled."""

    slug = "file-job-over"
    title = Text("Lần xử lý này đã kết thúc", "The job is over")
    message = Text(
        "Lần xử lý tệp này đã kết thúc ({state}), không còn gì để hủy. Muốn xóa tệp của nó: "
        "DELETE /v1/jobs/{{job_id}}.",
        "This job is over ({state}); there is nothing left to cancel. To delete its files: "
        "DELETE /v1/jobs/{{job_id}}.",
    )
    state: str


@dataclass(eq=False)
class FileJobNotOver(Conflict):
    """Something is asked of a job that it has only once it is over."""

    slug = "file-job-not-over"
    title = Text("Lần xử lý này chưa kết thúc", "The job is not over")
    message = Text(
        "Lần xử lý tệp này đang ở trạng thái “{state}”. Hãy chờ đến khi kết thúc, hoặc hủy bằng "
        "POST /v1/jobs/{{job_id}}:cancel.",
        "This job is “{state}”. Wait until it is over, or cancel it with "
        "POST /v1/jobs/{{job_id}}:cancel.",
    )
    state: str


@dataclass(eq=False)
class NoResult(Conflict):
    """The job ended without a result."""

    slug = "file-job-no-result"
    title = Text("Không có kết quả", "There is no result")
    message = Text(
        "Lần xử lý tệp này kết thúc ở trạng thái “{state}” nên không có kết quả. Xem lý do ở "
        "GET /v1/jobs/{{job_id}}, sửa rồi gửi lại tệp.",
        "This job ended as “{state}”, so there is no result. See why at GET /v1/jobs/{{job_id}}, "
        "mend that and send the file again.",
    )
    state: str


@dataclass(eq=False)
class FilesExpired(Gone):
    """The files of a job were deleted; its receipt is left."""

    slug = "file-job-files-expired"
    title = Text("Tệp đã bị xóa", "The files are deleted")
    message = Text(
        "Tệp và kết quả của lần xử lý này đã bị xóa vì hết thời hạn giữ hoặc theo yêu cầu; biên "
        "nhận vẫn còn ở GET /v1/jobs/{{job_id}}. Nếu cần, hãy gửi lại tệp.",
        "File and result of this job were deleted, since their time was over or by request; the "
        "receipt is still at GET /v1/jobs/{{job_id}}. Send the file again if you need it.",
    )


@dataclass(eq=False)
class ChangesCursorUnknown(InvalidInput):
    """The place to go on from is none of this job."""

    slug = "file-job-cursor-unknown"
    title = Text("Vị trí đọc tiếp không đúng", "Unknown cursor")
    message = Text(
        "Không có vị trí {cursor} trong lần xử lý tệp này. Hãy đọc lại từ đầu, rồi dùng đúng giá "
        "trị “next” của trang trước.",
        "There is no place {cursor} in this job. Begin anew, then use “next” of the page before "
        "as it is.",
    )
    cursor: int
