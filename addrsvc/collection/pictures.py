"""Pure: what is in the file of a photo, and the same upright without what cameras write beside.

Whoever sends a file says what it is; nothing of that is believed.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PIL import Image, ImageFile, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

PIXELS_MOST: Final = 25_000_000
"""Of a picture that is opened: 100 MB once decoded. The app makes them a tenth of that."""

_READERS: Final[dict[str, type[ImageFile.ImageFile]]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
}
_QUALITY: Final = 90
_MEDIA_TYPES: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_PNG_CHUNKS: Final = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sRGB", b"sBIT"}
    | {b"bKGD", b"pHYs", b"cICP"}
)
_WEBP_CHUNKS: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"})
_PROFILE: Final = b"ICC_PROFILE\0"
_NEXT_MARKER: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""What ends a run of coded data: neither a byte 255 of it nor a point to begin again."""


class Fault(StrEnum):
    """Why a photo that came whole is kept and never shown."""

    UNREADABLE = "unreadable"
    """It is no JPEG, PNG or WebP picture, or a broken one."""
    TOO_LARGE = "too-large"
    """It has more pixels than are opened here."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What was found in a file."""

    media_type: str | None
    """Of what it really is; None: see ``fault``."""
    fault: Fault | None
    rewritten: bytes | None
    """The picture alone, upright; None: it is already."""


def look_at(content: bytes) -> Picture:
    """Open a file as a picture, all of it, and take off what is beside the picture.

    Reads at most :data:`PIXELS_MOST`; takes as long as that needs.
    """
    kind = _kind_of(content)
    if kind is None:
        return Picture(None, Fault.UNREADABLE, None)
    try:
        # not by Image.open, which warns of sizes and of what stands behind a first picture
        with _READERS[kind](io.BytesIO(content)) as image:
            if image.width * image.height > PIXELS_MOST:
                return Picture(None, Fault.TOO_LARGE, None)
            image.load()
            rewritten = None if _is_bare(content, kind) else _rewrite(image, kind)
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        KeyError,
        TypeError,
        IndexError,
        struct.error,
    ):
        return Picture(None, Fault.UNREADABLE, None)
    return Picture(_MEDIA_TYPES[kind], None, rewritten)


def _kind_of(content: bytes) -> str | None:
    """Give what a file begins as; whether it goes on so, is seen when it is opened."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    return "WEBP" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else None


def _rewrite(image: Image.Image, kind: str) -> bytes:
    """Write the picture anew, turned as its camera says; colours keep their profile."""
    profile = image.info.get("icc_profile")
    ImageOps.exif_transpose(image, in_place=True)  # no more copies than it takes: each has 75 MB
    plain: Image.Image = image
    if kind == "PNG" and image.mode == "P":
        plain = image.convert("RGBA")
    elif kind == "JPEG" and image.mode not in {"RGB", "L", "CMYK"}:
        plain = image.convert("RGB")
    plain.info.clear()
    written = io.BytesIO()
    options = {} if kind == "PNG" else {"quality": _QUALITY}
    plain.save(written, kind, icc_profile=profile, **options)
    return written.getvalue()


def _is_bare(content: bytes, kind: str) -> bool:
    """Tell whether a file holds a picture and nothing beside, not even behind its end."""
    parts = {"JPEG": _jpeg_parts, "PNG": _png_parts, "WEBP": _webp_parts}[kind](content)
    return all(parts)


def _jpeg_parts(content: bytes) -> Iterator[bool]:
    """Tell of each part of a JPEG file whether it belongs to the picture."""
    at = 2  # behind the marker of its beginning
    while True:
        while content[at : at + 2] == b"\xff\xff":
            at += 1
        marker = content[at + 1] if content[at : at + 1] == b"\xff" and at + 1 < len(content) else 0
        if marker == 0xD9:
            yield at + 2 == len(content)
            return
        if marker == 0 or at + 4 > len(content):
            yield False  # it ends in the middle: written anew it does not
            return
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        body = content[at + 4 : at + 2 + length]
        is_profile = marker == 0xE2 and body.startswith(_PROFILE)
        is_beside = 0xE1 <= marker <= 0xEF or marker == 0xFE
        yield not is_beside or is_profile or marker == 0xEE
        at += 2 + length
        if marker == 0xDA:
            found = _NEXT_MARKER.search(content, at)
            at = found.start() if found else len(content)


def _png_parts(content: bytes) -> Iterator[bool]:
    at = 8
    name = b""
    while name != b"IEND" and at + 8 <= len(content):
        name = content[at + 4 : at + 8]
        yield name in _PNG_CHUNKS
        at += 12 + int.from_bytes(content[at : at + 4], "big")
    yield at == len(content)


def _webp_parts(content: bytes) -> Iterator[bool]:
    at = 12
    while at + 8 <= len(content):
        yield content[at : at + 4] in _WEBP_CHUNKS
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    yield at == len(content)
