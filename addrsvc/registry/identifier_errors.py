"""What identifiers of addresses are refused for, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, NotFound, Text


@dataclass(eq=False)
class IdentifierTaken(Conflict):
    """The identifier stands for another address at the same time, and its scheme allows one."""

    slug = "identifier-taken"
    title = Text("Mã đã gắn với địa chỉ khác", "Identifier stands for another address")
    message = Text(
        "{scheme} {value} đang gắn với {other}; trong cùng thời gian mã này chỉ thuộc về một địa "
        "chỉ. Hãy kiểm tra lại; nếu liên kết kia sai thì gỡ (:withdraw), nếu đã hết hạn thì ghi "
        "“valid_to” cho nó trước.",
        "{scheme} {value} stands for {other}, and at one time it may stand for one address only. "
        "Check it; if the other link is wrong, withdraw it (:withdraw), if it has ended, give it "
        "a “valid_to” first.",
    )
    scheme: str
    value: str
    other: str
    """The other address, as paths call it; of a secret one, nothing."""


@dataclass(eq=False)
class IdentifierDiffers(Conflict):
    """A file says of a link otherwise than the register; files do not correct it."""

    slug = "identifier-differs"
    title = Text("Liên kết đã có nhưng khác", "Link is there and says otherwise")
    message = Text(
        "Liên kết này đã có trong sổ nhưng khác ở: {fields}. Tệp không sửa được liên kết đã có; "
        "hãy sửa từng liên kết qua POST /v1/addresses/…/identifiers.",
        "This link is in the register and differs in: {fields}. Files do not correct what is "
        "there; correct single links through POST /v1/addresses/…/identifiers.",
    )
    fields: str


@dataclass(eq=False)
class IdentifierNotFound(NotFound):
    """No address the asker may see has this identifier."""

    slug = "identifier-not-found"
    title = Text("Không tìm thấy mã này", "Identifier not found")
    message = Text(
        "Không có địa chỉ nào mang {scheme} {value}. Hãy kiểm tra lại mã và loại mã.",
        "No address has {scheme} {value}. Check the identifier and its scheme.",
    )
    scheme: str
    value: str


@dataclass(eq=False)
class SchemeUnknown(InvalidInput):
    """No scheme of this name."""

    slug = "scheme-unknown"
    title = Text("Không có loại mã này", "No such scheme")
    message = Text(
        "Không có loại mã “{given}”. Các loại mã: {known}.",
        "There is no scheme “{given}”. The schemes are: {known}.",
    )
    given: str
    known: str


@dataclass(eq=False)
class SchemeClosed(InvalidInput):
    """The scheme's identifiers are given by the register or worked out, never added."""

    slug = "scheme-closed"
    title = Text("Không thêm được loại mã này", "Scheme takes no additions")
    message = Text(
        "Mã địa chỉ số do sổ địa chỉ cấp, không thêm hay gỡ được qua đây. Hai địa chỉ trùng nhau "
        "thì đánh dấu trùng lặp (:duplicate-of).",
        "Digital address codes are given by the register and are not added or withdrawn here. "
        "Of two addresses that are one, mark one as duplicate (:duplicate-of).",
    )


@dataclass(eq=False)
class LinkPeriodInvalid(InvalidInput):
    """A link would end before it begins."""

    slug = "link-period-invalid"
    title = Text("Thời hạn không hợp lệ", "Period not possible")
    message = Text(
        "“valid_to” ({valid_to}) phải sau “valid_from” ({valid_from}).",
        "“valid_to” ({valid_to}) must be after “valid_from” ({valid_from}).",
    )
    valid_from: str
    valid_to: str


@dataclass(eq=False)
class ConfidenceInvalid(InvalidInput):
    """A confidence that is no number from 0 to 1."""

    slug = "confidence-invalid"
    title = Text("Độ tin cậy không hợp lệ", "Confidence not valid")
    message = Text(
        "Độ tin cậy “{given}” phải là một số từ 0 đến 1, ví dụ 0.95; chưa rõ thì để trống.",
        "Confidence “{given}” must be a number from 0 to 1, such as 0.95; leave it out if it is "
        "not known.",
    )
    given: str


@dataclass(eq=False)
class DayInvalid(InvalidInput):
    """A cell that should hold a day."""

    slug = "day-invalid"
    title = Text("Ngày không đọc được", "Day not understood")
    message = Text(
        "Không đọc được ngày “{given}” ở cột “{field}”. Hãy ghi như 2026-01-15.",
        "The day “{given}” in column “{field}” cannot be read. Write it as 2026-01-15.",
    )
    field: str
    given: str


@dataclass(eq=False)
class ColumnMissing(InvalidInput):
    """A file of identifiers lacks a column."""

    slug = "identifier-column-missing"
    title = Text("Thiếu cột", "Column missing")
    message = Text(
        "Tệp thiếu cột “{column}”. Các cột cần có: ref, scheme, value, source; có thể thêm "
        "confidence, valid_from, valid_to.",
        "The file lacks the column “{column}”. Needed: ref, scheme, value, source; optional: "
        "confidence, valid_from, valid_to.",
    )
    column: str
