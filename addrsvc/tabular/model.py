"""What a file of rows is read into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from addrsvc.errors import AddrsvcError

Cells = list[str]
"""One record as text; a missing value is the empty string."""


class Record(NamedTuple):
    """One record of a file: its line (row, feature), and its cells or why they are unusable."""

    line: int
    cells: Cells
    error: AddrsvcError | None = None
    spoiled: Mapping[int, AddrsvcError] | None = None
    """Cells that are unusable, by column: it matters only where the column is."""

    def fitted(self, width: int) -> Cells:
        """Give as many cells as there are columns, with nothing lost.

        Cells that are missing are empty; those beyond the last column stay in it, after commas.

        >>> Record(2, ["a"]).fitted(2), Record(3, ["a", "b", "c"]).fitted(2)
        (['a', ''], ['a', 'b,c'])
        """
        cells = self.cells
        if len(cells) == width:
            return cells
        if len(cells) < width:
            return [*cells, *[""] * (width - len(cells))]
        return [*cells[: width - 1], ",".join(cells[width - 1 :])]
