"""Who may not do what."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Text,
    TooMany,
    Unauthenticated,
    Unavailable,
)


@dataclass(eq=False)
class NotSignedIn(Unauthenticated):
    """The surface needs a key or a person, and neither was named."""

    slug = "not-signed-in"
    title = Text("Cần đăng nhập hoặc khóa API", "Sign-in or an API key is needed")
    message = Text(
        "Chức năng này cần đăng nhập (trang /sign-in). Phần mềm gửi khóa API trong tiêu đề "
        "“Authorization: Bearer <khóa>”; quản trị viên cấp khóa bằng lệnh: addrsvc keys create.",
        "This needs somebody signed in (page /sign-in). Software sends an API key in the header "
        "“Authorization: Bearer <key>”; an administrator issues keys with: addrsvc keys create.",
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
class SandboxKeyElsewhere(KeyRefused):
    """A sandbox key was sent to a register that is no demo."""

    slug = "sandbox-key-elsewhere"
    title = Text("Khóa thử nghiệm không dùng được ở đây", "Sandbox key, real register")
    message = Text(
        "Đây là khóa thử nghiệm: chỉ dùng được trên máy chủ trình diễn đã cấp khóa. Máy chủ này "
        "giữ địa chỉ thật; hãy xin quản trị viên cấp khóa, và thêm “?dry_run=true” để thử mà "
        "không ghi gì.",
        "This is a sandbox key: it is good only with the demo that issued it. This server keeps "
        "real addresses; ask an administrator for a key, and add “?dry_run=true” to try without "
        "writing anything.",
    )


@dataclass(eq=False)
class DeviceRevoked(Unauthenticated):
    """The device's own key was taken back, so the device must forget what it holds."""

    slug = "device-revoked"
    title = Text("Thiết bị đã bị thu hồi quyền", "Device revoked")
    message = Text(
        "Quyền của thiết bị này đã bị thu hồi. Phần mềm trên thiết bị phải xóa mọi thông tin "
        "liên hệ đã lưu; hãy liên hệ người quản lý để được cấp lại.",
        "This device was revoked. Its software must erase all contacts it keeps; "
        "ask whoever is in charge of the device for a new key.",
    )
    device: str = ""
    """Id of its key."""
    wipe: bool = True
    """What people stored on it must be erased."""


