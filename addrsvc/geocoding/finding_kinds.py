"""Pure: findings about places, codes and the text, and the catalogue of all findings.

What a verdict and an audit of the register say alike is defined with the audit's.
"""

from __future__ import annotations

import sys
from typing import Final

from addrsvc.admin_units import finding_kinds as finding_kinds_of_units
from addrsvc.errors import Text
from addrsvc.findings import FindingKind, Severity, kinds_in
from addrsvc.registry.quality import catalogue as quality

INFO, WARNING, ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR

STREET_NOT_KNOWN: Final = FindingKind(
    "street-not-known",
    WARNING,
    Text("Chưa có đường này", "The street is not registered"),
    Text(
        "Sổ địa chỉ chưa có “{street}” ở {commune}. Hãy kiểm tra tên đường, hoặc đăng ký địa chỉ.",
        "“{street}” is not registered in {commune}. Check its name, or register the address.",
    ),
    Text(
        "Không có địa chỉ hay tên đường nào như vậy trong sổ; tên có thể ghi sai, hoặc nơi này "
        "chưa được thu thập.",
        "No address and no street of this name is in the register; it may be misspelt, or the "
        "area has not been collected yet.",
    ),
    Text(
        "Kiểm tra tên đường; nếu đúng thì đăng ký địa chỉ.",
        "Check the name; if it is right, register the address.",
    ),
)

NUMBER_NOT_REGISTERED: Final = FindingKind(
    "house-number-not-registered",
    WARNING,
    Text("Số nhà chưa đăng ký", "The house number is not registered"),
    Text(
        "Chưa có số {number} {street} ở {commune} trong sổ. {fallback}",
        "Number {number} {street} is not registered in {commune}. {fallback}",
    ),
    Text(
        "Đường đã có trong sổ nhưng số nhà này thì chưa. Vị trí trả về là nơi gần nhất biết "
        "được, và nói rõ sai số.",
        "The street is in the register, this number is not. The position given is the nearest "
        "thing known, with its accuracy.",
    ),
    Text(
        "Đối chiếu với biển số nhà; nếu đúng thì đăng ký địa chỉ.",
        "Compare it with the plate at the door; if it is right, register the address.",
    ),
)

UNIT_MISSING: Final = FindingKind(
    "unit-missing",
    WARNING,
    Text("Thiếu số căn hộ, phòng", "The unit is missing"),
    Text(
        "Tòa nhà này có nhiều căn hộ hoặc phòng. Hãy ghi thêm số căn hộ, phòng.",
        "This building has several flats or rooms. Add the number of the unit.",
    ),
    Text(
        "Địa chỉ dẫn tới tòa nhà có nhiều địa chỉ bên trong.",
        "The address leads to a building that holds several addresses.",
    ),
    Text("Ghi thêm số căn hộ, phòng.", "Add the unit."),
)

UNIT_NOT_REGISTERED: Final = FindingKind(
    "unit-not-registered",
    WARNING,
    Text("Căn hộ, phòng chưa đăng ký", "The unit is not registered"),
    Text(
        "Tòa nhà có trong sổ, nhưng chưa có căn hộ, phòng “{unit}”.",
        "The building is registered, its unit “{unit}” is not.",
    ),
    Text(
        "Sổ có địa chỉ của tòa nhà mà chưa có địa chỉ của căn hộ, phòng này.",
        "The register holds the building, but not this unit of it.",
    ),
    Text(
        "Kiểm tra số căn hộ; nếu đúng thì đăng ký.",
        "Check the unit; if it is right, register it.",
    ),
)

CORRECTED_SPELLING: Final = FindingKind(
    "corrected-spelling",
    INFO,
    Text("Đã sửa chính tả", "Spelling put right"),
    Text(
        "Được hiểu là “{value}”. Hãy kiểm tra và xác nhận.",
        "Read as “{value}”. Please check and confirm.",
    ),
    Text(
        "Chữ trong địa chỉ gần giống nhưng không trùng tên trong danh mục hoặc sổ địa chỉ, nên "
        "được hiểu theo tên đúng.",
        "What is written is close to, but not the same as, a name in the registers, and was read "
        "as that name.",
    ),
    Text("Xem lại phần đã sửa.", "Look at what was put right."),
)

