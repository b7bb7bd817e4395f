"""Full, short and English names of administrative units. Pure.

>>> full_name("phuong", "Dĩ An")
'Phường Dĩ An'
"""

from __future__ import annotations

import unicodedata

from addrsvc.parsing.lexicon import KIND_WORDS

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


def full_name(kind: str, name: str) -> str:
    """Put the word of its kind before a unit's name: ``Phường Dĩ An``."""
    return f"{KIND_WORDS[kind]} {name}"


def short_name(kind: str, full: str) -> str:
    """Take the word of its kind off a unit's full name: ``Dĩ An``; ``Phường 1`` keeps ``1``."""
    return full.removeprefix(KIND_WORDS[kind]).strip()


def english_name(kind: str, name: str) -> str:
    """Transliterate a unit's full name the way official English texts do: ``Di An Ward``.

    Accents go, the kind comes last; a bare number comes after it: ``Ward 1``, ``District 3``.
    """
    decomposed = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    word = _KIND_ENGLISH[kind]
    return f"{word} {plain}" if plain.isdigit() else f"{plain} {word}"
