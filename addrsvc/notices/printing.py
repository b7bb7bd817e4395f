"""Pure: plates of many addresses on A4 sheets with marks to cut by; letters, one a page.

A page is set while holding the fonts, and they are let go between pages: whoever prints a card
meanwhile waits for one page, not for all.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Frame, Spacer

from addrsvc.notices import printing_words as say
from addrsvc.paper.drawing import draw, fit_line
from addrsvc.paper.fonts import BOLD, FONT, held
from addrsvc.paper.pages import MARGIN_MM
from addrsvc.paper.plate import SIZES_MM, PlateSize, PlateText, draw_plate
from addrsvc.paper.qr import QrCode
from addrsvc.paper.styles import STRONG, TEXT, shown, words

_PAGE_MM: Final = (A4[0] / mm, A4[1] / mm)
_LEAST_MARGIN_MM: Final = 5.0
_GAP_MM: Final = 4.0
"""Between plates, for the blade."""
_MARK_MM: Final = 3.0
_FOOT_MM: Final = 8.0

_HEAD_MM: Final = 84.0
"""Widest a line of the head may be."""

_BODY: Final = ParagraphStyle("body", parent=TEXT, fontSize=11.5, leading=17, spaceAfter=5)
_TO: Final = ParagraphStyle("to", parent=STRONG, fontSize=12, leading=17, spaceAfter=8)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: what stands on the plate, and from whom it comes."""

    plate: PlateText
    commune: str
    """Whose committee writes."""
    day: date
    is_demo: bool = False


def sheet_of(size: PlateSize) -> tuple[int, int, bool]:
    """Give columns and rows of plates on a sheet, and whether it lies on its side.

    >>> [sheet_of(each) for each in PlateSize]
    [(1, 1, False), (1, 2, False), (3, 3, True)]
    """
    upright, lying = (_fitting(size, *page) for page in (_PAGE_MM, _PAGE_MM[::-1]))
    is_lying = lying[0] * lying[1] > upright[0] * upright[1]
    return (*(lying if is_lying else upright), is_lying)


def _fitting(size: PlateSize, width: float, height: float) -> tuple[int, int]:
    plate_width, plate_height = SIZES_MM[size]
    across = width - 2 * _LEAST_MARGIN_MM + _GAP_MM
    down = height - 2 * _LEAST_MARGIN_MM - _FOOT_MM + _GAP_MM
    return int(across // (plate_width + _GAP_MM)), int(down // (plate_height + _GAP_MM))


def plates_pdf(plates: Sequence[PlateText], size: PlateSize, npm_dir: Path | None) -> bytes:
    """Set sheets of plates. Takes seconds of one core for hundreds: not for the event loop.

    Raises:
        PrintFontsMissing: the fonts are not there.
    """
    columns, rows, is_lying = sheet_of(size)
    page = _PAGE_MM[::-1] if is_lying else _PAGE_MM
    on_one = columns * rows

    def pages() -> Iterator[None]:
        for number, first in enumerate(range(0, len(plates), on_one), 1):
            _draw_sheet(canvas, plates[first : first + on_one], size, page, number)
            yield

    canvas, out = _canvas(page, "Biển địa chỉ số")
    _set(canvas, pages(), npm_dir)
    return out.getvalue()


def letters_pdf(letters: Iterable[Letter], npm_dir: Path | None) -> bytes:
    """Set letters, one a page, as ``plates_pdf`` sets sheets.

    Raises:
        PrintFontsMissing: the fonts are not there.
    """

    def pages() -> Iterator[None]:
        for each in letters:
            _draw_letter(canvas, each)
            yield

    canvas, out = _canvas(_PAGE_MM, "Thông báo mã địa chỉ số")
    _set(canvas, pages(), npm_dir)
    return out.getvalue()


def _canvas(page: tuple[float, float], title: str) -> tuple[Canvas, io.BytesIO]:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(page[0] * mm, page[1] * mm), invariant=1, lang="vi-VN")
    canvas.setTitle(title)
    return canvas, out


def _set(canvas: Canvas, pages: Iterator[None], npm_dir: Path | None) -> None:
    """Set page after page, the fonts held for one at a time."""
    is_left = True
    while is_left:
        with held(npm_dir):
            for _ in pages:
                canvas.showPage()
                break
            else:
                is_left = False
    with held(npm_dir):
        if canvas.getPageNumber() == 1:  # all of it went out of use: no reader opens no page
            canvas.showPage()
        canvas.save()


# --- sheets of plates ------------------------------------------------------------------------


