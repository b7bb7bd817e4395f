"""Fold names for comparison: written for the benchmarks, so that they do not judge by the product.

>>> fold("Đường Nguyễn  Thị Minh Khai")
'duong nguyen thi minh khai'
>>> street_group("Đường số 05"), street_group("Số 5"), street_group("ĐX-043"), street_group("DX 43")
('5', '5', 'dx43', 'dx43')
>>> street_group("ĐT 743B"), street_group("Tỉnh lộ 743b"), street_group("743B")
('743b', '743b', '743b')
>>> unit_name("TP. Hồ Chí Minh"), unit_name("Phường 01"), unit_name("Thị xã Thuận An")
('hochiminh', '1', 'thuanan')
>>> unit_name("Huyện Tĩnh Gia"), unit_name("Tĩnh Gia"), unit_name("Phương Công")
('tinhgia', 'tinhgia', 'phuongcong')
"""

from __future__ import annotations

import re
import unicodedata

_OTHER = re.compile(r"[^0-9a-z]+")
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_STREET_WORDS = re.compile(r"^(?:(?:duong|pho|so)\s+)+(?=\S)")
_PROVINCIAL = re.compile(r"^(?:dt|tl|tinhlo|duongtinh)(?=7[4-8][0-9])")
_UNIT_WORDS = re.compile(
    r"^(?:thành phố|thị xã|thị trấn|tỉnh|quận|huyện|phường|xã|đặc khu|(?:tp|tx|tt|q|h|p|x|t)\.?)"
    r"\s+(?=\S)"
)
"""With their accents: Tĩnh Gia, Phương Công and Tinh Nhuệ are names."""
_GLUED_NUMBER = re.compile(r"^(?:quan|phuong|q|p)(?=[0-9]+$)")


def unaccented(text: str) -> str:
    """Drop every accent, đ too; case and length of the rest are kept."""
    plain = unicodedata.normalize("NFD", text).replace("đ", "d").replace("Đ", "D")
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def fold(text: str) -> str:
    """Lower, without accents, words of letters and digits between single spaces."""
    return _OTHER.sub(" ", unaccented(text).lower()).strip()


def street_group(name: str) -> str:
    """Give what streets share that nobody tells apart by their written names."""
    glued = _STREET_WORDS.sub("", fold(name)).replace(" ", "")
    return _ZEROS.sub("", _PROVINCIAL.sub("", glued))


def unit_name(name: str) -> str:
    """Give the bare name of an administrative unit; empty for an empty name."""
    folded = fold(_UNIT_WORDS.sub("", unicodedata.normalize("NFC", name).lower().strip()))
    return _ZEROS.sub("", _GLUED_NUMBER.sub("", folded).replace(" ", ""))
