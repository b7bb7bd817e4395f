"""Pure: findings about the parts, the name and the text of a registered address.

Facts never hold a name, a telephone number or anything else of a person.
"""

from __future__ import annotations

from typing import Final

from addrsvc.errors import Text
from addrsvc.findings import FindingKind, Severity

INFO, WARNING, ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR

STREET_NOT_IN_COMMUNE: Final = FindingKind(
    "street-not-in-commune",
    WARNING,
    Text("Đường không có ở phường, xã này", "The street is not in this commune"),
    Text(
        "Chưa có “{street}” ở {commune}; tên đường này có ở: {elsewhere}. Hãy kiểm tra lại.",
        "“{street}” is not registered in {commune}, but in: {elsewhere}. Check the address.",
    ),
    Text(
        "Sổ địa chỉ biết tên đường này nhưng ở phường, xã khác. Hệ thống nêu ra mà không tự "
        "chuyển địa chỉ sang nơi khác.",
        "The register knows the street, but in another commune. It says so and does not move "
        "the address there by itself.",
    ),
    Text(
        "Sửa phường, xã hoặc tên đường; hoặc đăng ký địa chỉ nếu đường mới.",
        "Mend the commune or the street; or register the address if the street is new.",
    ),
)

NUMBER_MISSING: Final = FindingKind(
    "house-number-missing",
    WARNING,
    Text("Thiếu số nhà", "The house number is missing"),
    Text(
        "Địa chỉ có tên đường nhưng chưa có số nhà.",
        "The address names a street but no house number.",
    ),
    Text(
        "Chỉ có tên đường thì biết được khu vực, chưa biết ngôi nhà.",
        "A street alone tells the area, not the house.",
    ),
    Text("Ghi thêm số nhà, hẻm.", "Add the house number and alley."),
)

NOTHING_BELOW_COMMUNE: Final = FindingKind(
    "nothing-below-commune",
    WARNING,
    Text("Chỉ có phường, xã", "Only the commune is named"),
    Text(
        "Địa chỉ chỉ đến phường, xã. Hãy ghi thêm số nhà và đường, hoặc khu phố, ấp.",
        "The address ends at the commune. Add number and street, or the khu phố or ấp.",
    ),
    Text(
        "Không có phần nào nhỏ hơn phường, xã nên chỉ trả về cả phường, xã.",
        "Nothing smaller than a commune is named, so the commune itself is the answer.",
    ),
    Text("Ghi thêm số nhà, đường, khu phố hoặc ấp.", "Add number, street, khu phố or ấp."),
)

STREET_NOT_IN_REGISTER: Final = FindingKind(
    "street-not-in-register",
    INFO,
    Text("Tên đường chưa có trong danh mục", "The street is not in the register of names"),
    Text(
        "Danh mục tên đường của {commune} và các phường, xã trước đó chưa có “{street}”. Hãy kiểm "
        "tra chính tả, hoặc bổ sung danh mục.",
        "The register of streets of {commune} and of what it came from does not know “{street}”. "
        "Check the spelling, or add the street.",
    ),
    Text(
        "Danh mục tên đường có thể chưa đủ; tên cũng có thể ghi sai.",
        "The register of names may be incomplete; or the name is misspelt.",
    ),
    Text(
        "Sửa tên đường, hoặc nạp thêm vào danh mục.",
        "Mend the name, or import it into the register.",
    ),
)

LOCALITY_NOT_IN_REGISTER: Final = FindingKind(
    "locality-not-in-register",
    INFO,
    Text("Khu phố, ấp chưa có trong danh mục", "The khu phố or ấp is not in the register"),
    Text(
        "Danh mục của {commune} chưa có “{locality}”. Hãy kiểm tra lại tên, số.",
        "The register of {commune} does not know “{locality}”. Check its name or number.",
    ),
    Text(
        "Khu phố, ấp được sắp xếp và đánh số lại nhiều lần; danh mục cũng có thể chưa đủ.",
        "Khu phố and ấp were merged and renumbered often; the register may be incomplete too.",
    ),
    Text("Sửa tên, hoặc nạp thêm vào danh mục.", "Mend the name, or import it."),
)

