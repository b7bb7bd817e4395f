"""Who looked at whom: the readings of holders, from the audit log."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, rows

QUERIES = Queries("addrsvc.audit", "queries_readings.sql")


@dataclass(frozen=True, slots=True)
class HolderReading:
    """One reading of the person behind an address."""

    recorded_at: datetime
    principal: str
    subject: str
    """The address: its code, or ``p<id>``."""
    purpose: str | None
    outcome: str


async def list_readings(
    conn: Connection,
    *,
    refs: Collection[str] | None = None,
    principal: str | None = None,
    since: datetime | None = None,
    limit: int = 10_000,
) -> list[HolderReading]:
    """Give readings of holders, latest first: of some addresses, by one principal, or all."""
    wanted = {"refs": None if refs is None else list(refs), "principal": principal}
    params = {**wanted, "since": since, "limit": limit}
    return [HolderReading(**each) for each in await rows(conn, QUERIES["holder_readings"], params)]