BEFORE_KNOWN: Final = FindingKind(
    "before-2025-06",
    WARNING,
    Text("Trước tháng 6/2025 không có dữ liệu", "Nothing is known before June 2025"),
    Text(
        "Danh mục bắt đầu từ tháng 6/2025; trước đó hệ thống không biết và không đoán.",
        "The registers begin in June 2025; before that nothing is known, and nothing is guessed.",
    ),
    Text(
        "Ngày được hỏi sớm hơn trạng thái đầu tiên của danh mục đơn vị hành chính.",
        "The day asked for is earlier than the first state of the registers of units.",
    ),
    Text("Hỏi theo một ngày từ 01/06/2025.", "Ask for a day from 1 June 2025 on."),
)

RETIRED_ADDRESS: Final = FindingKind(
    "retired-address",
    WARNING,
    Text("Địa chỉ không còn dùng", "The address is retired"),
    Text(
        "Địa chỉ này không còn dùng.{successors}",
        "This address is out of use.{successors}",
    ),
    Text(
        "Mã của địa chỉ không còn dùng vẫn được giữ và luôn dẫn tới địa chỉ thay thế, nếu có.",
        "The code of a retired address is kept and leads to what took its place, if anything.",
    ),
    Text("Dùng địa chỉ thay thế.", "Use the address that took its place."),
)

OLD_NUMBER: Final = FindingKind(
    "old-number",
    INFO,
    Text("Số nhà cũ", "A former house number"),
    Text(
        "“{old}” là số cũ; từ {since} là {now}.",
        "“{old}” is a former number; since {since} it is {now}.",
    ),
    Text(
        "Nhà đã được đánh lại số. Sổ địa chỉ giữ số cũ nên vẫn tìm được đúng nhà; mã địa chỉ "
        "không đổi.",
        "The house was renumbered. The register keeps the old number, so the same house is found; "
        "its code has not changed.",
    ),
    Text("Nên ghi số nhà mới.", "Better write the present number."),
)

OLD_STREET: Final = FindingKind(
    "old-street",
    INFO,
    Text("Tên đường cũ", "A former street name"),
    Text(
        "“{old}” là tên cũ; từ {since} địa chỉ này là {now}.",
        "“{old}” is a former name; since {since} this address is {now}.",
    ),
    Text(
        "Đường (hoặc khu phố, ấp) đã được đặt tên khác. Sổ địa chỉ giữ tên cũ nên vẫn tìm được "
        "đúng nhà; mã địa chỉ không đổi.",
        "The street (or khu phố, ấp) was given another name. The register keeps the old one, so "
        "the same house is found; its code has not changed.",
    ),
    Text("Nên ghi tên mới.", "Better write the present name."),
)

NOISE_REMOVED: Final = FindingKind(
    "noise-removed",
    INFO,
    Text("Đã bỏ phần không phải địa chỉ", "Left out what is no address"),
    Text(
        "Trong nội dung có phần không phải địa chỉ (số điện thoại, tên người, ghi chú…); phần "
        "này không được dùng và không được lưu.",
        "Part of the text is no address (a telephone number, a person’s name, a remark …); it "
        "was not used and is not kept.",
    ),
    Text(
        "Số điện thoại, tên người và ghi chú thường bị ghi lẫn vào ô địa chỉ.",
        "Telephone numbers, names and remarks are often typed into address fields.",
    ),
    Text(
        "Không bắt buộc làm gì; nên để chúng ở ô riêng.",
        "Nothing has to be done; better keep them in fields of their own.",
    ),
)

POSTCODE_UNCHECKED: Final = FindingKind(
    "postcode-unchecked",
    INFO,
    Text("Mã bưu chính chưa kiểm tra", "The postcode was not checked"),
    Text(
        "Mã bưu chính {postcode} không được kiểm tra và không dùng để tìm.",
        "Postcode {postcode} was not checked and not used in the search.",
    ),
    Text(
        "Danh mục mã bưu chính sau 01/07/2025 chưa được nạp vào hệ thống.",
        "No list of postcodes since 1 July 2025 is loaded.",
    ),
    Text("Không bắt buộc làm gì.", "Nothing has to be done."),
)

