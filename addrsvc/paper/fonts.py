"""Pure: the fonts everything is printed in, which hold all letters of Vietnamese."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from addrsvc.paper.errors import PrintFontsMissing

FONT: Final = "addrsvc-sans"
BOLD: Final = "addrsvc-sans-bold"

ONE: Final = threading.Lock()
"""Held while a page is set or a file is closed: the library keeps fonts and its reader of
paragraphs for the whole process."""

_NODE_MODULES: Final = Path(__file__).resolve().parents[1] / "web" / "node_modules"
_FILES: Final = {FONT: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf"}


def register(npm_dir: Path | None) -> None:
    """Make the fonts known to the library; again costs nothing. Call it while holding ``ONE``.

    Args:
        npm_dir: folder with the fonts' package; None: beside the package.

    Raises:
        PrintFontsMissing: they are not there.
    """
    _register(npm_dir or _NODE_MODULES)


@lru_cache(maxsize=4)
def _register(folder: Path) -> None:
    for name, file in _FILES.items():
        path = folder / "dejavu-fonts-ttf" / "ttf" / file
        try:
            pdfmetrics.registerFont(TTFont(name, str(path)))
        except (TTFError, OSError):
            raise PrintFontsMissing from None
