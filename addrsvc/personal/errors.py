"""What can be wrong about people's data and the keys they are encrypted with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from addrsvc.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    Text,
    TooMany,
    Unavailable,
)


@dataclass(eq=False)
class EncryptionKeyMissing(Unavailable):
    """The service has no key to encrypt people's data with."""

    slug = "encryption-key-missing"
    title = Text("Thiếu khóa mã hóa dữ liệu cá nhân", "No key for personal data")
    message = Text(
        "Máy chủ chưa có khóa mã hóa nên không nhận và không đọc dữ liệu về người; không có gì "
        "được ghi. Quản trị viên cần đặt ADDRSVC_ENCRYPTION_KEY_FILE (hoặc "
        "ADDRSVC_ENCRYPTION_KEYS). Bỏ phần chủ hộ ra thì vẫn ghi được địa chỉ.",
        "The service has no encryption key, so it neither takes nor reads data about people; "
        "nothing was written. The operator sets ADDRSVC_ENCRYPTION_KEY_FILE (or "
        "ADDRSVC_ENCRYPTION_KEYS). Without the holder the address can be written.",
    )


@dataclass(eq=False)
class EncryptionKeysInvalid(Unavailable):
    """What stands where the keys should be is not a list of keys."""

    slug = "encryption-keys-invalid"
    title = Text("Khóa mã hóa không hợp lệ", "Encryption keys not valid")
    message = Text(
        "Không đọc được khóa mã hóa trong {source}: {reason_vi}. Mỗi khóa là 32 byte viết dạng "
        "base64, khóa mới nhất đứng đầu. Tạo khóa: addrsvc persons new-key.",
        "The encryption keys in {source} cannot be read: {reason_en}. A key is 32 bytes in "
        "url-safe base64, the newest first. Make one with: addrsvc persons new-key.",
    )
    reason_vi: str
    reason_en: str
    source: str


@dataclass(eq=False)
class EncryptionKeyUnknown(Unavailable):
    """Something was encrypted with a key the service does not have, or was altered."""

    slug = "encryption-key-unknown"
    title = Text("Không giải mã được", "Cannot be decrypted")
    message = Text(
        "Dữ liệu này được mã hóa bằng khóa {key_id}, máy chủ không có khóa đó hoặc dữ liệu đã bị "
        "sửa. Hãy khôi phục tệp khóa từ bản sao lưu rồi thử lại.",
        "This was encrypted with key {key_id}, which the service does not have, or it was "
        "altered. Restore the key file from its backup and try again.",
    )
    key_id: str


@dataclass(eq=False)
class ReadingsExhausted(TooMany):
    """A principal has read as many holders today as one may in a day."""

    slug = "holder-readings-exhausted"
    title = Text("Đã xem đủ số chủ hộ trong ngày", "Today’s readings of holders are used up")
    message = Text(
        "Mỗi người hoặc mỗi khóa được xem tối đa {per_day} chủ hộ một ngày và hôm nay đã hết. "
        "Hãy xem tiếp vào ngày mai; cần nhiều hơn thì nhờ quản trị viên đổi hạn mức.",
        "Each person or key may read {per_day} holders a day, and today’s are used up. Go on "
        "tomorrow, or ask the operator for a higher limit.",
    )
    per_day: int
    retry_after_s: int


@dataclass(eq=False)
class RequestNotFound(NotFound):
    """There is no request of this number."""

    slug = "person-request-not-found"
    title = Text("Không có yêu cầu này", "No such request")
    message = Text(
        "Không có yêu cầu số {number}. Xem danh sách: addrsvc persons list.",
        "There is no request {number}. See the list: addrsvc persons list.",
    )
    number: int


@dataclass(eq=False)
class RequestClosed(Conflict):
    """The request was closed before."""

    slug = "person-request-closed"
    title = Text("Yêu cầu đã được xử lý xong", "Request closed before")
    message = Text(
        "Yêu cầu số {number} đã đóng. Nếu người đó yêu cầu lần nữa, hãy ghi nhận yêu cầu mới.",
        "Request {number} is closed. If the person asks again, record a new request.",
    )
    number: int


@dataclass(eq=False)
class RequestOfOtherKind(Conflict):
    """An act is said to answer a request that asked for something else."""

    slug = "person-request-of-other-kind"
    title = Text("Yêu cầu thuộc loại khác", "Request of another kind")
    message = Text(
        "Yêu cầu số {number} không phải yêu cầu làm việc này nên chưa có gì thay đổi. Hãy kiểm tra "
        "lại số yêu cầu: addrsvc persons show {number}.",
        "Request {number} does not ask for this, so nothing was changed. Check the number with: "
        "addrsvc persons show {number}.",
    )
    number: int


@dataclass(eq=False)
class ReceivedInFuture(InvalidInput):
    """A request is said to have been received on a day to come."""

    slug = "person-request-in-future"
    title = Text("Ngày nhận yêu cầu ở tương lai", "Received on a day to come")
    message = Text(
        "Ngày nhận yêu cầu không thể sau hôm nay ({today}). Hãy nhập lại ngày nhận.",
        "A request cannot have been received after today ({today}). Give the day it was received.",
    )
    today: date


@dataclass(eq=False)
class PersonNotNamed(InvalidInput):
    """A person is looked for by name with phone or address, never by name alone."""

    slug = "person-not-named"
    title = Text("Chưa đủ để tìm một người", "Not enough to find a person")
    message = Text(
        "Cần họ tên cùng số điện thoại, hoặc họ tên cùng mã một địa chỉ của người đó; không tìm "
        "theo họ tên thôi.",
        "Give the name with the phone number, or with the code of an address of that person; "
        "nobody is looked for by name alone.",
    )
