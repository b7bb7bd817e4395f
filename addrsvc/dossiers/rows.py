"""Pure: a row of a spreadsheet of dossiers, read as a dossier.

The same rules as for the national record: values of a known form go through, persons stay behind.

>>> from addrsvc.dossiers.columns import map_columns
>>> columns = map_columns(["Mã hồ sơ", "Chủ hồ sơ", "Địa chỉ", "Ngày nhận"])
>>> row = ["H09.12-240115-0003", "Nguyễn Văn Mẫu", "Nguyễn Văn Mẫu, 12 Lê Lợi", "15/01/2024"]
>>> read_row(columns, row).dossier.addresses[0].text
'12 Lê Lợi'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final

from addrsvc.codes.code import parse_code
from addrsvc.codes.errors import CheckDigitWrong
from addrsvc.codes.schemes import Scheme, normalise
from addrsvc.dossiers.columns import DossierColumns
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
from addrsvc.dossiers.model import ROLE_NAMES, AddressRole, DossierInput, GivenAddress
from addrsvc.dossiers.withheld import LONG_NUMBER, Persons, digits_in
from addrsvc.errors import InvalidInput
from addrsvc.geo.given_point import given_point
from addrsvc.geocoding.limits import MAX_TEXT
from addrsvc.parsing.normalise import name_key
from addrsvc.types import LonLat

_TELEPHONE: Final = re.compile(r"0[35789][0-9]{8}")
"""Ten digits in one, as a code has them too."""

_ROLES: Final = {
    name_key(word): role for role in AddressRole for word in (role.value, *ROLE_NAMES[role])
}


def read_row(
    columns: DossierColumns,
    cells: Sequence[str],
    default_role: AddressRole = AddressRole.RESIDENCE_CURRENT,
) -> Imported:
    """Read a row.

    Args:
        columns: see ``columns.map_columns``.
        cells: as text, as many as there are columns.
        default_role: of an address whose column and row do not say what it is to the dossier.

    Raises:
        DossierCodeEmpty, DossierCodeTooLong, DossierCodeHasControl, DossierCodeDateInvalid: see
            `parse_dossier_code`.
        DossierCodePersonal: the code is a name or number of the row's persons.
    """
    fields = {
        field: text
        for field, index in columns.at.items()
        if index < len(cells) and (text := cells[index].strip())
    }
    persons = _persons(cells[index] for index in columns.persons if index < len(cells))
    code = code_in(fields.get("code", ""), persons)
    given = Fields(fields)

    role = given.take("role", lambda text: _ROLES.get(name_key(text))) or default_role
    dossier = DossierInput(
        code=code,
        procedure=given.take("procedure", procedure_in),
        field=given.take("field", field_in),
        office=given.take("office", lambda text: office_in(text, persons)),
        received_at=given.take("received_at", moment_in, RemarkKind.NOT_A_MOMENT),
        due_at=given.take("due_at", moment_in, RemarkKind.NOT_A_MOMENT),
        finished_at=given.take("finished_at", moment_in, RemarkKind.NOT_A_MOMENT),
        status=given.take("status", status_in),
        channel=given.take("channel", channel_in),
        addresses=tuple(_addresses(fields, role, persons, given.remarks)),
    )
    return Imported(dossier, (), tuple(given.remarks))


def _persons(cells: Iterator[str]) -> Persons:
    texts = {text for cell in cells if (text := cell.strip())}
    numbers = {digits for text in texts if len(digits := digits_in(text)) >= LONG_NUMBER}
    return Persons(frozenset(texts), frozenset(numbers))


def _addresses(
    fields: Mapping[str, str], role: AddressRole, persons: Persons, remarks: list[Remark]
) -> Iterator[GivenAddress]:
    """Give the addresses of columns with a role, and the one of the others in its first way."""
    for each in AddressRole:
        if (text := _text(each.value, fields, persons, remarks)) is not None:
            yield GivenAddress(each, text=text)
    is_taken = role.value in fields
    for way in ("address_code", "address", "parcel", "lon"):
        if way not in fields or (way == "lon" and "lat" not in fields):
            continue
        if is_taken:
            remarks.append(Remark(way, RemarkKind.OTHER_WAY_TAKEN))
        elif (given := _given(way, fields, role, persons, remarks)) is not None:
            is_taken = True
            yield given


def _given(
    way: str,
    fields: Mapping[str, str],
    role: AddressRole,
    persons: Persons,
    remarks: list[Remark],
) -> GivenAddress | None:
    if way == "address":
        text = _text(way, fields, persons, remarks)
        return None if text is None else GivenAddress(role, text=text)
    try:
        if way == "lon":
            return GivenAddress(role, point=_point(fields["lon"], fields["lat"]))
        if way == "parcel":
            return GivenAddress(role, parcel=_parcel(fields[way]))
        return GivenAddress(role, code=_code(fields[way]))
    except (InvalidInput, ValueError):
        remarks.append(Remark(way, RemarkKind.UNKNOWN_VALUE))
        return None


def _text(
    field: str, fields: Mapping[str, str], persons: Persons, remarks: list[Remark]
) -> str | None:
    if field not in fields:
        return None
    written = " ".join(without_controls(fields[field]).split())
    if len(written) > MAX_TEXT:
        remarks.append(Remark(field, RemarkKind.ADDRESS_TOO_LONG))
        return None
    withheld = persons.cut(written)
    if withheld.was_there:
        remarks.append(Remark(field, RemarkKind.PERSON_LEFT_OUT))
    return withheld.text or None


def _code(text: str) -> str:
    """Keep a digital address code, one with a wrong check digit too: a person looks at it."""
    if _TELEPHONE.fullmatch(text) is not None:
        raise ValueError
    with suppress(CheckDigitWrong):
        parse_code(text)
    return text


def _parcel(text: str) -> str:
    normalise(Scheme.PARCEL, text)
    return text


def _point(lon: str, lat: str) -> LonLat:
    return given_point(float(lon.replace(",", ".")), float(lat.replace(",", ".")))
