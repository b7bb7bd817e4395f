"""What the page of webhook receivers says, in both languages."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text
from addrsvc.webhooks.model import Failure, ReceiverState, WhyDisabled

STATE_NAMES: Final[dict[ReceiverState, Text]] = {
    ReceiverState.ACTIVE: Text("đang gửi", "active"),
    ReceiverState.PAUSED: Text("tạm dừng", "paused"),
    ReceiverState.DISABLED: Text("đã ngừng gửi", "disabled"),
}

WHY_DISABLED: Final[dict[WhyDisabled, Text]] = {
    WhyDisabled.GONE: Text(
        "Nơi nhận trả lời 410: không nhận nữa. Nếu đó là nhầm lẫn, hãy bấm “Gửi tiếp”.",
        "The receiver answered 410: it wants no more. If that was a mistake, press “Resume”.",
    ),
    WhyDisabled.FAILING: Text(
        "Suốt 5 ngày liền không gửi được lần nào. Hãy sửa phía nhận rồi bấm “Gửi tiếp”; sự kiện "
        "nào không gửi được trong lúc đó thì bấm “Gửi lại những gì chưa tới nơi”.",
        "Nothing got through for 5 days. Mend the receiver, then press “Resume”; for events given "
        "up meanwhile, press “Send what was given up”.",
    ),
    WhyDisabled.OWNER_ENDED: Text(
        "Khóa hoặc tài khoản đăng ký nơi nhận này đã hết hạn, bị thu hồi hoặc không còn quyền "
        "theo dõi thay đổi. Hãy đăng ký lại bằng khóa còn hiệu lực.",
        "The key or account that registered this receiver has ended or may not follow changes "
        "any more. Register it again with a key that is good.",
    ),
}

FAILURE_NAMES: Final[dict[Failure, Text]] = {
    Failure.STATUS: Text("trả lời mã {status}", "answered {status}"),
    Failure.REDIRECT: Text(
        "trả lời mã {status}: chuyển hướng sang nơi khác, hệ thống không đi theo",
        "answered {status}, a redirect; it is not followed",
    ),
    Failure.TIMEOUT: Text("quá lâu không trả lời", "no answer in time"),
    Failure.UNRESOLVED: Text("không tìm thấy máy chủ trong DNS", "DNS does not know the host"),
    Failure.ADDRESS_REFUSED: Text(
        "tên máy chủ dẫn tới địa chỉ không được phép gửi",
        "the host leads to an address nothing may be sent to",
    ),
    Failure.CONNECTION: Text("không kết nối được", "no connection"),
    Failure.CERTIFICATE: Text(
        "không lập được kết nối TLS, hoặc chứng chỉ không hợp lệ",
        "TLS failed, or the certificate is not valid",
    ),
    Failure.PROTOCOL: Text("trả lời không đúng chuẩn HTTP", "the answer is no valid HTTP"),
    Failure.SECRET_UNREADABLE: Text(
        "máy chủ này không giải mã được khóa bí mật; hãy báo quản trị viên",
        "this service cannot decrypt the secret; tell the operator",
    ),
}

WEBHOOK_WORDS: Final[dict[str, Text]] = {
    "webhooks_title": Text(
        "Nơi nhận thông báo thay đổi (webhook)", "Receivers of changes (webhooks)"
    ),
    "webhooks_lead": Text(
        "Mỗi thay đổi trong sổ địa chỉ được gửi tới các phần mềm dưới đây, có chữ ký. Lần nào gửi "
        "không được, hệ thống tự gửi lại, thưa dần, trong khoảng ba ngày.",
        "Every change of the register is sent, signed, to the software below. What does not get "
        "through is sent again, ever less often, for about three days.",
    ),
    "webhooks_none": Text(
        "Chưa có nơi nhận nào. Đăng ký qua API: POST /v1/webhooks.",
        "There are no receivers yet. Register one through the API: POST /v1/webhooks.",
    ),
    "webhooks_types": Text("Loại sự kiện", "Types of events"),
    "webhooks_every_type": Text("tất cả", "all"),
    "webhooks_owner": Text("Do ai đăng ký", "Registered by"),
    "webhooks_success": Text("Lần gửi thành công gần nhất", "Last success"),
    "webhooks_never": Text("chưa lần nào", "never"),
    "webhooks_failure": Text("Lần gửi gần nhất bị lỗi", "Last attempt failed"),
    "webhooks_failing_since": Text("từ {moment}", "since {moment}"),
    "webhooks_waiting": Text("Đang chờ gửi", "Waiting"),
    "webhooks_dead": Text("Không gửi được", "Given up"),
    "webhooks_next": Text("Lần gửi tiếp theo", "Next attempt"),
    "webhooks_behind": Text(
        "Còn {count} sự kiện chưa xét tới", "{count} more events not looked at yet"
    ),
    "webhooks_pause": Text("Tạm dừng", "Pause"),
    "webhooks_resume": Text("Gửi tiếp", "Resume"),
    "webhooks_replay": Text("Gửi lại những gì chưa tới nơi", "Send what was given up"),
    "webhooks_try": Text("Gửi thử", "Send a test"),
    "webhooks_done_pause": Text(
        "Đã tạm dừng. Sự kiện mới sẽ được gửi khi bấm “Gửi tiếp”.",
        "Paused. New events are sent once you press “Resume”.",
    ),
    "webhooks_done_resume": Text(
        "Đang gửi tiếp từ chỗ đã dừng.", "Sending goes on where it stopped."
    ),
    "webhooks_done_replay": Text(
        "Những sự kiện không gửi được đang được gửi lại.",
        "What was given up is being sent again.",
    ),
    "webhooks_done_delivered": Text("Tin gửi thử đã tới nơi.", "The test message was delivered."),
    "webhooks_done_failed": Text(
        "Tin gửi thử không tới nơi: {reason}.", "The test message was not delivered: {reason}."
    ),
}
