"""What the registry refuses, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, Kind, NotFound, Stale, Text


@dataclass(eq=False)
class AddressNotFound(NotFound):
    """No address has this code, or it is not for the asker to see; which, is not told."""

    slug = "address-not-found"
    title = Text("Không tìm thấy địa chỉ", "Address not found")
    message = Text(
        "Không có địa chỉ nào mang mã {code}. Hãy kiểm tra lại từng chữ số; "
        "nếu có biển địa chỉ, hãy nhập đủ 11 số.",
        "No address has the code {code}. Check each digit; "
        "if there is a plate, type all eleven digits.",
    )
    code: str


@dataclass(eq=False)
class CheckDigitRefused(InvalidInput):
    """Eleven digits that do not belong together, with live codes one slip away."""

    slug = "check-digit-refused"
    title = Text("Sai số kiểm tra", "Wrong check digit")
    message = Text(
        "Mã này có một chữ số bị gõ sai hoặc hai chữ số bị đổi chỗ. Hãy đối chiếu lại với biển.",
        "One digit of this code is mistyped, or two are swapped. Compare it with the plate.",
    )
    suggestions: Sequence[str]
    """Plates of public addresses that one slip would turn into what was typed."""


@dataclass(eq=False)
class NothingToLocate(InvalidInput):
    """Neither a position nor a commune was given."""

    slug = "nothing-to-locate"
    title = Text("Thiếu vị trí", "Nothing to locate it by")
    message = Text(
        "Cần ít nhất một tọa độ hoặc mã phường, xã. Hãy gửi “position” hoặc “commune_code”.",
        "A position or a commune is needed. Send “position” or “commune_code”.",
    )


@dataclass(eq=False)
class CommuneUnknown(InvalidInput):
    """No commune has the stated code on the day asked."""

    slug = "commune-unknown"
    title = Text("Không có phường, xã này", "No such commune")
    message = Text(
        "Ngày {day} không có phường, xã nào mang mã {commune_code}. Mã cũ trước 01/7/2025 "
        "không còn hiệu lực; tra mã hiện nay ở /v1/admin-units.",
        "On {day} no commune has the code {commune_code}. Codes from before 1 July 2025 are "
        "out of force; look up the present one at /v1/admin-units.",
    )
    commune_code: str
    day: str


@dataclass(eq=False)
class OutsideCoverage(InvalidInput):
    """The position lies in no commune: at sea or abroad."""

    slug = "outside-coverage"
    title = Text("Vị trí ngoài địa bàn", "Position outside the area covered")
    message = Text(
        "Điểm {lon}, {lat} không nằm trong phường, xã nào (ngoài biển hoặc ngoài nước). "
        "Hãy kiểm tra xem kinh độ và vĩ độ có bị đổi chỗ không.",
        "The point {lon}, {lat} lies in no commune (at sea or abroad). "
        "Check whether longitude and latitude are swapped.",
    )
    lon: float
    lat: float


@dataclass(eq=False)
class OutsideCommune(InvalidInput):
    """The position lies in another commune than the one stated."""

    slug = "outside-commune"
    title = Text("Vị trí không thuộc phường, xã đã ghi", "Position outside the stated commune")
    message = Text(
        "Vị trí nằm trong {found_name} ({found}), không phải {stated}. "
        "Hãy sửa tọa độ hoặc mã phường, xã.",
        "The position lies in {found_name} ({found}), not in {stated}. "
        "Mend the coordinates or the commune code.",
    )
    stated: str
    found: str
    found_name: str


@dataclass(eq=False)
class NoPrefix(Conflict):
    """The commune has no prefix to draw codes from, or all are used up."""

    slug = "no-prefix"
    title = Text("Phường, xã chưa có mã khu vực", "Commune has no code prefix")
    message = Text(
        "Phường, xã {commune_code} chưa có mã khu vực còn chỗ để cấp mã. "
        "Quản trị viên thêm bằng lệnh: addrsvc prefixes import.",
        "Commune {commune_code} has no code prefix with room left. "
        "An operator adds one with: addrsvc prefixes import.",
    )
    commune_code: str


@dataclass(eq=False)
class CodeTaken(Conflict):
    """The code given stands for another address already; codes are never re-used."""

    slug = "code-taken"
    title = Text("Mã đã được dùng", "Code already taken")
    message = Text(
        "Mã {code} đã thuộc về một địa chỉ khác. Mã không bao giờ được cấp lại; "
        "hãy kiểm tra lại mã hoặc bỏ trống để được cấp mã mới.",
        "The code {code} belongs to another address. Codes are never re-used; "
        "check it, or leave it out to get a new one.",
    )
    code: str


@dataclass(eq=False)
class CodeNotHandedOut(Conflict):
    """The code never was drawn, so it is in no block of a device."""

    slug = "code-not-handed-out"
    title = Text("Mã chưa từng được cấp cho máy", "Code never handed out")
    message = Text(
        "Mã {code} chưa từng được cấp trong một lô mã nào. Hãy kiểm tra lại mã, hoặc bỏ trống để "
        "được cấp mã mới.",
        "The code {code} was never handed out in a block. Check it, or leave it out to get a new "
        "one.",
    )
    code: str


@dataclass(eq=False)
class IssuerMissing(InvalidInput):
    """A code was given without saying who issued it."""

    slug = "issuer-missing"
    title = Text("Thiếu đơn vị cấp mã", "Issuer missing")
    message = Text(
        "Khi gửi mã đã có, hãy ghi rõ đơn vị đã cấp mã đó ở “issuer”.",
        "When giving a code that exists already, say who issued it in “issuer”.",
    )


@dataclass(eq=False)
class ParentNotFound(InvalidInput):
    """The building or entrance this should be a part of is not registered or not in use."""

    slug = "parent-not-found"
    title = Text("Không tìm thấy địa chỉ cha", "Parent not found")
    message = Text(
        "Không có địa chỉ đang dùng nào mang mã {code} để làm địa chỉ cha.",
        "No address in use has the code {code} to be the parent.",
    )
    code: str


@dataclass(eq=False)
class SuccessorNotFound(InvalidInput):
    """An address named as successor is not registered or not in use."""

    slug = "successor-not-found"
    title = Text("Không tìm thấy địa chỉ thay thế", "Successor not found")
    message = Text(
        "Không có địa chỉ đang dùng nào mang mã {code} để thay thế.",
        "No address in use has the code {code} to take its place.",
    )
    code: str


@dataclass(eq=False)
class DateRefused(InvalidInput):
    """The day an act should hold from is before the address existed, or in the future."""

    slug = "date-refused"
    title = Text("Ngày không hợp lệ", "Date not possible")
    message = Text(
        "Ngày {day} không hợp lệ: phải từ {earliest} đến {latest}.",
        "The day {day} is not possible: it must be from {earliest} to {latest}.",
    )
    day: str
    earliest: str
    latest: str


@dataclass(eq=False)
class VersionStale(Stale):
    """Somebody changed the address since the asker read it."""

    slug = "version-stale"
    title = Text("Địa chỉ đã thay đổi", "Address has changed")
    message = Text(
        "Bạn đang sửa phiên bản {given}, nhưng địa chỉ đã ở phiên bản {current}. "
        "Hãy tải lại, xem thay đổi rồi sửa lại.",
        "You are changing version {given}, but the address is at version {current}. "
        "Load it again, look at what changed, and repeat your change.",
    )
    given: str
    current: int


@dataclass(eq=False)
class IfMatchForeign(Stale):
    """If-Match holds something this service never gave as an ETag."""

    slug = "if-match-foreign"
    title = Text("If-Match không phải ETag đã cấp", "If-Match is no ETag given here")
    message = Text(
        "“{given}” không phải ETag do dịch vụ này cấp. Hãy gửi nguyên ETag của lần đọc gần "
        'nhất, kể cả dấu nháy, ví dụ "3".',
        "“{given}” is no ETag this service gave. Send the ETag you last read as it is, "
        'quotes included, for example "3".',
    )
    given: str


@dataclass(eq=False)
class IfMatchMissing(InvalidInput):
    """A change was sent without saying which version it is made on."""

    kind = Kind.PRECONDITION_REQUIRED
    slug = "if-match-missing"
    title = Text("Thiếu If-Match", "If-Match missing")
    message = Text(
        "Hãy gửi tiêu đề If-Match bằng ETag của lần đọc gần nhất, để không ghi đè lên "
        "thay đổi của người khác.",
        "Send the header If-Match with the ETag you last read, so that nobody's change is "
        "overwritten.",
    )


@dataclass(eq=False)
class FieldInvalid(InvalidInput):
    """A text holds control characters or nothing at all."""

    slug = "field-invalid"
    title = Text("Giá trị không hợp lệ", "Value not valid")
    message = Text(
        "Trường “{field}” trống hoặc có ký tự điều khiển. Hãy gõ lại.",
        "The field “{field}” is blank or holds control characters. Type it again.",
    )
    field: str


@dataclass(eq=False)
class ReferenceInvalid(NotFound):
    """The path names no address: neither a code nor a proposal's reference."""

    slug = "reference-invalid"
    title = Text("Không hiểu mã địa chỉ", "Address reference not understood")
    message = Text(
        "“{ref}” không phải mã địa chỉ số và cũng không phải số đề xuất (dạng p123).",
        "“{ref}” is neither a digital address code nor a proposal's reference (as p123).",
    )
    ref: str
