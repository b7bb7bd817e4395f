"""What makes one row unusable: each becomes a reason in the file of refused rows.

None of them repeats what may be a person's name or number.
"""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, InvalidInput, Text


@dataclass(eq=False)
class ValueUnknown(InvalidInput):
    """A value is none of those the field may have."""

    slug = "value-unknown"
    title = Text("Giá trị không có trong danh mục", "Value not in the list")
    message = Text(
        "“{given}” không phải giá trị của “{field}”. Các giá trị: {known}. "
        "Nếu cột này mang nghĩa khác, hãy bỏ qua nó bằng --map {field}=.",
        "“{given}” is no value of “{field}”. The values are: {known}. "
        "If the column means something else, leave it out with --map {field}=.",
    )
    field: str
    given: str
    known: str


@dataclass(eq=False)
class ValueMissing(InvalidInput):
    """A field that every address needs has no value, neither in the row nor as a default."""

    slug = "value-missing"
    title = Text("Thiếu giá trị", "Value missing")
    message = Text(
        "Thiếu “{field}”. Hãy điền vào dòng này hoặc đặt mặc định cho cả tệp.",
        "“{field}” is missing. Fill it in, or give a default for the whole file.",
    )
    field: str


@dataclass(eq=False)
class NumberInvalid(InvalidInput):
    """A number cannot be read, or is not possible."""

    slug = "number-invalid"
    title = Text("Số không hợp lệ", "Number not valid")
    message = Text(
        "Không đọc được số ở “{field}”, hoặc số ngoài khoảng cho phép.",
        "The number in “{field}” cannot be read or is out of range.",
    )
    field: str


@dataclass(eq=False)
class PositionIncomplete(InvalidInput):
    """Only one of two coordinates is there."""

    slug = "position-incomplete"
    title = Text("Thiếu một tọa độ", "One coordinate missing")
    message = Text(
        "Chỉ có một trong hai tọa độ. Hãy điền đủ kinh độ và vĩ độ, hoặc bỏ trống cả hai.",
        "Only one of two coordinates is given. Give both longitude and latitude, or neither.",
    )


@dataclass(eq=False)
class RowDiffers(Conflict):
    """The registry knows this address and says something else about it."""

    slug = "row-differs"
    title = Text("Khác với sổ đăng ký", "Differs from the registry")
    message = Text(
        "Địa chỉ {ref} đã đăng ký nhưng khác ở: {fields}. Nhập tệp không sửa địa chỉ đã có; hãy "
        "dùng chức năng chỉnh sửa.",
        "The address {ref} is registered, but differs in: {fields}. An import mends nothing that "
        "is there; use a correction.",
    )
    ref: str
    fields: str


@dataclass(eq=False)
class ReferenceUnknown(InvalidInput):
    """The row names a proposal that this registry does not have."""

    slug = "reference-unknown"
    title = Text("Không có đề xuất này", "Unknown proposal")
    message = Text(
        "Không có đề xuất {ref} trong sổ đăng ký này. Để nhập như địa chỉ mới, hãy xóa ô đó.",
        "This registry has no proposal {ref}. To import the row as new, empty that cell.",
    )
    ref: str


@dataclass(eq=False)
class StatusRefused(InvalidInput):
    """A new address cannot begin in this status."""

    slug = "status-refused"
    title = Text("Trạng thái không nhập được", "Status cannot be imported")
    message = Text(
        "Không thể đăng ký mới một địa chỉ đang ở trạng thái “{standing}”.",
        "An address cannot be registered anew as “{standing}”.",
    )
    standing: str


@dataclass(eq=False)
class CommuneUnclear(InvalidInput):
    """The words of the row name several communes, or none."""

    slug = "commune-unclear"
    title = Text("Chưa rõ phường, xã", "Commune not clear")
    message = Text(
        "Chưa xác định được phường, xã. Có thể là: {candidates}. Hãy điền mã phường, xã.",
        "The commune is not clear. It may be: {candidates}. Fill in the commune's code.",
    )
    candidates: str


@dataclass(eq=False)
class CommuneNotRecognised(InvalidInput):
    """The words of the row name no commune."""

    slug = "commune-not-recognised"
    title = Text("Không nhận ra phường, xã", "Commune not recognised")
    message = Text(
        "Không nhận ra phường, xã nào trong dòng này. Hãy điền mã phường, xã (5 số) hoặc tọa độ.",
        "No commune is recognised in this row. Fill in the commune's code (5 digits) or the "
        "coordinates.",
    )
