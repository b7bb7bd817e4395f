"""Pure: a point as somebody typed it: degrees in any usual form, or X and Y of VN-2000.

Degrees are told from metres, and latitude from longitude, by their size: nothing in Việt Nam can
be meant both ways. Of the letters, B and Đ (bắc, đông) say what N and E say.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from addrsvc.geo.crs import is_easting, is_northing
from addrsvc.types import LonLat


class Degrees(NamedTuple):
    """A point in WGS 84 degrees."""

    lon: float
    lat: float
    is_exchanged: bool
    """Latitude came first."""


class Metres(NamedTuple):
    """Plane coordinates of VN-2000, in the order they stand; the zone is not known."""

    first: float
    second: float


_NUMBER: Final = r"[+-]?\d+(?:[.,]\d+)?"
_LETTER: Final = r"[NSEWBĐT]?"
_PAIR: Final = re.compile(
    rf"[(\[]?\s*({_LETTER})\s*({_NUMBER})\s*°?\s*({_LETTER})"
    rf"(?:\s*[,;/]\s+|\s*;\s*|\s+|,)({_LETTER})\s*({_NUMBER})\s*°?\s*({_LETTER})\s*[)\]]?",
    re.IGNORECASE,
)
_PLAIN_PAIR: Final = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*,\s*([+-]?\d+(?:\.\d+)?)")
"""As map applications write it: a point as decimal sign, a comma between."""
_SEXAGESIMAL: Final = (
    rf"({_LETTER})\s*(\d{{1,3}})\s*°\s*(\d{{1,2}}(?:[.,]\d+)?)\s*'"
    rf"\s*(?:(\d{{1,2}}(?:[.,]\d+)?)\s*(?:\"|''))?\s*({_LETTER})"
)
_SEXAGESIMAL_PAIR: Final = re.compile(
    rf"[(\[]?\s*{_SEXAGESIMAL}\s*[,;/]?\s*{_SEXAGESIMAL}\s*[)\]]?", re.IGNORECASE
)
_METRES: Final = re.compile(
    r"(?:X\s*[=:]?)?\s*({first})\s*m?\s*[,;/]?\s*(?:Y\s*[=:]?)?\s*({second})\s*m?".format(
        first=r"\d([ .,]?)\d{3}\2\d{3}(?:[.,]\d{1,4})?|\d{3}[ .,]?\d{3}(?:[.,]\d{1,4})?",
        second=r"\d([ .,]?)\d{3}\4\d{3}(?:[.,]\d{1,4})?|\d{3}[ .,]?\d{3}(?:[.,]\d{1,4})?",
    ),
    re.IGNORECASE,
)
"""Two numbers of seven or six digits before the decimals, in groups or not."""

_LABELLED: Final = re.compile(r"[XY]\s*[=:]", re.IGNORECASE)

_SIGNS: Final = str.maketrans(
    {
        "º": "°",
        "˚": "°",
        "’": "'",
        "‘": "'",
        "′": "'",
        "´": "'",
        "”": '"',
        "“": '"',
        "″": '"',
        "−": "-",
        "\u00a0": " ",
    }
)
_WORDS: Final = re.compile(
    r"\b(?:t[oọ][aạ]\s+đ[oộ]|vĩ\s+độ|kinh\s+độ|bắc|đông|north|east|latitude|longitude|lat"
    r"|long?|wgs\s*-?\s*84|geo)\b\s*[:=]?",
    re.IGNORECASE,
)
_BACKWARDS: Final = frozenset("SWTswt")
"""South, west, tây: nothing in Việt Nam, but what is typed is read as it stands."""

_LONGEST: Final = 120


def read_point(text: str) -> Degrees | Metres | None:
    """Read a text that is a point and nothing else; None: it is not.

    >>> read_point("106.6519, 10.9804")
    Degrees(lon=106.6519, lat=10.9804, is_exchanged=False)
    >>> read_point("10,9804 106,6519")
    Degrees(lon=106.6519, lat=10.9804, is_exchanged=True)
    >>> read_point("10°58'49.44''B, 106°39'06.84''Đ")
    Degrees(lon=106.6519, lat=10.9804, is_exchanged=True)
    >>> read_point("X=1.214.436,35 Y=598371.18")
    Metres(first=1214436.35, second=598371.18)
    """
    if len(text) > _LONGEST:
        return None
    text = unicodedata.normalize("NFC", text).translate(_SIGNS).strip()
    metres = _METRES.fullmatch(text)
    if metres is not None:
        read = Metres(_metres(metres[1]), _metres(metres[3]))
        if _LABELLED.match(text) or _is_likely(*read) or _is_likely(*reversed(read)):
            return read
    text = _WORDS.sub(" ", text).strip()
    pair = _degrees(text) or _sexagesimal(text)
    if pair is None:
        return None
    first, second = pair
    if abs(first) <= 90 < abs(second) <= 180:
        return Degrees(second, first, is_exchanged=True)
    if abs(first) <= 180 and abs(second) <= 90:
        return Degrees(first, second, is_exchanged=False)
    return None


def is_in_vietnam(point: LonLat) -> bool:
    """Tell whether a point lies in or near Việt Nam with its islands."""
    return 102 <= point.lon <= 118 and 6 <= point.lat <= 24


def _is_likely(easting: float, northing: float) -> bool:
    """Tell metres from other twelve digits, such as the number of somebody's identity card."""
    return is_easting(easting) and is_northing(northing)


def _degrees(text: str) -> tuple[float, float] | None:
    """Give two decimal numbers; without decimals digits alone are a code, or no place."""
    plain = _PLAIN_PAIR.fullmatch(text)
    if plain is not None:
        first, second, letters = plain[1], plain[2], ("", "")
    else:
        found = _PAIR.fullmatch(text)
        if found is None:
            return None
        first, second = found[2], found[5]
        letters = (found[1] + found[3], found[4] + found[6])
    if not re.search(r"[.,]", first + second):
        return None
    return _signed(_decimal(first), letters[0]), _signed(_decimal(second), letters[1])


def _sexagesimal(text: str) -> tuple[float, float] | None:
    """Give two numbers of degrees, minutes and perhaps seconds."""
    found = _SEXAGESIMAL_PAIR.fullmatch(text)
    if found is None:
        return None
    parts = found.groups(default="")
    values = []
    for before, whole, minutes, seconds, after in (parts[:5], parts[5:]):
        smaller = (_decimal(minutes), _decimal(seconds or "0"))
        if max(smaller) >= 60:
            return None
        degrees = int(whole) + smaller[0] / 60 + smaller[1] / 3600
        values.append(_signed(round(degrees, 8), before + after))
    return values[0], values[1]


def _decimal(text: str) -> float:
    return float(text.replace(",", "."))


def _signed(value: float, letters: str) -> float:
    return -value if _BACKWARDS.intersection(letters) else value


def _metres(text: str) -> float:
    """Give the number: what stands behind the last sign is decimals unless it has three digits."""
    whole, _, decimals = re.sub(r"[ ,]", ".", text).rpartition(".")
    if len(decimals) == 3 and len(whole.replace(".", "")) <= 4:  # 598.371
        whole, decimals = whole + decimals, "0"
    elif not whole:
        whole, decimals = decimals, "0"
    return float(f"{whole.replace('.', '')}.{decimals}")
