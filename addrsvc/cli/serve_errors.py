"""What can keep ``addrsvc serve`` from serving, each with its remedy."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, Text, Unavailable


@dataclass(eq=False)
class PortBusy(Conflict):
    """Another program listens where we should."""

    slug = "port-busy"
    title = Text("Cổng đang bận", "The port is busy")
    message = Text(
        "Cổng {port} trên {host} đang được chương trình khác dùng. "
        "Hãy dừng chương trình đó, hoặc chọn cổng khác, ví dụ: --port {other_port}.",
        "Port {port} on {host} is used by another program. "
        "Stop that program, or choose another port, for example: --port {other_port}.",
    )
    host: str
    port: int
    other_port: int


@dataclass(eq=False)
class AddressUnusable(InvalidInput):
    """We may not, or cannot, listen there."""

    slug = "listen-address-unusable"
    title = Text("Không mở được địa chỉ", "Cannot listen there")
    message = Text(
        "Không mở được cổng {port} trên {host} ({reason}). Hãy dùng --host 127.0.0.1 cho riêng "
        "máy này hoặc --host 0.0.0.0 cho mọi máy, và cổng từ 1024 trở lên.",
        "Cannot listen on port {port} of {host} ({reason}). Use --host 127.0.0.1 for this "
        "machine alone or --host 0.0.0.0 for all, and a port from 1024 up.",
    )
    host: str
    port: int
    reason: str


@dataclass(eq=False)
class AlreadyServing(Conflict):
    """Another ``serve`` holds this data folder."""

    slug = "already-serving"
    title = Text("Dịch vụ đã chạy", "Already serving")
    message = Text(
        "Thư mục dữ liệu {path} đang được một dịch vụ khác dùng: {served}. "
        "Hãy dùng dịch vụ đó, dừng nó trước, hoặc chọn thư mục khác bằng --data-dir.",
        "The data folder {path} is in use by another serve: {served}. "
        "Use that one, stop it first, or choose another folder with --data-dir.",
    )
    path: str
    served: str


@dataclass(eq=False)
class DemoNeedsOwnDatabase(InvalidInput):
    """Invented addresses may not be put into a database that is not for them."""

    slug = "demo-needs-own-database"
    title = Text("Bản trình diễn cần cơ sở dữ liệu riêng", "The demo needs its own database")
    message = Text(
        "Địa chỉ trình diễn là bịa ra và không được trộn vào cơ sở dữ liệu {database}. "
        "Hãy trỏ ADDRSVC_DATABASE_URL tới một cơ sở dữ liệu có tên kết thúc bằng _demo, "
        "hoặc dùng --no-demo.",
        "Demo addresses are invented and may not be mixed into the database {database}. "
        "Point ADDRSVC_DATABASE_URL at a database whose name ends in _demo, or use --no-demo.",
    )
    database: str


@dataclass(eq=False)
class SandboxNeedsDemo(InvalidInput):
    """Keys to try with are for invented addresses only."""

    slug = "sandbox-needs-demo"
    title = Text("Khóa thử nghiệm chỉ dành cho bản trình diễn", "Sandbox keys are for the demo")
    message = Text(
        "Cơ sở dữ liệu {database} không phải của bản trình diễn (tên phải kết thúc bằng _demo) nên "
        "không cấp khóa thử nghiệm. Hãy chạy addrsvc serve --demo, hoặc cấp khóa thường với "
        "--scope hay --role.",
        "The database {database} is not a demo’s (its name must end in _demo), so no sandbox key "
        "is issued. Run addrsvc serve --demo, or issue an ordinary key with --scope or --role.",
    )
    database: str


@dataclass(eq=False)
class DatabaseUnreachable(Unavailable):
    """The existing server given to us does not let us in."""

    slug = "database-server-unreachable"
    title = Text("Không kết nối được cơ sở dữ liệu", "The database cannot be reached")
    message = Text(
        "Không kết nối được cơ sở dữ liệu {server}: {reason}. "
        "Hãy kiểm tra ADDRSVC_DATABASE_URL, và rằng máy chủ đang chạy.",
        "Cannot connect to the database {server}: {reason}. "
        "Check ADDRSVC_DATABASE_URL, and that the server runs.",
    )
    server: str
    reason: str


@dataclass(eq=False)
class RightsMissing(Unavailable):
    """The role given to us may not set the database up."""

    slug = "database-rights-missing"
    title = Text("Thiếu quyền trên cơ sở dữ liệu", "Missing rights on the database")
    message = Text(
        "Vai trò của ADDRSVC_DATABASE_URL không đủ quyền: {reason}. Nếu thiếu PostGIS, hãy nhờ "
        "quản trị viên chạy CREATE EXTENSION postgis trong cơ sở dữ liệu đó.",
        "The role of ADDRSVC_DATABASE_URL lacks rights: {reason}. If it is PostGIS that is "
        "missing, have an administrator run CREATE EXTENSION postgis in that database.",
    )
    reason: str


@dataclass(eq=False)
class WebServerEnded(Unavailable):
    """The process that answers requests is gone."""

    slug = "web-server-ended"
    title = Text("Tiến trình web đã dừng", "The web server ended")
    message = Text(
        "Tiến trình web đã dừng (mã {exit_code}); dịch vụ dừng theo. Lý do ở các dòng phía trên; "
        "sửa xong hãy chạy lại.",
        "The web server ended (exit code {exit_code}), and so the service stops. The lines above "
        "tell why; mend that and run again.",
    )
    exit_code: int


@dataclass(eq=False)
class DatabaseEnded(Unavailable):
    """The private PostgreSQL is gone."""

    slug = "database-ended"
    title = Text("PostgreSQL đã dừng", "PostgreSQL ended")
    message = Text(
        "PostgreSQL trong {path} đã dừng; dịch vụ dừng theo. Nhật ký ở thư mục log trong đó "
        "(ví dụ: hết đĩa, hết bộ nhớ). Hãy chạy lại: nó tự khôi phục, không mất dữ liệu đã ghi.",
        "PostgreSQL in {path} ended, and so the service stops. Its log is in the folder log "
        "there (a full disk, no memory?). Run again: it recovers, nothing committed is lost.",
    )
    path: str


@dataclass(eq=False)
class NotReady(Unavailable):
    """The web server answers, but not that it is ready."""

    slug = "not-ready"
    title = Text("Dịch vụ chưa sẵn sàng", "The service is not ready")
    message = Text(
        "Sau {waited_s:.0f} giây dịch vụ vẫn chưa sẵn sàng. Câu trả lời của /readyz: {answer}",
        "After {waited_s:.0f} seconds the service is not ready. The answer of /readyz: {answer}",
    )
    waited_s: float
    answer: str
