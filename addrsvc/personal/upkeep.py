"""What of people's data is looked through and forgotten by itself; rows opened by the caller."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.clock import VIETNAM
from addrsvc.db.rows import execute, rows
from addrsvc.personal.holders import QUERIES
from addrsvc.types import AddressId


async def list_held(conn: AsyncConnection, *, after: AddressId, limit: int) -> list[AddressId]:
    """Give a page of addresses with a person behind them, in order of identity."""
    params = {"after": after, "limit": limit}
    return [AddressId(each["address_id"]) for each in await rows(conn, QUERIES["held"], params)]


async def forget_askers(conn: AsyncConnection, *, before: datetime) -> int:
    """Forget who asked in requests closed before a moment; that they were, stays."""
    return await execute(conn, QUERIES["forget_askers"], {"before": before})


async def drop_notes(conn: AsyncConnection, *, before: datetime) -> int:
    """Drop notes beside readings, and counts of readings, from before a moment; count the notes."""
    day = before.astimezone(VIETNAM).date()
    await execute(conn, QUERIES["drop_reading_days"], {"before": day})
    return await execute(conn, QUERIES["drop_notes"], {"before": before})
