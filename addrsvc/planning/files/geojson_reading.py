"""Read the features of a GeoJSON file one by one, without GDAL.

GDAL asks the network for a reference system given as a URL, and runs a file that describes work
of its own in place of GeoJSON. Here no more than one feature is held as JSON, and vertices are
counted before they are.

Source: RFC 7946; its ``crs`` member is of the specification of 2008.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from addrsvc.planning.files.contents import (
    MAX_COLUMNS,
    Cell,
    Layer,
    cell_of,
    check_size,
    flat,
    too_large,
    too_much_text,
)
from addrsvc.planning.files.errors import CrsRefused, LayerEmpty, NotFeatures, PlanFileDamaged
from addrsvc.planning.files.model import MAX_VERTICES
from addrsvc.tabular.errors import FileBroken, RecordTooLarge
from addrsvc.tabular.json_stream import JsonStream

NAME: Final = "GeoJSON"
"""Of the only layer."""

_FEATURE_LIMIT: Final = 120_000_000
"""Most characters of one feature."""
_BLOCK: Final = 2**24
_DEEPEST: Final = 8
_SHOWN: Final = 100

Places = NDArray[np.float64]


def read_geojson(path: Path) -> Layer:
    """Read a FeatureCollection.

    Raises:
        NotFeatures, PlanFileDamaged: it is none, or no JSON.
        PlanFileTooLarge, PlanTextTooLarge: over the caps.
        CrsRefused: what it states as reference system is none.
        LayerEmpty: no features.
    """
    _check_brackets(path)
    reading = _Reading()
    said: dict[str, Any] = {}
    try:
        for member, value in _members(path):
            if member is None:
                reading.take(value)
            elif member in said:
                raise NotFeatures(place=member[:_SHOWN])
            else:
                said[member] = value
    except FileBroken as error:
        raise PlanFileDamaged(part=f"JSON, dòng (line) {error.line}") from None
    except RecordTooLarge:
        raise too_large() from None
    if said.get("type") != "FeatureCollection" or "features" not in said:
        raise NotFeatures(place=f"type: {said.get('type')}"[:_SHOWN])
    if not reading.shapes:
        raise LayerEmpty(layer=NAME)
    crs = _crs_of(said.get("crs"))
    return Layer(NAME, reading.columns, flat(reading.shapes), crs, crs_if_degrees="EPSG:4326")


def _check_brackets(path: Path) -> None:
    """Refuse too many vertices before any is read: each has a bracket."""
    brackets = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            brackets += block.count(b"[")
            # rings, parts and shapes have some too: the rest is counted exactly
            if brackets > MAX_VERTICES + MAX_VERTICES // 8:
                raise too_large()


def _members(path: Path) -> Iterator[tuple[str | None, Any]]:
    """Give the members of the document but for the features, which come one by one."""
    decoder = json.JSONDecoder(object_pairs_hook=_object)
    with JsonStream(path, decoder, _FEATURE_LIMIT) as stream:
        for name in stream.names():
            if name == "features" and stream.is_list():
                for feature in stream.items():
                    yield None, feature
                yield name, None
            elif name == "features":
                raise NotFeatures(place=name)
            else:
                yield name, stream.value()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


class _Reading:
    """Shapes and columns as they grow, feature by feature."""

    def __init__(self) -> None:
        self.shapes: list[BaseGeometry | None] = []
        self.columns: dict[str, list[Cell]] = {}
        self._vertices = 0
        self._makers: Final[dict[str, Callable[[Any], Any]]] = {
            "Polygon": self._polygon,
            "MultiPolygon": lambda parts: shapely.multipolygons(list(map(self._polygon, parts))),
            "LineString": self._line,
            "MultiLineString": lambda parts: shapely.multilinestrings(list(map(self._line, parts))),
            "Point": self._point,
            "MultiPoint": lambda places: shapely.multipoints(self._places(places)),
        }

    def take(self, feature: object) -> None:
        """Add a feature.

        Raises:
            NotFeatures: it is none.
            PlanFileTooLarge, PlanTextTooLarge: it is more than is taken.
        """
        place = f"features/{len(self.shapes)}"
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise NotFeatures(place=place)
        try:
            self.shapes.append(self._shape(feature.get("geometry"), 0))
            self._add(feature.get("properties") or {})
        except (TypeError, ValueError, OverflowError, KeyError, RecursionError) as error:
            raise NotFeatures(place=place) from error
        check_size(len(self.shapes), self._vertices, len(self.columns))

    def _add(self, properties: Mapping[str, Any]) -> None:
        if not isinstance(properties, dict):
            raise TypeError(properties)
        before = len(self.shapes) - 1
        for said, value in properties.items():
            name = str(cell_of(said))
            column = self.columns.get(name)
            if column is None:
                if len(self.columns) >= MAX_COLUMNS:
                    raise too_much_text()
                column = self.columns[name] = [None] * before
            if len(column) == before:
                column.append(cell_of(value))
        if len(properties) < len(self.columns):
            for column in self.columns.values():
                if len(column) == before:
                    column.append(None)

    def _shape(self, told: Any, depth: int) -> BaseGeometry | None:
        if told is None:
            return None
        if depth > _DEEPEST:
            raise ValueError(depth)
        kind = told["type"]
        if kind == "GeometryCollection":
            parts = [self._shape(each, depth + 1) for each in told["geometries"]]
            return shapely.geometrycollections([each for each in parts if each is not None])
        made: BaseGeometry = self._makers[kind](told["coordinates"])
        return made

    def _polygon(self, rings: Any) -> Any:
        made = [self._ring(each) for each in rings]
        return shapely.polygons(made[0], holes=made[1:] or None) if made else shapely.Polygon()

    def _ring(self, given: Any) -> Any:
        """Make a ring; a point or two are drawn there and back, for the report to tell."""
        places = self._places(given)
        if not len(places):
            return shapely.LinearRing()
        if not np.array_equal(places[0], places[-1], equal_nan=True) or len(places) < 4:
            short = max(4 - len(places), 1)
            places = np.concatenate([places, np.repeat(places[:1], short, axis=0)])
        return shapely.linearrings(places)

    def _point(self, given: Any) -> Any:
        return shapely.Point(self._places([given])[0]) if given else shapely.Point()

    def _line(self, given: Any) -> Any:
        places = self._places(given)
        if len(places) == 1:
            places = np.repeat(places, 2, axis=0)
        return shapely.linestrings(places) if len(places) else shapely.LineString()

    def _places(self, given: Any) -> Places:
        """Give x and y of positions; heights and what else stands there are left out."""
        self._vertices += len(given)
        if self._vertices > MAX_VERTICES:
            raise too_large()
        if not given:
            return np.empty((0, 2))
        try:
            places = np.array(given, dtype=np.float64)
        except ValueError:  # some with heights, some without
            places = np.array([each[:2] for each in given], dtype=np.float64)
        if places.ndim != 2 or places.shape[1] < 2:
            raise ValueError(places.shape)
        return places[:, :2]


def _crs_of(told: Any) -> str | None:
    if told is None:
        return None
    properties = told.get("properties") if isinstance(told, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or told.get("type") != "name":
        raise CrsRefused(said=str(told)[:_SHOWN])
    return name
