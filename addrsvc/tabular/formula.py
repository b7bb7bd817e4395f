"""Pure: keep text from being read as a formula by whoever opens the file in a spreadsheet.

A cell that begins like a formula gets an apostrophe before it on the way out, and loses it on
the way in, so that a round trip changes nothing.

>>> neutralise("=1+1"), restore("'=1+1"), restore("'tis")
("'=1+1", '=1+1', "'tis")
"""

from __future__ import annotations

import re

_STARTS = "=+\\-@\t\r\n＝＋－＠"
_DANGEROUS = re.compile(rf"'*[{_STARTS}]")
_NEUTRALISED = re.compile(rf"''*[{_STARTS}]")


def neutralise(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would take for a formula."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def restore(text: str) -> str:
    """Take off the apostrophe that :func:`neutralise` put there."""
    return text[1:] if _NEUTRALISED.match(text) else text
