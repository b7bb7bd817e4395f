"""Pure: single values of dossiers that come from elsewhere, taken where their form is known.

What an office's software or a spreadsheet has in a cell may be anything, a person too. A value
goes through where it is of a known form, and is left out with a remark where it is not; a remark
never repeats the value.

>>> moment_in("08:30 15/01/2024").isoformat(), moment_in("20240115083000").isoformat()
('2024-01-15T08:30:00+07:00', '2024-01-15T08:30:00+07:00')
>>> status_in("Đang xử lý"), status_in("9"), status_in("Nguyễn Văn Mẫu")
('4', '9', None)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from addrsvc.clock import VIETNAM
from addrsvc.dossiers.code import DossierCode, Notation, parse_dossier_code
from addrsvc.dossiers.errors import DossierCodePersonal
from addrsvc.dossiers.model import Channel, DossierInput
from addrsvc.dossiers.procedures import parse_field, parse_procedure
from addrsvc.dossiers.statuses import STATUSES, find_status
from addrsvc.dossiers.withheld import NOBODY, Persons, looks_personal
from addrsvc.errors import InvalidInput, Text
from addrsvc.parsing.normalise import name_key

T = TypeVar("T")

OFFICE_LIMIT: Final = 200
"""Most characters of an office's name."""


class RemarkKind(StrEnum):
    """What was not taken over as it stood."""

    UNKNOWN_VALUE = "unknown-value"
    NOT_A_MOMENT = "not-a-moment"
    PERSON_LEFT_OUT = "person-left-out"
    ADDRESS_TOO_LONG = "address-too-long"
    HOLDER_GOES_BEFORE = "holder-goes-before"
    OTHER_WAY_TAKEN = "other-way-taken"


