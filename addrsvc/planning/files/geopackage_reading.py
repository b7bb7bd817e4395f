"""Read the tables of a GeoPackage through SQLite alone, read-only and without GDAL.

GDAL would bring functions, modules and dialects of its own into a stranger's database.

Source: OGC 12-128r18 GeoPackage Encoding Standard 1.3, clauses 1.1.1–2.1.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from addrsvc.planning.files.contents import (
    Cell,
    Layer,
    cell_of,
    check_size,
    chosen_of,
    flat,
    too_large,
)
from addrsvc.planning.files.errors import LayerEmpty, LayerHasCurves, PlanFileDamaged

_VALUE_BYTES: Final = 256 * 2**20
"""Most of one value: a shape of as many vertices as are taken, with heights."""
_BATCH: Final = 2_000
_ENVELOPES: Final = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_CURVED: Final = frozenset(range(8, 15))
"""WKB types from CircularString to Surface."""
_COLLECTION: Final = shapely.GeometryType.GEOMETRYCOLLECTION
_AREAL: Final = {"POLYGON", "MULTIPOLYGON", "GEOMETRY", "SURFACE", "MULTISURFACE", "CURVEPOLYGON",
                 "GEOMETRYCOLLECTION", "GEOMCOLLECTION"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """A table of features."""

    name: str
    geometry_column: str
    geometry_type: str
    crs: str | None


def tables_of(path: Path) -> list[Table]:
    """Give the tables of features there are.

    Raises:
        PlanFileDamaged: the tables that tell of them are not as the standard says.
    """
    with closing(_connect(path)) as database:
        try:
            rows = database.execute(
                "SELECT c.table_name, g.column_name, upper(g.geometry_type_name),"
                " s.organization, s.organization_coordsys_id, s.definition"
                " FROM gpkg_contents c"
                " JOIN gpkg_geometry_columns g ON lower(g.table_name) = lower(c.table_name)"
                " JOIN sqlite_master m ON m.type = 'table' AND lower(m.name) = lower(c.table_name)"
                " LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id"
                " WHERE c.data_type = 'features' ORDER BY c.rowid LIMIT 1000"
            ).fetchall()
        except sqlite3.Error:
            raise PlanFileDamaged(part="gpkg_contents") from None
    return [
        Table(str(name), str(column), str(kind), _crs_of(*system))
        for name, column, kind, *system in rows
    ]


def is_areal(table: Table) -> bool:
    """Tell whether zones can stand in it."""
    return table.geometry_type in _AREAL


def read_geopackage(path: Path, asked: str | None) -> Layer:
    """Read one table of features.

    Raises:
        LayerUnknown, LayerUnclear, LayerEmpty: there is none to read, or no telling which.
        LayerHasCurves: its outlines are arcs.
        PlanFileDamaged: what it says of itself does not hold.
        PlanFileTooLarge, PlanTextTooLarge: over the caps.
    """
    tables = {each.name: each for each in tables_of(path)}
    areal = [name for name, each in tables.items() if is_areal(each)]
    table = tables[chosen_of(asked, list(tables), areal)]
    try:
        with closing(_connect(path)) as database:
            return _read(database, table)
    except sqlite3.DataError:
        raise too_large() from None
    except sqlite3.Error:
        raise PlanFileDamaged(part=table.name[:100]) from None


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _VALUE_BYTES)
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    database.execute("PRAGMA query_only = ON")
    database.text_factory = _text
    return database


def _text(raw: bytes) -> str:
    """Read a text; bytes that are no UTF-8 are of an encoding to be found out."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _crs_of(organization: Any, number: Any, definition: Any) -> str | None:
    """Give EPSG code or WKT; None for the placeholders of no system."""
    if str(organization).upper() == "EPSG" and isinstance(number, int) and number > 0:
        return f"EPSG:{number}"
    text = str(definition or "").strip()
    return None if text.lower() in {"", "undefined"} else text


def _read(database: sqlite3.Connection, table: Table) -> Layer:
    quoted = f'"{table.name.replace(chr(34), chr(34) * 2)}"'
    told = database.execute(f"PRAGMA table_xinfo({quoted})").fetchall()
    names = [str(row[1]) for row in told]
    at = next(
        (n for n, name in enumerate(names) if name.lower() == table.geometry_column.lower()), None
    )
    if at is None:
        raise PlanFileDamaged(part=table.geometry_column[:100])
    others = [n for n, row in enumerate(told) if n != at and not row[5]]  # nor its key
    columns: list[list[Cell]] = [[] for _ in others]
    shapes: list[np.ndarray[Any, Any]] = []
    vertices = zones = 0
    for rows in _batches(database.execute(f"SELECT * FROM {quoted}")):
        made = _shapes([row[at] for row in rows], table.name, zones)
        zones += len(rows)
        vertices += int(shapely.get_num_coordinates(made).sum())
        check_size(zones, vertices, len(others))
        shapes.append(made)
        for n, column in zip(others, columns, strict=True):
            column.extend(None if isinstance(row[n], bytes) else cell_of(row[n]) for row in rows)
    if not zones:
        raise LayerEmpty(layer=table.name[:100])
    named = {str(cell_of(names[n])): column for n, column in zip(others, columns, strict=True)}
    return Layer(table.name, named, flat(np.concatenate(shapes)), table.crs)


def _batches(found: sqlite3.Cursor) -> Iterator[Sequence[tuple[Any, ...]]]:
    while rows := found.fetchmany(_BATCH):
        yield rows


def _shapes(blobs: Sequence[Any], layer: str, before: int) -> np.ndarray[Any, Any]:
    """Give the shapes of blobs; none where they are no shapes."""
    wkb = [_wkb_of(blob) for blob in blobs]
    for n, each in enumerate(wkb, start=before + 1):
        if each is not None and _kind_of(each) in _CURVED:
            raise LayerHasCurves(layer=layer[:100], n=n)
    made: np.ndarray[Any, Any] = shapes_of(wkb)
    collections = made
    try:
        while len(collections := collections[shapely.get_type_id(collections) == _COLLECTION]):
            collections = shapely.get_parts(collections)
    except NotImplementedError:  # an arc within one
        raise LayerHasCurves(layer=layer[:100], n=before + 1) from None
    return made


def shapes_of(wkb: Sequence[bytes | None] | np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Read WKB as it is: rings left open are closed, what is no shape is None, NaN stays."""
    with np.errstate(invalid="ignore"):
        made: np.ndarray[Any, Any] = shapely.from_wkb(np.array(wkb, dtype=object), on_invalid="fix")
    return made


def _kind_of(wkb: bytes) -> int:
    kind = int(struct.unpack_from("<I" if wkb[0] else ">I", wkb, 1)[0])
    return (kind & 0x0FFFFFFF) % 1000


def _wkb_of(blob: object) -> bytes | None:
    """Take the header of a GeoPackage's geometry off; None: it is none."""
    if not isinstance(blob, bytes) or len(blob) < 13 or blob[:2] != b"GP":
        return None
    envelope = _ENVELOPES.get((blob[3] >> 1) & 0b111)
    if envelope is None or len(blob) < 13 + envelope:
        return None
    return blob[8 + envelope :]
