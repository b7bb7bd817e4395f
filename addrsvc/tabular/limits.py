"""Most of what a file of rows may hold in one place, so that memory does not grow with the file."""

from __future__ import annotations

from typing import Final

COLUMN_LIMIT: Final = 1_000

LINE_LIMIT: Final = 100_000
"""Most characters of a line, or of all cells of a record."""

ROWS_LIMIT: Final = 1_048_576
"""Most rows of a sheet, by the format, its header included."""
