"""Plain ASGI middleware around the whole app, outermost first: observe, then guard.

``Observe`` gives each request an id, writes one log line and counts it; what people typed
(paths with parameters, query strings, bodies) never enters log or metrics: only the route's
template does. ``Guard`` caps body size and time.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from addrsvc.errors import AddrsvcError, Text, TooLarge, Unavailable
from addrsvc.problems import DatabaseUnreachable, preferred_language, response_of, unexpected

log = structlog.get_logger("addrsvc.request")

REQUESTS = Counter("addrsvc_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "addrsvc_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


@dataclass(eq=False)
class BodyTooLarge(TooLarge):
    """The request body is larger than accepted."""

    slug = "body-too-large"
    title = Text("Nội dung gửi lên quá lớn", "Body too large")
    message = Text(
        "Nội dung gửi lên vượt quá {limit_bytes} byte. Tập tin lớn thì nhập bằng lệnh: "
        "addrsvc addresses import.",
        "The body exceeds {limit_bytes} bytes. Import large files with: addrsvc addresses import.",
    )
    limit_bytes: int


@dataclass(eq=False)
class BodyTooSlow(Unavailable):
    """The body did not come within the deadline."""

    slug = "body-too-slow"
    title = Text("Nội dung gửi lên quá chậm", "Body too slow")
    message = Text(
        "Nội dung gửi lên không đến đủ trong thời hạn nên yêu cầu đã dừng. "
        "Hãy kiểm tra đường truyền rồi gửi lại.",
        "The body did not arrive in time, so the request was ended. Check the line and send again.",
    )


_STALL_S = 60.0
"""An answer under way in which nothing moves for so long is cut off."""

_PIECE_BYTES = 262_144
_PIECE_S = 30.0
"""An upload of which the next piece of so many bytes takes longer is ended: below 9 kB/s."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What holds for a route that takes whole files in place of what holds for the others."""

    max_bytes: int
    too_large: Callable[[int], AddrsvcError]
    """Made of the limit."""


def route_template(scope: Scope) -> str:
    """Give the matched route's path template; never the path itself, which people typed."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else "(none)"


class Observe:
    """Request id, one structured log line and two metrics per request; 500 for surprises."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        scope["addrsvc.request_id"] = request_id
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                _refuse_lines(message)
                status = message["status"]
                sent = MutableHeaders(scope=message)
                sent["X-Request-Id"] = request_id
                sent["X-Content-Type-Options"] = "nosniff"
                if scope.get("addrsvc.session") is not None:  # made for somebody signed in
                    sent["Cache-Control"] = "private, no-store"
            await send(message)

        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_id)
            except Exception:  # the last line of defence: nothing internal leaves
                log.exception("unexpected error", route=route_template(scope))
                if status == 0:
                    language = preferred_language(headers.get("accept-language"))
                    await unexpected(language, request_id)(scope, receive, send_with_id)
            finally:
                self._account(scope, status, time.perf_counter() - started)

    @staticmethod
    def _account(scope: Scope, status: int, elapsed_s: float) -> None:
        route = route_template(scope)
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        REQUESTS.labels(method, route, str(status)).inc()
        SECONDS.labels(route).observe(elapsed_s)
        log.info(
            "request",
            method=method,
            route=route,
            status=status,
            ms=round(elapsed_s * 1000, 2),
            principal=scope.get("addrsvc.principal", "anonymous"),
        )


def _refuse_lines(start: Message) -> None:
    """Pass only headers that are one line each: the server writes them as they are.

    Raises:
        ValueError: a value would begin a header, or an answer, of its own.
    """
    if any(b"\n" in value or b"\r" in value for _, value in start["headers"]):
        raise ValueError("a header of more than one line")


class _BodyOver(Exception):
    """The body passed the limit while it was read."""


