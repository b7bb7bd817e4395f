"""What can be wrong with certificates and their keys."""

from __future__ import annotations

from dataclasses import dataclass, field

from addrsvc.errors import Conflict, InvalidInput, NotFound, Text, Unavailable


@dataclass(eq=False)
class CertificateUnreadable(InvalidInput):
    """What is to be verified is no certificate in any of its forms."""

    slug = "certificate-unreadable"
    title = Text("Không đọc được giấy xác nhận", "Certificate unreadable")
    message = Text(
        "Nội dung này không phải giấy xác nhận địa chỉ số ({why}). Hãy dán nguyên văn tệp JSON đã "
        "tải về, hoặc toàn bộ nội dung mã QR lớn trên giấy, không sửa, không cắt bớt.",
        "This is no certificate of an address ({why}). Paste the JSON file as it was downloaded, "
        "or all that the large QR code on the paper says, unchanged and whole.",
    )
    why: str


@dataclass(eq=False)
class CertificateForged(Conflict):
    """The signature does not hold for what is said."""

    slug = "certificate-forged"
    title = Text("Chữ ký không đúng", "Signature does not hold")
    message = Text(
        "Chữ ký không khớp với nội dung: giấy này đã bị sửa hoặc không do khóa {key_id} ký. Không "
        "nên tin; hãy tra cứu địa chỉ trên hệ thống hoặc hỏi nơi cấp.",
        "The signature does not hold: this was changed, or key {key_id} did not sign it. Do not "
        "rely on it; look the address up, or ask who issued it.",
    )
    key_id: str


@dataclass(eq=False)
class CertificateKeyUnknown(NotFound):
    """It names a key that is not among those given."""

    slug = "certificate-key-unknown"
    title = Text("Không biết khóa đã ký", "Signing key not known")
    message = Text(
        "Giấy này ghi khóa ký {key_id}, không có trong các khóa công khai đang dùng để kiểm tra. "
        "Lấy khóa công khai của nơi cấp tại /v1/certificates/keys (khóa cũ vẫn ở đó) rồi kiểm tra "
        "lại; nếu ở đó không có thì không nên tin giấy này.",
        "It names the key {key_id}, which is not among the public keys at hand. Get those of the "
        "issuer from /v1/certificates/keys (old ones stay there) and verify again; if it is not "
        "there, do not rely on this.",
    )
    key_id: str


@dataclass(eq=False)
class CertificateKeyRevoked(Conflict):
    """The key it was signed with was not to be trusted any more."""

    slug = "certificate-key-revoked"
    title = Text("Khóa ký đã bị thu hồi", "Signing key revoked")
    message = Text(
        "Khóa {key_id} đã bị thu hồi (không còn tin từ: {since}; lý do: {reason}), nên chữ ký này "
        "không chứng minh được gì. Không nên tin giấy; hãy tra cứu địa chỉ trên hệ thống, hoặc xin "
        "giấy mới ký bằng khóa mới.",
        "Key {key_id} was revoked (not trusted from: {since}; because: {reason}): this signature "
        "proves nothing. Do not rely on it; look the address up, or ask for a new certificate by a "
        "new key.",
    )
    key_id: str
    since: str
    reason: str


@dataclass(eq=False)
class CertificateSignerRevoked(Unavailable):
    """The key this service is set to sign with was revoked."""

    slug = "certificate-signer-revoked"
    title = Text("Khóa đang ký đã bị thu hồi", "Key that signs was revoked")
    message = Text(
        "Khóa {key_id} mà hệ thống đang dùng để ký đã bị thu hồi, nên chưa cấp được giấy xác nhận. "
        "Người quản trị tạo khóa mới bằng lệnh addrsvc certificate new-key, đặt vào "
        "ADDRSVC_CERTIFICATE_KEY hoặc ADDRSVC_CERTIFICATE_KEY_FILE rồi khởi động lại.",
        "Key {key_id}, which this service is set to sign with, was revoked: no certificate is "
        "issued. Its operator makes a new one with addrsvc certificate new-key, sets "
        "ADDRSVC_CERTIFICATE_KEY or ADDRSVC_CERTIFICATE_KEY_FILE to it, and starts again.",
    )
    key_id: str


@dataclass(eq=False)
class CertificateKeyNotOurs(NotFound):
    """A key that is to be revoked never signed here and is not set either."""

    slug = "certificate-key-not-ours"
    title = Text("Không có khóa này", "No such key")
    message = Text(
        "Hệ thống này không có khóa {key_id}. Xem các khóa: addrsvc certificate keys list.",
        "This service has no key {key_id}. See its keys with addrsvc certificate keys list.",
    )
    key_id: str


