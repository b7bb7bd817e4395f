"""Pure: which column of a file says the land use, and what it says.

A column is chosen by what it holds, then by its name: a code list's codes are short and few, and
columns are called anything.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from addrsvc.parsing.normalise import name_key
from addrsvc.planning.code_lists import code_of, is_known

_CODE_NAMES: Final = frozenset(
    (
        *("maloai", "maloaidat", "loaidat", "loai", "maldat", "mald", "maqh", "maqhsdd", "malo"),
        *("kyhieu", "mdsd", "mdsd2003", "mamdsd", "mucdich", "mucdichsd", "qhsdd", "ma", "maso"),
        *("code", "landuse", "mac", "mapl"),
    )
)
_LABEL_NAMES: Final = frozenset(
    (
        *("tenloai", "tenloaidat", "tenld", "ten", "tenqh", "tenmdsd", "tenmucdich", "mota"),
        *("ghichu", "chucnang", "diengiai", "name", "label", "description", "note"),
    )
)
_NAME_HELPS: Final = 0.25
_LEAST: Final = 0.5
"""Share of values known from which on a column is taken for the codes."""
_LEAST_NAMED: Final = 0.05
"""The same, where its name says so."""
_LOOKED_AT: Final = 2_000
"""Values of a column, evenly chosen, by which it is judged."""
_NOTHING: Final = frozenset({"", "-", "--", "0", "null", "<null>", "none", "nan", "n/a", "?"})
_MAX_LENGTH: Final = 100


def text_of(value: object) -> str | None:
    """Give a value of a file as a text; None: it says nothing.

    >>> text_of(" ODT "), text_of(3.0), text_of("<Null>"), text_of(float("nan"))
    ('ODT', '3', None, None)
    """
    if value is None or isinstance(value, bytes | bool):
        return None
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        value = int(value) if value.is_integer() else value
    text = " ".join(str(value).replace("\0", "").split())[:_MAX_LENGTH]
    return None if text.lower() in _NOTHING else text


def find_columns(
    columns: Mapping[str, Sequence[object]], code_list: str
) -> tuple[str | None, str | None, float]:
    """Guess the columns of codes and labels; the third is the share of the codes that are known."""
    shares = {name: _share_known(values, code_list) for name, values in columns.items()}

    def merit(name: str) -> float:
        return shares[name] + _NAME_HELPS * (_plain(name) in _CODE_NAMES)

    chosen = max(columns, key=merit, default=None)
    if chosen is not None:
        least = _LEAST_NAMED if _plain(chosen) in _CODE_NAMES else _LEAST
        if shares[chosen] < least:
            chosen = next((name for name in columns if _plain(name) in _CODE_NAMES), None)
    others = {name: values for name, values in columns.items() if name != chosen}
    return chosen, find_label(others), 0.0 if chosen is None else shares[chosen]


def find_label(columns: Mapping[str, Sequence[object]]) -> str | None:
    """Guess which column says in words what a zone is."""
    named = (name for name in columns if _plain(name) in _LABEL_NAMES)
    return next((name for name in named if _is_text(columns[name])), None)


def _plain(name: str) -> str:
    """Give a column's name without accents, case, spaces and underscores."""
    return "".join(filter(str.isalnum, name_key(name)))


def _share_known(values: Sequence[object], code_list: str) -> float:
    """Give the share of values that are codes; names of uses count a little less."""
    chosen = values[:: max(len(values) // _LOOKED_AT, 1)]
    texts = [text for text in map(text_of, chosen) if text is not None]
    if not texts:
        return 0.0
    merits = {text: _merit(text, code_list) for text in set(texts)}
    return sum(merits[text] for text in texts) / len(texts)


def _merit(text: str, code_list: str) -> float:
    if is_known(code_list, text.upper()):
        return 1.0
    return 0.0 if code_of(code_list, text) is None else 0.9


def _is_text(values: Sequence[object]) -> bool:
    return any(isinstance(value, str) and value.strip() for value in values[:_LOOKED_AT])


def codes_of(values: Sequence[object], code_list: str) -> list[tuple[str | None, bool]]:
    """Give the code each value means, else what it says; and whether the list knows it."""
    known: dict[str, tuple[str, bool]] = {}
    found: list[tuple[str | None, bool]] = []
    for value in values:
        text = text_of(value)
        if text is None:
            found.append((None, False))
            continue
        if text not in known:
            code = code_of(code_list, text)
            known[text] = (text, False) if code is None else (code, True)
        found.append(known[text])
    return found