NUMBER_ODD: Final = FindingKind(
    "house-number-odd",
    WARNING,
    Text("Số nhà ghi không đúng dạng", "The house number has an odd form"),
    Text("Số nhà “{number}”: {why}", "House number “{number}”: {why}"),
    Text(
        "Ô số nhà chỉ chứa số, hẻm, lô, thửa; phần khác làm sai việc tìm kiếm và sắp thứ tự.",
        "The house number holds number, alley, lot or parcel only; anything else spoils search "
        "and order.",
    ),
    Text("Chuyển phần thừa sang đúng ô của nó.", "Move the rest to the field it belongs in."),
)

NUMBER_WITHOUT_STREET: Final = FindingKind(
    "house-number-without-street",
    WARNING,
    Text("Số nhà không thuộc đường hay khu phố nào", "The number counts along nothing"),
    Text(
        "Có số nhà {number} nhưng không có tên đường, khu phố hay ấp. Hãy ghi thêm.",
        "There is number {number}, but no street, khu phố or ấp. Add it.",
    ),
    Text(
        "Số nhà chỉ có nghĩa trên một đường, trong một khu phố hoặc ấp.",
        "A house number means something only along a street or within a khu phố or ấp.",
    ),
    Text("Ghi thêm tên đường, khu phố hoặc ấp.", "Add the street, khu phố or ấp."),
)

STREET_ODD: Final = FindingKind(
    "street-odd",
    WARNING,
    Text("Tên đường ghi không đúng dạng", "The street has an odd form"),
    Text("Tên đường “{street}”: {why}", "Street “{street}”: {why}"),
    Text(
        "Ô tên đường chỉ chứa tên đường; số nhà, khu phố, phường có ô riêng.",
        "The street holds the name of a street only; number, khu phố and commune have their own.",
    ),
    Text("Chuyển phần thừa sang đúng ô của nó.", "Move the rest to the field it belongs in."),
)

TEXT_SAYS_MORE: Final = FindingKind(
    "text-says-more",
    INFO,
    Text("Văn bản gốc nói rõ hơn", "The text says more than the record"),
    Text(
        "Văn bản gốc còn ghi: {parts}; các ô tương ứng đang trống. Hãy bổ sung.",
        "The text it came from also says: {parts}; those fields are empty. Fill them in.",
    ),
    Text(
        "Địa chỉ được nhập bằng một ô văn bản; các thành phần chưa được tách ra.",
        "The address was imported as one text; its parts have not been taken out of it.",
    ),
    Text("Ghi các thành phần vào đúng ô.", "Fill in the parts."),
)

TEXT_SAYS_OTHERWISE: Final = FindingKind(
    "text-says-otherwise",
    WARNING,
    Text("Văn bản gốc khác các thành phần", "The text and the parts disagree"),
    Text(
        "Văn bản gốc ghi {read}, còn địa chỉ đăng ký {registered}. Hãy kiểm tra bên nào đúng.",
        "The text it came from says {read}, the record {registered}. Check which is right.",
    ),
    Text(
        "Số nhà hoặc tên đường đọc được từ văn bản gốc không khớp các ô đã đăng ký.",
        "Number or street as read from the text differ from what is registered.",
    ),
    Text("Sửa bên sai.", "Mend whichever is wrong."),
)

TEXT_OTHER_COMMUNE: Final = FindingKind(
    "text-names-other-commune",
    WARNING,
    Text("Văn bản gốc nêu phường, xã khác", "The text names another commune"),
    Text(
        "Văn bản gốc nêu {written}, nay thuộc {read}, còn địa chỉ đăng ký ở {commune}. Hãy kiểm "
        "tra lại.",
        "The text it came from names {written}, now {read}; the address is registered in "
        "{commune}. Check it.",
    ),
    Text(
        "Tên phường, xã trong văn bản gốc, dù cũ hay mới, không dẫn tới phường, xã đã đăng ký.",
        "The commune named in the text, old or new, does not lead to the one registered.",
    ),
    Text("Sửa phường, xã hoặc văn bản gốc.", "Mend the commune or the text."),
)

