"""How much the geocoder takes and gives at once."""

from __future__ import annotations

from typing import Final

MAX_TEXT: Final = 500
"""Longest text taken, in characters: an address is not an essay."""

MAX_ANSWERS: Final = 20
"""Most answers to one query."""
