"""What printed things say, read back: their words, and the codes to scan on them."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree as ET

import numpy as np
import pypdf
import zxingcpp
from numpy.typing import NDArray

_PLACE = re.compile(r"translate\(([-\d.]+) ([-\d.]+)\) scale\(([-\d.]+)\)")
_RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-\d+z")
_DOTS = 6


def words_of_pdf(pdf: bytes) -> list[str]:
    """Give the words of each page."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def pages_mm(pdf: bytes) -> list[tuple[float, float]]:
    """Give width and height of each page."""
    boxes = [page.mediabox for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    return [(float(box.width) / 72 * 25.4, float(box.height) / 72 * 25.4) for box in boxes]


def words_of_svg(svg: bytes) -> str:
    """Give all its words."""
    return " ".join("".join(each.itertext()) for each in _elements(svg, "text"))


def scans_of_svg(svg: bytes) -> list[str]:
    """Give what the codes on it say."""
    found = []
    for each in _elements(svg, "path"):
        runs = [tuple(map(int, run)) for run in _RUN.findall(each.attrib["d"])]
        assert _PLACE.fullmatch(each.attrib["transform"])
        found.append(_read([(x, y, length) for x, y, length in runs]))
    return found


def scans_of_page(page: pypdf.PageObject) -> list[str]:
    """Give what the codes on a page say: runs of dark modules of one height, filled as one path."""
    content = page.get_contents()
    found, path = [], []
    for operands, operator in [] if content is None else content.operations:
        if operator == b"re":
            path.append(tuple(float(each) for each in operands))
        elif operator in {b"n", b"S", b"s", b"f", b"f*", b"B", b"B*", b"W"}:
            if len(path) > 50:
                found.append(_read_boxes(path))
            path = []
    return found


def scans_of_pdf(pdf: bytes) -> list[list[str]]:
    """Give what the codes on each page say."""
    return [scans_of_page(page) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def _elements(svg: bytes, name: str) -> list[ET.Element]:
    root = ET.fromstring(svg)  # noqa: S314 -- our own
    return [each for each in root.iter() if each.tag.rsplit("}", 1)[-1] == name]


def _read_boxes(boxes: list[tuple[float, ...]]) -> str:
    step = boxes[0][3]
    left = min(x for x, *_ in boxes)
    top = max(y for _, y, *_ in boxes)
    runs = [
        (round((x - left) / step) + 4, round((top - y) / step) + 4, round(width / step))
        for x, y, width, _ in boxes
    ]
    return _read(runs)


def _read(runs: list[tuple[int, int, int]]) -> str:
    side = max(max(x + length, y + 1) for x, y, length in runs) + 4
    dark = np.zeros((side, side), dtype=bool)
    for x, y, length in runs:
        dark[y, x : x + length] = True
    return read_picture(np.where(np.kron(dark, np.ones((_DOTS, _DOTS), dtype=bool)), 0, 255))


def read_picture(picture: NDArray[np.int_]) -> str:
    """Give what the one code in a grey picture says."""
    (found,) = zxingcpp.read_barcodes(picture.astype(np.uint8))
    return str(found.text)
