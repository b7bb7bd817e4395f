"""What numbers and names may be that no word explains. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

from addrsvc.parsing.parts_words import RARE_SURNAMES, SURNAMES, words

_DATE: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})")
_MONTH: Final = re.compile(r"\d{1,2} th[áa]ng \w+")
_HOLIDAYS: Final = words(
    """
    30/4 3/2 2/9 19/5 1/5 22/12 19/8 20/11 26/3 8/3 27/7 23/9 2/4 30/10 10/10 20/10 9/1 1/12
    17/3 28/4 1/4 16/4 29/3 24/3 3/4 25/4 21/8 23/8 6/1 27/4
    """
)
"""Days that streets are named for."""
_GRID: Final = re.compile(r"[dđn][a-z]{0,2}\d{1,2}[a-z]?")
"""Streets of estates: D for dọc (lengthwise), N for ngang (across)."""
_CODE: Final = re.compile(r"[a-zđ]{1,3}\d{1,3}[a-z]?")
_POSTCODE: Final = re.compile(r"\d{5,6}")
_COUNTRY: Final = frozenset(("viet nam", "vietnam", "vn", "viet nam viet nam"))
_EMPTY: Final = frozenset(("cu", "moi", "street", "va", "o", "la", "noi dai", "mo rong"))
_VOWEL: Final = re.compile(r"[aeiouy]")
STREETS: Final = frozenset((
    "quang trung", "hung vuong", "hai ba trung", "ba trieu", "dien bien phu", "doc lap",
    "cach mang thang 8", "nam ky khoi nghia", "xo viet nghe tinh", "au co", "lac long quan",
    "thu khoa huan", "yet kieu", "da tuong", "yersin", "pasteur", "an duong vuong", "le loi",
    "my phuoc tan van", "giai phong", "dai lo binh duong", "dai lo dong tay", "xa lo ha noi",
    "bui vien", "tu do", "mau than", "thong nhat", "trung nu vuong", "huyen tran cong chua",
))  # fmt: skip
"""Keys of streets that most towns have and that no surname begins."""
_ESTATES: Final = words(
    """
    residence residences city park garden gardens riverside home homes town villa villas
    oasis land ecolakes richland homeland village
    """
)
_TOWERS: Final = words("tower towers building plaza apartment apartments mall center centre")
_PARKS: Final = frozenset(("vsip", "amata", "becamex"))
"""Makers of industrial parks whose name is the park's."""

NumberGuess = Literal["number", "postcode", "holiday", "date", "grid", "code"]
NameGuess = Literal["country", "empty", "initials", "tower", "estate", "park", "name"]


def guess_number(text: str) -> NumberGuess:
    """Tell what a number without a word may be.

    >>> [guess_number(each) for each in ("30/4", "7/5", "n3", "b5", "75000", "123/45")]
    ['holiday', 'date', 'grid', 'code', 'postcode', 'number']
    """
    date = _DATE.fullmatch(text)
    if date is not None:
        day, month = int(date[1]), int(date[2])
        if f"{day}/{month}" in _HOLIDAYS:
            return "holiday"
        return "date" if 1 <= day <= 31 and 1 <= month <= 12 else "number"
    if _MONTH.fullmatch(text) is not None:
        return "holiday"
    if _GRID.fullmatch(text) is not None:
        return "grid"
    if _CODE.fullmatch(text) is not None:
        return "code"
    return "postcode" if _POSTCODE.fullmatch(text) is not None else "number"


def guess_name(keys: Sequence[str]) -> NameGuess:
    """Tell what a name without a word is, by its words alone.

    >>> [guess_name(each.split()) for each in ("viet nam", "marina tower", "vsip 2", "le loi")]
    ['country', 'tower', 'park', 'name']
    """
    key = " ".join(keys)
    if key in _COUNTRY:
        return "country"
    if key in _EMPTY:
        return "empty"
    if len(keys) == 1 and key.isalpha() and _VOWEL.search(key) is None:
        return "initials"
    if not _TOWERS.isdisjoint(keys):
        return "tower"
    if not _ESTATES.isdisjoint(keys):
        return "estate"
    return "park" if keys[0] in _PARKS else "name"


def looks_like_street(keys: Sequence[str]) -> bool:
    """Tell whether a bare name is rather a street's: a person's, or one of a commune's many.

    >>> looks_like_street(["an", "phu", "13"]), looks_like_street(["binh", "an"])
    (True, False)
    """
    if keys[-1].isdigit() and len(keys) > 1 and len(keys[-1].lstrip("0")) > 1:
        return True
    return (keys[0] in SURNAMES and len(keys) > 1) or (keys[0] in RARE_SURNAMES and len(keys) > 2)
