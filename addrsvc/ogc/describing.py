"""Pure: what tells a client what there is: landing page, conformance, collections, queryables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from addrsvc.errors import Language, Text
from addrsvc.ogc import tilesets
from addrsvc.ogc.model import SCHEMAS, Collection, Property
from addrsvc.ogc.parameters import GEOMETRY
from addrsvc.ogc.systems import CRS84, SYSTEMS
from addrsvc.types import BBox

JSON: Final = "application/json"
GEOJSON: Final = "application/geo+json"
SCHEMA: Final = "application/schema+json"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
QUERYABLES: Final = "http://www.opengis.net/def/rel/ogc/1.0/queryables"

TITLE: Final = Text("Địa chỉ số: OGC API", "Digital addresses: OGC API")
DESCRIPTION: Final = Text(
    "Đơn vị hành chính theo ngày, khu phố, ấp, đường và quy hoạch đã công bố, mở cho mọi phần mềm; "
    "địa chỉ cần khóa API.",
    "Administrative units by date, localities, thoroughfares and published plans, open to any "
    "software; addresses need an API key.",
)

_FEATURES: Final = "http://www.opengis.net/spec/ogcapi-features-"
_CQL2: Final = "http://www.opengis.net/spec/cql2/1.0/conf/"
CONFORMANCE: Final = (
    *(f"{_FEATURES}1/1.0/conf/{each}" for each in ("core", "geojson", "oas30")),
    f"{_FEATURES}2/1.0/conf/crs",
    *(
        f"{_FEATURES}3/1.0/conf/{each}"
        for each in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"{_CQL2}{each}"
        for each in (
            "cql2-text",
            "cql2-json",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "accent-insensitive-comparison",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
            "property-property",
        )
    ),
    *tilesets.CONFORMANCE,
)
"""Exactly the classes that hold."""


def link(href: str, rel: str, media_type: str, title: str = "") -> dict[str, str]:
    """Give one link."""
    told = {"href": href, "rel": rel, "type": media_type}
    return {**told, "title": title} if title else told


def landing(base: str, language: Language) -> dict[str, Any]:
    """Give the landing page; ``base``: where these routes begin, without a slash at its end."""
    return {
        "title": TITLE.in_(language),
        "description": DESCRIPTION.in_(language),
        "links": [
            link(base, "self", JSON),
            link(f"{base}/api", "service-desc", OPENAPI, "OpenAPI 3.0"),
            link(f"{base.removesuffix('/ogc')}/docs", "service-doc", "text/html"),
            link(f"{base}/conformance", "conformance", JSON),
            link(f"{base}/collections", "data", JSON),
            link(f"{base}/tiles", tilesets.RELATION, JSON),
        ],
    }


def collections(
    base: str, listed: Sequence[Collection], extent: BBox | None, language: Language
) -> dict[str, Any]:
    """Give the list of collections."""
    return {
        "links": [link(f"{base}/collections", "self", JSON)],
        "crs": list(SYSTEMS),
        "collections": [
            {**collection(base, each, extent, language), "crs": ["#/crs"]} for each in listed
        ],
    }


def collection(
    base: str, told: Collection, extent: BBox | None, language: Language
) -> dict[str, Any]:
    """Give what one collection is."""
    here = f"{base}/collections/{told.id}"
    description = told.description.in_(language)
    if told.notice is not None:
        description += f" {told.notice.in_(language)}"
    body: dict[str, Any] = {
        "id": told.id,
        "title": told.title.in_(language),
        "description": description,
        "itemType": "feature",
        "crs": list(SYSTEMS),
        "storageCrs": CRS84.uri,
        "links": [
            link(here, "self", JSON),
            link(f"{here}/items", "items", GEOJSON, told.title.in_(language)),
            link(f"{here}/queryables", QUERYABLES, SCHEMA),
        ],
    }
    if told.id in tilesets.TILED:
        body["links"].append(link(f"{here}/tiles", tilesets.RELATION, JSON))
    span: dict[str, Any] = {}
    if extent is not None:
        box = [extent.west, extent.south, extent.east, extent.north]
        span["spatial"] = {"bbox": [box], "crs": CRS84.uri}
    if told.known_from is not None:
        interval = [[f"{told.known_from}T00:00:00+07:00", None]]
        span["temporal"] = {"interval": interval}
    return {**body, "extent": span} if span else body


def queryables(base: str, told: Collection, language: Language) -> dict[str, Any]:
    """Give what a collection may be asked by, as a JSON schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{base}/collections/{told.id}/queryables",
        "type": "object",
        "title": told.title.in_(language),
        "description": told.description.in_(language),
        "properties": {
            GEOMETRY: {
                "title": told.title.in_(language),
                "format": f"geometry-{told.geometry.lower()}",
                "x-ogc-role": "primary-geometry",
            },
            **{each.name: schema_of(each, language) for each in told.properties},
        },
        "additionalProperties": False,
    }


def schema_of(told: Property, language: Language) -> dict[str, Any]:
    """Give what values of a property are, as a JSON schema."""
    schema = {"title": told.title.in_(language), **SCHEMAS[told.type]}
    return {**schema, "enum": list(told.values)} if told.values else schema


def around(base: str, told: Collection, day: date, language: Language) -> dict[str, Any]:
    """Give what stands beside features: where they are from, the day, and what to mind."""
    body: dict[str, Any] = {"asOf": day.isoformat()}
    if told.notice is not None:
        body["notice"] = told.notice.in_(language)
    body["links"] = [
        link(f"{base}/collections/{told.id}", "collection", JSON, told.title.in_(language))
    ]
    return body
