"""Pure: letters for names on maps, as signed distance fields in the protocol buffers maps ask for.

Each glyph is drawn at four times its size, and each pixel told how far it lies from the outline.
Source: ``glyphs.proto`` of the Mapbox GL glyph format; 24 pixels an em, 3 pixels around each glyph,
distances up to 8 pixels, the outline at three quarters of 255.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from addrsvc.basemap.errors import GlyphFontsMissing, GlyphsUnknown
from addrsvc.planning.maps.cache import Tile

PLAIN: Final = "DejaVu Sans"
BOLD: Final = "DejaVu Sans Bold"

_FILES: Final = {PLAIN: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf"}
_NODE_MODULES: Final = Path(__file__).resolve().parents[1] / "web" / "node_modules"

RANGE: Final = 256
LAST_CODE: Final = 0xFFFF
_EM: Final = 24
_AROUND: Final = 3
_FINER: Final = 4
_REACH: Final = 8.0
_CUTOFF: Final = 0.25
_LINE: Final = 26
"""From the top of a line to where its letters stand, as makers of these files have it."""

_SENT_ALONG: Final = 2
_VARINT: Final = 0

Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Glyph:
    """One letter."""

    code: int
    width: int
    height: int
    left: int
    top: int
    """Of its upper edge, from the top of the line, upwards."""
    advance: int
    bitmap: bytes
    """Rows of ``width + 6`` bytes; empty: nothing is drawn."""


def font_of(stack: str) -> str:
    """Give the first font of a list that is known.

    >>> font_of("Open Sans Regular,DejaVu Sans Bold")
    'DejaVu Sans Bold'

    Raises:
        GlyphsUnknown: none is.
    """
    for name in stack.split(","):
        if name.strip() in _FILES:
            return name.strip()
    raise GlyphsUnknown(fonts=", ".join(_FILES))


def list_glyphs(npm_dir: Path | None, font: str, first: int) -> Tile:
    """Give the 256 letters from a code on, ready to send; takes half a second, once.

    Args:
        npm_dir: folder with the fonts' package; None: beside the package.
        font: one ``font_of`` gave.
        first: a multiple of 256.

    Raises:
        GlyphsUnknown: no range begins there.
        GlyphFontsMissing: the fonts are not installed.
    """
    if first % RANGE or not 0 <= first <= LAST_CODE:
        raise GlyphsUnknown(fonts=", ".join(_FILES))
    return _list_glyphs(npm_dir or _NODE_MODULES, font, first)


@lru_cache(maxsize=64)
def _list_glyphs(folder: Path, font: str, first: int) -> Tile:
    try:
        face = ImageFont.truetype(
            str(folder / "dejavu-fonts-ttf" / "ttf" / _FILES[font]),
            _EM * _FINER,
            layout_engine=ImageFont.Layout.BASIC,
        )
    except OSError:
        raise GlyphFontsMissing from None
    missing = bytes(face.getmask("\uffff"))
    glyphs = []
    for code in range(first, first + RANGE):
        letter = chr(code)
        if letter.isprintable() and bytes(face.getmask(letter)) != missing:
            glyphs.append(_glyph(face, letter))
    body = encode(font, first, glyphs)
    return Tile(body, gzip.compress(body, 6, mtime=0))


def _glyph(face: ImageFont.FreeTypeFont, letter: str) -> Glyph:
    west, north, east, south = face.getbbox(letter, anchor="ls")
    advance = round(face.getlength(letter) / _FINER)
    if east <= west or south <= north:
        return Glyph(ord(letter), 0, 0, 0, -_LINE, advance, b"")
    left, top = int(west // _FINER), int(north // _FINER)
    width, height = (int(-(-east // _FINER)) - left, int(-(-south // _FINER)) - top)
    columns, lines = width + 2 * _AROUND, height + 2 * _AROUND
    image = Image.new("L", (columns * _FINER, lines * _FINER))
    origin = ((_AROUND - left) * _FINER, (_AROUND - top) * _FINER)
    ImageDraw.Draw(image).text(origin, letter, fill=255, font=face, anchor="ls")
    inside = np.asarray(image) >= 128
    field = _distances(inside)
    return Glyph(ord(letter), width, height, left, -top - _LINE, advance, field.tobytes())


def _distances(inside: Bits) -> NDArray[np.uint8]:
    """Tell at the middle of each pixel how far the outline is: 191 on it, more within."""
    signed = _to_nearest(inside) - _to_nearest(~inside)
    values = 255 * (1 - _CUTOFF - signed / _FINER / _REACH)
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _to_nearest(wanted: Bits) -> NDArray[np.float64]:
    """Give the distance from the middle of each pixel to the nearest fine pixel that is wanted."""
    rows, columns = (np.arange(size, dtype=np.int32) for size in wanted.shape)
    far = np.int32(2 * sum(wanted.shape))
    above = np.maximum.accumulate(np.where(wanted, rows[:, None], -far), axis=0)
    below = np.minimum.accumulate(np.where(wanted, rows[:, None], far)[::-1], axis=0)[::-1]
    middle_rows, middle_columns = (each[_FINER // 2 :: _FINER] for each in (rows, columns))
    upright = np.minimum(
        middle_rows[:, None] - above[middle_rows], below[middle_rows] - middle_rows[:, None]
    )
    across = columns[None, :] - middle_columns[:, None]
    squares = upright[:, None, :] ** 2 + across[None, :, :] ** 2
    nearest: NDArray[np.float64] = np.sqrt(squares.min(axis=2))
    return nearest


def encode(font: str, first: int, glyphs: list[Glyph]) -> bytes:
    r"""Write glyphs as a protocol buffer.

    >>> encode("A", 0, [Glyph(65, 1, 1, -1, 2, 3, b"")])
    b'\n\x1a\n\x01A\x12\x050-255\x1a\x0e\x08A\x12\x00\x18\x01 \x01(\x010\x048\x03'
    """
    told = [
        b"".join(
            (
                _field(1, glyph.code),
                _field(2, glyph.bitmap),
                _field(3, glyph.width),
                _field(4, glyph.height),
                _field(5, _zigzag(glyph.left)),
                _field(6, _zigzag(glyph.top)),
                _field(7, glyph.advance),
            )
        )
        for glyph in glyphs
    ]
    name, range_ = font.encode(), f"{first}-{first + RANGE - 1}".encode()
    stack = _field(1, name) + _field(2, range_) + b"".join(_field(3, each) for each in told)
    return _field(1, stack)


def _field(number: int, value: Any) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3 | _VARINT) + _varint(value)
    return _varint(number << 3 | _SENT_ALONG) + _varint(len(value)) + bytes(value)


def _zigzag(number: int) -> int:
    return 2 * number if number >= 0 else -2 * number - 1


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*written, number])
