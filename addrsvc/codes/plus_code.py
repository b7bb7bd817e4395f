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
