"""What can keep the private PostgreSQL cluster from running, each with its remedy."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, Text, Unavailable


@dataclass(eq=False)
class PostgresqlMissing(Unavailable):
    """The server programs of PostgreSQL are not on this machine."""

    slug = "postgresql-missing"
    title = Text("Chưa cài PostgreSQL", "PostgreSQL is not installed")
    message = Text(
        "Không tìm thấy chương trình {program} của PostgreSQL {major}. Hãy cài gói "
        "postgresql-{major} và postgresql-{major}-postgis-3, hoặc chạy scripts/serve.",
        "The program {program} of PostgreSQL {major} was not found. Install the packages "
        "postgresql-{major} and postgresql-{major}-postgis-3, or run scripts/serve.",
    )
    program: str
    major: int


@dataclass(eq=False)
class ServerUserMissing(Unavailable):
    """PostgreSQL refuses to run as root and there is no user to run it as."""

    slug = "server-user-missing"
    title = Text("Thiếu người dùng postgres", "The user postgres is missing")
    message = Text(
        "PostgreSQL không chạy bằng quyền root và máy này không có người dùng {user}. "
        "Hãy cài gói postgresql-{major}, hoặc chạy bằng một người dùng thường.",
        "PostgreSQL does not run as root and this machine has no user {user}. "
        "Install the package postgresql-{major}, or run as an ordinary user.",
    )
    user: str
    major: int


@dataclass(eq=False)
class DataDirUnusable(Unavailable):
    """The data folder cannot be made, entered or written."""

    slug = "data-dir-unusable"
    title = Text("Không dùng được thư mục dữ liệu", "The data folder cannot be used")
    message = Text(
        "Người dùng {user} không tạo hoặc không ghi được thư mục dữ liệu {path} ({reason}). "
        "Hãy chọn thư mục khác bằng --data-dir, hoặc sửa quyền của các thư mục chứa nó.",
        "The user {user} cannot make or write the data folder {path} ({reason}). "
        "Choose another one with --data-dir, or mend the permissions of the folders above it.",
    )
    path: str
    user: str
    reason: str


@dataclass(eq=False)
class ClusterVersionMismatch(Conflict):
    """The data were written by another major version of PostgreSQL."""

    slug = "cluster-version-mismatch"
    title = Text("Dữ liệu thuộc phiên bản PostgreSQL khác", "Data of another PostgreSQL version")
    message = Text(
        "Thư mục {path} do PostgreSQL {found} tạo, còn chương trình ở đây là PostgreSQL "
        "{expected}. Hãy nâng cấp dữ liệu bằng pg_upgrade hoặc pg_dump, hoặc chọn thư mục khác "
        "bằng --data-dir. Dữ liệu chưa bị thay đổi.",
        "The folder {path} was made by PostgreSQL {found}; the programs here are PostgreSQL "
        "{expected}. Upgrade the data with pg_upgrade or pg_dump, or choose another folder "
        "with --data-dir. The data were not touched.",
    )
    path: str
    found: str
    expected: str


@dataclass(eq=False)
class DiskFull(Unavailable):
    """No space is left where the data live."""

    slug = "disk-full"
    title = Text("Hết dung lượng đĩa", "The disk is full")
    message = Text(
        "Ổ đĩa chứa {path} đã hết chỗ (còn {free_mib} MiB). Hãy giải phóng dung lượng, hoặc chọn "
        "ổ khác bằng --data-dir, rồi chạy lại: không có dữ liệu đã ghi nào bị mất.",
        "The disk that holds {path} is full ({free_mib} MiB left). Free some space, or choose "
        "another disk with --data-dir, then run again: nothing that was committed is lost.",
    )
    path: str
    free_mib: int


@dataclass(eq=False)
class ClusterStartFailed(Unavailable):
    """PostgreSQL did not come up, for a reason its log tells."""

    slug = "cluster-start-failed"
    title = Text("Không khởi động được PostgreSQL", "PostgreSQL did not start")
    message = Text(
        "PostgreSQL trong {path} không khởi động được. Dòng cuối của nhật ký {log}: {last_line}",
        "PostgreSQL in {path} did not start. Last line of its log {log}: {last_line}",
    )
    path: str
    log: str
    last_line: str


@dataclass(eq=False)
class ClusterStopFailed(Unavailable):
    """PostgreSQL is still there after it was told to stop in every way."""

    slug = "cluster-stop-failed"
    title = Text("Không dừng được PostgreSQL", "PostgreSQL did not stop")
    message = Text(
        "PostgreSQL trong {path} (tiến trình {pid}) không dừng. Hãy xem nhật ký rồi tự dừng nó.",
        "PostgreSQL in {path} (process {pid}) does not stop. See its log, then stop it by hand.",
    )
    path: str
    pid: int
