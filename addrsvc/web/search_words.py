"""Sentences of the one box, its results and the page of an address, in both languages."""

from __future__ import annotations

from typing import Final

from addrsvc.admin_units.conversion import Certainty
from addrsvc.errors import Text
from addrsvc.geocoding.model import MatchLevel
from addrsvc.geocoding.ranking import Category, NextAction
from addrsvc.parsing.model import ComponentType, Status

LEVEL_NAMES: Final[dict[MatchLevel, Text]] = {
    MatchLevel.UNIT: Text("đúng căn hộ, phòng", "the very unit"),
    MatchLevel.HOUSE: Text("đúng số nhà", "the very house"),
    MatchLevel.ORGANISATION: Text("đúng nơi có tên này", "the very place of this name"),
    MatchLevel.ALLEY: Text("nhà gần nhất trong cùng hẻm", "the nearest house of the same alley"),
    MatchLevel.INTERPOLATED: Text(
        "ước lượng giữa hai số nhà kề bên", "estimated between the two numbers beside it"
    ),
    MatchLevel.STREET: Text("chỉ đến tên đường", "the street only"),
    MatchLevel.LOCALITY: Text("chỉ đến khu phố, ấp", "the neighbourhood only"),
    MatchLevel.COMMUNE: Text("chỉ đến phường, xã", "the commune only"),
    MatchLevel.PROVINCE: Text("chỉ đến tỉnh, thành phố", "the province only"),
}
"""How fine an answer is."""

PART_NAMES: Final[dict[ComponentType, Text]] = {
    ComponentType.UNIT: Text("Căn hộ, phòng", "Unit"),
    ComponentType.FLOOR: Text("Tầng", "Floor"),
    ComponentType.BUILDING: Text("Tòa nhà", "Building"),
    ComponentType.HOUSE_NUMBER: Text("Số nhà", "House number"),
    ComponentType.THOROUGHFARE: Text("Đường, hẻm", "Street"),
    ComponentType.LOCALITY: Text("Khu phố, ấp", "Neighbourhood"),
    ComponentType.COMMUNE: Text("Phường, xã", "Commune"),
    ComponentType.DISTRICT: Text("Quận, huyện (trước 7/2025)", "District (before July 2025)"),
    ComponentType.PROVINCE: Text("Tỉnh, thành phố", "Province"),
    ComponentType.POSTCODE: Text("Mã bưu chính", "Postcode"),
}

PART_STATUSES: Final[dict[Status, Text]] = {
    Status.CONFIRMED: Text("đúng như sổ", "as registered"),
    Status.CORRECTED: Text("đã sửa", "put right"),
    Status.INFERRED: Text("tự suy ra", "assumed"),
    Status.UNCONFIRMED: Text("chưa có trong sổ", "not registered"),
    Status.MISSING: Text("còn thiếu", "missing"),
    Status.UNEXPECTED: Text("không khớp phần còn lại", "does not fit the rest"),
}

VERDICTS: Final[dict[tuple[Category, NextAction], Text]] = {
    ("A", "accept"): Text("Khớp với sổ địa chỉ", "It matches the register"),
    ("B", "accept"): Text(
        "Khớp với sổ địa chỉ, sau khi đổi tên hoặc số cũ sang mới",
        "It matches the register, once an old name or number is brought up to date",
    ),
    ("B", "confirm"): Text(
        "Khớp với sổ địa chỉ, sau khi sửa vài chỗ",
        "It matches the register, once a few things are put right",
    ),
    ("C", "confirm"): Text("Có một nơi phù hợp, cần xác nhận", "One place fits; please confirm it"),
    ("C", "fix"): Text("Chưa xác định được đúng một nơi", "This does not name one certain place"),
}

ACTIONS: Final[dict[NextAction, Text]] = {
    "accept": Text("Dùng được ngay.", "You can use it as it is."),
    "confirm": Text(
        "Hãy xem phần bên dưới và vị trí trên bản đồ; đúng thì mở địa chỉ.",
        "Look at what stands below and at the map; if it is right, open the address.",
    ),
    "fix": Text(
        "Hãy chọn một nơi bên dưới, hoặc ghi rõ hơn rồi tìm lại.",
        "Choose one of the places below, or write more of the address and search again.",
    ),
    "add_unit": Text(
        "Nơi này có nhiều căn hộ, phòng: hãy ghi thêm số căn hộ, phòng.",
        "There are several flats or rooms here: add the number of the unit.",
    ),
}

CERTAINTIES: Final[dict[Certainty, Text]] = {
    Certainty.CERTAIN: Text("chắc chắn", "certain"),
    Certainty.BY_GEOMETRY: Text("theo vị trí", "by its position"),
    Certainty.BY_LOCALITY: Text("theo khu phố, ấp", "by its neighbourhood"),
    Certainty.CANDIDATE: Text("một khả năng", "one possibility"),
}

DIGIT_NAMES: Final[tuple[Text, ...]] = tuple(
    Text(vi, en)
    for vi, en in (
        ("không", "zero"),
        ("một", "one"),
        ("hai", "two"),
        ("ba", "three"),
        ("bốn", "four"),
        ("năm", "five"),
        ("sáu", "six"),
        ("bảy", "seven"),
        ("tám", "eight"),
        ("chín", "nine"),
    )
)

