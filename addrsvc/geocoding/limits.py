"""How much the geocoder takes and gives at once."""

from __future__ import annotations

from typing import Final

MAX_TEXT: Final = 2_000
"""Longest text taken, in characters; what of it is read, ``parsing.reader`` says."""

MAX_ANSWERS: Final = 20
"""Most answers to one query."""
