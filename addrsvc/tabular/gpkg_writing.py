"""Write a GeoPackage of one layer of points in EPSG:4326."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyogrio.raw
import shapely

from addrsvc.tabular.columns import unique_names
from addrsvc.tabular.layout import Layout, Row, number
from addrsvc.tabular.waiting import Waiting

_BATCH: Final = 5_000


class GpkgWriter:
    """Text is exact, an empty cell is null; rows without a place have a null geometry.

    Names of columns that differ in capitals only are numbered: SQLite takes them for the same.
    """

    def __init__(self, path: Path, layout: Layout) -> None:
        path.unlink(missing_ok=True)
        self._path, self._layout = path, layout
        names = layout.unique(str.casefold)
        self._places = layout.properties_at
        self._names = [names[at] for at in self._places]
        key, shape = unique_names(["fid", "geom"], str.casefold, taken=names)
        self._options = {"FID": key, "GEOMETRY_NAME": shape}
        self._waiting = Waiting(_BATCH)
        self._is_begun = False
        self._flush()

    def write(self, rows: Sequence[Row]) -> None:
        """Add features."""
        for row in rows:
            if self._waiting.add(row):
                self._flush()

    def _flush(self) -> None:
        rows = self._waiting.take()
        places = map(self._layout.point, rows)
        points = [None if place is None else shapely.Point(place) for place in places]
        more: dict[str, Any] = {} if self._is_begun else {"layer_options": self._options}
        pyogrio.raw.write(
            self._path,
            np.array(shapely.to_wkb(points), dtype=object),
            [self._column(rows, at) for at in self._places],
            self._names,
            layer=self._layout.name,
            driver="GPKG",
            geometry_type="Point",
            crs="EPSG:4326",
            append=self._is_begun,
            **more,
        )
        self._is_begun = True

    def _column(self, rows: Sequence[Row], at: int) -> Any:
        if at in self._layout.numbers_at:
            found = (number(row[at]) for row in rows)
            return np.array([np.nan if each is None else each for each in found], dtype=float)
        return np.array([row[at] or None for row in rows], dtype=object)

    def close(self) -> None:
        """Finish the file: GDAL closed it after each batch."""
        if self._waiting.rows:
            self._flush()
