"""What stands on the pages of notices and plates, in both languages."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text

NOTICE_WORDS: Final[dict[str, Text]] = {
    "notices_nav": Text("Thông báo, gắn biển", "Notices, plates"),
    "notices_title": Text("Thông báo mã và gắn biển", "Notices of codes and plates"),
    "notices_lead": Text(
        "Chọn địa bàn hoặc danh sách mã, in thư thông báo và biển, rồi ghi lại việc đã làm tại "
        "từng nhà.",
        "Choose an area or a list of codes, print letters and plates, and note what was done at "
        "each house.",
    ),
    "notices_new": Text("Chuẩn bị đợt in mới", "Prepare a new batch"),
    "notices_commune": Text("Phường, xã", "Commune"),
    "notices_choose": Text("Chọn phường, xã", "Choose a commune"),
    "notices_locality": Text("Khu phố, ấp, tổ (không bắt buộc)", "Locality (optional)"),
    "notices_codes": Text("Hoặc danh sách mã địa chỉ số", "Or a list of codes"),
    "notices_codes_hint": Text(
        "Mỗi dòng một mã; khi có danh sách thì để trống phường, xã.",
        "One code a line; leave the commune empty then.",
    ),
    "notices_only": Text("Chỉ lấy địa chỉ", "Only addresses"),
    "notices_all": Text("tất cả địa chỉ đang dùng", "all in use"),
    "notices_not_told": Text("chưa thông báo", "not yet told the code"),
    "notices_no_plate": Text("chưa gắn biển", "without a plate"),
    "notices_note": Text("Ghi chú (không bắt buộc)", "Note (optional)"),
    "notices_prepare": Text("Chuẩn bị", "Prepare"),
    "notices_batches": Text("Các đợt in", "Batches"),
    "notices_no_batches": Text("Chưa có đợt in nào.", "No batch yet."),
    "notices_batch": Text("Đợt in số {number}", "Batch {number}"),
    "notices_older": Text("Các đợt cũ hơn", "Older ones"),
    "notices_of_list": Text("theo danh sách mã", "of a list of codes"),
    "notices_addresses": Text("Địa chỉ", "Addresses"),
    "notices_told": Text("Đã thông báo", "Told the code"),
    "notices_plated": Text("Đã gắn biển", "Plate fixed"),
    "notices_not_met": Text("Chưa gặp", "Nobody met"),
    "notices_counts": Text("Tiến độ theo phường, xã", "Progress by commune"),
    "notices_csv": Text("Tải bảng này (CSV)", "This table (CSV)"),
    "notices_no_counts": Text(
        "Chưa có địa chỉ đang dùng trong địa bàn được giao.", "No address in use in your areas yet."
    ),
    "notices_parts": Text("Các phần của đợt in", "Parts of the batch"),
    "notices_parts_hint": Text(
        "Mỗi phần có tối đa {size} địa chỉ, xếp theo đường đi.",
        "Each part holds {size} addresses at most, in the order one walks.",
    ),
    "notices_part": Text("Phần {number}", "Part {number}"),
    "notices_print": Text("In phần này", "Print this part"),
    "notices_letters": Text("Thư thông báo (PDF)", "Letters (PDF)"),
    "notices_size": Text("Cỡ biển", "Size of plates"),
    "notices_small": Text("Nhỏ, 90 × 60 mm (cửa, hộp thư)", "Small, 90 × 60 mm (door, letter box)"),
    "notices_standard": Text("Vừa, 150 × 100 mm (căn hộ)", "Medium, 150 × 100 mm (flat)"),
    "notices_large": Text("Lớn, 200 × 150 mm (cổng, mặt đường)", "Large, 200 × 150 mm (gate)"),
    "notices_size_hint": Text(
        "Chưa có văn bản quy định kích thước biển địa chỉ số; ba cỡ này do hệ thống đặt.",
        "No instrument says how large a plate of a digital address is; these sizes are our own.",
    ),
    "notices_plates": Text("Biển (PDF)", "Plates (PDF)"),
    "notices_mark": Text("Ghi việc đã làm", "Note what was done"),
    "notices_day": Text("Ngày làm", "Done on"),
    "notices_how": Text("Cách thông báo", "How they were told"),
    "notices_how_none": Text("không ghi", "not said"),
    "notices_all_of_part": Text("Ghi cho tất cả địa chỉ trong phần này", "All of this part"),
    "notices_undo": Text("Bỏ ghi", "Take back"),
    "notices_why": Text("Lý do chưa gặp", "Why nobody was met"),
    "notices_list": Text("Địa chỉ trong phần này", "Addresses of this part"),
    "notices_gone": Text(
        "{count} địa chỉ của phần này không còn dùng nên không in, không ghi.",
        "{count} addresses of this part are not in use any more: nothing is printed or noted.",
    ),
    "notices_did": Text(
        "Đã ghi {count} địa chỉ: {state}.", "Noted for {count} addresses: {state}."
    ),
    "notices_did_before": Text(
        "{count} địa chỉ đã ghi từ trước, giữ nguyên.", "{count} were noted before, as they are."
    ),
    "notices_undone": Text(
        "Đã bỏ ghi {count} địa chỉ: {state}.", "Taken back for {count} addresses: {state}."
    ),
    "notices_undo_all": Text("Bỏ ghi {count} địa chỉ vừa ghi", "Take back these {count}"),
    "notices_back": Text("Tất cả đợt in", "All batches"),
    "notices_failed": Text("Chưa ghi được", "Not noted"),
}
