"""What the public pages of planning say, in both languages."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text

ZONE_NAMES: Final[dict[int, Text]] = {
    9210: Text(
        "Bình Dương, TP.HCM (cũ), Long An, Tiền Giang, Bến Tre – kinh tuyến trục 105°45′",
        "Bình Dương, former Hồ Chí Minh City, Long An, Tiền Giang, Bến Tre – meridian 105°45′",
    ),
    5899: Text(
        "Bà Rịa – Vũng Tàu, Đồng Nai – kinh tuyến trục 107°45′",
        "Bà Rịa – Vũng Tàu, Đồng Nai – meridian 107°45′",
    ),
    9212: Text("Bình Phước – kinh tuyến trục 106°15′", "Bình Phước – meridian 106°15′"),
    9209: Text("Tây Ninh – kinh tuyến trục 105°30′", "Tây Ninh – meridian 105°30′"),
}
"""Zones people meet here; the merged TP.HCM mixes the first two."""

PLANNING_WORDS: Final[dict[str, Text]] = {
    "planning_nav": Text("Quy hoạch", "Planning"),
    "planning_title": Text("Tra cứu quy hoạch", "What is planned here?"),
    "planning_lead": Text(
        "Xem các quy hoạch đã công bố nói gì về một địa chỉ, một điểm hay một thửa đất.",
        "See what published plans say of an address, a point or a plot of land.",
    ),
    "planning_box": Text("Mã địa chỉ, địa chỉ hoặc tọa độ", "Code, address or coordinates"),
    "planning_box_hint": Text(
        "Ví dụ: 75123-04827-7, hoặc 12 Lê Lợi, phường Phú Lợi, hoặc 10.9804, 106.6519.",
        "For example 75123-04827-7, or 12 Lê Lợi, phường Phú Lợi, or 10.9804, 106.6519.",
    ),
    "planning_ask": Text("Xem quy hoạch", "Look up"),
    "planning_more": Text(
        "Xem theo ngày khác, hoặc nhập điểm VN-2000", "Another day, or a point in VN-2000"
    ),
    "planning_day": Text("Theo quy hoạch có hiệu lực vào ngày", "Plans in force on"),
    "planning_zone": Text("Múi chiếu VN-2000 của X, Y", "VN-2000 zone of X, Y"),
    "planning_meridian": Text("Kinh tuyến trục {meridian}", "Meridian {meridian}"),
    "planning_zone_hint": Text(
        "Chỉ cần khi nhập X, Y theo mét. Chọn theo tỉnh ghi trên giấy chứng nhận lúc cấp.",
        "Needed for X, Y in metres only. Take the province named on the certificate when it was "
        "issued.",
    ),
    "planning_corners_open": Text(
        "Nhập tọa độ các đỉnh thửa đất ghi trên giấy chứng nhận (sổ đỏ, sổ hồng)",
        "Enter the corners of a plot as printed on the land certificate",
    ),
    "planning_corners": Text("Bảng tọa độ các đỉnh", "Corners"),
    "planning_corners_hint": Text(
        "Mỗi dòng một đỉnh, theo thứ tự trên sơ đồ. Trên giấy chứng nhận, X là hướng Bắc (khoảng "
        "1,2 triệu mét), Y là hướng Đông (khoảng 600 nghìn mét). Chép cả cột số thứ tự và chiều "
        "dài cạnh cũng được.",
        "One corner a line, in the order of the drawing. On certificates X is the northing (about "
        "1.2 million metres) and Y the easting (about 600 thousand). Columns of numbers and side "
        "lengths may be copied along.",
    ),
    "planning_corners_ask": Text("Xem quy hoạch của thửa đất", "Look up this plot"),
    "planning_corners_kept": Text(
        "Tọa độ bạn nhập chỉ dùng để trả lời, không được lưu lại.",
        "The coordinates are used for the answer only; they are not kept.",
    ),
    "planning_day_bad": Text(
        "Đây không phải một ngày. Hãy ghi theo dạng 2026-01-05 hoặc để trống.",
        "This is no day. Write it like 2026-01-05, or leave it open.",
    ),
    "planning_zone_bad": Text(
        "X, Y theo mét cần múi chiếu: hãy chọn tỉnh ghi trên giấy chứng nhận.",
        "X, Y in metres need a zone: choose the province named on the certificate.",
    ),
    "planning_corners_long": Text(
        "Nhiều chữ quá. Hãy chỉ chép bảng tọa độ các đỉnh.",
        "Too much text. Give the table of corners only.",
    ),
    "planning_bounds": Text(
        "Tọa độ này không nằm ở Việt Nam. Hãy kiểm tra lại hai số, và múi chiếu nếu là X, Y.",
        "This is no place in Việt Nam. Check both numbers and, for X and Y, the zone.",
    ),
    "planning_not_found": Text(
        "Không tìm thấy địa chỉ này. Hãy thử mã trên biển địa chỉ số, hoặc ghi đủ số nhà, đường, "
        "phường, xã; nếu là thửa đất, hãy nhập tọa độ các đỉnh.",
        "This address is not found. Try the code on the plate, or write house number, street and "
        "commune; for a plot of land enter its corners.",
    ),
    "planning_which": Text("Bạn hỏi nơi nào dưới đây?", "Which of these do you mean?"),
    "planning_coarse": Text(
        "Chưa đủ chính xác để trả lời: chỉ tìm thấy “{place}”. Hãy ghi thêm số nhà, hoặc nhập tọa "
        "độ.",
        "Not exact enough for an answer: only “{place}” is found. Add the house number, or enter "
        "coordinates.",
    ),
    "planning_no_position": Text(
        "Địa chỉ này chưa có vị trí trên bản đồ nên chưa tra được quy hoạch. Hãy nhập tọa độ các "
        "đỉnh thửa đất.",
        "This address has no position yet, so no plan can be looked up. Enter the corners of the "
        "plot.",
    ),
    # what was understood
    "planning_answer": Text("Quy hoạch tại đây", "What plans say here"),
    "planning_understood": Text("Đã hiểu là", "Understood as"),
    "planning_address": Text("Địa chỉ", "Address"),
    "planning_point": Text("Điểm", "Point"),
    "planning_plot": Text("Thửa đất", "Plot"),
    "planning_plot_corners": Text("{count} đỉnh, rộng {area}", "{count} corners, {area}"),
    "planning_order_lat": Text("vĩ độ, kinh độ (WGS 84)", "latitude, longitude (WGS 84)"),
    "planning_order_xy": Text(
        "Đã đọc X là Bắc, Y là Đông, như trên giấy chứng nhận.",
        "Read with X as northing and Y as easting, as on certificates.",
    ),
    "planning_order_yx": Text(
        "Đã đọc X là Đông, Y là Bắc vì các số chỉ hợp lý theo thứ tự đó.",
        "Read with X as easting and Y as northing: the numbers make sense in that order only.",
    ),
    "planning_zone_auto": Text("Tự nhận ra theo vị trí", "Found by where it lies"),
    "planning_zone_found": Text("{zone} (tự nhận ra)", "{zone} (found by where it lies)"),
    "planning_zone_likelier": Text(
        "Theo múi chiếu bạn chọn, thửa đất nằm ngoài địa bàn. Có thể đúng ra là: {zone}.",
        "In the zone you chose the plot lies outside the territory. It may be this one: {zone}.",
    ),
    "planning_edge_off": Text(
        "Cạnh {edge} tính theo tọa độ dài {length}, trên giấy ghi {printed}: hãy xem lại hai đỉnh "
        "này.",
        "Side {edge} has {length} by its coordinates; printed is {printed}. Check both corners.",
    ),
    "planning_zone_used": Text("Múi chiếu", "Zone"),
    "planning_as_of": Text("Có hiệu lực ngày", "In force on"),
    "planning_accuracy": Text("Sai số vị trí", "Accuracy"),
    "planning_synthetic": Text(
        "Dữ liệu giả lập: có quy hoạch dưới đây được đặt ra để thử, không có thật.",
        "Invented data: a plan below is made up for trying things out.",
    ),
    "planning_none_title": Text("Chưa có quy hoạch nào được công bố cho nơi này", "No plan here"),
    "planning_none": Text(
        "Điều đó không có nghĩa là đất không nằm trong quy hoạch: có thể bản đồ chưa được đưa lên "
        "đây.",
        "This does not mean that nothing is planned: the map may not have been put here yet.",
    ),
    "planning_none_office": Text(
        "Hỏi Ủy ban nhân dân phường, xã hoặc cơ quan quản lý đất đai nơi có đất.",
        "Ask the People’s Committee of the commune, or its land office.",
    ),
    "planning_none_list": Text("Xem các quy hoạch đã công bố", "See the plans that are published"),
    "planning_none_day": Text(
        "Xem theo ngày khác nếu bạn hỏi về trước đây.",
        "Look up another day if you ask of the past.",
    ),
    # what a plan says
    "planning_use": Text("Loại đất, chức năng", "Land use"),
    "planning_area": Text("Diện tích", "Area"),
    "planning_percent": Text("Tỷ lệ", "Share"),
    "planning_uncovered": Text(
        "Còn {area} ({percent}) bản đồ quy hoạch này không nói đến.",
        "Of {area} ({percent}) this plan says nothing.",
    ),
    "planning_overlapping": Text(
        "Có {area} ({percent}) nằm trong hai vùng chồng lên nhau của bản đồ này và được tính vào "
        "cả hai, nên tổng các dòng lớn hơn diện tích thửa đất.",
        "{area} ({percent}) lie in two zones of this map that overlap. They count for both, so the "
        "rows add up to more than the plot.",
    ),
    "planning_edge": Text(
        "Điểm này nằm trên ranh giới, hoặc các vùng của bản đồ chồng lên nhau tại đây.",
        "This point lies on an edge, or zones of the map overlap here.",
    ),
    "planning_near": Text(
        "Vị trí có thể sai đến {distance}. Trong khoảng đó còn có:",
        "The position may be off by {distance}. Within that there also is:",
    ),
    "planning_near_at": Text("cách {distance}", "{distance} away"),
    "planning_conflicts": Text("Các quy hoạch không thống nhất", "The plans do not agree"),
    "planning_conflicts_next": Text(
        "Hãy hỏi cơ quan quản lý quy hoạch xem quy hoạch nào được áp dụng.",
        "Ask the planning authority which one applies.",
    ),
    "planning_conflict": Text(
        "Trên {area}: “{plan}” ghi {use}, “{other_plan}” ghi {other_use}.",
        "On {area}: “{plan}” says {use}, “{other_plan}” says {other_use}.",
    ),
    "planning_conflict_point": Text(
        "“{plan}” ghi {use}, “{other_plan}” ghi {other_use}.",
        "“{plan}” says {use}, “{other_plan}” says {other_use}.",
    ),
    "planning_pdf": Text("Tải bản in (PDF)", "Printable PDF"),
    "planning_share_link": Text("Liên kết đến câu trả lời này", "Link to this answer"),
    "planning_map": Text("Bản đồ quy hoạch tại đây", "Map of the plan here"),
    "planning_map_plan": Text("Quy hoạch trên bản đồ", "Plan on the map"),
    "planning_map_script": Text(
        "Hãy bật JavaScript để xem bản đồ. Câu trả lời vẫn đầy đủ trên trang.",
        "Turn on JavaScript to see the map. The answer is all on this page.",
    ),
    "planning_map_missing": Text(
        "Bản đồ chưa được cài trên máy chủ này. Câu trả lời vẫn đầy đủ trên trang.",
        "The map is not installed on this server. The answer is all on this page.",
    ),
    "planning_map_failed": Text(
        "Trình duyệt này không vẽ được bản đồ. Câu trả lời vẫn đầy đủ trên trang.",
        "This browser cannot draw the map. The answer is all on this page.",
    ),
    "planning_here": Text("Quy hoạch tại đây", "What is planned here"),
    "planning_here_hint": Text(
        "xem đất ở vị trí này được quy hoạch làm gì", "what the land at this place is planned for"
    ),
    # lists of plans
    "plans_nav": Text("Lập quy hoạch", "Plans"),
    "plans_title": Text("Các quy hoạch đã công bố", "Published plans"),
    "plans_lead": Text(
        "Bản đồ quy hoạch đã đưa lên đây, kể cả bản đã được thay thế hay thu hồi.",
        "The plans that were put here, with those superseded or withdrawn.",
    ),
    "plans_kind": Text("Loại quy hoạch", "Kind"),
    "plans_level": Text("Cấp", "Level"),
    "plans_commune": Text("Mã phường, xã", "Code of commune"),
    "plans_day": Text("Có hiệu lực ngày", "In force on"),
    "plans_status": Text("Tình trạng", "Status"),
    "plans_any": Text("Tất cả", "All"),
    "plans_new": Text("Lập bản nháp mới", "New draft"),
    "plans_filter": Text("Lọc", "Filter"),
    "plans_all": Text("Bỏ lọc", "No filter"),
    "plans_none": Text("Không có quy hoạch nào như vậy.", "There are no such plans."),
    "plans_older": Text("Xem tiếp", "More"),
    "plans_name": Text("Tên quy hoạch", "Plan"),
    "plans_decision": Text("Quyết định", "Decision"),
    "plans_validity": Text("Hiệu lực", "In force"),
    "plan_back": Text("Tất cả quy hoạch", "All plans"),
    "plan_decision_of": Text("{number} ngày {day}", "{number} of {day}"),
    "plan_decision": Text("Quyết định", "Decision"),
    "plan_issuer": Text("Cơ quan ban hành", "Issued by"),
    "plan_scale": Text("Tỷ lệ bản đồ", "Scale"),
    "plan_period": Text("Thời kỳ", "Years planned for"),
    "plan_validity": Text("Hiệu lực", "In force"),
    "plan_holds_since": Text("từ {day}", "since {day}"),
    "plan_held": Text("từ {day} đến trước {until}", "from {day} until before {until}"),
    "plan_code_list": Text("Danh mục loại đất", "Code list"),
    "plan_area": Text("Diện tích", "Area"),
    "plan_zones": Text("Số vùng", "Zones"),
    "plan_note": Text("Ghi chú", "Note"),
    "plan_replaces": Text("Thay thế", "Replaces"),
    "plan_replaced_by": Text("Được thay bằng", "Replaced by"),
    "plan_draft_note": Text(
        "Đây là bản nháp. Chỉ người có quyền lập quy hoạch của địa bàn nhìn thấy.",
        "This is a draft. Only planners of this area see it.",
    ),
    "plan_synthetic": Text(
        "Dữ liệu giả lập: quy hoạch này được đặt ra để thử, không có thật.",
        "Invented data: this plan is made up for trying things out.",
    ),
    "plan_invented": Text("Giả lập", "Invented"),
    "plan_withdrawn_note": Text(
        "Quy hoạch này đã bị thu hồi, không dùng để trả lời nữa.",
        "This plan was withdrawn; no answer is given from it any more.",
    ),
    "plan_superseded_note": Text(
        "Quy hoạch này đã được thay thế. Chỉ còn dùng khi hỏi về ngày trước đó.",
        "This plan was superseded. It answers for earlier days only.",
    ),
    "plan_legend": Text("Các loại đất, chức năng", "Land uses"),
    "plan_map": Text("Bản đồ", "Map"),
    "plan_history": Text("Lịch sử", "History"),
    "plan_changes": Text("Thay đổi so với quy hoạch trước", "Changes against the plan before"),
    "plan_changes_map": Text("Bản đồ các thay đổi", "Map of the changes"),
    "plan_changes_from": Text("Trước đây", "Before"),
    "plan_changes_to": Text("Nay", "Now"),
    "plan_nothing": Text("không có", "none"),
    "plan_downloads": Text("Tải dữ liệu", "Downloads"),
    "plan_geojson": Text(
        "Các vùng (GeoJSON, mỗi trang 1.000 vùng)", "Zones (GeoJSON, 1,000 on a page)"
    ),
    "plan_json": Text("Thông tin quy hoạch (JSON)", "This plan (JSON)"),
    "plan_ask_here": Text("Tra cứu một nơi trong quy hoạch", "Look up a place"),
}
