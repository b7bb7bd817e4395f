"""What can be wrong with a code, a block, a reservation or an alias, as facts with words.

A wrong check digit never names the right one: who is told it changes the check digit instead
of reading the plate again, and the slip reaches another house.
"""

from __future__ import annotations

from dataclasses import dataclass

from addrsvc.errors import Conflict, Gone, InvalidInput, Text


@dataclass(eq=False)
class CodeEmpty(InvalidInput):
    """Nothing was typed, or only a label."""

    slug = "code-empty"
    title = Text("Chưa có mã địa chỉ số", "No code given")
    message = Text(
        "Chưa thấy chữ số nào. Hãy nhập mã địa chỉ số gồm 10 chữ số, ví dụ 75123-04827.",
        "There is no digit here. Type the ten digits of the code, for example 75123-04827.",
    )


@dataclass(eq=False)
class CodeTextTooLong(InvalidInput):
    """More text than any written form of a code needs."""

    slug = "code-text-too-long"
    title = Text("Nội dung quá dài", "Text too long for a code")
    message = Text(
        "Nội dung có {length} ký tự, dài hơn mức cho phép ({limit}). "
        "Hãy chỉ nhập mã địa chỉ số, ví dụ 75123-04827.",
        "The text has {length} characters, more than the {limit} accepted. "
        "Type only the code, for example 75123-04827.",
    )
    length: int
    limit: int


@dataclass(eq=False)
class CodeTooShort(InvalidInput):
    """Fewer than ten digits."""

    slug = "code-too-short"
    title = Text("Mã địa chỉ số thiếu chữ số", "Too few digits")
    message = Text(
        "Mới có {digits} chữ số. Mã địa chỉ số có 10 chữ số, "
        "hoặc 11 nếu kèm số kiểm tra. Hãy xem lại biển hoặc thẻ và nhập đủ.",
        "Only {digits} digits are here. A code has 10, or 11 with its check digit. "
        "Look at the plate or card again and type all of them.",
    )
    digits: int


@dataclass(eq=False)
class CodeTooLong(InvalidInput):
    """More than eleven digits, and not twelve."""

    slug = "code-too-long"
    title = Text("Mã địa chỉ số thừa chữ số", "Too many digits")
    message = Text(
        "Có đến {digits} chữ số. Mã địa chỉ số có 10 chữ số, "
        "hoặc 11 nếu kèm số kiểm tra. Hãy bỏ những chữ số không thuộc mã.",
        "There are {digits} digits. A code has 10, or 11 with its check digit. "
        "Leave out the digits that do not belong to it.",
    )
    digits: int


@dataclass(eq=False)
class CodeLooksLikeLocationId(InvalidInput):
    """Twelve digits: perhaps a location identifier of the draft decree."""

    slug = "code-looks-like-location-id"
    title = Text("Có thể là mã định danh địa điểm", "Perhaps a location identifier")
    message = Text(
        "Có 12 chữ số: đây có thể là mã định danh địa điểm, không phải mã địa chỉ số. "
        "Hãy tra theo mã định danh địa điểm, hoặc nhập mã địa chỉ số gồm 10 chữ số.",
        "There are 12 digits: this may be a location identifier, not a digital address code. "
        "Look it up as a location identifier, or type the ten digits of the code.",
    )


@dataclass(eq=False)
class CodeLetterLikeDigit(InvalidInput):
    """A letter stands where the digit it resembles is meant."""

    slug = "code-letter-like-digit"
    title = Text("Có chữ cái giống chữ số", "A letter that looks like a digit")
    message = Text(
        "Ký tự thứ {position} là chữ cái “{letter}”. Mã địa chỉ số chỉ gồm chữ số: "
        "có phải là số {digit} không? Hãy kiểm tra và nhập lại.",
        "Character {position} is the letter “{letter}”. A code has digits only: "
        "is it the digit {digit}? Check and type it again.",
    )
    position: int
    letter: str
    digit: str


@dataclass(eq=False)
class CodeHasLetter(InvalidInput):
    """A letter that resembles no digit."""

    slug = "code-has-letter"
    title = Text("Mã địa chỉ số không có chữ cái", "A code has no letters")
    message = Text(
        "Ký tự thứ {position} là chữ cái “{letter}”. Mã địa chỉ số chỉ gồm 10 chữ số, "
        "ví dụ 75123-04827. Hãy bỏ phần chữ, hoặc tìm theo địa chỉ.",
        "Character {position} is the letter “{letter}”. A code is ten digits, "
        "for example 75123-04827. Leave out the words, or search by address instead.",
    )
    position: int
    letter: str


@dataclass(eq=False)
class CodeHasSymbol(InvalidInput):
    """A sign that no written form of a code has at that place."""

    slug = "code-has-symbol"
    title = Text("Có ký hiệu không thuộc mã", "A sign that is not part of a code")
    message = Text(
        "Ký tự thứ {position} là “{symbol}”, không thể có ở vị trí này trong mã địa chỉ số. "
        "Hãy nhập 10 chữ số, ví dụ 75123-04827.",
        "Character {position} is “{symbol}”, which a code cannot have there. "
        "Type ten digits, for example 75123-04827.",
    )
    position: int
    symbol: str


