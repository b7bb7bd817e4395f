"""What is in the file of a photo, and what is kept of it. Places in them are invented."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from addrsvc.collection.pictures import PIXELS_MOST, Fault, look_at

SIZE = (60, 40)
ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825


def picture(mode: str = "RGB") -> Image.Image:
    """Give a picture whose upper left corner is red, the rest is white."""
    image = Image.new("RGB", SIZE, "white")
    image.paste("red", (0, 0, 20, 20))
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def with_place(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = orientation, "Invented"
    exif.get_ifd(GPS)[1], exif.get_ifd(GPS)[2] = "N", (10.0, 57.0, 0.0)
    return exif


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def is_red(image: Image.Image, at: tuple[int, int]) -> bool:
    red, green, _ = image.convert("RGB").getpixel(at)
    return red > 200 and green < 80


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (saved(picture(), "JPEG"), "image/jpeg"),
        (saved(picture(), "JPEG", progressive=True), "image/jpeg"),
        (saved(picture("L"), "JPEG"), "image/jpeg"),
        (saved(picture("CMYK"), "JPEG"), "image/jpeg"),
        (saved(picture(), "PNG"), "image/png"),
        (saved(picture("P"), "PNG"), "image/png"),
        (saved(picture(), "WEBP"), "image/webp"),
        (saved(picture("RGBA"), "WEBP", lossless=True), "image/webp"),
    ],
)
def test_a_bare_picture_is_kept_as_it_is(content: bytes, media_type: str) -> None:
    found = look_at(content)
    assert (found.media_type, found.fault, found.rewritten) == (media_type, None, None)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_the_camera_wrote_is_gone_and_the_picture_upright(kind: str) -> None:
    turned = picture().transpose(Image.Transpose.ROTATE_90)  # as held; 6 says how to turn it back
    sent = saved(turned, kind, exif=with_place(6), quality=95)
    assert opened(sent).getexif()[MAKER] == "Invented"
    kept = look_at(sent)
    assert kept.fault is None
    assert kept.rewritten is not None
    image = opened(kept.rewritten)
    assert image.format == kind
    assert image.size == SIZE
    assert is_red(image, (5, 5))
    assert not is_red(image, (50, 30))
    assert dict(image.getexif()) == {}
    assert b"Invented" not in kept.rewritten
    assert look_at(kept.rewritten).rewritten is None  # nothing is left to take off


def jpeg() -> bytes:
    return saved(picture(), "JPEG")


def with_segment(marker: int, body: bytes) -> bytes:
    content = jpeg()
    return content[:2] + struct.pack(">BBH", 255, marker, len(body) + 2) + body + content[2:]


@pytest.mark.parametrize(
    "content",
    [
        with_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>10.95</x:xmpmeta>"),
        with_segment(0xED, b"Photoshop 3.0\08BIM 10.95"),
        with_segment(0xFE, b"10.95"),
        with_segment(0xE2, b"MPF\0 10.95"),
        jpeg() + b"10.95",
        jpeg() + saved(picture(), "JPEG", comment=b"10.95"),
        saved(picture(), "PNG") + b"10.95",
        saved(picture(), "PNG", pnginfo=[info := PngInfo(), info.add_text("at", "10.95")][0]),
        saved(
            picture(),
            "PNG",
            pnginfo=[xmp := PngInfo(), xmp.add_itxt("XML:com.adobe.xmp", "10.95")][0],
        ),
        saved(picture(), "WEBP", xmp=b"<x>10.95</x>"),
        saved(picture(), "WEBP") + b"10.95",
    ],
)
def test_nothing_hides_beside_the_picture(content: bytes) -> None:
    assert b"10.95" in content
    kept = look_at(content)
    assert kept.rewritten is not None
    assert b"10.95" not in kept.rewritten
    assert opened(kept.rewritten).size == SIZE


def test_colours_keep_their_profile() -> None:
    from PIL import ImageCms  # noqa: PLC0415 -- only here

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert look_at(saved(picture(), "JPEG", icc_profile=profile)).rewritten is None
    kept = look_at(saved(picture(), "JPEG", icc_profile=profile, exif=with_place()))
    assert kept.rewritten is not None
    assert opened(kept.rewritten).info["icc_profile"] == profile


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b"%PDF-1.4",
        jpeg()[:400],
        saved(picture(), "PNG")[:90],
        saved(picture(), "WEBP")[:60],
        saved(picture("P"), "GIF"),
        saved(picture(), "BMP"),
        saved(picture(), "TIFF"),
        b"\xff\xd8\xff" + bytes(1000),
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"RIFF\x10\0\0\0WEBPVP8 ",
    ],
)
def test_what_is_no_picture_is_told_and_not_opened(content: bytes) -> None:
    found = look_at(content)
    assert (found.media_type, found.fault, found.rewritten) == (None, Fault.UNREADABLE, None)


def test_a_bomb_is_not_set_off() -> None:
    side = int(PIXELS_MOST**0.5) + 1
    rows = zlib.compress(bytes(1 + (side + 7) // 8) * side, 9)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", rows)
        + png_chunk(b"IEND", b"")
    )
    assert len(bomb) < 10_000
    assert look_at(bomb).fault is Fault.TOO_LARGE
    huge = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 200_000, 200_000, 8, 2, 0, 0, 0))
    assert look_at(b"\x89PNG\r\n\x1a\n" + huge + png_chunk(b"IEND", b"")).fault is Fault.TOO_LARGE
