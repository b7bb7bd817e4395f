"""A network between a phone and the server that fails as networks do, at moments a test chooses.

TLS in front, plain HTTP to the server behind. Each request is named by what it asks for; a plan
says what becomes of it. Every answer closes its connection, since browsers send again by
themselves what was lost on a connection used before.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from local_tls import LocalTls


class Fault(StrEnum):
    """What becomes of one request."""

    LOST = "lost"
    """It was sent, and never reached the server."""
    HALF = "half"
    """The server gets half of the body, and then nothing."""
    UNHEARD = "unheard"
    """The server has done it; the phone never hears."""
    CUT = "cut"
    """The phone hears half of the answer."""
    BROKEN = "broken"
    """500 of something on the way; the server heard nothing."""
    BUSY = "busy"
    """503 with ``Retry-After``, as a server going down says it."""
    PORTAL = "portal"
    """200 with the page of a café."""
    SLOW = "slow"
    """The answer trickles."""
    TWICE = "twice"
    """The server gets it twice at once."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    head: bytes
    body: bytes

    @property
    def kind(self) -> str:
        """Give what it is for, without ids and numbers."""
        parts = self.path.partition("?")[0].split("/")
        if "photos" in parts:
            return f"{self.method} photo"
        if parts[-1] == "private":
            return "PUT private"
        if "submissions" in parts:
            return "PUT record"
        return f"{self.method} {parts[-1]}"

    @property
    def step(self) -> str:
        """Give what is the same when it is sent again."""
        offset = ""
        for line in self.head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"upload-offset":
                offset = value.strip().decode()
        return f"{self.method} {self.path} {offset}"


Plan = Callable[[Asked, int], Fault | None]
"""Gives what becomes of a request, and of which time it is sent (from 1)."""


@dataclass
class FaultyNetwork:
    """Between a phone and ``upstream``, a port of this machine."""

    upstream: int
    plan: Plan = lambda _asked, _time: None
    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """Answered here: media type and body by path."""
    change: Callable[[str, bytes], bytes] | None = None
    """Puts other words into answers, by path."""
    times: Counter[str] = field(default_factory=Counter)
    met: Counter[tuple[str, Fault]] = field(default_factory=Counter)
    on_request: Callable[[Asked], None] | None = None
    """Called, in the network's own thread, before a request goes on."""
    base: str = ""
    tasks: set[asyncio.Task[None] | None] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request of one connection."""
        task = asyncio.current_task()
        self.tasks.add(task)  # nothing else holds it once the phone has gone away
        try:
            asked = await _read_request(reader)
            if asked is not None:
                await self._answer(asked, writer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the phone went away
        finally:
            self.tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        path = asked.path.partition("?")[0]
        if path in self.pages:
            media_type, body = self.pages[path]
            writer.write(_made(200, body, media_type))
            return
        self.times[asked.step] += 1
        fault = self.plan(asked, self.times[asked.step])
        if fault is not None:
            self.met[asked.kind, fault] += 1
        if self.on_request is not None:
            await asyncio.to_thread(self.on_request, asked)
        match fault:
            case Fault.LOST:
                writer.transport.abort()
            case Fault.HALF:
                await self._ask(asked, half=True)
                writer.transport.abort()
            case Fault.UNHEARD:
                await self._ask(asked)
                writer.transport.abort()
            case Fault.BROKEN | Fault.BUSY | Fault.PORTAL:
                writer.write(_ANSWERS[fault])
            case Fault.TWICE:
                answers = await asyncio.gather(self._ask(asked), self._ask(asked))
                writer.write(answers[0])
            case _:
                await self._pass_on(asked, path, writer, fault)

    async def _pass_on(
        self, asked: Asked, path: str, writer: asyncio.StreamWriter, fault: Fault | None
    ) -> None:
        answer = await self._ask(asked)
        if not answer:
            writer.transport.abort()
            return
        if self.change is not None:
            answer = _with_body(answer, lambda body: self.change(path, body))  # type: ignore[misc]
        if fault is Fault.CUT:
            writer.write(answer[: len(answer) - max(len(_split(answer)[1]) // 2, 1)])
            await writer.drain()
            writer.transport.abort()
        elif fault is Fault.SLOW:
            size = max(len(answer) // 6, 1)
            for at in range(0, len(answer), size):
                writer.write(answer[at : at + size])
                await writer.drain()
                await asyncio.sleep(0.005)
        else:
            writer.write(answer)

    async def _ask(self, asked: Asked, *, half: bool = False) -> bytes:
        """Ask the server; empty where there is none, or it went away."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        except ConnectionError:
            return b""
        try:
            body = asked.body[: len(asked.body) // 2] if half else asked.body
            writer.write(asked.head + body)
            await writer.drain()
            return b"" if half else await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


_DROPPED: Final = (
    b"connection:",
    b"accept-encoding:",
    b"x-forwarded-proto:",
    b"if-none-match:",
)


async def _read_request(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None  # a connection a browser opened in advance
    first, *lines = head.split(b"\r\n")
    method, path, _ = first.decode().split(" ", 2)
    length = next(
        (
            int(each.partition(b":")[2])
            for each in lines
            if each.lower().startswith(b"content-length")
        ),
        0,
    )
    kept = [each for each in lines if each and not each.lower().startswith(_DROPPED)]
    sent = [first, *kept, b"X-Forwarded-Proto: https", b"Connection: close", b"", b""]
    return Asked(method, path, b"\r\n".join(sent), await reader.readexactly(length))


def _made(status: int, body: bytes, media_type: str, more: bytes = b"") -> bytes:
    return (
        (
            f"HTTP/1.1 {status} Answer\r\nContent-Type: {media_type}\r\n"
            f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n"
        ).encode()
        + more
        + b"\r\n"
        + body
    )


def _split(answer: bytes) -> tuple[bytes, bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


def _with_body(answer: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Put another body into an answer that says its length."""
    head, body = _split(answer)
    changed = change(body)
    if changed == body:
        return answer
    lines = [
        each
        for each in head.split(b"\r\n")
        if not each.lower().startswith((b"content-length:", b"etag:"))
    ]
    return b"\r\n".join([*lines, f"Content-Length: {len(changed)}".encode(), b"", changed])


_ANSWERS: Final = {
    Fault.BROKEN: _made(500, b"<h1>Internal Server Error</h1>", "text/html"),
    Fault.BUSY: _made(503, b"{}", "application/json", b"Retry-After: 1\r\n"),
    Fault.PORTAL: _made(200, "<h1>Quán cà phê</h1>".encode(), "text/html"),
}


@contextlib.contextmanager
def faulty_network(upstream: int, tls: LocalTls) -> Iterator[FaultyNetwork]:
    """Open a network in a thread of its own; its ``base`` is what phones are to open."""
    network = FaultyNetwork(upstream)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.server_options["ssl_certfile"], tls.server_options["ssl_keyfile"])
    opened, loop = threading.Event(), asyncio.new_event_loop()
    closing = asyncio.Event()

    async def run() -> None:
        server = await asyncio.start_server(
            network.serve, "127.0.0.1", 0, ssl=context, limit=1_048_576
        )
        network.base = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        opened.set()
        async with server:
            await closing.wait()
        left = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
        for each in left:
            each.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()), daemon=True)
    thread.start()
    try:
        assert opened.wait(30)
        yield network
    finally:
        loop.call_soon_threadsafe(closing.set)
        thread.join(30)
        loop.close()
