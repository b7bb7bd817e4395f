"""Pure: the map of a printed page, drawn as lines and areas so that it stays sharp."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from reportlab.lib.colors import Color, HexColor, black, white
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from addrsvc.paper.fonts import BOLD, FONT
from addrsvc.planning.code_lists import GREY
from addrsvc.planning.printing_frame import HEIGHT_MM, WIDTH_MM, Frame, scale_bar_m

MAX_VERTICES: Final = 40_000
"""Of the zones of one map; more are simplified away."""
_MARKED: Final = HexColor("#c00000")
_LINE: Final = HexColor("#707070")
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_EVEN_ODD: Final = 0
_LABEL_MM2: Final = 60.0
_MAX_LABELS: Final = 80
_MAX_NUMBERS: Final = 40


@dataclass(frozen=True, slots=True)
class Around:
    """One zone near what was asked about."""

    code: str
    name: str
    colour: str
    shape: shapely.Geometry
    """Degrees; cut to the frame of the map."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What was asked about, as it is drawn."""

    shape: shapely.Point | shapely.Polygon | shapely.MultiPolygon
    """Degrees; a point or a plot."""
    accuracy_m: float | None = None
    corners: tuple[tuple[str, float, float], ...] = ()
    """Number, lon, lat."""


def hex_colour(colour: str) -> Color:
    """Give a colour of a plan; what is none is grey."""
    return HexColor(colour if _COLOUR.fullmatch(colour) else GREY)


