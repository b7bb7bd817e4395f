"""Read points of a GeoPackage through GDAL, with its doors shut, and of GeoJSON without it.

One driver, only by content that begins as the extension says, only plain files: a VRT or
a ``/vsi`` path that would open something else never reaches the library.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyogrio.raw
import pyproj
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
from pyproj.exceptions import CRSError

from addrsvc.geo.geopackage import has_plain_tables
from addrsvc.tabular.columns import unique_names
from addrsvc.tabular.errors import (
    FileBroken,
    FormatUnknown,
    LayerComputed,
    LayerUnreadable,
    LayerWithoutCrs,
    TooManyColumns,
)
from addrsvc.tabular.geojson_reading import GeoJson
from addrsvc.tabular.limits import COLUMN_LIMIT
from addrsvc.tabular.model import Record
from addrsvc.tabular.row_errors import GeometryRefused
from addrsvc.tabular.texts import as_text, single

_SIGNATURES: Final = {".gpkg": b"SQLite format 3\0", ".geojson": b"{", ".json": b"{"}
_BATCH: Final = 20_000
_BATCH_BYTES: Final = 8_000_000

X, Y = "x", "y"
"""Names of the two columns a layer's points become."""


class GeoSource:
    """A layer of points: its columns, and the coordinates as the last two."""

    carries_point = True
    encoding = "utf-8"
    delimiter = ""

    def __init__(self, path: Path, layer: str | None = None, crs: str | None = None) -> None:
        """Open the layer and read its columns.

        Raises:
            FormatUnknown: the content is not what the extension says.
            LayerComputed: a GeoPackage of more than plain tables.
            FileBroken, RecordTooLarge, TooManyColumns: see ``geojson_reading``.
            LayerUnreadable: damaged, or no such layer.
            LayerWithoutCrs: neither the layer nor ``crs`` says the reference system.
        """
        self._path = path.resolve()
        self._layer = layer
        with self._path.open("rb") as file:
            begins = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
        if not begins.startswith(_SIGNATURES[path.suffix.lower()]):
            raise FormatUnknown(file=path.name)
        self._json: GeoJson | None = None
        if path.suffix.lower() != ".gpkg":
            self._json = GeoJson(path)
            found: str | None = self._json.crs
            self._fields, self._count = self._json.fields, len(self._json)
        else:
            found = self._open_package()
        if crs is None and not _is_real(found):
            raise LayerWithoutCrs(file=path.name)
        self.crs: str | None = crs or found
        self.header = [*self._fields, X, Y]
        self.columns = unique_names(self.header)

    def _open_package(self) -> str | None:
        """Read columns and count of the layer; give its reference system."""
        if not has_plain_tables(self._path):
            raise LayerComputed(file=self._path.name)
        info = self._info()
        if info["driver"] != "GPKG":
            raise FormatUnknown(file=self._path.name)
        self._fields = [str(name) for name in info["fields"]]
        if len(self._fields) > COLUMN_LIMIT:
            raise TooManyColumns(file=self._path.name, limit=COLUMN_LIMIT)
        self._count = int(info["features"])
        self._fid = str(info["fid_column"])
        crs: str | None = info["crs"]
        return crs

    def estimate(self) -> int:
        """Give the number of features, for a progress bar."""
        return self._count

    def _info(self) -> dict[str, Any]:
        try:
            info: dict[str, Any] = pyogrio.read_info(
                self._path, layer=self._layer, force_feature_count=True
            )
        except (DataSourceError, DataLayerError, ValueError, UnicodeDecodeError) as error:
            raise LayerUnreadable(file=self._path.name, layer=self._layer or "1") from error
        return info

    def records(self) -> Iterator[Record]:
        """Read every feature, numbered from 1."""
        if self._json is not None:
            yield from self._json.records()
            return
        yield from self._package_records()

    def _package_records(self) -> Iterator[Record]:
        # features of much text come in small batches, so that they fit into the memory
        size = max(1, self._path.stat().st_size // max(self._count, 1))
        batch = min(max(_BATCH_BYTES // size, 1), _BATCH)
        last: int | None = None
        for start in range(0, self._count, batch):
            try:
                _, fids, shapes, values = pyogrio.raw.read(
                    self._path,
                    layer=self._layer,
                    max_features=batch,
                    return_fids=True,
                    **self._after(start, last),
                )
            except (DataSourceError, DataLayerError, FeatureError, ValueError) as error:
                raise FileBroken(file=self._path.name, line=start + 1) from error
            if not len(fids):
                return
            last = int(fids[-1])
            yield from _features(start, shapes, values)

    def _after(self, start: int, last: int | None) -> dict[str, Any]:
        """Go on by key: to pass over many features takes as long as to read them."""
        if last is None or not self._fid:
            return {"skip_features": start}
        name = self._fid.replace('"', '""')
        return {"where": f'"{name}" > {last}'}


def _features(start: int, shapes: Any, values: list[Any]) -> Iterator[Record]:
    points = shapely.from_wkb(shapes, on_invalid="ignore")
    columns = [[_text(value) for value in column] for column in map(_listed, values)]
    for at, point in enumerate(points):
        cells = [column[at] for column in columns]
        line = start + at + 1
        if point is None or point.is_empty:
            yield Record(line, [*cells, "", ""])
        elif point.geom_type == "MultiPoint" and len(point.geoms) == 1:
            only = point.geoms[0]
            yield Record(line, [*cells, repr(only.x), repr(only.y)])
        elif point.geom_type != "Point":
            yield Record(line, [*cells, "", ""], GeometryRefused())
        else:
            yield Record(line, [*cells, repr(point.x), repr(point.y)])


def _listed(column: Any) -> list[Any]:
    if np.issubdtype(column.dtype, np.datetime64):
        column = column.astype("datetime64[us]")
    listed: list[Any] = column.tolist()
    if column.dtype == np.float32:
        return [single(value) for value in listed]
    return listed


def _text(value: object) -> str:
    return as_text(value.tolist() if isinstance(value, np.ndarray) else value)


def _is_real(crs: str | None) -> bool:
    """Tell a reference system from the placeholders GeoPackage has for none."""
    if not crs:
        return False
    try:
        system = pyproj.CRS.from_user_input(crs)
    except CRSError:
        return False
    return not (system.is_engineering or "undefined" in system.name.lower())
