"""Read a file of zones, whatever of the formats it is; inside the child process.

Nothing is judged here but whether it can be read: what is wrong with zones is for the report.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import shapely

from addrsvc.planning.files import geopackage_reading, shapefile_reading
from addrsvc.planning.files.contents import Layer, chosen_of
from addrsvc.planning.files.geojson_reading import NAME, read_geojson
from addrsvc.planning.files.lettering import letter
from addrsvc.planning.files.model import RawZones, ReadOptions
from addrsvc.planning.files.opening import FileKind, Opened, open_file
from addrsvc.planning.files.placing import place


class FoundLayer(NamedTuple):
    """A layer there is to choose."""

    name: str
    is_areal: bool
    """Whether zones can stand in it, by what it says of itself."""


def read_zones(
    path: Path,
    options: ReadOptions,
    *,
    folder: Path | None = None,
    territory: shapely.Geometry | None = None,
) -> RawZones:
    """Read the features of a file.

    Args:
        path: of the file, whatever its name.
        options: what somebody said of it.
        folder: where a zip is unpacked; None: the current one.
        territory: outline in degrees in which the zone of metres without one is looked for.

    Raises:
        AddrsvcError: one of ``errors`` or of ``geo.crs``: it cannot be read, and what to do.
    """
    opened = open_file(path, folder or Path.cwd())
    layers = [each.name for each in _layers_of(opened)]
    with np.errstate(invalid="ignore"):  # coordinates that are no numbers are kept
        layer = _layer_of(opened, options.layer)
        placed = place(layer, options.crs, territory)
    lettered = letter(
        layer.columns, asked=options.encoding, said=layer.encoding, is_bytes=layer.is_bytes
    )
    return RawZones(
        columns=lettered.columns,
        shapes=placed.shapes,
        crs=placed.crs,
        crs_from=placed.crs_from,
        encoding=lettered.encoding,
        encoding_from=lettered.encoding_from,
        layer=layer.name,
        layers=layers,
        is_exchanged=placed.is_exchanged,
    )


def find_layers(path: Path, folder: Path | None = None) -> list[FoundLayer]:
    """Give the layers of a file.

    Raises:
        AddrsvcError: one of ``errors``: it cannot be read, and what to do.
    """
    return _layers_of(open_file(path, folder or Path.cwd()))


def _layers_of(opened: Opened) -> list[FoundLayer]:
    match opened.kind:
        case FileKind.GEOJSON:
            return [FoundLayer(NAME, is_areal=True)]
        case FileKind.GEOPACKAGE:
            return [
                FoundLayer(each.name, geopackage_reading.is_areal(each))
                for each in geopackage_reading.tables_of(opened.path)
            ]
        case FileKind.SHAPEFILE:
            return [
                FoundLayer(name, shapefile_reading.is_areal(path))
                for name, path in opened.shapefiles.items()
            ]


def _layer_of(opened: Opened, asked: str | None) -> Layer:
    if opened.kind is FileKind.GEOJSON:
        return read_geojson(opened.path)
    if opened.kind is FileKind.GEOPACKAGE:
        return geopackage_reading.read_geopackage(opened.path, asked)
    found = _layers_of(opened)
    name = chosen_of(
        asked, [each.name for each in found], [each.name for each in found if each.is_areal]
    )
    return shapefile_reading.read_shapefile(opened.shapefiles[name], name)
