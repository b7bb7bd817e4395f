"""What stands on the pages of field collection for supervisors, in both languages."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text

COLLECTION_WORDS: Final[dict[str, Text]] = {
    "collection_nav": Text("Thu thập", "Collection"),
    "collection_title": Text("Thu thập địa chỉ tại chỗ", "Collection in the field"),
    "collection_lead": Text(
        "Chia địa bàn thành nhiệm vụ, giao cho từng người, xem đã đi được đến đâu.",
        "Divide an area into tasks, give them to people, see how far they are.",
    ),
    "collection_desk": Text("Phiếu chờ duyệt", "Records to review"),
    "collection_quality": Text("Số liệu theo người thu thập", "Figures by collector"),
    "collection_devices": Text("Điện thoại thu thập", "Phones"),
    "collection_filter": Text("Lọc nhiệm vụ", "Filter tasks"),
    "collection_commune": Text("Phường, xã", "Commune"),
    "collection_every_commune": Text("Tất cả phường, xã", "All communes"),
    "collection_state": Text("Trạng thái", "State"),
    "collection_every_state": Text("Đang làm và đã đóng", "Open and closed"),
    "collection_open": Text("Đang làm", "Open"),
    "collection_closed": Text("Đã đóng", "Closed"),
    "collection_late": Text("Quá hạn", "Late"),
    "collection_person": Text("Người thu thập", "Collector"),
    "collection_anyone": Text("Bất kỳ ai", "Anybody"),
    "collection_nobody": Text("Chưa giao cho ai", "Nobody yet"),
    "collection_show": Text("Xem", "Show"),
    "collection_tasks": Text("Nhiệm vụ", "Tasks"),
    "collection_no_tasks": Text(
        "Chưa có nhiệm vụ nào như vậy. Chọn một phường, xã ở trên để tạo nhiệm vụ.",
        "No such task yet. Choose a commune above to make one.",
    ),
    "collection_older": Text("Các nhiệm vụ cũ hơn", "Older ones"),
    "collection_visited": Text("Đã đến", "Visited"),
    "collection_of": Text("{visited} trong {addresses} địa chỉ", "{visited} of {addresses}"),
    "collection_new": Text("Thêm mới", "New"),
    "collection_corrected": Text("Có sửa", "Corrected"),
    "collection_gone": Text("Không còn", "Gone"),
    "collection_nobody_home": Text("Vắng nhà", "Nobody home"),
    "collection_waiting": Text("Chờ duyệt", "To review"),
    "collection_sent_back": Text("Trả lại", "Sent back"),
    "collection_refused": Text("Không duyệt", "Refused"),
    "collection_kept_apart": Text("Để riêng", "Kept apart"),
    "collection_due": Text("Hạn", "Due"),
    "collection_days_left": Text("còn {days} ngày", "{days} days left"),
    "collection_due_today": Text("hết hạn hôm nay", "due today"),
    "collection_overdue": Text("quá hạn {days} ngày", "{days} days late"),
    "collection_make": Text("Tạo nhiệm vụ tại {commune}", "Make tasks in {commune}"),
    "collection_make_how": Text(
        "Chọn một cách dưới đây. Người thu thập, hạn và lời dặn dùng cho mọi nhiệm vụ được tạo.",
        "Choose one of the ways below. Collector, due day and note hold for each task made.",
    ),
    "collection_note": Text("Lời dặn (không bắt buộc)", "Note (optional)"),
    "collection_name": Text("Tên (không bắt buộc)", "Name (optional)"),
    "collection_whole": Text("Cả phường, xã", "The whole commune"),
    "collection_whole_make": Text("Tạo một nhiệm vụ", "Make one task"),
    "collection_localities": Text("Theo khu phố, ấp", "By localities"),
    "collection_streets": Text("Theo tuyến đường", "By streets"),
    "collection_split_hint": Text(
        "Mỗi phần được đánh dấu thành một nhiệm vụ; phần đã có nhiệm vụ đang làm thì giữ nguyên.",
        "Each part ticked becomes a task; one with an open task keeps it.",
    ),
    "collection_no_parts": Text(
        "Địa chỉ và danh mục chưa có tên nào như vậy.", "No such names in addresses or lists yet."
    ),
    "collection_split_make": Text(
        "Tạo nhiệm vụ cho phần đã đánh dấu", "Make tasks of those ticked"
    ),
    "collection_most_parts": Text(
        "Chỉ hiện {count} phần có nhiều địa chỉ nhất.", "The {count} with most addresses are shown."
    ),
    "collection_drawn": Text("Vẽ vùng", "Draw an area"),
    "collection_draw_open": Text("Vẽ trên bản đồ", "Draw on the map"),
    "collection_draw_hint": Text(
        "Chạm lần lượt các góc của vùng, theo vòng quanh. Cần ít nhất ba góc.",
        "Tap the corners of the area one after the other, going round. Three at least.",
    ),
    "collection_draw_undo": Text("Bỏ góc cuối", "Remove the last corner"),
    "collection_draw_clear": Text("Vẽ lại từ đầu", "Start again"),
    "collection_draw_count": Text("Số góc: {count}", "Corners: {count}"),
    "collection_geojson": Text("Hình GeoJSON", "GeoJSON shape"),
    "collection_geojson_hint": Text(
        "Tự điền khi vẽ; hoặc dán hình Polygon (WGS 84) lấy từ phần mềm bản đồ.",
        "Filled in as you draw; or paste a Polygon (WGS 84) from a mapping program.",
    ),
    "collection_draw_make": Text("Tạo nhiệm vụ cho vùng này", "Make a task of this area"),
    "collection_made": Text("Đã tạo {count} nhiệm vụ.", "{count} tasks made."),
    "collection_there": Text(
        "{count} phần đã có nhiệm vụ đang làm nên giữ nguyên.",
        "{count} had an open task already and keep it.",
    ),
    "collection_saved": Text("Đã lưu.", "Saved."),
    "collection_back": Text("Tất cả nhiệm vụ", "All tasks"),
    "collection_progress": Text("Tiến độ", "Progress"),
    "collection_last": Text(
        "Phiếu mới nhất lập lúc {moment}.", "The newest record is of {moment}."
    ),
    "collection_assign": Text("Giao việc", "Assignment"),
    "collection_save": Text("Lưu", "Save"),
    "collection_close": Text("Đóng nhiệm vụ", "Close the task"),
    "collection_close_hint": Text(
        "Nhiệm vụ đã đóng không còn trên điện thoại; phiếu gửi muộn vẫn được nhận.",
        "A closed task leaves the phones; records that come late are taken all the same.",
    ),
    "collection_reopen": Text("Mở lại nhiệm vụ", "Open the task again"),
    "collection_closed_now": Text("Nhiệm vụ này đã đóng.", "This task is closed."),
    "collection_paper": Text("Danh sách để in (PDF)", "List to print (PDF)"),
    "collection_sheet": Text("Bảng tính (XLSX)", "Spreadsheet (XLSX)"),
    "collection_observations": Text(
        "Số phòng, số hộ, vị trí nhà (CSV)", "Rooms, households, buildings (CSV)"
    ),
    "collection_paper_hint": Text(
        "Dùng khi thiếu điện thoại: in ra ghi tay, hoặc điền bảng tính rồi nộp lại.",
        "For when a phone is missing: print and write by hand, or fill the sheet and hand it in.",
    ),
    "collection_map": Text("Bản đồ tiến độ", "Map of progress"),
    "collection_map_script": Text(
        "Bản đồ cần JavaScript; danh sách phiếu bên dưới có cùng nội dung.",
        "The map needs JavaScript; the list below says the same.",
    ),
    "collection_map_failed": Text(
        "Chưa tải được bản đồ. Hãy tải lại trang; danh sách bên dưới vẫn dùng được.",
        "The map could not be loaded. Load the page again; the list below still serves.",
    ),
    "collection_key_todo": Text("Chưa đến", "Not visited yet"),
    "collection_key_done": Text("Đã đến", "Visited"),
    "collection_key_waiting": Text("Chờ duyệt hoặc trả lại", "To review, or sent back"),
    "collection_key_new": Text("Thêm mới", "New"),
    "collection_key_gone": Text("Báo không còn", "Reported gone"),
    "collection_records": Text("Phiếu của nhiệm vụ", "Records of the task"),
    "collection_no_records": Text("Chưa có phiếu nào.", "No records yet."),
    "collection_records_most": Text(
        "Hiện {count} phiếu mới nhất trong {all} phiếu.", "The {count} newest of {all} are shown."
    ),
    "collection_act": Text("Nội dung", "What"),
    "collection_made_at": Text("Lập lúc", "Made at"),
    "collection_address": Text("Địa chỉ", "Address"),
    "collection_no_code": Text("chưa có mã", "no code yet"),
    "quality_of_title": Text("Số liệu theo người thu thập", "Figures by collector"),
    "quality_of_lead": Text(
        "Số liệu để bắt đầu trao đổi với người thu thập, không phải để kết luận. Khu nhà trọ, hẻm "
        "sâu hay nơi sóng yếu tự nó sinh ra nhiều phiếu trùng và vị trí kém.",
        "Figures to begin a talk with a collector, not to judge one. Boarding houses, deep alleys "
        "and places with poor reception bring duplicates and weak positions by themselves.",
    ),
    "quality_of_none": Text(
        "Không có phiếu nào đến trong những ngày này.", "No records arrived on these days."
    ),
    "quality_of_records": Text("Phiếu", "Records"),
    "quality_of_unchanged": Text("Duyệt nguyên", "Accepted as they came"),
    "quality_of_corrected": Text("Duyệt, có sửa", "Accepted, corrected"),
    "quality_of_overridden": Text("Bỏ qua cảnh báo", "Went past a warning"),
    "quality_of_duplicates": Text("Có vẻ trùng", "Look like duplicates"),
    "quality_of_impossible": Text("Di chuyển quá nhanh", "Moved too fast"),
    "quality_of_clock": Text("Đồng hồ sai", "Clock off"),
    "quality_of_accuracy": Text("Sai số vị trí (trung vị)", "Median accuracy"),
    "quality_of_review": Text("Thời gian chờ duyệt (trung vị)", "Median wait"),
    "quality_of_meaning": Text("Các cột nghĩa là gì", "What the columns mean"),
    "quality_of_meaning_text": Text(
        "Tính theo ngày phiếu đến máy chủ. Duyệt nguyên: vào sổ đúng như thu thập. Duyệt, có sửa: "
        "người duyệt chọn hoặc tự ghi ít nhất một giá trị khác. Bỏ qua cảnh báo: người thu thập "
        "ghi lý do rồi đi tiếp. Di chuyển quá nhanh, đồng hồ sai: có thể do máy, hãy hỏi trước. "
        "Trung vị: một nửa số phiếu ở trên, một nửa ở dưới.",
        "By the day records arrived. As they came: in the register as collected. Corrected: the "
        "reviewer chose or typed another value. Went past a warning: the collector gave a reason. "
        "Moved too fast, clock off: it may be the phone, so ask first. Median: half of the records "
        "lie above, half below.",
    ),
    "devices_title": Text("Điện thoại thu thập", "Phones of collectors"),
    "devices_lead": Text(
        "Các máy chỉ hoạt động trong địa bàn bạn phụ trách. Máy mất thì báo ngay: máy bị khóa, lần "
        "kết nối sau sẽ xóa thông tin liên hệ, phiếu gửi sau đó được để riêng chờ kiểm tra.",
        "Those that work nowhere but in your areas. Report a lost one at once: it is locked, it "
        "erases the contacts it keeps when it connects next, and what it sends is kept apart.",
    ),
    "devices_none": Text("Chưa có máy nào.", "No phones yet."),
    "devices_held_by": Text("Người giữ", "Held by"),
    "devices_used": Text("Dùng lần cuối", "Last used"),
    "devices_never": Text("chưa dùng", "never"),
    "devices_until": Text("Hạn", "Good until"),
    "devices_good": Text("Đang dùng", "In use"),
    "devices_expired": Text("Hết hạn", "Expired"),
    "devices_revoked": Text("Đã khóa", "Locked"),
    "devices_lost": Text("Báo mất, khóa máy", "Report lost, lock it"),
    "devices_lost_hint": Text(
        "Máy đã khóa không mở lại được; tìm thấy thì đăng ký lại.",
        "A locked phone is not unlocked; if found, it is enrolled anew.",
    ),
    "collection_contacts": Text("Liên hệ chờ chọn", "Contacts to choose"),
    "contacts_title": Text("Liên hệ chờ chọn", "Contacts that wait for a choice"),
    "contacts_lead": Text(
        "Người thu thập ghi một người liên hệ khác với người đang có trong sổ. Sổ giữ nguyên đến "
        "khi bạn chọn. Bấm Xem để so sánh hai người; mỗi lần xem đều được ghi lại.",
        "A collector noted somebody else than the register has. The register stays as it is until "
        "you choose. Press See to compare the two; each time you look is on record.",
    ),
    "contacts_none": Text("Không có liên hệ nào chờ chọn.", "No contact waits for a choice."),
    "contacts_most": Text(
        "Hiện {count} phiếu lâu nhất; chọn xong sẽ hiện tiếp.",
        "The {count} oldest are shown; the next follow when these are done.",
    ),
    "contacts_closed": Text(
        "Bạn chưa có quyền xem người liên hệ, nên chưa chọn được. Hãy nhờ quản trị viên cấp quyền "
        "hoặc chuyển cho người có quyền.",
        "You may not see contacts, so you cannot choose. Ask an administrator for the right, or "
        "pass this on to somebody who has it.",
    ),
    "contacts_unseen": Text("Địa chỉ bạn không xem được", "An address that is not for you to see"),
    "contacts_made": Text("Ghi lúc {moment}", "Noted {moment}"),
    "contacts_see": Text("Xem", "See"),
    "contacts_see_of": Text("Xem hai người liên hệ của {address}", "See the contacts of {address}"),
    "contacts_two": Text("Hai người liên hệ", "The two contacts"),
    "contacts_registered": Text("Đang có trong sổ", "In the register"),
    "contacts_collected": Text("Người thu thập mới ghi", "Noted by the collector"),
    "contacts_name": Text("Họ tên", "Name"),
    "contacts_phone": Text("Số điện thoại", "Telephone"),
    "contacts_blank": Text("không ghi", "not given"),
    "contacts_nobody": Text("Sổ không còn người liên hệ nào.", "The register has nobody any more."),
    "contacts_hint": Text(
        "Người không được chọn sẽ bị xóa, không lấy lại được. Chưa chắc thì hãy gọi hỏi trước.",
        "Whoever is not chosen is erased for good. If in doubt, call and ask first.",
    ),
    "contacts_keep": Text("Giữ người đang có", "Keep who is there"),
    "contacts_replace": Text("Thay bằng người mới ghi", "Take who was noted"),
    "contacts_kept": Text(
        "Đã giữ người đang có trong sổ; liên hệ mới ghi đã xóa.",
        "The register keeps who was there; the contact noted is erased.",
    ),
    "contacts_replaced": Text(
        "Đã thay bằng người mới ghi.", "Who was noted is in the register now."
    ),
    "import_title": Text("Nhận phiếu từ tệp", "Records from a file"),
    "import_lead": Text(
        "Tệp điện thoại xuất ra khi không gửi được (JSON): phiếu được để riêng đến khi có người "
        "duyệt. Hoặc bảng tính của nhiệm vụ đã điền (XLSX). Phiếu đã nhận rồi thì giữ nguyên.",
        "A file exported by a phone that cannot send (JSON): its records are kept apart until "
        "somebody accepts them. Or the sheet of a task, filled in (XLSX). What arrived already is "
        "left as it is.",
    ),
    "import_send": Text("Gửi tệp", "Send the file"),
    "import_script": Text(
        "Gửi tệp cần JavaScript. Cách khác: lệnh addrsvc collection import trên máy chủ.",
        "Sending files needs JavaScript. Else: addrsvc collection import on the server.",
    ),
    "import_done": Text(
        "Đã nhận {taken} phiếu, {there} phiếu đã có từ trước, {refused} phiếu không nhận được.",
        "{taken} records taken, {there} were there already, {refused} could not be taken.",
    ),
    "import_file": Text("Chọn tệp", "Choose a file"),
    "import_none": Text("Hãy chọn một tệp.", "Choose a file."),
    "import_failed": Text(
        "Mất kết nối; tệp chưa được nhận hết. Hãy gửi lại, phiếu không bị nhận hai lần.",
        "The connection was lost. Send the file again: nothing is taken twice.",
    ),
}
