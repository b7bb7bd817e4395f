"""Pure: what somebody typed into the box of the planning page: a code, a point or an address.

Two numbers are a point. Degrees are told from metres, and latitude from longitude, by their
size: nothing in Việt Nam can be meant both ways.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from addrsvc.geo.crs import ZONES
from addrsvc.types import LonLat

MAX_TEXT: Final = 300
MAX_CORNERS_TEXT: Final = 40_000
"""Characters; a certificate has a few dozen corners."""

_NUMBER: Final = r"[+-]?\d+(?:[.,]\d+)?"
_PAIR: Final = re.compile(
    rf"\s*[(\[]?\s*({_NUMBER})\s*°?\s*[ENĐB]?(?:\s*[,;/]\s+|\s*;\s*|\s+|,)({_NUMBER})"
    r"\s*°?\s*[ENĐB]?\s*[)\]]?\s*",
    re.IGNORECASE,
)
_PLAIN_PAIR: Final = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*,\s*([+-]?\d+(?:\.\d+)?)\s*")
"""As map applications write it: a point as decimal sign, a comma between."""
_METRES: Final = re.compile(
    r"\s*(?:X\s*[=:]?)?\s*({first})\s*m?\s*[,;/]?\s*(?:Y\s*[=:]?)?\s*({second})\s*m?\s*".format(
        first=r"\d([ .,]?)\d{3}\2\d{3}(?:[.,]\d{1,4})?|\d{3}[ .,]?\d{3}(?:[.,]\d{1,4})?",
        second=r"\d([ .,]?)\d{3}\4\d{3}(?:[.,]\d{1,4})?|\d{3}[ .,]?\d{3}(?:[.,]\d{1,4})?",
    ),
    re.IGNORECASE,
)
"""Two numbers of seven or six digits before the decimals, in groups or not."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the box, and how it is to be understood."""

    text: str
    degrees: tuple[float, float] | None = None
    """Longitude, latitude; None: no point in degrees."""
    metres: tuple[float, float] | None = None
    """Plane coordinates of VN-2000, in the order they stand."""
    is_exchanged: bool = False
    """Latitude came first."""
    is_code: bool = False
    """Digits only, as a code is written."""


def read_typed(text: str) -> Typed:
    """Tell what a text is.

    >>> read_typed("106.6519, 10.9804").degrees, read_typed("10.9804 106.6519").is_exchanged
    ((106.6519, 10.9804), True)
    >>> read_typed("10,9804 106,6519").degrees
    (106.6519, 10.9804)
    >>> read_typed("X=1.214.436,35 Y=598371.18").metres
    (1214436.35, 598371.18)
    >>> read_typed("75123-04827-7").is_code, read_typed("12 Lê Lợi, Phú Lợi").is_code
    (True, False)
    """
    text = text.strip()[:MAX_TEXT]
    metres = _METRES.fullmatch(text)
    if metres is not None:
        return Typed(text, metres=(_metres(metres[1]), _metres(metres[3])))
    pair = _pair(text)
    if pair is not None:
        first, second = pair
        if abs(first) <= 90 < abs(second) <= 180:
            return Typed(text, (second, first), is_exchanged=True)
        if abs(first) <= 180 and abs(second) <= 90:
            return Typed(text, (first, second))
        return Typed(text)
    kept = re.sub(r"[\s.\-–]", "", text)
    return Typed(text, is_code=kept.isascii() and kept.isdigit() and 8 <= len(kept) <= 13)


def read_day(text: str | None, today: date) -> date | None:
    """Read the day asked about: an empty one is today; None: it is no day.

    >>> read_day("", date(2026, 1, 5)), read_day("5/1", date(2026, 1, 5))
    (datetime.date(2026, 1, 5), None)
    """
    if text is None or not text.strip():
        return today
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _pair(text: str) -> tuple[float, float] | None:
    """Give two numbers where the text is nothing else; digits alone are a code, or no place."""
    found = _PLAIN_PAIR.fullmatch(text) or _PAIR.fullmatch(text)
    if found is None:
        return None
    first, second = found.groups()
    if not re.search(r"[.,]", first + second):
        return None
    return float(first.replace(",", ".")), float(second.replace(",", "."))


def _metres(text: str) -> float:
    """Give the number: what stands behind the last sign is decimals unless it has three digits."""
    whole, _, decimals = re.sub(r"[ ,]", ".", text).rpartition(".")
    if len(decimals) == 3 and len(whole.replace(".", "")) <= 4:  # 598.371
        whole, decimals = whole + decimals, "0"
    elif not whole:
        whole, decimals = decimals, "0"
    return float(f"{whole.replace('.', '')}.{decimals}")


def read_zone(text: str | None) -> int | None:
    """Read the number of a zone of VN-2000; None: it is none.

    >>> read_zone("9210"), read_zone("4326"), read_zone("x")
    (9210, None, None)
    """
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) == 4 else 0
    return number if number in ZONES else None


def is_in_vietnam(point: LonLat) -> bool:
    """Tell whether a point lies in or near Việt Nam with its islands."""
    return 102 <= point.lon <= 118 and 6 <= point.lat <= 24
