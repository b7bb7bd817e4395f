"""The words that say what follows: đường, hẻm, khu phố, tầng, chung cư, công ty… Pure.

Without accents a short word may be a name (``to`` is tổ and Tô, ``ngo`` is ngõ and Ngô): it counts
only before a number; with the wrong accents it never counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import Final, NamedTuple

from addrsvc.parsing.model import Token
from addrsvc.parsing.normalise import fold
from addrsvc.parsing.parts_localities import LOCALITY_WORDS


def words(text: str) -> frozenset[str]:
    """Give the words of a text as a set."""
    return frozenset(text.split())


class Role(Enum):
    """What a word makes of what follows it."""

    BARE = auto()
    """No word before it."""
    NUMBER = auto()
    ALLEY = auto()
    LOT = auto()
    """Lô, ô, thửa, tờ bản đồ: parts of a lot's or parcel's number."""
    STREET = auto()
    ROAD = auto()
    """Quốc lộ, ĐT, ĐX: the word belongs to the name, a number follows."""
    AVENUE = auto()
    """Đại lộ, vành đai: the word belongs to the name."""
    LOCALITY = auto()
    UNIT = auto()
    FLOOR = auto()
    BUILDING = auto()
    ORGANISATION = auto()
    PERSON = auto()
    PHONE = auto()
    REMARK = auto()
    ADMIN = auto()
    """A unit of administration that nobody knows."""
    STOP = auto()
    """Says nothing itself: tại, thuộc, địa chỉ."""


class Word(NamedTuple):
    """A word, or several, that says what follows."""

    role: Role
    title: str
    """As printed before the value; empty: not printed."""
    kind: str | None
    spelling: tuple[str, ...]
    """With accents, lower case."""
    plain: str
    """What it takes to be that word where its accents are not written: see ``_met``."""
    after: str
    """What it takes in any case."""


_ROWS: Final = (
    # role, printed, what it takes without accents, what must follow, spellings
    (Role.NUMBER, "", "number", "number", "số nhà", "nhà số", "số", "sn", "nhà"),
    (Role.ALLEY, "Hẻm", "any", "any", "hẻm"),
    (Role.ALLEY, "Ngõ", "number", "any", "ngõ"),
    (Role.ALLEY, "Ngách", "any", "any", "ngách"),
    (Role.ALLEY, "Kiệt", "number", "number", "kiệt"),
    (Role.LOT, "Lô", "number", "any", "lô", "lô đất"),
    (Role.LOT, "Ô", "number", "number", "ô", "ô đất"),
    (Role.LOT, "Thửa", "any", "number", "thửa", "thửa đất"),
    (Role.LOT, "Tờ bản đồ", "any", "number", "tờ bản đồ", "tbđ"),
    (Role.LOT, "Tờ bản đồ", "parcel", "number", "tờ"),
    (Role.STREET, "Đường", "any", "any", "đường", "mặt tiền đường", "mt đường"),
    (Role.STREET, "", "any", "any", "mặt tiền", "mt"),
    (Role.STREET, "Đường", "dot", "any", "đ"),
    (Role.STREET, "Phố", "start", "any", "phố"),
    (Role.ROAD, "Quốc lộ", "any", "number", "quốc lộ", "ql"),
    (Role.ROAD, "Tỉnh lộ", "any", "number", "tỉnh lộ", "tl"),
    (Role.ROAD, "ĐT", "any", "number", "đt", "đường tỉnh", "đường tỉnh lộ"),
    (Role.ROAD, "ĐH", "any", "number", "đh", "đường huyện"),
    (Role.ROAD, "ĐX", "any", "number", "đx", "đường xã"),
    (Role.ROAD, "Hương lộ", "any", "number", "hương lộ", "hl"),
    (Role.AVENUE, "Đại lộ", "any", "any", "đại lộ", "đl"),
    (Role.AVENUE, "Xa lộ", "any", "any", "xa lộ"),
    (Role.AVENUE, "Vành đai", "any", "number", "vành đai"),
    (Role.UNIT, "Căn hộ", "any", "any", "căn hộ", "căn", "ch", "apartment"),
    (Role.UNIT, "Phòng", "number", "number", "phòng", "room"),
    (Role.UNIT, "Kiốt", "any", "number", "kiốt", "ki ốt", "kiot", "kios"),
    (Role.FLOOR, "Tầng", "number", "any", "tầng", "floor"),
    (Role.FLOOR, "Lầu", "number", "number", "lầu"),
    (Role.FLOOR, "Tầng trệt", "any", "any", "tầng trệt"),
    (Role.BUILDING, "Chung cư", "any", "any", "chung cư", "cc", "c c"),
    (Role.BUILDING, "Tòa nhà", "any", "any", "tòa nhà", "toà nhà"),
    (Role.BUILDING, "Tòa", "start", "any", "tòa", "toà"),
    (Role.BUILDING, "Block", "any", "any", "block", "blk"),
    (Role.BUILDING, "Cao ốc", "any", "any", "cao ốc"),
    (Role.BUILDING, "Tháp", "start", "any", "tháp"),
    (Role.BUILDING, "Dãy trọ", "any", "any", "dãy trọ", "dãy nhà trọ"),
    (Role.BUILDING, "Nhà trọ", "any", "any", "nhà trọ", "khu nhà trọ", "phòng trọ"),
    (Role.BUILDING, "Dãy", "number", "any", "dãy"),
    (Role.BUILDING, "Ký túc xá", "any", "any", "ký túc xá", "kí túc xá", "ktx"),
    (Role.ORGANISATION, "", "any", "school", "trường"),
    (
        Role.ORGANISATION, "", "any", "hard", "công ty", "cty", "ubnd", "ủy ban nhân dân",
        "uỷ ban nhân dân", "trạm y tế", "bệnh viện", "phòng khám", "nhà máy", "xí nghiệp", "chợ",
        "siêu thị", "trung tâm", "nhà hàng", "khách sạn", "quán", "cửa hàng", "ngân hàng", "chùa",
        "nhà thờ", "đình", "miếu", "công an", "bưu điện", "bưu cục", "hợp tác xã", "htx",
        "doanh nghiệp", "dntn", "xưởng", "tiệm", "shop", "văn phòng", "nhà văn hóa", "nhà thuốc",
        "nhà văn hoá", "thpt", "thcs", "bến xe", "khu du lịch", "công viên", "sân bay", "clb",
        "hội trường", "trụ sở", "cây xăng", "trạm", "tập đoàn", "chi nhánh", "câu lạc bộ",
        "showroom", "tiểu học", "mầm non", "đại học", "ban quản lý", "trung học", "mẫu giáo",
    ),
    (
        Role.PERSON, "", "any", "hard", "giao cho", "ship cho", "gặp", "liên hệ", "lh",
        "người nhận", "chị", "nhà ông",
        "nhà bà", "nhà anh", "nhà chị", "nhà chú", "nhà cô", "người liên hệ", "chủ hộ", "họ tên",
    ),
    (Role.PERSON, "", "surname", "surname", "ông", "bà", "cô", "bác", "anh", "chú", "em"),
    (
        Role.PHONE, "", "any", "any", "sđt", "điện thoại", "tel", "hotline", "phone", "mobile",
        "số điện thoại", "di động", "zalo", "email", "cccd", "cmnd",
    ),
    (
        Role.REMARK, "", "any", "hard", "gần", "đối diện", "cạnh", "bên cạnh", "sau lưng", "cũ",
        "kế bên", "ngã ba", "ngã tư", "ngã 3", "ngã 4", "ngã năm", "vòng xoay", "góc", "số cũ",
        "phía sau", "phía trước", "bên hông", "ghi chú", "nay là", "trước đây", "tên cũ",
        "đi vào", "đi thẳng", "quẹo", "rẽ", "trong hẻm", "đầu hẻm", "cuối hẻm", "chân cầu",
        "khu vực", "nhà không số", "không số", "giao giờ",
    ),
    (Role.ADMIN, "", "any", "any", "thành phố", "thị xã", "thị trấn", "đặc khu"),
    (Role.ADMIN, "", "any", "hard", "quận", "huyện", "phường", "xã", "tỉnh", "tp", "tx", "tt"),
    (Role.STOP, "", "any", "any", "địa chỉ", "đc", "address"),
    (Role.STOP, "", "hard", "any", "tại", "thuộc"),
)  # fmt: skip
_ACCENTS: Final = (
    "khu phố", "khu", "khóm", "ấp", "tổ dân phố", "tổ", "cụm", "thôn", "xóm", "bản", "buôn", "làng",
    "đội", "khu công nghiệp", "cụm công nghiệp", "khu chế xuất", "khu sản xuất", "khu dân cư",
    "khu đô thị", "khu đô thị mới", "khu tái định cư", "khu tđc", "tđc", "tái định cư", "khu nhà ở",
    "khu biệt thự", "cư xá", "dự án", "kđt", "kđtm", "cụm dân cư", "tổ dp", "khu cn",
)  # fmt: skip
_BEFORE_DUONG: Final = words("binh an hai dai thai huong dong chieu trieu")
_WEAK: Final = frozenset(
    (
        "Tổ",
        "Cụm",
        "Đội",
        "Khu",
        "Khóm",
        "Bản",
        "Làng",
        "Buôn",
        "Xóm",
        "Ô",
        "Căn hộ",
        "Dãy",
        "Phố",
        "Lô",
    )
)
"""Words that are also parts of names: within one they count only before a number."""
_SCHOOLS: Final = words(
    """
    tieu thpt thcs mam mau dai cao trung hoc th mn quoc day song pt ptth nang nghe dan
    """
)
_SHORT: Final = {"to": "number", "cum": "number", "doi": "number", "ban": "start", "lang": "start",
                 "buon": "start", "khu": "any"}  # fmt: skip
SURNAMES: Final = words(
    """
    nguyen tran le pham huynh hoang phan vu vo dang bui do ho ngo duong ly dinh truong luong
    trinh doan dao phung chu luu quach mach tong kieu vuong trieu thich ta diep nghiem hua
    au
    """
)
RARE_SURNAMES: Final = words("to cao chau ton mac ha thai lam mai kim la lo bach than tu")


def _rows() -> list[Word]:
    words = [
        Word(role, title, None, tuple(spelling.split()), plain, after)
        for role, title, plain, after, *spellings in _ROWS
        for spelling in spellings
    ]
    accents = {fold(spelling): spelling for spelling in _ACCENTS}
    for folded, locality in LOCALITY_WORDS.items():
        spelling = tuple(accents.get(folded, folded).split())
        plain = _SHORT.get(folded, "any")
        after = "number" if folded == "doi" else "any"  # Đội Cấn is a street
        words.append(Word(Role.LOCALITY, locality.title, locality.kind, spelling, plain, after))
    return words


def _by_first(words: list[Word]) -> dict[str, tuple[tuple[tuple[str, ...], Word], ...]]:
    """Index by the first word, folded; longer ones first."""
    index: dict[str, list[tuple[tuple[str, ...], Word]]] = {}
    for word in words:
        keys = tuple(fold(each) for each in word.spelling)
        index.setdefault(keys[0], []).append((keys, word))
    return {
        first: tuple(sorted(each, key=lambda entry: -len(entry[0])))
        for first, each in index.items()
    }


_INDEX: Final = _by_first(_rows())


class Place(NamedTuple):
    """Where a word stands."""

    hard: bool
    """Begins a part of its own: after a comma or a unit, or the text's first."""
    parcel: bool = False
    """Follows a parcel, so that ``to 39`` is its sheet."""
    inside: bool = False
    """Follows the words of a name without a comma."""


