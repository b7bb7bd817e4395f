"""What the dossiers refuse.

A refused text is not repeated where it may hold what a person is known by.
"""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import InvalidInput, Text


@dataclass(eq=False)
class DossierCodeEmpty(InvalidInput):
    """There is no dossier code."""

    slug = "dossier-code-empty"
    title = Text("Chưa có mã hồ sơ", "No dossier code given")
    message = Text(
        "Hãy ghi mã hồ sơ như trên giấy tiếp nhận, ví dụ 000.25.34.H09-240115-0003 hoặc "
        "H09.12.34-240101-0001.",
        "Give the dossier code as on the receipt, for example 000.25.34.H09-240115-0003 or "
        "H09.12.34-240101-0001.",
    )


@dataclass(eq=False)
class DossierCodeTooLong(InvalidInput):
    """More text than any dossier code has."""

    slug = "dossier-code-too-long"
    title = Text("Mã hồ sơ quá dài", "Dossier code too long")
    message = Text(
        "Mã hồ sơ có {length} ký tự, tối đa {limit}. Hãy chỉ ghi mã, không kèm nội dung khác.",
        "The dossier code has {length} characters, {limit} at most. Give the code alone.",
    )
    length: int
    limit: int


@dataclass(eq=False)
class DossierCodeHasControl(InvalidInput):
    """A character that cannot be seen stands inside the code."""

    slug = "dossier-code-has-control"
    title = Text("Mã hồ sơ có ký tự điều khiển", "Control character in the dossier code")
    message = Text(
        "Ký tự thứ {position} ({sign}) không phải chữ, số hay dấu. Hãy gõ lại mã hồ sơ.",
        "Character {position} ({sign}) is no letter, digit or mark. Type the dossier code again.",
    )
    position: int
    """Counted from 1, in the text without the spaces around it."""
    sign: str
    """As ``U+0007``."""


@dataclass(eq=False)
class DossierCodeDateInvalid(InvalidInput):
    """The six digits that say when it was received are no day."""

    slug = "dossier-code-date-invalid"
    title = Text("Ngày trong mã hồ sơ không có thật", "The date in the dossier code does not exist")
    message = Text(
        "“{digits}” trong mã hồ sơ không phải ngày tiếp nhận theo thứ tự năm, tháng, ngày. Hãy so "
        "lại mã với giấy tiếp nhận.",
        "“{digits}” in the dossier code is no day of receipt (year, month, day). Compare the code "
        "with the receipt.",
    )
    digits: str


@dataclass(eq=False)
class GivenAddressInvalid(InvalidInput):
    """An address of a dossier is given in no way, or in several."""

    slug = "given-address-invalid"
    title = Text("Mỗi địa chỉ ghi theo một cách", "Give each address in one way")
    message = Text(
        "Mỗi địa chỉ của hồ sơ cần đúng một trong bốn: text (địa chỉ như đã ghi), code (mã địa chỉ "
        "số), parcel (thửa đất) hoặc point (tọa độ). Đã nhận: {given}.",
        "Each address of a dossier takes exactly one of four: text (as written), code (digital "
        "address code), parcel or point. Received: {given}.",
    )
    given: str
    """Names of the ways given; ``0``: none."""


@dataclass(eq=False)
class GivenAddressTooLong(InvalidInput):
    """A text beside an address is longer than is taken."""

    slug = "given-address-too-long"
    title = Text("Nội dung địa chỉ quá dài", "Address text too long")
    message = Text(
        "{field} có {length} ký tự, tối đa {limit}. Hãy chỉ ghi địa chỉ.",
        "{field} has {length} characters, {limit} at most. Give the address alone.",
    )
    field: str
    length: int
    limit: int


@dataclass(eq=False)
class DossierTextInvalid(InvalidInput):
    """A code beside the dossier's own is blank, too long, or holds what cannot be seen."""

    slug = "dossier-text-invalid"
    title = Text("Nội dung hồ sơ không hợp lệ", "Invalid text in a dossier")
    message = Text(
        "{field} trống, dài hơn {limit} ký tự hoặc có ký tự điều khiển. Hãy ghi lại, hoặc bỏ trống "
        "cả trường.",
        "{field} is blank, longer than {limit} characters or holds control characters. Write it "
        "again, or leave the field out.",
    )
    field: str
    limit: int


@dataclass(eq=False)
class DossierCodePersonal(InvalidInput):
    """What stands for the dossier's code is the number or name of a person."""

    slug = "dossier-code-personal"
    title = Text("Mã hồ sơ là dữ liệu cá nhân", "The dossier code is personal data")
    message = Text(
        "Mã hồ sơ là tên, số điện thoại hoặc số giấy tờ của người. Hãy gửi mã hồ sơ, không gửi "
        "số định danh của người.",
        "The dossier code is the name, telephone or number of a person. Send the code of the "
        "dossier, not of the person.",
    )


@dataclass(eq=False)
class ColumnFieldUnknown(InvalidInput):
    """A column is to be a field that rows of dossiers do not have."""

    slug = "dossier-field-unknown"
    title = Text("Hồ sơ không có trường này", "Dossiers have no such field")
    message = Text(
        "Không có trường “{field}”. Các trường: {known}.",
        "There is no field “{field}”. The fields are: {known}.",
    )
    field: str
    known: str


@dataclass(eq=False)
class CodeColumnMissing(InvalidInput):
    """No column has the code of the dossier."""

    slug = "dossier-code-column-missing"
    title = Text("Không thấy cột mã hồ sơ", "No column with the dossier code")
    message = Text(
        "Không cột nào là mã hồ sơ. Hãy đặt tên cột “Mã hồ sơ” hoặc chỉ rõ cột của trường code. "
        "Các cột: {known}.",
        "No column has the code of the dossier. Name it “Mã hồ sơ”, or say which column is the "
        "field code. The columns are: {known}.",
    )
    known: str


@dataclass(eq=False)
class TooManyAddresses(InvalidInput):
    """A dossier would carry more addresses than one does."""

    slug = "dossier-too-many-addresses"
    title = Text("Hồ sơ có quá nhiều địa chỉ", "Too many addresses in a dossier")
    message = Text(
        "Mỗi hồ sơ có tối đa {limit} địa chỉ. Hãy kiểm tra mã hồ sơ có bị lặp cho nhiều hồ sơ khác "
        "nhau không.",
        "A dossier has at most {limit} addresses. Check whether one code stands for different "
        "dossiers.",
    )
    limit: int


@dataclass(eq=False)
class GivenAddressPersonal(InvalidInput):
    """What stands for an address is a name or number of a person."""

    slug = "given-address-personal"
    title = Text("Địa chỉ là dữ liệu cá nhân", "The address is personal data")
    message = Text(
        "Ô địa chỉ chỉ có tên, số điện thoại hoặc số giấy tờ của người. Hãy ghi địa chỉ; mã địa "
        "chỉ số thì ghi đủ 11 chữ số như trên biển.",
        "The address holds nothing but the name, telephone or number of a person. Give the "
        "address; of a digital address code all 11 digits, as on the plate.",
    )