class _Watch:
    """Receive and send of one request, counted and watched."""

    def __init__(
        self, receive: Receive, send: Send, max_body_bytes: int, *, is_upload: bool = False
    ) -> None:
        self._receive, self._send, self._left = receive, send, max_body_bytes
        self._piece = 0 if is_upload else None
        """Bytes of an upload since its deadline was put off; None: it is not."""
        self.over = False
        self.awaits_body = False
        """Something waits for the next part of the body; not for the caller to leave."""
        self.started = False
        self.deadline: asyncio.Timeout | None = None
        self._is_read = False
        self._start: Message | None = None

    async def receive(self) -> Message:
        self.awaits_body = not self._is_read
        message = await self._receive()
        self.awaits_body = False
        self._is_read = not message.get("more_body", False)
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self.over = True
            raise _BodyOver
        if self._piece is not None:
            self._piece += len(message.get("body", b""))
            if self._piece >= _PIECE_BYTES or self._is_read:
                self._piece = 0
                self._put_off(_PIECE_S)
        return message

    async def send(self, message: Message) -> None:
        """Send; the beginning together with the first of the body, which may be long in coming."""
        if self.over and not self.started:
            return  # the framework answers 400 for the broken read; ours goes out instead
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._put_off(_STALL_S)
        if self._start is not None:
            self.started = True
            start, self._start = self._start, None
            await self._send(start)
        await self._send(message)
        if not message.get("more_body", False):
            self._put_off(None)

    def _put_off(self, patience_s: float | None) -> None:
        if self.deadline is not None and not self.deadline.expired():
            now = asyncio.get_running_loop().time()
            self.deadline.reschedule(None if patience_s is None else now + patience_s)


class Guard:
    """Refuse bodies over the limit without reading on; answer 503 when time is up.

    The deadline holds until there is something to send; a streamed export may take longer, as long
    as it moves. It is what protects callers from a primary that hangs, since that cannot time out
    its own statements, and the service from who sends or reads a byte at a time.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_body_bytes: int,
        deadline_s: float,
        upload_of: Callable[[str, str], Upload | None] = lambda _method, _path: None,
    ) -> None:
        """``upload_of``: of method and path; its deadline moves on as long as bytes come."""
        self.app = app
        self.max_body_bytes = max_body_bytes
        self.deadline_s = deadline_s
        self.upload_of = upload_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        upload = self.upload_of(scope.get("method", ""), scope.get("path", ""))
        rules = upload or Upload(self.max_body_bytes, BodyTooLarge)
        if not _is_at_most(Headers(scope=scope).get("content-length"), rules.max_bytes):
            await self._answer(rules.too_large(rules.max_bytes), scope, receive, send)
            return
        watch = _Watch(receive, send, rules.max_bytes, is_upload=upload is not None)
        try:
            patience_s = self.deadline_s if upload is None else _PIECE_S
            async with asyncio.timeout(patience_s) as watch.deadline:
                scope["addrsvc.deadline"] = watch.deadline  # see db.web.longer_deadline
                await self.app(scope, watch.receive, watch.send)
        except _BodyOver:
            pass
        except TimeoutError:
            if watch.deadline is None or not watch.deadline.expired():
                raise
            if watch.started:
                log.warning("answer stalled", route=route_template(scope))
                return
            late = BodyTooSlow() if watch.awaits_body else DatabaseUnreachable()
            await self._answer(late, scope, receive, send)
        if watch.over and not watch.started:
            await self._answer(rules.too_large(rules.max_bytes), scope, receive, send)

    @staticmethod
    async def _answer(error: AddrsvcError, scope: Scope, receive: Receive, send: Send) -> None:
        language = preferred_language(Headers(scope=scope).get("accept-language"))
        response = response_of(error, language, scope.get("addrsvc.request_id"))
        response.headers["Connection"] = "close"
        await response(scope, receive, send)


def _is_at_most(content_length: str | None, most: int) -> bool:
    """Tell whether a body is declared within the limit, or not declared.

    >>> [_is_at_most(each, 9) for each in (None, "9", "10", "-1", "", "9" * 5000, "٣")]
    [True, True, False, False, False, False, False]
    """
    if content_length is None:
        return True
    is_number = content_length.isascii() and content_length.isdigit() and len(content_length) < 19
    return is_number and int(content_length) <= most
