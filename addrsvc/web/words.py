"""Every sentence of the pages in both languages; what registers and errors say stands there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Final

from addrsvc.errors import LANGUAGES, Language, Text
from addrsvc.registry.model import Marks, Method
from addrsvc.web.certificate_words import CERTIFICATE_WORDS
from addrsvc.web.collection_words import COLLECTION_WORDS
from addrsvc.web.coverage_words import COVERAGE_WORDS
from addrsvc.web.desk_words import DESK_WORDS
from addrsvc.web.docs_words import DOCS_WORDS
from addrsvc.web.field_words import FIELD_WORDS
from addrsvc.web.jobs_words import JOB_WORDS
from addrsvc.web.notices_words import NOTICE_WORDS
from addrsvc.web.planning_words import PLANNING_WORDS
from addrsvc.web.plans_words import PLAN_WORDS
from addrsvc.web.report_words import REPORT_WORDS
from addrsvc.web.search_words import SEARCH_WORDS
from addrsvc.web.statistics_words import STATISTICS_WORDS
from addrsvc.web.widget_words import WIDGET_WORDS
from addrsvc.web.words_people import PEOPLE_WORDS
from addrsvc.web.words_webhooks import WEBHOOK_WORDS

METHOD_NAMES: Final[dict[Method, Text]] = {
    Method.GNSS: Text("đo bằng GPS tại chỗ", "GPS on the spot"),
    Method.SURVEY: Text("đo đạc", "surveyed"),
    Method.MAP: Text("chấm trên bản đồ", "placed on a map"),
    Method.IMAGERY: Text("chấm trên ảnh vệ tinh", "placed on imagery"),
    Method.UNKNOWN: Text("chưa rõ cách xác định", "method not stated"),
    Method.THOROUGHFARE_CENTRE: Text("ước lượng theo tuyến đường", "estimated from the street"),
    Method.COMMUNE_CENTRE: Text("ước lượng theo phường, xã", "estimated from the commune"),
}

MARKS_NAMES: Final[dict[Marks, Text]] = {
    Marks.ENTRANCE: Text("lối vào", "entrance"),
    Marks.BUILDING: Text("tòa nhà", "building"),
    Marks.PARCEL: Text("thửa đất", "parcel"),
    Marks.OBJECT: Text("đối tượng", "object"),
    Marks.AREA: Text("khu vực", "area"),
}

RELATION_NAMES: Final[dict[str, Text]] = {
    "replaced": Text("Được thay bằng:", "Replaced by:"),
    "merged": Text("Đã nhập vào:", "Merged into:"),
    "split": Text("Đã tách thành:", "Split into:"),
    "duplicate": Text("Trùng với:", "Duplicate of:"),
}

PREDECESSOR_NAMES: Final[dict[str, Text]] = {
    "replaced": Text("Thay cho:", "Took the place of:"),
    "merged": Text("Gộp từ:", "Merged from:"),
    "split": Text("Tách ra từ:", "Split from:"),
    "duplicate": Text("Mã cùng dẫn về đây:", "Code that leads here too:"),
}
"""The same relations, said of what came before."""

TAG_NAMES: Final[dict[str, Text]] = {
    "addresses": Text("Địa chỉ", "Addresses"),
    "codes": Text("Mã địa chỉ số", "Codes"),
    "identifiers": Text("Các loại mã khác của địa chỉ", "Other identifiers"),
    "administrative units and names": Text(
        "Đơn vị hành chính, đường, khu phố, ấp", "Administrative units, streets, localities"
    ),
    "quality": Text("Chất lượng sổ địa chỉ", "Quality of the register"),
    "geocoding": Text("Tìm và kiểm tra địa chỉ", "Finding and checking addresses"),
    "certificates": Text("Giấy xác nhận địa chỉ số", "Certificates"),
    "notices": Text("Thông báo mã, gắn biển", "Notices and plates"),
    "tickets": Text("Phản ánh của người dân", "Reports of citizens"),
    "collection": Text("Thu thập tại chỗ", "Collection in the field"),
    "coverage": Text("Tiến độ theo phường, xã", "Coverage by commune"),
    "jobs": Text("Xử lý tệp danh sách", "Jobs over files"),
    "access": Text("Khóa, thiết bị và tài khoản", "Keys, devices and accounts"),
    "audit": Text("Nhật ký kiểm tra", "Audit log"),
    "webhooks": Text("Nhận thay đổi qua webhook", "Changes by webhook"),
    "problems": Text("Ý nghĩa của lỗi", "What problems mean"),
    "operations": Text("Vận hành", "Operations"),
    "acts": Text("Thay đổi hàng loạt", "Acts over many addresses"),
    "persons": Text("Yêu cầu về dữ liệu cá nhân", "Requests about personal data"),
    "events": Text("Theo dõi thay đổi", "Following changes"),
    "planning": Text("Quy hoạch tại một nơi", "Planning at a place"),
    "dossiers": Text("Hồ sơ", "Dossiers"),
    "plans": Text("Đồ án quy hoạch", "Plans"),
    "tiles": Text("Ô bản đồ", "Map tiles"),
    "ogc": Text("OGC API: đối tượng và ô bản đồ", "OGC API: features and tiles"),
}
"""Groups of functions, in the order a reader looks for them; others follow under their tag."""

WORDS: Final[dict[str, Text]] = {
    # every page
    "site_name": Text("Địa chỉ số", "Digital addresses"),
    "skip_to_content": Text("Đến nội dung chính", "Skip to content"),
    "navigation": Text("Trang", "Pages"),
    "home": Text("Tra cứu", "Look up"),
    "work_nav": Text("Công việc", "Work"),
    "docs": Text("Kết nối API", "API"),
    "other_language": Text("English", "Tiếng Việt"),
    "demo_banner": Text(
        "Dữ liệu minh họa – địa chỉ không có thật.",
        "Demonstration data – these addresses are not real.",
    ),
    "read_only_banner": Text(
        "Hệ thống tạm thời chỉ cho tra cứu, chưa nhận thay đổi.",
        "Lookups only for now: changes are not accepted.",
    ),
    "footer": Text(
        "Mã địa chỉ số không đổi khi phường, xã sáp nhập, chia tách hay đổi tên. "
        "Trang này không hiển thị tên chủ nhà hay số điện thoại.",
        "A digital address code stays the same when communes merge, split or change their name. "
        "This site shows no householder’s name or telephone number.",
    ),
    # the one box
    "home_title": Text("Tra cứu địa chỉ số", "Look up a digital address"),
    "home_lead": Text(
        "Gõ địa chỉ như vẫn nói hằng ngày, mã trên biển, hoặc tọa độ.",
        "Type an address the way you say it, the code on a plate, or coordinates.",
    ),
    "box_label": Text("Địa chỉ, mã hoặc tọa độ", "Address, code or coordinates"),
    "box_hint": Text(
        "Ví dụ: 12/3 Lê Lợi, Phú Lợi · 75123-04827-7 · 10.9804, 106.6519. Không dấu hay tên "
        "phường, xã cũ đều được.",
        "For example 12/3 Lê Lợi, Phú Lợi · 75123-04827-7 · 10.9804, 106.6519. No accents, or the "
        "old name of the commune, will do.",
    ),
    "box_button": Text("Tra cứu", "Look up"),
    "result": Text("Kết quả tra cứu", "Result"),
    "anatomy_title": Text("Cách đọc mã", "How to read a code"),
    "anatomy_prefix": Text(
        "mã khu vực lúc cấp – không đổi khi phường, xã thay đổi",
        "area when the code was assigned – it never changes, even if the commune does",
    ),
    "anatomy_suffix": Text("số riêng của địa chỉ", "number of this address"),
    "anatomy_check": Text(
        "số kiểm tra, giúp phát hiện khi gõ nhầm",
        "check digit, which catches typing slips",
    ),
    "where_title": Text("Tìm mã ở đâu?", "Where is the code?"),
    "where_text": Text(
        "Trên biển địa chỉ số gắn trước nhà, trụ sở, hoặc trong thông báo cấp mã. Nếu chưa có mã, "
        "hãy hỏi Ủy ban nhân dân phường, xã nơi có nhà, đất.",
        "On the digital address plate at the door, or in the notice that announced the code. "
        "If there is none yet, ask the People’s Committee of the ward or commune.",
    ),
    "software_title": Text("Dành cho phần mềm", "For software"),
    "software_text": Text(
        "Phần mềm một cửa, bưu chính, giao hàng tra cứu qua API và nên gửi đủ 11 chữ số.",
        "One-stop dossier software, post and couriers use the API, "
        "and should send all eleven digits.",
    ),
    "software_link": Text("Xem danh sách chức năng", "See the list of functions"),
    # confirming
    "confirm_question": Text("Có phải địa chỉ này không?", "Is this the address?"),
    "confirm_why": Text(
        "Bạn nhập 10 chữ số, không có số kiểm tra. Gõ nhầm một chữ số có thể ra địa chỉ của nhà "
        "khác, nên hãy xem địa chỉ và vị trí dưới đây.",
        "You typed ten digits, without the check digit. One wrong digit can lead to somebody "
        "else’s address, so please look at the address and the place below.",
    ),
    "confirm_yes": Text("Đúng, là địa chỉ này", "Yes, this is it"),
    "confirm_no": Text("Không phải", "No"),
    "again_title": Text("Hãy nhập lại mã", "Please type the code again"),
    "again_text": Text(
        "Đối chiếu từng chữ số với biển địa chỉ. Nếu biển có 11 chữ số, hãy nhập đủ cả 11 để hệ "
        "thống tự phát hiện khi gõ nhầm.",
        "Compare each digit with the plate. If the plate has eleven digits, type all of them: "
        "slips are then noticed at once.",
    ),
    # an address
    "plate_label": Text("Mã địa chỉ số", "Digital address code"),
    "plate_note": Text(
        "Số cuối cùng là số kiểm tra. Khi đọc hay gửi mã, hãy dùng đủ 11 chữ số.",
        "The last digit is the check digit. Give all eleven digits when you pass the code on.",
    ),
    "kind": Text("Loại", "Kind"),
    "name": Text("Tên", "Name"),
    "commune": Text("Phường, xã", "Commune"),
    "province": Text("Tỉnh, thành phố", "Province"),
    "status": Text("Tình trạng", "Status"),
    "since": Text("từ ngày {day}", "since {day}"),
    "former": Text("Số, đường cũ", "Formerly"),
    "until": Text("đến ngày {day}", "until {day}"),
    "position": Text("Tọa độ", "Coordinates"),
    "position_order": Text("vĩ độ, kinh độ (WGS 84)", "latitude, longitude (WGS 84)"),
    "accuracy": Text("Sai số", "Accuracy"),
    "accuracy_value": Text("khoảng {distance}", "about {distance}"),
    "marks_value": Text("đánh dấu {marks}, {method}", "marks the {marks}, {method}"),
    "position_none": Text("Chưa có vị trí.", "No position yet."),
    "position_estimated": Text(
        "Vị trí này chỉ là ước lượng, chưa ai đo tại chỗ.",
        "This position is only an estimate: nobody has measured it on the spot.",
    ),
    "copy_coordinates": Text("Sao chép tọa độ", "Copy coordinates"),
    "copy_link": Text("Sao chép liên kết", "Copy link"),
    "share": Text("Chia sẻ", "Share"),
    "copied": Text("Đã sao chép.", "Copied."),
    "copy_failed": Text(
        "Không sao chép được. Hãy chọn dòng chữ rồi sao chép bằng tay.",
        "Could not copy. Please select the text and copy it by hand.",
    ),
    "permanent_link": Text("Liên kết cố định", "Permanent link"),
    "as_json": Text("Dữ liệu JSON", "JSON data"),
    "retired_note": Text(
        "Địa chỉ này không còn dùng từ ngày {day}. Mã vẫn được giữ, không cấp lại cho nơi khác.",
        "Out of use since {day}. Its code is kept and never given to another place.",
    ),
    "retired_alone": Text(
        "Không có địa chỉ nào được ghi là thay thế.",
        "No address is recorded as taking its place.",
    ),
    "reserved_note": Text(
        "Mã đã được giữ cho địa chỉ này nhưng vị trí chưa được đo tại chỗ.",
        "The code is kept for this address, but its position has not been taken on the spot yet.",
    ),
    # the map
    "map_title": Text("Bản đồ vị trí", "Map of the place"),
    "map_missing": Text(
        "Bản đồ chưa được cài trên máy chủ này. Địa chỉ và tọa độ vẫn đầy đủ trên trang.",
        "The map is not installed on this server. Address and coordinates are all on this page.",
    ),
    "map_needs_script": Text(
        "Hãy bật JavaScript để xem bản đồ. Địa chỉ và tọa độ vẫn đầy đủ trên trang.",
        "Turn on JavaScript to see the map. Address and coordinates are all on this page.",
    ),
    "map_failed": Text(
        "Trình duyệt này không vẽ được bản đồ. Địa chỉ và tọa độ vẫn đầy đủ trên trang.",
        "This browser cannot draw the map. Address and coordinates are all on this page.",
    ),
    "map_no_boundaries": Text(
        "Chưa có ranh giới phường, xã ở khu vực này.",
        "There are no commune boundaries for this area yet.",
    ),
    "legend": Text("Chú giải", "Legend"),
    "legend_point": Text("vị trí địa chỉ", "the address"),
    "legend_accuracy": Text("vùng sai số", "accuracy"),
    "legend_boundary": Text("ranh giới phường, xã", "commune boundary"),
    "legend_indicative": Text(
        "ranh giới ước lượng (indicative)", "indicative boundary (estimated)"
    ),
    "map_zoom_in": Text("Phóng to", "Zoom in"),
    "map_zoom_out": Text("Thu nhỏ", "Zoom out"),
    "map_ctrl": Text("Giữ Ctrl và cuộn để phóng to, thu nhỏ", "Use Ctrl + scroll to zoom"),
    "map_cmd": Text("Giữ ⌘ và cuộn để phóng to, thu nhỏ", "Use ⌘ + scroll to zoom"),
    "map_fingers": Text("Dùng hai ngón tay để di chuyển bản đồ", "Move the map with two fingers"),
    # nothing found, something wrong
    "suggestions": Text(
        "Có phải bạn định gõ một trong các mã này? Chỉ chọn khi khớp với biển:",
        "Did you mean one of these? Choose only what matches the plate:",
    ),
    "next_steps": Text("Bạn có thể", "What you can do"),
    "step_compare": Text(
        "Đối chiếu từng chữ số với biển địa chỉ hoặc thông báo cấp mã, rồi nhập lại.",
        "Compare each digit with the plate or the notice, and type it again.",
    ),
    "step_eleven": Text(
        "Nhập đủ 11 chữ số nếu biển có; hệ thống sẽ chỉ ra chỗ gõ nhầm.",
        "Type all eleven digits if the plate has them; slips are then pointed out.",
    ),
    "step_committee": Text(
        "Nếu mã đúng mà vẫn không thấy, có thể địa chỉ chưa được đăng ký: "
        "hãy hỏi Ủy ban nhân dân phường, xã.",
        "If the code is right and still unknown, the address may not be registered yet: "
        "ask the People’s Committee of the ward or commune.",
    ),
    # what a verdict may find
    "findings_title": Text("Kết quả kiểm tra địa chỉ", "What a check of an address may find"),
    "findings_lead": Text(
        "Khi kiểm tra một địa chỉ, hệ thống có thể nêu những điều sau. Mỗi điều có một tên cố "
        "định để phần mềm dựa vào.",
        "A check of an address may say the following. Each has a name that never changes, for "
        "software to rely on.",
    ),
    "finding_why": Text("Vì sao", "Why"),
    "finding_next": Text("Cần làm gì", "What to do"),
    "findings_all": Text("Xem tất cả", "See all of them"),
    "docs_findings": Text(
        "Những điều có thể gặp khi kiểm tra địa chỉ",
        "What a check of an address may find: the list",
    ),
    # what the last audit found
    "quality_title": Text("Chất lượng sổ địa chỉ", "Quality of the address register"),
    "quality_lead": Text(
        "Mọi địa chỉ được kiểm tra định kỳ theo cùng một bộ quy tắc. Dưới đây là kết quả lần gần "
        "nhất, chỉ tính địa chỉ công khai.",
        "All addresses are held to the same rules from time to time. This is what the last audit "
        "found, over public addresses only.",
    ),
    "quality_none": Text("Chưa có lần kiểm tra nào.", "There has been no audit yet."),
    "quality_sound": Text("Không có gì cần nêu.", "Nothing was found."),
    "quality_looked_at": Text("Đã kiểm tra {count} địa chỉ.", "{count} addresses looked at."),
    "quality_by_rule": Text("Theo quy tắc", "By rule"),
    "quality_by_commune": Text("Theo phường, xã", "By commune"),
    "quality_rule": Text("Quy tắc", "Rule"),
    "quality_weight": Text("Mức", "Weight"),
    "quality_addresses": Text("Địa chỉ", "Addresses"),
    "quality_commune": Text("Phường, xã", "Commune"),
    "quality_as_of": Text("Kiểm tra ngày {day}", "As of {day}"),
    # the list of functions
    **CERTIFICATE_WORDS,
    **DESK_WORDS,
    **DOCS_WORDS,
    **FIELD_WORDS,
    **JOB_WORDS,
    **NOTICE_WORDS,
    **COLLECTION_WORDS,
    **PEOPLE_WORDS,
    **PLANNING_WORDS,
    **PLAN_WORDS,
    **REPORT_WORDS,
    **SEARCH_WORDS,
    **STATISTICS_WORDS,
    **COVERAGE_WORDS,
    **WEBHOOK_WORDS,
    **WIDGET_WORDS,
}


def words(language: Language) -> SimpleNamespace:
    """Give the catalogue in one language, by attribute, as templates read it."""
    return _BY_LANGUAGE[language]


_BY_LANGUAGE: Final = {
    language: SimpleNamespace(**{key: text.in_(language) for key, text in WORDS.items()})
    for language in LANGUAGES
}
