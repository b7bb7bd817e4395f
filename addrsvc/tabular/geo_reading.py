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
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj.exceptions import CRSError

from addrsvc.geo.geopackage import has_plain_tables
from addrsvc.tabular.errors import FormatUnknown, LayerComputed, LayerUnreadable, LayerWithoutCrs
from addrsvc.tabular.geojson_reading import GeoJson
from addrsvc.tabular.model import Record
from addrsvc.tabular.row_errors import GeometryRefused

_SIGNATURES: Final = {".gpkg": b"SQLite format 3\0", ".geojson": b"{", ".json": b"{"}
_BATCH = 20_000

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
            ArchiveRefused: GeoJSON too large to be read whole.
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
        self.columns = [*self._fields, X, Y]

    def _open_package(self) -> str | None:
        """Read columns and count of the layer; give its reference system."""
        if not has_plain_tables(self._path):
            raise LayerComputed(file=self._path.name)
        info = self._info()
        if info["driver"] != "GPKG":
            raise FormatUnknown(file=self._path.name)
        self._fields = [str(name) for name in info["fields"]]
        self._count = int(info["features"])
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
        for start in range(0, self._count, _BATCH):
            try:
                _, _, shapes, values = pyogrio.raw.read(
                    self._path, layer=self._layer, skip_features=start, max_features=_BATCH
                )
            except (DataSourceError, DataLayerError, ValueError) as error:
                raise LayerUnreadable(file=self._path.name, layer=self._layer or "1") from error
            yield from _features(start, shapes, values)


def _features(start: int, shapes: Any, values: list[Any]) -> Iterator[Record]:
    points = shapely.from_wkb(shapes, on_invalid="ignore")
    columns = [[_text(value) for value in column.tolist()] for column in values]
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


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        if np.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _is_real(crs: str | None) -> bool:
    """Tell a reference system from the placeholders GeoPackage has for none."""
    if not crs:
        return False
    try:
        system = pyproj.CRS.from_user_input(crs)
    except CRSError:
        return False
    return not (system.is_engineering or "undefined" in system.name.lower())
