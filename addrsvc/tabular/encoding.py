"""Pure: tell the encoding of a text file from its first bytes."""

from __future__ import annotations

import codecs
import re
from typing import Final

from addrsvc.tabular.errors import EncodingUnknown

SAMPLE_BYTES: Final = 262_144
"""How much of a file is looked at."""

KNOWN: Final = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258")

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"))
_ALSO = ((codecs.BOM_UTF16_BE, "utf-16"),)
_NAMES = {"utf-8": "utf-8-sig", "utf8": "utf-8-sig", "windows-1258": "cp1258"}
_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH = re.compile(rb"[\x80-\xff]")


def sniff(sample: bytes) -> str:
    r"""Guess the encoding of a file from its beginning.

    A byte order mark decides; every second byte zero means UTF-16. Else it is UTF-8, unless
    more of the bytes above 127 are no UTF-8 than are: then it is the old Vietnamese Windows
    encoding. A file of UTF-8 with a few damaged bytes stays UTF-8, so that only the damaged
    rows are refused.

    >>> sniff("Phường Phú Lợi".encode()), sniff("Phường Phú".encode("utf-16-le"))
    ('utf-8-sig', 'utf-16-le')
    >>> sniff(b"Ph\xfd\xf5\xccng Ph\xfa")
    'cp1258'
    """
    for mark, name in (*_BOMS, *_ALSO):
        if sample.startswith(mark):
            return name
    if b"\0" in sample:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if max(even, odd) > len(sample) // 8 and min(even, odd) <= len(sample) // 64:
            return "utf-16-le" if odd > even else "utf-16-be"
    proper = _SEQUENCE.sub(b"", sample)
    damaged = len(_HIGH.findall(proper[:-3] if len(sample) == SAMPLE_BYTES else proper))
    sound = len(_SEQUENCE.findall(sample))
    return "cp1258" if damaged > sound else "utf-8-sig"


def named(encoding: str) -> str:
    """Give the encoding an operator named.

    Raises:
        EncodingUnknown: it is none of those read here.
    """
    name = _NAMES.get(encoding.lower(), encoding.lower())
    if name not in KNOWN:
        raise EncodingUnknown(encoding=encoding[:40])
    return name


def shown(encoding: str) -> str:
    """Give the name people know it by."""
    return {"utf-8-sig": "UTF-8", "cp1258": "Windows-1258"}.get(encoding, encoding.upper())
