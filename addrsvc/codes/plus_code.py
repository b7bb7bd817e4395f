"""Plus codes (Open Location Code) of ten signs: a cell of 1/8000 degree, about 14 m.

>>> encode(LonLat(8.6, 47.36559))
'8FVC9J82+62'
>>> round(cell("8FVC9J82+62").west, 6)
8.6

Source: specification of Open Location Code, github.com/google/open-location-code
"""

from __future__ import annotations

from math import floor
from typing import Final

from addrsvc.types import BBox, LonLat

SIGNS: Final = 10
"""Signs of a code this module writes and reads, without the plus."""

_ALPHABET: Final = "23456789CFGHJMPQRVWX"
_PER_DEG: Final = 8_000
"""Cells in a degree: 20 × 20 × 20."""


def encode(point: LonLat) -> str:
    """Give the code of the cell a point lies in; the north pole lies in the last row."""
    north = min(floor(round((point.lat + 90) * _PER_DEG, 6)), 180 * _PER_DEG - 1)
    east = floor(round((point.lon + 180) * _PER_DEG, 6)) % (360 * _PER_DEG)
    signs = ""
    for _ in range(SIGNS // 2):
        north, row = divmod(north, 20)
        east, column = divmod(east, 20)
        signs = _ALPHABET[row] + _ALPHABET[column] + signs
    return f"{signs[:8]}+{signs[8:]}"


def area(code: str) -> BBox:
    """Give the area of a normalised code of any length, EPSG:4326 degrees.

    Behind the tenth sign each divides a cell into four columns and five rows.

    >>> box = area("8FVC0000+")
    >>> box.west, box.south, box.east, box.north
    (8.0, 47.0, 9.0, 48.0)
    """
    signs = code.replace("+", "").rstrip("0")
    west, south, width, height = -180.0, -90.0, 400.0, 400.0
    for row, column in zip(signs[:SIGNS:2], signs[1:SIGNS:2], strict=True):
        width, height = width / 20, height / 20
        west += _ALPHABET.index(column) * width
        south += _ALPHABET.index(row) * height
    for sign in signs[SIGNS:]:
        width, height = width / 4, height / 5
        row_number, column_number = divmod(_ALPHABET.index(sign), 4)
        west, south = west + column_number * width, south + row_number * height
    ends = (west, south, west + width, south + height)
    return BBox(*(round(each, 10) for each in ends))


def middle_of(code: str) -> LonLat:
    """Give the middle of the area of a normalised code.

    >>> middle_of("8FVC0000+")
    LonLat(lon=8.5, lat=47.5)
    """
    box = area(code)
    return LonLat(round((box.west + box.east) / 2, 7), round((box.south + box.north) / 2, 7))


def recover(short: str, near: LonLat) -> str:
    """Give the full code nearest to a point of one whose first signs were left away.

    ``short``: in capitals, four or two signs before the plus.

    >>> recover("9J82+62", LonLat(8.5, 47.4))
    '8FVC9J82+62'
    """
    missing = 8 - short.index("+")
    step = 20.0 ** (2 - missing // 2)
    middle = middle_of(encode(near)[:missing] + short)
    lon = middle.lon + step * round((near.lon - middle.lon) / step)
    lat = middle.lat + step * round((near.lat - middle.lat) / step)
    return encode(LonLat(lon, lat))[:missing] + short


def cell(code: str) -> BBox | None:
    """Give the cell of a normalised code, EPSG:4326 degrees; None: not of ten signs."""
    signs = code.replace("+", "")
    if len(signs) != SIGNS or "0" in signs:
        return None
    north = east = 0
    for row, column in zip(signs[::2], signs[1::2], strict=True):
        north = north * 20 + _ALPHABET.index(row)
        east = east * 20 + _ALPHABET.index(column)
    west, south = east / _PER_DEG - 180, north / _PER_DEG - 90
    return BBox(west, south, (east + 1) / _PER_DEG - 180, (north + 1) / _PER_DEG - 90)
