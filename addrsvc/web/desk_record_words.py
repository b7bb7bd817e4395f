"""What the desk says of records of field collection, in both languages."""

from __future__ import annotations

from typing import Final

from addrsvc.collection.model import CHECK_NAMES
from addrsvc.errors import Text

RECORD_LABELS: Final[dict[str, Text]] = {
    "title": Text("Bàn duyệt phiếu thu thập", "Desk: records of field collection"),
    "text": Text("Địa chỉ trên phiếu", "Address on the record"),
    "notes": Text("Vì sao cần xem", "Why to look"),
    "facts": Text("Phiếu", "Record"),
    "choices": Text("Địa chỉ trong vòng 50 m", "Addresses within 50 m"),
    "no_choices": Text(
        "Trong sổ không có địa chỉ công khai nào trong vòng 50 m.",
        "The register has no public address within 50 m.",
    ),
    "acts": Text("Quyết định về phiếu", "Decide about the record"),
    "words": Text("Lời nhắn cho người thu thập, hoặc lý do", "Words to the collector, or why"),
    "words_hint": Text(
        "Khi trả lại hoặc không duyệt, lời này hiện trên máy của người thu thập. Đừng ghi tên hay "
        "số điện thoại của ai.",
        "When sent back or refused, the collector’s device shows it. Write nobody’s name or "
        "telephone number.",
    ),
    "needs_words": Text(
        "Hãy viết cho người thu thập biết cần làm gì.",
        "Write first what the collector is to do.",
    ),
    "needs_reason": Text(
        "Phiếu này có thể trùng với địa chỉ đã có. Nếu vẫn duyệt, hãy ghi rõ vì sao không trùng.",
        "This may be an address that is there already. To accept it, write why it is another.",
    ),
}
"""What the parts of the page are called with records."""

REASONS: Final[dict[str, Text]] = {
    **{each.value: name for each, name in CHECK_NAMES.items()},
    "overridden": Text("Người thu thập bỏ qua cảnh báo", "The collector went past a warning"),
    "conflict": Text("Sổ và phiếu khác nhau", "The register and the record differ"),
    "impossible-movement": Text("Di chuyển nhanh bất thường", "Moved too fast"),
    "clock-off": Text("Đồng hồ máy sai", "The device’s clock was wrong"),
}
"""Why records wait, to narrow by; by the slug of what was found."""

