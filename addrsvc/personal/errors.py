"""What can be wrong about people's data and the keys they are encrypted with."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Text, Unavailable


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
        "Không đọc được khóa mã hóa trong {source}: {reason}. Mỗi khóa là 32 byte viết dạng "
        "base64, khóa mới nhất đứng đầu. Tạo khóa: addrsvc persons new-key.",
        "The encryption keys in {source} cannot be read: {reason}. A key is 32 bytes in url-safe "
        "base64, the newest first. Make one with: addrsvc persons new-key.",
    )
    source: str
    reason: str


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
