"""Pure: features as GeoJSON, in the reference system asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import shapely

from addrsvc.errors import Language
from addrsvc.ogc.collections import ZONES
from addrsvc.ogc.model import Collection
from addrsvc.ogc.systems import CRS84, System, to_system
from addrsvc.planning.code_lists import use_of

Feature = dict[str, Any]


def features_of(
    collection: Collection,
    rows: Sequence[Mapping[str, Any]],
    ids: Sequence[str | int],
    system: System,
    language: Language,
) -> list[Feature]:
    """Give rows as features; rings run as RFC 7946 wants them."""
    shapes = shapely.from_wkb([each["wkb"] for each in rows])
    turned = shapely.orient_polygons(shapes) if collection.geometry.endswith("Polygon") else shapes
    if system is not CRS84:
        turned = shapely.transform(turned, lambda points: to_system(system, points))
    told = shapely.to_geojson(turned)
    return [
        {
            "type": "Feature",
            "id": identity,
            "geometry": None if shape is None else orjson.Fragment(shape),
            "properties": _properties(collection, each, language),
        }
        for each, identity, shape in zip(rows, ids, told, strict=True)
    ]


def _properties(
    collection: Collection, found: Mapping[str, Any], language: Language
) -> dict[str, Any]:
    told = {each.name: found[each.name] for each in collection.properties}
    if collection is ZONES:
        use = use_of(found["code_list"], found["code"], found["label"])
        told["land_use"] = use.name.in_(language)
    return told
