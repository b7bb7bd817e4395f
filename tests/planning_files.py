"""Small files of invented zones, sound and hostile."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely

from addrsvc.geo import crs as reference_systems
from addrsvc.parsing.legacy_encodings import decode_text
from addrsvc.types import LonLat

HERE = (106.65, 10.98)
"""A corner of the first zone of all these, degrees."""


def zones(count: int = 3) -> list[Any]:
    """Give squares side by side, degrees."""
    lon, lat = HERE
    return [shapely.box(lon + n / 1e3, lat, lon + (n + 1) / 1e3, lat + 1e-3) for n in range(count)]


def in_metres(shapes: Sequence[Any], epsg: int = 9210) -> list[Any]:
    """Project shapes into a zone of VN-2000."""

    def moved(places: Any) -> Any:
        return [reference_systems.to_vn2000(LonLat(*each), epsg) for each in places]

    return [shapely.transform(each, moved) for each in shapes]


def exchanged(shapes: Sequence[Any]) -> list[Any]:
    return [shapely.transform(each, lambda places: places[:, ::-1]) for each in shapes]


def write_geojson(
    path: Path, shapes: Sequence[Any], texts: Sequence[str] = (), **members: Any
) -> Path:
    """Write a FeatureCollection; shapes are of shapely, None, or GeoJSON as it is."""
    features = [
        {
            "type": "Feature",
            "properties": {"MA": text},
            "geometry": shape
            if shape is None or isinstance(shape, dict)
            else shapely.geometry.mapping(shape),
        }
        for shape, text in zip(shapes, texts or ["ODT"] * len(shapes), strict=True)
    ]
    document = {"type": "FeatureCollection", **members, "features": features}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def write_ogr(
    path: Path,
    shapes: Sequence[Any],
    texts: Sequence[str] = (),
    *,
    layer: str = "quy_hoach",
    crs: str = "EPSG:9210",
    driver: str = "GPKG",
    kind: str = "Polygon",
) -> Path:
    """Write or add a layer with GDAL."""
    values = np.array(texts or ["ODT"] * len(shapes), dtype=object)
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(np.array(shapes, dtype=object)),
        field_data=[values],
        fields=np.array(["MA"], dtype=object),
        layer=layer,
        driver=driver,
        geometry_type=kind,
        crs=crs,
        encoding=None if driver == "GPKG" else "ISO-8859-1",
        append=path.exists(),
    )
    return path


def shapefile_parts(
    shapes: Sequence[Any],
    texts: Sequence[str] = (),
    *,
    crs: str = "EPSG:9210",
    kind: str = "Polygon",
) -> dict[str, bytes]:
    """Give the parts of a Shapefile by ending; texts go in as the bytes of Latin-1 they are."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.shp"
        write_ogr(path, shapes, texts, layer="x", crs=crs, driver="ESRI Shapefile", kind=kind)
        parts = {each.suffix: each.read_bytes() for each in Path(folder).iterdir()}
    del parts[".cpg"]
    return parts


def write_zip(path: Path, entries: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return path


def write_shapefile(path: Path, parts: Mapping[str, bytes], stem: str = "quy_hoach") -> Path:
    return write_zip(path, {f"{stem}{ending}": content for ending, content in parts.items()})


def spoiled(path: Path, *statements: str) -> Path:
    """Change a GeoPackage as only a hostile hand would."""
    with closing(sqlite3.connect(path)) as database:
        for each in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            database.create_function(each, 1, lambda _: 0.0)
        database.execute("PRAGMA writable_schema = ON")
        for each in statements:
            database.execute(each)
        database.commit()
    return path


def in_bytes(text: str, encoding: str) -> str:
    """Give what Latin-1 shows for a text in the encoding of an old font."""
    if encoding == "vni":
        letters = {
            "Đ": "Ñ",
            "đ": "ñ",
            "ấ": "aá",
            "ở": "ôû",
            "ị": "ò",
            "ồ": "oà",
            "ạ": "aï",
            "ô": "oâ",
        }
        return "".join(letters.get(each, each) for each in text)
    table = {decode_text(bytes([byte]), encoding): chr(byte) for byte in range(255, 0x9F, -1)}
    return "".join(each if each.isascii() else table[each] for each in text)


def star(points: int) -> Any:
    """Give a ring that crosses itself more often than it has points."""
    lon, lat = HERE
    angles = np.arange(points) * 2 * np.pi * (points // 2) / points
    return shapely.Polygon(
        np.column_stack([lon + np.cos(angles) / 1e3, lat + np.sin(angles) / 1e3])
    )
