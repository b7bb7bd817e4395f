"""Pure: findings about where a registered address lies and which commune it belongs to."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text
from addrsvc.findings import FindingKind, Severity

INFO, WARNING, ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR

OUTSIDE_COMMUNE: Final = FindingKind(
    "outside-commune",
    ERROR,
    Text("Vị trí nằm ngoài phường, xã đã ghi", "The position lies outside the commune"),
    Text(
        "Địa chỉ ghi thuộc {commune} nhưng vị trí nằm ở {found}, cách ranh giới {metres} m. Hãy "
        "sửa vị trí hoặc phường, xã.",
        "Registered in {commune}, but the position lies in {found}, {metres} m over the edge. "
        "Mend the position or the commune.",
    ),
    Text(
        "Ranh giới đã nạp cho thấy vị trí ở phường, xã khác, xa hơn sai số của vị trí và của ranh "
        "giới.",
        "By the boundaries imported the position is in another commune, further over the edge "
        "than position and boundary may be off.",
    ),
    Text(
        "Đo lại vị trí, hoặc sửa phường, xã của địa chỉ.",
        "Take the position again, or mend the commune.",
    ),
)

NEAR_EDGE: Final = FindingKind(
    "outside-commune-within-accuracy",
    INFO,
    Text("Vị trí sát ranh giới phường, xã", "The position is at the edge of the commune"),
    Text(
        "Vị trí nằm bên kia ranh giới của {commune} {metres} m, ở {found}; sai số là {accuracy} m "
        "nên chưa kết luận được.",
        "The position lies {metres} m over the edge of {commune}, in {found}; it may be off by "
        "{accuracy} m, so this decides nothing.",
    ),
    Text(
        "Vị trí và ranh giới đều có sai số; sát ranh giới thì chưa biết bên nào đúng.",
        "Positions and boundaries both may be off; close to an edge neither side is proved.",
    ),
    Text(
        "Nên đo lại vị trí chính xác hơn khi có dịp.",
        "Take a better position when there is occasion to.",
    ),
)

OUTSIDE_INDICATIVE: Final = FindingKind(
    "outside-commune-indicative",
    INFO,
    Text("Vị trí ngoài vùng ước lượng", "The position is outside an estimated area"),
    Text(
        "Theo vùng ước lượng, vị trí ở {found}, còn địa chỉ ghi {commune}. Chưa có ranh giới để "
        "kết luận.",
        "By estimated areas the position is in {found}, the address says {commune}. Without "
        "boundaries this decides nothing.",
    ),
    Text(
        "Chưa nạp ranh giới của phường, xã này; vùng ước lượng chỉ tính từ tâm và diện tích.",
        "No boundary of this commune is imported; estimated areas come from centres and sizes.",
    ),
    Text("Nạp ranh giới rồi kiểm tra lại.", "Import boundaries and check again."),
)

OUTSIDE_ALL: Final = FindingKind(
    "outside-all-communes",
    ERROR,
    Text("Vị trí không thuộc phường, xã nào", "The position lies in no commune"),
    Text(
        "Vị trí {lat}, {lon} không nằm trong phường, xã nào. Hãy kiểm tra kinh độ, vĩ độ có bị "
        "ghi đảo không.",
        "The position {lat}, {lon} lies in no commune. Check whether longitude and latitude "
        "were swapped.",
    ),
    Text(
        "Điểm ở ngoài mọi ranh giới và vùng ước lượng: ngoài biển, nước khác, hoặc tọa độ bị đảo.",
        "The point is outside every boundary and estimated area: at sea, abroad, or swapped.",
    ),
    Text("Sửa vị trí.", "Mend the position."),
)

COMMUNE_ENDED: Final = FindingKind(
    "commune-ended",
    WARNING,
    Text("Phường, xã đã ghi không còn", "The commune registered has ended"),
    Text(
        "{commune} không còn từ ngày {day}; nay là: {successors}. Hãy chuyển địa chỉ sang đơn vị "
        "mới.",
        "{commune} ended on {day}; it is now: {successors}. Move the address to the new unit.",
    ),
    Text(
        "Địa chỉ vẫn gắn với phường, xã đã sắp xếp lại. Mã địa chỉ không đổi khi chuyển.",
        "The address still belongs to a commune that was reorganised. Its code stays when moved.",
    ),
    Text(
        "Lập quyết định sắp xếp cho cả phường, xã, hoặc sửa từng địa chỉ.",
        "Reorganise the whole commune by one act, or mend the address.",
    ),
)

ACCURACY_POOR: Final = FindingKind(
    "accuracy-poor",
    WARNING,
    Text("Vị trí kém chính xác", "The position is too inaccurate"),
    Text(
        "Sai số vị trí {accuracy} m, quá mức {limit} m cho loại “{kind}”. Hãy đo lại vị trí.",
        "The position may be off by {accuracy} m; for “{kind}” it should be {limit} m at most. "
        "Take it again.",
    ),
    Text(
        "Mỗi loại đối tượng có mức sai số chấp nhận riêng: nhà ở cần chính xác hơn nhà máy hay "
        "địa danh.",
        "Each kind of object has its own limit: a house needs a better position than a factory "
        "or a place.",
    ),
    Text(
        "Đứng ở lối vào, chờ tín hiệu ổn định rồi đo lại.",
        "Stand at the entrance, wait for a steady signal and take it again.",
    ),
)

POSITION_ESTIMATED: Final = FindingKind(
    "position-estimated",
    INFO,
    Text("Vị trí chỉ là ước lượng", "The position is only estimated"),
    Text(
        "Chưa ai đo vị trí; tạm lấy {where}, sai số {accuracy} m.",
        "Nobody has taken the position yet; {where} stands in, off by up to {accuracy} m.",
    ),
    Text(
        "Địa chỉ được đề xuất từ văn bản nên chưa có vị trí đo tại chỗ, và chưa có mã.",
        "The address was proposed from a text, so there is no position taken on the spot.",
    ),
    Text("Đến nơi đo vị trí để cấp mã.", "Take the position on the spot."),
)

POSITION_MISSING: Final = FindingKind(
    "position-missing",
    WARNING,
    Text("Chưa có vị trí", "There is no position"),
    Text(
        "Địa chỉ chưa có vị trí nào, kể cả ước lượng. Hãy đo vị trí.",
        "The address has no position, not even an estimated one. Take it on the spot.",
    ),
    Text(
        "Không có vị trí thì không hiện được trên bản đồ và không kiểm tra được phường, xã.",
        "Without a position it cannot be shown on a map, nor its commune be checked.",
    ),
    Text("Đo vị trí tại chỗ.", "Take the position on the spot."),
)

POSITION_SHARED: Final = FindingKind(
    "position-shared",
    WARNING,
    Text("Nhiều địa chỉ trên cùng một điểm", "Many addresses on one point"),
    Text(
        "{count} địa chỉ riêng biệt có cùng một tọa độ. Hãy đo lại từng nơi, hoặc ghi chúng là "
        "các phần của một tòa nhà.",
        "{count} separate addresses have exactly this point. Take each position again, or make "
        "them parts of one building.",
    ),
    Text(
        "Tọa độ trùng hoàn toàn thường là điểm của cả khu, cả đường hoặc của cơ quan nhập liệu.",
        "Exactly equal coordinates are mostly those of a whole area or of the office that typed.",
    ),
    Text(
        "Đo lại vị trí; hoặc ghi tòa nhà chung của các địa chỉ này.",
        "Take the positions again; or name the building they belong to.",
    ),
)

POSITION_ROUNDED: Final = FindingKind(
    "position-rounded",
    WARNING,
    Text("Tọa độ bị làm tròn", "The coordinates are rounded"),
    Text(
        "Tọa độ {lat}, {lon} đã làm tròn đến {grid} nên lệch tới {off} m, nhiều hơn sai số đã ghi "
        "({accuracy} m). Hãy đo lại.",
        "Coordinates {lat}, {lon} are rounded to {grid}: off by up to {off} m, more than the "
        "{accuracy} m stated. Take the position again.",
    ),
    Text(
        "Tọa độ đo thật có từ năm chữ số thập phân; ít hơn, hoặc tròn đến phút, là đã làm tròn ở "
        "đâu đó.",
        "Coordinates taken on the spot have five decimals or more; fewer, or whole minutes of arc, "
        "were rounded somewhere.",
    ),
    Text(
        "Đo lại vị trí, hoặc ghi đúng sai số.",
        "Take the position again, or state its accuracy as it is.",
    ),
)

FAR_FROM_STREET: Final = FindingKind(
    "far-from-street",
    WARNING,
    Text("Vị trí xa đường đã ghi", "The position is far from its street"),
    Text(
        "Vị trí cách “{street}” {metres} m. Hãy kiểm tra vị trí hoặc tên đường.",
        "The position is {metres} m from “{street}”. Check the position or the street.",
    ),
    Text(
        "So với tim đường đã nạp. Nhà trong hẻm được phép xa hơn nhà mặt tiền.",
        "Measured to the line imported. A house in an alley may be further than one in front.",
    ),
    Text("Sửa vị trí hoặc tên đường.", "Mend the position or the street."),
)

VALID_FROM_FUTURE: Final = FindingKind(
    "begins-in-future",
    INFO,
    Text("Ngày hiệu lực ở tương lai", "It begins in the future"),
    Text(
        "Địa chỉ có hiệu lực từ ngày {day}, sau hôm nay.",
        "The address holds from {day}, which is still to come.",
    ),
    Text(
        "Ngày hiệu lực có thể đặt trước theo quyết định, hoặc bị gõ nhầm năm.",
        "A decision may name a later day; or the year was mistyped.",
    ),
    Text("Kiểm tra ngày trong quyết định.", "Check the day in the decision."),
)

WAITING_LONG: Final = FindingKind(
    "waiting-long",
    INFO,
    Text("Chờ xử lý đã lâu", "It has waited for long"),
    Text(
        "Địa chỉ ở trạng thái “{status}” từ ngày {day}. Hãy đo vị trí, hoặc từ chối.",
        "The address is “{status}” since {day}. Take its position, or reject it.",
    ),
    Text(
        "Đề xuất và mã giữ chỗ nên được giải quyết trong một năm.",
        "Proposals and codes kept in reserve should be settled within a year.",
    ),
    Text("Đo vị trí tại chỗ, hoặc từ chối.", "Take the position, or reject it."),
)
