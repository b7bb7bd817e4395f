"""Leave an event in the transaction that makes the change (transactional outbox)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.events.tables import event


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
    await conn.execute(
        event.insert().values(
            recorded_at=at,
            type=type,
            subject=subject,
            data=dict(data) if data is not None else None,
        )
    )
