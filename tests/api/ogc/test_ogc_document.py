"""The OpenAPI 3.0 document of the OGC routes says what there is, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from access_world import routes_of
from fastapi import FastAPI
from registry_fixtures import IssueKey
from schemathesis.specs.openapi.definitions import OPENAPI_30_VALIDATOR
from service_settings import service_settings

from addrsvc.auth.model import Scope
from addrsvc.ogc.collections import COLLECTIONS
from addrsvc.ogc.parameters import LIMIT, MOST
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

OUTSIDE = "https://dia-chi.example.vn/so"
"""Where a proxy serves the whole application, below a path of its own."""

EXAMPLES = {"featureId": "1", "tileMatrix": "16", "tileRow": "30771", "tileCol": "52192"}


@pytest.fixture
def settings(registry_url: str) -> Settings:
    return service_settings(registry_url, public_url=f"{OUTSIDE}/")


def _resolved(document: dict[str, Any], parameter: dict[str, Any]) -> dict[str, Any]:
    name = parameter.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = document["components"]["parameters"][name] if name else parameter
    return found


async def test_the_document_is_that_of_the_routes(
    app: FastAPI, client: httpx.AsyncClient, issue_key: IssueKey
) -> None:
    key = {"Authorization": f"Bearer {await issue_key(Scope.ADDRESSES_READ)}"}
    answer = await client.get("/ogc/api", headers=key)
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    document: dict[str, Any] = answer.json()
    assert document["openapi"].startswith("3.0.")
    # the schema of the OpenAPI Initiative
    assert [each.message for each in OPENAPI_30_VALIDATOR.iter_errors(document)] == []
    for name in re.findall(r'"\$ref":"#/components/([^"]+)"', answer.text):
        kind, _, leaf = name.partition("/")
        assert leaf in document["components"][kind], name
    operations = [each["get"] for each in document["paths"].values()]
    names = [each["operationId"] for each in operations]
    assert len(names) == len(set(names))
    assert document["servers"] == [{"url": f"{OUTSIDE}/ogc"}]

    # each route is there, and each path is a route
    named = f"/({'|'.join(COLLECTIONS)})"
    templates = {
        re.sub(f"^/collections{named}", "/collections/{collection}", each)
        for each in document["paths"]
    }
    places = dict(
        zip(
            ("featureId", "tileMatrix", "tileRow", "tileCol"),
            ("feature_id", "z", "y", "x"),
            strict=True,
        )
    )
    told = set()
    for each in templates:
        path = re.sub(r"\{(\w+)\}", lambda found: f"{{{places.get(found[1], found[1])}}}", each)
        told.add(f"GET /ogc{path}".removesuffix("/"))
    assert told == {each for each in routes_of(app) if each.startswith("GET /ogc")}

    # each route says which parameters it knows when asked by another
    for path, item in document["paths"].items():
        parameters = [_resolved(document, each) for each in item["get"]["parameters"]]
        in_path = [each["name"] for each in parameters if each["in"] == "path"]
        assert in_path == re.findall(r"\{(\w+)\}", path)
        asked = f"/ogc{path.format(**EXAMPLES)}".removesuffix("/")
        refused = await client.get(f"{asked}?nope=1", headers=key)
        assert refused.status_code == 400, asked
        assert refused.json()["known"].split(", ") == [
            each["name"] for each in parameters if each["in"] == "query"
        ], asked
    limit = document["components"]["parameters"]["limit"]["schema"]
    assert (limit["minimum"], limit["default"], limit["maximum"]) == (1, LIMIT, MOST)

    everybody = (await client.get("/ogc/api")).json()
    hidden = set(document["paths"]) - set(everybody["paths"])
    assert hidden == {each for each in document["paths"] if "/addresses" in each}
    for each in hidden:
        assert document["paths"][each]["get"]["security"] == [{"key": []}, {"basic": []}]


async def test_links_lead_where_the_asker_came_from(
    client: httpx.AsyncClient, issue_key: IssueKey
) -> None:
    """Every link of every answer, followed to its end: of the type it says, below the proxy."""
    key = {"Authorization": f"Bearer {await issue_key(Scope.ADDRESSES_READ)}"}
    seen: dict[str, str] = {}
    left = [(f"{OUTSIDE}/ogc", "application/json")]
    while left:
        href, media_type = left.pop()
        assert href.startswith(OUTSIDE), href
        if href in seen:
            continue
        seen[href] = media_type
        asked = href.removeprefix(OUTSIDE)
        answer = await client.get(asked, headers=key)
        assert answer.status_code == 200, href
        assert answer.headers["content-type"].partition("; ")[0] == media_type, href
        head = await client.head(asked, headers=key)
        assert (head.status_code, head.headers["content-type"]) == (
            200,
            answer.headers["content-type"],
        ), href
        if "json" not in media_type or media_type.startswith("application/vnd.oai"):
            continue
        body = answer.json()
        if body.get("type") == "FeatureCollection" or "collections" in body:
            assert body["links"], href
        inner = [*body.get("collections", []), *body.get("tilesets", [])]
        links = [link for each in (body, *inner) for link in each.get("links", [])]
        selves = [each["href"] for each in body.get("links", []) if each["rel"] == "self"]
        assert selves in ([href], []), href
        for link in links:
            if link.get("templated"):
                continue
            if link["href"].startswith(OUTSIDE):
                left.append((link["href"], link["type"]))
            else:
                assert link["rel"].endswith("tiling-scheme"), link
    assert len(seen) > 30
    assert f"{OUTSIDE}/ogc/collections/addresses/items" in seen