REMARK_TEXTS: Final[dict[RemarkKind, Text]] = {
    RemarkKind.UNKNOWN_VALUE: Text(
        "Giá trị không có trong danh mục đã biết nên không lấy.",
        "The value is not of a known form and was not taken.",
    ),
    RemarkKind.NOT_A_MOMENT: Text(
        "Không đọc được ngày giờ nên không lấy. Hãy ghi như 15/01/2024 08:30 hoặc 20240115083000.",
        "No day and time that can be read; it was not taken. Write 15/01/2024 08:30 or "
        "20240115083000.",
    ),
    RemarkKind.PERSON_LEFT_OUT: Text(
        "Đã bỏ tên, số điện thoại hoặc số giấy tờ của người khỏi địa chỉ.",
        "The name, telephone or number of a person was left out of the address.",
    ),
    RemarkKind.ADDRESS_TOO_LONG: Text(
        "Địa chỉ quá dài nên không lấy.",
        "The address is too long and was not taken.",
    ),
    RemarkKind.HOLDER_GOES_BEFORE: Text(
        "Đã có địa chỉ của chủ hồ sơ với vai trò này nên không lấy địa chỉ của người nộp.",
        "The holder’s address has this role already; that of who handed it in was not taken.",
    ),
    RemarkKind.OTHER_WAY_TAKEN: Text(
        "Địa chỉ đã ghi theo cách khác trong cùng dòng nên không lấy giá trị này.",
        "The same row gives the address in another way; this one was not taken.",
    ),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """What was noticed about one field of the record; never says its value."""

    field: str
    kind: RemarkKind


@dataclass(frozen=True, slots=True)
class Imported:
    """A record as far as it is taken over."""

    dossier: DossierInput
    dropped: tuple[str, ...]
    """Names of the fields left behind, in order; ``…`` for names that may themselves tell of a
    person. Empty ones are not counted."""
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """The values of one record by the names of their fields, and what is remarked about them."""

    texts: Mapping[str, str]
    remarks: list[Remark] = field(default_factory=list)

    def take(
        self,
        name: str,
        read: Callable[[str], T | None],
        kind: RemarkKind = RemarkKind.UNKNOWN_VALUE,
    ) -> T | None:
        """Give what is read in a field; where nothing is, remark it."""
        text = self.texts.get(name)
        value = None if text is None else read(text)
        if text is not None and value is None:
            self.remarks.append(Remark(name, kind))
        return value


def code_in(text: str, persons: Persons = NOBODY) -> DossierCode:
    """Read the code of a dossier.

    Raises:
        DossierCodeEmpty, DossierCodeTooLong, DossierCodeHasControl, DossierCodeDateInvalid: see
            `parse_dossier_code`.
        DossierCodePersonal: it is a name or number of the record's persons, or looks like one.
    """
    code = parse_dossier_code(text)
    if code.notation is not Notation.OTHER:
        return code
    if persons.are_in(code.key) or looks_personal(code.written):
        raise DossierCodePersonal
    return code


_OFFICE_CODE: Final = re.compile(
    r"[A-Z][0-9]{2}(?:\.[0-9]{2,3}){0,4}|[0-9]{3}\.[0-9]{2,3}\.[0-9]{2,3}\.[A-Z][0-9]{2}"
)
_OFFICE_WORDS: Final = re.compile(
    r"(?:ubnd|uy ban nhan dan|so|phong|chi cuc|cuc|tong cuc|ban quan ly|van phong|trung tam"
    r"|bo phan|cong an|bo|chi nhanh|bao hiem xa hoi|toa an|thue|kho bac|vien kiem sat|don vi"
    r"|bo chi huy|ban chi huy|thanh tra) [a-z]"
)
"""How names of offices begin; what begins otherwise may be a person."""


def procedure_in(text: str) -> str | None:
    """Give the code of a procedure, with or without its name after it; None: form not known.

    >>> procedure_in("1.011442 - Cấp giấy phép xây dựng"), procedure_in("Cấp giấy phép")
    ('1.011442', None)
    """
    try:
        procedure = parse_procedure(_BEFORE_NAME.split(text.strip(), maxsplit=1)[0])
    except InvalidInput:
        return None
    return procedure.key if procedure.base is not None else None


_BEFORE_NAME: Final = re.compile(r"\s+[-–:]?\s*(?=[^\W\d_]{2})|:\s*")


def field_in(text: str) -> str | None:
    """Give the code of a field; None: form not known."""
    try:
        field = parse_field(text)
    except InvalidInput:
        return None
    return field.key if field.ministry is not None else None


def office_in(text: str, persons: Persons) -> str | None:
    """Give an office by its code, or a name that begins as those of offices do; else None."""
    kept = " ".join(without_controls(text).split())
    if len(kept) > OFFICE_LIMIT or persons.cut(kept).was_there:
        return None
    is_office = _OFFICE_CODE.fullmatch(kept) or _OFFICE_WORDS.match(name_key(kept))
    return kept if is_office else None


_STATUS_NAMES: Final = {name_key(each.name.vi): code for code, each in STATUSES.items()}


def status_in(text: str) -> str | None:
    """Give the code of a state that is told by code or name; None: not of the portal's table."""
    known = find_status(text)
    return known.code if known is not None else _STATUS_NAMES.get(name_key(text))


_CHANNELS: Final = {
    "0": Channel.ONLINE,  # as the national record has it; no source explains other numbers
    "truc tuyen": Channel.ONLINE,
    "online": Channel.ONLINE,
    "nop truc tuyen": Channel.ONLINE,
    "truc tiep": Channel.COUNTER,
    "nop truc tiep": Channel.COUNTER,
    "tai quay": Channel.COUNTER,
    "mot cua": Channel.COUNTER,
    "counter": Channel.COUNTER,
    "buu chinh": Channel.POST,
    "buu dien": Channel.POST,
    "buu chinh cong ich": Channel.POST,
    "qua buu chinh cong ich": Channel.POST,
    "bcci": Channel.POST,
    "post": Channel.POST,
}


def channel_in(text: str) -> Channel | None:
    """Give how it was handed in; None: not known."""
    return _CHANNELS.get(name_key(text))


_COMPACT: Final = re.compile(
    r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})(?P<H>[0-9]{2})(?P<M>[0-9]{2})(?P<S>[0-9]{2})"
)
_TIME: Final = r"(?P<H>[0-9]{1,2}):(?P<M>[0-9]{2})(?::(?P<S>[0-9]{2}))?"
_DAY: Final = r"(?P<d>[0-9]{1,2})[/.\-](?P<m>[0-9]{1,2})[/.\-](?P<y>[0-9]{4})"
_WRITTEN: Final = (
    _COMPACT,
    re.compile(rf"{_DAY}(?:[, ]+{_TIME})?"),
    re.compile(rf"{_TIME}[, ]+(?:ngày )?{_DAY}"),
)
_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]{5,15}(?:Z|[+-][0-9:]{5})?)?")
_SERIAL: Final = re.compile(r"[0-9]{5}(?:\.[0-9]{1,12})?")
_SERIAL_EPOCH: Final = datetime(1899, 12, 30, tzinfo=VIETNAM)
_YEARS: Final = range(2000, 2101)


def moment_in(text: str) -> datetime | None:
    """Read a moment on Vietnam's clocks; None: none that can be read.

    ``yyyyMMddHHmmss``; the day before the month with / . or -, the time after or before it or left
    out (midnight); ISO 8601, with its own offset where it has one; the serial number of a
    spreadsheet's cell that was not formatted.
    """
    written = " ".join(text.split())
    found: datetime | None = None
    try:
        if _ISO.fullmatch(written) is not None:
            found = datetime.fromisoformat(written)
            found = found.replace(tzinfo=VIETNAM) if found.tzinfo is None else found
        elif _SERIAL.fullmatch(written) is not None:
            found = _SERIAL_EPOCH + timedelta(seconds=round(float(written) * 86_400))
        elif parts := next(filter(None, (each.fullmatch(written) for each in _WRITTEN)), None):
            numbers = {name: int(number or 0) for name, number in parts.groupdict().items()}
            y, m, d = numbers["y"], numbers["m"], numbers["d"]
            found = datetime(y, m, d, numbers["H"], numbers["M"], numbers["S"], tzinfo=VIETNAM)
    except ValueError:
        return None
    return found if found is not None and found.year in _YEARS else None


def without_controls(text: str) -> str:
    """Put a space where a control character stands."""
    if text.isprintable():
        return text
    return "".join(
        " " if unicodedata.category(sign) in {"Cc", "Cs", "Co", "Cn"} else sign for sign in text
    )
