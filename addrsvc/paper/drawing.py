"""Pure: small drawings of boxes, texts and codes to scan, given as PDF and as SVG alike.

Lengths are millimetres, from the upper left corner, y downwards. Texts are measured in the fonts
they are printed in, which are wide: set in another one, as a browser may, they take less room.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from addrsvc.errors import Language
from addrsvc.paper.fonts import BOLD, FONT
from addrsvc.paper.qr import Correction, QrCode
from addrsvc.paper.styles import shown

INK: Final = "#17212b"
WHITE: Final = "#ffffff"
BLUE: Final = "#123a70"
"""Dark blue of plates. Source: Decision 05/2006/QĐ-BXD (white on dark blue, white line)."""
QUIET: Final = "#4a5661"
RED: Final = "#a00000"

_LEADING: Final = 1.3
_SMALLER: Final = 0.94
_SVG_FONTS: Final = "DejaVu Sans, Noto Sans, Arial, sans-serif"

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, its corners round."""

    x: float
    y: float
    width: float
    height: float
    fill: str | None = None
    stroke: str | None = None
    line: float = 0.3
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text; ``y`` is where its letters stand, ``size`` the height of its font."""

    x: float
    y: float
    text: str
    size: float
    colour: str = INK
    is_bold: bool = False
    anchor: Anchor = "start"


@dataclass(frozen=True, slots=True)
class Scan:
    """A code to scan, black on white, with the white it needs around it."""

    x: float
    y: float
    side: float
    text: str
    error: Correction = "m"


Item = Box | Words | Scan


@dataclass(frozen=True, slots=True)
class Drawing:
    """What stands on one small piece of paper or metal."""

    width: float
    height: float
    items: Sequence[Item]
    title: str
    """What it is, for who cannot see it."""


def width_of(text: str, size: float, *, is_bold: bool = False) -> float:
    """Measure a text; the fonts must be known."""
    return float(stringWidth(text, BOLD if is_bold else FONT, size * mm)) / mm


def fit_line(text: str, width: float, size: float, *, is_bold: bool = False) -> float:
    """Give the size, no more than ``size``, at which a line fits a width."""
    wide = width_of(text, size, is_bold=is_bold)
    return size if wide <= width else size * width / wide


def fit(
    text: str, width: float, height: float, size: float, *, is_bold: bool = False
) -> tuple[float, list[str]]:
    """Break a text that is not ours into lines that fit a box, in smaller letters if need be.

    At half the size a word is broken that still does not fit, and what remains is cut and says so
    by an ellipsis.

    Returns:
        Size of the font, and the lines.
    """
    said, least = shown(text), size / 2
    while True:
        most = max(1, int(height / (size * _LEADING)))
        lines, is_whole = _broken(said, width, size, is_bold=is_bold)
        is_least = size * _SMALLER < least
        if len(lines) <= most and (is_whole or is_least):
            return size, lines
        if is_least:
            kept = lines[:most]
            kept[-1] = kept[-1].rstrip()[:-1] + "…"
            return size, kept
        size *= _SMALLER


def _broken(text: str, width: float, size: float, *, is_bold: bool) -> tuple[list[str], bool]:
    """Break at spaces, and a word longer than a line anywhere; say whether no word was broken."""
    lines: list[str] = []
    line, is_whole = "", True
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width_of(longer, size, is_bold=is_bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while len(line) > 1 and width_of(line, size, is_bold=is_bold) > width:
            is_whole = False
            fits = len(line) - 1
            while fits > 1 and width_of(line[:fits], size, is_bold=is_bold) > width:
                fits -= 1
            lines.append(line[:fits])
            line = line[fits:]
    return ([*lines, line] if line else lines), is_whole


def lines_of(
    x: float,
    top: float,
    size: float,
    lines: Sequence[str],
    *,
    colour: str = INK,
    is_bold: bool = False,
    anchor: Anchor = "start",
) -> list[Words]:
    """Set lines below one another, the top of the first given."""
    return [
        Words(x, top + size * (1 + at * _LEADING), line, size, colour, is_bold, anchor)
        for at, line in enumerate(lines)
    ]


def height_of(size: float, lines: Sequence[str]) -> float:
    """Give how high lines set by :func:`lines_of` are."""
    return size * _LEADING * len(lines)


# --- PDF -------------------------------------------------------------------------------------


def draw(drawing: Drawing, canvas: Canvas, left: float, bottom: float) -> None:
    """Draw on a page, its lower left corner given in millimetres from the page's."""
    canvas.saveState()
    canvas.translate(left * mm, bottom * mm)
    for each in drawing.items:
        if isinstance(each, Box):
            _draw_box(each, drawing, canvas)
        elif isinstance(each, Words):
            _draw_words(each, drawing, canvas)
        else:
            y = (drawing.height - each.y - each.side) * mm
            canvas.setFillColor(HexColor(WHITE))
            canvas.rect(each.x * mm, y, each.side * mm, each.side * mm, stroke=0, fill=1)
            canvas.setFillColor(HexColor("#000000"))
            QrCode(each.text, each.error).draw(canvas, each.x * mm, y, each.side * mm)
    canvas.restoreState()


