"""How answers go out: tagged, not sent twice, gzipped where that helps and may be."""

from __future__ import annotations

import doctest
import gzip
import zlib
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from addrsvc.edge import negotiating, paging
from addrsvc.edge.representing import Represent

pytestmark = pytest.mark.anyio

JSON = "application/json"
LONG = b'{"a": "' + b"word " * 1000 + b'"}'


def test_doctests() -> None:
    for module in (negotiating, paging):
        assert doctest.testmod(module).failed == 0
        assert doctest.testmod(module).attempted > 0


async def _answer(
    pieces: list[bytes],
    said: dict[str, str],
    asked: dict[str, str] | None = None,
    *,
    path: str = "/v1/x",
    **scope: Any,
) -> tuple[int, dict[str, str], bytes]:
    """Send pieces as one answer through the middleware; give what comes out."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name.lower().encode(), value.encode()) for name, value in said.items()]
        if len(pieces) == 1:
            headers.append((b"content-length", str(len(pieces[0])).encode()))
        status = scope.get("status", 200)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for piece in pieces[:-1]:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": pieces[-1]})

    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    request = [(name.lower().encode(), value.encode()) for name, value in (asked or {}).items()]
    whole: Scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": request,
        **scope,
    }
    await Represent(app)(whole, receive, send)
    start, *bodies = sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], headers, b"".join(each["body"] for each in bodies)


@pytest.mark.parametrize(
    ("pieces", "said", "asked", "more"),
    [
        ([LONG], {"content-type": JSON}, "br", {}),
        ([LONG], {"content-type": JSON}, "gzip;q=0", {}),
        ([LONG[:900]], {"content-type": JSON}, "gzip", {}),
        ([LONG], {"content-type": "application/pdf"}, "gzip", {}),
        ([LONG], {"content-type": JSON, "content-encoding": "gzip"}, "gzip", {}),
        ([LONG], {"content-type": "text/csv", "accept-ranges": "bytes"}, "gzip", {}),
        (
            [LONG],
            {"content-type": "text/csv", "content-range": "bytes 0-4/9"},
            "gzip",
            {"status": 206},
        ),
        ([LONG, LONG], {"content-type": "text/event-stream"}, "gzip", {}),
        # a page with a token against forged requests
        ([LONG], {"content-type": "text/html"}, "gzip", {"addrsvc.session": object()}),
    ],
)
async def test_what_goes_out_as_it_is(
    pieces: list[bytes], said: dict[str, str], asked: str, more: dict[str, Any]
) -> None:
    _, headers, body = await _answer(pieces, said, {"Accept-Encoding": asked}, **more)
    assert body == b"".join(pieces)
    assert headers.get("content-encoding") == said.get("content-encoding")


@pytest.mark.parametrize("media_type", [JSON, "text/html; charset=utf-8", "application/geo+json"])
async def test_long_texts_are_gzipped_and_their_tags_weak(media_type: str) -> None:
    said = {"content-type": media_type, "etag": '"5"'}
    _, plain, body = await _answer([LONG], said)
    _, headers, squeezed = await _answer([LONG], said, {"Accept-Encoding": "br, gzip"})
    assert gzip.decompress(squeezed) == body == LONG
    assert headers["content-length"] == str(len(squeezed))
    assert headers["etag"] == f"W/{plain['etag']}"
    assert "Accept-Encoding" in headers["vary"]
    assert "Accept-Encoding" in plain["vary"]
    for tag in (plain["etag"], headers["etag"], f'"x", {headers["etag"]}', "*"):
        status, again, nothing = await _answer([LONG], said, {"If-None-Match": tag})
        assert (status, nothing) == (304, b"")
        assert not {"content-length", "content-type"} & set(again)
        assert again["etag"] == plain["etag"]


async def test_streams_are_gzipped_as_they_come() -> None:
    pieces = [LONG, LONG * 20, b"end"]
    said = {"content-type": "application/x-ndjson", "content-length": "1"}
    _, headers, body = await _answer(pieces, said, {"Accept-Encoding": "gzip"})
    assert zlib.decompress(body, 31) == b"".join(pieces)
    assert "content-length" not in headers
    assert len(body) < len(b"".join(pieces)) / 10


async def test_one_telling_is_never_taken_for_another() -> None:
    """Same version, other rights or language: another body, so another tag."""
    said = {"content-type": JSON, "etag": '"5"'}
    _, seen, _ = await _answer([b'{"holder": "A"}'], said)
    status, _, body = await _answer([b"{}"], said, {"If-None-Match": seen["etag"]})
    assert (status, body) == (200, b"{}")
    assert seen["cache-control"] == "private, no-cache"
    assert {"Authorization", "Accept-Language"} <= set(seen["vary"].split(", "))


async def test_what_nobody_keeps_gets_no_tag_and_pages_keep_their_own_words() -> None:
    _, headers, _ = await _answer(
        [LONG], {"content-type": JSON, "cache-control": "private, no-store"}
    )
    assert "etag" not in headers
    _, page, _ = await _answer([b"<p>"], {"content-type": "text/html"}, path="/docs")
    assert "cache-control" not in page
    assert page["etag"].startswith('W/"')
    refused, headers, _ = await _answer([b"{}"], {"content-type": JSON}, status=404)
    assert (refused, "etag" in headers) == (404, False)
