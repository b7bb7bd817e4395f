"""Pure: codes to scan, drawn as squares on a page and as a path in SVG."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import segno
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

Correction = Literal["l", "m", "q", "h"]
"""How much of it may be unreadable: 7, 15, 25 or 30 %."""

QUIET: Final = 4
"""Modules left white around it, as ISO/IEC 18004 asks."""


class QrCode:
    """A text as rows of dark and light modules."""

    def __init__(self, text: str, error: Correction = "m") -> None:
        self.rows: Final = tuple(bytes(row) for row in segno.make_qr(text, error=error).matrix)
        self.modules: Final = len(self.rows) + 2 * QUIET
        """Along a side, with the white around it."""

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Yield column, row and length of dark runs, from the upper left corner, white counted."""
        for y, row in enumerate(self.rows, QUIET):
            start: int | None = None
            for x, is_dark in enumerate((*row, 0)):
                if is_dark and start is None:
                    start = x
                elif not is_dark and start is not None:
                    yield start + QUIET, y, x - start
                    start = None

    def draw(self, canvas: Canvas, x: float, y: float, side: float) -> None:
        """Draw it on a page, black, in points, its lower left corner given."""
        step = side / self.modules
        path = canvas.beginPath()
        for column, row, length in self.runs():
            path.rect(x + column * step, y + side - (row + 1) * step, length * step, step)
        canvas.drawPath(path, stroke=0, fill=1)

    def svg_path(self) -> str:
        """Give the data of a path, one unit a module.

        >>> QrCode("1").svg_path()[:12]
        'M4 4h7v1h-7z'
        """
        return "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in self.runs())


class QrDrawing(Flowable):
    """A code to scan, in a text."""

    def __init__(self, text: str, side: float, error: Correction = "m") -> None:
        super().__init__()
        self.width = self.height = side
        self._code = QrCode(text, error)

    def draw(self) -> None:
        """Draw it where the page has its place."""
        canvas: Canvas = self.canv
        self._code.draw(canvas, 0, 0, self.width)
