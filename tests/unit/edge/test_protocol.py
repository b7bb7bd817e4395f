"""Connections that nothing comes of, or nobody takes anything from, end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from addrsvc.edge import protocol
from addrsvc.edge.protocol import PatientHttp

pytestmark = pytest.mark.anyio

HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx"


async def answer(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer at once, without a look at the body; a lot where it is asked for."""
    body = b"x" * (8 * 2**20 if scope["path"] == "/much" else 2)
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


@dataclass
class Served:
    port: int = 0
    state: ServerState = field(default_factory=ServerState)

    async def left(self) -> None:
        """Wait until no connection is left."""
        async with asyncio.timeout(5):
            while self.state.connections:
                await asyncio.sleep(0.02)


@pytest.fixture
async def served(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    monkeypatch.setattr(protocol, "HEAD_S", 0.5)
    monkeypatch.setattr(protocol, "_UNREAD_S", 1.0)
    served = Served()
    config = uvicorn.Config(answer, http=PatientHttp, log_config=None, timeout_keep_alive=1)
    config.load()
    server = await asyncio.get_running_loop().create_server(
        lambda: PatientHttp(config=config, server_state=served.state, app_state={}), "127.0.0.1", 0
    )
    served.port = server.sockets[0].getsockname()[1]
    async with server:
        yield served


@asynccontextmanager
async def connected(
    served: Served,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def test_a_connection_serves_one_request_after_the_other(served: Served) -> None:
    async with connected(served) as (reader, writer):
        for _ in range(3):
            writer.write(HEAD)
            assert (await reader.readuntil(b"\r\n\r\nxx")).startswith(b"HTTP/1.1 200")
            await asyncio.sleep(0.3)
        assert len(served.state.connections) == 1
        await served.left()


@pytest.mark.parametrize("crumb", [b"\r\n", b"G"])
async def test_who_never_gets_to_another_request_is_left(served: Served, crumb: bytes) -> None:
    async with connected(served) as (reader, writer):
        writer.write(HEAD)
        await reader.readuntil(b"xx")
        writer.write(crumb)
        await served.left()


async def test_who_dribbles_a_body_that_was_answered_is_left(served: Served) -> None:
    async with connected(served) as (reader, writer):
        writer.write(POST)
        await reader.readuntil(b"xx")
        began = asyncio.get_running_loop().time()
        while served.state.connections:
            assert asyncio.get_running_loop().time() - began < 5
            writer.write(b"x")
            await asyncio.sleep(0.1)


async def test_a_body_that_comes_behind_its_answer_is_no_end(served: Served) -> None:
    async with connected(served) as (reader, writer):
        writer.write(POST)
        await reader.readuntil(b"xx")
        writer.write(b"x" * 999 + HEAD)
        await reader.readuntil(b"xx")


@pytest.mark.parametrize("header", [b"", b"Connection: close\r\n"])
async def test_an_answer_nobody_takes_is_dropped(served: Served, header: bytes) -> None:
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(deaf, ("127.0.0.1", served.port))
        await loop.sock_sendall(deaf, b"GET /much HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n")
        await asyncio.sleep(0.1)
        assert served.state.connections
        await served.left()
