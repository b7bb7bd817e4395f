"""Pure: findings about administrative units. Identifiers are for ever; words may get better."""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text
from addrsvc.findings import FindingKind, Severity

INFO, WARNING, ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR

COMMUNE_SPLIT: Final = FindingKind(
    "commune-split-2025",
    WARNING,
    Text("Phường, xã cũ đã chia tách", "The old commune was split"),
    Text(
        "Từ ngày 01/07/2025, {old} được chia về nhiều phường, xã: {candidates}. Hãy ghi thêm khu "
        "phố, ấp hoặc chọn vị trí trên bản đồ.",
        "On 1 July 2025 {old} was divided between several communes: {candidates}. Add the khu "
        "phố or ấp, or choose the place on the map.",
    ),
    Text(
        "Khi sắp xếp lại ngày 01/07/2025, một số phường, xã không nhập trọn vào một đơn vị mà "
        "chia cho hai hoặc nhiều đơn vị mới, thường theo ranh giới khu phố, ấp. Chỉ có tên "
        "phường, xã cũ thì chưa biết địa chỉ nay thuộc đơn vị nào, và hệ thống không chọn thay.",
        "In the reorganisation of 1 July 2025 some communes did not go into one successor but "
        "were divided between two or more, mostly along khu phố and ấp. The old name alone does "
        "not say where an address is now, and none is chosen by default.",
    ),
    Text(
        "Ghi thêm khu phố, ấp; hoặc cho vị trí; hoặc chọn một trong các phường, xã được nêu.",
        "Add the khu phố or ấp, give the position, or choose one of the communes named.",
    ),
    settled=Text(
        "{old} đã được chia tách từ ngày 01/07/2025; địa chỉ này nay thuộc {new} ({how}).",
        "{old} was split on 1 July 2025; this address is now in {new} ({how}).",
    ),
)

COMMUNE_RENAMED: Final = FindingKind(
    "commune-renamed-or-merged-2025",
    INFO,
    Text("Tên phường, xã trước 01/07/2025", "Commune name from before 1 July 2025"),
    Text(
        "Từ ngày 01/07/2025, {old} thuộc {new}. Hãy dùng tên mới khi ghi địa chỉ.",
        "Since 1 July 2025 {old} is part of {new}. Use the new name when writing the address.",
    ),
    Text(
        "Địa chỉ ghi tên phường, xã đã sáp nhập, đổi tên hoặc chuyển loại ngày 01/07/2025. Cả "
        "đơn vị cũ đi vào một đơn vị mới, nên kết quả là chắc chắn.",
        "The address names a commune that was merged, renamed or changed its kind on 1 July "
        "2025. All of it went into one new commune, so the answer is certain.",
    ),
    Text(
        "Không bắt buộc làm gì. Giấy tờ mới nên ghi tên mới.",
        "Nothing has to be done. New papers should carry the new name.",
    ),
    settled=Text(
        "{old} (đến 30/06/2025) nay nằm trong {new} mới; tên giữ nguyên.",
        "{old} as it was until 30 June 2025 is now part of the new {new}; the name stays the same.",
    ),
)

DISTRICT_ABOLISHED: Final = FindingKind(
    "district-abolished-2025",
    INFO,
    Text("Quận, huyện không còn", "Districts no longer exist"),
    Text(
        "{district} không còn là đơn vị hành chính từ ngày 01/07/2025; địa chỉ mới không cần ghi.",
        "{district} ended as a district on 1 July 2025; leave it out of new addresses.",
    ),
    Text(
        "Từ ngày 01/07/2025 chỉ còn hai cấp: tỉnh, thành phố và phường, xã, đặc khu. Quận, "
        "huyện, thị xã và thành phố thuộc tỉnh đã kết thúc.",
        "Since 1 July 2025 there are two tiers only: provinces and communes. Districts, towns "
        "and provincial cities have ended.",
    ),
    Text(
        "Không bắt buộc làm gì. Tên quận, huyện cũ vẫn giúp nhận ra địa chỉ cũ.",
        "Nothing has to be done. Old district names still help to recognise old addresses.",
    ),
)

