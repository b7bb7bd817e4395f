"""Pure: dossier codes in both notations, kept as written and compared without their spelling.

The agency stands before the day of receipt and the number of that day: innermost level first and
four levels always (TT 01/2018), or outermost first and as many levels as there are (QĐ 20/2020).
It is the office that received the dossier; since offices receive dossiers of the whole province,
it says nothing about where an address of the dossier lies.

>>> code = parse_dossier_code(" 000.25.34.h09–240115–0003 ")
>>> code.key, code.canonical, code.received_on
('000.25.34.H09-240115-0003', 'H09.34.25-240115-0003', datetime.date(2024, 1, 15))
>>> parse_dossier_code("HS/2024/17").flags
(<CodeFlag.SHAPE_UNKNOWN: 'shape-unknown'>,)

Source: TT 01/2018/TT-VPCP Điều 19; QCVN 102:2016/BTTTT; QĐ 20/2020/QĐ-TTg. Segments of three
digits occur (``H55.242``).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from addrsvc.dossiers.errors import (
    DossierCodeDateInvalid,
    DossierCodeEmpty,
    DossierCodeHasControl,
    DossierCodeTooLong,
)
from addrsvc.errors import Text
from addrsvc.parsing.normalise import ZERO_WIDTH

CODE_LIMIT: Final = 64
"""Most characters of a dossier code, as written and as compared."""

FIRST_YEAR: Final = 2018
"""Codes of this form exist since TT 01/2018; two digits of a year are of this century."""


class Notation(StrEnum):
    """In which order a dossier code names its agency."""

    TT_01_2018 = "tt-01-2018"
    """``V1V2V3.Z1Z2.Y1Y2.MX1X2``: innermost level first."""
    QD_20_2020 = "qd-20-2020"
    """``MX1X2.Y1Y2.Z1Z2…``: outermost level first."""
    OTHER = "other"
    """A partner's own; kept as it is."""


NOTATION_NAMES: Final[dict[Notation, Text]] = {
    Notation.TT_01_2018: Text("Theo Thông tư 01/2018/TT-VPCP", "Circular 01/2018/TT-VPCP"),
    Notation.QD_20_2020: Text("Theo Quyết định 20/2020/QĐ-TTg", "Decision 20/2020/QĐ-TTg"),
    Notation.OTHER: Text("Cách ghi riêng của đơn vị", "The partner’s own"),
}


class CodeFlag(StrEnum):
    """What is odd about a dossier code that is taken all the same."""

    SHAPE_UNKNOWN = "shape-unknown"
    RECEIVED_EARLY = "received-early"


CODE_FLAG_TEXTS: Final[dict[CodeFlag, Text]] = {
    CodeFlag.SHAPE_UNKNOWN: Text(
        "Mã hồ sơ không theo hai cách ghi đã biết; giữ nguyên như đã gửi.",
        "The dossier code has neither of the two known forms; it is kept as sent.",
    ),
    CodeFlag.RECEIVED_EARLY: Text(
        "Ngày tiếp nhận trong mã sớm hơn năm 2018, khi chưa có loại mã này. Hãy kiểm tra lại.",
        "The day of receipt in the code is before 2018, when there were no such codes. Check it.",
    ),
}

_TT_01 = re.compile(r"([0-9]{3}\.[0-9]{2,3}\.[0-9]{2,3}\.[A-Z][0-9]{2})-([0-9]{6})-([0-9]{4,6})")
_QD_20 = re.compile(r"([A-Z][0-9]{2}(?:\.[0-9]{2,3}){0,4})-([0-9]{6})-([0-9]{4,6})")

_REFUSED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_UNSEEN: Final = frozenset(ZERO_WIDTH + "\u200e\u200f")
"""Come along when copied from documents and mean nothing; other unseen characters may turn the
order in which a text is shown."""
_DROP_UNSEEN: Final = dict.fromkeys(map(ord, _UNSEEN))
_OTHER_DASHES: Final = "−⁃"
"""The minus sign and the hyphen bullet are no dashes to Unicode."""
_AROUND_SIGN = re.compile(r"\s*([-.])\s*")


