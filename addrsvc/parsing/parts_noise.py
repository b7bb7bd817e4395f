"""What stands in a text and is no part of an address: phones, mail, identity numbers. Pure.

>>> [each.kind for each in find_noise("Gọi 0901 234 567, 12 Lê Lợi, a@b.vn")]
['phone', 'email']
"""

from __future__ import annotations

import re
from typing import Final

from addrsvc.parsing.model import Noise

_NUMBERS: Final = (
    r"(?P<phone>(?<![\w/+-])"
    r"(?:(?i:sđt|đtdđ|đt|điện thoại|tel|hotline|phone|zalo)[ .:]{0,3})?"
    r"(?:\(?(?:\+|00)?84\)?|\(?0)(?:[ .\-()]{0,2}\d){8,10}(?![\w/]))"
    r"|(?P<code>(?<![\w/.-])(?:\d{5}[- ]\d{5}(?:[- ]\d)?|\d{9}(?:\d{3})?)(?![\w/.-]))"
)
"""Phone numbers; digital addresses and numbers of identity cards."""
_SIGNS: Final = (
    r"|(?P<email>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,4})"
    r"|(?P<plus>(?<!\w)[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,7}(?!\w))"
    r"|(?P<link>(?:https?://|www\.)\S{1,200})"
)
_KINDS: Final = {"plus": "code", "link": "remark"}
_NUMBERED: Final = re.compile(_NUMBERS)
_SIGNED: Final = re.compile(_NUMBERS + _SIGNS, re.IGNORECASE)
_ANY_SIGN: Final = re.compile(r"[@+]|://|www\.", re.IGNORECASE)
_MANY_DIGITS: Final = re.compile(r"(?:\d[ .\-()]{0,2}){9}")


def find_noise(text: str) -> list[Noise]:
    """Find phone numbers, addresses of mail and web, identity numbers, codes; in order."""
    if _ANY_SIGN.search(text) is not None:
        pattern = _SIGNED
    elif _MANY_DIGITS.search(text) is not None:
        pattern = _NUMBERED
    else:
        return []
    return [
        Noise(_KINDS.get(kind, kind), found.span())
        for found in pattern.finditer(text)
        if (kind := found.lastgroup) is not None
    ]
