"""Pure: A4 pages with a foot: a notice, a warning where there is one, and which page it is."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, SimpleDocTemplate

from addrsvc.errors import Language, Text
from addrsvc.paper.fonts import BOLD, FONT, held
from addrsvc.paper.styles import RULE

MARGIN_MM: Final = 18.0
"""Left and right."""
BODY_MM: Final = 174.0
"""Width between the margins."""
PAGE: Final = Text("Trang {page}/{pages}", "Page {page} of {pages}")

_PADDING: Final = 6
"""Points the library leaves free inside the margins."""


@dataclass(frozen=True, slots=True)
class Foot:
    """What stands at the foot of each page."""

    notice: str
    warning: str | None = None


def set_pages(
    story: Iterable[Flowable],
    *,
    title: str,
    foot: Foot,
    language: Language,
    npm_dir: Path | None,
) -> bytes:
    """Set a PDF. Takes a fraction of a second of one core: not for the event loop.

    Args:
        story: what stands on the pages; asked for once the fonts are known.
        title: of the file.
        foot: of each page.
        language: of the words.
        npm_dir: folder with the fonts' package; None: beside the package.

    Raises:
        PrintFontsMissing: they are not there.
    """
    with held(npm_dir):
        out = io.BytesIO()
        document = SimpleDocTemplate(
            out,
            pagesize=A4,
            leftMargin=MARGIN_MM * mm - _PADDING,
            rightMargin=MARGIN_MM * mm - _PADDING,
            topMargin=15 * mm,
            bottomMargin=18 * mm,
            title=title,
            lang="vi-VN" if language == "vi" else "en",
            invariant=1,
        )
        document.build(list(story), canvasmaker=_canvas_of(foot, language))
        return out.getvalue()


def _canvas_of(foot: Foot, language: Language) -> type[Canvas]:
    """Give a canvas that writes the foot of each page when it knows how many there are."""

    class Paged(Canvas):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 -- the library's name
            self._pages.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined] # not in its types

        def save(self) -> None:
            for page, state in enumerate(self._pages, 1):
                self.__dict__.update(state)
                self._foot(page, len(self._pages))
                super().showPage()
            super().save()

        def _foot(self, page: int, pages: int) -> None:
            left, right = MARGIN_MM * mm, A4[0] - MARGIN_MM * mm
            self.setStrokeColor(RULE)
            self.line(left, 14 * mm, right, 14 * mm)
            self.setFont(FONT, 6.5)
            self.drawString(left, 10.5 * mm, foot.notice)
            number = PAGE.in_(language).format(page=page, pages=pages)
            self.drawRightString(right, 7 * mm, number)
            if foot.warning is not None:
                self.setFont(BOLD, 6.5)
                self.drawString(left, 7 * mm, foot.warning)

    return Paged
