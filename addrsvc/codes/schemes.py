"""Other identifiers of the same place: aliases with a scheme, each with its own spelling.

Normalising is idempotent; two spellings of one identifier normalise to one text, which is
what look-ups compare. The text as written is kept beside it by whoever stores the alias.

>>> normalise(Scheme.PLUS_CODE, " 7p28xm2f+6q ")
'7P28XM2F+6Q'
>>> normalise(Scheme.PARCEL, "thửa đất số 345, tờ bản đồ số 12, xã 25747")
'25747-12-345'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from addrsvc.codes.errors import (
    AliasTooLong,
    LocationIdInvalid,
    OldNumberInvalid,
    ParcelInvalid,
    PlusCodeInvalid,
    PlusCodeShort,
    RealEstateIdInvalid,
    VpostcodeInvalid,
)
from addrsvc.errors import Text

ALIAS_LIMIT: Final = 200
"""Most characters read; longer text is refused before any work."""

PLUS_CODE_DIGITS: Final = 15
"""Digits of a plus code that carry meaning; the specification lets more stand and ignores them."""


class Scheme(StrEnum):
    """Which identifier an alias is."""

    VPOSTCODE = "vpostcode"
    PLUS_CODE = "plus-code"
    LOCATION_ID = "location-id"
    PARCEL = "parcel"
    REAL_ESTATE_ID = "real-estate-id"
    OLD_NUMBER = "old-number"


@dataclass(frozen=True, slots=True)
class SchemeRule:
    """What a scheme is called, how it is spelt, who may see it, and what it names."""

    label: Text
    example: str
    spell: Callable[[str], str]
    draft: bool = False
    """Its legal basis is a draft."""
    is_public: bool = True
    """Anybody may see it and search by it. Not so where it leads into registers of land and
    ownership: beside a home it would tell what somebody owns."""
    is_exclusive: bool = False
    """At one time it stands for one address at most."""


_GAPS = re.compile(r"[\s\-‐‑‒–—−\u00ad\u200b\u200c\u200d\u2060\ufeff]+")
_SPACES = re.compile(r"\s+")

_VPOSTCODE = re.compile(r"[0-9]{5}[0-9A-Z]{7}")
_LOCATION_ID = re.compile(r"[0-9]{12}")
_REAL_ESTATE_ID = re.compile(r"[0-9A-Z]{1,40}")
_OLD_NUMBER = re.compile(r"(?=.*\w)[\w /.,+()\-]{1,60}")
_AROUND_SIGN = re.compile(r" ?([/\-,+]) ?")

_PLUS_FULL = re.compile(
    r"[2-9C][2-9CFGHJMPQRV]"
    r"(?:0{6}\+|[2-9CFGHJMPQRVWX]{2}0{4}\+|[2-9CFGHJMPQRVWX]{4}0{2}\+"
    r"|[2-9CFGHJMPQRVWX]{6}\+(?:[2-9CFGHJMPQRVWX]{2,})?)"
)
_PLUS_SHORT = re.compile(
    r"(?:[2-9CFGHJMPQRVWX]{2}){0,3}\+[2-9CFGHJMPQRVWX]{2,}|(?:[2-9CFGHJMPQRVWX]{2}){1,3}\+"
)

_NUMBER = re.compile(r"[0-9]+")
_PARCEL_WORD = re.compile(r"\b(?:thửa|thua)\b")
_SHEET_WORD = re.compile(r"\b(?:tờ|to)\b")
_PARCEL_TEXT = re.compile(
    r"(?:[0-9\s,;:./#-]|xã|phường|thị trấn|xa|phuong|thi tran|tờ|bản đồ|thửa|đất|số"
    r"|to|ban do|thua|dat|so)+"
)
"""Nothing but numbers and the words around them; one sign or word a turn keeps it linear."""


def normalise(scheme: Scheme, value: str) -> str:
    """Give the one spelling of an identifier.

    Raises:
        AliasTooLong: more than `ALIAS_LIMIT` characters.
        VpostcodeInvalid, PlusCodeInvalid, PlusCodeShort, LocationIdInvalid, ParcelInvalid,
        RealEstateIdInvalid, OldNumberInvalid: not an identifier of that scheme.
    """
    if len(value) > ALIAS_LIMIT:
        raise AliasTooLong(length=len(value), limit=ALIAS_LIMIT)
    return SCHEMES[scheme].spell(unicodedata.normalize("NFC", value).strip())


def _plain(value: str) -> str:
    """Drop spaces and dashes, turn full-width and other decimal digits into ASCII, raise case."""
    closed = _GAPS.sub("", value)
    return _upper("".join(str(unicodedata.decimal(c, c)) for c in closed))


def _upper(text: str) -> str:
    """Raise ASCII only: ß and ſ would turn into letters that nobody wrote."""
    return text.upper() if text.isascii() else text


def _vpostcode(value: str) -> str:
    plain = _plain(value)
    if not _VPOSTCODE.fullmatch(plain):
        raise VpostcodeInvalid(given=value)
    return plain


def _plus_code(value: str) -> str:
    code = _upper(value)
    if _PLUS_FULL.fullmatch(code):
        return code[: PLUS_CODE_DIGITS + 1]
    if _PLUS_SHORT.fullmatch(code):
        raise PlusCodeShort(given=value)
    raise PlusCodeInvalid(given=value)


def _location_id(value: str) -> str:
    plain = _plain(value)
    if not _LOCATION_ID.fullmatch(plain):
        raise LocationIdInvalid(given=value)
    return plain


def _parcel(value: str) -> str:
    """Read commune code, sheet and parcel; words may turn their order, the code has 5 digits."""
    text = value.lower()
    spans = list(_NUMBER.finditer(text))
    if len(spans) != 3 or not _PARCEL_TEXT.fullmatch(text):
        raise ParcelInvalid(given=value)
    sheet_word, parcel_word = _SHEET_WORD.search(text), _PARCEL_WORD.search(text)
    if sheet_word and parcel_word:
        sheet = next((n for n in spans if n.start() > sheet_word.end()), None)
        parcel = next((n for n in spans if n.start() > parcel_word.end()), None)
        commune = next((n for n in spans if n not in (sheet, parcel)), spans[0])
    else:
        commune, sheet, parcel = spans
    if sheet is None or parcel is None or sheet == parcel or len(commune[0]) != 5:
        raise ParcelInvalid(given=value)
    numbers = int(sheet[0]), int(parcel[0])
    if not all(0 < number < 100_000 for number in numbers):
        raise ParcelInvalid(given=value)
    return f"{commune[0]}-{numbers[0]}-{numbers[1]}"


def _real_estate_id(value: str) -> str:
    plain = _plain(value)
    if not _REAL_ESTATE_ID.fullmatch(plain):
        raise RealEstateIdInvalid(given=value)
    return plain


def _old_number(value: str) -> str:
    text = _AROUND_SIGN.sub(r"\1", _SPACES.sub(" ", value)).upper()
    if not _OLD_NUMBER.fullmatch(text):
        raise OldNumberInvalid(given=value)
    return text


SCHEMES: Final[Mapping[Scheme, SchemeRule]] = MappingProxyType(
    {
        Scheme.VPOSTCODE: SchemeRule(
            Text("Mã bưu chính Vpostcode", "Vpostcode"),
            "75110XM2F6QR",
            _vpostcode,
            is_exclusive=True,
        ),
        Scheme.PLUS_CODE: SchemeRule(
            Text("Mã cộng (Plus Code)", "Plus code"), "7P28XM2F+6Q", _plus_code
        ),
        Scheme.LOCATION_ID: SchemeRule(
            Text("Mã định danh địa điểm", "Location identifier"),
            "000123456789",
            _location_id,
            draft=True,
            is_exclusive=True,
        ),
        Scheme.PARCEL: SchemeRule(
            Text("Thửa đất", "Land parcel"), "25747-12-345", _parcel, is_public=False
        ),
        Scheme.REAL_ESTATE_ID: SchemeRule(
            Text("Mã định danh điện tử bất động sản", "Electronic real-estate identifier"),
            "25747012000345DA01",
            _real_estate_id,
            is_public=False,
            is_exclusive=True,
        ),
        Scheme.OLD_NUMBER: SchemeRule(
            Text("Số nhà cũ", "Former house number"), "123/45/6A", _old_number
        ),
    }
)
"""Every scheme with its rule; examples are invented."""
