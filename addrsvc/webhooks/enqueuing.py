"""Put new events on their way: from the feed, in order, to every receiver that may hear them."""

from __future__ import annotations

from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.clock import Clock
from addrsvc.db.rows import row
from addrsvc.db.transaction import transaction
from addrsvc.events import reading
from addrsvc.events.errors import FeedBeginsLater
from addrsvc.events.reading import TypeFilter
from addrsvc.webhooks.model import Receiver
from addrsvc.webhooks.owners import owner_now
from addrsvc.webhooks.repository import QUERIES, receiver_of, run

ROOM: Final = 10_000
"""Where so many wait for a receiver, it follows no further: a long import while a receiver is
down makes no rows without end, and nothing is left out."""

log = structlog.get_logger("addrsvc.webhooks")


async def enqueue_new(engine: AsyncEngine, clock: Clock, *, room: int = ROOM) -> bool:
    """Take every active receiver a page on in the feed; tell whether one has further to go.

    No more than a page, so that who begins far back holds up nobody. A page and how far it went
    are one transaction, and the receiver is locked meanwhile: several may run at once, none leaves
    an event out or puts it on its way twice.
    """
    after, is_behind = 0, False
    while True:
        async with transaction(engine) as conn:
            newest = await reading.last_number(conn)
            asked = {"newest": newest, "after": after, "room": room}
            found = await row(conn, QUERIES["lock_behind"], asked)
            if found is None:
                return is_behind
            receiver = receiver_of(found)
            reached = await _enqueue_page(conn, receiver, clock)
        after = receiver.receiver_id
        is_behind = is_behind or reached < newest


async def _enqueue_page(conn: AsyncConnection, receiver: Receiver, clock: Clock) -> int:
    owner = await owner_now(conn, receiver, clock.now())
    if owner is None:
        return receiver.followed_to
    try:
        page = await reading.read_page(
            conn,
            owner,
            after=receiver.followed_to,
            limit=reading.PAGE_LIMIT,
            types=filter_of(receiver),
        )
        numbers, reached = [each.number for each in page.items], page.next
    except FeedBeginsLater as gap:
        log.warning("receiver missed archived events", receiver=receiver.receiver_id)
        numbers, reached = [], gap.first - 1
    await run(
        conn,
        "enqueue",
        receiver_id=receiver.receiver_id,
        numbers=numbers,
        at=clock.now(),
        followed_to=reached,
    )
    return reached


def filter_of(receiver: Receiver) -> TypeFilter | None:
    """Give a receiver's filter by type."""
    return None if receiver.types is None else TypeFilter.parse(",".join(receiver.types))
