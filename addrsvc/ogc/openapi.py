"""Pure: the OpenAPI 3.0 document of these routes, written by hand.

The framework writes 3.1, which OGC clients do not read. GDAL looks up the parameters of each
collection under its own path: how many features a page may have, and what it may filter by.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from addrsvc.errors import Language
from addrsvc.ogc.collections import COLLECTIONS
from addrsvc.ogc.describing import DESCRIPTION, GEOJSON, JSON, SCHEMA, TITLE, schema_of
from addrsvc.ogc.model import Collection
from addrsvc.ogc.parameters import COUNTS, LIMIT, MOST
from addrsvc.ogc.parameters import JSON as CQL2_JSON
from addrsvc.ogc.parameters import TEXT as CQL2_TEXT
from addrsvc.ogc.systems import CRS84, SYSTEMS

PROBLEM: Final = "application/problem+json"


def _query(name: str, schema: dict[str, Any], description: str, **more: Any) -> dict[str, Any]:
    given = {"name": name, "in": "query", "required": False, "description": description}
    return {**given, "schema": schema, **more}


_TEXT: Final = {"type": "string"}
_SYSTEM: Final = {"type": "string", "format": "uri", "default": CRS84.uri, "enum": list(SYSTEMS)}
_NUMBERS: Final = {
    "oneOf": [
        {"type": "array", "minItems": 4, "maxItems": 4, "items": {"type": "number"}},
        {"type": "array", "minItems": 6, "maxItems": 6, "items": {"type": "number"}},
    ]
}

PARAMETERS: Final[dict[str, dict[str, Any]]] = {
    "f": _query("f", {"type": "string", "enum": ["json"]}, "format of the answer"),
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
        "/conformance": {"get": _get("conformance", "Conformance classes", ["f"])},
        "/collections": {"get": _get("collections", "Collections", ["f"])},
    }
    for each in listed:
        here = f"/collections/{each.id}"
        name = each.title.in_(language)
        items = _get(f"{each.id}.items", name, list(PARAMETERS), "features", GEOJSON)
        items["parameters"] += [
            _query(told.name, schema_of(told, language), told.title.in_(language))
            for told in each.properties
        ]
        item = _get(f"{each.id}.item", name, ["crs", "f"], "feature", GEOJSON)
        item["parameters"].insert(
            0, {"name": "featureId", "in": "path", "required": True, "schema": _TEXT}
        )
        told = _get(f"{each.id}.queryables", name, ["f"], "queryables", SCHEMA)
        paths |= {
            here: {"get": _get(each.id, name, ["f"], "collection")},
            f"{here}/queryables": {"get": told},
            f"{here}/items": {"get": items},
            f"{here}/items/{{featureId}}": {"get": item},
        }
        if each.scope is not None:
            for path in (
                here,
                f"{here}/queryables",
                f"{here}/items",
                f"{here}/items/{{featureId}}",
            ):
                paths[path]["get"]["security"] = [{"key": []}]
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
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


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
        *PARAMETERS.values(),
        *(_query(name, _TEXT, "property of some collections: equal to") for name in names),
    ]
