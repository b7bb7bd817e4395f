"""Pure: what stands on a printed page about plans, and how numbers and days are written there."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text

TITLE: Final = Text("THÔNG TIN QUY HOẠCH", "PLANNING INFORMATION")
ADDRESS: Final = Text("Địa chỉ", "Address")
CODE: Final = Text("Mã địa chỉ số", "Digital address code")
POSITION: Final = Text("Vị trí (WGS 84)", "Position (WGS 84)")
LAT_LON: Final = Text("vĩ độ {lat}, kinh độ {lon}", "latitude {lat}, longitude {lon}")
ACCURACY: Final = Text("sai số tới {metres} m", "may be off by {metres} m")
PLOT: Final = Text("Diện tích khu đất hỏi", "Area asked about")
AS_OF: Final = Text("Quy hoạch tính đến ngày", "Plans as of")
PRINTED: Final = Text("In lúc", "Printed at")
SCAN: Final = Text("Tra cứu lại tại", "Ask again at")
SCAN_PLOT: Final = Text(
    "Tra cứu lại một điểm trong khu đất (tọa độ các góc không nằm trong liên kết)",
    "Ask again about a point in the plot (its corners stand in no link)",
)
SYNTHETIC: Final = Text(
    "CÓ ĐỒ ÁN GIẢ LẬP ĐỂ THỬ NGHIỆM, KHÔNG CÓ GIÁ TRỊ THỰC TẾ",
    "SOME OF THESE PLANS ARE INVENTED FOR TESTING AND HOLD NOWHERE",
)
INVENTED: Final = Text("Đồ án giả lập", "Invented plan")
NOTHING: Final = Text(
    "Chưa có đồ án quy hoạch đã công bố nào nói về nơi này trong hệ thống. Điều đó không có nghĩa "
    "là nơi này không có quy hoạch.",
    "No plan published here says anything of this place. That does not mean there is none.",
)
DECISION: Final = Text("Quyết định", "Decision")
DATED: Final = Text("{number} ngày {day}", "{number} of {day}")
ISSUER: Final = Text("Cơ quan phê duyệt", "Approved by")
SCALE: Final = Text("Tỷ lệ bản đồ quy hoạch", "Scale of the plan")
PERIOD: Final = Text("Kỳ quy hoạch", "Planning period")
VALID: Final = Text("Hiệu lực", "In force")
FROM: Final = Text("từ {day}", "from {day}")
UNTIL: Final = Text("từ {day} đến trước {end}", "from {day}, until before {end}")
STATUS: Final = Text("Tình trạng", "Status")
UNKNOWN: Final = Text("không ghi", "not stated")
USE: Final = Text("Loại đất, chức năng theo quy hoạch", "Planned use")
AREA: Final = Text("Diện tích (m²)", "Area (m²)")
PERCENT: Final = Text("Tỷ lệ (%)", "Share (%)")
HERE: Final = Text("tại điểm này", "at this point")
NEAR: Final = Text("Trong phạm vi sai số còn có", "Within the accuracy there are also")
NEAR_M: Final = Text("{name} ({code}), cách {metres} m", "{name} ({code}), {metres} m away")
NONE_HERE: Final = Text("Không có vùng nào tại đúng điểm này", "No zone at this very point")
UNCOVERED: Final = Text("Phần không có vùng nào của đồ án", "Covered by no zone of the plan")
OVERLAPPING: Final = Text(
    "Phần có hai vùng trở lên chồng nhau (đã tính vào từng loại ở trên)",
    "Covered by two or more zones (counted in each use above)",
)
MORE_USES: Final = Text("… và {count} loại khác", "… and {count} more uses")
CONFLICTS: Final = Text("Các đồ án nói khác nhau", "Plans that differ")
CONFLICT: Final = Text(
    "“{one}”: {code}; “{other}”: {other_code}", "“{one}”: {code}; “{other}”: {other_code}"
)
CONFLICTS_NEXT: Final = Text(
    "Hãy hỏi cơ quan quản lý quy hoạch đồ án nào được áp dụng.",
    "Ask the planning authority which plan applies.",
)
MAP: Final = Text(
    "Bản đồ 1:{scale} khi in đúng khổ A4; hướng bắc ở phía trên",
    "Map 1:{scale} when printed on A4 at full size; north is up",
)
LEGEND: Final = Text("Chú giải", "Legend")
ASKED_POINT: Final = Text("điểm hỏi", "point asked about")
ASKED_PLOT: Final = Text("khu đất hỏi", "plot asked about")
NOT_ALL: Final = Text(
    "Chỉ vẽ {count} vùng lớn nhất quanh đây.", "Only the {count} largest zones around are drawn."
)
NO_MAP: Final = Text(
    "Không vẽ bản đồ cho đồ án thứ {count} trở đi.", "No map is drawn from plan number {count} on."
)
CORNERS: Final = Text("Tọa độ các góc, VN-2000, EPSG:{epsg}", "Corners, VN-2000, EPSG:{epsg}")
LIKELIER: Final = Text(
    "Có vẻ đúng hơn là EPSG:{epsg}: ở múi chiếu đã ghi, khu đất nằm ngoài địa bàn.",
    "EPSG:{epsg} seems likelier: in the zone named, the plot lies outside the territory.",
)
POINT: Final = Text("Điểm", "Point")
NORTHING: Final = Text("X (m)", "X, north (m)")
EASTING: Final = Text("Y (m)", "Y, east (m)")
EDGE: Final = Text("Cạnh tới điểm sau (m)", "To the next (m)")
EDGE_PRINTED: Final = Text("Theo giấy (m)", "As printed (m)")
EDGE_OFF: Final = Text("Lệch (m)", "Off by (m)")
