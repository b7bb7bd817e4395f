"""Send answers with a tag, not at all where the asker has them, and gzipped where that helps.

One place for all routes. What a body holds is hashed, so its tag tells one telling from another:
in which language, with whose rights. Answers that say nothing of caches are kept by nobody but
the asker, who asks each time whether they still hold.

Never compressed is what is made for somebody signed in: such pages hold a token against forged
requests beside what a link may put there, and how long they are would tell it (BREACH).
"""

from __future__ import annotations

import asyncio
import zlib
from hashlib import blake2b
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from addrsvc.edge.negotiating import compresses_well, names_tag, tag_of, takes_gzip
from addrsvc.edge.paging import cursor_of, link_to_next

_LEAST_BYTES: Final = 1_400
"""Less goes over the network in one packet either way."""

_LEVEL: Final = 5
_ASIDE_BYTES: Final = 32_768
"""More is compressed beside the event loop."""

_ASKING: Final = frozenset({"GET", "HEAD"})
_SERVICE: Final = ("/v1/", "/ogc", "/openapi.json", "/problems/")
_KEPT: Final = "private, no-cache"
_TOLD_BY: Final = "Accept-Language, Authorization, Cookie"
_OF_THE_BODY: Final = ("content-length", "content-type", "content-encoding")


class Represent:
    """Conditional requests, links to next pages and compression, of every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await self.app(scope, receive, _Answer(scope, send).send)


class _Answer:
    """One answer on its way out; its beginning waits for what follows."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send
        self._asked = Headers(scope=scope)
        self._start: Message | None = None
        self._compressor: zlib._Compress | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body":
            await self._begin()
            await self._send(message)
            return
        body, is_last = message.get("body", b""), not message.get("more_body", False)
        if self._start is not None:
            headers = MutableHeaders(scope=self._start)
            self._say_who_keeps_it(headers)
            if is_last:
                body = await self._whole(self._start, headers, body)
            elif self._may_compress(headers):
                self._compressor = _compressor()
                self._say_it_is_compressed(headers)
            await self._begin()
        if self._compressor is not None:
            body = await _compressed(self._compressor, body, is_last=is_last)
        await self._send({**message, "body": body})

    async def _begin(self) -> None:
        if self._start is not None:
            start, self._start = self._start, None
            await self._send(start)

    def _say_who_keeps_it(self, headers: MutableHeaders) -> None:
        """Say what caches may do with an answer of the service, unless its route does."""
        if not self._scope["path"].startswith(_SERVICE):
            return
        headers.setdefault("Cache-Control", _KEPT)
        headers.setdefault("Vary", _TOLD_BY)

    async def _whole(self, start: Message, headers: MutableHeaders, body: bytes) -> bytes:
        """Finish an answer known as a whole; give the body to send."""
        if start["status"] == 200 and self._scope["method"] in _ASKING:
            cursor = cursor_of(self._scope.get("route"))
            following = cursor and link_to_next(cursor, self._scope["query_string"], body)
            if following:
                headers.append("Link", following)
            if self._is_had(headers, body):
                start["status"] = 304
                for name in _OF_THE_BODY:
                    del headers[name]
                return b""
        if len(body) < _LEAST_BYTES or not self._may_compress(headers):
            return body
        self._say_it_is_compressed(headers)
        body = await _compressed(_compressor(), body, is_last=True)
        headers["Content-Length"] = str(len(body))
        return body

    def _is_had(self, headers: MutableHeaders, body: bytes) -> bool:
        """Tag an answer; tell whether the asker has it already."""
        is_text = compresses_well(headers.get("content-type", ""))
        tag = headers.get("etag")
        if tag is None and (not is_text or "no-store" in headers.get("cache-control", "")):
            return False
        if is_text:
            tag = headers["ETag"] = tag_of(tag, blake2b(body, digest_size=8).hexdigest())
        given = self._asked.get("if-none-match")
        return given is not None and tag is not None and names_tag(given, tag)

    def _may_compress(self, headers: MutableHeaders) -> bool:
        if (
            not compresses_well(headers.get("content-type", ""))
            or "content-encoding" in headers
            or "accept-ranges" in headers
            or "content-range" in headers
            or self._scope.get("addrsvc.session") is not None
        ):
            return False
        headers.add_vary_header("Accept-Encoding")
        return takes_gzip(self._asked.get("accept-encoding", ""))

    def _say_it_is_compressed(self, headers: MutableHeaders) -> None:
        headers["Content-Encoding"] = "gzip"
        del headers["Content-Length"]
        tag = headers.get("etag")
        is_of_this = self._scope["method"] in _ASKING  # else of what was written
        if is_of_this and tag is not None and not tag.startswith("W/"):
            headers["ETag"] = f"W/{tag}"  # the same, but not byte by byte


def _compressor() -> zlib._Compress:
    return zlib.compressobj(_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)


async def _compressed(compressor: zlib._Compress, body: bytes, *, is_last: bool) -> bytes:
    if len(body) < _ASIDE_BYTES:
        return _squeezed(compressor, body, is_last=is_last)
    return await asyncio.to_thread(_squeezed, compressor, body, is_last=is_last)


def _squeezed(compressor: zlib._Compress, body: bytes, *, is_last: bool) -> bytes:
    squeezed = compressor.compress(body)
    return squeezed + compressor.flush() if is_last else squeezed
