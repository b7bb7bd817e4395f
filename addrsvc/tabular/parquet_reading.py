"""Read Parquet batch by batch: every type as the text a person would write.

The points of a GeoParquet column become the last two columns, as those of a layer do. Shapes kept
in an encoding of their own, other than points, are refused in words. What a file says of its own
sizes is judged before any of it is unpacked (``parquet_checking.py``).

Source: GeoParquet 1.1 (``geo`` in the metadata of the file).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from addrsvc.errors import AddrsvcError
from addrsvc.tabular.columns import unique_names
from addrsvc.tabular.errors import FileBroken, FileEmpty, LayerUnreadable
from addrsvc.tabular.limits import LINE_LIMIT
from addrsvc.tabular.model import Cells, Record
from addrsvc.tabular.parquet_checking import check_parquet, open_parquet
from addrsvc.tabular.row_errors import CellTooLong, GeometryRefused
from addrsvc.tabular.texts import as_text, single

X, Y = "x", "y"
"""Names of the two columns the points become."""

_BATCH: Final = 5_000
_BATCH_BYTES: Final = 4_000_000
"""Most bytes of a batch of records of the mean size."""
_CRS84: Final = "EPSG:4326"
"""Longitude first, as coordinates always are here; what a file means that names no system."""
_KEPT: Final = 200
"""Characters kept of a cell that is too long."""


class ParquetSource:
    """A table; ``records`` may be asked for any number of times."""

    encoding = "utf-8"
    delimiter = ""

    def __init__(self, path: Path, crs: str | None = None) -> None:
        """Read the schema.

        Raises:
            FormatUnknown: not Parquet, or encrypted.
            TableTooLarge: it cannot be read in small parts.
            TooManyColumns, FileEmpty: as they say.
            LayerUnreadable: its metadata are damaged, or its shapes of an encoding not read here.
        """
        self._path = path
        self._groups = check_parquet(path)
        self._count = sum(group.rows for group in self._groups)
        self.crs: str | None = None
        self._shape: str | None = None
        try:
            with open_parquet(path) as file:
                self._dictionaries = _text_columns(file.schema)
                schema = file.schema_arrow
                said = (file.metadata.metadata or {}).get(b"geo")
                if said is not None:
                    self._shape, self.crs = _shape_of(orjson.loads(said))
        except (
            pa.ArrowException,
            OSError,
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
        ) as error:
            raise LayerUnreadable(file=path.name, layer="1") from error
        self._at = [at for at, name in enumerate(schema.names) if name != self._shape]
        self._shape_at = None if self._shape is None else schema.get_field_index(self._shape)
        if self._shape_at == -1:
            raise LayerUnreadable(file=path.name, layer=str(self._shape))
        if crs is not None:
            self.crs = crs
        self.carries_point = self._shape is not None
        self.header = [schema.names[at] for at in self._at]
        if not self.header:
            raise FileEmpty(file=path.name)
        if self.carries_point:
            self.header += [X, Y]
        self.columns = unique_names(self.header)

    def estimate(self) -> int:
        """Give the number of records."""
        return self._count

    def records(self) -> Iterator[Record]:
        """Read every record, numbered from 1."""
        line = 0
        try:
            with open_parquet(self._path, dictionaries=self._dictionaries) as file:
                for group in range(len(self._groups)):
                    for batch in self._batches(file, group):
                        for cells, error in self._rows(batch):
                            line += 1
                            yield _bounded(Record(line, cells, error), self.columns)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise FileBroken(file=self._path.name, line=line + 1) from error
        if line != self._count:
            raise FileBroken(file=self._path.name, line=line + 1)

    def _batches(self, file: pq.ParquetFile, group: int) -> Iterator[pa.RecordBatch]:
        said = self._groups[group]
        size = max(1, said.size // max(said.rows, 1))
        rows = min(max(_BATCH_BYTES // size, 1), _BATCH)
        yield from file.iter_batches(batch_size=rows, row_groups=[group], use_threads=False)

    def _rows(self, batch: pa.RecordBatch) -> Iterator[tuple[Cells, AddrsvcError | None]]:
        columns = [_cells_of(batch.column(at)) for at in self._at]
        rows = map(list, zip(*columns, strict=True))
        if self._shape_at is None:
            for cells in rows:
                yield cells, None
            return
        for cells, (point, error) in zip(rows, _points(batch.column(self._shape_at)), strict=True):
            yield [*cells, *point], error


def _text_columns(schema: pq.ParquetSchema) -> list[str]:
    """Give the columns of text: a long one repeated must not be unpacked a thousand times."""
    columns = [schema.column(at) for at in range(len(schema))]
    return [
        each.path
        for each in columns
        if each.physical_type == "BYTE_ARRAY"
        and each.max_repetition_level == 0
        and each.path == each.name
    ]


def _shape_of(said: dict[str, Any]) -> tuple[str, str]:
    """Give the column of shapes and its reference system."""
    name = said["primary_column"]
    column = said["columns"][name]
    if column["encoding"].upper() not in {"WKB", "POINT"}:
        raise ValueError(column["encoding"])
    crs = column.get("crs", _CRS84)
    if crs is None:
        raise ValueError(name)
    if isinstance(crs, dict):
        known = crs.get("id", {})
        is_84 = (known.get("authority"), str(known.get("code"))) in {
            ("OGC", "CRS84"),
            ("EPSG", "4326"),
        }
        return str(name), _CRS84 if is_84 else orjson.dumps(crs).decode()
    return str(name), str(crs)


def _cells_of(column: pa.Array) -> list[str]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        words = _cells_of(column.dictionary)
        return ["" if at is None else words[at] for at in column.indices.to_pylist()]
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return ["" if value is None else value for value in column.to_pylist()]
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    if pa.types.is_time64(kind) and kind.unit == "ns":
        column = column.cast(pa.time64("us"), safe=False)
    if pa.types.is_duration(kind) and kind.unit == "ns":
        column = column.cast(pa.duration("us"), safe=False)
    values = column.to_pylist()
    if pa.types.is_float32(kind) or pa.types.is_float16(kind):
        values = [None if value is None else single(value) for value in values]
    return [as_text(value) for value in values]


def _points(column: pa.Array) -> Iterator[tuple[tuple[str, str], AddrsvcError | None]]:
    """Give the coordinates of each shape, or why it has none."""
    for value in column.to_pylist():
        if value is None:
            yield ("", ""), None
        elif isinstance(value, dict):
            found = value.get("x"), value.get("y")
            yield (as_text(found[0]), as_text(found[1])), None
        else:
            point = shapely.from_wkb(value, on_invalid="ignore")
            if point is None or point.geom_type != "Point":
                yield ("", ""), GeometryRefused()
            elif point.is_empty:
                yield ("", ""), None
            else:
                yield (repr(point.x), repr(point.y)), None


def _bounded(record: Record, columns: list[str]) -> Record:
    """Cut a record of more text than is taken, and say where it is."""
    if sum(map(len, record.cells)) <= LINE_LIMIT:
        return record
    longest = max(range(len(record.cells)), key=lambda at: len(record.cells[at]))
    cells = [cell[:_KEPT] for cell in record.cells]
    return record._replace(cells=cells, error=CellTooLong(field=columns[longest], limit=LINE_LIMIT))
