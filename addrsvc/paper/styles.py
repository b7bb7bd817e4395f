"""Pure: styles of printed texts and tables.

Names, codes and numbers come from files and papers of anybody: they are escaped, without control
characters and cut to a length, before they become paragraphs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Table

from addrsvc.paper.fonts import BOLD, FONT

MAX_TEXT: Final = 300
"""Characters of a text that is not ours."""

_MARK: Final = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_PILED: Final = re.compile(f"({_MARK}{{2}}){_MARK}+")

RULE: Final = HexColor("#b0b0b0")
TEXT: Final = ParagraphStyle("text", fontName=FONT, fontSize=8.5, leading=11.5)
SMALL: Final = ParagraphStyle("small", parent=TEXT, fontSize=7, leading=9)
RIGHT: Final = ParagraphStyle("right", parent=TEXT, alignment=2)
STRONG: Final = ParagraphStyle("strong", parent=TEXT, fontName=BOLD)
HEAD: Final = ParagraphStyle("head", parent=STRONG, fontSize=10.5, leading=14, spaceBefore=8)
TITLE: Final = ParagraphStyle("title", parent=STRONG, fontSize=15, leading=20)
WARNING: Final = ParagraphStyle("warning", parent=STRONG, textColor=HexColor("#a00000"))
NOTICE: Final = ParagraphStyle(
    "notice", parent=STRONG, borderColor=RULE, borderWidth=0.6, borderPadding=4,
    spaceBefore=8, spaceAfter=8,
)  # fmt: skip

TIGHT: Final = [("TOPPADDING", (0, 0), (-1, -1), 1.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5)]
"""Rows of tables close to one another."""


def shown(text: object) -> str:
    r"""Give a text of a bearable length, on one line, without control characters.

    Accents are joined to their letters (NFC): set apart, they would be printed beside them. Of
    accents piled upon one another two stay.

    >>> shown("a\x00\u202eb \n c"), len(shown("A\u0302\u0301p")), len(shown("x" + "\u0301" * 99))
    ('a b c', 2, 3)
    """
    joined = _PILED.sub(r"\1", unicodedata.normalize("NFC", str(text)))
    said = "".join(" " if unicodedata.category(c) in {"Cc", "Cf"} else c for c in joined)
    said = " ".join(said.split())
    return said if len(said) <= MAX_TEXT else f"{said[: MAX_TEXT - 1]}…"


def plain(text: object) -> str:
    r"""Give a text that cannot be markup, of a bearable length, without control characters.

    >>> plain("</para><b>x"), plain("a\x00\u202eb")
    ('&lt;/para&gt;&lt;b&gt;x', 'a b')
    """
    return escape(shown(text))


def words(text: object, style: ParagraphStyle = TEXT) -> Paragraph:
    """Give a paragraph of a text that is no markup."""
    return Paragraph(plain(text), style)


def ruled(table: list[list[Any]], widths_mm: Sequence[float], more: Sequence[Any]) -> Flowable:
    """Give a table with lines, its first row repeated on each page.

    Args:
        table: rows of texts and paragraphs.
        widths_mm: of its columns.
        more: commands of style, in the library's words.
    """
    drawn = Table(table, colWidths=[each * mm for each in widths_mm], repeatRows=1, hAlign="LEFT")
    drawn.setStyle([
        ("FONT", (0, 0), (-1, -1), FONT, 8),
        ("GRID", (0, 0), (-1, -1), 0.4, RULE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        *TIGHT,
        *more,
    ])  # fmt: skip
    return drawn
