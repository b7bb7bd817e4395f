"""A receiver of webhooks on loopback, and a world in which events are sent to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from service_settings import service_settings
from sqlalchemy.ext.asyncio import AsyncEngine
from standardwebhooks import Webhook

from addrsvc.auth.model import Principal, Scope
from addrsvc.clock import Clock
from addrsvc.db.rows import rows
from addrsvc.db.transaction import transaction
from addrsvc.events import service as events
from addrsvc.events.sealing import seal_all
from addrsvc.personal.crypto import new_key
from addrsvc.settings import Settings
from addrsvc.webhooks import service
from addrsvc.webhooks.delivering import LEASE, Deliverer
from addrsvc.webhooks.model import Receiver
from addrsvc.webhooks.sending import sender_of

INTEGRATOR = Principal(
    "cli:integrator", frozenset({Scope.WEBHOOKS_WRITE, Scope.EVENTS_READ, Scope.ADDRESSES_READ})
)

Answer = tuple[int, Mapping[str, str]]
"""Status and headers; status 0: hangs for ever; −1: closes without a word."""


@dataclass
class Got:
    """One message that arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def number(self) -> int:
        return int(self.id.removeprefix("evt_"))

    def told(self) -> Any:
        return json.loads(self.body)

    def verify(self, secret: str) -> Any:
        return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Inbox:
    """A receiver: everything it got, and what it answers."""

    got: list[Got] = field(default_factory=list)
    answer: Callable[[Got], Answer] = lambda _: (200, {})
    delay_s: float = 0.0
    may_answer: asyncio.Event | None = None
    """Until it is set, nothing is answered; None: it need not be."""
    connections: int = 0
    url: str = ""

    @property
    def numbers(self) -> list[int]:
        return [each.number for each in self.got]

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.split(": ", 1) for line in head[1:] if line)
        headers = {name.lower(): value for name, value in pairs}
        got = Got(headers, await reader.readexactly(int(headers["content-length"])))
        self.got.append(got)
        status, more = self.answer(got)
        if status == 0:
            await asyncio.sleep(3600)
        if status < 0:
            return False
        await asyncio.sleep(self.delay_s)
        if self.may_answer is not None:
            await self.may_answer.wait()
        told = "".join(f"{name}: {value}\r\n" for name, value in more.items())
        writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: 2\r\n{told}\r\nok".encode())
        await writer.drain()
        return True


@asynccontextmanager
async def listening(host: str = "127.0.0.1") -> AsyncIterator[Inbox]:
    """Run a receiver on a free port."""
    inbox = Inbox()
    server = await asyncio.start_server(inbox, host, 0)
    inbox.url = f"http://{host}:{server.sockets[0].getsockname()[1]}/hooks"
    try:
        yield inbox
    finally:
        server.close()


class MovableClock:
    """The real time, moved on by the test: signatures have to be of now."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move(self, **by: float) -> None:
        self._ahead += timedelta(**by)


def settings_for(database_url: str, *inboxes: Inbox, **more: object) -> Settings:
    """Give settings that allow these receivers."""
    ports = ",".join(each.url.rsplit(":", 1)[1].split("/")[0] for each in inboxes) or "443"
    return service_settings(
        database_url,
        **{
            "encryption_keys": new_key(),
            "webhook_allow": "127.0.0.1/32",
            "webhook_ports": ports,
            **more,
        },
    )


@dataclass
class Post:
    """One world of events and receivers."""

    engine: AsyncEngine
    settings: Settings
    clock: MovableClock

    async def register(
        self, inbox: Inbox, principal: Principal = INTEGRATOR, **asked: Any
    ) -> tuple[Receiver, str]:
        async with transaction(self.engine) as conn:
            return await service.register(conn, principal, self.clock, url=inbox.url, **asked)

    async def happen(self, *types: str, subject: str = "75123", data: Any = None) -> None:
        """Let events happen and number them."""
        async with transaction(self.engine) as conn:
            for each in types:
                await events.record(
                    conn, type=each, subject=subject, at=self.clock.now(), data=data
                )
        await seal_all(self.engine)

    def deliverer(
        self, clock: Clock | None = None, lease: timedelta = LEASE, at_once: int = 16
    ) -> Deliverer:
        sender = sender_of(self.settings)
        clock = clock or self.clock
        return Deliverer(self.engine, self.settings, clock, sender, lease=lease, at_once=at_once)

    async def deliver(self) -> None:
        deliverer = self.deliverer()
        try:
            await deliverer.drain()
        finally:
            await deliverer.end()

    async def ask(self, statement: str, **values: object) -> Sequence[dict[str, Any]]:
        async with transaction(self.engine) as conn:
            return await rows(conn, statement, values)


async def kill(deliverer: Deliverer) -> None:
    """End a deliverer as a kill does: nothing is given back."""
    for task in deliverer._under_way:
        task.cancel()
    await asyncio.gather(*deliverer._under_way, return_exceptions=True)