@dataclass(eq=False)
class CertificateKeyRevokedAlready(Conflict):
    """A key is revoked once."""

    slug = "certificate-key-revoked-already"
    title = Text("Khóa đã bị thu hồi trước đó", "Key was revoked before")
    message = Text(
        "Khóa {key_id} đã bị thu hồi lúc {at}. Việc thu hồi không sửa và không bỏ được.",
        "Key {key_id} was revoked at {at}. That is neither changed nor undone.",
    )
    key_id: str
    at: str


@dataclass(eq=False)
class CertificateRevocationUnclear(InvalidInput):
    """Why, or from when on, is not said in a way that can be kept."""

    slug = "certificate-revocation-unclear"
    title = Text("Chưa rõ lý do hoặc thời điểm thu hồi", "Reason or moment unclear")
    message = Text(
        "Hãy ghi lý do (--reason, không quá 500 ký tự; ai cũng đọc được) và thời điểm --from không "
        "ở tương lai.",
        "Give a reason (--reason, 500 characters at most; anybody can read it), and a moment "
        "--from that is not to come.",
    )


@dataclass(eq=False)
class CertificateNotFound(NotFound):
    """No certificate of this serial, or none for everybody any more."""

    slug = "certificate-not-found"
    title = Text("Không có giấy xác nhận này", "No such certificate")
    message = Text(
        "Không có giấy xác nhận nào công khai mang số {serial}. Hãy kiểm tra lại số in trên giấy; "
        "số gồm 16 chữ và số, viết thành bốn nhóm.",
        "No public certificate has the number {serial}. Check the number on the paper: 16 letters "
        "and digits in four groups.",
    )
    serial: str


@dataclass(eq=False)
class CertificateNotInUse(Conflict):
    """Only an address that is in use is certified."""

    slug = "certificate-address-not-in-use"
    title = Text("Địa chỉ không dùng, không cấp giấy", "Address not in use, not certified")
    message = Text(
        "Địa chỉ {code} hiện không dùng nên không cấp giấy xác nhận. Hãy xin giấy cho mã đang thay "
        "nó (xem successors).",
        "Address {code} is not in use, so it is not certified. Ask for a certificate of the code "
        "that took its place (see successors).",
    )
    code: str
    successors: list[str] = field(default_factory=list)
    """With check digits."""


@dataclass(eq=False)
class CertificateKeyMissing(Unavailable):
    """This service has no key to sign with."""

    slug = "certificate-key-missing"
    title = Text("Chưa có khóa ký giấy xác nhận", "No key for certificates")
    message = Text(
        "Hệ thống chưa có khóa để ký giấy xác nhận địa chỉ số. Người quản trị tạo khóa bằng lệnh "
        "addrsvc certificate new-key rồi đặt ADDRSVC_CERTIFICATE_KEY hoặc "
        "ADDRSVC_CERTIFICATE_KEY_FILE. Thẻ địa chỉ số vẫn in được mà không cần khóa.",
        "This service has no key to sign certificates with. Its operator makes one with addrsvc "
        "certificate new-key and sets ADDRSVC_CERTIFICATE_KEY or ADDRSVC_CERTIFICATE_KEY_FILE. The "
        "card of an address needs none.",
    )


@dataclass(eq=False)
class CertificateKeyInvalid(Unavailable):
    """The key this service was given is none."""

    slug = "certificate-key-invalid"
    title = Text("Khóa ký giấy xác nhận không hợp lệ", "Invalid key for certificates")
    message = Text(
        "Khóa ký giấy xác nhận phải là 32 byte viết bằng base64, và tệp khóa phải đọc được. Người "
        "quản trị tạo khóa bằng lệnh addrsvc certificate new-key và kiểm tra "
        "ADDRSVC_CERTIFICATE_KEY, ADDRSVC_CERTIFICATE_KEY_FILE.",
        "A key for certificates is 32 bytes in base64, and its file must be readable. The operator "
        "makes one with addrsvc certificate new-key, and looks at ADDRSVC_CERTIFICATE_KEY and "
        "ADDRSVC_CERTIFICATE_KEY_FILE.",
    )


@dataclass(eq=False)
class PublicKeyUnreadable(InvalidInput):
    """A file of public keys is none."""

    slug = "certificate-public-key-unreadable"
    title = Text("Không đọc được khóa công khai", "Public key unreadable")
    message = Text(
        "{file} không chứa khóa công khai Ed25519. Cần tệp PEM do addrsvc certificate new-key in "
        "ra, hoặc tệp JSON tải từ /v1/certificates/keys.",
        "{file} holds no Ed25519 public key. Give the PEM that addrsvc certificate new-key prints, "
        "or the JSON of /v1/certificates/keys.",
    )
    file: str
