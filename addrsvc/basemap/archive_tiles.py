"""Pure: what a tile of a file somebody else made may be."""

from __future__ import annotations

import html
import io
import re
import zlib
from dataclasses import dataclass
from typing import Any, Final, Literal

from PIL import Image, UnidentifiedImageError

from addrsvc.errors import Text
from addrsvc.types import BBox

Format = Literal["mvt", "png", "jpg", "webp"]

MEDIA_TYPES: Final[dict[Format, str]] = {
    "mvt": "application/vnd.mapbox-vector-tile",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
}
_FORMATS: Final[dict[str | None, Format]] = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}

MAX_STORED_BYTES: Final = 2_000_000
MAX_BYTES: Final = 4_000_000
"""Of a tile as it is stored, and once it is no longer compressed."""
_MAX_PIXELS: Final = 2_048
"""In a row or column of a picture."""
_GZIP: Final = b"\x1f\x8b"
_MVT_LAYER: Final = 0x1A
"""First byte of a vector tile: the field of a layer."""
_MOST_LETTERS: Final = 300
_MOST_LAYERS: Final = 100
_LAYER: Final = re.compile(r"[\w.:-]{1,80}")
_TAG: Final = re.compile(r"<[^>]*>")


class Broken(Exception):
    """What a file holds is not what it ought to be."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.reason = Text(vi, en)


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says of itself."""

    first_zoom: int
    last_zoom: int
    format: Format
    bounds: BBox | None = None
    title: str = ""
    attribution: str = ""
    """Whom its makers ask to be named; plain text."""
    layers: tuple[str, ...] = ()
    """Of vector tiles, as far as the file names them."""


def plain(stored: bytes, said: Format) -> bytes | None:
    r"""Give a tile no longer compressed; None: it is no tile of that format, or too large.

    >>> import gzip
    >>> plain(gzip.compress(b"\x1a\x00"), "mvt"), plain(b"<html>", "png")
    (b'\x1a\x00', None)
    """
    if len(stored) > MAX_STORED_BYTES:
        return None
    if said != "mvt":
        return stored if _picture_of(stored) == said else None
    body = decompressed(stored, MAX_BYTES) if stored.startswith(_GZIP) else stored
    if body is None or (body and body[0] != _MVT_LAYER):
        return None
    return body


def decompressed(stored: bytes, most: int) -> bytes | None:
    """Give what was compressed by gzip; None: it is more than so many bytes, or damaged."""
    reader = zlib.decompressobj(wbits=31)
    try:
        body = reader.decompress(stored, most + 1)
    except zlib.error:
        return None
    return body if len(body) <= most and reader.eof else None


def _picture_of(stored: bytes) -> Format | None:
    try:
        with Image.open(io.BytesIO(stored), formats=["PNG", "JPEG", "WEBP"]) as picture:
            is_small = max(picture.size) <= _MAX_PIXELS
            return _FORMATS.get(picture.format) if is_small else None
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None


def credit_of(text: object) -> str:
    """Give whom to name as plain text: files say it as HTML.

    >>> credit_of('<a href="x">&copy; Người đo</a> <script>1</script>')
    '© Người đo 1'
    """
    return shown(html.unescape(_TAG.sub("", str(text))))


def layers_of(metadata: Any) -> tuple[str, ...]:
    """Give the names of layers a file's own description has; what makes no sense is left out.

    >>> layers_of({"vector_layers": [{"id": "water"}, {"id": 1}, {}, 7]}), layers_of([])
    (('water',), ())
    """
    told = metadata.get("vector_layers") if isinstance(metadata, dict) else None
    if not isinstance(told, list):
        return ()
    names = [each.get("id") for each in told[:_MOST_LAYERS] if isinstance(each, dict)]
    return tuple(each for each in names if isinstance(each, str) and _LAYER.fullmatch(each))


def shown(text: object) -> str:
    """Give a text of a file as it may be shown: on one line, of no more letters than fit there."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())[
        :_MOST_LETTERS
    ]
