"""Ask at moments fixed beforehand, whether or not earlier answers came: load that does not wait.

A client that waits for its answer slows down with the server and hides that it does. Here each
request has its moment; how long it took counts from there.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

PATIENCE_S = 30.0
_MOST_CONNECTIONS = 800


@dataclass(slots=True)
class Told:
    """What came back from many requests."""

    statuses: Counter[int] = field(default_factory=Counter)
    accepted_s: list[float] = field(default_factory=list)
    """How long each took that was answered in full; failures and refusals are not among them."""

    def note(self, status: int, took_s: float) -> None:
        """Take down one answer; status 0: none came."""
        self.statuses[status] += 1
        if 200 <= status < 500 and status != 429:
            self.accepted_s.append(took_s)

    def share(self, *statuses: int) -> float:
        """Give the share of some statuses among all answers."""
        return sum(self.statuses[each] for each in statuses) / max(1, self.statuses.total())

    def ms(self, percentile: int) -> float:
        """Give a percentile of what was accepted."""
        if len(self.accepted_s) < 2:
            return self.accepted_s[0] * 1000 if self.accepted_s else float("nan")
        return statistics.quantiles(self.accepted_s, n=100)[percentile - 1] * 1000


class _Connection(asyncio.Protocol):
    """One connection: a request out, a status back."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._answer: asyncio.Future[int] | None = None
        self._transport: asyncio.Transport | None = None
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport, self.is_open = transport, True

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = bytes(self._received).partition(b"\r\n\r\n")
        if not found:
            return
        fields = head.lower().split(b"\r\n")
        lengths = [each[15:] for each in fields if each.startswith(b"content-length:")]
        if len(body) < (int(lengths[0]) if lengths else 0):
            return
        self._received.clear()
        self._done(int(fields[0].split(b" ")[1]))

    def connection_lost(self, _: Exception | None) -> None:
        self.is_open = False
        self._done(0)

    def _done(self, status: int) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(status)

    async def ask(self, request: bytes) -> int:
        """Give the status of the answer; 0: the connection ended."""
        if self._transport is None:
            return 0
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """End it."""
        if self._transport is not None:
            self._transport.abort()


class Asker:
    """Requests to one server over connections that are kept."""

    def __init__(self, base_url: str) -> None:
        host, _, port = urlsplit(base_url).netloc.partition(":")
        self._host, self._port = host, int(port)
        self._idle: list[_Connection] = []
        self._free = asyncio.Semaphore(_MOST_CONNECTIONS)

    async def ask(self, path: str, *headers: str) -> int:
        """Ask once; 0: no answer."""
        head = "".join(f"{each}\r\n" for each in ("Host: bench", *headers))
        request = f"GET {quote(path, safe='/?=&%')} HTTP/1.1\r\n{head}\r\n".encode()
        async with self._free:
            conn = self._take()
            try:
                async with asyncio.timeout(PATIENCE_S):
                    if conn is None:
                        loop = asyncio.get_running_loop()
                        _, conn = await loop.create_connection(_Connection, self._host, self._port)
                    status = await conn.ask(request)
            except (TimeoutError, OSError):
                status = 0
            if conn is not None and conn.is_open and status:
                self._idle.append(conn)
            elif conn is not None:
                conn.close()
        return status

    def _take(self) -> _Connection | None:
        while self._idle:
            conn = self._idle.pop()
            if conn.is_open:
                return conn
        return None

    async def flood(self, paths: Sequence[str], *, per_s: float, seconds: float) -> Told:
        """Ask at an even pace, whatever becomes of it."""
        told, tasks = Told(), set[asyncio.Task[None]]()

        async def one(path: str, due: float) -> None:
            status = await self.ask(path)
            told.note(status, time.perf_counter() - due)

        begun = time.perf_counter()
        for number in range(int(per_s * seconds)):
            due = begun + number / per_s
            wait_s = due - time.perf_counter()
            if wait_s > 0 or number % 50 == 0:
                await asyncio.sleep(max(0.0, wait_s))
            task = asyncio.create_task(one(paths[number % len(paths)], due))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)
        return told

    async def capacity(self, paths: Sequence[str], *, at_once: int, seconds: float) -> float:
        """Give how many are answered in a second when so many ask one after the other."""
        until, done = time.perf_counter() + seconds, Counter[int]()

        async def turn(mine: Iterable[str]) -> None:
            for path in mine:
                if time.perf_counter() > until:
                    return
                done[await self.ask(path)] += 1

        await asyncio.gather(*(turn(list(paths[i::at_once]) * 1000) for i in range(at_once)))
        if set(done) - {200}:
            raise RuntimeError(f"not all were answered: {dict(done)}")
        return done[200] / seconds

    async def close(self) -> None:
        """End all connections."""
        for each in self._idle:
            each.close()
        await asyncio.sleep(0.05)  # until they have ended