SEARCH_WORDS: Final[dict[str, Text]] = {
    # suggestions
    "suggestions_list": Text("Gợi ý", "Suggestions"),
    "suggestions_count": Text("{count} gợi ý", "{count} suggestions"),
    "suggestions_none": Text("Không có gợi ý", "No suggestions"),
    # where I am, and a tap on the map
    "here_button": Text("Vị trí của tôi", "Where I am"),
    "here_note": Text(
        "Vị trí bạn gửi chỉ dùng để trả lời, không được lưu lại.",
        "The position you send is used for the answer only, and is not kept.",
    ),
    "here_waiting": Text("Đang xác định vị trí…", "Finding your position…"),
    "here_refused": Text(
        "Trình duyệt không cho biết vị trí. Hãy cho phép, hoặc chấm trên bản đồ.",
        "The browser does not tell your position. Allow it, or tap on the map.",
    ),
    "here_failed": Text(
        "Chưa xác định được vị trí. Hãy thử lại ngoài trời, hoặc chấm trên bản đồ.",
        "Your position could not be found. Try again outdoors, or tap on the map.",
    ),
    "here_bad": Text(
        "Vị trí gửi lên không đọc được. Hãy chấm lại trên bản đồ, hoặc nhập tọa độ.",
        "The position that was sent cannot be read. Tap on the map again, or type coordinates.",
    ),
    "pick_title": Text("Chọn trên bản đồ", "Choose on the map"),
    "pick_lead": Text(
        "Chấm vào nơi bạn muốn hỏi: phường, xã và những địa chỉ gần đó.",
        "Tap the place you want to know about: its commune and the addresses near it.",
    ),
    "pick_open": Text("Mở bản đồ", "Open the map"),
    "pick_ask": Text("Xem nơi vừa chấm", "What is at this place?"),
    "pick_hint": Text(
        "Chấm vào bản đồ để hỏi một nơi khác.", "Tap the map to ask about another place."
    ),
    "pick_needs_script": Text(
        "Bản đồ cần JavaScript. Không có JavaScript, hãy nhập tọa độ vào ô trên.",
        "The map needs JavaScript. Without it, type coordinates into the box above.",
    ),
    # a text
    "understood": Text("Đã hiểu như sau", "How it was understood"),
    "understood_written": Text("bạn viết “{written}”", "you wrote “{written}”"),
    "best_title": Text("Nơi phù hợp nhất", "The best match"),
    "open_address": Text("Mở địa chỉ này", "Open this address"),
    "match_level": Text("Mức khớp", "How fine"),
    "match_sure": Text("Độ chắc", "How sure"),
    "match_retired": Text("địa chỉ không còn dùng", "out of use"),
    "others_title": Text("Những nơi khác có thể là ý bạn", "Other places you may mean"),
    "places_title": Text("Những địa chỉ tìm thấy", "Addresses found"),
    "findings_here": Text("Cần lưu ý", "What to note"),
    "finding_more": Text("Giải thích", "Explain"),
    "conversion_title": Text("Phường, xã cũ và mới", "The commune, old and new"),
    "conversion_written": Text("Bạn viết", "You wrote"),
    "conversion_until": Text("đến hết ngày {day}", "until {day}"),
    "conversion_present": Text("Nay là", "Now"),
    "conversion_candidates": Text("Nay có thể là", "Now possibly"),
    "conversion_share": Text("giữ khoảng {share} diện tích cũ", "holds about {share} of its area"),
    "conversion_instrument": Text("theo {instrument}", "by {instrument}"),
    "nothing_title": Text("Không tìm thấy nơi nào", "Nothing was found"),
    "nothing_text": Text(
        "Sổ địa chỉ chưa có nơi nào như bạn nhập. Hãy thử ghi: số nhà, tên đường, phường hoặc xã; "
        "có dấu hay không dấu đều được, tên cũ cũng được.",
        "The register has no place like this. Try house number, street and commune; with or "
        "without accents, and old names do too.",
    ),
    "nothing_code": Text(
        "Không có địa chỉ nào được tra cứu công khai mang mã này.",
        "No address that is open to the public has this identifier.",
    ),
    "empty_text": Text(
        "Hãy nhập địa chỉ, mã địa chỉ số, mã cộng hoặc tọa độ.",
        "Type an address, a code, a plus code or coordinates.",
    ),
    "empty_title": Text("Chưa nhập gì", "Nothing was typed"),
    # next steps
    "steps_title": Text("Nếu không phải nơi bạn tìm", "If this is not what you look for"),
    "step_no_number": Text("Nhà tôi chưa có số", "My house has no number"),
    "step_no_number_text": Text(
        "Báo tại đây để được xem xét cấp số nhà và mã địa chỉ số; không cần tài khoản.",
        "Report it here, so that it gets a number and a code; no account is needed.",
    ),
    "step_missing": Text("Nhà tôi không có ở đây", "My house is missing"),
    "step_missing_text": Text(
        "Có thể nhà chưa được thu thập. Hãy báo tại đây; khi cần gửi vị trí ngay, hãy gửi mã cộng "
        "hoặc tọa độ.",
        "It may not have been collected yet: report it here. If you must send the place now, send "
        "its plus code or coordinates.",
    ),
    "step_wrong": Text("Thông tin sai", "Something is wrong"),
    "step_wrong_text": Text(
        "Báo chỗ sai kèm mã địa chỉ số; bạn nhận được mã theo dõi để xem kết quả.",
        "Report what is wrong with the code; you get a number to follow it by.",
    ),
    # a point
    "point_title": Text("Tại điểm này", "At this point"),
    "point_nowhere": Text(
        "Chưa biết phường, xã: điểm nằm ngoài ranh giới đã có.",
        "The commune is not known: the point lies outside the boundaries there are.",
    ),
    "point_edge": Text("Cách ranh giới khoảng {distance}.", "About {distance} from the boundary."),
    "point_edge_near": Text(
        "Sát ranh giới ({distance}): có thể thuộc phường, xã bên cạnh.",
        "Close to the boundary ({distance}): it may belong to the commune beside it.",
    ),
    "point_nearby": Text("Địa chỉ gần nhất", "Nearest addresses"),
    "point_nearby_none": Text(
        "Không có địa chỉ nào trong vòng 1 km.", "There is no address within 1 km."
    ),
    "point_distance": Text("cách {distance}", "{distance} away"),
    "point_planning": Text("Xem quy hoạch tại điểm này", "What plans say of this point"),
    "point_exchanged": Text(
        "Đã đọc vĩ độ trước, kinh độ sau.", "Read with latitude first, then longitude."
    ),
    "point_straight": Text(
        "Đã đọc kinh độ trước, vĩ độ sau.", "Read with longitude first, then latitude."
    ),
    "plus_code": Text("Mã cộng (Plus Code)", "Plus code"),
    "short_completed": Text(
        "Mã ngắn “{code}” được ghép theo “{place}”.",
        "The short code “{code}” was completed near “{place}”.",
    ),
    "short_alone": Text(
        "Mã cộng này thiếu phần đầu. Hãy ghi thêm tên phường, xã hoặc thành phố sau mã, ví dụ: "
        "{code} Thủ Dầu Một.",
        "This plus code lacks its beginning. Add the name of the commune or town behind it, for "
        "example: {code} Thủ Dầu Một.",
    ),
    "short_nowhere": Text(
        "Chưa biết nơi ghi sau mã cộng. Hãy ghi tên phường, xã hoặc thành phố, hoặc nhập đủ mã.",
        "The place behind the plus code is not known. Write the name of a commune or town, or "
        "the whole code.",
    ),
    "point_bad": Text("Chưa đọc được điểm này", "This point cannot be read yet"),
    "zone_choose": Text("Tỉnh ghi trên giấy chứng nhận", "Province named on the certificate"),
    "parcel_closed_title": Text("Thửa đất không tra ở đây", "Parcels are not looked up here"),
    "parcel_closed": Text(
        "Tra địa chỉ theo số thửa chỉ dành cho cán bộ có quyền, vì có thể lộ việc sở hữu. Hãy "
        "nhập tọa độ X, Y ghi trên giấy chứng nhận, hoặc xem trang quy hoạch.",
        "Addresses are looked up by parcel by authorised staff only, since it may tell who owns "
        "what. Enter X and Y of the certificate, or see the page on planning.",
    ),
    # the page of an address
    "spoken": Text("Đọc mã", "Read aloud"),
    "spoken_check": Text("số kiểm tra {digit}", "check digit {digit}"),
    "copy_line": Text("Sao chép địa chỉ", "Copy the address"),
    "copy_old_line": Text("Sao chép cách ghi cũ", "Copy the old form"),
    "copy_code": Text("Sao chép mã", "Copy the code"),
    "aliases_title": Text("Mã và tên khác của nơi này", "Other names of this place"),
    "alias_computed": Text("tính từ vị trí", "worked out of the position"),
    "alias_former_code": Text("Mã cùng dẫn về đây", "Code that leads here too"),
    "plans_here_title": Text("Quy hoạch tại đây", "What plans say here"),
    "plans_here_none": Text(
        "Chưa có quy hoạch nào trong hệ thống ở vị trí này.",
        "There is no plan in the system at this place yet.",
    ),
    "plans_rough": Text(
        "Vị trí chưa đủ chính xác để tra quy hoạch.",
        "The position is not exact enough to look plans up.",
    ),
    "former_communes": Text("Trước 7/2025", "Before July 2025"),
    "papers_title": Text("In và chứng nhận", "Print and certify"),
    "paper_card": Text("Thẻ địa chỉ (PDF)", "Address card (PDF)"),
    "paper_plate": Text("Biển địa chỉ (PDF)", "Address plate (PDF)"),
    "paper_plate_svg": Text("Biển địa chỉ (SVG)", "Address plate (SVG)"),
    "paper_certificate": Text("Giấy xác nhận địa chỉ", "Certificate of the address"),
}
