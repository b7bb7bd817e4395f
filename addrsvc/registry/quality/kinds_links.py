"""Pure: findings about an address beside others: building, neighbours, what replaced it."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text
from addrsvc.findings import FindingKind, Severity

INFO, WARNING, ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR

PART_WITHOUT_BUILDING: Final = FindingKind(
    "part-without-building",
    WARNING,
    Text("Căn hộ, phòng chưa thuộc tòa nhà nào", "A unit without its building"),
    Text(
        "Địa chỉ là {part} nhưng chưa gắn với tòa nhà, dãy trọ. Hãy chọn tòa nhà.",
        "The address is {part}, but belongs to no building. Choose the building.",
    ),
    Text(
        "Căn hộ, phòng trọ, tầng là phần của một tòa nhà có địa chỉ riêng.",
        "Apartments, rooms and floors are parts of a building that has its own address.",
    ),
    Text("Đăng ký tòa nhà, rồi gắn địa chỉ này vào.", "Register the building and link this to it."),
)

PART_WITHOUT_NUMBER: Final = FindingKind(
    "part-without-number",
    WARNING,
    Text("Thiếu số căn hộ, số phòng", "The number of the unit is missing"),
    Text(
        "Loại là “{kind}” nhưng chưa có số căn hộ, số phòng. Hãy ghi thêm.",
        "The kind is “{kind}”, but it has no number of unit or room. Add it.",
    ),
    Text(
        "Không có số thì không phân biệt được các căn trong một tòa nhà.",
        "Without a number the units of one building cannot be told apart.",
    ),
    Text("Ghi số căn hộ, số phòng.", "Add the number of the unit."),
)

PARENT_ELSEWHERE: Final = FindingKind(
    "parent-elsewhere",
    WARNING,
    Text("Tòa nhà ở nơi khác", "Its building is elsewhere"),
    Text(
        "Tòa nhà {parent} {how}. Hãy kiểm tra lại.",
        "Building {parent} {how}. Check it.",
    ),
    Text(
        "Phần của một tòa nhà nằm cùng phường, xã và ngay tại tòa nhà đó.",
        "A part of a building lies in its commune, and at the building.",
    ),
    Text("Sửa tòa nhà hoặc vị trí.", "Mend the building or the position."),
)

PARENT_OUT_OF_USE: Final = FindingKind(
    "parent-out-of-use",
    WARNING,
    Text("Tòa nhà không còn dùng", "Its building is out of use"),
    Text(
        "Tòa nhà {parent} không còn dùng mà phần này vẫn đang dùng. Hãy gắn với tòa nhà thay thế "
        "hoặc ngừng dùng.",
        "Building {parent} is out of use, this part of it is not. Link it to what replaced the "
        "building, or retire it.",
    ),
    Text(
        "Khi tòa nhà bị phá hoặc thay, các phần của nó cũng phải được xử lý.",
        "When a building goes, something has to become of its parts.",
    ),
    Text("Gắn với tòa nhà khác, hoặc ngừng dùng.", "Link it to another building, or retire it."),
)

PARENT_CYCLE: Final = FindingKind(
    "parent-cycle",
    ERROR,
    Text("Các phần chứa lẫn nhau", "Parts contain each other"),
    Text(
        "Địa chỉ này là phần của chính nó qua {parent}. Hãy sửa tòa nhà.",
        "The address is a part of itself through {parent}. Mend its building.",
    ),
    Text(
        "Tòa nhà, lối vào, căn hộ xếp theo tầng bậc, không thể vòng lại.",
        "Building, entrance and unit stand in order and cannot come round again.",
    ),
    Text("Sửa tòa nhà của một trong các địa chỉ này.", "Mend the building of one of them."),
)

MORE_VISIBLE_THAN_BUILDING: Final = FindingKind(
    "more-visible-than-building",
    ERROR,
    Text("Công khai hơn tòa nhà chứa nó", "More visible than its building"),
    Text(
        "Tòa nhà chứa địa chỉ này bị hạn chế xem mà phần này thì không. Hãy sửa mức hiển thị.",
        "The building it belongs to is restricted, this part of it is not. Mend the visibility.",
    ),
    Text(
        "Một phần công khai để lộ nơi có tòa nhà được giữ kín.",
        "A public part gives away where the building is.",
    ),
    Text("Đặt mức hiển thị như của tòa nhà.", "Give it the visibility of its building."),
)

NUMBER_OFF_SIDE: Final = FindingKind(
    "house-number-off-side",
    INFO,
    Text("Số nhà khác bên chẵn, lẻ", "The number is on the other side"),
    Text(
        "Số {number} {street} nằm ở bên của các số {others}. Hãy kiểm tra số nhà hoặc vị trí.",
        "Number {number} {street} stands on the side of {others} numbers. Check number or "
        "position.",
    ),
    Text(
        "Các nhà lân cận cho thấy số chẵn và số lẻ ở hai bên đường; nhà này ở bên kia.",
        "Its neighbours have even and odd numbers on two sides; this one is on the other.",
    ),
    Text("Đối chiếu với biển số nhà và vị trí.", "Compare the plate and the position."),
)

NUMBER_OUT_OF_ORDER: Final = FindingKind(
    "house-number-out-of-order",
    WARNING,
    Text("Số nhà lệch thứ tự", "The number is out of order"),
    Text(
        "Số {number} {street} cách nơi các số lân cận cho biết khoảng {metres} m. Hãy kiểm tra số "
        "nhà hoặc vị trí.",
        "Number {number} {street} is some {metres} m from where its neighbours’ numbers put it. "
        "Check number or position.",
    ),
    Text(
        "Các số lân cận tăng đều dọc đường; vị trí của số này không khớp dãy đó.",
        "The numbers around it rise along the street; this one does not fit in.",
    ),
    Text("Đối chiếu với biển số nhà và vị trí.", "Compare the plate and the position."),
)

NUMBER_REPEATED_FAR: Final = FindingKind(
    "house-number-repeated",
    WARNING,
    Text("Một số nhà ở hai nơi xa nhau", "One number in two places"),
    Text(
        "Số {number} {street} còn có ở {other}, cách {metres} m. Hãy kiểm tra số nhà, hoặc ghi "
        "thêm khu phố, khu dân cư nếu là hai đường trùng tên.",
        "Number {number} {street} is also {other}, {metres} m away. Check the number; if these "
        "are two streets of one name, add the khu phố or estate.",
    ),
    Text(
        "Trong một phường, xã, mỗi số trên một đường chỉ có một; nhiều khu dân cư lại đặt tên "
        "đường giống nhau (D1, N3).",
        "A number occurs once on a street of a commune; but estates name their streets alike.",
    ),
    Text("Sửa số nhà, hoặc ghi thêm khu phố.", "Mend the number, or add the khu phố."),
)

NEAR_DUPLICATE: Final = FindingKind(
    "near-duplicate",
    WARNING,
    Text("Có thể đã đăng ký rồi", "It may be registered twice"),
    Text(
        "Trông giống {other}, cách {metres} m. Hãy xác nhận là hai nơi, hoặc gộp làm một.",
        "It looks like {other}, {metres} m away. Confirm that these are two, or make them one.",
    ),
    Text(
        "Cùng các thành phần trong một phường, xã, hoặc cùng loại và cùng số ở rất gần nhau.",
        "The same parts in one commune, or the same kind and number very close by.",
    ),
    Text("Xác nhận là hai nơi, hoặc gộp.", "Confirm that they are two, or merge them."),
)

RETIRED_ALONE: Final = FindingKind(
    "retired-without-successor",
    WARNING,
    Text("Ngừng dùng mà không ghi nơi thay thế", "Retired without a successor"),
    Text(
        "Địa chỉ không còn dùng, không ghi nơi thay thế, mà {other} đang dùng ở ngay chỗ đó "
        "({metres} m). Hãy ghi nơi thay thế.",
        "It is out of use with no successor, yet {other} stands at the same spot ({metres} m). "
        "Record it as the successor.",
    ),
    Text(
        "Người giữ mã cũ cần được dẫn tới địa chỉ thay thế.",
        "Whoever holds the old code should be led to what took its place.",
    ),
    Text("Ghi địa chỉ thay thế.", "Record the successor."),
)

PREFIX_UNKNOWN: Final = FindingKind(
    "code-prefix-unknown",
    WARNING,
    Text("Mã vùng không thuộc phường, xã nào", "The area prefix belongs to no commune"),
    Text(
        "Năm số đầu {prefix} của mã không có trong danh mục mã vùng. Hãy kiểm tra nguồn cấp mã.",
        "The first five digits {prefix} are no prefix that is known. Check who issued the code.",
    ),
    Text(
        "Mã do nơi khác cấp có thể thuộc vùng chưa nạp, hoặc được ghi sai.",
        "A code issued elsewhere may be of an area not imported, or be mistyped.",
    ),
    Text("Nạp mã vùng, hoặc sửa nguồn.", "Import the prefix, or mend the source."),
)
