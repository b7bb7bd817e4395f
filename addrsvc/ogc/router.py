"""HTTP routes of OGC API Features: ``/ogc``, for GDAL, QGIS and whatever else speaks it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Path, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from addrsvc import problems
from addrsvc.auth.web import PublicCaller
from addrsvc.clock import today
from addrsvc.db.web import AppClock, AppSettings, ReadDoor
from addrsvc.errors import AddrsvcError, Kind
from addrsvc.ogc import describing, reading
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
from addrsvc.settings import Settings


class OgcRoute(APIRoute):
    """A route that answers 400 to what is invalid, as OGC standards say; ours say 422 elsewhere."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give the handler with its refusals dressed."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                return _refusal(request, problems.from_validation(error.errors()))
            except AddrsvcError as error:
                if error.kind is not Kind.INVALID:
                    raise
                return _refusal(request, error)

        return handled


def _refusal(request: Request, error: AddrsvcError) -> Response:
    request.scope["addrsvc.problem"] = error.slug
    request_id = request.scope.get("addrsvc.request_id")
    return problems.response_of(error, language_of(request), request_id, status=400)


router = APIRouter(prefix="/ogc", tags=["ogc"], route_class=OgcRoute)

Name = Annotated[
    str, Path(max_length=50, description="id of a collection", examples=list(COLLECTIONS)[:1])
]
FeatureId = Annotated[str, Path(max_length=60, description="``id`` of a feature")]

_FORMAT: Final = {
    "parameters": [
        {"name": "f", "in": "query", "required": False, "schema": {"enum": ["json"]}},
    ]
}
_ONE: Final = {
    "parameters": [
        *_FORMAT["parameters"],
        {"name": "crs", "in": "query", "required": False, "schema": {"type": "string"}},
    ]
}
_MANY: Final = {"parameters": parameters_of_framework()}


def _answers(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {media_type: {}}}, 304: {"description": "as you have it"}}


@router.get("", summary="OGC API: landing page", openapi_extra=_FORMAT, responses=_answers(JSON))
async def get_landing(request: Request, settings: AppSettings, _: PublicCaller) -> Response:
    """Give links to all there is: software that speaks OGC API Features is given this address."""
    _only_format(request)
    body = describing.landing(_base(request, settings), language_of(request))
    return _told(request, body, JSON)


@router.get("/api", summary="OGC API: OpenAPI 3.0", responses=_answers(OPENAPI))
async def get_api(request: Request, settings: AppSettings, caller: PublicCaller) -> Response:
    """Give the OpenAPI document of these routes, in the version OGC clients read."""
    _only_format(request)
    listed = reading.list_collections(caller)
    body = document(_base(request, settings), listed, language_of(request))
    return _told(request, body, OPENAPI)


@router.get(
    "/conformance",
    summary="OGC API: conformance classes",
    openapi_extra=_FORMAT,
    responses=_answers(JSON),
)
async def get_conformance(request: Request, _: PublicCaller) -> Response:
    """Give the classes of the standards that hold, and no others."""
    _only_format(request)
    return _told(request, {"conformsTo": list(describing.CONFORMANCE)}, JSON)


@router.get(
    "/collections",
    summary="OGC API: collections",
    openapi_extra=_FORMAT,
    responses=_answers(JSON),
)
async def list_collections(
    request: Request, settings: AppSettings, pool: ReadDoor, caller: PublicCaller
) -> Response:
    """Give the collections the asker may read; that of addresses with a key only."""
    _only_format(request)
    async with pool.connection() as conn:
        extent = await reading.find_extent(conn)
    listed, language = reading.list_collections(caller), language_of(request)
    body = describing.collections(_base(request, settings), listed, extent, language)
    return _told(request, body, JSON)


@router.get(
    "/collections/{collection}",
    summary="OGC API: one collection",
    openapi_extra=_FORMAT,
    responses=_answers(JSON),
)
async def get_collection(
    collection: Name, request: Request, settings: AppSettings, pool: ReadDoor, caller: PublicCaller
) -> Response:
    """Give what a collection holds and in which reference systems it is given."""
    _only_format(request)
    found = reading.get_collection(collection, caller)
    async with pool.connection() as conn:
        extent = await reading.find_extent(conn)
    body = describing.collection(_base(request, settings), found, extent, language_of(request))
    return _told(request, body, JSON)