PROVINCE_MERGED: Final = FindingKind(
    "province-merged-2025",
    INFO,
    Text("Tỉnh đã sáp nhập", "The province was merged"),
    Text(
        "Từ ngày 01/07/2025, {old} thuộc {new}.",
        "Since 1 July 2025 {old} is part of {new}.",
    ),
    Text(
        "Từ ngày 01/07/2025 cả nước còn 34 tỉnh, thành phố (Nghị quyết 202/2025/QH15).",
        "Since 1 July 2025 the country has 34 provinces (Resolution 202/2025/QH15).",
    ),
    Text(
        "Không bắt buộc làm gì. Giấy tờ mới nên ghi tên mới.",
        "Nothing has to be done. New papers should carry the new name.",
    ),
)

COMMUNE_NOT_KNOWN: Final = FindingKind(
    "commune-not-known",
    ERROR,
    Text("Không có phường, xã tên này", "No such commune"),
    Text(
        "Không tìm thấy “{name}” trong danh mục phường, xã trước và sau 01/07/2025. Hãy kiểm tra "
        "lại tên.",
        "“{name}” is in neither list of communes, before or after 1 July 2025. Check the name.",
    ),
    Text(
        "Danh mục gồm mọi phường, xã, thị trấn của cả nước tại tháng 6/2025 và từ ngày "
        "01/07/2025. Tên có thể bị ghi sai, hoặc đơn vị đã không còn từ trước đó.",
        "The lists hold every commune of the country as of June 2025 and since 1 July 2025. The "
        "name may be misspelt, or the commune may have ended before that.",
    ),
    Text(
        "Sửa tên phường, xã; ghi thêm tỉnh, thành phố và quận, huyện cũ nếu biết.",
        "Mend the name; add the province and the old district if known.",
    ),
)

COMMUNE_MISSING: Final = FindingKind(
    "commune-missing",
    ERROR,
    Text("Thiếu phường, xã", "The commune is missing"),
    Text(
        "Địa chỉ chưa ghi phường, xã. Hãy ghi thêm tên phường hoặc xã, cũ hay mới đều được.",
        "The address names no commune. Add the ward or commune, old name or new.",
    ),
    Text(
        "Cùng một tên đường có ở nhiều phường, xã, nên thiếu phường, xã thì chưa đủ để chắc chắn.",
        "Streets of the same name run in many communes, so without one nothing is certain.",
    ),
    Text("Ghi thêm tên phường, xã.", "Add the commune."),
    settled=Text(
        "Địa chỉ không ghi phường, xã; suy ra {new} từ phần còn lại của địa chỉ.",
        "The address names no commune; {new} follows from the rest of it.",
    ),
)

COMMUNE_AMBIGUOUS: Final = FindingKind(
    "commune-ambiguous",
    WARNING,
    Text("Tên chỉ nhiều phường, xã", "The name means several communes"),
    Text(
        "Tên phường, xã này có thể là: {candidates}. Hãy ghi thêm tỉnh, thành phố hoặc quận, "
        "huyện cũ.",
        "This name may mean: {candidates}. Add the province or the old district.",
    ),
    Text(
        "Nhiều phường, xã trùng tên, nhất là khi viết không dấu hoặc chỉ ghi số.",
        "Many communes share a name, above all without accents or where it is only a number.",
    ),
    Text(
        "Ghi thêm tỉnh, thành phố hoặc quận, huyện cũ.",
        "Add the province or the old district.",
    ),
)

COMMUNE_OUTSIDE_PROVINCE: Final = FindingKind(
    "commune-outside-province",
    ERROR,
    Text("Phường, xã không thuộc nơi đã ghi", "The commune is not where the address says"),
    Text(
        "{commune} không thuộc {above}. Hãy kiểm tra lại các tên này.",
        "{commune} does not lie in {above}. Check these names.",
    ),
    Text(
        "Phường, xã và tỉnh, quận, huyện trong địa chỉ mâu thuẫn nhau, cả theo tên cũ lẫn tên mới.",
        "Commune and province or district of the address contradict each other, by their old "
        "names and by their new ones.",
    ),
    Text("Sửa một trong hai tên.", "Mend one of the two names."),
)
