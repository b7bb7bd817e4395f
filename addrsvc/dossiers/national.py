"""Pure: the record one-stop software exchanges with the national portal, read as a dossier.

Only what stands on the list of this module goes through, and of that only values of a known form:
the holder's name and number (``ChuHoSo``, ``MaDoiTuong``), telephones, papers and every field
nobody thought of stay behind. The record has no address; those of the electronic form beside it
have, in boxes that begin with ``CongDan_`` (who hands in) or ``ChuHoSo_`` (whose dossier it is).

>>> record = {"MaHoSo": "H09.12-240115-0003", "ChuHoSo": "NGUYỄN VĂN MẪU", "TrangThaiHoSo": "4",
...           "NgayTiepNhan": "20240115083000", "ChuHoSo_diaChiChuHoSo": "12 Đường Lê Lợi"}
>>> read = read_national(record)
>>> read.dossier.status, read.dossier.received_at.isoformat(), read.dossier.addresses[0].text
('4', '2024-01-15T08:30:00+07:00', '12 Đường Lê Lợi')
>>> read.dropped
('ChuHoSo',)

Source: public integrations of Hà Giang and of OpenCPS (the record), Lào Cai iGate (the boxes).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from addrsvc.clock import VIETNAM
from addrsvc.dossiers.boxes import Box, Context, box_of
from addrsvc.dossiers.code import DossierCode, Notation, parse_dossier_code
from addrsvc.dossiers.errors import DossierCodeEmpty, DossierCodePersonal
from addrsvc.dossiers.model import AddressRole, Channel, DossierInput, GivenAddress
from addrsvc.dossiers.procedures import parse_field, parse_procedure
from addrsvc.dossiers.statuses import find_status
from addrsvc.dossiers.withheld import Withheld, digits_in, without_person
from addrsvc.errors import InvalidInput, Text
from addrsvc.geocoding.limits import MAX_TEXT
from addrsvc.parsing.normalise import name_key

OFFICE_LIMIT: Final = 200
"""Most characters of an office's name."""


class RemarkKind(StrEnum):
    """What was not taken over as it stood."""

    UNKNOWN_VALUE = "unknown-value"
    NOT_A_MOMENT = "not-a-moment"
    PERSON_LEFT_OUT = "person-left-out"
    ADDRESS_TOO_LONG = "address-too-long"
    HOLDER_GOES_BEFORE = "holder-goes-before"


