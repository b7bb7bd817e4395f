"""What can be wrong about receivers of webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from addrsvc.errors import Conflict, Forbidden, InvalidInput, NotFound, Pointer, Text, Unavailable


@dataclass(eq=False)
class ReceiverUnknown(NotFound):
    """No receiver of that number, or it is another's; which, is not told."""

    slug = "webhook-unknown"
    title = Text("Không có nơi nhận này", "No such receiver")
    message = Text(
        "Không có nơi nhận webhook số {receiver_id}, hoặc nơi nhận đó không phải của bạn. "
        "Xem danh sách: GET /v1/webhooks.",
        "There is no webhook receiver {receiver_id}, or it is not yours. "
        "List yours with GET /v1/webhooks.",
    )
    receiver_id: int


@dataclass(eq=False)
class ReceiverNotYours(Forbidden):
    """Where events go, and the secret they are signed with, are its owner's alone."""

    slug = "webhook-not-yours"
    title = Text("Nơi nhận của người khác", "Another’s receiver")
    message = Text(
        "Nơi nhận này do tài khoản hoặc khóa khác đăng ký: bạn có thể tạm dừng, chạy tiếp, gửi "
        "lại hoặc xóa, còn URL, loại sự kiện và khóa bí mật chỉ chủ của nó đổi được.",
        "Another account or key registered this receiver: you may pause, resume, replay or remove "
        "it; its URL, types and secret are its owner’s to change.",
    )


@dataclass(eq=False)
class DeliveryUnknown(NotFound):
    """This event was never on its way to this receiver, or is forgotten."""

    slug = "webhook-delivery-unknown"
    title = Text("Không có lần gửi này", "No such delivery")
    message = Text(
        "Sự kiện số {number} chưa từng được gửi tới nơi nhận này, hoặc đã quá hạn lưu. "
        "Muốn gửi lại từ một số thứ tự, hãy dùng “from_number”.",
        "Event {number} was never sent to this receiver, or that is too long ago. "
        "To send everything again from a number on, use “from_number”.",
    )
    number: int


@dataclass(eq=False)
class ReceiverExists(Conflict):
    """The same owner has registered this URL before."""

    slug = "webhook-exists"
    title = Text("URL này đã đăng ký", "This URL is registered")
    message = Text(
        "Bạn đã đăng ký URL này rồi. Nếu làm mất khóa bí mật thì đổi khóa: "
        "POST /v1/webhooks/<số>/rotate; muốn nhận loại sự kiện khác thì sửa bằng PATCH.",
        "You have registered this URL before. If its secret is lost, make a new one with "
        "POST /v1/webhooks/<id>/rotate; for other types of events use PATCH.",
    )


@dataclass(eq=False)
class UrlRefused(InvalidInput):
    """Nothing may be sent to the URL given."""

    slug = "webhook-url-refused"
    title = Text("Không gửi được tới URL này", "URL refused")
    message = Text(
        "Không thể gửi webhook tới URL này ({reason}); xem “errors”.",
        "Webhooks cannot be sent to this URL ({reason}); see “errors”.",
    )
    reason: str
    errors: Sequence[Pointer] = field(default=())


@dataclass(eq=False)
class ReceiverLimit(Conflict):
    """An owner has as many receivers as it may."""

    slug = "webhook-limit"
    title = Text("Quá nhiều nơi nhận", "Too many receivers")
    message = Text(
        "Mỗi tài khoản hoặc khóa có tối đa {limit} nơi nhận. Hãy xóa nơi nhận không còn dùng.",
        "An account or key has at most {limit} receivers. Remove those no longer used.",
    )
    limit: int


@dataclass(eq=False)
class SecretKeyMissing(Unavailable):
    """The service has no key to keep secrets of receivers with."""

    slug = "webhook-key-missing"
    title = Text("Máy chủ chưa có khóa mã hóa", "The service has no encryption key")
    message = Text(
        "Máy chủ chưa có khóa mã hóa để cất giữ khóa bí mật của nơi nhận, nên chưa đăng ký được; "
        "không có gì được ghi. Quản trị viên cần đặt ADDRSVC_ENCRYPTION_KEY_FILE.",
        "The service has no encryption key to keep secrets of receivers with, so none can be "
        "registered; nothing was written. The operator sets ADDRSVC_ENCRYPTION_KEY_FILE.",
    )
