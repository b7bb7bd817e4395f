"""Pure: what stands on a letter that tells a code, in Vietnamese: it is an office's letter."""

from __future__ import annotations

from typing import Final

STATE: Final = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
OFFICE: Final = ("ỦY BAN NHÂN DÂN", "{commune}")
DAY: Final = "Ngày {day} tháng {month} năm {year}"
TITLE: Final = "THÔNG BÁO MÃ ĐỊA CHỈ SỐ"
TO: Final = "Kính gửi: hộ gia đình, cơ quan, tổ chức tại {label}"
GIVEN: Final = "Địa chỉ trên đã được cấp mã địa chỉ số:"
LINES: Final = (
    """Mã gồm mười chữ số và một chữ số kiểm tra đứng cuối. Khi đọc qua điện thoại hoặc ghi vào giấy
    tờ, hãy dùng đủ mười một chữ số để tránh nhầm.""",
    """Mã không thay đổi khi sắp xếp đơn vị hành chính, đặt tên đường hay đánh lại số nhà. Mã dùng
    để tìm đường, giao nhận thư và hàng, gọi cấp cứu, làm thủ tục hành chính.""",
    """Quét mã QR trên đây hoặc mở {link} để xem địa chỉ trên bản đồ, in thẻ địa chỉ số hoặc báo
    chỗ chưa đúng.""",
    """Biển địa chỉ số được gắn ở cổng hoặc cửa chính, chỗ dễ thấy từ đường. Đề nghị giữ gìn biển;
    biển hỏng hoặc mất thì báo Ủy ban nhân dân phường, xã.""",
    """Thông báo này không ghi tên, số điện thoại của ai và không yêu cầu cung cấp các thông tin
    đó. Việc cấp mã và gắn biển không thay cho giấy tờ về nhà, đất hay nơi cư trú.""",
)
SIGNED: Final = "TM. ỦY BAN NHÂN DÂN"
DEMO: Final = "DỮ LIỆU THỬ NGHIỆM, KHÔNG CÓ GIÁ TRỊ"
PLATES: Final = "Biển địa chỉ số, in đúng kích thước (100 %), cắt theo dấu · {number}"