TEXT_DAMAGED: Final = FindingKind(
    "text-damaged",
    WARNING,
    Text("Chữ bị lỗi phông", "Letters are damaged"),
    Text(
        "Ô “{field}” có chữ bị lỗi khi chuyển mã. Hãy nhập lại.",
        "Field “{field}” holds letters damaged in conversion. Type it again.",
    ),
    Text(
        "Chuyển giữa các bảng mã (TCVN3, VNI, Windows-1258, UTF-8) sai cách làm hỏng chữ có dấu.",
        "A wrong conversion between encodings damages letters with marks.",
    ),
    Text("Nhập lại chữ đúng.", "Type the right letters."),
)

PERSONAL_NUMBER: Final = FindingKind(
    "personal-number-in-field",
    ERROR,
    Text("Có số điện thoại hoặc số giấy tờ", "A telephone or identity number stands there"),
    Text(
        "Ô “{field}” có {what}. Hãy xóa khỏi địa chỉ; thông tin chủ hộ có chỗ riêng được bảo vệ.",
        "Field “{field}” holds {what}. Take it out; what belongs to the holder is kept apart.",
    ),
    Text(
        "Thành phần, tên và văn bản của địa chỉ có thể hiện công khai; số của cá nhân thì không "
        "được phép.",
        "Parts, name and text of an address may be public; a person’s numbers must not be.",
    ),
    Text(
        "Xóa khỏi ô này; nếu cần thì ghi vào phần chủ hộ.",
        "Remove it; if needed, put it with the holder.",
    ),
)

PERSONAL_NAME: Final = FindingKind(
    "personal-name-in-field",
    ERROR,
    Text("Có thể là tên người", "It may be a person’s name"),
    Text(
        "Ô “{field}” có vẻ chứa tên người. Hãy kiểm tra và xóa khỏi địa chỉ.",
        "Field “{field}” seems to hold a person’s name. Check it and take it out.",
    ),
    Text(
        "Tên chủ hộ là dữ liệu cá nhân, được giữ riêng và không bao giờ hiện công khai.",
        "The holder’s name is personal data: kept apart and never public.",
    ),
    Text(
        "Xóa khỏi ô này; nếu cần thì ghi vào phần chủ hộ.",
        "Remove it; if needed, put it with the holder.",
    ),
)

NAME_OF_OTHER_KIND: Final = FindingKind(
    "name-of-other-kind",
    WARNING,
    Text("Tên không hợp với loại đối tượng", "Name and kind disagree"),
    Text(
        "Loại ghi là “{kind}” nhưng tên là của một tổ chức, cơ sở. Hãy kiểm tra loại.",
        "The kind is “{kind}”, but the name is that of an organisation. Check the kind.",
    ),
    Text(
        "Tên bắt đầu bằng công ty, trường, ủy ban… thì thường không phải nhà ở.",
        "A name that begins with company, school or committee is hardly a dwelling’s.",
    ),
    Text("Sửa loại đối tượng.", "Mend the kind."),
)

DEFENCE_PUBLIC: Final = FindingKind(
    "defence-site-public",
    WARNING,
    Text("Có thể là địa điểm quốc phòng", "It may be a defence site"),
    Text(
        "Tên gợi ý một địa điểm quốc phòng nhưng địa chỉ đang công khai. Hãy hỏi cơ quan quản lý.",
        "The name suggests a defence site, yet the address is public. Ask the authority.",
    ),
    Text(
        "Doanh trại, kho, trận địa không được hiện công khai; trụ sở tiếp dân thì được.",
        "Barracks, depots and positions must not be public; offices that receive people may.",
    ),
    Text("Xác nhận, hoặc chuyển sang mức mật.", "Confirm it, or make it secret."),
)
