"""Pure: whether what is said of a plan can be so.

>>> from addrsvc.planning.model import Level, PlanKind
>>> said = Described("Quy hoạch thử", PlanKind.LAND_USE, Level.COMMUNE, "land-use-2024")
>>> faults_of(said, date(2026, 1, 5))
[]
>>> [each.pointer for each in faults_of(replace(said, name=" ", period_to=1066), date(2026, 1, 5))]
['/name', '/period_to']
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date
from typing import Final

from addrsvc.errors import Pointer, Text
from addrsvc.planning.code_lists import LISTS
from addrsvc.planning.model import Described

NAME_LIMIT: Final = 300
NOTE_LIMIT: Final = 4_000
SCALES: Final = 100, 5_000_000
YEARS: Final = 1900, 2200

_TEXTS: Final = {
    "name": NAME_LIMIT,
    "issuer": NAME_LIMIT,
    "decision_number": 100,
    "note": NOTE_LIMIT,
}
_BLANK: Final = Text("Không được để trống", "It must not be blank")
_UNSEEN: Final = Text("Có ký tự điều khiển", "It holds control characters")
_LONG: Final = Text("Quá dài", "It is too long")
_NO_LIST: Final = Text("Không có danh mục mã này", "There is no such code list")
_SCALE: Final = Text(
    "Mẫu số tỷ lệ phải từ 100 đến 5.000.000", "A scale's denominator is 100 to 5,000,000"
)
_YEAR: Final = Text("Năm phải từ 1900 đến 2200", "A year is 1900 to 2200")
_ORDER: Final = Text(
    "Năm cuối phải từ năm đầu trở đi", "The last year is not before the first year"
)
_LATER: Final = Text("Quyết định không thể ký sau hôm nay", "A decision is not of a day to come")


def tidy(described: Described) -> Described:
    """Give a description with the spaces around its texts gone, blank ones as none.

    >>> from addrsvc.planning.model import Level, PlanKind
    >>> tidy(Described(" A ", PlanKind.DETAIL, Level.COMMUNE, "zoning-legend", issuer=" ")).issuer
    """

    def tidied(text: str | None) -> str | None:
        return unicodedata.normalize("NFC", text).strip() or None if text is not None else None

    return replace(
        described,
        name=tidied(described.name) or "",
        issuer=tidied(described.issuer),
        decision_number=tidied(described.decision_number),
        note=tidied(described.note),
    )


def faults_of(described: Described, day: date) -> list[Pointer]:
    """Give what cannot be so on a legal day, by its field."""
    faults = [
        Pointer(f"/{field}", fault)
        for field, limit in _TEXTS.items()
        if (fault := _fault_of(getattr(described, field), limit)) is not None
    ]
    if described.code_list not in LISTS:
        faults.append(Pointer("/code_list", _NO_LIST))
    if described.decision_date is not None and described.decision_date > day:
        faults.append(Pointer("/decision_date", _LATER))
    if described.scale is not None and not SCALES[0] <= described.scale <= SCALES[1]:
        faults.append(Pointer("/scale", _SCALE))
    years = {"period_from": described.period_from, "period_to": described.period_to}
    wrong = [
        Pointer(f"/{name}", _YEAR)
        for name, year in years.items()
        if year is not None and not YEARS[0] <= year <= YEARS[1]
    ]
    first, last = described.period_from, described.period_to
    if not wrong and first is not None and last is not None and last < first:
        wrong = [Pointer("/period_to", _ORDER)]
    return faults + wrong


def _fault_of(text: str | None, limit: int) -> Text | None:
    if text is None:
        return None
    if not text.strip():
        return _BLANK
    if any(unicodedata.category(each) in {"Cc", "Cs"} and each != "\n" for each in text):
        return _UNSEEN
    return _LONG if len(text) > limit else None
