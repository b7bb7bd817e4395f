"""Rows that wait for others, for formats that are written in larger parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from addrsvc.tabular.layout import Row, clean

CHARACTERS_LIMIT: Final = 4_000_000
"""Most text that waits, however few the rows; it is in the memory several times over."""


class Waiting:
    """Some rows, until there are so many, or so much text."""

    def __init__(self, rows_limit: int) -> None:
        self._limit = rows_limit
        self._characters = 0
        self.rows: list[list[str]] = []

    def add(self, row: Row) -> bool:
        """Keep a row; tell whether it is time to write all that wait."""
        kept = clean(row)
        self.rows.append(kept)
        self._characters += sum(map(len, kept))
        return len(self.rows) >= self._limit or self._characters >= CHARACTERS_LIMIT

    def take(self) -> Sequence[list[str]]:
        """Give all rows and keep none."""
        rows, self.rows, self._characters = self.rows, [], 0
        return rows