@dataclass(eq=False)
class CheckDigitWrong(InvalidInput):
    """Eleven digits whose last does not belong to the first ten."""

    slug = "check-digit-wrong"
    title = Text("Sai số kiểm tra", "Check digit does not match")
    message = Text(
        "Số kiểm tra {given} không khớp với 10 chữ số đứng trước: có ít nhất một chữ số bị sai "
        "hoặc hai chữ số bị đảo chỗ. Hãy đọc lại cả 11 chữ số trên biển hoặc thẻ.",
        "The check digit {given} does not match the ten digits before it: at least one digit "
        "is wrong or two are swapped. Read all eleven digits on the plate or card again.",
    )
    given: str


@dataclass(eq=False)
class PrefixExhausted(Conflict):
    """A prefix has fewer free codes left than were asked for."""

    slug = "prefix-exhausted"
    title = Text("Đầu mã đã hết số", "Prefix has no codes left")
    message = Text(
        "Đầu mã {prefix} chỉ còn {left} mã trống, không đủ {asked} mã cần cấp. "
        "Hãy bổ sung đầu mã mới cho khu vực này rồi cấp lại.",
        "Prefix {prefix} has {left} free codes left and {asked} were asked for. "
        "Add another prefix for the area and try again.",
    )
    prefix: str
    asked: int
    left: int


@dataclass(eq=False)
class ReservedRangeInvalid(InvalidInput):
    """A reserved range that is not two ordered suffixes."""

    slug = "reserved-range-invalid"
    title = Text("Dải số dành riêng không hợp lệ", "Invalid reserved range")
    message = Text(
        "Dải từ {first} đến {last} không hợp lệ. Hãy ghi hai số từ 0 đến 99999, "
        "số đầu không lớn hơn số cuối.",
        "The range {first} to {last} is not valid. Give two numbers from 0 to 99999, "
        "the first not above the last.",
    )
    first: int
    last: int


@dataclass(eq=False)
class IssuerInvalid(InvalidInput):
    """The name of an issuer is empty, too long or not printable."""

    slug = "issuer-invalid"
    title = Text("Tên đơn vị cấp mã không hợp lệ", "Invalid issuer")
    message = Text(
        "Tên đơn vị cấp mã phải có từ 1 đến {limit} ký tự in được. Hãy ghi lại, ví dụ: VNPost.",
        "The name of the issuer must have 1 to {limit} printable characters. "
        "Give it again, for example: VNPost.",
    )
    limit: int


@dataclass(eq=False)
class CodeAlreadyDrawn(Conflict):
    """A code brought from elsewhere was already drawn here: issued, in a block, or burnt."""

    slug = "code-already-drawn"
    title = Text("Mã đã được hệ thống này sử dụng", "Code already drawn here")
    message = Text(
        "Mã {code} đã được hệ thống này cấp, giao cho thiết bị hoặc hủy nên không thể nhận từ "
        "“{issuer}”. Hãy đối chiếu với đơn vị cấp mã để biết bên nào giữ mã này.",
        "Code {code} was already issued here, handed to a device or burnt, so it cannot be "
        "adopted from “{issuer}”. Settle with the issuer who holds it.",
    )
    code: str
    issuer: str


@dataclass(eq=False)
class CodeReservedForOther(Conflict):
    """A code lies in the range reserved for another issuer."""

    slug = "code-reserved-for-other"
    title = Text("Mã thuộc dải dành cho đơn vị khác", "Code reserved for another issuer")
    message = Text(
        "Mã {code} thuộc dải dành cho “{holder}”, không phải “{issuer}”. "
        "Hãy kiểm tra lại tên đơn vị cấp mã hoặc sửa dải dành riêng.",
        "Code {code} lies in a range reserved for “{holder}”, not “{issuer}”. "
        "Check the name of the issuer or change the range.",
    )
    code: str
    issuer: str
    holder: str


@dataclass(eq=False)
class CodeNotInBlock(InvalidInput):
    """A device used a code that its block does not hold."""

    slug = "code-not-in-block"
    title = Text("Mã không thuộc gói đã giao", "Code not in the block")
    message = Text(
        "Mã {code} không thuộc gói mã đã giao cho thiết bị {device}. "
        "Hãy đồng bộ thiết bị và lấy gói mã mới.",
        "Code {code} is not in the block handed to device {device}. "
        "Synchronise the device and fetch a new block.",
    )
    code: str
    device: str


@dataclass(eq=False)
class BlockCodeUsed(Conflict):
    """A code of the block was used before."""

    slug = "block-code-used"
    title = Text("Mã trong gói đã dùng", "Code of the block already used")
    message = Text(
        "Mã {code} trong gói của thiết bị {device} đã được dùng. Hãy chọn mã tiếp theo trong gói.",
        "Code {code} of the block of device {device} was used already. "
        "Take the next code of the block.",
    )
    code: str
    device: str


