"""Pure: which column of a file means what: by its header, else by what its first rows hold.

Headers are compared without accents, case, signs and spaces: ``Địa chỉ``, ``dia_chi`` and
``DiaChi`` are one.

>>> guess(ADDRESS | UNITS, ["STT", "DiaChi", "Phường/Xã"], [])
{'address': 'DiaChi', 'commune': 'Phường/Xã'}
>>> guess(POINT, ["a", "b", "c"], [["1", "10.98", "106.65"], ["2", "10.97", "106.66"]])
{'lon': 'c', 'lat': 'b'}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from addrsvc.codes.code import parse_code
from addrsvc.codes.errors import CheckDigitWrong
from addrsvc.errors import AddrsvcError
from addrsvc.parsing.normalise import name_key
from addrsvc.tabular.columns import guess_columns, header_key
from addrsvc.tabular.layout import number
from addrsvc.tabular.model import Cells

Headers = dict[str, tuple[str, ...]]
"""Role → headers that mean it, as people write them; the first that fits wins."""

ADDRESS: Final[Headers] = {
    "address": (
        "address", "địa chỉ", "địa chỉ đầy đủ", "địa chỉ gốc", "full address", "text",
        "địa chỉ hiện tại", "địa chỉ thường trú", "địa chỉ liên hệ", "địa chỉ nhà", "nơi ở",
        "địa chỉ cũ", "địa chỉ cần tìm", "addr", "street address", "dc", "q",
    ),
}  # fmt: skip
BELOW: Final[Headers] = {
    "unit": ("unit", "căn hộ", "số căn hộ", "căn", "phòng", "apartment"),
    "floor": ("floor", "tầng", "lầu"),
    "building": ("building", "tòa nhà", "tên tòa nhà", "chung cư", "tòa", "block"),
    "house_number": ("house number", "số nhà", "housenumber", "nhà số", "house no"),
    "thoroughfare": (
        "thoroughfare", "đường", "tên đường", "đường phố", "đường/phố", "street", "street name",
        "phố", "tuyến đường",
    ),
    "locality": (
        "locality", "khu phố", "ấp", "khu phố/ấp", "thôn", "tổ dân phố", "thôn/tổ dân phố",
        "khu phố, ấp", "thôn xóm", "xóm", "khóm",
    ),
}  # fmt: skip
UNITS: Final[Headers] = {
    "commune": (
        "commune", "phường/xã", "xã/phường", "phường xã", "xã phường", "tên phường xã", "phường",
        "xã", "phường, xã, thị trấn", "xã/phường/thị trấn", "phường/xã/thị trấn",
        "phường/xã/đặc khu", "tên xã", "tên phường", "ward", "phường/xã cũ", "xã cũ",
        "phường cũ", "phường xã cũ", "đơn vị hành chính cũ", "tên đơn vị hành chính",
    ),
    "district": (
        "district", "quận/huyện", "huyện/quận", "quận huyện", "huyện", "quận", "tên huyện",
        "quận/huyện/thị xã", "quận/huyện cũ", "huyện cũ", "quận huyện cũ",
    ),
    "province": (
        "province", "tỉnh/thành phố", "tỉnh/thành", "tỉnh thành", "tỉnh", "thành phố/tỉnh",
        "tỉnh, thành phố", "tên tỉnh", "city", "tp", "tỉnh cũ", "tỉnh/thành phố cũ",
    ),
}  # fmt: skip
UNIT_CODE: Final[Headers] = {
    "unit_code": (
        "commune code", "mã xã", "mã phường", "mã phường xã", "mã phường/xã", "mã xã/phường",
        "mã xã phường", "mã xã cũ", "mã phường/xã cũ", "mã đơn vị hành chính", "mã ĐVHC",
        "mã đvhc cũ", "ward code", "citycode",
    ),
}  # fmt: skip
CODE: Final[Headers] = {
    "code": (
        "address code", "mã địa chỉ", "mã địa chỉ số", "địa chỉ số", "mã ĐCS", "digital address",
        "code", "mã", "mã số", "geocode code",
    ),
}  # fmt: skip
POINT: Final[Headers] = {
    "lon": ("lon", "lng", "long", "longitude", "kinh độ", "tọa độ kinh độ", "x", "tọa độ x",
            "point x", "gps lon", "gps lng"),
    "lat": ("lat", "latitude", "vĩ độ", "tọa độ vĩ độ", "y", "tọa độ y", "point y", "gps lat"),
}  # fmt: skip

_MOST: Final = 0.6
"""A column is taken for what so many of its cells that hold anything look like."""
_LON, _LAT = (102.0, 118.0), (6.0, 24.0)
_UNIT_WORDS: Final = re.compile(
    r"\b(?:duong|pho|hem|ngo|kiet|ap|thon|khu pho|kp|to|phuong|xa|thi tran|quan|huyen|thi xa|tinh"
    r"|thanh pho|tp|tx|tt|p|q|h|d)\b"
)
_UNIT_CODE: Final = re.compile(r"[0-9]{5}")


def guess(headers: Headers, columns: Sequence[str], rows: Sequence[Cells]) -> dict[str, str]:
    """Say which column is what, for the roles that can be told.

    By content only where no header says it: an address, a code, both coordinates.
    """
    keys = {role: tuple(map(header_key, words)) for role, words in headers.items()}
    at = guess_columns(columns, keys, {})
    for role, fits in _CONTENT.items():
        if role in headers and role not in at and not _is_told(role, at):
            place = _best(fits, columns, rows, set(at.values()))
            if place is not None:
                at[role] = place
    if ("lon" in at) != ("lat" in at):  # one alone is no point
        at.pop("lon", None)
        at.pop("lat", None)
    return {role: columns[at[role]] for role in headers if role in at}


def _is_told(role: str, at: Mapping[str, int]) -> bool:
    """Tell whether an address stands in columns of its parts, or a commune in its name."""
    parts = {"address": {"thoroughfare", "commune", "locality"}, "unit_code": {"commune"}}
    return not parts.get(role, set()).isdisjoint(at)


def _best(
    fits: Callable[[str], bool],
    columns: Sequence[str],
    rows: Sequence[Cells],
    taken: set[int],
) -> int | None:
    """Give the column most cells of which fit; None: of none they do."""
    best, share = None, _MOST
    for place in range(len(columns)):
        cells = [row[place] for row in rows if row[place].strip()]
        if place in taken or not cells:
            continue
        fitting = sum(map(fits, cells)) / len(cells)
        if fitting > share or (best is None and fitting >= share):
            best, share = place, fitting
    return best


def looks_like_address(text: str) -> bool:
    """Tell a text that may be an address: some words, and one of them the kind of a part.

    >>> looks_like_address("12/3 Lê Lợi, P. Tây"), looks_like_address("Nguyễn Văn A")
    (True, False)
    """
    key = name_key(text)
    return key.count(" ") >= 2 and ("," in text or key[0].isdigit()) and _has_unit(key)


def _has_unit(key: str) -> bool:
    return _UNIT_WORDS.search(key) is not None or any(map(str.isdigit, key))


def _looks_like_code(text: str) -> bool:
    try:
        parse_code(text)
    except CheckDigitWrong:
        return True
    except AddrsvcError:
        return False
    return True


def _within(low: float, high: float) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        value = number(text.strip().replace(",", "."))
        return value is not None and low <= value <= high and not value.is_integer()

    return fits


_CONTENT: Final[dict[str, Callable[[str], bool]]] = {
    "address": looks_like_address,
    "code": _looks_like_code,
    "unit_code": lambda text: _UNIT_CODE.fullmatch(text.strip()) is not None,
    "lon": _within(*_LON),
    "lat": _within(*_LAT),
}
