"""Pure: what stands on a printed certificate."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text

TITLE: Final = Text("GIẤY XÁC NHẬN ĐỊA CHỈ SỐ", "CERTIFICATE OF A DIGITAL ADDRESS")
SERIAL: Final = Text("Số giấy", "Certificate number")
INTRO: Final = Text(
    "Theo sổ địa chỉ số tại thời điểm cấp giấy này, mã địa chỉ số dưới đây được ghi nhận như sau:",
    "At the moment this was issued, the register of digital addresses said of the code below:",
)
CODE: Final = Text("Mã địa chỉ số", "Digital address code")
LABEL: Final = Text("Địa chỉ", "Address")
NAME: Final = Text("Tên", "Name")
KIND: Final = Text("Loại đối tượng", "Kind")
COMMUNE: Final = Text("Phường, xã", "Commune")
PROVINCE: Final = Text("Tỉnh, thành phố", "Province")
STATUS: Final = Text("Tình trạng", "Status")
SINCE: Final = Text("{status}, từ {day}", "{status}, since {day}")
POSITION: Final = Text("Vị trí (WGS 84)", "Position (WGS 84)")
PLACE: Final = Text(
    "vĩ độ {lat}, kinh độ {lon}; sai số khoảng {metres} m",
    "latitude {lat}, longitude {lon}; off by about {metres} m",
)
NO_PLACE: Final = Text("chưa ghi", "not recorded")
ISSUER: Final = Text("Nơi cấp mã, cấp giấy", "Issued by")
ISSUED: Final = Text("Cấp lúc", "Issued at")
AS_OF: Final = Text("Sổ địa chỉ tính đến", "Register as of")
AS_OF_EVENT: Final = Text(
    "sự kiện số {event}; phiên bản {version} của địa chỉ",
    "event {event}; version {version} of the address",
)
KEY: Final = Text("Khóa ký (Ed25519)", "Signed with key (Ed25519)")
CHECK_HEAD: Final = Text("Kiểm tra giấy này", "How to verify this")
CHECK_ONLINE: Final = Text(
    "Quét mã QR nhỏ hoặc mở {link} để xem địa chỉ còn đúng như trên giấy hay đã thay đổi.",
    "Scan the small QR code or open {link} to see whether the address is still as printed.",
)
CHECK_OFFLINE: Final = Text(
    "Mã QR lớn chứa toàn bộ nội dung giấy và chữ ký số. Chép nội dung đó vào ô kiểm tra tại "
    "{page}, hoặc khi không có mạng: addrsvc certificate verify, với khóa công khai của nơi cấp.",
    "The large QR code holds all that is certified and its signature. Put what it says in the box "
    "at {page}, or without a network use addrsvc certificate verify with the issuer's public key.",
)
CHECK_FILE: Final = Text(
    "Nội dung dài nên mã QR chỉ chứa liên kết; tệp có chữ ký tải tại {link}.",
    "What is certified is long, so the QR code holds the link only; the signed file is at {link}.",
)
NOTICE: Final = Text(
    "Chỉ xác nhận nội dung sổ địa chỉ số; không xác nhận quyền sử dụng đất, sở hữu nhà hay cư trú.",
    "Says what the register of addresses says; nothing of rights to land, ownership or residence.",
)
DEMO: Final = Text("DỮ LIỆU THỬ NGHIỆM, KHÔNG CÓ GIÁ TRỊ", "INVENTED FOR TESTING, HOLDS NOWHERE")
