"""Pure: lists of land uses: what a code of a plan means, and in which colour it is drawn.

A plan names its list, for codes were revised with the Land Law of 2024. ``land-use-2018`` and
``land-use-2024`` hold codes of the ministry; the codes of ``zoning-legend`` are ours, for urban
plans name their zones in words only. Which entries are uncertain: ``geodata/README.md``.

>>> use_of("land-use-2018", "ODT+CLN").name.vi
'Đất ở tại đô thị + Đất trồng cây lâu năm'
>>> code_of("land-use-2018", " odt + cln "), code_of("land-use-2018", "Đất ở tại đô thị")
('ODT+CLN', 'ODT')
>>> use_of("land-use-2018", "XYZ", "Khu vui chơi").name.vi
'Khu vui chơi'

Source: Thông tư 27/2018/TT-BTNMT, 01/2021/TT-BTNMT; 08/2024/TT-BTNMT, 29/2024/TT-BTNMT.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Final

from addrsvc.errors import Text
from addrsvc.parsing.normalise import name_key

FILE: Final = Path(__file__).resolve().parents[2] / "geodata" / "planning" / "land_use_codes.csv"

GREY: Final = "#bdbdbd"
"""Of uses no list knows."""

_BETWEEN: Final = re.compile(r"\s*[+/&]\s*")
_MAX_PARTS: Final = 8
_NAMES: Final = {
    "land-use-2018": Text("Loại đất trước Luật Đất đai 2024", "Land uses before Land Law 2024"),
    "land-use-2024": Text("Loại đất theo Luật Đất đai 2024", "Land uses under Land Law 2024"),
    "zoning-legend": Text("Chú giải bản đồ quy hoạch đô thị", "Legend of urban planning maps"),
}
_SOURCES: Final = {
    "land-use-2018": "TT 27/2018/TT-BTNMT, TT 01/2021/TT-BTNMT",
    "land-use-2024": "TT 08/2024/TT-BTNMT, TT 29/2024/TT-BTNMT",
    "zoning-legend": "Legend of zoning maps of Bình Dương; codes and colours are ours",
}


@dataclass(frozen=True, slots=True)
class Use:
    """One land use."""

    code: str
    name: Text
    colour: str
    """#rrggbb."""


@dataclass(frozen=True, slots=True)
class CodeList:
    """Land uses a plan may show."""

    id: str
    name: Text
    source: str
    uses: Mapping[str, Use]
    """By code, in the order of the source."""


def _read() -> tuple[dict[str, CodeList], dict[str, dict[str, str]]]:
    """Give the lists by id, and the codes by key of code and name for each."""
    lists: dict[str, CodeList] = {}
    codes: dict[str, dict[str, str]] = {}
    with FILE.open(encoding="utf-8", newline="") as lines:
        for list_id, rows in groupby(csv.DictReader(lines), key=lambda row: row["list"]):
            uses: dict[str, Use] = {}
            named: dict[str, str] = {}
            for row in rows:
                code = row["code"]
                uses[code] = Use(code, Text(row["name_vi"], row["name_en"]), row["colour"])
                for said in (row["name_vi"], *filter(None, [row["also_vi"]])):
                    named.setdefault(name_key(said), code)
                    named.setdefault(name_key(said).removeprefix("dat "), code)
            named.update({name_key(code): code for code in uses})
            lists[list_id] = CodeList(
                list_id, _NAMES[list_id], _SOURCES[list_id], MappingProxyType(uses)
            )
            codes[list_id] = named
    return lists, codes


_lists, _codes = _read()

LISTS: Final[Mapping[str, CodeList]] = MappingProxyType(_lists)
"""By id."""


def code_of(list_id: str, text: str) -> str | None:
    """Give the code a file means by a text: a code, a name, or several codes joined; None: none.

    Case, accents and spaces do not matter; ``+``, ``/`` and ``&`` join, and come back as ``+``.

    >>> code_of("land-use-2024", "LUC/NTS"), code_of("zoning-legend", "ĐẤT Y TẾ")
    ('LUC+NTS', 'y-te')
    """
    return _code_of(list_id, text[:500])


@lru_cache(maxsize=4096)
def _code_of(list_id: str, text: str) -> str | None:
    """See ``code_of``; plans say the same few texts again and again."""
    known = _codes.get(list_id, {})
    whole = known.get(name_key(text))
    if whole is not None:
        return whole
    label = re.fullmatch(r"\s*(\w{2,4})\s*[-–:(]\s*(.+?)\)?\s*", text)  # "ODT - Đất ở tại đô thị"
    if label is not None:
        code = known.get(name_key(label[1]))
        if code is not None and known.get(name_key(label[2])) == code:
            return code
    parts = _BETWEEN.split(text.strip())
    if not 1 < len(parts) <= _MAX_PARTS:
        return None
    codes = [known.get(name_key(part)) for part in parts]
    return None if None in codes else "+".join(dict.fromkeys(filter(None, codes)))


def is_known(list_id: str, code: str) -> bool:
    """Tell whether a list holds this very code, or all codes joined by ``+`` in it."""
    uses = _uses(list_id)
    return all(part in uses for part in code.split("+"))


def use_of(list_id: str, code: str, label: str | None = None) -> Use:
    """Give the use of a code; never fails.

    Of joined codes the first, which is the main one, gives the colour. What the list does not
    know is grey and called by its label, else by its code.
    """
    uses = _uses(list_id)
    found = uses.get(code)
    if found is not None:
        return found
    parts = [uses.get(part, Use(part, Text(part, part), GREY)) for part in code.split("+")]
    if len(parts) > 1 and any(part.code in uses for part in parts):
        name = Text(*(" + ".join(each) for each in zip(*(p.name for p in parts), strict=True)))
        return Use(code, name, parts[0].colour)
    said = (label or "").strip() or code
    return Use(code, Text(said, said), GREY)


def _uses(list_id: str) -> Mapping[str, Use]:
    """Give the uses of a list; an unknown list has none."""
    found = LISTS.get(list_id)
    return {} if found is None else found.uses
