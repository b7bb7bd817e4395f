"""How much the geocoder takes and gives at once."""

from __future__ import annotations

from typing import Final

MAX_TEXT: Final = 2_000
"""Longest text taken, in characters; what of it is read, ``parsing.reader`` says."""

MAX_ANSWERS: Final = 20
"""Most answers to one query."""

MAX_ITEMS: Final = 1_000
"""Most items of one batch sent inline."""
