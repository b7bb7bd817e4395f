"""Pure: codes of procedures (mã TTHC) and of their fields (mã lĩnh vực).

>>> parse_procedure("1.011442.000.00.00.h38").agency
('H38',)
>>> parse_procedure("1.00435").base, parse_procedure("1.00435").flags
('1.004350', (<ProcedureFlag.ZEROS_RESTORED: 'zeros-restored'>,))
>>> parse_field("g03–gd10").key
'G03-GD10'
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from addrsvc.dossiers.code import compare_key, outermost_first
from addrsvc.dossiers.errors import DossierTextInvalid
from addrsvc.errors import Text

TEXT_LIMIT: Final = 64
"""Most characters of a procedure or field code."""

_BASE_DIGITS: Final = 6
"""After the dot of a procedure code."""

_PROCEDURE = re.compile(
    r"([1-9]\.[0-9]{6})"
    r"(?:\.(?:([0-9]{3}\.[0-9]{2,3}\.[0-9]{2,3}\.[A-Z][0-9]{2})|([A-Z][0-9]{2}(?:\.[0-9]{2,3}){0,4})))?"
)
_AS_NUMBER = re.compile(r"[1-9]\.[0-9]{3,5}")
"""A spreadsheet that took the code for a number has cut the zeros at its end."""
_FIELD = re.compile(r"([A-Z][0-9]{2})-([A-Z]{1,4}[0-9]{1,4})")

_REFUSED: Final = frozenset({"Cc", "Cs", "Co", "Cn"})


class ProcedureFlag(StrEnum):
    """What is odd about a code of a procedure or field that is taken all the same."""

    SHAPE_UNKNOWN = "shape-unknown"
    ZEROS_RESTORED = "zeros-restored"


PROCEDURE_FLAG_TEXTS: Final[dict[ProcedureFlag, Text]] = {
    ProcedureFlag.SHAPE_UNKNOWN: Text(
        "Mã không theo cách ghi đã biết (thủ tục 1.011442, lĩnh vực G03-GD10); giữ nguyên như đã "
        "gửi.",
        "The code has no known form (procedure 1.011442, field G03-GD10); it is kept as sent.",
    ),
    ProcedureFlag.ZEROS_RESTORED: Text(
        "Bảng tính đã cắt số 0 ở cuối mã thủ tục; đã thêm lại. Hãy định dạng cột này là văn bản.",
        "A spreadsheet had cut the zeros at the end of the procedure code; they were put back. "
        "Format the column as text.",
    ),
}


@dataclass(frozen=True, slots=True)
class ProcedureCode:
    """A procedure code as read."""

    written: str
    key: str
    """What is compared."""
    base: str | None = None
    """The procedure itself (``1.011442``), the same in every province; None: form not known."""
    agency: tuple[str, ...] = ()
    """Of the agency that offers it, outermost level first; empty: not said."""
    flags: tuple[ProcedureFlag, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldCode:
    """A field code as read."""

    written: str
    key: str
    ministry: str | None = None
    """Outermost agency (``G03``); None: form not known."""
    flags: tuple[ProcedureFlag, ...] = ()


def parse_procedure(text: str) -> ProcedureCode:
    """Read a procedure code; an unknown form is kept and flagged.

    Raises:
        DossierTextInvalid: blank, too long, or with control characters.
    """
    written, key = _kept("procedure", text)
    flags: tuple[ProcedureFlag, ...] = ()
    if _AS_NUMBER.fullmatch(key) is not None:
        key = key.ljust(2 + _BASE_DIGITS, "0")
        flags = (ProcedureFlag.ZEROS_RESTORED,)
    found = _PROCEDURE.fullmatch(key)
    if found is None:
        return ProcedureCode(written, key, flags=(ProcedureFlag.SHAPE_UNKNOWN,))
    base, older, newer = found.groups()
    levels = tuple(older.split("."))[::-1] if older else tuple((newer or "").split("."))
    return ProcedureCode(written, key, base, outermost_first(levels), flags)


def parse_field(text: str) -> FieldCode:
    """Read a field code; an unknown form is kept and flagged.

    Raises:
        DossierTextInvalid: blank, too long, or with control characters.
    """
    written, key = _kept("field", text)
    found = _FIELD.fullmatch(key)
    if found is None:
        return FieldCode(written, key, flags=(ProcedureFlag.SHAPE_UNKNOWN,))
    return FieldCode(written, key, found[1])


def _kept(field: str, text: str) -> tuple[str, str]:
    """Give a code without the spaces around it, and what is compared of it."""
    written = text.strip()
    key = compare_key(written)
    is_seen = all(unicodedata.category(sign) not in _REFUSED for sign in written)
    if not key or not is_seen or max(len(written), len(key)) > TEXT_LIMIT:
        raise DossierTextInvalid(field=field, limit=TEXT_LIMIT)
    return written, key
