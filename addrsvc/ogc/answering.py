"""How OGC routes answer: refusals with 400, links as the asker reaches us."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import Response

from addrsvc import problems
from addrsvc.db.web import origin_of
from addrsvc.errors import AddrsvcError, Kind
from addrsvc.ogc.describing import GEOJSON
from addrsvc.ogc.parameters import read_choice, require_known
from addrsvc.ogc.systems import System
from addrsvc.problems import language_of

FORMAT: Final = {
    "parameters": [
        {"name": "f", "in": "query", "required": False, "schema": {"enum": ["json"]}},
    ]
}
"""What the framework's own document says of routes of one format."""


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


def answer_head(router: APIRouter) -> None:
    """Let every GET route of a router answer HEAD too; the server leaves the body away."""
    for each in [each for each in router.routes if isinstance(each, APIRoute)]:
        path = each.path.removeprefix(router.prefix)
        router.add_api_route(path, each.endpoint, methods=["HEAD"], include_in_schema=False)


def _refusal(request: Request, error: AddrsvcError) -> Response:
    request.scope["addrsvc.problem"] = error.slug
    request_id = request.scope.get("addrsvc.request_id")
    return problems.response_of(error, language_of(request), request_id, status=400)


def base_of(request: Request) -> str:
    """Give where these routes begin, as the asker reaches them."""
    return f"{origin_of(request)}/ogc"


def require_format(request: Request, name: str = "json") -> None:
    """Pass a question that says nothing but, perhaps, the one format there is.

    Raises:
        ParameterUnknown, ParameterRepeated, ChoiceInvalid: it says more.
    """
    read_choice(require_known(request.query_params.multi_items(), ("f",)), "f", (name,))


def told(request: Request, body: Mapping[str, Any], media_type: str) -> Response:
    """Give JSON as an answer; what caches may do with it, the edge says."""
    return _answer(request, orjson.dumps(body), media_type, {})


def features(request: Request, content: bytes, system: System) -> Response:
    """Give features as an answer, in a reference system."""
    return _answer(request, content, GEOJSON, {"Content-Crs": f"<{system.uri}>"})


def _answer(request: Request, content: bytes, media_type: str, more: Mapping[str, str]) -> Response:
    headers = {"Content-Language": language_of(request), "X-Content-Type-Options": "nosniff"}
    return Response(content, headers={**headers, **more}, media_type=media_type)