RECORD_WORDS: Final[dict[str, Text]] = {
    "act_accept": Text("Duyệt", "Accept"),
    "act_send-back": Text("Trả lại", "Send back"),
    "act_refuse": Text("Không duyệt", "Refuse"),
    "title": Text("{act} · {label}", "{act} · {label}"),
    "unlabelled": Text("chưa có địa chỉ", "no address"),
    "about_gone": Text(
        "Người thu thập báo địa chỉ này không còn. Duyệt là ngừng dùng địa chỉ trong sổ.",
        "The collector says that this address is gone. To accept retires it in the register.",
    ),
    "quarantined": Text(
        "Phiếu để riêng: gửi từ máy đã bị thu hồi hoặc nhập từ tệp. Hãy kiểm tra kỹ trước khi "
        "duyệt.",
        "Kept apart: it came from a device that was revoked, or from a file. Check it well.",
    ),
    "differ": Text(
        "Sổ địa chỉ đã đổi sau khi người thu thập xem: {fields}.",
        "The register changed after the collector looked: {fields}.",
    ),
    "decided_note": Text("Lời nhắn đã gửi: {note}", "Words sent: {note}"),
    "no_address": Text(
        "Không xem được địa chỉ này trong sổ: đã bị xóa, hoặc bạn không có quyền xem.",
        "The address cannot be seen: it is not there, or not for you.",
    ),
    "retired": Text(
        "Trong sổ, địa chỉ này hiện là: {status}.", "In the register this address is: {status}."
    ),
    "private": Text(
        "Có phần riêng tư (liên hệ hoặc ghi chú) đi cùng phiếu.",
        "A private part (contact or words) belongs to the record.",
    ),
    "code": Text("Mã địa chỉ", "Code"),
    "commune": Text("Phường, xã", "Commune"),
    "made": Text("Ghi lúc", "Written"),
    "received": Text("Nhận lúc", "Received"),
    "collector": Text("Người thu thập", "Collector"),
    "carried": Text("Nhập từ tệp bởi", "Brought by"),
    "task": Text("Việc được giao", "Task"),
    "revision": Text("Lần gửi", "Revision"),
    "accuracy": Text("Sai số vị trí", "Accuracy"),
    "accuracy_value": Text("± {distance}, {method}", "± {distance}, {method}"),
    "apart": Text("Lối vào lệch so với sổ", "Entrance, apart from the register"),
    "apart_base": Text("Lối vào lệch so với lúc tải", "Entrance, apart from what was seen"),
    "building_apart": Text("Nhà cách lối vào", "Building, from the entrance"),
    "rooms": Text("Số phòng", "Rooms"),
    "households": Text("Số hộ", "Households"),
    "app": Text("Phiên bản ứng dụng", "App"),
    "decided": Text("Quyết định gần nhất", "Last decided"),
    "photo_gate": Text("Ảnh cổng", "Photo of the gate"),
    "photo": Text("Ảnh", "Photo"),
    "photo_number": Text("{what} {number}", "{what} {number}"),
    "photo_away": Text(
        "{what}: đang trên đường gửi, chưa xem được", "{what}: still on its way, not here yet"
    ),
    "photo_erased": Text("{what}: đã xóa theo thời hạn lưu", "{what}: erased, its time was over"),
    "photo_unreadable": Text(
        "{what}: tệp đã đến đủ nhưng hỏng, không mở được; cần ảnh thì trả lại phiếu để chụp lại",
        "{what}: the file arrived whole but is broken and does not open; if a photo is needed, "
        "send the record back for another",
    ),
    "photo_too_large": Text(
        "{what}: ảnh có kích thước quá lớn nên không hiện được; cần ảnh thì trả lại phiếu để chụp "
        "lại ở chế độ thường",
        "{what}: it has too many pixels to be shown; if a photo is needed, send the record back "
        "for one taken in normal mode",
    ),
    "change_same": Text("như trong sổ", "as registered"),
    "change_changed": Text("phiếu sửa", "changed by the record"),
    "change_new": Text("mới", "new"),
    "change_elsewhere": Text("sổ đã đổi, phiếu giữ nguyên", "changed in the register only"),
    "change_conflict": Text("hai bên khác nhau: hãy chọn", "both changed it: choose"),
    "change_since": Text("sổ đã đổi sau khi đi thu thập", "changed in the register since"),
    "change_moved": Text("{change} (cách nhau {distance})", "{change} ({distance} apart)"),
    "base_unknown": Text("(không rõ)", "(not known)"),
    "place_collected": Text("lối vào theo phiếu", "entrance collected"),
    "place_stood": Text("chỗ người thu thập đứng", "where the collector stood"),
    "place_registered": Text("trong sổ", "registered"),
    "place_base": Text("lúc người thu thập tải về", "as the collector saw it"),
    "place_building": Text("nhà", "building"),
    "sign_collected": Text("×", "×"),
    "sign_registered": Text("S", "R"),
    "sign_base": Text("C", "B"),
    "sign_building": Text("N", "H"),
    "filter_commune": Text("Phường, xã", "Commune"),
    "filter_act": Text("Việc ghi", "What was found"),
    "filter_reason": Text("Lý do cần xem", "Why to look"),
    "filter_task": Text("Việc được giao", "Task"),
    "filter_collector": Text("Người thu thập", "Collector"),
    "filter_state": Text("Tình trạng", "State"),
    "waiting": Text("Chờ duyệt", "Waiting for review"),
    "open_address": Text("Mở trang địa chỉ", "Open the address"),
    "open_place": Text("Xem quanh chỗ này", "What is around"),
}
"""What records say at the desk, see ``desk_record_item``."""
