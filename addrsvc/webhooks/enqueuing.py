"""Put new events on their way: from the feed, in order, to every receiver that may hear them."""

from __future__ import annotations

from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.clock import Clock
from addrsvc.db.rows import row
from addrsvc.db.transaction import transaction
from addrsvc.events import reading
from addrsvc.events.errors import AfterBeyondLast, FeedBeginsLater
from addrsvc.events.reading import TypeFilter
from addrsvc.webhooks.model import Receiver
from addrsvc.webhooks.owners import owner_now
from addrsvc.webhooks.repository import QUERIES, receiver_of, run

ROOM: Final = 10_000
"""Where so many wait for a receiver, it follows no further: a long import while a receiver is
down makes no rows without end, and nothing is left out."""

log = structlog.get_logger("addrsvc.webhooks")


async def enqueue_new(engine: AsyncEngine, clock: Clock, *, room: int = ROOM) -> int:
    """Take every active receiver to the end of the feed, a page at a time; give how many events.

    A page and how far it went are one transaction, and the receiver is locked meanwhile: several
    may run at once, none leaves an event out or puts it on its way twice.
    """
    count, after = 0, 0
    while True:
        async with transaction(engine) as conn:
            newest = await reading.last_number(conn)
            asked = {"newest": newest, "after": after, "room": room}
            found = await row(conn, QUERIES["lock_behind"], asked)
            if found is None:
                return count
            receiver = receiver_of(found)
            added, reached = await _enqueue_page(conn, receiver, clock)
        count += added
        # not at the end yet: the same receiver once more
        after = receiver.receiver_id if reached >= newest else receiver.receiver_id - 1


async def _enqueue_page(conn: AsyncConnection, receiver: Receiver, clock: Clock) -> tuple[int, int]:
    owner = await owner_now(conn, receiver, clock.now())
    if owner is None:
        return 0, receiver.followed_to
    types = filter_of(receiver)
    try:
        page = await reading.read_page(
            conn,
            owner,
            after=receiver.followed_to,
            limit=reading.PAGE_LIMIT,
            types=types,
        )
        numbers, reached = [each.number for each in page.items], page.next
    except FeedBeginsLater as gap:
        log.warning("receiver missed archived events", receiver=receiver.receiver_id)
        numbers, reached = [], gap.first - 1
    except AfterBeyondLast as beyond:  # the database was restored from an older backup
        log.warning("receiver knows of later events", receiver=receiver.receiver_id)
        numbers, reached = [], beyond.last
    await run(
        conn,
        "enqueue",
        receiver_id=receiver.receiver_id,
        numbers=numbers,
        at=clock.now(),
        followed_to=reached,
    )
    return len(numbers), reached


def filter_of(receiver: Receiver) -> TypeFilter | None:
    """Give a receiver's filter by type."""
    return None if receiver.types is None else TypeFilter.parse(",".join(receiver.types))