def word_at(tokens: Sequence[Token], at: int, place: Place) -> tuple[Word, int] | None:
    """Find the word that stands at a token, and how many tokens it takes; None: none does."""
    for keys, word in _INDEX.get(tokens[at].key, ()):
        end = at + len(keys)
        if end > len(tokens) or not all(
            tokens[spot].key == key and (spot == at or tokens[spot].gap.strip(" ./") == "")
            for spot, key in enumerate(keys, start=at)
        ):
            continue
        following = tokens[end] if end < len(tokens) else None
        if following is not None and following.key == "so" and end + 1 < len(tokens):
            following = tokens[end + 1]  # thửa đất số 602
        written = tuple(token.text.lower() for token in tokens[at:end])
        needs = [word.after] if written == word.spelling else [word.plain, word.after]
        if len(keys) == 1 and written not in {word.spelling, keys}:
            continue
        if place.inside and word.spelling == ("đường",) and tokens[at - 1].key in _BEFORE_DUONG:
            continue  # a name: Bình Đường, Bình Dương without accents
        if word.spelling == ("bà",) and _is_queen(tokens, end):
            continue  # the street of Bà Triệu, and no Triệu Thị Mai
        if place.inside and word.title in _WEAK:
            needs.append("number")
        if needs == ["any"] or all(_met(each, following, place) for each in needs):
            return word, len(keys)
    return None


def _is_queen(tokens: Sequence[Token], at: int) -> bool:
    if at == len(tokens) or tokens[at].key != "trieu":
        return False
    return at + 1 == len(tokens) or tokens[at + 1].gap.strip() != ""


def _met(need: str, following: Token | None, place: Place) -> bool:
    """Tell whether what a word needs stands around it."""
    key = "" if following is None else following.key
    gap = "," if following is None else following.gap
    number = has_digit(key) and gap.strip(" .:_-") == ""
    return {
        "any": True,
        "hard": place.hard,
        "start": not place.inside,
        "dot": gap.startswith("."),
        "surname": place.hard and key in SURNAMES,
        "school": place.hard and key in _SCHOOLS,
        "number": number,
        "parcel": number and place.parcel,
    }[need]


def has_digit(key: str) -> bool:
    """Tell whether a word has a digit in it: house numbers, road numbers, codes."""
    return not key.isalpha() and any(char.isdigit() for char in key)
