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
from collections.abc import Collection, Container, Iterator, Mapping
from typing import Final

from addrsvc.dossiers.boxes import Box, Context, box_of
from addrsvc.dossiers.imported import (
    Fields,
    Imported,
    Remark,
    RemarkKind,
    channel_in,
    code_in,
    field_in,
    moment_in,
    office_in,
    procedure_in,
    status_in,
    without_controls,
)
from addrsvc.dossiers.model import AddressRole, DossierInput, GivenAddress
from addrsvc.dossiers.withheld import LONG_NUMBER, Persons, digits_in
from addrsvc.geocoding.limits import MAX_TEXT
from addrsvc.parsing.normalise import name_key

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
_MOMENTS: Final = frozenset((_RECEIVED, _DUE, *_DONE))
_TAKEN: Final = _MOMENTS | {_CODE, _STATUS, _CHANNEL, _OFFICE, _PROCEDURE, _FIELD}

_PLAIN_NAME: Final = re.compile(r"[A-Za-z]+(?:_[A-Za-z]+)*[0-9]{0,2}")
_PERSON: Final = re.compile(
    r"(?:ho_?(?:va_?)?ten|ten$|ten_?(?:chu|cong_?dan|nguoi|co_?quan|to_?chuc|day_?du)|nguoi"
    r"|chu_?ho(?:_?so)?$)",
    re.IGNORECASE,
)
"""Names of fields that hold the name of a person."""


def is_national(names: Collection[str]) -> bool:
    """Tell whether records with fields of these names are of this shape.

    >>> is_national(["MaHoSo", "TrangThaiHoSo", "ChuHoSo"]), is_national(["MaHoSo", "Địa chỉ"])
    (True, False)
    """
    return _CODE in names and any(
        name != _CODE and (name in _TAKEN or box_of(name) is not None) for name in names
    )


def read_national(record: Mapping[str, object]) -> Imported:
    """Read a record; boxes of the form stand in it or in objects one level below.

    Raises:
        DossierCodeEmpty, DossierCodeTooLong, DossierCodeHasControl, DossierCodeDateInvalid: see
            `parse_dossier_code`.
        DossierCodePersonal: the code is a name or number of the record's persons.
    """
    fields = {name: text for name in _TAKEN if (text := _text(record.get(name)))}
    fields = {
        name: text for name, text in fields.items() if name not in _MOMENTS or text.strip("0")
    }
    boxes = _boxes(record)
    persons = _persons(record, leaving={*_TAKEN, *boxes})
    code = code_in(fields.get(_CODE, ""), persons)
    done = next((name for name in _DONE if name in fields), _DONE[0])
    given = Fields(fields)

    dossier = DossierInput(
        code=code,
        procedure=given.take(_PROCEDURE, procedure_in),
        field=given.take(_FIELD, field_in),
        office=given.take(_OFFICE, lambda text: office_in(text, persons)),
        received_at=given.take(_RECEIVED, moment_in, RemarkKind.NOT_A_MOMENT),
        due_at=given.take(_DUE, moment_in, RemarkKind.NOT_A_MOMENT),
        finished_at=given.take(done, moment_in, RemarkKind.NOT_A_MOMENT),
        status=given.take(_STATUS, status_in) or _short(fields.get(_STATUS, "")),
        channel=given.take(_CHANNEL, channel_in),
        addresses=tuple(_addresses(boxes, persons, given.remarks)),
    )
    return Imported(dossier, _dropped(record, boxes), tuple(given.remarks))


# --- single values ---------------------------------------------------------------------------


def _text(value: object) -> str:
    """Give a text or whole number as text without the spaces around it; else nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()


def _short(text: str) -> str | None:
    """Keep the number of a state that the table does not have yet."""
    return text if text.isascii() and text.isdigit() and len(text) <= 3 else None


# --- persons ---------------------------------------------------------------------------------


def _persons(record: Mapping[str, object], leaving: Container[str]) -> Persons:
    """Gather names and long numbers from whatever is left behind, at any depth."""
    names, numbers = set(), set()
    for name, value in _leaves(record):
        if name in leaving:
            continue
        if _PERSON.match(name.rpartition("_")[2]) or _PERSON.match(name):
            names.add(value)
        if len(digits := digits_in(value)) >= LONG_NUMBER:
            numbers.add(digits)
    return Persons(frozenset(names), frozenset(numbers))


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
            text = " ".join(without_controls(_text(value)).split())
            if box is not None and text and name not in found:
                found[str(name)] = (box, text)
    return found


def _addresses(boxes: _Boxes, persons: Persons, remarks: list[Remark]) -> Iterator[GivenAddress]:
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


def _dropped(record: Mapping[str, object], boxes: _Boxes) -> tuple[str, ...]:
    """Name the fields that were left behind, of a form below the record one by one."""
    left = set()
    for name, value in record.items():
        if isinstance(value, Mapping) and any(key in boxes for key in value):
            left |= {key for key, each in value.items() if each and key not in boxes}
        elif value and name not in boxes and not (name in _TAKEN and _text(value)):
            left.add(name)
    return tuple(sorted(name if _PLAIN_NAME.fullmatch(name) else "…" for name in left))
