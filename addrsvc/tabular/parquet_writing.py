"""Write Parquet: columns of text, those added that hold numbers as doubles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from addrsvc.tabular.layout import Layout, Row, number
from addrsvc.tabular.waiting import Waiting

_GROUP_ROWS: Final = 50_000
_GROUP_CELLS: Final = 1_000_000
"""Most cells of a group of rows, which is held in the memory."""


class ParquetWriter:
    """Text is exact, an empty cell is null; names that repeat are numbered."""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._numbers = layout.numbers_at
        names = layout.unique()
        kinds = [pa.float64() if at in self._numbers else pa.string() for at in range(len(names))]
        self._schema = pa.schema(list(zip(names, kinds, strict=True)))
        group = max(min(_GROUP_CELLS // max(len(names), 1), _GROUP_ROWS), 1)
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._waiting = Waiting(group)

    def write(self, rows: Sequence[Row]) -> None:
        """Add rows."""
        for row in rows:
            if self._waiting.add(row):
                self._flush()

    def _flush(self) -> None:
        columns = list(zip(*self._waiting.take(), strict=True))
        arrays = [
            pa.array(
                [number(cell) if at in self._numbers else cell or None for cell in column],
                self._schema.field(at).type,
            )
            for at, column in enumerate(columns)
        ]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        """Finish the file."""
        if self._waiting.rows:
            self._flush()
        self._writer.close()