@dataclass(eq=False)
class BlockNotInForce(Gone):
    """A code of the block was used before its issue, or when it had expired."""

    slug = "block-not-in-force"
    title = Text("Gói mã không còn hiệu lực", "Block not in force")
    message = Text(
        "Gói mã của thiết bị {device} chỉ có hiệu lực từ {issued_at} đến trước {expires_at}; "
        "mã chưa dùng đã bị hủy. Hãy lấy gói mã mới.",
        "The block of device {device} was in force from {issued_at} until before {expires_at}; "
        "its unused codes are burnt. Fetch a new block.",
    )
    device: str
    issued_at: str
    expires_at: str


@dataclass(eq=False)
class AliasTooLong(InvalidInput):
    """More text than any identifier needs."""

    slug = "alias-too-long"
    title = Text("Mã quá dài", "Identifier too long")
    message = Text(
        "Nội dung có {length} ký tự, dài hơn mức cho phép ({limit}). Hãy chỉ nhập mã.",
        "The text has {length} characters, more than the {limit} accepted. "
        "Give only the identifier.",
    )
    length: int
    limit: int


@dataclass(eq=False)
class VpostcodeInvalid(InvalidInput):
    """Not five digits and seven letters or digits."""

    slug = "vpostcode-invalid"
    title = Text("Vpostcode không hợp lệ", "Invalid Vpostcode")
    message = Text(
        "“{given}” không phải Vpostcode. Hãy nhập 12 ký tự: 5 chữ số rồi 7 chữ cái hoặc chữ số.",
        "“{given}” is no Vpostcode. Give 12 characters: 5 digits, then 7 letters or digits.",
    )
    given: str


@dataclass(eq=False)
class PlusCodeInvalid(InvalidInput):
    """Not a full plus code."""

    slug = "plus-code-invalid"
    title = Text("Mã cộng không hợp lệ", "Invalid plus code")
    message = Text(
        "“{given}” không phải mã cộng. Hãy nhập mã đầy đủ có dấu + sau 8 ký tự, ví dụ 7P28XM2F+6Q.",
        "“{given}” is no plus code. Give the full code with + after 8 characters, "
        "for example 7P28XM2F+6Q.",
    )
    given: str


@dataclass(eq=False)
class PlusCodeShort(InvalidInput):
    """A short plus code, which names a place only beside a town."""

    slug = "plus-code-short"
    title = Text("Mã cộng rút gọn", "Short plus code")
    message = Text(
        "“{given}” là mã cộng rút gọn, chưa đủ để xác định vị trí. "
        "Hãy nhập mã đầy đủ, ví dụ 7P28XM2F+6Q.",
        "“{given}” is a short plus code and does not fix a place by itself. "
        "Give the full code, for example 7P28XM2F+6Q.",
    )
    given: str


@dataclass(eq=False)
class LocationIdInvalid(InvalidInput):
    """Not twelve digits."""

    slug = "location-id-invalid"
    title = Text("Mã định danh địa điểm không hợp lệ", "Invalid location identifier")
    message = Text(
        "“{given}” không phải mã định danh địa điểm. Hãy nhập đủ 12 chữ số.",
        "“{given}” is no location identifier. Give all twelve digits.",
    )
    given: str


@dataclass(eq=False)
class ParcelInvalid(InvalidInput):
    """Not a commune code, a sheet and a parcel number."""

    slug = "parcel-invalid"
    title = Text("Thửa đất không hợp lệ", "Invalid land parcel")
    message = Text(
        "“{given}” không phải thửa đất. Hãy nhập mã xã 5 chữ số lúc đo đạc, số tờ bản đồ, "
        "số thửa, ví dụ 25747-12-345.",
        "“{given}” is no land parcel. Give the 5-digit commune code at survey time, the sheet "
        "and the parcel number, for example 25747-12-345.",
    )
    given: str


@dataclass(eq=False)
class RealEstateIdInvalid(InvalidInput):
    """Not 1 to 40 letters and digits."""

    slug = "real-estate-id-invalid"
    title = Text("Mã định danh bất động sản không hợp lệ", "Invalid real-estate identifier")
    message = Text(
        "“{given}” không phải mã định danh điện tử bất động sản. "
        "Hãy nhập tối đa 40 chữ cái không dấu và chữ số.",
        "“{given}” is no electronic real-estate identifier. "
        "Give at most 40 letters without accents and digits.",
    )
    given: str


@dataclass(eq=False)
class OldNumberInvalid(InvalidInput):
    """Empty, or more than a house number."""

    slug = "old-number-invalid"
    title = Text("Số nhà cũ không hợp lệ", "Invalid former house number")
    message = Text(
        "“{given}” không phải số nhà. Hãy nhập tối đa 60 ký tự, ví dụ 123/45/6A hoặc Lô A68.",
        "“{given}” is no house number. Give at most 60 characters, "
        "for example 123/45/6A or Lô A68.",
    )
    given: str