@dataclass(frozen=True, slots=True)
class DossierCode:
    """A dossier code as read."""

    written: str
    """As given, without the spaces around it."""
    key: str
    """What is compared: upper case, one kind of dash, no stray spaces."""
    notation: Notation
    segments: tuple[str, ...] = ()
    """Of the agency, in the order written; empty in a partner's own notation."""
    received_on: date | None = None
    """Legal day of receipt; not in the future is the caller's to judge, see `is_after`."""
    sequence: str | None = None
    """Number of that day, with its leading zeros."""

    @property
    def agency(self) -> tuple[str, ...]:
        """Give the agency's levels, outermost first, without the zeros that stand for none.

        >>> parse_dossier_code("000.00.34.H09-240115-0003").agency
        ('H09', '34')
        """
        is_inward = self.notation is Notation.TT_01_2018
        return outermost_first(self.segments[::-1] if is_inward else self.segments)

    @property
    def canonical(self) -> str | None:
        """Give the code in the newer notation, the same for both; None: a partner's own.

        Two codes of one canonical form name the same agency, day and number. They are shown to a
        person as possibly the same dossier, and never joined by themselves: an agency's number in
        the old order need not have been kept in the new one.
        """
        if self.received_on is None:
            return None
        return f"{'.'.join(self.agency)}-{self.received_on:%y%m%d}-{self.sequence}"

    @property
    def flags(self) -> tuple[CodeFlag, ...]:
        """Give what is odd about it."""
        if self.received_on is None:
            return (CodeFlag.SHAPE_UNKNOWN,)
        return (CodeFlag.RECEIVED_EARLY,) if self.received_on.year < FIRST_YEAR else ()

    def is_after(self, day: date) -> bool:
        """Tell whether it claims to be received after a day; False: it says no day."""
        return self.received_on is not None and self.received_on > day


def outermost_first(levels: tuple[str, ...]) -> tuple[str, ...]:
    """Drop the zeros that stand for levels below the agency's own.

    >>> outermost_first(("H09", "00", "25", "000"))
    ('H09', '00', '25')
    """
    last = len(levels)
    while last and not levels[last - 1].strip("0"):
        last -= 1
    return levels[:last]


def parse_dossier_code(text: str) -> DossierCode:
    """Read a dossier code; a partner's own form is kept and flagged, not refused.

    Raises:
        DossierCodeEmpty: nothing, or nothing that can be seen.
        DossierCodeTooLong: more than `CODE_LIMIT` characters.
        DossierCodeHasControl: a control character inside.
        DossierCodeDateInvalid: of a known form, with a day that does not exist.
    """
    written = text.strip()
    _check(written)
    key = compare_key(written)
    if not key:
        raise DossierCodeEmpty
    if len(key) > CODE_LIMIT:
        raise DossierCodeTooLong(length=len(key), limit=CODE_LIMIT)
    for notation, shape in ((Notation.TT_01_2018, _TT_01), (Notation.QD_20_2020, _QD_20)):
        if (found := shape.fullmatch(key)) is not None:
            agency, day, sequence = found.groups()
            segments = tuple(agency.split("."))
            return DossierCode(written, key, notation, segments, _day(day), sequence)
    return DossierCode(written, key, Notation.OTHER)


def compare_key(text: str) -> str:
    """Give what two spellings of one code have in common; doing it again changes nothing.

    >>> compare_key("h09.12.34 — 240101 — 0001 ")
    'H09.12.34-240101-0001'
    """
    wide = unicodedata.normalize("NFKC", text.translate(_DROP_UNSEEN)).upper()
    signs = (
        "-" if unicodedata.category(sign) == "Pd" or sign in _OTHER_DASHES else sign
        for sign in unicodedata.normalize("NFKC", wide)
    )
    return _AROUND_SIGN.sub(r"\1", " ".join("".join(signs).split()))


def _check(written: str) -> None:
    if len(written) > CODE_LIMIT:
        raise DossierCodeTooLong(length=len(written), limit=CODE_LIMIT)
    for position, sign in enumerate(written, start=1):
        if unicodedata.category(sign) in _REFUSED and sign not in _UNSEEN:
            raise DossierCodeHasControl(position=position, sign=f"U+{ord(sign):04X}")


def _day(digits: str) -> date:
    """Read ``YYMMDD`` of this century."""
    try:
        return date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        raise DossierCodeDateInvalid(digits=digits) from None
