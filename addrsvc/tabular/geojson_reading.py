"""Read points of a GeoJSON file, feature by feature and without GDAL.

GDAL asks the network for a reference system given as a URL, and runs a file that describes work
of its own (``gdal_streamed_alg``) in place of GeoJSON. Neither happens here.

The file is read through once for the names of its properties and its reference system, which may
stand at its end, and again for its features; no more than one feature is held.

Source: RFC 7946; its ``crs`` member is of the specification of 2008.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from addrsvc.tabular.errors import LayerUnreadable, TooManyColumns
from addrsvc.tabular.json_stream import JsonStream
from addrsvc.tabular.limits import COLUMN_LIMIT
from addrsvc.tabular.model import Record
from addrsvc.tabular.row_errors import GeometryRefused
from addrsvc.tabular.texts import as_text

_WGS84: Final = "EPSG:4326"
_LARGEST: Final = 1e12
"""No coordinate of any reference system is larger."""
_NAME: Final = re.compile(r"(http://www\.opengis\.net/def/crs/[A-Z0-9./]{1,40}|[^/\\]{1,200})")


class GeoJson:
    """What a file holds: names of columns, and features to be read more than once."""

    def __init__(self, path: Path) -> None:
        """Read the file through.

        Raises:
            FileBroken: no JSON from some line on.
            RecordTooLarge: a feature, or what stands beside them, is too large to be held.
            LayerUnreadable: no FeatureCollection, or its reference system has no name.
            TooManyColumns: the features have more properties than are read.
        """
        self._path = path
        self._count = 0
        names: dict[str, None] = {}
        said: dict[str, Any] = {}
        try:
            for member, value in self._members():
                if member is not None:
                    said[member] = value
                    continue
                self._count += 1
                names.update(dict.fromkeys(_values(value)))
                if len(names) > COLUMN_LIMIT:
                    raise TooManyColumns(file=path.name, limit=COLUMN_LIMIT)
            self.crs = _crs_of(said)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise LayerUnreadable(file=path.name, layer="1") from error
        self.fields = list(names)

    def __len__(self) -> int:
        """Give the number of features."""
        return self._count

    def records(self) -> Iterator[Record]:
        """Read every feature, numbered from 1, the coordinates as the last two columns."""
        features = (value for member, value in self._members() if member is None)
        for line, feature in enumerate(features, start=1):
            values = _values(feature)
            cells = [as_text(values.get(name)) for name in self.fields]
            shape = feature.get("geometry")
            point = _point_of(shape)
            if shape is None or point == ():
                yield Record(line, [*cells, "", ""])
            elif point is None:
                yield Record(line, [*cells, "", ""], GeometryRefused())
            else:
                yield Record(line, [*cells, *map(repr, point)])

    def _members(self) -> Iterator[tuple[str | None, Any]]:
        """Give the members of the document but for the features, which come one by one."""
        with JsonStream(self._path) as stream:
            for name in stream.names():
                if name == "features" and stream.is_list():
                    for feature in stream.items():
                        yield None, feature
                    yield name, None
                elif name == "features":
                    raise TypeError(name)
                else:
                    yield name, stream.value()


def _values(feature: dict[str, Any]) -> dict[str, Any]:
    """Give the properties, and an id that is a text."""
    values = feature.get("properties") or {}
    own = feature.get("id")
    return {"id": own, **values} if isinstance(own, str) else dict(values)


def _crs_of(document: dict[str, Any]) -> str:
    if document["type"] != "FeatureCollection" or "features" not in document:
        raise ValueError(document["type"])
    if document.get("crs") is None:
        return _WGS84
    name = document["crs"]["properties"]["name"]
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(name)
    return name


def _point_of(shape: object) -> tuple[float, ...] | None:
    """Give longitude and latitude, nothing for an empty shape, None for another kind of it."""
    if not isinstance(shape, dict):
        return None
    place = shape.get("coordinates")
    if shape.get("type") == "MultiPoint" and isinstance(place, list) and len(place) <= 1:
        place = place[0] if place else []
    elif shape.get("type") != "Point":
        return None
    if not isinstance(place, list):
        return None
    if not place:
        return ()
    numbers = [each for each in place if type(each) in {int, float} and abs(each) < _LARGEST]
    if len(numbers) != len(place) or len(place) < 2:
        return None
    return float(place[0]), float(place[1])
