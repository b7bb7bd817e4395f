"""Pure: the fonts everything is printed in, which hold all letters of Vietnamese."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from addrsvc.paper.errors import PrintFontsMissing

FONT: Final = "addrsvc-sans"
BOLD: Final = "addrsvc-sans-bold"

_ONE: Final = threading.Lock()
_LINE: Final = threading.Lock()
"""Who is next; without it, who lets go and wants them again would mostly have them again."""

_NODE_MODULES: Final = Path(__file__).resolve().parents[1] / "web" / "node_modules"
_FILES: Final = {FONT: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf"}


@contextmanager
def held(npm_dir: Path | None) -> Iterator[None]:
    """Have the fonts to oneself while a page is measured and set, or a file closed; in turn.

    The library keeps fonts and its reader of paragraphs for the whole process.

    Args:
        npm_dir: folder with the fonts' package; None: beside the package.

    Raises:
        PrintFontsMissing: they are not there.
    """
    with _LINE:
        _ONE.acquire()
    try:
        _register(npm_dir or _NODE_MODULES)
        yield
    finally:
        _ONE.release()


@lru_cache(maxsize=4)
def _register(folder: Path) -> None:
    for name, file in _FILES.items():
        path = folder / "dejavu-fonts-ttf" / "ttf" / file
        try:
            pdfmetrics.registerFont(TTFont(name, str(path)))
        except (TTFError, OSError):
            raise PrintFontsMissing from None
