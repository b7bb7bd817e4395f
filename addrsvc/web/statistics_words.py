"""What the page of statistics of dossiers says, in both languages."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text

STATISTICS_WORDS: Final[dict[str, Text]] = {
    "statistics_title": Text("Thống kê hồ sơ", "Dossiers in numbers"),
    "statistics_lead": Text(
        "Địa chỉ ghi trong hồ sơ thủ tục hành chính đã được liên kết với sổ địa chỉ đến đâu.",
        "How far the addresses in dossiers are linked with the address register.",
    ),
    "statistics_as_of": Text(
        "Số liệu lúc {moment}, gồm mọi thay đổi đến sự kiện số {number}.",
        "As of {moment}, with every change up to event {number}.",
    ),
    "statistics_never": Text(
        "Chưa thống kê lần nào. Số liệu có sau khoảng một phút, khi tiến trình nền đang chạy.",
        "Nothing has been counted yet. The numbers come within a minute or so, while a worker "
        "runs.",
    ),
    "statistics_areas": Text(
        "Chỉ tính các phường, xã bạn phụ trách.", "Only the communes you are in charge of."
    ),
    "statistics_none": Text(
        "Không có hồ sơ nào trong khoảng ngày này.", "There are no dossiers in these days."
    ),
    "statistics_from": Text("Tiếp nhận từ ngày", "Received from"),
    "statistics_to": Text("Đến ngày", "To"),
    "statistics_show": Text("Xem", "Show"),
    "statistics_all_days": Text("Mọi ngày", "All days"),
    "statistics_totals": Text("Tổng số", "Totals"),
    "statistics_dossiers": Text("Hồ sơ", "Dossiers"),
    "statistics_addresses": Text("Địa chỉ", "Addresses"),
    "statistics_linked": Text("Đã liên kết", "Linked"),
    "statistics_half_wait": Text(
        "một nửa đã chờ từ {days} ngày trở lên", "half have waited {days} days or longer"
    ),
    "statistics_by": Text("Thống kê theo", "Count by"),
    "statistics_most": Text(
        "Chỉ hiện {count} dòng có nhiều địa chỉ nhất; tệp CSV có đủ.",
        "Only the {count} rows with the most addresses; the CSV file has them all.",
    ),
    "statistics_bar": Text("Tỷ trọng", "Proportions"),
    "statistics_csv": Text("Tải bảng này (CSV)", "This table as CSV"),
    "statistics_map": Text("Bản đồ", "Map"),
    "statistics_map_file": Text(
        "Tải bản đồ (một tệp HTML, mở được khi không có mạng)",
        "The map as one HTML file, which opens without a network",
    ),
    "statistics_map_missing": Text(
        "Bản đồ chưa được cài trên máy chủ này. Bảng số liệu vẫn đầy đủ.",
        "The map is not installed on this server. The table has all the numbers.",
    ),
}
