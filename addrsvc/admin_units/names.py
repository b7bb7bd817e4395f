"""Names of units, streets and localities: canonical spelling and accent-folded search keys. Pure.

>>> name_key("Phường  Hoà-Phú, Đ. D1")
'phuong hoa phu d d1'
>>> canonical("  Thuỷ   Nguyên ")
'Thủy Nguyên'
"""

from __future__ import annotations

import re
import unicodedata

_NOT_WORD = re.compile(r"[^0-9a-z]+")
_SPACE = re.compile(r"\s+")
_TONES = "\u0300\u0301\u0303\u0309\u0323"  # huyền, sắc, ngã, hỏi, nặng
_OPEN_SYLLABLE = re.compile(rf"(?<!q)(o[ae]|uy)([{_TONES}])(?![a-zđ\u0300-\u036f])", re.IGNORECASE)
_KIND_ENGLISH = {
    "thanh_pho_truc_thuoc_trung_uong": "City",
    "tinh": "Province",
    "quan": "District",
    "huyen": "Rural District",
    "thi_xa": "Town",
    "thanh_pho": "City",
    "phuong": "Ward",
    "xa": "Commune",
    "thi_tran": "Township",
    "dac_khu": "Special Zone",
}
_KIND_WORDS = {
    "thanh_pho_truc_thuoc_trung_uong": "Thành phố",
    "tinh": "Tỉnh",
    "quan": "Quận",
    "huyen": "Huyện",
    "thi_xa": "Thị xã",
    "thanh_pho": "Thành phố",
    "phuong": "Phường",
    "xa": "Xã",
    "thi_tran": "Thị trấn",
    "dac_khu": "Đặc khu",
}


def fold(text: str) -> str:
    """Lower the case and drop every accent, đ too; length of the rest is kept."""
    lowered = unicodedata.normalize("NFD", text.lower()).replace("đ", "d")
    return "".join(char for char in lowered if not unicodedata.combining(char))


def name_key(text: str) -> str:
    """Give the search key: folded, only letters and digits, single spaces between words."""
    return _NOT_WORD.sub(" ", fold(text)).strip()


def canonical(text: str) -> str:
    """Give the one spelling kept: NFC, single spaces, tone on the first vowel of oa, oe, uy.

    ``hoà`` and ``hòa`` are the same word; closed syllables (``hoàn``) have one spelling only
    and stay, as does ``quý``, whose u belongs to the consonant.
    """
    spread = unicodedata.normalize("NFD", _SPACE.sub(" ", text).strip())
    return unicodedata.normalize(
        "NFC", _OPEN_SYLLABLE.sub(lambda m: m[1][0] + m[2] + m[1][1], spread)
    )


def full_name(kind: str, name: str) -> str:
    """Put the word of its kind before a unit's name: ``Phường Dĩ An``."""
    return f"{_KIND_WORDS[kind]} {name}"


def short_name(kind: str, full: str) -> str:
    """Take the word of its kind off a unit's full name: ``Dĩ An``; ``Phường 1`` keeps ``1``."""
    return full.removeprefix(_KIND_WORDS[kind]).strip()


def english_name(kind: str, name: str) -> str:
    """Transliterate a unit's full name the way official English texts do: ``Di An Ward``.

    Accents go, the kind comes last; a bare number comes after it: ``Ward 1``, ``District 3``.
    """
    decomposed = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    word = _KIND_ENGLISH[kind]
    return f"{word} {plain}" if plain.isdigit() else f"{plain} {word}"
