"""HTTP routes of OGC API Features: ``/ogc``, for GDAL, QGIS and whatever else speaks it."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from addrsvc.auth.web import PublicCaller
from addrsvc.clock import today
from addrsvc.db.web import AppClock, ReadDoor
from addrsvc.ogc import describing, reading
from addrsvc.ogc.answering import (
    FORMAT,
    OgcRoute,
    answer_head,
    base_of,
    features,
    require_format,
    told,
)
from addrsvc.ogc.collections import COLLECTIONS
from addrsvc.ogc.describing import GEOJSON, JSON, OPENAPI, SCHEMA, link
from addrsvc.ogc.features import features_of
from addrsvc.ogc.model import Collection
from addrsvc.ogc.openapi import document, parameters_of_framework
from addrsvc.ogc.parameters import (
    cursor_of,
    read_choice,
    read_items,
    read_system,
    require_known,
)
from addrsvc.ogc.reading import Page, id_of
from addrsvc.problems import language_of

router = APIRouter(prefix="/ogc", tags=["ogc"], route_class=OgcRoute)

Name = Annotated[
    str, Path(max_length=50, description="id of a collection", examples=list(COLLECTIONS)[:1])
]
FeatureId = Annotated[str, Path(max_length=60, description="``id`` of a feature")]

_ONE: Final = {
    "parameters": [
        *FORMAT["parameters"],
        {"name": "crs", "in": "query", "required": False, "schema": {"type": "string"}},
    ]
}
_MANY: Final = {"parameters": parameters_of_framework()}


def _answers(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {media_type: {}}}, 304: {"description": "as you have it"}}


@router.get("", summary="OGC API: landing page", openapi_extra=FORMAT, responses=_answers(JSON))
async def get_landing(request: Request, _: PublicCaller) -> Response:
    """Give links to all there is: software that speaks OGC API Features is given this address."""
    require_format(request)
    body = describing.landing(base_of(request), language_of(request))
    return told(request, body, JSON)


@router.get("/api", summary="OGC API: OpenAPI 3.0", responses=_answers(OPENAPI))
async def get_api(request: Request, caller: PublicCaller) -> Response:
    """Give the OpenAPI document of these routes, in the version OGC clients read."""
    require_format(request)
    listed = reading.list_collections(caller)
    body = document(base_of(request), listed, language_of(request))
    return told(request, body, OPENAPI)


@router.get(
    "/conformance",
    summary="OGC API: conformance classes",
    openapi_extra=FORMAT,
    responses=_answers(JSON),
)
async def get_conformance(request: Request, _: PublicCaller) -> Response:
    """Give the classes of the standards that hold, and no others."""
    require_format(request)
    return told(request, {"conformsTo": list(describing.CONFORMANCE)}, JSON)


@router.get(
    "/collections",
    summary="OGC API: collections",
    openapi_extra=FORMAT,
    responses=_answers(JSON),
)
async def list_collections(request: Request, pool: ReadDoor, caller: PublicCaller) -> Response:
    """Give the collections the asker may read; that of addresses with a key only."""
    require_format(request)
    async with pool.connection() as conn:
        extent = await reading.find_extent(conn)
    listed, language = reading.list_collections(caller), language_of(request)
    body = describing.collections(base_of(request), listed, extent, language)
    return told(request, body, JSON)


@router.get(
    "/collections/{collection}",
    summary="OGC API: one collection",
    openapi_extra=FORMAT,
    responses=_answers(JSON),
)
async def get_collection(
    collection: Name, request: Request, pool: ReadDoor, caller: PublicCaller
) -> Response:
    """Give what a collection holds and in which reference systems it is given."""
    require_format(request)
    found = reading.get_collection(collection, caller)
    async with pool.connection() as conn:
        extent = await reading.find_extent(conn)
    body = describing.collection(base_of(request), found, extent, language_of(request))
    return told(request, body, JSON)


@router.get(
    "/collections/{collection}/queryables",
    summary="OGC API: what a collection may be asked by",
    openapi_extra=FORMAT,
    responses=_answers(SCHEMA),
)
async def get_queryables(collection: Name, request: Request, caller: PublicCaller) -> Response:
    """Give the properties filters may name, as a JSON schema."""
    require_format(request)
    found = reading.get_collection(collection, caller)
    body = describing.queryables(base_of(request), found, language_of(request))
    return told(request, body, SCHEMA)


@router.get(
    "/collections/{collection}/items",
    summary="OGC API: features",
    openapi_extra=_MANY,
    responses=_answers(GEOJSON),
)
async def list_items(
    collection: Name,
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
    clock: AppClock,
) -> Response:
    """Give features as GeoJSON, a page at a time: follow the ``next`` link to its end.

    Filters are CQL2 (comparison, AND, OR, NOT, IN, BETWEEN, LIKE, IS NULL, CASEI, ACCENTI,
    S_INTERSECTS). ``Content-Crs`` says in which system coordinates are. A page of large features
    is shorter than asked.
    """
    found = reading.get_collection(collection, caller)
    asked = read_items(request.query_params.multi_items(), found)
    day, language = today(clock), language_of(request)
    async with pool.connection() as conn:
        page = await reading.list_features(conn, caller, found, asked, day)
    base = base_of(request)
    body = describing.around(base, found, day, language)
    body["links"] += _links(request, base, found, page)
    body |= {"type": "FeatureCollection", **_numbers(page)}

    def written() -> bytes:
        ids = [id_of(found, each) for each in page.rows]
        all_of_them = features_of(found, page.rows, ids, asked.system, language)
        return orjson.dumps({**body, "features": all_of_them})

    content = await run_in_threadpool(written)
    return features(request, content, asked.system)


@router.get(
    "/collections/{collection}/items/{feature_id}",
    summary="OGC API: one feature",
    openapi_extra=_ONE,
    responses=_answers(GEOJSON),
)
async def get_item(
    collection: Name,
    feature_id: FeatureId,
    request: Request,
    pool: ReadDoor,
    caller: PublicCaller,
    clock: AppClock,
) -> Response:
    """Give one feature as GeoJSON."""
    found = reading.get_collection(collection, caller)
    values = require_known(request.query_params.multi_items(), ("crs", "f"))
    read_choice(values, "f", ("json",))
    system, language = read_system(values, "crs"), language_of(request)
    async with pool.connection() as conn:
        row = await reading.get_feature(conn, caller, found, feature_id)
    base, identity = base_of(request), id_of(found, row)
    body = describing.around(base, found, today(clock), language)
    here = _asked(request, f"{base}/collections/{found.id}/items/{identity}")
    body["links"].insert(0, link(here, "self", GEOJSON))

    def written() -> bytes:
        return orjson.dumps({**body, **features_of(found, [row], [identity], system, language)[0]})

    content = await run_in_threadpool(written)
    return features(request, content, system)


def _asked(request: Request, here: str) -> str:
    given = urlencode(request.query_params.multi_items())
    return f"{here}?{given}" if given else here


def _links(request: Request, base: str, told: Collection, page: Page) -> list[dict[str, str]]:
    here = f"{base}/collections/{told.id}/items"
    asked = [each for each in request.query_params.multi_items() if each[0] != "cursor"]
    links = [link(_asked(request, here), "self", GEOJSON)]
    if page.has_more:
        following = [*asked, ("cursor", cursor_of(page.rows[-1]["key"]))]
        links.append(link(f"{here}?{urlencode(following)}", "next", GEOJSON))
    return links


def _numbers(page: Page) -> dict[str, int]:
    told = {"numberReturned": len(page.rows)}
    if page.matched is None:
        return told
    name = "numberMatchedEstimate" if page.is_estimate else "numberMatched"
    return {name: page.matched, **told}


answer_head(router)
