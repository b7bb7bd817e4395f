"""For addok's own environment: a house number is one glued token, ``hn123x45x6a``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


def flag_house_numbers(tokens: Iterable[Any]) -> Iterator[Any]:
    """Mark glued house numbers, wherever they stand."""
    for token in tokens:
        if token.startswith("hn") and token[2:3].isalnum():
            token.kind = "housenumber"
        yield token
