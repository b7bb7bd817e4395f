"""What stands in a text and is no part of an address: phones, mail, identity numbers. Pure.

>>> [each.kind for each in find_noise("Gọi 0901 234 567, 12 Lê Lợi, a@b.vn")]
['phone', 'email']
"""

from __future__ import annotations

import re
from typing import Final

from addrsvc.parsing.model import Noise

_PHONE: Final = re.compile(
    r"(?<![\w/+-])(?:\(?(?:\+|00)?84\)?|\(?0)(?:[ .\-()]{0,2}\d){8,10}(?![\w/])"
)
_EMAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}")
_LINK: Final = re.compile(r"(?:https?://|www\.)\S{1,200}", re.IGNORECASE)
_IDENTITY: Final = re.compile(r"(?<![\w/.-])\d{9}(?:\d{3})?(?![\w/.-])")
_DIGITAL: Final = re.compile(r"(?<![\w/.-])\d{5}[- ]\d{5}(?:[- ]\d)?(?![\w/.-])")
_PLUS: Final = re.compile(r"(?<!\w)[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,7}(?!\w)")
_MANY_DIGITS: Final = re.compile(r"(?:\d[ .\-()]{0,2}){9}")


def find_noise(text: str) -> list[Noise]:
    """Find phone numbers, addresses of mail and web, identity numbers, codes; in order."""
    found: list[Noise] = []
    if "@" in text:
        found += [Noise("email", each.span()) for each in _EMAIL.finditer(text)]
    if "+" in text:
        found += [Noise("code", each.span()) for each in _PLUS.finditer(text)]
    if "www." in text or "://" in text:
        found += [Noise("remark", each.span()) for each in _LINK.finditer(text)]
    if _MANY_DIGITS.search(text) is not None:
        for kind, pattern in (("phone", _PHONE), ("code", _DIGITAL), ("code", _IDENTITY)):
            for each in pattern.finditer(text):
                if not any(
                    one.span[0] < each.end() and each.start() < one.span[1] for one in found
                ):
                    found.append(Noise(kind, each.span()))
    return sorted(found, key=lambda noise: noise.span)
