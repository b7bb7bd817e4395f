"""Send one message: the name resolved once, every address checked, and that address connected to.

No redirect is followed, no proxy of the environment used, and no more than 64 KiB of an answer
read; none of it is kept.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache, partial
from types import TracebackType
from typing import Any, Final, Self

import httpcore
from httpcore import SOCKET_OPTION

from addrsvc.settings import Settings
from addrsvc.webhooks.model import Failure, Outcome
from addrsvc.webhooks.targets import Refusal, Rules, Target, TargetRefused

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Name and port in, addresses as text out; none: the name is not known."""

TOTAL_S: Final = 15.0
"""An attempt takes no longer, from the name to the end of the answer."""

_CONNECT_S: Final = 5.0
_RESOLVE_S: Final = 5.0
_ANSWER_LIMIT: Final = 64 * 1024

_resolvers = ThreadPoolExecutor(16, thread_name_prefix="dns")
"""Threads of their own: a name server that hangs keeps no other work from its thread, nor a long
computation a name from being found."""


async def ask_dns(host: str, port: int) -> list[str]:
    """Resolve a name as the machine does."""
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    try:
        async with asyncio.timeout(_RESOLVE_S):
            found = await asyncio.get_running_loop().run_in_executor(_resolvers, ask)
    except (socket.gaierror, UnicodeError, TimeoutError):
        return []
    return [str(address[0]) for *_, address in found]


class Sender:
    """Checks targets and opens lines to them; one for a process."""

    def __init__(
        self, rules: Rules, resolve: Resolve = ask_dns, trusted: ssl.SSLContext | None = None
    ) -> None:
        self.rules = rules
        self._resolve = resolve
        self._trusted = trusted

    async def check(self, url: str) -> Target:
        """Read a URL and look at where it leads now.

        Raises:
            TargetRefused: nothing may be sent there.
        """
        target = self.rules.target(url)
        await self.addresses(target)
        return target

    async def addresses(self, target: Target) -> list[str]:
        """Resolve a target and give its addresses, every one of them checked.

        Raises:
            TargetRefused: one may not be connected to.
        """
        literal = target.address
        if literal is not None:
            found = [str(literal)]
        else:
            found = await self._resolve(target.host, target.port)
        return [str(each) for each in self.rules.check(target, found)]

    def line(self, url: str) -> Line:
        """Open a line to a receiver, over which messages go one after another."""
        if self._trusted is None:  # reads some hundred certificates
            self._trusted = ssl.create_default_context()
        return Line(self, url, self._trusted)


def sender_of(settings: Settings) -> Sender:
    """Give the sender these settings allow."""
    return _sender(settings.webhook_allow, settings.webhook_ports)


@lru_cache(maxsize=8)
def _sender(allow: str, ports: str) -> Sender:
    return Sender(Rules.read(allow, ports))


class Line:
    """Messages to one receiver; a connection is kept between them."""

    def __init__(self, sender: Sender, url: str, trusted: ssl.SSLContext) -> None:
        self._url = url
        self._rules = sender.rules
        self._backend = _Pinned(sender)
        self._pool = httpcore.AsyncConnectionPool(
            trusted, max_connections=1, network_backend=self._backend
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._pool.aclose()

    async def post(
        self,
        headers: list[tuple[bytes, bytes]],
        body: bytes,
        *,
        now: datetime,
        total_s: float = TOTAL_S,
    ) -> Outcome:
        """Make one attempt; whatever goes wrong is its outcome."""
        try:
            async with asyncio.timeout(total_s):
                target = self._backend.target = self._rules.target(self._url)
                return await self._post(target, headers, body, now)
        except TargetRefused as refused:
            unknown = refused.refusal is Refusal.UNRESOLVED
            return Outcome(None, Failure.UNRESOLVED if unknown else Failure.ADDRESS_REFUSED)
        except (TimeoutError, httpcore.TimeoutException):
            return Outcome(None, Failure.TIMEOUT)
        except httpcore.ConnectError as error:
            # the pool drops the cause
            is_tls = any(isinstance(each, ssl.SSLError) for each in error.args)
            return Outcome(None, Failure.CERTIFICATE if is_tls else Failure.CONNECTION)
        except (httpcore.NetworkError, OSError):  # the library lets broken TLS records through
            return Outcome(None, Failure.CONNECTION)
        except httpcore.ProtocolError:
            return Outcome(None, Failure.PROTOCOL)

    async def _post(
        self, target: Target, headers: list[tuple[bytes, bytes]], body: bytes, now: datetime
    ) -> Outcome:
        url = httpcore.URL(
            scheme=target.scheme, host=target.host, port=target.port, target=target.path
        )
        own = [(b"Host", target.authority.encode()), (b"Accept", b"*/*")]
        async with self._pool.stream(
            "POST",
            url,
            headers=own + headers,
            content=body,
            extensions={"timeout": {"connect": _CONNECT_S}},
        ) as answer:
            read = 0
            async for piece in answer.aiter_stream():
                read += len(piece)
                if read > _ANSWER_LIMIT:
                    break
            return _outcome(answer.status, answer.headers, now)


class _Pinned(httpcore.AsyncNetworkBackend):
    """Connects to the very addresses that were checked; certificates are of the name."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._tcp = httpcore.AnyIOBackend()
        self.target: Target | None = None

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        target = self.target
        if target is None or (target.host, target.port) != (host, port):
            raise TargetRefused(Refusal.HOST)
        addresses = await self._sender.addresses(target)
        for address in addresses[:-1]:
            try:
                return await self._tcp.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._tcp.connect_tcp(
            addresses[-1], port, timeout, local_address, socket_options
        )

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        raise TargetRefused(Refusal.HOST)

    async def sleep(self, seconds: float) -> None:
        await self._tcp.sleep(seconds)


def _outcome(status: int, headers: list[tuple[bytes, bytes]], now: datetime) -> Outcome:
    if 200 <= status < 300:
        return Outcome(status, None)
    if 300 <= status < 400:
        return Outcome(status, Failure.REDIRECT)
    wish = None
    if status in {429, 503}:
        told = {name.lower(): value for name, value in headers}.get(b"retry-after")
        wish = None if told is None else read_retry_after(told.decode("latin-1"), now)
    return Outcome(status, Failure.STATUS, wish)


def read_retry_after(text: str, now: datetime) -> timedelta | None:
    """Read a Retry-After header (RFC 9110, 10.2.3): seconds or a date; None when it is neither.

    >>> read_retry_after("120", datetime(2026, 1, 15, 3, 0, tzinfo=UTC))
    datetime.timedelta(seconds=120)
    >>> read_retry_after("Thu, 15 Jan 2026 03:00:30 GMT", datetime(2026, 1, 15, 3, 0, tzinfo=UTC))
    datetime.timedelta(seconds=30)
    >>> read_retry_after("soon", datetime(2026, 1, 15, 3, 0, tzinfo=UTC)) is None
    True
    >>> late = "Thu, 15 Jan 99999999999999999999 03:00:30 GMT"
    >>> read_retry_after(late, datetime(2026, 1, 15, 3, 0, tzinfo=UTC)) is None
    True
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 10**8))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return max(at - now, timedelta(0))
