"""Tell what a file of zones is from its content, and take a zip apart; inside the child process.

Names and endings of what was sent decide nothing: a VRT is a VRT under any name. Nothing that
names another file or host is followed.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from addrsvc.geo.geopackage import has_plain_tables
from addrsvc.planning.files.errors import (
    NotFeatures,
    PlanFileComputed,
    PlanFileDamaged,
    PlanFormatRefused,
    PlanFormatUnknown,
    ShapefileIncomplete,
)
from addrsvc.planning.files.unzipping import Unzipped, unzip

_HEAD: Final = 4_096
_SPACE: Final = b" \t\r\n"
_FOREIGN: Final[tuple[tuple[re.Pattern[bytes], str], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), name)
    for pattern, name in (
        (rb"\s*(<\?xml.*?)?<OGRVRT", "VRT"),
        (rb"\s*(<\?xml.*?)?<kml", "KML"),
        (rb"\s*<", "XML (GML, KML…)"),
        (rb"\s*(0|999)\s*\r?\n|AutoCAD Binary DXF", "DXF (AutoCAD)"),
        (rb"AC10\d\d", "DWG (AutoCAD)"),
        (rb"[\x08\xc8]\x09|\xd0\xcf\x11\xe0", "DGN (MicroStation)"),
        (rb"\s*!table", "MapInfo TAB"),
        (rb"\s*version\s+\d+", "MapInfo MIF"),
        (rb"%PDF", "PDF"),
        (rb"Rar!", "RAR"),
        (rb"7z\xbc\xaf", "7z"),
        (rb"\x1f\x8b", "gzip"),
        (rb"fgb", "FlatGeobuf"),
        (rb"PAR1", "Parquet"),
        (rb"II[*+]\0|MM\0[*+]|\x89PNG|\xff\xd8\xff", "ảnh (image)"),
    )
)
_MAPPED: Final = {
    "gdbtable": "File Geodatabase (.gdb)",
    "tab": "MapInfo TAB",
    "mif": "MapInfo MIF",
    "kml": "KMZ",
    "dgn": "DGN (MicroStation)",
    "dwg": "DWG (AutoCAD)",
    "dxf": "DXF (AutoCAD)",
    "vrt": "VRT",
}
"""What a zip is, by the endings in it, where it is no map read here."""
_SINGLE: Final = ("gpkg", "geojson", "json")


class FileKind(StrEnum):
    """What is read here."""

    GEOJSON = "geojson"
    GEOPACKAGE = "gpkg"
    SHAPEFILE = "shp"


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose kind is known, with what a zip held."""

    kind: FileKind
    path: Path
    """Of the file; of a Shapefile: the folder of its parts."""
    shapefiles: Mapping[str, Path]
    """Layer names to paths of .shp, each with .shx and .dbf beside it; else none."""


def open_file(path: Path, place: Path) -> Opened:
    """Tell the kind of a file, and unpack what is zipped into ``place``.

    Raises:
        PlanFormatRefused, PlanFormatUnknown, NotFeatures: it is not of a kind read here.
        PlanFileDamaged, PlanFileComputed, ShapefileIncomplete: of a kind, but not to be read.
        ArchiveTooLarge, ArchiveUnsafe: a zip that is not unpacked.
    """
    if not path.is_file():  # GDAL's /vsi… is no file either
        raise PlanFormatUnknown
    head = _head_of(path)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _open_zip(path, place)
    return _open_plain(path, head)


def _head_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _open_plain(path: Path, head: bytes) -> Opened:
    if head.startswith(b"SQLite format 3\0"):
        _check_package(path)
        return Opened(FileKind.GEOPACKAGE, path, {})
    if head.startswith(b"\x00\x00\x27\x0a"):
        raise ShapefileIncomplete(layer="?", missing=".dbf")
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip(_SPACE)
    if begins.startswith(b"{"):
        return Opened(FileKind.GEOJSON, path, {})
    if begins.startswith(b"["):
        raise NotFeatures(place="[")
    for pattern, name in _FOREIGN:
        if pattern.match(begins):
            raise PlanFormatRefused(found=name)
    raise PlanFormatUnknown


def _check_package(path: Path) -> None:
    """Refuse an SQLite file that is no GeoPackage, or computes its rows."""
    if not has_plain_tables(path):
        raise PlanFileComputed
    try:
        with closing(
            sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as database:
            known = database.execute(
                "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND lower(name) IN"
                " ('gpkg_contents', 'gpkg_geometry_columns', 'gpkg_spatial_ref_sys')"
            ).fetchone()[0]
    except sqlite3.Error:
        raise PlanFileDamaged(part="SQLite") from None
    if known != 3:
        raise PlanFormatRefused(found="SQLite")


def _open_zip(path: Path, place: Path) -> Opened:
    unzipped = unzip(path, place, (*_PARTS, *_SINGLE))
    parts = unzipped.parts
    layers = {stem: found for stem, found in parts.items() if "shp" in found}
    if not layers:
        return _open_other(unzipped)
    for stem, found in layers.items():
        missing = [f".{ending}" for ending in ("shx", "dbf") if ending not in found]
        if missing:
            raise ShapefileIncomplete(layer=stem, missing=", ".join(missing))
        for ending in ("shp", "shx"):
            if not _head_of(found[ending]).startswith(b"\x00\x00\x27\x0a"):
                raise PlanFileDamaged(part=f"{stem}.{ending}")
    return Opened(FileKind.SHAPEFILE, place, {stem: found["shp"] for stem, found in layers.items()})


_PARTS: Final = ("shp", "shx", "dbf", "prj", "cpg")


def _open_other(unzipped: Unzipped) -> Opened:
    """Open what is zipped and no Shapefile: one file of another kind, or nothing read here."""
    single = [
        each for found in unzipped.parts.values() for end, each in found.items() if end in _SINGLE
    ]
    if len(single) == 1:
        return _open_plain(single[0], _head_of(single[0]))
    if "[content_types].xml" in unzipped.names:
        raise PlanFormatRefused(found="Office (.xlsx, .docx)")
    for ending, name in _MAPPED.items():
        if any(each.endswith(f".{ending}") for each in unzipped.names):
            raise PlanFormatRefused(found=name)
    present = [stem for stem, found in unzipped.parts.items() if found]
    if present:
        raise ShapefileIncomplete(layer=present[0], missing=".shp")
    raise PlanFormatUnknown
