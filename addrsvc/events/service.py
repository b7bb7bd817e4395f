"""Leave an event in the transaction that makes the change (transactional outbox)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.db.rows import driver_connection, execute
from addrsvc.events.feed import QUERIES


async def record(
    conn: AsyncConnection,
    *,
    type: str,  # noqa: A002 - the column's and the feed's word
    subject: str,
    at: datetime,
    data: Mapping[str, object] | None = None,
) -> None:
    """Add one event in the caller's transaction.

    Args:
        conn: the transaction of the change itself.
        type: ``noun.past-participle``, such as ``address.retired``.
        subject: address code or id, unit code or prefix it happened to.
        at: the change's moment, from the caller's clock.
        data: what followers need to act; never personal data.
    """
    written = Jsonb(dict(data)) if data is not None else None
    params = {"at": at, "type": type, "subject": subject, "data": written}
    await execute(conn, QUERIES["record_event"], params)


class Event(NamedTuple):
    """One of many events of one moment."""

    type: str
    subject: str
    data: Mapping[str, object]


async def record_many(conn: AsyncConnection, *, at: datetime, told: Sequence[Event]) -> None:
    """Add events in the caller's transaction, in order, each as ``record`` does."""
    given = [
        {"at": at, "type": each.type, "subject": each.subject, "data": Jsonb(dict(each.data))}
        for each in told
    ]
    driver = await driver_connection(conn)
    async with driver.cursor() as cursor:
        await cursor.executemany(QUERIES["record_event"], given)
