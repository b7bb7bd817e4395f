"""What pages of other origins may read of this one (CORS): the one place that says so.

Functions for software, by the setting ``ADDRSVC_CORS_ORIGINS``; maps' tiles, always. Nobody's
cookie ever comes along, for no answer allows it; pages are read by nobody but themselves.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SERVICE: Final = re.compile(r"/(?:v1|ogc)(?:/|$)|/(?:openapi\.json|oauth/token)$|/problems/")
_TILES: Final = re.compile(r"/v1/tiles(?:/|$)|/v1/plans/[0-9]+/(?:changes/)?tiles/")
"""Their frames and pages are of any origin, or none: also refusals must be read, else browsers
tell of a missing header only."""

_KEPT_S: Final = 7_200
"""No browser keeps the answer to a preflight for longer."""

_MAY_ASK: Final = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Accept-Language, Authorization, Content-Type, Idempotency-Key,"
    " If-Match, If-None-Match, Last-Event-ID, Range, X-Request-Id",
    "Access-Control-Max-Age": str(_KEPT_S),
}
_MAY_READ: Final = (
    "Content-Crs, Content-Disposition, Content-Language, Deprecation, ETag, Idempotency-Replayed,"
    " Link, Location, RateLimit, RateLimit-Policy, Retry-After, Sunset, X-Request-Id"
)


class CrossOrigin:
    """Answer preflights, and let pages of the origins named read answers."""

    def __init__(self, app: ASGIApp, *, origins: str) -> None:
        """``origins``: separated by commas, ``*`` for any; empty: none."""
        self.app = app
        self._origins = frozenset(each.strip() for each in origins.split(",") if each.strip())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_tile = _TILES.match(scope["path"]) is not None
        is_service = bool(self._origins) and _SERVICE.match(scope["path"]) is not None
        if not is_tile and not is_service:
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        allowed = self._allowed(asked.get("origin"))
        if is_service and scope["method"] == "OPTIONS" and "access-control-request-method" in asked:
            await _preflight(allowed)(scope, receive, send)
            return

        async def send_readably(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if is_tile and message["status"] >= HTTPStatus.BAD_REQUEST:
                    headers["Access-Control-Allow-Origin"] = "*"
                if is_service:
                    self._say(headers, allowed)
            await send(message)

        await self.app(scope, receive, send_readably)

    def _allowed(self, origin: str | None) -> str | None:
        if "*" in self._origins:
            return "*"
        return origin if origin in self._origins else None

    def _say(self, headers: MutableHeaders, allowed: str | None) -> None:
        if "*" not in self._origins and "access-control-allow-origin" not in headers:
            headers.add_vary_header("Origin")
        if allowed is not None:
            headers.setdefault("Access-Control-Allow-Origin", allowed)
            headers["Access-Control-Expose-Headers"] = _MAY_READ


def _preflight(allowed: str | None) -> Response:
    told = {"Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"}
    if allowed is not None:
        told |= {"Access-Control-Allow-Origin": allowed, **_MAY_ASK}
    return Response(status_code=204, headers=told)
