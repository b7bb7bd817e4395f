"""Write the audit log: who did or tried what. Never what people typed, never holders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.contextvars import get_contextvars

from addrsvc.db.queries import Queries
from addrsvc.db.rows import driver_connection, execute

QUERIES = Queries("addrsvc.audit")


def request_id() -> str | None:
    """Give the id of the request under way, which entries bear; None: there is none."""
    found: str | None = get_contextvars().get("request_id")
    return found


async def record(
    conn: AsyncConnection,
    *,
    principal: str,
    action: str,
    subject: str,
    at: datetime,
    outcome: Literal["done", "refused"] = "done",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Add one entry in the caller's transaction.

    Args:
        conn: the transaction of the act itself.
        principal: ``Principal.id`` of who acts, such as ``key:ab12cd34``.
        action: ``noun.verb``, such as ``address.retire``.
        subject: code or id acted on; never personal data.
        at: the act's moment, from the caller's clock.
        outcome: whether it happened.
        detail: facts about the act; never personal data.
    """
    params = {
        "at": at,
        "principal": principal,
        "action": action,
        "subject": subject,
        "outcome": outcome,
        "request_id": request_id(),
        "detail": Jsonb(dict(detail)) if detail is not None else None,
    }
    await execute(conn, QUERIES["record"], params)


class Entry(NamedTuple):
    """One of many entries of one moment."""

    action: str
    subject: str
    detail: Mapping[str, object]


async def record_many(
    conn: AsyncConnection, *, principal: str, at: datetime, entries: Sequence[Entry]
) -> None:
    """Add entries of what was done, in the caller's transaction, in order, as ``record`` does."""
    given = [
        {
            "at": at,
            "principal": principal,
            "action": each.action,
            "subject": each.subject,
            "outcome": "done",
            "request_id": request_id(),
            "detail": Jsonb(dict(each.detail)),
        }
        for each in entries
    ]
    driver = await driver_connection(conn)
    async with driver.cursor() as cursor:
        await cursor.executemany(QUERIES["record"], given)
