"""Read a Shapefile unpacked under a name of ours: .shp, .shx and .dbf through GDAL.

What the parts say of their sizes is compared with what is there, and vertices are counted, before
GDAL sees them. It sees neither .prj nor .cpg: those are read here, as text.

Source: ESRI Shapefile Technical Description (1998); dBASE III+ header.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyogrio.raw
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError

from addrsvc.planning.files.contents import Cell, Layer, cell_of, check_size, flat
from addrsvc.planning.files.errors import LayerEmpty, PlanFileDamaged, PlanFormatRefused
from addrsvc.planning.files.geopackage_reading import shapes_of

_HEADER: Final = 100
_AREAL: Final = {5, 15, 25}
_WITH_POINTS: Final = {3, 5, 8, 13, 15, 18, 23, 25, 28}
_MULTIPOINTS: Final = {8, 18, 28}
_MULTIPATCH: Final = 31
_SHORT: Final = 100_000
"""No .prj or .cpg is longer."""


def read_shapefile(path: Path, name: str) -> Layer:
    """Read the layer whose .shp this is.

    Raises:
        PlanFileDamaged: its parts are cut short or contradict each other.
        PlanFormatRefused: surfaces in space.
        PlanFileTooLarge, PlanTextTooLarge: over the caps.
        LayerEmpty: no features.
    """
    zones, columns = _check_records(path, name), _check_table(path, name)
    if not zones:
        raise LayerEmpty(layer=name)
    check_size(zones, 0, columns)
    try:
        meta, _, wkb, values = pyogrio.raw.read(
            path, encoding="ISO-8859-1", force_2d=True, datetime_as_string=True
        )
    except (DataSourceError, DataLayerError, FeatureError, FieldError, ValueError) as error:
        raise PlanFileDamaged(part=name) from error
    named = {
        str(field): _cells(column) for field, column in zip(meta["fields"], values, strict=True)
    }
    return Layer(
        name,
        named,
        flat(shapes_of(wkb)),
        _text_of(path.with_suffix(".prj.txt")),
        is_bytes=True,
        encoding=_text_of(path.with_suffix(".cpg.txt")),
    )


def is_areal(path: Path) -> bool:
    """Tell whether zones can stand in it, by what its header says."""
    with path.open("rb") as file:
        head = file.read(_HEADER)
    return len(head) == _HEADER and int(struct.unpack_from("<i", head, 32)[0]) in _AREAL


def _check_records(path: Path, name: str) -> int:
    """Count records and vertices as GDAL will: by the index, whatever it points to.

    Returns:
        The number of records.
    """
    index = np.fromfile(path.with_suffix(".shx"), dtype=np.uint8)
    shapes: NDArray[np.uint8] = np.memmap(path, dtype=np.uint8, mode="r")
    if len(index) < _HEADER or len(shapes) < _HEADER:
        raise PlanFileDamaged(part=f"{name}.shp, .shx")
    for part, ending in ((index, "shx"), (shapes, "shp")):
        if int.from_bytes(part[24:28].tobytes(), "big") * 2 > len(part):
            raise PlanFileDamaged(part=f"{name}.{ending}")
    if int.from_bytes(shapes[32:36].tobytes(), "little") == _MULTIPATCH:
        raise PlanFormatRefused(found="Shapefile MultiPatch (3D)")
    count = (len(index) - _HEADER) // 8
    check_size(count, 0)
    records = index[_HEADER : _HEADER + count * 8].view(">u4").reshape(-1, 2).astype(np.int64) * 2
    starts, lengths = records[:, 0] + 8, records[:, 1]
    if (starts + lengths > len(shapes)).any() or (starts < _HEADER + 8).any():
        raise PlanFileDamaged(part=f"{name}.shp, .shx")
    long = lengths >= 44
    kinds = _numbers(shapes, starts[long])
    is_multipoint = np.isin(kinds, list(_MULTIPOINTS))
    points = _numbers(shapes, starts[long] + np.where(is_multipoint, 36, 40))
    points = points[np.isin(kinds, list(_WITH_POINTS))]
    if (points < 0).any() or (points * 16 > len(shapes)).any():
        raise PlanFileDamaged(part=f"{name}.shp")
    check_size(count, int(points.sum()))
    return count


def _numbers(shapes: NDArray[np.uint8], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Read whole numbers of four bytes, the low one first."""
    found = np.ascontiguousarray(shapes[places[:, None] + np.arange(4)])
    return found.view("<i4").reshape(-1).astype(np.int64)


def _check_table(path: Path, name: str) -> int:
    """Compare the header of the .dbf with its length; give the number of columns."""
    table = path.with_suffix(".dbf")
    with table.open("rb") as file:
        head = file.read(32)
    if len(head) < 32:
        raise PlanFileDamaged(part=f"{name}.dbf")
    rows, header, row = struct.unpack_from("<IHH", head, 4)
    if header < 33 or header + rows * row > table.stat().st_size + 1:
        raise PlanFileDamaged(part=f"{name}.dbf")
    return int(header - 33) // 32


def _cells(column: NDArray[Any]) -> list[Cell]:
    listed: list[Any] = column.tolist()
    return [cell_of(value) for value in listed]


def _text_of(path: Path) -> str | None:
    """Read a side file as the text it is; None: there is none, or nothing in it."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        text = file.read(_SHORT).decode("utf-8-sig", "replace").strip("\0 \t\r\n")
    return text or None