TEXT_TOO_LONG: Final = FindingKind(
    "text-too-long",
    WARNING,
    Text("Nội dung quá dài", "The text is too long"),
    Text(
        "Chỉ đọc {read} ký tự đầu. Hãy chỉ gửi địa chỉ.",
        "Only the first {read} characters were read. Send the address alone.",
    ),
    Text(
        "Một địa chỉ không dài đến vậy; phần sau không được đọc.",
        "No address is that long; the rest was not read.",
    ),
    Text("Chỉ gửi địa chỉ.", "Send the address alone."),
)

CODE_UNVERIFIED: Final = FindingKind(
    "code-unverified",
    WARNING,
    Text("Mã thiếu chữ số kiểm tra", "The code came without its check digit"),
    Text(
        "Mã {code} thiếu chữ số thứ 11 nên gõ nhầm một số có thể ra nơi khác. Hãy xem vị trí "
        "và xác nhận.",
        "Code {code} came without its eleventh digit, so one slip may name another place. Look "
        "at the place and confirm.",
    ),
    Text(
        "Mười chữ số không tự phát hiện gõ nhầm; chữ số thứ mười một trên biển thì có.",
        "Ten digits do not reveal a slip; the eleventh on the plate does.",
    ),
    Text("Gửi đủ 11 chữ số.", "Send all eleven digits."),
)

CODE_NOT_KNOWN: Final = FindingKind(
    "code-not-known",
    ERROR,
    Text("Không có mã này", "No such code"),
    Text(
        "Không có địa chỉ mang mã {code}. Hãy đối chiếu với biển hoặc thông báo cấp mã.",
        "No address has the code {code}. Compare it with the plate or the notice.",
    ),
    Text(
        "Mã đúng hình thức nhưng chưa được cấp, hoặc không công khai.",
        "The code has the right form but was not assigned, or is not public.",
    ),
    Text("Đối chiếu từng chữ số.", "Compare each digit."),
)

CODE_CHECK_DIGIT: Final = FindingKind(
    "code-check-digit-wrong",
    ERROR,
    Text("Chữ số kiểm tra không khớp", "The check digit does not fit"),
    Text(
        "Mã có chữ số bị gõ nhầm.{suggestions}",
        "A digit of the code is wrong.{suggestions}",
    ),
    Text(
        "Chữ số thứ mười một được tính từ mười chữ số trước; ở đây không khớp.",
        "The eleventh digit follows from the ten before it; here it does not.",
    ),
    Text("Đối chiếu từng chữ số với biển.", "Compare each digit with the plate."),
)

OTHER_PLACE_POSSIBLE: Final = FindingKind(
    "other-places-possible",
    WARNING,
    Text("Có thể là nơi khác", "It may be another place"),
    Text(
        "Có {count} nơi khớp gần như nhau. Hãy ghi rõ thêm, hoặc chọn một nơi.",
        "{count} places fit almost equally well. Add more, or choose one.",
    ),
    Text(
        "Phần đã ghi chưa đủ để phân biệt các nơi này.",
        "What is written does not tell these places apart.",
    ),
    Text("Ghi thêm phường, xã, khu phố hoặc số nhà.", "Add commune, khu phố or house number."),
)

NOTHING_READ: Final = FindingKind(
    "nothing-read",
    ERROR,
    Text("Không nhận ra địa chỉ", "No address recognised"),
    Text(
        "Không nhận ra phần nào của địa chỉ. Hãy ghi: số nhà, đường, phường hoặc xã, tỉnh.",
        "No part of an address was recognised. Write: number, street, commune, province.",
    ),
    Text(
        "Nội dung không có tên đơn vị hành chính, đường hay số nhà nào nhận ra được.",
        "The text holds no unit, street or number that could be recognised.",
    ),
    Text(
        "Ghi lại theo thứ tự: số nhà, đường, khu phố, phường hoặc xã, tỉnh.",
        "Write it again in order: number, street, khu phố, commune, province.",
    ),
)

CATALOGUE: Final[dict[str, FindingKind]] = (
    kinds_in(finding_kinds_of_units) | kinds_in(sys.modules[__name__]) | quality.CATALOGUE
)
"""Every kind of finding by its identifier: of units, of verdicts as above, of registered ones."""
