"""What the server's pages of field collection say; the phone's own words are in ``words.js``."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text

FIELD_WORDS: Final[dict[str, Text]] = {
    "field_title": Text("Thu thập địa chỉ số", "Field collection of addresses"),
    "field_short": Text("Thu thập", "Collection"),
    "field_needs_script": Text(
        "Trang thu thập cần JavaScript. Hãy bật JavaScript trong trình duyệt rồi mở lại.",
        "Field collection needs JavaScript. Turn it on in the browser and open the page again.",
    ),
    "field_enrol_title": Text("Đăng ký máy thu thập", "Enrol a phone for collection"),
    "field_enrol_back": Text("Quay lại", "Back"),
    "field_enrol_as": Text("Bạn đang đăng nhập: {person}.", "You are signed in as {person}."),
    "field_enrol_other": Text("Đăng xuất, dùng tài khoản khác", "Sign out, use another account"),
    "field_enrol_lead": Text(
        "Đăng ký một lần khi có mạng. Sau đó máy thu thập được nhiều ngày không cần mạng và gửi "
        "phiếu bằng khóa riêng, có hạn 30 ngày; hết hạn thì đăng nhập để gia hạn, phiếu vẫn còn "
        "trên máy.",
        "Enrol once while there is a network. The phone then works for days without one and sends "
        "its records with a key of its own, good for 30 days; after that sign in to renew it, the "
        "records stay on the phone.",
    ),
    "field_phone_name": Text("Tên máy", "Name of the phone"),
    "field_phone_hint": Text(
        "Để bạn và người quản lý nhận ra máy, chẳng hạn khi báo mất.",
        "So that you and your supervisor know which it is, for instance when it is lost.",
    ),
    "field_phone_of": Text("Điện thoại của {person}", "Phone of {person}"),
    "field_areas": Text("Thu thập ở", "Collects in"),
    "field_enrol_button": Text("Đăng ký máy này", "Enrol this phone"),
    "field_renew_button": Text("Gia hạn máy này", "Renew this phone"),
    "field_renew_lead": Text(
        "Máy này đã đăng ký với tên “{name}”. Gia hạn thêm 30 ngày; phiếu và mã trên máy giữ "
        "nguyên.",
        "This phone is enrolled as “{name}”. Renew it for 30 days more; its records and codes stay "
        "as they are.",
    ),
    "field_renew_refused": Text(
        "Chưa gia hạn được: máy đã bị khóa, hoặc do người khác đăng ký. Người đã đăng ký hãy "
        "đăng nhập để gia hạn; nếu máy nay do bạn dùng thì đăng ký mới. Phiếu chưa gửi xong: "
        "{count}; khi đăng ký mới, các phiếu này được gửi dưới tên bạn.",
        "Not renewed: the phone was blocked, or somebody else enrolled it. Let that person sign in "
        "and renew it; if the phone is yours now, enrol it anew. Records not sent whole: {count}; "
        "enrolled anew, they are sent in your name.",
    ),
    "field_enrol_anew": Text("Đăng ký mới cho tôi", "Enrol it anew for me"),
    "field_enrol_failed": Text(
        "Không kết nối được máy chủ. Hãy kiểm tra mạng rồi thử lại.",
        "The server could not be reached. Check the network and try again.",
    ),
    "field_enrol_working": Text("Đang đăng ký…", "Enrolling…"),
    "field_enrol_unkept": Text(
        "Trình duyệt không cho lưu dữ liệu trên máy này (hết chỗ, hoặc đang ở chế độ ẩn danh) nên "
        "không thể thu thập. Hãy giải phóng bộ nhớ hoặc mở bằng cửa sổ thường rồi đăng ký lại.",
        "The browser does not let data be kept on this phone (it is full, or the window is "
        "private), so nothing can be collected. Make room or use an ordinary window and enrol "
        "again.",
    ),
}