@router.get(
    "/collections/{collection}/queryables",
    summary="OGC API: what a collection may be asked by",
    openapi_extra=_FORMAT,
    responses=_answers(SCHEMA),
)
async def get_queryables(
    collection: Name, request: Request, settings: AppSettings, caller: PublicCaller
) -> Response:
    """Give the properties filters may name, as a JSON schema."""
    _only_format(request)
    found = reading.get_collection(collection, caller)
    body = describing.queryables(_base(request, settings), found, language_of(request))
    return _told(request, body, SCHEMA)


@router.get(
    "/collections/{collection}/items",
    summary="OGC API: features",
    openapi_extra=_MANY,
    responses=_answers(GEOJSON),
)
async def list_items(
    collection: Name,
    request: Request,
    settings: AppSettings,
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
    base = _base(request, settings)
    body = describing.around(base, found, day, language)
    body["links"] += _links(request, base, found, page)
    body |= {"type": "FeatureCollection", **_numbers(page)}

    def written() -> bytes:
        ids = [id_of(found, each) for each in page.rows]
        features = features_of(found, page.rows, ids, asked.system, language)
        return orjson.dumps({**body, "features": features})

    content = await run_in_threadpool(written)
    return _answer(request, content, GEOJSON, found, {"Content-Crs": f"<{asked.system.uri}>"})


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
    settings: AppSettings,
    pool: ReadDoor,
    caller: PublicCaller,
    clock: AppClock,
) -> Response:
    """Give one feature as GeoJSON."""
    found = reading.get_collection(collection, caller)
    values = require_known(request.query_params.multi_items(), ("f", "crs"))
    read_choice(values, "f", ("json",))
    system, language = read_system(values, "crs"), language_of(request)
    async with pool.connection() as conn:
        row = await reading.get_feature(conn, caller, found, feature_id)
    base, identity = _base(request, settings), id_of(found, row)
    body = describing.around(base, found, today(clock), language)
    here = f"{base}/collections/{found.id}/items/{identity}"
    body["links"].insert(0, link(here, "self", GEOJSON))

    def written() -> bytes:
        return orjson.dumps({**body, **features_of(found, [row], [identity], system, language)[0]})

    content = await run_in_threadpool(written)
    return _answer(request, content, GEOJSON, found, {"Content-Crs": f"<{system.uri}>"})


def _only_format(request: Request) -> None:
    values = require_known(request.query_params.multi_items(), ("f",))
    read_choice(values, "f", ("json",))


def _base(request: Request, settings: Settings) -> str:
    """Give where these routes begin, as the asker reaches them."""
    host = settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return f"{host}/ogc"


def _links(request: Request, base: str, told: Collection, page: Page) -> list[dict[str, str]]:
    here = f"{base}/collections/{told.id}/items"
    asked = [each for each in request.query_params.multi_items() if each[0] != "cursor"]
    given = urlencode(request.query_params.multi_items())
    links = [link(f"{here}?{given}" if given else here, "self", GEOJSON)]
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


def _told(request: Request, body: dict[str, Any], media_type: str) -> Response:
    return _answer(request, orjson.dumps(body), media_type, None, {})


def _answer(
    request: Request,
    content: bytes,
    media_type: str,
    told: Collection | None,
    more: dict[str, str],
) -> Response:
    """Give an answer, or 304 where the asker has this very one."""
    is_open = told is None or told.scope is None
    headers = {
        "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        "Cache-Control": "no-cache" if is_open else "private, no-cache",
        "Vary": "Accept-Language, Authorization, Cookie",
        "Content-Language": language_of(request),
        "X-Content-Type-Options": "nosniff",
        **more,
    }
    known = {
        each.strip().removeprefix("W/")
        for each in request.headers.get("if-none-match", "").split(",")
    }
    if headers["ETag"] in known:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)
