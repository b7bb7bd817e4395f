"""Pure: JSON of strangers, member by member; every fault is noted with where it is."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from addrsvc.errors import Pointer, Text

_DEEPEST: Final = 16
_MOST_FAULTS: Final = 50
_LONGEST_NAME: Final = 60
"""Of a member named in a pointer."""

_NOT_JSON: Final = Text("Không phải JSON (UTF-8).", "No JSON in UTF-8.")
_TOO_DEEP: Final = Text("Lồng nhau quá sâu.", "Nested too deeply.")
_NO_OBJECT: Final = Text("Phải là một đối tượng JSON.", "A JSON object is expected.")
_NO_PAIR: Final = Text("Phải là danh sách có hai mục.", "A list of two is expected.")
_TWICE: Final = Text("Có hai lần.", "It is there twice.")
_NOT_FINITE: Final = Text("Không phải số hữu hạn.", "Not a finite number.")
_BAD_TEXT: Final = Text(
    "Có ký tự không lưu được (NUL hoặc nửa cặp thay thế).",
    "It holds what cannot be kept: NUL, or half of a surrogate pair.",
)
_MISSING: Final = Text("Thiếu.", "It is missing.")
_NO_TEXT: Final = Text("Phải là chữ.", "A text is expected.")
_NO_INTEGER: Final = Text("Phải là số nguyên.", "A whole number is expected.")
_NO_NUMBER: Final = Text("Phải là số.", "A number is expected.")
_NO_BOOLEAN: Final = Text("Phải là true hoặc false.", "True or false is expected.")
_NO_LIST: Final = Text("Phải là danh sách.", "A list is expected.")
_NO_UUID: Final = Text(
    "Phải là UUID viết thường.", "A UUID is expected, in lower case with hyphens."
)
_NO_MOMENT: Final = Text(
    "Phải là thời điểm có múi giờ, ví dụ 2026-11-23T09:00:00+07:00.",
    "A moment with its offset is expected, as 2026-11-23T09:00:00+07:00.",
)

_TOKEN: Final = re.compile(r'"(?:[^"\\]+|\\.)*"?|[\[{]|[\]}]', re.DOTALL)
"""Matches also a text that does not end: no sign is looked at twice."""
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOMENT: Final = re.compile(
    r"(?:19[7-9]\d|20\d\d|21\d\d)-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?P<part>\.\d{1,9})?"
    r"(?P<offset>[Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)
_BAD_SIGN: Final = re.compile("[\x00\ud800-\udfff]")


class _Object(dict[str, Any]):
    """An object of JSON that remembers which members came twice."""

    twice: tuple[str, ...] = ()


def read_object(text: bytes) -> tuple[list[Pointer], Mapping[str, Any] | None]:
    """Give an object of JSON, and what is wrong with it wherever; None: it is none.

    >>> read_object(b'{"a": 1, "a": NaN}')[0][0].pointer
    '/a'
    """
    try:
        decoded = text.decode()
    except UnicodeDecodeError:
        return [Pointer("", _NOT_JSON)], None
    if _depth(decoded) > _DEEPEST:
        return [Pointer("", _TOO_DEEP)], None
    try:
        # a number of 64,000 digits is a ValueError too
        document = json.loads(decoded, object_pairs_hook=_object)
    except ValueError:
        return [Pointer("", _NOT_JSON)], None
    if not isinstance(document, dict):
        return [Pointer("", _NO_OBJECT)], None
    faults: list[Pointer] = []
    _look_through(document, "", faults)
    return faults, document


def _depth(text: str) -> int:
    """Give how deep brackets are nested; of what is no JSON, something."""
    deepest = depth = 0
    for found in _TOKEN.finditer(text):
        sign = found[0]
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _object(pairs: Sequence[tuple[str, Any]]) -> _Object:
    made = _Object(pairs)
    if len(made) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        made.twice = tuple(name for name, count in counts.items() if count > 1)
    return made


def _look_through(value: object, pointer: str, faults: list[Pointer]) -> None:
    """Note what cannot be kept, wherever it is: also in members nobody reads."""
    if len(faults) >= _MOST_FAULTS:
        return
    if isinstance(value, str):
        if _BAD_SIGN.search(value):
            faults.append(Pointer(pointer, _BAD_TEXT))
    elif isinstance(value, float):
        if not math.isfinite(value):
            faults.append(Pointer(pointer, _NOT_FINITE))
    elif isinstance(value, _Object):
        _look_at_members(value, pointer, faults)
    elif isinstance(value, list):
        for at, each in enumerate(value):
            _look_through(each, f"{pointer}/{at}", faults)


def _look_at_members(value: _Object, pointer: str, faults: list[Pointer]) -> None:
    faults += [Pointer(_below(pointer, name), _TWICE) for name in value.twice[:_MOST_FAULTS]]
    for name, each in value.items():
        if _BAD_SIGN.search(name):
            faults.append(Pointer(_below(pointer, name), _BAD_TEXT))
        _look_through(each, _below(pointer, name), faults)
        if len(faults) >= _MOST_FAULTS:
            return


def _below(pointer: str, name: str) -> str:
    """Give the pointer of a member, in letters an answer can hold."""
    shown = name[:_LONGEST_NAME].replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{_BAD_SIGN.sub('?', shown)}"


class Reader:
    """One object of JSON; what is not as expected is noted and read as None."""

    def __init__(self, said: Mapping[str, Any], pointer: str, faults: list[Pointer]) -> None:
        self._said, self._pointer, self._faults = said, pointer, faults

    def fault(self, name: str, detail: Text) -> None:
        """Note what is wrong with a member."""
        pointer = _below(self._pointer, name)
        is_noted = any(each.pointer == pointer for each in self._faults)
        if not is_noted and len(self._faults) < _MOST_FAULTS:
            self._faults.append(Pointer(pointer, detail))

    def _get(self, name: str, *, is_needed: bool = False) -> Any:
        value = self._said.get(name)
        if value is None and is_needed:
            self.fault(name, _MISSING)
        return value

    def text(self, name: str, *, is_needed: bool = False) -> str | None:
        """Give a text."""
        value = self._get(name, is_needed=is_needed)
        if value is None or isinstance(value, str):
            return value
        self.fault(name, _NO_TEXT)
        return None

    def matching(self, name: str, form: str, *, is_needed: bool = False) -> str | None:
        """Give a text of a form (regular expression)."""
        value = self.text(name, is_needed=is_needed)
        if value is None or re.fullmatch(form, value, re.ASCII):
            return value
        self.fault(name, Text("Không đúng dạng.", "Not of the form expected."))
        return None

    def choice(self, name: str, known: Collection[str], *, is_needed: bool = False) -> str | None:
        """Give one of some words."""
        value = self.text(name, is_needed=is_needed)
        if value is None or value in known:
            return value
        listed = ", ".join(known)
        self.fault(name, Text(f"Phải là một trong: {listed}.", f"One of: {listed}."))
        return None

    def integer(self, name: str, least: int, most: int, *, is_needed: bool = False) -> int | None:
        """Give a whole number within bounds, both closed."""
        value = self._get(name, is_needed=is_needed)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(name, _NO_INTEGER)
            return None
        if least <= value <= most:
            return value
        self._fault_range(name, least, most)
        return None

    def number(
        self, name: str, least: float, most: float, *, is_needed: bool = False
    ) -> float | None:
        """Give a number within bounds, both closed."""
        value = self._get(name, is_needed=is_needed)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault(name, _NO_NUMBER)
            return None
        if least <= value <= most:
            return float(value)
        self._fault_range(name, least, most)
        return None

    def _fault_range(self, name: str, least: float, most: float) -> None:
        bounds = f"{least:.15g} – {most:.15g}"
        self.fault(name, Text(f"Ngoài khoảng {bounds}.", f"Not within {bounds}."))

    def boolean(self, name: str) -> bool:
        """Give true or false; not there: false."""
        value = self._get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.fault(name, _NO_BOOLEAN)
        return False

    def uuid(self, name: str, *, is_needed: bool = False) -> UUID | None:
        """Give a UUID, written in its one form."""
        value = self.text(name, is_needed=is_needed)
        if value is None:
            return None
        if _UUID.fullmatch(value):
            return UUID(value)
        self.fault(name, _NO_UUID)
        return None

    def moment(self, name: str, *, is_needed: bool = False) -> datetime | None:
        """Give a moment of RFC 3339, in UTC."""
        value = self.text(name, is_needed=is_needed)
        if value is None:
            return None
        found = _MOMENT.fullmatch(value)
        try:
            if found is not None:
                return _moment(value, found)
        except ValueError:
            pass
        self.fault(name, _NO_MOMENT)
        return None

    def inner(self, name: str, *, is_needed: bool = False) -> Reader | None:
        """Give a reader of an object."""
        value = self._get(name, is_needed=is_needed)
        if value is None:
            return None
        if isinstance(value, dict):
            return Reader(value, _below(self._pointer, name), self._faults)
        self.fault(name, _NO_OBJECT)
        return None

    def items(self, name: str, most: int, *, is_pair: bool = False) -> Iterator[Reader]:
        """Give readers of the objects, or pairs, of a list; not there: of none.

        The members of a pair are named ``0`` and ``1``.
        """
        value = self._get(name)
        if value is None:
            return
        if not isinstance(value, list):
            self.fault(name, _NO_LIST)
            return
        if len(value) > most:
            self.fault(name, Text(f"Tối đa {most} mục.", f"{most} at most."))
            return
        inside = _below(self._pointer, name)
        for at, each in enumerate(value):
            if not is_pair and isinstance(each, dict):
                yield Reader(each, f"{inside}/{at}", self._faults)
            elif is_pair and isinstance(each, list) and len(each) == 2:
                yield Reader({"0": each[0], "1": each[1]}, f"{inside}/{at}", self._faults)
            else:
                expected = _NO_PAIR if is_pair else _NO_OBJECT
                Reader({}, inside, self._faults).fault(str(at), expected)


def _moment(text: str, found: re.Match[str]) -> datetime:
    part, offset = found["part"], found["offset"]
    body = text[: found.start("offset" if part is None else "part")].replace("t", "T")
    # of a second the first six digits
    fraction = "" if part is None else part[:7].ljust(7, "0")
    zone = "+00:00" if offset in "Zz" else offset
    return datetime.fromisoformat(body + fraction + zone).astimezone(UTC)
