"""Refuse at once what could only wait: so many requests in progress per lane, no queue behind.

What is asked in seconds and what is asked in milliseconds have lanes of their own, so that exports
and searches never hold up lookups, nor followers of the feed anybody. What operators ask always
gets through. Outermost of all: a refusal costs neither a log line nor a route.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import prometheus_client
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from addrsvc.errors import LANGUAGES, Text, Unavailable
from addrsvc.problems import preferred_language, response_of

SHED = prometheus_client.Counter("addrsvc_shed", "Requests refused for too much work", ["lane"])


class Lane(StrEnum):
    """What shares one limit."""

    LOOKUP = "lookup"
    SEARCH = "search"
    """Searches, lists, exports, batches: slow ones."""

    WRITE = "write"
    UPLOAD = "upload"
    """Files on their way: writes that take as long as the line does."""

    FEED = "feed"
    """Followers, most of whom wait for something to happen."""


@dataclass(eq=False)
class Overloaded(Unavailable):
    """More is asked than can be answered."""

    slug = "overloaded"
    title = Text("Hệ thống đang quá tải", "Too much is asked just now")
    message = Text(
        "Hệ thống đang nhận nhiều yêu cầu hơn mức xử lý được nên chưa xử lý yêu cầu này; "
        "dữ liệu không bị ảnh hưởng. Hãy thử lại sau {retry_after_s} giây.",
        "More is asked than can be answered, so this request was not begun; no data are affected. "
        "Try again in {retry_after_s} seconds.",
    )
    retry_after_s: int


_REFUSALS: Final = {language: response_of(Overloaded(2), language) for language in LANGUAGES}
_EXEMPT: Final = ("/healthz", "/readyz", "/metrics", "/v1/operations")
_LOOKUPS: Final = ("/v1/addresses/", "/v1/codes/", "/v1/identifiers/", "/a/", "/static/")
_FEED: Final = ("/v1/events", "/v1/snapshot")
JOBS: Final = "/v1/jobs"
_UPLOADS: Final = re.compile(r"/v1/jobs|/v1/plans/[0-9]+/files|/v1/collection/submissions:import")
"""Take whole files by POST."""
_PHOTOS: Final = re.compile(r"/v1/collection/submissions/[^/]+/photos/[^/]+")
"""Take parts of photos by PATCH."""
_PROGRESS: Final = "/progress"
_ASKING: Final = frozenset(
    {
        "/v1/validate",
        "/v1/identifiers:resolve",
        "/v1/geocode/batch",
        "/v1/planning/overlay",
        "/v1/planning/print",
        "/planning",
        "/planning/print",
        "/certificate",
        "/here",
    }
)
"""Asked by POST, and change nothing."""


def is_upload(method: str, path: str) -> bool:
    """Tell whether the body of a request is a whole file.

    >>> is_upload("POST", "/v1/plans/7/files"), is_upload("POST", "/v1/plans/7:publish")
    (True, False)
    """
    return method == "POST" and _UPLOADS.fullmatch(path) is not None


def is_photo_part(method: str, path: str) -> bool:
    """Tell whether the body of a request is a part of a photo.

    >>> is_photo_part("PATCH", "/v1/collection/submissions/7/photos/0"), is_photo_part("PUT", "/")
    (True, False)
    """
    return method == "PATCH" and _PHOTOS.fullmatch(path) is not None


def lane_of(method: str, path: str) -> Lane | None:
    """Give the lane of a request, before it is routed; None: it always gets through.

    >>> lane_of("GET", "/v1/addresses/7512304827"), lane_of("POST", "/v1/addresses")
    (<Lane.LOOKUP: 'lookup'>, <Lane.WRITE: 'write'>)
    """
    if path.startswith(_EXEMPT):
        return None
    if method in {"GET", "HEAD"}:
        if path.startswith(_LOOKUPS) or path == "/":
            return Lane.LOOKUP
        is_feed = path.startswith(_FEED) or (path.startswith(JOBS) and path.endswith(_PROGRESS))
        return Lane.FEED if is_feed else Lane.SEARCH
    if is_upload(method, path) or is_photo_part(method, path):
        return Lane.UPLOAD
    return Lane.SEARCH if path in _ASKING else Lane.WRITE


def lanes(most: int) -> dict[Lane, int]:
    """Give what each lane may hold: of slow ones half as many, for they wait for each other."""
    slow = max(1, most // 2)
    slow_ones = dict.fromkeys((Lane.SEARCH, Lane.WRITE, Lane.UPLOAD), slow)
    return {Lane.LOOKUP: most, **slow_ones, Lane.FEED: most}


class Shed:
    """Let so many requests of each lane in at a time, and answer the others 503 at once."""

    def __init__(self, app: ASGIApp, *, limits: Mapping[Lane, int]) -> None:
        self.app = app
        self._limits = limits
        self._busy = dict.fromkeys(Lane, 0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        lane = lane_of(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if lane is None:
            await self.app(scope, receive, send)
            return
        busy = self._busy[lane]
        if busy >= self._limits[lane]:
            SHED.labels(lane).inc()
            language = preferred_language(Headers(scope=scope).get("accept-language"))
            await _REFUSALS[language](scope, receive, send)
            return
        self._busy[lane] = busy + 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._busy[lane] -= 1
