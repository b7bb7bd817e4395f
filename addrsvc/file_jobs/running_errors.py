"""Why a job over a file is given up."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Forbidden, Gone, InvalidInput, Text, TooLarge, Unavailable


@dataclass(eq=False)
class JobFilesGone(Gone):
    """The files of a job are not there any more."""

    slug = "job-files-gone"
    title = Text("Tệp của việc không còn", "Files of the job are gone")
    message = Text(
        "Tệp gửi lên hoặc phần đã làm của việc này không còn trên máy chủ. Hãy gửi lại tệp.",
        "The file sent, or what was done of it, is no longer on the server. Send the file again.",
    )


@dataclass(eq=False)
class JobExpired(Gone):
    """The job was not done before its files were due to be deleted."""

    slug = "job-expired"
    title = Text("Việc quá hạn", "Job expired")
    message = Text(
        "Việc chưa xong thì đã đến hạn xóa tệp. Hãy gửi lại tệp, có thể chia nhỏ hơn.",
        "The job was not done before its files were due to be deleted. Send the file again, "
        "perhaps in smaller pieces.",
    )


@dataclass(eq=False)
class JobOwnerEnded(Forbidden):
    """The key, account or grant of whoever asked has ended."""

    slug = "job-owner-ended"
    title = Text("Người gửi không còn quyền truy cập", "Owner has no access any more")
    message = Text(
        "Khóa hoặc tài khoản đã gửi tệp này đã bị khóa, thu hồi hoặc hết hạn, nên việc dừng lại. "
        "Hãy gửi lại bằng khóa hoặc tài khoản còn hiệu lực.",
        "The key or account that sent the file was locked, revoked or has expired, so the job "
        "stopped. Send it again with one that is valid.",
    )


@dataclass(eq=False)
class JobNotPermitted(Forbidden):
    """Whoever asked may no longer do what the job does."""

    slug = "job-not-permitted"
    title = Text("Người gửi không còn quyền làm việc này", "Owner lost the permission")
    message = Text(
        "Khóa hoặc tài khoản đã gửi tệp không còn quyền {scope}, nên việc dừng lại. Hãy xin cấp "
        "lại quyền rồi gửi lại tệp.",
        "The key or account that sent the file no longer holds {scope}, so the job stopped. Ask "
        "for it, then send the file again.",
    )
    scope: str


@dataclass(eq=False)
class JobGivenUp(Unavailable):
    """A step of the job failed each time it was tried."""

    slug = "job-given-up"
    title = Text("Không làm được việc này", "Job given up")
    message = Text(
        "Một bước của việc gặp lỗi mỗi lần thử nên hệ thống đã dừng. Lỗi đã được ghi nhật ký; "
        "hãy báo quản trị kèm mã việc này, hoặc gửi lại tệp sau.",
        "A step of the job failed each time it was tried, so it was given up. The error is in "
        "the log; tell the administrator the id of this job, or send the file again later.",
    )


@dataclass(eq=False)
class ResultTooManyRows(TooLarge):
    """The format of the result holds fewer rows than the file has."""

    slug = "result-too-many-rows"
    title = Text("Quá nhiều dòng cho định dạng kết quả", "Too many rows for the result format")
    message = Text(
        "Tệp có quá {limit} dòng, mà kết quả .{ending} chứa nhiều nhất chừng đó. Hãy gửi lại và "
        "chọn kết quả csv, ndjson hoặc parquet.",
        "The file has more than {limit} rows, the most a .{ending} result holds. Send it again "
        "and choose csv, ndjson or parquet.",
    )
    ending: str
    limit: int


@dataclass(eq=False)
class RoleUnknown(InvalidInput):
    """A column was chosen for something the kind of job does not know."""

    slug = "job-role-unknown"
    title = Text("Không có vai trò cột này", "No such role of a column")
    message = Text(
        "Việc loại này không có vai trò cột “{role}”. Các vai trò: {known}.",
        "This kind of job knows no column role “{role}”. Roles: {known}.",
    )
    role: str
    known: str
