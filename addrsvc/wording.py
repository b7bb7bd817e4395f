"""Pure: numbers, days and moments as people write them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from addrsvc.clock import VIETNAM
from addrsvc.errors import Language

_VIETNAMESE: Final = str.maketrans(",.", ".,")


def number_words(value: float, language: Language, decimals: int = 0) -> str:
    """Write a number, its thousands in groups.

    >>> number_words(286947, "vi"), number_words(286947, "en")
    ('286.947', '286,947')
    >>> number_words(1234.56, "vi", 1), number_words(1234.56, "en", 1)
    ('1.234,6', '1,234.6')
    """
    return figures(f"{value:,.{decimals}f}", language)


def figures(text: str, language: Language) -> str:
    """Give figures written the English way as the language writes them; letters stay.

    >>> figures("33.3%", "vi"), figures("33.3%", "en")
    ('33,3%', '33.3%')
    """
    return text.translate(_VIETNAMESE) if language == "vi" else text


def day_words(day: date, language: Language) -> str:
    """Write a day.

    >>> day_words(date(2025, 7, 1), "vi"), day_words(date(2025, 7, 1), "en")
    ('01/07/2025', '1 July 2025')
    """
    return f"{day:%d/%m/%Y}" if language == "vi" else f"{day.day} {day:%B %Y}"


def moment_words(at: datetime, language: Language) -> str:
    """Write a moment by the clocks of Vietnam.

    >>> moment_words(datetime.fromisoformat("2025-07-01T17:30:00Z"), "vi")
    '00:30, 02/07/2025'
    """
    local = at.astimezone(VIETNAM)
    return f"{local:%H:%M}, {day_words(local.date(), language)}"
