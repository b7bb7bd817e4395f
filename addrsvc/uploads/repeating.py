"""A file that comes again under its key is taken once: who repeats is led to the first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.clock import Clock
from addrsvc.db.idempotency import Answer, IdempotencyKeyReused, answer_once, fingerprint_of
from addrsvc.db.transaction import transaction
from addrsvc.errors import AddrsvcError
from addrsvc.settings import Settings
from addrsvc.uploads.errors import FileTooLarge
from addrsvc.uploads.receiving import Received, Sent, receive


async def taken_once(
    conn: AsyncConnection,
    principal: str,
    sent: Sent,
    received: Received,
    clock: Clock,
    work: Callable[[], Awaitable[Answer]],
) -> UUID:
    """Do what a file is to begin, once for its key; gives the id its ``Location`` ends with.

    Raises:
        IdempotencyKeyInvalid, IdempotencyKeyReused: see ``db.idempotency``.
    """
    answer = await answer_once(
        conn,
        principal=principal,
        key=sent.key,
        fingerprint=fingerprint_of(sent.fingerprint, received.sha256.encode()),
        at=clock.now(),
        work=work,
    )
    return UUID(answer.headers["Location"].rpartition("/")[2])


async def taken_before(
    engine: AsyncEngine, principal: str, sent: Sent, settings: Settings, clock: Clock
) -> UUID:
    """Look at a file whose key is known, and give what the first one began; nothing is written.

    Raises:
        IdempotencyKeyReused: it is another file, or the key is not known any more.
        FileTooLarge, FileNothingIn: not such a file.
    """
    over = FileTooLarge(limit_bytes=settings.file_max_bytes)
    received = await receive(sent.chunks, None, settings.file_max_bytes, over)

    async def work() -> Answer:
        raise IdempotencyKeyReused

    async with transaction(engine) as conn:
        return await taken_once(conn, principal, sent, received, clock, work)


def limit_of(settings: Settings, left: int, too_many: AddrsvcError) -> tuple[int, AddrsvcError]:
    """Give how many bytes a file may have of those its sender has left, and what to say of more."""
    if left < settings.file_max_bytes:
        return left, too_many
    return settings.file_max_bytes, FileTooLarge(limit_bytes=settings.file_max_bytes)