@dataclass(eq=False)
class ScopeMissing(Forbidden):
    """The key or account is good but does not reach this far."""

    slug = "scope-missing"
    title = Text("Không đủ quyền", "Not permitted")
    message = Text(
        "Tài khoản hoặc khóa API này không có quyền “{scope}”. Nếu vừa được cấp mật khẩu, hãy đổi "
        "mật khẩu trước; nếu không, hãy xin quản trị viên cấp quyền đó.",
        "This account or API key lacks the scope “{scope}”. With a password just handed out, "
        "change it first; otherwise ask an administrator for the scope.",
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
class EverywhereForbidden(Forbidden):
    """What is asked for concerns all communes, and the principal is limited to some."""

    slug = "everywhere-forbidden"
    title = Text("Việc này liên quan mọi địa bàn", "This concerns every commune")
    message = Text(
        "Tài khoản hoặc khóa này chỉ được giao một số địa bàn, còn việc này liên quan tất cả. Hãy "
        "nhờ người phụ trách toàn bộ; với danh sách, báo cáo thì chọn một phường, xã được giao.",
        "This account or key is limited to some communes, and this concerns all of them. Ask "
        "somebody who is in charge of all; for a list or report name one commune of yours.",
    )


@dataclass(eq=False)
class KeyUnknown(NotFound):
    """No key with that id, for the commands that manage keys."""

    slug = "key-unknown"
    title = Text("Không có khóa API này", "No such API key")
    message = Text(
        "Không có khóa API nào mang mã “{key_id}”. Xem danh sách bằng: addrsvc keys list; khóa của "
        "thiết bị: addrsvc devices list.",
        "There is no API key with the id “{key_id}”. List them with: addrsvc keys list; those of "
        "devices with: addrsvc devices list.",
    )
    key_id: str


@dataclass(eq=False)
class KeyEnded(Conflict):
    """A key that expired or was revoked gets no new secret."""

    slug = "key-ended"
    title = Text("Khóa API đã hết hiệu lực", "API key has ended")
    message = Text(
        "Khóa “{key_id}” đã hết hạn hoặc bị thu hồi nên không thể đổi. Hãy cấp khóa mới.",
        "The key “{key_id}” expired or was revoked, so it cannot be rotated. Issue a new one.",
    )
    key_id: str


@dataclass(eq=False)
class GrantTooWide(Forbidden):
    """Somebody gives out more than they hold themselves."""

    slug = "grant-too-wide"
    title = Text("Cấp quyền vượt quá quyền của mình", "Granting more than you hold")
    message = Text(
        "Không thể cấp “{beyond}” vì chính tài khoản hoặc khóa này không có. Hãy bớt quyền hoặc "
        "địa bàn, hoặc nhờ người có đủ quyền cấp.",
        "“{beyond}” cannot be granted, since this account or key does not hold it. Grant less, "
        "or ask somebody who holds it.",
    )
    beyond: str
    """A scope, a commune, or ``*`` for the whole country."""


@dataclass(eq=False)
class AreaInvalid(InvalidInput):
    """An area is no commune code."""

    slug = "access-area-invalid"
    title = Text("Mã địa bàn không hợp lệ", "Area not understood")
    message = Text(
        "“{given}” không phải mã phường, xã gồm 5 chữ số. Hãy tra lại mã rồi nhập lại.",
        "“{given}” is no commune code of five digits. Look the code up and type it again.",
    )
    given: str


@dataclass(eq=False)
class DeviceTooWide(InvalidInput):
    """A device would get more than devices get, or for longer."""

    slug = "device-too-wide"
    title = Text("Vượt giới hạn của thiết bị", "More than a device may have")
    message = Text(
        "Khóa của thiết bị chỉ có các quyền {scopes} và dùng tối đa {days} ngày. "
        "Hãy bớt quyền hoặc rút ngắn thời hạn.",
        "The key of a device has at most the scopes {scopes} and lasts at most {days} days. "
        "Ask for less.",
    )
    scopes: str
    days: int


@dataclass(eq=False)
class TokenScopeRefused(InvalidInput):
    """A token should do more than its key may."""

    slug = "token-scope-refused"
    title = Text("Khóa không có quyền được yêu cầu", "Scope beyond the key")
    message = Text(
        "Khóa này không có quyền “{scope}” nên không cấp được mã truy cập có quyền đó. Hãy bỏ "
        "quyền đó khỏi yêu cầu, hoặc xin quản trị viên cấp khóa có quyền đó.",
        "This key lacks the scope “{scope}”, so no token can have it. Leave that scope out, or ask "
        "an administrator for a key that has it.",
    )
    scope: str


@dataclass(eq=False)
class RateLimited(TooMany):
    """A client asks more often than it may."""

    slug = "rate-limited"
    title = Text("Quá nhiều yêu cầu", "Too many requests")
    message = Text(
        "Khóa, tài khoản hoặc địa chỉ mạng này đã gửi quá nhiều yêu cầu. Hãy đợi {retry_after_s} "
        "giây rồi thử lại; phần mềm cần tra cứu nhiều thì dùng khóa API.",
        "This key, account or network address sent too many requests. Wait {retry_after_s} "
        "seconds and try again; software that looks up a lot should use an API key.",
    )
    retry_after_s: int


@dataclass(eq=False)
class CountsAway(Unavailable):
    """Nobody knows how often was tried to sign in: the counts of all workers are away."""

    slug = "counts-away"
    title = Text("Tạm thời chưa đăng nhập được", "Signing in is closed for a moment")
    message = Text(
        "Hệ thống tạm thời không đếm được số lần đăng nhập nên chưa nhận đăng nhập mới; tra cứu "
        "vẫn hoạt động. Hãy thử lại sau ít phút.",
        "The service cannot count sign-ins just now and accepts none; lookups go on. "
        "Try again in a few minutes.",
    )


@dataclass(eq=False)
class PersonsOnly(Forbidden):
    """A phone is enrolled by its person."""

    slug = "persons-only"
    title = Text("Chỉ dành cho người đã đăng nhập", "For people signed in only")
    message = Text(
        "Thiết bị phải do chính người dùng đăng ký: hãy đăng nhập bằng tài khoản của bạn rồi thử "
        "lại.",
        "A device is enrolled by the person who uses it: sign in with your own account and try "
        "again.",
    )


@dataclass(eq=False)
class DevicesTooMany(Conflict):
    """A person has as many good devices as one may."""

    slug = "devices-too-many"
    title = Text("Đã đủ số thiết bị", "Too many devices")
    message = Text(
        "Bạn đang có {limit} thiết bị còn hiệu lực. Hãy nhờ người phụ trách thu hồi thiết bị không "
        "dùng nữa rồi đăng ký lại.",
        "You have {limit} devices that are good. Have those you no longer use revoked, then enrol "
        "again.",
    )
    limit: int
