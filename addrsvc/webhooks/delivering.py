"""Deliver what is due: many receivers at once, each in order, one message after another.

A receiver is claimed for :data:`LEASE`, by one deliverer at a time (``SKIP LOCKED``), however many
processes and machines deliver. What came of an attempt is committed before the next begins. A
deliverer that is killed leaves at most the message under way without a result: once its lease has
run out another sends that again, under the same id. So every event arrives at least once, and
exactly once where the receiver drops repeats by ``webhook-id``.

A slow receiver takes one of :data:`AT_ONCE` places; one that is down is held up, see
:func:`addrsvc.webhooks.model.judge`.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import psycopg
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.auth.model import Principal
from addrsvc.clock import Clock
from addrsvc.db.rows import row
from addrsvc.db.transaction import transaction
from addrsvc.events import reading
from addrsvc.events.errors import FeedBeginsLater
from addrsvc.events.reading import Page
from addrsvc.events.sighting import SealedEvent
from addrsvc.personal.crypto import keyring
from addrsvc.personal.errors import (
    EncryptionKeyMissing,
    EncryptionKeysInvalid,
    EncryptionKeyUnknown,
)
from addrsvc.settings import Settings
from addrsvc.webhooks import repository, signing
from addrsvc.webhooks.enqueuing import enqueue_new, filter_of
from addrsvc.webhooks.model import (
    Delivery,
    Failure,
    Outcome,
    Receiver,
    ReceiverState,
    judge,
)
from addrsvc.webhooks.owners import owner_now, tell_disabled
from addrsvc.webhooks.repository import QUERIES, run
from addrsvc.webhooks.secrets_kept import signing_keys
from addrsvc.webhooks.sending import TOTAL_S, Line, Sender, sender_of

AT_ONCE: Final = 16
"""Receivers a process delivers to at the same time."""

BATCH: Final = 100
"""Most messages to a receiver under one claim."""

BATCH_S: Final = 30.0
"""No message is begun later after the claim, so that the last ends within the lease."""

LEASE: Final = timedelta(seconds=90)
"""Longer than a batch and its last message; the rest is for clocks that differ."""

_FRESH_S: Final = 1.0
"""So long what was read of the feed is told from: then it is read, and judged, again."""

_LONGEST_PAUSE_S: Final = 30.0
_AWAY: Final = (DBAPIError, PoolExhausted, psycopg.Error, OSError)

log = structlog.get_logger("addrsvc.webhooks")


async def keep_delivering(
    engine: AsyncEngine, settings: Settings, clock: Clock, *, poll_s: float = 1.0
) -> None:
    """Follow the feed and deliver until cancelled: work for the worker, in any number of them.

    A database that is away is asked again, ever less often.
    """
    deliverer = Deliverer(engine, settings, clock, sender_of(settings))
    pause_s = poll_s
    try:
        while True:
            try:
                is_behind = await deliverer.begin()
                await deliverer.wait(0 if is_behind else poll_s)
                pause_s = poll_s
            except _AWAY as error:
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
                log.warning("deliveries wait", error=type(error).__name__, pause_s=pause_s)
                await asyncio.sleep(pause_s)
    finally:
        await deliverer.end()


class Deliverer:
    """One process's deliveries under way."""

    def __init__(
        self,
        engine: AsyncEngine,
        settings: Settings,
        clock: Clock,
        sender: Sender,
        *,
        lease: timedelta = LEASE,
        at_once: int = AT_ONCE,
    ) -> None:
        self._engine, self._settings, self._clock = engine, settings, clock
        self._sender, self._lease, self._at_once = sender, lease, at_once
        self._name = secrets.token_hex(8)
        self._under_way: set[asyncio.Task[None]] = set()

    async def begin(self) -> bool:
        """Put new events on their way and begin with as many receivers as there is room for.

        Tells whether more are to be put on their way at once.
        """
        is_behind = await enqueue_new(self._engine, self._clock)
        free = self._at_once - len(self._under_way)
        if free == 0:
            return is_behind
        at = self._clock.now()
        async with transaction(self._engine) as conn:
            claimed = await repository.claim(
                conn, claimed_by=self._name, at=at, until=at + self._lease, limit=free
            )
        for receiver in claimed:
            name = f"receiver {receiver.receiver_id}"
            self._under_way.add(asyncio.create_task(self._serve(receiver), name=name))
        return is_behind

    async def wait(self, longest_s: float) -> None:
        """Wait until a receiver is done, or so long.

        One that ran into a defect of ours is left until its lease has run out: the others go on.

        Raises:
            SQLAlchemyError, psycopg.Error, OSError: the database failed. What was under way with
                that receiver goes on when its lease has run out.
        """
        if not self._under_way:
            await asyncio.sleep(longest_s)
            return
        done, self._under_way = await asyncio.wait(
            self._under_way, timeout=longest_s, return_when=asyncio.FIRST_COMPLETED
        )
        errors = {task.get_name(): task.exception() for task in done}
        for name, error in errors.items():
            if error is not None and not isinstance(error, _AWAY):
                log.error("deliveries failed", to=name, exc_info=error)
        for error in errors.values():
            if isinstance(error, _AWAY):
                raise error

    async def drain(self) -> None:
        """Deliver all that is due by now and return."""
        is_behind = await self.begin()
        while is_behind or self._under_way:
            await self.wait(0 if is_behind else 60)
            is_behind = await self.begin()

    async def end(self) -> None:
        """Break off what is under way and give the receivers back."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        self._under_way = set()
        with contextlib.suppress(*_AWAY):  # then their leases run out
            async with transaction(self._engine) as conn:
                await run(conn, "release", claimed_by=self._name, receiver_id=None)

    async def _serve(self, receiver: Receiver) -> None:
        """Deliver a batch to one receiver, in order, and give it back."""
        receiver_id, now = receiver.receiver_id, self._clock.now()
        async with transaction(self._engine) as conn:
            owner = await owner_now(conn, receiver, now)
            if owner is None:
                await run(conn, "release", claimed_by=self._name, receiver_id=receiver_id)
                return
            due = await repository.list_due(conn, receiver_id, at=now, limit=BATCH)
            keys = await self._keys(conn, receiver_id)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        batch = _Batch(receiver, owner, self._engine, self._clock)
        async with self._sender.line(receiver.url) as line:
            for delivery in due:
                event = await batch.event(delivery)
                if event is None:
                    continue
                outcome = await self._attempt(line, keys, event)
                goes_on = await batch.note(delivery, outcome)
                if not goes_on or loop.time() - begun > BATCH_S:
                    break
        async with transaction(self._engine) as conn:
            await run(conn, "release", claimed_by=self._name, receiver_id=receiver_id)

    async def _keys(self, conn: AsyncConnection, receiver_id: int) -> Sequence[str]:
        """Give the secrets that sign; none where they cannot be read."""
        try:
            ring = keyring(self._settings)
            return await signing_keys(conn, ring, receiver_id, self._clock.now())
        except (EncryptionKeyMissing, EncryptionKeysInvalid, EncryptionKeyUnknown) as error:
            log.error("secret unreadable", receiver=receiver_id, error=error.slug)  # noqa: TRY400
            return ()

    async def _attempt(self, line: Line, keys: Sequence[str], event: SealedEvent) -> Outcome:
        if not keys:
            return Outcome(None, Failure.SECRET_UNREADABLE)
        at = self._clock.now()
        body = signing.body_of(event)
        message = signing.message_id(event.number)
        headers = signing.headers_of(keys, message=message, at=at, body=body)
        return await line.post(headers, body, now=at, total_s=TOTAL_S)


class _Batch:
    """What one claim delivers: its events as the owner may see them now, and what came of them."""

    def __init__(
        self, receiver: Receiver, owner: Principal, engine: AsyncEngine, clock: Clock
    ) -> None:
        self._receiver, self._owner = receiver, owner
        self._engine, self._clock = engine, clock
        self._failures, self._failing_since = receiver.failures, receiver.failing_since
        self._was_down = receiver.hold_until is not None
        self._page = Page((), 0, 0)
        self._begins = 0
        self._read_at = 0.0

    async def event(self, delivery: Delivery) -> SealedEvent | None:
        """Give the event of a delivery; None, and the delivery goes, where it is not for it now.

        The address may have been hidden, or the filter changed, since it was put on its way.
        """
        is_stale = asyncio.get_running_loop().time() - self._read_at > _FRESH_S
        if is_stale or not self._begins <= delivery.number <= self._page.next:
            await self._read_page(delivery.number)
        for event in self._page.items:
            if event.number == delivery.number:
                return event
        async with transaction(self._engine) as conn:
            await run(
                conn,
                "withhold",
                receiver_id=self._receiver.receiver_id,
                number=delivery.number,
            )
        return None

    async def _read_page(self, number: int) -> None:
        try:
            async with transaction(self._engine) as conn:
                self._page = await reading.read_page(
                    conn,
                    self._owner,
                    after=number - 1,
                    limit=BATCH,
                    types=filter_of(self._receiver),
                )
        except FeedBeginsLater:
            self._page = Page((), number, number)
        self._begins, self._read_at = number, asyncio.get_running_loop().time()

    async def note(self, delivery: Delivery, outcome: Outcome) -> bool:
        """Commit what came of an attempt and tell whether to go on with the next."""
        at, receiver_id = self._clock.now(), self._receiver.receiver_id
        verdict = judge(
            outcome,
            attempts=delivery.attempts + 1,
            failures=self._failures,
            failing_since=self._failing_since,
            at=at,
            jitter=secrets.randbelow(1000) / 1000,
        )
        async with transaction(self._engine) as conn:
            asked = {
                "receiver_id": receiver_id,
                "number": delivery.number,
                "state": verdict.state,
                "next_at": verdict.next_at,
                "at": at,
                "status": outcome.status,
                "error": outcome.failure,
                "hold_until": verdict.hold_until,
                "disable": verdict.disable,
            }
            stands = await row(conn, QUERIES["note_attempt"], asked)
            if stands is None:
                return False
            if verdict.disable is not None:
                await tell_disabled(conn, receiver_id, verdict.disable, at)
            elif outcome.failure is None and self._was_down:
                await run(conn, "wake", receiver_id=receiver_id, at=at)
        self._failures, self._failing_since = stands["failures"], stands["failing_since"]
        self._was_down = verdict.hold_until is not None
        return not self._was_down and stands["state"] == ReceiverState.ACTIVE
