"""Pure: the OpenAPI 3.0 document of these routes, written by hand.

The framework writes 3.1, which OGC clients do not read. GDAL looks up the parameters of each
collection under its own path: how many features a page may have, and what it may filter by.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from addrsvc.errors import Language
from addrsvc.ogc.collections import COLLECTIONS
from addrsvc.ogc.describing import (
    DESCRIPTION,
    GEOJSON,
    JSON,
    OPENAPI,
    SCHEMA,
    TITLE,
    schema_of,
)
from addrsvc.ogc.model import Collection
from addrsvc.ogc.parameters import COMMON, COUNTS, LIMIT, MOST
from addrsvc.ogc.parameters import JSON as CQL2_JSON
from addrsvc.ogc.parameters import TEXT as CQL2_TEXT
from addrsvc.ogc.systems import CRS84, SYSTEMS
from addrsvc.ogc.tilesets import MATRICES, MVT, TILED, WHOLE

PROBLEM: Final = "application/problem+json"
_SCHEMES: Final = {
    "key": {"type": "http", "scheme": "bearer", "description": "an API key or access token"},
    "basic": {
        "type": "http",
        "scheme": "basic",
        "description": "the same as the password, whatever the user name: for QGIS and GDAL",
    },
}


def _query(name: str, schema: dict[str, Any], description: str, **more: Any) -> dict[str, Any]:
    given = {"name": name, "in": "query", "required": False, "description": description}
    return {**given, "schema": schema, **more}


_TEXT: Final = {"type": "string"}
_SYSTEM: Final = {"type": "string", "format": "uri", "default": CRS84.uri, "enum": list(SYSTEMS)}
_FROM_ZERO: Final = {"type": "integer", "minimum": 0}
_NUMBERS: Final = {
    "oneOf": [
        {"type": "array", "minItems": 4, "maxItems": 4, "items": {"type": "number"}},
        {"type": "array", "minItems": 6, "maxItems": 6, "items": {"type": "number"}},
    ]
}

PARAMETERS: Final[dict[str, dict[str, Any]]] = {
    "f": _query("f", {"type": "string", "enum": ["json"]}, "format of the answer"),
    "f-tile": _query("f", {"type": "string", "enum": ["mvt"]}, "format of the tile"),
    "limit": _query(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT},
        "most features of a page; more is taken as the maximum",
        style="form",
        explode=False,
    ),
    "bbox": _query(
        "bbox",
        _NUMBERS,
        "features that meet a box: lower corner, upper corner, in the axis order of bbox-crs; "
        "heights are passed over; west of east may be greater across the antimeridian",
        style="form",
        explode=False,
    ),
    "bbox-crs": _query("bbox-crs", _SYSTEM, "reference system of bbox"),
    "datetime": _query(
        "datetime",
        _TEXT,
        "day, moment or interval (2025-06-01/2025-07-01, ../2025-06-30, 2025-07-01/..) on which "
        "features hold; left out: today",
        style="form",
        explode=False,
    ),
    "crs": _query("crs", _SYSTEM, "reference system of the answer, in its axis order"),
    "filter": _query("filter", {"type": "string", "maxLength": 4_000}, "CQL2: see filter-lang"),
    "filter-lang": _query(
        "filter-lang",
        {"type": "string", "enum": [CQL2_TEXT, CQL2_JSON], "default": CQL2_TEXT},
        "language of filter",
    ),
    "filter-crs": _query("filter-crs", _SYSTEM, "reference system of coordinates in filter"),
    "cursor": _query("cursor", _TEXT, "where the next page begins: follow the link instead"),
    "count": _query(
        "count",
        {"type": "string", "enum": list(COUNTS)},
        "also tell how many answer the question: exact (numberMatched), or as the database "
        "expects (numberMatchedEstimate)",
    ),
}

_LINKS: Final = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["href", "rel"],
        "properties": dict.fromkeys(("href", "rel", "type", "title"), _TEXT),
    },
}
_FEATURE: Final = {
    "type": "object",
    "required": ["type", "geometry", "properties"],
    "properties": {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": {"oneOf": [_TEXT, {"type": "integer"}]},
        "geometry": {"type": "object", "nullable": True},
        "properties": {"type": "object", "nullable": True},
        "links": _LINKS,
    },
}
_TILESET: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["dataType", "crs", "tileMatrixSetURI", "links"],
    "properties": {
        **dict.fromkeys(("title", "dataType", "crs", "tileMatrixSetURI"), _TEXT),
        "links": _LINKS,
    },
}
SCHEMAS: Final[dict[str, Any]] = {
    "landing": {
        "type": "object",
        "required": ["links"],
        "properties": {"title": _TEXT, "description": _TEXT, "links": _LINKS},
    },
    "conformance": {
        "type": "object",
        "required": ["conformsTo"],
        "properties": {"conformsTo": {"type": "array", "items": _TEXT}},
    },
    "collection": {
        "type": "object",
        "required": ["id", "links"],
        "properties": {
            "id": _TEXT,
            "title": _TEXT,
            "description": _TEXT,
            "links": _LINKS,
            "extent": {"type": "object"},
            "itemType": _TEXT,
            "crs": {"type": "array", "items": _TEXT},
            "storageCrs": _TEXT,
        },
    },
    "collections": {
        "type": "object",
        "required": ["links", "collections"],
        "properties": {
            "links": _LINKS,
            "crs": {"type": "array", "items": _TEXT},
            "collections": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/collection"},
            },
        },
    },
    "queryables": {"type": "object"},
    "tilesets": {
        "type": "object",
        "required": ["tilesets"],
        "properties": {"links": _LINKS, "tilesets": {"type": "array", "items": _TILESET}},
    },
    "tileset": {
        **_TILESET,
        "required": [*_TILESET["required"], "tileMatrixSetLimits"],
        "properties": {
            **_TILESET["properties"],
            "description": _TEXT,
            "boundingBox": {"type": "object"},
            "layers": {"type": "array", "items": {"type": "object"}},
            "tileMatrixSetLimits": {"type": "array", "items": {"type": "object"}},
        },
    },
    "feature": _FEATURE,
    "features": {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": {"$ref": "#/components/schemas/feature"}},
            "links": _LINKS,
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberMatchedEstimate": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
            "asOf": {"type": "string", "format": "date"},
            "notice": _TEXT,
        },
    },
    "api": {"type": "object"},
    "problem": {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
        },
    },
}


def document(base: str, listed: Sequence[Collection], language: Language) -> dict[str, Any]:
    """Give the document; ``base``: where the routes begin."""
    paths: dict[str, Any] = {
        "/": {"get": _get("landing", "Landing page", ["f"])},
        "/api": {"get": _get("api", "This document", ["f"], "api", OPENAPI)},
        "/conformance": {"get": _get("conformance", "Conformance classes", ["f"])},
        "/collections": {"get": _get("collections", "Collections", ["f"])},
        **_paths_of_tiles("", "", WHOLE.title.in_(language)),
    }
    for each in listed:
        paths |= _paths_of(each, language)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": TITLE.in_(language),
            "description": DESCRIPTION.in_(language),
            "version": "1.0.0",
        },
        "servers": [{"url": base}],
        "paths": paths,
        "components": {
            "parameters": PARAMETERS,
            "schemas": SCHEMAS,
            "securitySchemes": _SCHEMES,
        },
    }


def _paths_of(told: Collection, language: Language) -> dict[str, Any]:
    """Give the routes of a collection, with the parameters it alone has."""
    here, name = f"/collections/{told.id}", told.title.in_(language)
    items = _get(f"{told.id}.items", name, COMMON, "features", GEOJSON)
    items["parameters"] += [
        _query(each.name, schema_of(each, language), each.title.in_(language))
        for each in told.properties
    ]
    item = _get(f"{told.id}.item", name, ["crs", "f"], "feature", GEOJSON)
    item["parameters"].insert(0, _in_path("featureId", _TEXT))
    asked = _get(f"{told.id}.queryables", name, ["f"], "queryables", SCHEMA)
    paths = {
        here: {"get": _get(told.id, name, ["f"], "collection")},
        f"{here}/queryables": {"get": asked},
        f"{here}/items": {"get": items},
        f"{here}/items/{{featureId}}": {"get": item},
    }
    if told.id in TILED:
        paths |= _paths_of_tiles(here, f"{told.id}.", name)
    if told.scope is not None:
        for each in paths.values():
            each["get"]["security"] = [{scheme: []} for scheme in _SCHEMES]
    return paths


def _paths_of_tiles(here: str, prefix: str, name: str) -> dict[str, Any]:
    """Give the routes of the tiles of something."""
    tile = _get(f"{prefix}tile", name, ["f-tile"], "", MVT)
    tile["parameters"] = [
        *(_in_path(each, _FROM_ZERO) for each in ("tileMatrix", "tileRow", "tileCol")),
        *tile["parameters"],
    ]
    tile["responses"]["200"]["content"][MVT] = {"schema": {"type": "string", "format": "binary"}}
    one = f"{here}/tiles/{MATRICES}"
    return {
        f"{here}/tiles": {"get": _get(f"{prefix}tilesets", name, ["f"], "tilesets")},
        one: {"get": _get(f"{prefix}tileset", name, ["f"], "tileset")},
        f"{one}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": {"get": tile},
    }


def _in_path(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _get(
    name: str,
    summary: str,
    parameters: Sequence[str],
    schema: str = "",
    media_type: str = JSON,
) -> dict[str, Any]:
    answer = {"schema": {"$ref": f"#/components/schemas/{schema or name}"}}
    problem = {"schema": {"$ref": "#/components/schemas/problem"}}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [{"$ref": f"#/components/parameters/{each}"} for each in parameters],
        "responses": {
            "200": {"description": "OK", "content": {media_type: answer}},
            "default": {"description": "refused", "content": {PROBLEM: problem}},
        },
    }


def parameters_of_framework() -> list[dict[str, Any]]:
    """Give the parameters of items for the framework's own document."""
    names = sorted({told.name for each in COLLECTIONS.values() for told in each.properties})
    return [
        *(PARAMETERS[name] for name in COMMON),
        *(_query(name, _TEXT, "property of some collections: equal to") for name in names),
    ]