def _draw_box(box: Box, drawing: Drawing, canvas: Canvas) -> None:
    if box.fill is not None:
        canvas.setFillColor(HexColor(box.fill))
    if box.stroke is not None:
        canvas.setStrokeColor(HexColor(box.stroke))
        canvas.setLineWidth(box.line * mm)
    canvas.roundRect(
        box.x * mm,
        (drawing.height - box.y - box.height) * mm,
        box.width * mm,
        box.height * mm,
        box.radius * mm,
        stroke=int(box.stroke is not None),
        fill=int(box.fill is not None),
    )


def _draw_words(words: Words, drawing: Drawing, canvas: Canvas) -> None:
    canvas.setFont(BOLD if words.is_bold else FONT, words.size * mm)
    canvas.setFillColor(HexColor(words.colour))
    x, y = words.x * mm, (drawing.height - words.y) * mm
    if words.anchor == "start":
        canvas.drawString(x, y, words.text)
    elif words.anchor == "middle":
        canvas.drawCentredString(x, y, words.text)
    else:
        canvas.drawRightString(x, y, words.text)


def make_pdf(drawing: Drawing, language: Language) -> bytes:
    """Give a PDF of one page of the drawing's own size; the fonts must be known."""
    out = io.BytesIO()
    size = (drawing.width * mm, drawing.height * mm)
    lang = "vi-VN" if language == "vi" else "en"
    canvas = Canvas(out, pagesize=size, invariant=1, lang=lang)
    canvas.setTitle(drawing.title)
    draw(drawing, canvas, 0, 0)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


# --- SVG -------------------------------------------------------------------------------------


def make_svg(drawing: Drawing, language: Language) -> bytes:
    """Give an SVG of the drawing's size: no style, no script, nothing from elsewhere."""
    size = f'width="{drawing.width:g}mm" height="{drawing.height:g}mm"'
    box = f'viewBox="0 0 {drawing.width:g} {drawing.height:g}"'
    parts = [
        f'<svg xmlns="{_SVG}" {size} {box} role="img" xml:lang="{language}">',
        f"<title>{_escaped(drawing.title)}</title>",
        *map(_svg_of, drawing.items),
        "</svg>",
    ]
    return "\n".join(parts).encode()


_SVG: Final = "http" + "://www.w3.org/2000/svg"


def _svg_of(item: Item) -> str:
    if isinstance(item, Box):
        place = f'x="{item.x:g}" y="{item.y:g}" width="{item.width:g}" height="{item.height:g}"'
        fill = item.fill or "none"
        line = "" if item.stroke is None else f' stroke="{item.stroke}" stroke-width="{item.line}"'
        return f'<rect {place} rx="{item.radius:g}" fill="{fill}"{line}/>'
    if isinstance(item, Words):
        weight = ' font-weight="bold"' if item.is_bold else ""
        return (
            f'<text x="{item.x:.3f}" y="{item.y:.3f}" font-family="{_SVG_FONTS}" '
            f'font-size="{item.size:.3f}"{weight} fill="{item.colour}" '
            f'text-anchor="{item.anchor}">{_escaped(item.text)}</text>'
        )
    code = QrCode(item.text, item.error)
    scale = item.side / code.modules
    return (
        f'<rect x="{item.x:g}" y="{item.y:g}" width="{item.side:g}" height="{item.side:g}" '
        f'fill="{WHITE}"/><path transform="translate({item.x:g} {item.y:g}) scale({scale:.6f})" '
        f'd="{code.svg_path()}" fill="#000000" shape-rendering="crispEdges"/>'
    )


def _escaped(text: str) -> str:
    return escape(shown(text), {'"': "&quot;"})


# --- both ------------------------------------------------------------------------------------

Format = Literal["pdf", "svg"]
MEDIA_TYPES: Final[dict[Format, str]] = {"pdf": "application/pdf", "svg": "image/svg+xml"}
