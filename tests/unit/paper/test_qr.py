"""Codes to scan: what they say, on a page and in SVG."""

from __future__ import annotations

import doctest
import io

import numpy as np
import pypdf
import pytest
import segno
import zxingcpp
from numpy.typing import NDArray
from reportlab.pdfgen.canvas import Canvas

from addrsvc.paper import qr, styles
from addrsvc.paper.qr import QrCode, QrDrawing

LINK = "https://example.test/a/75123-04827-3"


def decoded(dark: NDArray[np.bool_]) -> str:
    picture = np.where(np.kron(dark, np.ones((6, 6), dtype=bool)), 0, 255).astype(np.uint8)
    return "".join(each.text for each in zxingcpp.read_barcodes(picture))


def dark_of(runs: list[tuple[float, float, float]], modules: int) -> NDArray[np.bool_]:
    dark = np.zeros((modules, modules), dtype=bool)
    for x, y, length in runs:
        dark[round(y), round(x) : round(x + length)] = True
    return dark


@pytest.mark.parametrize("error", ["l", "m", "q", "h"])
def test_runs_are_the_code_and_say_the_text(error: qr.Correction) -> None:
    code = QrCode(LINK, error)
    dark = dark_of(list(code.runs()), code.modules)
    inner = dark[qr.QUIET : -qr.QUIET, qr.QUIET : -qr.QUIET]
    assert (inner == np.array(segno.make_qr(LINK, error=error).matrix, dtype=bool)).all()
    assert decoded(dark) == LINK


def test_squares_on_a_page_say_the_text() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=0)
    drawing = QrDrawing(LINK, 90.0)
    drawing.drawOn(canvas, 100.0, 200.0)
    canvas.save()
    content = pypdf.PdfReader(io.BytesIO(out.getvalue())).pages[0].get_contents()
    assert content is not None
    modules = drawing._code.modules
    step = 90.0 / modules
    runs = []
    for operands, operator in content.operations:
        if operator == b"re":
            x, y, width, _ = (float(each) for each in operands)
            runs.append((x / step, modules - 1 - y / step, width / step))
    assert decoded(dark_of(runs, modules)) == LINK


def test_doctests() -> None:
    for module in (qr, styles):
        assert doctest.testmod(module).failed == 0
