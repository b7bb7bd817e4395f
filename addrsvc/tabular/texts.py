"""Pure: values of typed formats as the text a person would write."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

_LARGEST: Final = 1e15
"""Whole numbers beyond are no longer exact as floats, and keep the form that says so."""


def as_text(value: object) -> str:
    """Write a value as text; nothing, and what is no number, as the empty string.

    >>> as_text(12.0), as_text(106.65), as_text(True), as_text(None), as_text({"số": [1, None]})
    ('12', '106.65', 'true', '', '{"số":[1,null]}')
    >>> as_text(datetime(2026, 1, 5)), as_text(Decimal("1.20")), as_text(b"x")
    ('2026-01-05', '1.20', 'x')
    """
    how = _WRITTEN.get(type(value))
    return str(value) if how is None else how(value)


def _number(value: float) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < _LARGEST else repr(value)


def _bytes(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()


def _moment(value: datetime) -> str:
    is_day = value.tzinfo is None and value.time() == time()
    return value.date().isoformat() if is_day else value.isoformat()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=as_text)


_WRITTEN: Final[dict[type, Callable[[Any], str]]] = {
    str: str,
    type(None): lambda _: "",
    bool: lambda value: "true" if value else "false",
    float: _number,
    datetime: _moment,
    date: date.isoformat,
    time: time.isoformat,
    Decimal: lambda value: f"{value:f}",
    bytes: _bytes,
    dict: _json,
    list: _json,
    tuple: _json,
}


def single(value: float) -> float:
    """Give the shortest double that a single-precision number was written as.

    >>> single(106.6500015258789)
    106.65
    """
    return float(f"{value:.7g}")


def written(text: str) -> str:
    """Give text that any format can hold: bytes that were no text become question marks.

    >>> written("Phường" + chr(0xDCFF))
    'Phường?'
    """
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
