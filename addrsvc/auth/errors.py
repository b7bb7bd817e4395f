"""Who may not do what."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Forbidden, NotFound, Text, TooMany, Unauthenticated


@dataclass(eq=False)
class NotSignedIn(Unauthenticated):
    """The surface needs a key and none was sent."""

    slug = "not-signed-in"
    title = Text("Cần khóa truy cập", "An API key is needed")
    message = Text(
        "Chức năng này cần khóa API. Hãy gửi tiêu đề “Authorization: Bearer <khóa>”; "
        "quản trị viên cấp khóa bằng lệnh: addrsvc keys create.",
        "This needs an API key. Send the header “Authorization: Bearer <key>”; "
        "an administrator issues keys with: addrsvc keys create.",
    )


@dataclass(eq=False)
class KeyRefused(Unauthenticated):
    """The key sent is unknown, expired or revoked; which, is not told."""

    slug = "key-refused"
    title = Text("Khóa API không được chấp nhận", "API key refused")
    message = Text(
        "Khóa API không đúng, đã hết hạn hoặc đã bị thu hồi. Hãy xin quản trị viên cấp khóa mới.",
        "The API key is wrong, expired or revoked. Ask an administrator for a new one.",
    )


@dataclass(eq=False)
class ScopeMissing(Forbidden):
    """The key is good but does not reach this far."""

    slug = "scope-missing"
    title = Text("Khóa API không đủ quyền", "API key lacks a scope")
    message = Text(
        "Khóa API này không có quyền “{scope}”. Hãy xin quản trị viên cấp khóa có quyền đó.",
        "This API key lacks the scope “{scope}”. Ask an administrator for a key that has it.",
    )
    scope: str


@dataclass(eq=False)
class AreaForbidden(Forbidden):
    """The principal is limited to communes this is not one of."""

    slug = "area-forbidden"
    title = Text("Ngoài địa bàn được giao", "Outside your area")
    message = Text(
        "Tài khoản hoặc khóa này không được giao địa bàn {commune}. "
        "Hãy nhờ người phụ trách địa bàn đó, hoặc xin quản trị viên mở rộng địa bàn.",
        "This account or key is not in charge of commune {commune}. Ask whoever is, "
        "or ask an administrator to widen your areas.",
    )
    commune: str


@dataclass(eq=False)
class KeyUnknown(NotFound):
    """No key with that id, for the commands that manage keys."""

    slug = "key-unknown"
    title = Text("Không có khóa API này", "No such API key")
    message = Text(
        "Không có khóa API nào mang mã “{key_id}”. Xem danh sách bằng: addrsvc keys list.",
        "There is no API key with the id “{key_id}”. List them with: addrsvc keys list.",
    )
    key_id: str


@dataclass(eq=False)
class RateLimited(TooMany):
    """A client asks more often than it may."""

    slug = "rate-limited"
    title = Text("Quá nhiều yêu cầu", "Too many requests")
    message = Text(
        "Quá nhiều yêu cầu từ địa chỉ mạng này. Hãy đợi {retry_after_s} giây rồi thử lại; "
        "phần mềm cần tra cứu nhiều thì dùng khóa API.",
        "Too many requests from this network address. Wait {retry_after_s} seconds and try "
        "again; software that looks up a lot should use an API key.",
    )
    retry_after_s: int
