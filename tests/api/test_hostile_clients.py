"""A running server against clients that dribble, flood and lie; others are served meanwhile."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from benchmarks.http_rounds import running_service

from addrsvc.edge.protocol import HEAD_S

pytestmark = pytest.mark.usefixtures("untraced")

_DEADLINE_S = 8.0
_MIB = 2**20
_QUICK_S = 8.0
"""Well below the patience with heads that dribble; generous, for the machine may be busy."""


@pytest.fixture
def base(registry_url: str) -> Iterator[str]:
    with running_service(
        registry_url, request_deadline_s=str(_DEADLINE_S), anonymous_per_minute="1000000"
    ) as url:
        yield url


def _connect(base: str) -> socket.socket:
    host, _, port = urlsplit(base).netloc.partition(":")
    return socket.create_connection((host, int(port)), timeout=60)


def _status(conn: socket.socket) -> int:
    """Read the status line of an answer; 0: the connection was closed without one."""
    with contextlib.suppress(ConnectionResetError):
        line = conn.recv(64)
        if line:
            return int(line.split()[1])
    return 0


def _raw(base: str, sent: bytes) -> tuple[int, float]:
    """Send bytes as they are; give the status and how long it took."""
    began = time.monotonic()
    with _connect(base) as conn:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            conn.sendall(sent)
        return _status(conn), time.monotonic() - began


def _rss_bytes(base: str) -> float:
    text = httpx.get(f"{base}/metrics", timeout=60).text
    [line] = [each for each in text.splitlines() if each.startswith("process_resident_memory")]
    return float(line.split()[1])


def _serves(base: str) -> None:
    began = time.monotonic()
    assert httpx.get(f"{base}/v1/codes/7512304827", timeout=60).status_code == 200
    assert time.monotonic() - began < _QUICK_S


def _post(path: str, *headers: str, body: bytes = b"") -> bytes:
    head = "\r\n".join([f"POST {path} HTTP/1.1", "Host: x", *headers])
    return head.encode() + b"\r\n\r\n" + body


def _json(body: bytes) -> bytes:
    length = f"Content-Length: {len(body)}"
    return _post("/v1/validate", "Content-Type: application/json", length, body=body)


def _chunked(size: int) -> bytes:
    chunk = b"x" * 10_000
    body = (b"%x\r\n" % len(chunk) + chunk + b"\r\n") * (size // len(chunk)) + b"0\r\n\r\n"
    return _post("/v1/validate", "Transfer-Encoding: chunked", body=body)


def _multipart(parts: int) -> bytes:
    part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
    body = part * parts + b"--b--\r\n"
    kind = "Content-Type: multipart/form-data; boundary=b"
    return _post("/v1/validate", kind, f"Content-Length: {len(body)}", body=body)


def _get(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


ODD = {
    "ten thousand parts": (_multipart(10_000), {422}),
    "a hundred thousand ranges": (
        _get("/static/site.css", "Range: bytes=" + ",".join(["0-0"] * 100_000)),
        {431, 0},
    ),
    "as many ranges as a head may hold": (
        _get("/static/site.css", "Range: bytes=" + ",".join(["0-0"] * 14_000)),
        {200, 206, 404, 416},
    ),
    "negative length": (_post("/v1/validate", "Content-Length: -5"), {400, 413}),
    "huge length": (_post("/v1/validate", "Content-Length: 999999999999"), {413}),
    "length beyond numbers": (_post("/v1/validate", "Content-Length: " + "9" * 400), {400, 413}),
    "two lengths": (_post("/v1/validate", "Content-Length: 5", "Content-Length: 6"), {400}),
    "length and chunks": (
        _post("/v1/validate", "Content-Length: 5", "Transfer-Encoding: chunked"),
        {400},
    ),
    "chunks over the limit": (_chunked(3 * _MIB), {413}),
    "deep brackets": (_json(b"[" * 100_000), {422}),
    "deep objects": (_json(b'{"text":' * 100_000), {422}),
    "long query": (_get("/v1/geocode?q=" + "a" * 60_000), {422}),
    "query longer than a head": (_get("/v1/geocode?q=" + "a" * _MIB), {431, 0}),
    "a thousand headers": (
        _get("/v1/codes/7512304827", *(f"X-{number}: y" for number in range(1000))),
        {200},
    ),
    "a hundred thousand headers": (
        _get("/v1/codes/7512304827", *(f"X-{number}: y" for number in range(100_000))),
        {431, 0},
    ),
    "no http": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xff" * 200, {400}),
}


def test_odd_requests_are_refused_quickly_in_flat_memory(base: str) -> None:
    _serves(base)
    for sent, _ in ODD.values():
        _raw(base, sent)
    before = _rss_bytes(base)
    for _ in range(3):
        for name, (sent, expected) in ODD.items():
            status, took_s = _raw(base, sent)
            assert status in expected, (name, status)
            assert took_s < _QUICK_S, name
            _serves(base)
    assert _rss_bytes(base) - before < 16 * _MIB


def test_who_dribbles_is_left_and_others_are_served_meanwhile(base: str) -> None:
    with contextlib.ExitStack() as stack:
        heads = [stack.enter_context(_connect(base)) for _ in range(50)]
        silent = [stack.enter_context(_connect(base)) for _ in range(50)]
        bodies = [stack.enter_context(_connect(base)) for _ in range(50)]
        for conn in heads:
            conn.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        body = json.dumps({"text": "12 Lê Lợi"}).encode()
        for conn in bodies:
            conn.sendall(_json(body)[:-5])
        began, left = time.monotonic(), set(heads)
        while left and time.monotonic() - began < HEAD_S + 60:
            for conn in list(left):
                try:
                    conn.sendall(b"a")
                except (BrokenPipeError, ConnectionResetError):
                    left.discard(conn)
            _serves(base)
            time.sleep(0.5)
        assert not left, f"{len(left)} of 50 still dribble"
        assert {_status(conn) for conn in bodies} == {503}
        assert {_status(conn) for conn in silent} == {0}