class MapDrawing(Flowable):
    """The ground of a frame: zones, and what was asked about over them."""

    def __init__(self, frame: Frame, zones: Sequence[Around], marked: Marked) -> None:
        super().__init__()
        self.width, self.height = WIDTH_MM * mm, HEIGHT_MM * mm
        self._ground, self._marked = frame, marked
        self._zones = list(zip(zones, _drawable(zones, frame), strict=True))

    def draw(self) -> None:
        """Draw it where the page has its place."""
        canvas: Canvas = self.canv
        canvas.saveState()
        outline = canvas.beginPath()
        outline.rect(0, 0, self.width, self.height)
        canvas.setFillColor(white)
        canvas.clipPath(outline, stroke=0, fill=1)
        canvas.setStrokeColor(_LINE)
        canvas.setLineWidth(0.3)
        for zone, shape in self._zones:
            canvas.setFillColor(hex_colour(zone.colour))
            self._fill(canvas, shape)
        self._labels(canvas)
        self._mark(canvas)
        self._north(canvas)
        self._bar(canvas)
        canvas.restoreState()
        canvas.setStrokeColor(black)
        canvas.setLineWidth(0.6)
        canvas.rect(0, 0, self.width, self.height)

    def _paper(self, lon_lat: NDArray[np.float64]) -> NDArray[np.float64]:
        return self._ground.on_paper(lon_lat) * mm

    def _fill(self, canvas: Canvas, shape: shapely.Geometry, *, is_filled: bool = True) -> None:
        path = canvas.beginPath()
        for ring in _rings(shape):
            points = self._paper(shapely.get_coordinates(ring)[:-1])
            path.moveTo(*points[0])
            for x, y in points[1:]:
                path.lineTo(x, y)
            path.close()
        canvas.drawPath(path, stroke=1, fill=int(is_filled), fillMode=_EVEN_ODD)

    def _labels(self, canvas: Canvas) -> None:
        """Write codes into zones that have room for them."""
        canvas.setFont(FONT, 6)
        canvas.setFillColor(black)
        deg2_to_mm2 = np.prod(self._ground.on_paper(np.array([[1.0, 1.0]])) -
                              self._ground.on_paper(np.array([[0.0, 0.0]])))  # fmt: skip
        left = _MAX_LABELS
        for zone, shape in self._zones:
            if (
                left
                and len(zone.code) <= 12
                and float(shapely.area(shape)) * deg2_to_mm2 >= _LABEL_MM2
            ):
                inside = shapely.get_coordinates(shapely.point_on_surface(shape))
                x, y = self._paper(inside)[0]
                canvas.drawCentredString(x, y - 2, zone.code)
                left -= 1

    def _mark(self, canvas: Canvas) -> None:
        """Draw what was asked about."""
        canvas.setStrokeColor(_MARKED)
        canvas.setLineWidth(1.4)
        if self._marked.shape.geom_type != "Point":
            shape = shapely.simplify(self._marked.shape, self._ground.line_deg)
            self._fill(canvas, shape, is_filled=False)
            self._numbers(canvas)
            return
        x, y = self._paper(shapely.get_coordinates(self._marked.shape))[0]
        canvas.circle(x, y, 1.1 * mm)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            canvas.line(x + dx * 1.6 * mm, y + dy * 1.6 * mm, x + dx * 4 * mm, y + dy * 4 * mm)
        radius = (self._marked.accuracy_m or 0.0) * 1000 / self._ground.scale * mm
        if radius > 1.5 * mm:
            canvas.setLineWidth(0.6)
            canvas.setDash(3, 2)
            canvas.circle(x, y, radius)
            canvas.setDash()

    def _numbers(self, canvas: Canvas) -> None:
        """Write the numbers of corners, where they are few enough to be read."""
        if len(self._marked.corners) > _MAX_NUMBERS:
            return
        canvas.setFillColor(_MARKED)
        canvas.setFont(BOLD, 6)
        for number, lon, lat in self._marked.corners:
            x, y = self._paper(np.array([[lon, lat]]))[0]
            canvas.circle(x, y, 0.5 * mm, stroke=0, fill=1)
            canvas.drawString(x + 2, y + 2, number)

    def _north(self, canvas: Canvas) -> None:
        x, y = self.width - 8 * mm, self.height - 15 * mm
        canvas.setFillColor(white)
        canvas.setStrokeColor(black)
        canvas.setLineWidth(0.5)
        canvas.roundRect(x - 4 * mm, y - 1 * mm, 8 * mm, 14.5 * mm, 3, fill=1)
        arrow = canvas.beginPath()
        arrow.moveTo(x, y + 8.5 * mm)
        for dx, dy in ((-2.2, 0), (0, 1.8), (2.2, 0)):
            arrow.lineTo(x + dx * mm, y + dy * mm)
        arrow.close()
        canvas.setFillColor(black)
        canvas.drawPath(arrow, stroke=0, fill=1)
        canvas.setFont(BOLD, 8)
        canvas.drawCentredString(x, y + 9.6 * mm, "B / N")

    def _bar(self, canvas: Canvas) -> None:
        metres = scale_bar_m(self._ground.scale)
        length = metres * 1000 / self._ground.scale * mm
        x, y = 5 * mm, 5 * mm
        canvas.setFillColor(white)
        canvas.setStrokeColor(black)
        canvas.setLineWidth(0.5)
        canvas.roundRect(x - 2 * mm, y - 2 * mm, length + 4 * mm, 8.5 * mm, 3, fill=1)
        for part in range(2):
            canvas.setFillColor(white if part else black)
            canvas.rect(x + part * length / 2, y, length / 2, 1.2 * mm, fill=1)
        canvas.setFillColor(black)
        canvas.setFont(FONT, 6.5)
        said = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
        canvas.drawCentredString(x + length / 2, y + 2.4 * mm, said)


def _drawable(zones: Sequence[Around], frame: Frame) -> list[shapely.Geometry]:
    """Give the shapes with no more detail than paper shows and a page may have."""
    shapes = np.array([each.shape for each in zones], dtype=object)
    line_deg = frame.line_deg
    drawn = shapely.simplify(shapes, line_deg, preserve_topology=False)
    while shapely.get_num_coordinates(drawn).sum() > MAX_VERTICES and line_deg < 1:
        line_deg *= 4
        drawn = shapely.simplify(shapes, line_deg, preserve_topology=False)
    return list(drawn)


def _rings(shape: shapely.Geometry) -> Iterator[shapely.LinearRing]:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon" and not part.is_empty:
            yield part.exterior
            yield from part.interiors
