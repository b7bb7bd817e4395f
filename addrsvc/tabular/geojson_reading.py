"""Read points of a GeoJSON file without GDAL, which would fetch what the file names.

GDAL asks the network for a reference system given as a URL, and runs a file that describes work
of its own (``gdal_streamed_alg``) in place of GeoJSON. Neither happens here.

Source: RFC 7946; its ``crs`` member is of the specification of 2008.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from addrsvc.tabular.errors import ArchiveRefused, LayerUnreadable
from addrsvc.tabular.model import Record
from addrsvc.tabular.row_errors import GeometryRefused

SIZE_LIMIT: Final = 300_000_000
"""Most bytes of a file: it is read whole."""
_WGS84: Final = "EPSG:4326"
_NAME: Final = re.compile(r"(http://www\.opengis\.net/def/crs/[A-Z0-9./]{1,40}|[^/\\]{1,200})")
_LARGEST: Final = 1e15


class GeoJson:
    """What a file holds: names of columns, and features to be read more than once."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Raises:
            ArchiveRefused: too large to be read whole.
            LayerUnreadable: no FeatureCollection, or its reference system has no name.
        """
        if path.stat().st_size > SIZE_LIMIT:
            raise ArchiveRefused(file=path.name)
        try:
            document = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
            self._features = _features_of(document)
            names = [name for each in self._features for name in _values(each)]
            self.crs = _crs_of(document)
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise LayerUnreadable(file=path.name, layer="1") from error
        self.fields = list(dict.fromkeys(names))

    def __len__(self) -> int:
        """Give the number of features."""
        return len(self._features)

    def records(self) -> Iterator[Record]:
        """Read every feature, numbered from 1, the coordinates as the last two columns."""
        for line, feature in enumerate(self._features, start=1):
            values = _values(feature)
            cells = [_text(values.get(name)) for name in self.fields]
            shape = feature.get("geometry")
            point = _point_of(shape)
            if shape is None or point == ():
                yield Record(line, [*cells, "", ""])
            elif point is None:
                yield Record(line, [*cells, "", ""], GeometryRefused())
            else:
                yield Record(line, [*cells, *map(repr, point)])


def _features_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    if document["type"] != "FeatureCollection":
        raise ValueError(document["type"])
    return list(document["features"])


def _values(feature: dict[str, Any]) -> dict[str, Any]:
    """Give the properties, and an id that is a text."""
    values = feature.get("properties") or {}
    own = feature.get("id")
    return {"id": own, **values} if isinstance(own, str) else dict(values)


def _crs_of(document: dict[str, Any]) -> str:
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
    numbers = [
        each for each in place if isinstance(each, int | float) and not isinstance(each, bool)
    ]
    if len(numbers) != len(place) or len(place) < 2:
        return None
    return float(place[0]), float(place[1])


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _LARGEST else repr(value)
    if isinstance(value, dict | list):
        return orjson.dumps(value).decode()
    return str(value)
