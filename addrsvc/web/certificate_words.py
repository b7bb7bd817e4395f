"""What stands on the pages about certificates, in both languages."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text

CERTIFICATE_WORDS: Final[dict[str, Text]] = {
    "cert_title": Text("Giấy xác nhận địa chỉ số", "Certificates of digital addresses"),
    "cert_lead": Text(
        "Giấy xác nhận ghi lại nội dung sổ địa chỉ số tại một thời điểm và có chữ ký số, nên ai "
        "cầm giấy cũng tự kiểm tra được. Giấy không có tên chủ nhà hay số điện thoại.",
        "A certificate says what the register of addresses said at one moment, and is signed, so "
        "that whoever holds it can verify it. It names no householder and no telephone number.",
    ),
    "cert_number": Text("Kiểm tra theo số giấy", "Look up by number"),
    "cert_number_label": Text("Số in trên giấy", "Number on the paper"),
    "cert_number_hint": Text(
        "16 chữ và số, ví dụ ABCD-EFGH-IJKL-MNOP; viết liền hay có gạch đều được.",
        "16 letters and digits such as ABCD-EFGH-IJKL-MNOP, with or without dashes.",
    ),
    "cert_number_ask": Text("Xem hiện trạng", "Show present state"),
    "cert_check": Text("Kiểm tra chữ ký", "Verify the signature"),
    "cert_check_label": Text(
        "Nội dung mã QR lớn hoặc tệp JSON của giấy", "What the large QR code says, or the JSON file"
    ),
    "cert_check_hint": Text(
        "Dán nguyên văn, không cắt bớt. Nội dung chỉ dùng để kiểm tra, không được lưu lại.",
        "Paste all of it, unchanged. It is only verified here, and not kept.",
    ),
    "cert_check_ask": Text("Kiểm tra", "Verify"),
    "cert_get": Text("Xin giấy xác nhận", "Get a certificate"),
    "cert_get_label": Text("Mã địa chỉ số", "Code of the address"),
    "cert_get_hint": Text(
        "Cấp ngay cho địa chỉ công khai đang dùng; trong cùng một ngày, nội dung không đổi thì vẫn "
        "là giấy đó.",
        "Given at once for a public address in use; on the same day, where nothing changed, it is "
        "the same certificate.",
    ),
    "cert_get_ask": Text("Cấp giấy", "Issue it"),
    "cert_offline": Text("Kiểm tra khi không có mạng", "Verifying without a network"),
    "cert_offline_how": Text(
        "Tải trước khóa công khai của nơi cấp (khóa cũ vẫn còn ở đó), rồi chạy lệnh dưới đây với "
        "tệp JSON hoặc nội dung mã QR lớn. Lệnh này không cần mạng.",
        "Have the issuer’s public keys at hand (old ones stay there), then run this with the JSON "
        "file or what the large QR code says. It needs no network.",
    ),
    "cert_keys": Text("Khóa công khai (JWK và PEM)", "Public keys (JWK and PEM)"),
    "cert_of": Text("Giấy xác nhận số {serial}", "Certificate {serial}"),
    "cert_holds": Text("Chữ ký đúng", "The signature holds"),
    "cert_holds_why": Text(
        "Nội dung dán vào đúng là giấy đã cấp, không bị sửa.",
        "What was pasted is what was issued, unchanged.",
    ),
    "cert_revoked": Text(
        "Khóa ký giấy này đã bị thu hồi", "The key it was signed with was revoked"
    ),
    "cert_revoked_all": Text(
        "Khóa ký không còn được tin (lý do: {reason}). Hệ thống xác nhận có cấp giấy này, nhưng "
        "nơi khác kiểm tra chữ ký sẽ từ chối.",
        "The key is not trusted any more (because: {reason}). This service did issue the "
        "certificate, but whoever verifies its signature elsewhere will refuse it.",
    ),
    "cert_revoked_since": Text(
        "Khóa ký không còn được tin từ {since} (lý do: {reason}). Hệ thống xác nhận có cấp giấy "
        "này, nhưng nơi khác chỉ kiểm tra chữ ký thì không đủ để tin.",
        "The key is not trusted from {since} on (because: {reason}). This service did issue the "
        "certificate, but elsewhere its signature alone is not enough.",
    ),
    "cert_unchanged": Text("Địa chỉ vẫn đúng như trên giấy", "The address is still so"),
    "cert_unchanged_why": Text(
        "Hiện nay sổ địa chỉ số ghi đúng như khi cấp giấy này.",
        "The register says now what it said when this was issued.",
    ),
    "cert_changed": Text("Địa chỉ đã thay đổi từ khi cấp giấy", "Changed since it was issued"),
    "cert_changed_why": Text("Đã thay đổi: {facts}.", "Changed: {facts}."),
    "cert_changed_next": Text(
        "Giấy vẫn đúng với nội dung lúc cấp. Cần nội dung hiện nay thì xin giấy mới.",
        "It still tells what was so then. For what is so now, get a new one.",
    ),
    "cert_retired": Text("Địa chỉ này không còn dùng", "The address is not in use any more"),
    "cert_retired_alone": Text(
        "Không có mã nào thay thế được ghi nhận.", "No code is recorded in its place."
    ),
    "cert_retired_next": Text("Mã thay thế:", "Codes in its place:"),
    "cert_issued_head": Text("Nội dung khi cấp", "As it was issued"),
    "cert_pdf": Text("Tải bản in (PDF)", "Print it (PDF)"),
    "cert_file": Text("Tải tệp có chữ ký (JSON)", "Signed file (JSON)"),
    "cert_new": Text("Xin giấy mới", "Get a new one"),
    "cert_see_address": Text("Xem địa chỉ hiện nay", "See the address as it is"),
    "cert_another": Text("Kiểm tra giấy khác", "Verify another"),
    "cert_notice": Text(
        "Giấy chỉ xác nhận nội dung sổ địa chỉ số, không xác nhận quyền sử dụng đất, quyền sở hữu "
        "nhà hay nơi cư trú của ai.",
        "It says what the register of addresses says, and nothing of rights to land or houses, or "
        "of who lives there.",
    ),
}
