"""In whose name a receiver is told, and what happens when that, or the receiver, has ended."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.present import as_of_now
from addrsvc.events import service as events
from addrsvc.webhooks.model import Receiver, WhyDisabled
from addrsvc.webhooks.repository import run

PRINCIPAL: Final = "service:webhooks"
"""Who disables receivers, in the audit log."""


async def owner_now(conn: AsyncConnection, receiver: Receiver, at: datetime) -> Principal | None:
    """Give the owner with what it might see at registration and still may.

    None, and the receiver is disabled, where its key or account has ended or may not follow the
    feed any more: a key that was revoked has no ears left.
    """
    owner = await as_of_now(conn, receiver.principal, at)
    if owner is not None and owner.may(Scope.EVENTS_READ):
        return owner
    why = WhyDisabled.OWNER_ENDED
    await run(conn, "disable_receiver", receiver_id=receiver.receiver_id, why=why)
    await tell_disabled(conn, receiver.receiver_id, why, at)
    return None


async def tell_disabled(
    conn: AsyncConnection, receiver_id: int, why: WhyDisabled, at: datetime
) -> None:
    """Leave in the feed and in the audit log that the service stopped sending."""
    subject, told = str(receiver_id), {"why": why.value}
    await events.record(conn, type="webhook.disabled", subject=subject, at=at, data=told)
    await audit.record(
        conn,
        principal=PRINCIPAL,
        action="webhook.disable",
        subject=subject,
        at=at,
        detail=told,
    )
