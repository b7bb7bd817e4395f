"""What is refused of files on their way to the disk, whatever they are for."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import InvalidInput, Text, TooLarge, Unavailable


@dataclass(eq=False)
class FilesNotTaken(Unavailable):
    """No folder is set for the files of jobs."""

    slug = "files-not-taken"
    title = Text("Chưa mở chức năng xử lý tệp", "Files are not taken here")
    message = Text(
        "Máy chủ chưa có thư mục để nhận tệp. Quản trị viên cần đặt ADDRSVC_FILES_DIR (thư mục "
        "chung của mọi tiến trình) rồi khởi động lại.",
        "The server has no folder to take files into. The operator has to set ADDRSVC_FILES_DIR, "
        "a folder all its processes share, and start it again.",
    )


@dataclass(eq=False)
class NoRoomForFile(Unavailable):
    """There is no room for the file, or for what will be made of it."""

    slug = "no-room-for-file"
    title = Text("Máy chủ không đủ chỗ trống", "No room on the disk")
    message = Text(
        "Ổ đĩa của máy chủ không đủ chỗ cho tệp này và kết quả. Hãy thử lại sau, gửi tệp nhỏ hơn, "
        "hoặc xóa kết quả cũ không cần nữa; nếu vẫn vậy, hãy báo quản trị viên.",
        "The server's disk has no room for this file and its result. Try again later, send a "
        "smaller file, or delete results you no longer need; if it stays, tell the operator.",
    )


@dataclass(eq=False)
class FileTooLarge(TooLarge):
    """The file is larger than is taken."""

    slug = "file-too-large"
    title = Text("Tệp quá lớn", "File too large")
    message = Text(
        "Tệp lớn hơn mức nhận là {limit_bytes} byte. Hãy chia thành nhiều tệp, mỗi tệp có dòng "
        "tên cột.",
        "The file is larger than the {limit_bytes} bytes accepted. Cut it into several, each with "
        "the names of the columns.",
    )
    limit_bytes: int


@dataclass(eq=False)
class FileNothingIn(InvalidInput):
    """The body of the request is empty."""

    slug = "file-nothing-in"
    title = Text("Không nhận được nội dung tệp", "No file was sent")
    message = Text(
        "Nội dung yêu cầu trống. Hãy gửi chính tệp làm nội dung, ví dụ: "
        "curl --data-binary @tep.csv",
        "The body of the request is empty. Send the file itself as the body, for example: "
        "curl --data-binary @file.csv",
    )


@dataclass(eq=False)
class FileCutOff(InvalidInput):
    """The sender went away before the whole file was there."""

    slug = "file-cut-off"
    title = Text("Tệp chưa được gửi hết", "The file did not come whole")
    message = Text(
        "Kết nối đứt khi tệp chưa gửi hết nên phần đã nhận bị bỏ đi. Hãy gửi lại cả tệp.",
        "The connection ended before the whole file was there; what had come was dropped. "
        "Send the whole file again.",
    )


@dataclass(eq=False)
class FilesFolderUnusable(Unavailable):
    """The folder for files of jobs cannot be written to."""

    slug = "files-folder-unusable"
    title = Text("Không ghi được vào thư mục nhận tệp", "The folder for files cannot be written")
    message = Text(
        "Máy chủ không ghi được vào thư mục nhận tệp. Quản trị viên cần xem lại ADDRSVC_FILES_DIR: "
        "thư mục phải có và tiến trình phải có quyền ghi.",
        "The server cannot write to the folder for files. The operator has to look at "
        "ADDRSVC_FILES_DIR: the folder must exist and be writable by the service.",
    )
