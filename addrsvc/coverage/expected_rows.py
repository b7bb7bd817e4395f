"""Pure: check numbers of households, row by row: which commune, how many."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from addrsvc.errors import Text
from addrsvc.parsing.normalise import name_key
from addrsvc.types import Level

MOST: Final = 10_000_000
"""More households than any commune has, by far."""
_CODE: Final = re.compile(r"[0-9]{5}")
_DIGITS: Final = re.compile(r"[0-9]{1,8}")
_KIND: Final = re.compile(r"^(?:phuong|xa|dac khu|p|x) (?=.)")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:[.,\u00a0\u202f ][0-9]{3})+")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that has or had a code."""

    code: str
    level: Level
    full_name: str
    name: str
    valid_from: date
    valid_to: date | None


Outcome = Literal["added", "already-there", "rejected"]


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """One row as it came."""

    commune: str
    households: str
    name: str = ""
    """Of the commune, where the row says it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a row turned out to say; ``why``: it was refused for that."""

    row: ExpectedRow
    unit: Unit | None = None
    households: int = 0
    why: Text | None = None


def read_number(text: str) -> int | None:
    """Read how many; None: it is no such number.

    >>> read_number("12.345"), read_number("12 345"), read_number("7"), read_number("12.5")
    (12345, 12345, 7, None)
    """
    given = text.strip()
    if _DIGITS.fullmatch(given):
        found = int(given)
    elif _GROUPED.fullmatch(given):
        found = int(re.sub(r"\D", "", given))
    elif re.fullmatch(r"[0-9]{1,8}\.0+", given):  # as some spreadsheets write a whole number
        found = int(given.partition(".")[0])
    else:
        return None
    return found if found <= MOST else None


def check_rows(
    rows: Sequence[ExpectedRow],
    units: Mapping[str, Sequence[Unit]],
    as_of: date,
    areas: frozenset[str] | None,
    became: Mapping[tuple[str, date], Sequence[str]],
) -> list[Checked]:
    """Check rows; as many come out as went in, in order.

    Args:
        rows: as they came.
        units: all that ever had one of these codes, oldest first.
        as_of: day of the numbers.
        areas: communes the caller may speak of; None: all.
        became: names of what units out of force went into, by code and first day.
    """
    seen: dict[str, int] = {}
    found = []
    for number, row in enumerate(rows, start=1):
        checked = _check(row, units.get(row.commune, ()), as_of, areas, became)
        if checked.why is None:
            first = seen.setdefault(row.commune, number)
            if first != number:
                checked = Checked(
                    row,
                    why=Text(
                        f"Mã {row.commune} đã có ở dòng số liệu thứ {first}.",
                        f"Code {row.commune} stands in row {first} already.",
                    ),
                )
        found.append(checked)
    return found


def _check(
    row: ExpectedRow,
    units: Sequence[Unit],
    as_of: date,
    areas: frozenset[str] | None,
    became: Mapping[tuple[str, date], Sequence[str]],
) -> Checked:
    unit = next((each for each in units if each.valid_to is None), None)
    households = read_number(row.households)
    why = (
        _wrong_code(row, units, unit, as_of, became)
        or _wrong_name(row, unit)
        or (None if unit is None or areas is None or unit.code in areas else _OUTSIDE)
        or (_NO_NUMBER if households is None else None)
    )
    if why is not None or unit is None or households is None:
        return Checked(row, why=why)
    return Checked(row, unit, households)


_NO_NUMBER: Final = Text(
    "Số hộ phải là số nguyên không âm, như 1250 hoặc 1.250.",
    "Households are a whole number, such as 1250 or 1,250.",
)
_OUTSIDE: Final = Text(
    "Phường, xã này nằm ngoài địa bàn của bạn.", "This commune lies outside your areas."
)


def _wrong_code(
    row: ExpectedRow,
    units: Sequence[Unit],
    unit: Unit | None,
    as_of: date,
    became: Mapping[tuple[str, date], Sequence[str]],
) -> Text | None:
    code = row.commune
    if not _CODE.fullmatch(code):
        return Text(
            "Mã phường, xã có đúng 5 chữ số (hãy định dạng cột là văn bản để không mất số 0).",
            "A commune code has exactly 5 digits (format the column as text to keep zeros).",
        )
    if not units:
        return Text(f"Không có phường, xã mang mã {code}.", f"No commune has the code {code}.")
    if unit is None:
        old = units[-1]
        into = became.get((old.code, old.valid_from), ())
        now = "; ".join(into)
        return Text(
            f"{code} là mã cũ của {old.full_name}, nay không còn"
            + (f" (đã thành: {now})." if now else "."),
            f"{code} was the code of {old.full_name}, which is no more"
            + (f" (it became: {now})." if now else "."),
        )
    if unit.level is not Level.COMMUNE:
        return Text(f"{code} không phải mã phường, xã.", f"{code} is the code of no commune.")
    if as_of < unit.valid_from:
        return Text(
            f"{unit.full_name} chỉ có từ {unit.valid_from:%d/%m/%Y}, sau ngày số liệu: số này có "
            "thể của đơn vị cũ cùng mã.",
            f"{unit.full_name} exists from {unit.valid_from.isoformat()} only, after the day of "
            "the numbers: this may be of an older unit with the same code.",
        )
    return None


def _wrong_name(row: ExpectedRow, unit: Unit | None) -> Text | None:
    if unit is None or not row.name.strip():
        return None
    if _KIND.sub("", name_key(row.name)) in {
        name_key(unit.name),
        _KIND.sub("", name_key(unit.full_name)),
    }:
        return None
    given = row.name.strip()[:80]
    return Text(
        f"Mã {unit.code} là của {unit.full_name}, không phải “{given}”.",
        f"Code {unit.code} is of {unit.full_name}, not of “{given}”.",
    )