REMARK_TEXTS: Final[dict[RemarkKind, Text]] = {
    RemarkKind.UNKNOWN_VALUE: Text(
        "Giá trị không có trong danh mục đã biết nên không lấy.",
        "The value is not of a known form and was not taken.",
    ),
    RemarkKind.NOT_A_MOMENT: Text(
        "Không phải thời điểm dạng yyyyMMddHHmmss nên không lấy.",
        "No moment of the form yyyyMMddHHmmss; it was not taken.",
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


_CODE: Final = "MaHoSo"
_STATUS: Final = "TrangThaiHoSo"
_CHANNEL: Final = "HinhThuc"
_OFFICE: Final = "DonViXuLy"
_PROCEDURE: Final = "MaTTHC"
_FIELD: Final = "MaLinhVuc"
_RECEIVED: Final = "NgayTiepNhan"
_DUE: Final = "NgayHenTra"
_DONE: Final = ("NgayKetThucXuLy", "NgayTra")
"""The first that is there counts: the end of the work before the result was fetched."""
_TAKEN: Final = frozenset(
    (_CODE, _STATUS, _CHANNEL, _OFFICE, _PROCEDURE, _FIELD, _RECEIVED, _DUE, *_DONE)
)

_CHANNELS: Final = {"0": Channel.ONLINE}
"""The only value a source explains."""

_OFFICE_CODE: Final = re.compile(
    r"[A-Z][0-9]{2}(?:\.[0-9]{2,3}){0,4}|[0-9]{3}\.[0-9]{2,3}\.[0-9]{2,3}\.[A-Z][0-9]{2}"
)
_OFFICE_WORDS: Final = re.compile(
    r"(?:ubnd|uy ban nhan dan|so|phong|chi cuc|cuc|tong cuc|ban quan ly|van phong|trung tam"
    r"|bo phan|cong an|bo|chi nhanh|bao hiem xa hoi|toa an|thue|kho bac|vien kiem sat|don vi"
    r"|bo chi huy|ban chi huy|thanh tra) [a-z]"
)
"""How names of offices begin; what begins otherwise may be a person."""

_MOMENT: Final = re.compile(r"[0-9]{14}")
_YEARS: Final = range(1990, 2101)
_PLAIN_NAME: Final = re.compile(r"[A-Za-z]+(?:_[A-Za-z]+)*[0-9]{0,2}")
_PERSON: Final = re.compile(
    r"(?:ho_?(?:va_?)?ten|ten$|ten_?(?:chu|cong_?dan|nguoi|co_?quan|to_?chuc|day_?du)|nguoi"
    r"|chu_?ho(?:_?so)?$)",
    re.IGNORECASE,
)
"""Names of fields that hold the name of a person."""
_MIN_DIGITS: Final = 9
"""From here on a number left behind is looked for in addresses: papers, telephones."""


def read_national(record: Mapping[str, object]) -> Imported:
    """Read a record; boxes of the form stand in it or in objects one level below.

    Raises:
        DossierCodeEmpty, DossierCodeTooLong, DossierCodeHasControl, DossierCodeDateInvalid: see
            `parse_dossier_code`.
        DossierCodePersonal: the code is a name or number of the record's persons.
    """
    remarks: list[Remark] = []
    fields = {name: text for name in _TAKEN if (text := _text(record.get(name)))}
    boxes = _boxes(record)
    persons = _Persons.of(record, leaving={*_TAKEN, *boxes})
    code = _code(fields.get(_CODE), persons)
    done = next((name for name in _DONE if name in fields), _DONE[0])
    dossier = DossierInput(
        code=code,
        procedure=_official(_PROCEDURE, fields, remarks),
        field=_official(_FIELD, fields, remarks),
        office=_office(fields, persons, remarks),
        received_at=_moment(_RECEIVED, fields, remarks),
        due_at=_moment(_DUE, fields, remarks),
        finished_at=_moment(done, fields, remarks),
        status=_status(fields, remarks),
        channel=_channel(fields, remarks),
        addresses=tuple(_addresses(boxes, persons, remarks)),
    )
    return Imported(dossier, _dropped(record, boxes), tuple(remarks))


# --- single values ---------------------------------------------------------------------------


def _text(value: object) -> str:
    """Give a text or whole number as text without the spaces around it; else nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()


def _code(text: str | None, persons: _Persons) -> DossierCode:
    if text is None:
        raise DossierCodeEmpty
    code = parse_dossier_code(text)
    if code.notation is Notation.OTHER and persons.are_in(code.key):
        raise DossierCodePersonal
    return code


def _official(name: str, fields: Mapping[str, str], remarks: list[Remark]) -> str | None:
    """Give the code of a procedure or field, only where its form is known."""
    text = fields.get(name)
    if text is None:
        return None
    try:
        if name == _PROCEDURE:
            procedure = parse_procedure(text)
            key = procedure.key if procedure.base is not None else None
        else:
            field = parse_field(text)
            key = field.key if field.ministry is not None else None
    except InvalidInput:
        key = None
    if key is None:
        remarks.append(Remark(name, RemarkKind.UNKNOWN_VALUE))
    return key


def _office(fields: Mapping[str, str], persons: _Persons, remarks: list[Remark]) -> str | None:
    text = fields.get(_OFFICE)
    if text is None:
        return None
    kept = " ".join(_seen(text).split())
    if len(kept) <= OFFICE_LIMIT and not persons.cut(kept).was_there:
        is_office = _OFFICE_CODE.fullmatch(kept) or _OFFICE_WORDS.match(name_key(kept))
        if is_office:
            return kept
    remarks.append(Remark(_OFFICE, RemarkKind.UNKNOWN_VALUE))
    return None


def _moment(name: str, fields: Mapping[str, str], remarks: list[Remark]) -> datetime | None:
    """Read ``yyyyMMddHHmmss`` on Vietnam's clocks; zeros stand for nothing."""
    text = fields.get(name)
    if text is None or not text.strip("0"):
        return None
    if _MOMENT.fullmatch(text) is not None and int(text[:4]) in _YEARS:
        numbers = [int(text[:4]), *(int(text[at : at + 2]) for at in range(4, 14, 2))]
        try:
            year, month, day, hour, minute, second = numbers
            return datetime(year, month, day, hour, minute, second, tzinfo=VIETNAM)
        except ValueError:
            pass
    remarks.append(Remark(name, RemarkKind.NOT_A_MOMENT))
    return None


def _status(fields: Mapping[str, str], remarks: list[Remark]) -> str | None:
    text = fields.get(_STATUS)
    if text is None:
        return None
    known = find_status(text)
    if known is not None:
        return known.code
    remarks.append(Remark(_STATUS, RemarkKind.UNKNOWN_VALUE))
    is_short = text.isascii() and text.isdigit() and len(text) <= 3
    return text if is_short else None


def _channel(fields: Mapping[str, str], remarks: list[Remark]) -> Channel | None:
    text = fields.get(_CHANNEL)
    channel = _CHANNELS.get(text or "")
    if text is not None and channel is None:
        remarks.append(Remark(_CHANNEL, RemarkKind.UNKNOWN_VALUE))
    return channel


# --- persons ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, repr=False)
class _Persons:
    """Names and numbers the record itself tells, to look for them where they do not belong."""

    names: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, record: Mapping[str, object], leaving: set[str]) -> _Persons:
        names, numbers = set(), set()
        for name, value in _leaves(record):
            if name in leaving:
                continue
            if _PERSON.match(name.rpartition("_")[2]) or _PERSON.match(name):
                names.add(value)
            if len(digits := digits_in(value)) >= _MIN_DIGITS:
                numbers.add(digits)
        return cls(frozenset(names), frozenset(numbers))

    def cut(self, text: str) -> Withheld:
        return without_person(text, self.names, self.numbers)

    def are_in(self, key: str) -> bool:
        """Tell whether a code is one of them."""
        digits = digits_in(key)
        names = {name_key(name).replace(" ", "") for name in self.names} - {""}
        return any(number in digits for number in self.numbers) or any(
            name in name_key(key).replace(" ", "") for name in names
        )


def _leaves(record: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Give every value at any depth with the name of the field it stands in."""
    waiting: list[tuple[str, object]] = list(record.items())
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, Mapping):
            waiting.extend((str(key), each) for key, each in value.items())
        elif isinstance(value, list | tuple):
            waiting.extend((name, each) for each in value)
        elif text := _text(value):
            yield name, text


# --- addresses -------------------------------------------------------------------------------

_Boxes = dict[str, tuple[Box, str]]


def _boxes(record: Mapping[str, object]) -> _Boxes:
    """Find the boxes with an address, in the record itself before objects below it."""
    found: _Boxes = {}
    for form in (record, *(each for each in record.values() if isinstance(each, Mapping))):
        for name, value in form.items():
            box = box_of(str(name))
            text = " ".join(_seen(_text(value)).split())
            if box is not None and text and name not in found:
                found[str(name)] = (box, text)
    return found


def _addresses(boxes: _Boxes, persons: _Persons, remarks: list[Remark]) -> Iterator[GivenAddress]:
    """Give one address a role; the box of whose dossier it is goes before who hands it in."""
    roles: set[AddressRole] = set()
    by_owner = sorted(boxes.items(), key=lambda each: each[1][0].owner)
    for name, (box, text) in by_owner:
        if box.role is None:
            continue
        if box.role in roles:
            remarks.append(Remark(name, RemarkKind.HOLDER_GOES_BEFORE))
            continue
        context = _context(box, boxes) if box.takes_context else {}
        parts = [text, *(part for part in context.values() if not part.isdigit())]
        if sum(len(part) + 2 for part in parts) > MAX_TEXT:
            remarks.append(Remark(name, RemarkKind.ADDRESS_TOO_LONG))
            continue
        withheld = persons.cut(", ".join(_apart(parts)))
        if withheld.was_there:
            remarks.append(Remark(name, RemarkKind.PERSON_LEFT_OUT))
        if withheld.text:
            roles.add(box.role)
            yield GivenAddress(box.role, text=withheld.text, note=_note(context))


def _context(box: Box, boxes: _Boxes) -> dict[Context, str]:
    """Give commune, district and province of the same owner, in this order."""
    chosen = {
        other.context: text
        for other, text in boxes.values()
        if other.context is not None and other.owner == box.owner
    }
    order: tuple[Context, ...] = ("commune", "district", "province")
    return {level: chosen[level] for level in order if level in chosen}


def _apart(parts: list[str]) -> Iterator[str]:
    """Give the parts without those that stand in the first one already."""
    yield parts[0]
    there = f" {name_key(parts[0])} "
    yield from (part for part in parts[1:] if f" {name_key(part)} " not in there)


def _note(context: Mapping[Context, str]) -> str | None:
    """Say the code of the commune, where the list gave no name."""
    code = context.get("commune", "")
    return f"Mã phường, xã: {code}" if len(code) == 5 and code.isdigit() else None


def _seen(text: str) -> str:
    """Put a space where a control character stands."""
    return "".join(
        " " if unicodedata.category(sign) in {"Cc", "Cs", "Co", "Cn"} else sign for sign in text
    )


def _dropped(record: Mapping[str, object], boxes: _Boxes) -> tuple[str, ...]:
    """Name the fields that were left behind, of a form below the record one by one."""
    left = set()
    for name, value in record.items():
        if isinstance(value, Mapping) and any(key in boxes for key in value):
            left |= {key for key, each in value.items() if each and key not in boxes}
        elif value and name not in boxes and not (name in _TAKEN and _text(value)):
            left.add(name)
    return tuple(sorted(name if _PLAIN_NAME.fullmatch(name) else "…" for name in left))
