"""Write exported rows in each format; text that looks like a formula is disarmed."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import orjson
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from addrsvc.tabular.errors import SheetFull
from addrsvc.tabular.formula import neutralise

COLUMNS: Final = (
    "ref",
    "code",
    "issuer",
    "status",
    "kind",
    "name",
    "unit",
    "floor",
    "building",
    "house_number",
    "thoroughfare",
    "localities",
    "commune_code",
    "commune_name",
    "lon",
    "lat",
    "accuracy_m",
    "method",
    "marks",
    "visibility",
    "parent",
    "source",
    "text",
    "aliases",
    "valid_from",
)
_NUMBERS: Final = frozenset({"lon", "lat", "accuracy_m"})
_PROPERTIES: Final = tuple(name for name in COLUMNS if name not in {"lon", "lat"})
_SHEET_LIMIT: Final = 1_048_575


Flat = dict[str, str]


class Writer(Protocol):
    """A file being written, batch after batch."""

    def write(self, rows: Sequence[Flat]) -> None:
        """Add rows."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...


def _cells(row: Flat) -> list[str]:
    get = row.get
    return [get(name, "") if name in _NUMBERS else neutralise(get(name, "")) for name in COLUMNS]


class CsvWriter:
    """UTF-8 with a byte order mark, so that spreadsheet programs see the accents."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(COLUMNS)

    def write(self, rows: Sequence[Flat]) -> None:
        """Add rows."""
        self._writer.writerows(_cells(row) for row in rows)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class XlsxWriter:
    """One sheet; every cell but the numbers is typed as text."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._book = Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet("addresses")
        self._sheet.freeze_panes = "A2"
        self._sheet.append(list(COLUMNS))
        self._rows = 0

    def write(self, rows: Sequence[Flat]) -> None:
        """Add rows.

        Raises:
            SheetFull: a sheet holds no more.
        """
        self._rows += len(rows)
        if self._rows > _SHEET_LIMIT:
            raise SheetFull
        for row in rows:
            self._sheet.append(
                [self._cell(name, text) for name, text in zip(COLUMNS, _cells(row), strict=True)]
            )

    def _cell(self, name: str, text: str) -> Any:
        if not text:
            return None
        if name in _NUMBERS:
            return float(text)
        cell = WriteOnlyCell(self._sheet, value=text)
        cell.data_type = "s"
        cell.number_format = "@"
        return cell

    def close(self) -> None:
        """Finish the file."""
        self._book.save(self._path)


class GeoJsonWriter:
    """RFC 7946: EPSG:4326, longitude first; a null geometry where no position is known."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._file.write(b'{"type":"FeatureCollection","features":[\n')
        self._divider = itertools.chain([b""], itertools.repeat(b",\n"))

    def write(self, rows: Sequence[Flat]) -> None:
        """Add features."""
        for row in rows:
            self._file.write(next(self._divider) + orjson.dumps(_feature(row)))

    def close(self) -> None:
        """Finish the file."""
        self._file.write(b"\n]}\n")
        self._file.close()


def _feature(row: Flat) -> dict[str, Any]:
    point = None
    if "lon" in row:
        point = {"type": "Point", "coordinates": [float(row["lon"]), float(row["lat"])]}
    properties: dict[str, Any] = {name: row.get(name) for name in _PROPERTIES}
    if "accuracy_m" in row:
        properties["accuracy_m"] = float(row["accuracy_m"])
    return {"type": "Feature", "geometry": point, "properties": properties}


class GpkgWriter:
    """One layer ``addresses`` of points in EPSG:4326."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._append = False
        self.write([])

    def write(self, rows: Sequence[Flat]) -> None:
        """Add features."""
        # these libraries are heavy: other formats do without them
        import numpy as np  # noqa: PLC0415 -- see above
        import pyogrio.raw  # noqa: PLC0415 -- see above
        import shapely  # noqa: PLC0415 -- see above

        points = [
            shapely.Point(float(row["lon"]), float(row["lat"])) if "lon" in row else None
            for row in rows
        ]
        values = [
            np.array([row.get(name) for row in rows], dtype=object)
            for name in _PROPERTIES
            if name != "accuracy_m"
        ]
        values.append(np.array([float(row.get("accuracy_m", "nan")) for row in rows]))
        pyogrio.raw.write(
            self._path,
            np.array(shapely.to_wkb(points), dtype=object),
            values,
            [*(name for name in _PROPERTIES if name != "accuracy_m"), "accuracy_m"],
            layer="addresses",
            driver="GPKG",
            geometry_type="Point",
            crs="EPSG:4326",
            append=self._append,
        )
        self._append = True

    def close(self) -> None:
        """Finish the file: GDAL closed it after each batch."""
