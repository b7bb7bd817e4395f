"""Pure: what somebody typed into a box that takes anything.

A code, a point in degrees or metres, a plus code, another identifier, or else words: an address as
people write it. Nothing here is looked up, and nothing of it is ever logged: it may be a telephone
or identity number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from addrsvc.codes.code import CODE_LENGTH, PLATE_LENGTH, parse_code
from addrsvc.codes.errors import (
    CheckDigitWrong,
    CodeLetterLikeDigit,
    CodeLooksLikeLocationId,
    CodeTooLong,
    CodeTooShort,
)
from addrsvc.codes.schemes import Scheme, normalise
from addrsvc.errors import InvalidInput
from addrsvc.geo.typed_point import Degrees, Metres, read_point

MAX_TEXT: Final = 300


@dataclass(frozen=True, slots=True)
class Code:
    """A digital address code, or what is nearly one: whoever reads it says what is wrong."""

    text: str


@dataclass(frozen=True, slots=True)
class PlusCode:
    """A plus code with all of its signs."""

    code: str


@dataclass(frozen=True, slots=True)
class ShortPlusCode:
    """A plus code without its first signs, and the place named beside it."""

    code: str
    near: str
    """Empty: none is named."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """Another identifier of an address, in the spelling of its scheme."""

    scheme: Scheme
    value: str


@dataclass(frozen=True, slots=True)
class Words:
    """An address as people write it."""

    text: str


Asked = Code | Degrees | Metres | PlusCode | ShortPlusCode | Identifier | Words

_SHORT: Final = re.compile(
    r"([2-9CFGHJMPQRVWX]{4}(?:[2-9CFGHJMPQRVWX]{2})?\+[2-9CFGHJMPQRVWX]{2,3})(?:[\s,]+(.+))?",
    re.IGNORECASE,
)
_LABELS: Final = (
    (Scheme.VPOSTCODE, re.compile(r"(?:mã\s+)?(?:vpostcode|v-postcode)\b\s*[:#]?", re.IGNORECASE)),
    (Scheme.PLUS_CODE, re.compile(r"(?:plus\s?code|mã\s+cộng)\b\s*[:#]?", re.IGNORECASE)),
    (
        Scheme.LOCATION_ID,
        re.compile(r"(?:mã\s+định\s+danh\s+địa\s+điểm|location\s?id)\b\s*[:#]?", re.IGNORECASE),
    ),
)
_OLD_NUMBER: Final = re.compile(
    r"(?:số\s+(?:nhà\s+)?cũ|former\s+number|old\s+number)\s*[:#]?\s*(\d[\w/.-]*)", re.IGNORECASE
)
_PARCEL_WORD: Final = re.compile(r"\b(?:thửa|thua)\b", re.IGNORECASE)
_HAS_DIGIT_LATE: Final = re.compile(r"[0-9]{5}[0-9A-Z]*[0-9][0-9A-Z]*")
_LEAST_DIGITS: Final = 8
"""Fewer digits than that are a house number, or the beginning of anything."""


def read_asked(text: str) -> Asked:
    """Tell what a text is.

    >>> read_asked("75123-04827-7"), read_asked("12 Lê Lợi, Phú Lợi")
    (Code(text='75123-04827-7'), Words(text='12 Lê Lợi, Phú Lợi'))
    >>> read_asked("10.98, 106.65")
    Degrees(lon=106.65, lat=10.98, is_exchanged=True)
    >>> read_asked("7p28xm2f+6q"), read_asked("XM2F+6Q Thủ Dầu Một")
    (PlusCode(code='7P28XM2F+6Q'), ShortPlusCode(code='XM2F+6Q', near='Thủ Dầu Một'))
    >>> read_asked("thửa 345 tờ 12 xã 25747")
    Identifier(scheme=<Scheme.PARCEL: 'parcel'>, value='25747-12-345')
    """
    text = unicodedata.normalize("NFC", text).strip()[:MAX_TEXT]
    point = read_point(text)
    if point is not None:
        return point
    if _is_code(text):
        return Code(text)
    return _plus_code(text) or _identifier(text) or Words(text)


def _is_code(text: str) -> bool:
    """Tell whether it is a code, or so near to one that it is best answered as one."""
    try:
        parse_code(text)
    except CheckDigitWrong:
        return True
    except (CodeTooShort, CodeTooLong) as error:
        return error.digits >= _LEAST_DIGITS
    except CodeLooksLikeLocationId:
        return False
    except CodeLetterLikeDigit:
        signs = [sign for sign in text if sign.isalnum()]
        digits = sum(sign.isdigit() for sign in signs)
        return digits >= _LEAST_DIGITS and len(signs) in {CODE_LENGTH, PLATE_LENGTH}
    except InvalidInput:
        return False
    return True


def _plus_code(text: str) -> PlusCode | ShortPlusCode | None:
    """Read a plus code, a short one with the place beside it."""
    text = _LABELS[1][1].sub("", text, count=1).strip()
    full = _spelt(Scheme.PLUS_CODE, text)
    if full is not None:
        return PlusCode(full)
    short = _SHORT.fullmatch(text)
    return None if short is None else ShortPlusCode(short[1].upper(), (short[2] or "").strip())


def _identifier(text: str) -> Identifier | None:
    """Read an identifier that says by its form, or by a word before it, of which scheme it is."""
    for scheme, label in _LABELS:
        found = label.match(text)
        value = None if found is None else _spelt(scheme, text[found.end() :])
        if value is not None:
            return Identifier(scheme, value)
    location = _spelt(Scheme.LOCATION_ID, text)
    if location is not None:
        return Identifier(Scheme.LOCATION_ID, location)
    postcode = _spelt(Scheme.VPOSTCODE, text)
    if postcode is not None and _HAS_DIGIT_LATE.fullmatch(postcode):
        return Identifier(Scheme.VPOSTCODE, postcode)
    parcel = _spelt(Scheme.PARCEL, text) if _PARCEL_WORD.search(text) else None
    if parcel is not None:
        return Identifier(Scheme.PARCEL, parcel)
    old = _OLD_NUMBER.fullmatch(text)
    number = None if old is None else _spelt(Scheme.OLD_NUMBER, old[1])
    return None if number is None else Identifier(Scheme.OLD_NUMBER, number)


def _spelt(scheme: Scheme, text: str) -> str | None:
    try:
        return normalise(scheme, text)
    except InvalidInput:
        return None
