"""Read boundaries from a GeoPackage, GeoJSON or Shapefile on this machine.

What a file is, is told from its first bytes, not only from its name, before GDAL sees it: GDAL
follows links to other files and hosts in many formats, none of which is let through. GeoJSON is
parsed without GDAL. Shapes come out in EPSG:4326, unchecked but for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyogrio
import pyproj
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from addrsvc.admin_units.boundary_errors import (
    BoundaryCrsMissing,
    BoundaryFileTooLarge,
    BoundaryFileUnreadable,
    BoundaryLayerUnclear,
)
from addrsvc.geo import crs as reference_systems
from addrsvc.geo.geopackage import has_plain_tables

MAX_MIB = 500
MAX_FEATURES = 20_000

_GEOPACKAGE_IDS = {b"GPKG", b"GP10", b"GP11"}  # application id of the SQLite header


@dataclass(frozen=True, slots=True)
class RawBoundaries:
    """What a file holds: one shape and one row of values each."""

    shapes: Sequence[BaseGeometry | None]
    """EPSG:4326; coordinates that could not be transformed are infinite."""
    columns: dict[str, list[Any]]
    crs_name: str
    """As the file or the operator names it."""
    vn2000_epsg: int | None
    """Zone of the pinned transformation; None: the file is in another system."""


def read_boundaries(path: Path, *, layer: str | None, crs: str | None) -> RawBoundaries:
    """Read a file of boundaries.

    Args:
        path: a regular file on this machine.
        layer: name of the layer; None: the file has only one.
        crs: reference system that overrides the file's; None: the file says it.

    Raises:
        BoundaryFileUnreadable: no such file, another format, or damaged.
        BoundaryFileTooLarge: over the caps.
        BoundaryLayerUnclear: several layers, none chosen.
        BoundaryCrsMissing: neither file nor operator says the reference system.
        CrsNotUnderstood: the operator's is not readable.
    """
    given = None if crs is None else reference_systems.parse(crs)
    kind = _format_of(path)
    if kind == "geojson":
        shapes, columns, own = _read_geojson(path)
    else:
        if kind == "gpkg" and not has_plain_tables(path):
            reason = "not of plain tables only · không chỉ gồm bảng thường"
            raise BoundaryFileUnreadable(file=path.name, reason=reason)
        shapes, columns, own = _read_ogr(path, layer)
    system = given or own
    if system is None or not (system.is_geographic or system.is_projected or system.is_bound):
        raise BoundaryCrsMissing(file=path.name)
    return RawBoundaries(
        shapes=_to_wgs84(shapes, system),
        columns=columns,
        crs_name=system.name,
        vn2000_epsg=reference_systems.vn2000_of(system),
    )


def _format_of(path: Path) -> str:
    if not path.is_file():
        raise BoundaryFileUnreadable(file=str(path), reason="no such file · không có tệp này")
    if path.stat().st_size > MAX_MIB * 2**20:
        raise _too_large(path)
    with path.open("rb") as file:
        head = file.read(512)
    suffix = path.suffix.lower()
    if suffix == ".gpkg" and head.startswith(b"SQLite format 3\0"):
        if head[68:72] in _GEOPACKAGE_IDS:
            return "gpkg"
    elif suffix == ".shp" and head.startswith(b"\x00\x00\x27\x0a"):
        return "shp"
    elif suffix in {".geojson", ".json"} and head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return "geojson"
    raise BoundaryFileUnreadable(file=path.name, reason="not such a file · không đúng định dạng")


def _too_large(path: Path) -> BoundaryFileTooLarge:
    return BoundaryFileTooLarge(file=path.name, max_mib=MAX_MIB, max_features=MAX_FEATURES)


Contents = tuple[list[BaseGeometry | None], dict[str, list[Any]], pyproj.CRS | None]


def _read_geojson(path: Path) -> Contents:
    """Read a FeatureCollection; without the ``crs`` member of old it is WGS 84."""
    try:
        document = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
        features = document["features"]
        if len(features) > MAX_FEATURES:
            raise _too_large(path)
        shapes = [
            None
            if each["geometry"] is None
            else shapely.from_geojson(orjson.dumps(each["geometry"]))
            for each in features
        ]
        rows = [dict(each.get("properties") or {}) for each in features]
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, GEOSException) as error:
        reason = f"{type(error).__name__}: {str(error)[:120]}"
        raise BoundaryFileUnreadable(file=path.name, reason=reason) from error
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {str(name): [row.get(name) for row in rows] for name in names}
    named = document.get("crs")
    if not isinstance(named, dict):
        return shapes, columns, reference_systems.parse("EPSG:4326")
    properties = named.get("properties")
    text = properties.get("name") if isinstance(properties, dict) else None
    return shapes, columns, reference_systems.parse(str(text))


def _shape_of(geometry: dict[str, Any] | None) -> BaseGeometry | None:
    return None if geometry is None else shapely.from_geojson(orjson.dumps(geometry))


def _read_ogr(path: Path, layer: str | None) -> Contents:
    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        if layer is None and len(layers) > 1:
            raise BoundaryLayerUnclear(file=path.name, layers=", ".join(layers))
        chosen = layer or next(iter(layers), None)
        if pyogrio.read_info(path, layer=chosen)["features"] > MAX_FEATURES:
            raise _too_large(path)
        meta, _, wkb, values = pyogrio.raw.read(path, layer=chosen)
    except (DataSourceError, DataLayerError) as error:
        raise BoundaryFileUnreadable(file=path.name, reason=str(error)[:160]) from error
    columns = {str(name): list(column) for name, column in zip(meta["fields"], values, strict=True)}
    own = None if meta["crs"] is None else reference_systems.parse(meta["crs"])
    return list(shapely.from_wkb(wkb, on_invalid="ignore")), columns, own


def _to_wgs84(
    shapes: Sequence[BaseGeometry | None], system: pyproj.CRS
) -> list[BaseGeometry | None]:
    def moved(xy: np.ndarray[Any, np.dtype[np.float64]]) -> Any:
        return np.column_stack(
            reference_systems.transform_to_wgs84(system, list(xy[:, 0]), list(xy[:, 1]))
        )

    flat = [None if each is None else shapely.force_2d(each) for each in shapes]
    if system.to_epsg() == reference_systems.WGS84:
        return flat
    return [
        each if each is None or each.is_empty else shapely.transform(each, moved) for each in flat
    ]