def _draw_sheet(
    canvas: Canvas,
    plates: Sequence[PlateText],
    size: PlateSize,
    page: tuple[float, float],
    number: int,
) -> None:
    width, height = SIZES_MM[size]
    columns, *_ = sheet_of(size)
    left = (page[0] - columns * width - (columns - 1) * _GAP_MM) / 2
    top = page[1] - _LEAST_MARGIN_MM - _MARK_MM
    for place, each in enumerate(plates):
        row, column = divmod(place, columns)
        x = left + column * (width + _GAP_MM)
        y = top - (row + 1) * height - row * _GAP_MM
        draw(draw_plate(each, size, "vi"), canvas, x, y)
        _draw_marks(canvas, x, y, width, height)
    canvas.setFont(FONT, 7)
    canvas.setFillGray(0.3)
    foot = say.PLATES.format(number=number)
    canvas.drawCentredString(page[0] / 2 * mm, _LEAST_MARGIN_MM * mm, foot)


def _draw_marks(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """Draw lines at the corners to cut along, outside what is cut out."""
    canvas.setStrokeGray(0)
    canvas.setLineWidth(0.25)
    reach = _GAP_MM / 2
    for corner_x, way_x in ((x, -1), (x + width, 1)):
        for corner_y, way_y in ((y, -1), (y + height, 1)):
            canvas.line(
                (corner_x + way_x * 0.3) * mm, corner_y * mm,
                (corner_x + way_x * reach) * mm, corner_y * mm,
            )  # fmt: skip
            canvas.line(
                corner_x * mm, (corner_y + way_y * 0.3) * mm,
                corner_x * mm, (corner_y + way_y * reach) * mm,
            )  # fmt: skip


# --- letters ---------------------------------------------------------------------------------


def _draw_letter(canvas: Canvas, letter: Letter) -> None:
    width, height = A4
    left, right = MARGIN_MM * mm, width - MARGIN_MM * mm
    _draw_head(canvas, letter, left, right, height - 20 * mm)
    canvas.setFont(BOLD, 16)
    canvas.drawCentredString(width / 2, height - 48 * mm, say.TITLE)
    body_top = height - 56 * mm
    story = [
        words(say.TO.format(label=letter.plate.label), _TO),
        words(say.GIVEN, _BODY),
    ]
    used = _flow(canvas, story, left, right, body_top, 60 * mm)
    code_y = used - 16 * mm
    canvas.setFont(BOLD, 27)
    canvas.drawString(left, code_y, letter.plate.code)
    scan = 42 * mm
    QrCode(letter.plate.link).draw(canvas, right - scan, used - scan + 2 * mm, scan)
    lines = [words(each.format(link=letter.plate.link), _BODY) for each in say.LINES]
    used = _flow(canvas, [Spacer(1, 1), *lines], left, right, used - scan, 130 * mm)
    canvas.setFont(BOLD, 11)
    canvas.drawCentredString(right - 35 * mm, used - 10 * mm, say.SIGNED)
    if letter.is_demo:
        canvas.setFont(BOLD, 9)
        canvas.drawString(left, 12 * mm, say.DEMO)


def _draw_head(canvas: Canvas, letter: Letter, left: float, right: float, top: float) -> None:
    office, state = (left + 34 * mm, right - 44 * mm)
    office_lines = (say.OFFICE[0], say.OFFICE[1].format(commune=shown(letter.commune).upper()))
    for middle, lines, rule_mm in ((office, office_lines, 24), (state, say.STATE, 50)):
        for at, line in enumerate(lines):
            size = fit_line(line, _HEAD_MM, 10.5 / mm, is_bold=True) * mm
            canvas.setFont(BOLD, size)
            canvas.drawCentredString(middle, top - at * 5.5 * mm, line)
        canvas.setLineWidth(0.6)
        below = top - 7.5 * mm
        canvas.line(middle - rule_mm * mm / 2, below, middle + rule_mm * mm / 2, below)
    day = letter.day
    said = say.DAY.format(day=f"{day.day:02}", month=f"{day.month:02}", year=day.year)
    canvas.setFont(FONT, 10.5)
    canvas.drawCentredString(state, top - 15 * mm, said)


def _flow(
    canvas: Canvas, story: Sequence[Flowable], left: float, right: float, top: float, room: float
) -> float:
    """Set texts below one another and give where they end."""
    frame = Frame(
        left, top - room, right - left, room,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip
    frame.addFromList(list(story), canvas)
    return float(frame._y)  # type: ignore[attr-defined] # noqa: SLF001 -- where it stands now
