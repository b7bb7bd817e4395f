"""What the page of coverage says, in both languages."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text

COVERAGE_WORDS: Final[dict[str, Text]] = {
    "coverage_title": Text("Tiến độ địa chỉ số", "Progress of digital addresses"),
    "coverage_nav": Text("Tiến độ", "Progress"),
    "coverage_lead": Text(
        "Mỗi phường, xã đã thu thập, xác minh, thông báo mã và gắn biển đến đâu.",
        "How far each commune is: collected, verified, notified, plates fixed.",
    ),
    "coverage_as_of": Text(
        "Số địa chỉ thống kê lúc {moment}, gồm mọi thay đổi đến sự kiện số {number}.",
        "Addresses counted at {moment}, with every change up to event {number}.",
    ),
    "coverage_never": Text(
        "Chưa thống kê lần nào. Số liệu có sau khoảng một phút, khi tiến trình nền đang chạy.",
        "Nothing has been counted yet. The numbers come within a minute or so, while a worker "
        "runs.",
    ),
    "coverage_areas": Text(
        "Chỉ tính các phường, xã bạn phụ trách.", "Only the communes you are in charge of."
    ),
    "coverage_none": Text(
        "Chưa có địa chỉ nào và chưa có số hộ dự kiến.",
        "There are no addresses and no expected households yet.",
    ),
    "coverage_totals": Text("Tổng số", "Totals"),
    "coverage_expected": Text("Số hộ dự kiến", "Households expected"),
    "coverage_expected_of": Text(
        "ở {count} phường, xã đã có số dự kiến", "in {count} communes with an expected number"
    ),
    "coverage_share": Text("Hộ đã thu thập / dự kiến", "Collected of those expected"),
    "coverage_no_expected": Text(
        "Chưa có số hộ dự kiến của phường, xã nào nên chưa tính được tỷ lệ. Nhập bằng lệnh "
        "addrsvc coverage import-expected.",
        "No commune has an expected number of households yet, so there are no shares. Import them "
        "with addrsvc coverage import-expected.",
    ),
    "coverage_communes": Text("Theo phường, xã", "By commune"),
    "coverage_commune": Text("Phường, xã", "Commune"),
    "coverage_collected": Text("Đã thu thập", "Collected"),
    "coverage_households": Text("Hộ", "Dwellings"),
    "coverage_verified": Text("Xác minh", "Verified"),
    "coverage_notified": Text("Thông báo", "Notified"),
    "coverage_plates": Text("Gắn biển", "Plates"),
    "coverage_findings": Text("Phải sửa, xem lại", "To mend or look at"),
    "coverage_waiting": Text("Hồ sơ chờ", "Dossiers waiting"),
    "coverage_tickets": Text("Phản ánh chưa xong", "Open reports"),
    "coverage_former": Text("(đã hết hiệu lực)", "(no longer in force)"),
    "coverage_over": Text("vượt dự kiến", "more than expected"),
    "coverage_over_note": Text(
        "Có phường, xã thu thập nhiều hơn dự kiến: số dự kiến đã cũ, hoặc có địa chỉ trùng. Hãy "
        "xem lại.",
        "Some communes have more than expected: the expected number is old, or addresses stand "
        "there twice. Look again.",
    ),
    "coverage_unknown": Text("“–”: chưa có dữ liệu, khác với 0.", "“–”: no data, which is not 0."),
    "coverage_left_out": Text(
        "Không hiện {count} phường, xã chưa có địa chỉ nào trong sổ và chưa có số dự kiến.",
        "{count} communes without any address in the register and without an expected number are "
        "left out.",
    ),
    "coverage_all": Text("Hiện cả các phường, xã này", "Show them too"),
    "coverage_order": Text("Xếp theo", "Order by"),
    "coverage_most": Text(
        "Chỉ hiện {count} phường, xã đầu; tệp CSV có đủ.",
        "Only the first {count} communes; the CSV file has them all.",
    ),
    "coverage_csv": Text("Tải bảng này (CSV)", "This table as CSV"),
    "coverage_json": Text("Dữ liệu JSON", "JSON"),
    "coverage_growth": Text("Tăng trưởng", "Growth"),
    "coverage_growth_lead": Text(
        "Tính theo ngày ghi vào sổ, giờ Việt Nam.",
        "By the day on which the register was told, Vietnam time.",
    ),
    "coverage_by": Text("Theo", "By"),
    "coverage_from": Text("Từ ngày", "From"),
    "coverage_to": Text("Đến ngày", "To"),
    "coverage_show": Text("Xem", "Show"),
    "coverage_made": Text("Ghi mới", "Entered"),
    "coverage_first_verified": Text("Xác minh lần đầu", "First verified"),
    "coverage_retired": Text("Ngừng dùng", "Retired"),
    "coverage_bar": Text("Biểu đồ ghi mới", "Entered, as bars"),
    "coverage_quality": Text("Chất lượng", "Quality"),
    "coverage_quality_lead": Text(
        "Theo lần kiểm tra gần nhất của từng phường, xã (mới nhất: {moment}).",
        "As of the last audit of each commune (the newest: {moment}).",
    ),
    "coverage_quality_none": Text(
        "Chưa kiểm tra lần nào. Chạy lệnh: addrsvc addresses audit.",
        "No audit was made yet. Run: addrsvc addresses audit.",
    ),
    "coverage_finding": Text("Điều phát hiện", "Finding"),
    "coverage_severity": Text("Mức độ", "Weight"),
    "coverage_count": Text("Số địa chỉ", "Addresses"),
    "coverage_dossiers": Text("Hồ sơ", "Dossiers"),
    "coverage_dossier_addresses": Text("Địa chỉ trong hồ sơ", "Addresses in dossiers"),
    "coverage_dossier_linked": Text("Đã liên kết", "Linked"),
    "coverage_dossier_waiting": Text("Chờ người xem", "Waiting for a person"),
    "coverage_dossier_page": Text("Thống kê hồ sơ đầy đủ", "All numbers on dossiers"),
    "coverage_map": Text("Bản đồ", "Map"),
    "coverage_map_needs": Text(
        "Bản đồ cần JavaScript; bảng ở trên có đủ các số liệu đó.",
        "The map needs JavaScript; the table above has all its numbers.",
    ),
    "coverage_map_file": Text(
        "Tải bản đồ (một tệp HTML, mở được khi không có mạng)",
        "The map as one HTML file, which opens without a network",
    ),
    "coverage_map_missing": Text(
        "Bản đồ chưa được cài trên máy chủ này. Bảng số liệu vẫn đầy đủ.",
        "The map is not installed on this server. The table has all the numbers.",
    ),
}
