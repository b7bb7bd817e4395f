"""What the desk says, in both languages."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text
from addrsvc.geocoding.model import MatchLevel
from addrsvc.parsing.model import ComponentType, Status

COMPONENT_NAMES: Final[dict[ComponentType, Text]] = {
    ComponentType.UNIT: Text("Căn hộ", "Unit"),
    ComponentType.FLOOR: Text("Tầng", "Floor"),
    ComponentType.BUILDING: Text("Tòa nhà", "Building"),
    ComponentType.HOUSE_NUMBER: Text("Số nhà", "Number"),
    ComponentType.THOROUGHFARE: Text("Đường", "Street"),
    ComponentType.LOCALITY: Text("Khu phố, ấp", "Locality"),
    ComponentType.COMMUNE: Text("Phường, xã", "Commune"),
    ComponentType.DISTRICT: Text("Quận, huyện cũ", "Former district"),
    ComponentType.PROVINCE: Text("Tỉnh, thành", "Province"),
    ComponentType.POSTCODE: Text("Mã bưu chính", "Postcode"),
}

STATUS_NAMES: Final[dict[Status, Text]] = {
    Status.CONFIRMED: Text("có trong sổ", "in the register"),
    Status.CORRECTED: Text("đã sửa", "corrected"),
    Status.INFERRED: Text("suy ra", "inferred"),
    Status.UNCONFIRMED: Text("chưa rõ", "not known"),
    Status.MISSING: Text("thiếu", "missing"),
    Status.UNEXPECTED: Text("không khớp", "contradicts"),
}

LEVEL_NAMES: Final[dict[MatchLevel, Text]] = {
    MatchLevel.UNIT: Text("căn hộ", "unit"),
    MatchLevel.HOUSE: Text("đúng số nhà", "the very number"),
    MatchLevel.ALLEY: Text("cùng hẻm", "same alley"),
    MatchLevel.INTERPOLATED: Text("giữa hai số nhà", "between two numbers"),
    MatchLevel.STREET: Text("chỉ tới đường", "street only"),
    MatchLevel.LOCALITY: Text("chỉ tới khu phố, ấp", "locality only"),
    MatchLevel.ORGANISATION: Text("theo tên nơi", "named place"),
    MatchLevel.COMMUNE: Text("chỉ tới phường, xã", "commune only"),
    MatchLevel.PROVINCE: Text("chỉ tới tỉnh, thành", "province only"),
}

ITEM_WORDS: Final[dict[str, Text]] = {
    "procedure": Text("Thủ tục", "Procedure"),
    "role": Text("Vai trò", "Role"),
    "office": Text("Nơi xử lý", "Office"),
    "received": Text("Ngày nhận", "Received"),
    "note": Text("Ghi chú", "Note"),
    "decision": Text("Quyết định", "Decision"),
    "given_code": Text("Mã đã ghi: {value}", "Code given: {value}"),
    "given_parcel": Text("Thửa đất: {value}", "Parcel: {value}"),
    "given_point": Text("Tọa độ: {value}", "Point: {value}"),
    "missing": Text("Thiếu: {names}.", "Missing: {names}."),
    "same_linked": Text(
        "Cùng văn bản này, đã có {count} lần được liên kết tới {label}.",
        "The very same text was linked {count} times to {label}.",
    ),
    "same_rejected": Text(
        "Cùng văn bản này, đã có {count} lần bị từ chối liên kết.",
        "The very same text was rejected {count} times.",
    ),
    "same_no_match": Text(
        "Cùng văn bản này, đã có {count} lần ghi là chưa có trong sổ.",
        "The very same text was {count} times said to be not in the register yet.",
    ),
    "confidence": Text("độ tin cậy {percent} %", "confidence {percent} %"),
    "linked_now": Text("đang liên kết", "linked now"),
    "fallback": Text("không phải địa chỉ có mã", "no address with a code"),
    "apart": Text("cách số 1: {distance}", "{distance} from number 1"),
    "confirmed": Text("xác nhận", "confirmed"),
    "chosen": Text("chọn mã", "chosen"),
    "rejected": Text("từ chối", "rejected"),
    "decided_by": Text("{by} – {what}, {at}", "{by} – {what}, {at}"),
    "act_reject": Text("Không liên kết", "Not to be linked"),
    "act_no_match": Text("Chưa có trong sổ", "Not in the register yet"),
    "filter_state": Text("Hàng chờ", "Queue"),
    "filter_waiting": Text("Chờ người xem", "Waiting for a person"),
    "filter_corrected": Text("Tự liên kết có sửa: xem lại", "Linked with a correction: look again"),
    "filter_role": Text("Vai trò", "Role"),
    "filter_reason": Text("Lý do", "Reason"),
    "filter_commune": Text("Phường, xã", "Commune"),
    "filter_procedure": Text("Mã thủ tục", "Procedure code"),
    "filter_any": Text("Tất cả", "All"),
}
"""What items of dossiers say, see ``desk_dossiers``."""

DOSSIER_LABELS: Final[dict[str, Text]] = {
    "title": Text("Bàn duyệt địa chỉ hồ sơ", "Desk: addresses of dossiers"),
    "text": Text("Địa chỉ như đã ghi", "Address as written"),
    "notes": Text("Vì sao cần xem", "Why to look"),
    "facts": Text("Hồ sơ", "Dossier"),
    "choices": Text("Chọn địa chỉ", "Choose an address"),
    "no_choices": Text(
        "Không có địa chỉ nào để chọn. Hãy tìm địa chỉ khác, hoặc ghi là chưa có trong sổ.",
        "There is nothing to choose from. Search another address, or say it is not in the "
        "register yet.",
    ),
    "choose": Text("Chọn", "Choose"),
}
"""What the parts of the page are called with dossiers."""

TICKET_WORDS: Final[dict[str, Text]] = {
    "label_title": Text("Bàn duyệt phản ánh của người dân", "Desk: reports of citizens"),
    "label_text": Text("Nội dung người dân gửi", "What was sent"),
    "label_notes": Text("Cần làm gì", "What to do"),
    "label_facts": Text("Phản ánh", "Report"),
    "label_choices": Text("Địa chỉ liên quan", "Addresses concerned"),
    "label_no_choices": Text(
        "Trong sổ không có địa chỉ nào trong vòng 50 m.",
        "The register has no address within 50 m.",
    ),
    "label_choose": Text("Xong: là địa chỉ này", "Done: it is this one"),
    "nothing_said": Text("(không ghi nội dung)", "(nothing was written)"),
    "erased": Text("(nội dung đã bị xóa)", "(erased)"),
    "place": Text("Nơi, như đã ghi", "Place as written"),
    "commune": Text("Phường, xã", "Commune"),
    "accuracy": Text("Sai số vị trí", "Accuracy"),
    "received": Text("Nhận lúc", "Received"),
    "due": Text("Hạn trả lời", "Due"),
    "handled": Text("Xử lý gần nhất", "Last handled"),
    "answered": Text("Đã trả lời", "Answered"),
    "result": Text("Địa chỉ sau xử lý", "Result"),
    "overdue": Text("Đã quá hạn trả lời.", "The answer is late."),
    "no_commune": Text(
        "Chưa rõ thuộc phường, xã nào.", "It is not known in which commune this is."
    ),
    "how_no_number": Text(
        "Cấp địa chỉ cho nhà này, rồi tìm mã mới và chọn; hoặc chọn địa chỉ đã có.",
        "Assign an address, then search its code and choose it; or choose one that is there.",
    ),
    "how_missing": Text(
        "Xem các địa chỉ quanh đó: nhà đã có mã thì chọn; chưa có thì cấp địa chỉ rồi chọn mã mới.",
        "Look at the addresses around: choose the house if it is there, else assign it first.",
    ),
    "how_wrong": Text(
        "Sửa địa chỉ trong sổ nếu đúng là sai, rồi bấm Enter để đóng.",
        "Correct the address in the register if it is wrong, then press Enter to close.",
    ),
    "is_about": Text("địa chỉ được báo", "reported"),
    "is_result": Text("đã chọn trước đó", "chosen before"),
    "open_address": Text("Mở trang địa chỉ", "Open the address"),
    "open_place": Text("Xem quanh chỗ này", "What is around"),
    "open_planning": Text("Quy hoạch tại đây", "Planning here"),
    "act_done": Text("Đóng: đã xong", "Close: done"),
    "act_refuse": Text("Không thực hiện được", "Refuse"),
    "act_answer": Text("Gửi trả lời, để mở", "Answer, keep open"),
    "act_take": Text("Bắt đầu xem xét", "Begin to look"),
    "filter_state": Text("Tình trạng", "State"),
    "filter_about": Text("Việc", "About"),
    "filter_commune": Text("Phường, xã", "Commune"),
}
"""What reports of citizens say at the desk, see ``desk_tickets``."""

DESK_WORDS: Final[dict[str, Text]] = {
    "desk_of_dossiers": Text("Địa chỉ hồ sơ", "Dossiers"),
    "desk_of_tickets": Text("Phản ánh của người dân", "Reports of citizens"),
    "desk_of_records": Text("Phiếu thu thập", "Field records"),
    "desk_kinds": Text("Loại việc", "Kind of work"),
    "desk_fields": Text("So sánh thông tin", "Side by side"),
    "desk_field_base": Text("Lúc đi thu thập", "As the collector saw it"),
    "desk_field_registered": Text("Sổ hiện nay", "Register now"),
    "desk_field_collected": Text("Trên phiếu", "Collected"),
    "desk_field_outcome": Text("Sẽ ghi vào sổ", "To be registered"),
    "desk_field_other": Text("Giá trị khác", "Another value"),
    "desk_field_nothing": Text("không có", "nothing"),
    "desk_needs_field": Text(
        "Hãy chọn giá trị cho “{field}” trước.", "Choose a value of “{field}” first."
    ),
    "desk_key_fields": Text("sửa hoặc chọn thông tin", "correct or choose a field"),
    "desk_key_picture": Text("xem ảnh lớn", "see the photo large"),
    "desk_pictures": Text("Ảnh chụp tại chỗ", "Photos taken there"),
    "desk_no_pictures": Text("Phiếu không có ảnh.", "The record has no photo."),
    "desk_picture_failed": Text("Không tải được ảnh.", "The photo cannot be loaded."),
    "desk_enlarge": Text("Xem lớn: {what}", "See large: {what}"),
    "desk_words": Text("Trả lời người gửi", "Answer to the sender"),
    "desk_words_hint": Text(
        "Người có mã theo dõi đều đọc được. Đừng ghi tên hay số điện thoại của ai.",
        "Whoever has the number reads it. Write nobody’s name or telephone number.",
    ),
    "desk_needs_words": Text(
        "Hãy viết câu trả lời cho người gửi trước.", "Write an answer to the sender first."
    ),
    "desk_key_words": Text("viết trả lời", "write an answer"),
    "desk_contact": Text("Xem liên hệ (được ghi nhật ký)", "Show contact (this is logged)"),
    "desk_contact_none": Text("Liên hệ đã bị xóa.", "The contact was erased."),
    "desk": Text("Bàn duyệt", "Desk"),
    "desk_title": Text("Bàn duyệt địa chỉ hồ sơ", "Desk: addresses of dossiers"),
    "desk_needs_script": Text(
        "Bàn duyệt cần JavaScript. Hãy bật JavaScript rồi tải lại trang.",
        "The desk needs JavaScript. Switch it on and load the page again.",
    ),
    "desk_done": Text("Đã duyệt hôm nay", "Done today"),
    "desk_left": Text("Còn lại", "Left"),
    "desk_rate": Text("Mỗi giờ", "Per hour"),
    "desk_sending": Text("Đang gửi", "Sending"),
    "desk_help": Text("Phím tắt", "Keys"),
    "desk_close": Text("Đóng", "Close"),
    "desk_filters": Text("Lọc", "Filter"),
    "desk_apply": Text("Áp dụng", "Apply"),
    "desk_confirm": Text("Xác nhận", "Confirm"),
    "desk_another": Text("Tìm địa chỉ khác", "Search another address"),
    "desk_search": Text("Tìm", "Search"),
    "desk_found_none": Text(
        "Không tìm thấy địa chỉ có mã. Hãy thử viết đầy đủ hơn.",
        "No address with a code was found. Try writing more of it.",
    ),
    "desk_undo": Text("Hoàn tác", "Undo"),
    "desk_skip": Text("Bỏ qua", "Skip"),
    "desk_back": Text("Quay lại", "Back"),
    "desk_map": Text("Vị trí các địa chỉ", "Where they are"),
    "desk_map_place": Text("Vị trí ghi trong hồ sơ", "Point given"),
    "desk_map_none": Text("Không có vị trí nào để hiện.", "There is no place to show."),
    "desk_empty": Text(
        "Không còn gì chờ duyệt ở đây. Có thể người khác đang xem phần còn lại: hãy tải lại sau "
        "vài phút, hoặc đổi bộ lọc.",
        "Nothing is left to decide here. Others may be looking at the rest: load again in a few "
        "minutes, or change the filter.",
    ),
    "desk_loading": Text("Đang tải…", "Loading…"),
    "desk_failed": Text("Chưa ghi được", "Not recorded"),
    "desk_see": Text("Xem lại", "Look again"),
    "desk_dismiss": Text("Đã hiểu", "Dismiss"),
    "desk_retry": Text("Gửi lại", "Send again"),
    "desk_away": Text(
        "Chưa gửi được, sẽ tự gửi lại. Đừng đóng trang này.",
        "Not sent yet; it will be sent again by itself. Keep this page open.",
    ),
    "desk_signed_out": Text(
        "Bạn đã bị đăng xuất. Những quyết định chưa gửi được giữ lại trong thẻ này: hãy đăng nhập "
        "lại.",
        "You are signed out. What was not sent yet is kept in this tab: sign in again.",
    ),
    "desk_decided": Text("Đã ghi: {what}.", "Recorded: {what}."),
    "desk_undone": Text("Đã hoàn tác: {what}.", "Taken back: {what}."),
    "desk_nothing_to_undo": Text(
        "Không còn gì để hoàn tác.", "There is nothing more to take back."
    ),
    "desk_already": Text(
        "Địa chỉ này đã được quyết định. Chỉ chọn lại nếu cần sửa.",
        "This was decided already. Choose again only to put it right.",
    ),
    "desk_key_choose": Text("chọn địa chỉ theo số", "choose by number"),
    "desk_key_confirm": Text("xác nhận địa chỉ đầu tiên", "confirm the first"),
    "desk_key_skip": Text("bỏ qua, quay lại", "skip, back"),
    "desk_keys_on": Text("Dùng phím tắt một chữ", "Use single-letter keys"),
    "desk_more": Text("hơn {count}", "more than {count}"),
}
