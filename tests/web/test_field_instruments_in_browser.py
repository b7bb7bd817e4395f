"""What of the phone's modules needs a browser: pictures, the map, codes to scan, kept tiles."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
from collections.abc import Iterator
from typing import Any

import pytest
from field_page import field_page
from PIL import ExifTags, Image, ImageChops, ImageOps, ImageStat
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

_ROTATED = 6
"""EXIF: what is up in the picture is on the right of what is stored."""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """Give one page with the policy of field collection, on a telephone."""
    with field_page(tile=png(256, 256, (120, 160, 90))) as base:
        context = browser.new_context(
            locale="vi-VN", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
        )
        page = context.new_page()
        problems: list[str] = []
        page.on("console", lambda said: problems.append(said.text) if said.type == "error" else 0)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{base}/field")
        yield page
        context.close()
    assert problems == []


def png(width: int, height: int, colour: tuple[int, ...], mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    Image.new(mode, (width, height), colour).save(file, "PNG")
    return file.getvalue()


def photo(width: int, height: int, *, quality: int = 90) -> bytes:
    """Give a JPEG as phones write it: stored sideways, with the place; upright red is above."""
    stored = Image.new("RGB", (width, height), (0, 0, 200))
    stored.paste((220, 0, 0), (0, 0, width // 2, height))  # what is left lies above once it is up
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = _ROTATED
    exif[ExifTags.Base.Make] = "Bịa"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef] = "N"
    place[ExifTags.GPS.GPSLatitude] = (10.0, 58.0, 48.0)
    file = io.BytesIO()
    stored.save(file, "JPEG", exif=exif, quality=quality)
    return file.getvalue()


def shrunk(page: Page, data: bytes, **options: Any) -> dict[str, Any]:
    """Shrink a file in the browser; give what came of it, or the kind of its error."""
    given: dict[str, Any] = page.evaluate(
        """async ([data, options]) => {
          const { shrink } = await import("/static/field/photo.js");
          const file = new Blob([Uint8Array.from(atob(data), (each) => each.charCodeAt(0))]);
          try {
            const { bytes, ...rest } = await shrink(file, options);
            const text = Array.from(new Uint8Array(bytes), (each) => String.fromCharCode(each));
            return { ...rest, data: btoa(text.join("")) };
          } catch (error) {
            return { kind: error.kind, words: error.words };
          }
        }""",
        [base64.b64encode(data).decode(), options],
    )
    return given


def opened(given: dict[str, Any]) -> Image.Image:
    data = base64.b64decode(given["data"])
    assert hashlib.sha256(data).hexdigest() == given["sha256"]
    assert given["media_type"] == "image/jpeg"
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.size) == ("JPEG", (given["width"], given["height"]))
    return picture


def test_photos_come_out_upright_small_and_without_what_cameras_write(page: Page) -> None:
    sent = photo(4000, 3000)
    picture = opened(shrunk(page, sent))
    assert picture.size == (1200, 1600)
    assert (dict(picture.getexif()), picture.info.get("exif"), b"Exif" in sent) == ({}, None, True)
    above, below = picture.getpixel((600, 200)), picture.getpixel((600, 1400))
    assert above[0] > 150 > above[2], "red is above"
    assert below[2] > 150 > below[0], "blue is below"


def test_every_way_a_camera_is_held_comes_out_upright(page: Page) -> None:
    colours = [(230, 20, 20), (20, 200, 20), (20, 20, 230), (230, 220, 20)]
    stored = Image.new("RGB", (64, 48))
    for index, colour in enumerate(colours):
        stored.paste(colour, ((index % 2) * 32, (index // 2) * 24, 64, 48))
    for orientation in range(1, 9):
        file = io.BytesIO()
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        stored.save(file, "JPEG", exif=exif, quality=95, subsampling=0)
        upright = ImageOps.exif_transpose(Image.open(io.BytesIO(file.getvalue())))
        for options in ({}, {"max_px": 16}):  # decoded whole, and decoded small
            given = opened(shrunk(page, file.getvalue(), **options))
            like = upright.resize(given.size)
            assert ImageStat.Stat(ImageChops.difference(like, given)).mean < [12] * 3, orientation
            assert given.size == (like.width, like.height)
            assert max(given.size) == options.get("max_px", 64)


def test_photos_of_much_detail_are_made_small_in_steps(page: Page) -> None:
    noise = io.BytesIO()
    Image.effect_noise((2000, 2000), 120).convert("RGB").save(noise, "JPEG", quality=95)
    given = shrunk(page, noise.getvalue())
    assert len(base64.b64decode(given["data"])) < 450_000
    assert 800 <= max(opened(given).size) <= 1600


def test_other_kinds_are_taken_and_what_is_no_picture_is_refused_in_words(page: Page) -> None:
    clear = png(40, 30, (0, 0, 0, 0), "RGBA")
    assert min(opened(shrunk(page, clear)).getpixel((20, 15))) > 245, "white beneath"
    webp = io.BytesIO()
    Image.new("RGB", (30, 40), (10, 200, 10)).save(webp, "WEBP")
    assert opened(shrunk(page, webp.getvalue())).size == (30, 40)
    whole = photo(400, 300)
    bomb = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 60_000, 60_000) + bytes(40)
    refused = {
        "not-a-picture": (
            b"",
            b"MZ" + bytes(500),
            whole[:200],
            b"<svg/>" * 20,
            whole[:2] + bytes(99),
        ),
        "too-large": (bomb,),
    }
    for kind, files in refused.items():
        for each in files:
            given = shrunk(page, each)
            assert given.get("kind") == kind, each[:8]
            assert set(given["words"]) == {"vi", "en"}
