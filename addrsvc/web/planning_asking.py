"""Pure: the fields beside the box of the planning page: a day, and a zone of VN-2000."""

from __future__ import annotations

from datetime import date
from typing import Final

from addrsvc.geo.crs import ZONES

MAX_CORNERS_TEXT: Final = 40_000
"""Characters; a certificate has a few dozen corners."""


def read_day(text: str | None, today: date) -> date | None:
    """Read the day asked about: an empty one is today; None: it is no day.

    >>> read_day("", date(2026, 1, 5)), read_day("5/1", date(2026, 1, 5))
    (datetime.date(2026, 1, 5), None)
    """
    if text is None or not text.strip():
        return today
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def read_zone(text: str | None) -> int | None:
    """Read the number of a zone of VN-2000; None: it is none.

    >>> read_zone("9210"), read_zone("4326"), read_zone("x")
    (9210, None, None)
    """
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) == 4 else 0
    return number if number in ZONES else None
