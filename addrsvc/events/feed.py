"""Read what happened since a moment: nothing is missed, whatever order writers commit in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from addrsvc.db.queries import Queries
from addrsvc.db.rows import Connection, rows

QUERIES = Queries("addrsvc.events")

PAGE = 1_000
"""Most events read at once."""


@dataclass(frozen=True, slots=True)
class Event:
    """One change."""

    event_id: int
    type: str
    subject: str
    data: Mapping[str, Any] | None
    xid: str
    """The transaction that wrote it."""


async def position(conn: Connection) -> str:
    """Give where the feed stands: all transactions below it have ended."""
    return str((await rows(conn, QUERIES["feed_position"], {}))[0]["xmin"])


async def changes_since(
    conn: Connection, xmin: str, after: Event | None = None
) -> tuple[list[Event], str]:
    """Read the events of transactions that may have committed since ``xmin``, a page at a time.

    Events of the one or two transactions around it come again: who reads remembers their
    numbers. A page shorter than ``PAGE`` is the last.

    Args:
        conn: either door.
        xmin: a position, the second value of the poll before.
        after: the last event of the page before; None: the first page.

    Returns:
        The events in order of transaction and number, and the next position (of a poll's first
        page: what commits while later pages are read is not below it).
    """
    found = await rows(
        conn,
        QUERIES["events_since"],
        {
            "xid": xmin if after is None else after.xid,
            "event_id": 0 if after is None else after.event_id,
            "limit": PAGE,
        },
    )
    events = [
        Event(each["event_id"], each["type"], each["subject"], each["data"], each["xid"])
        for each in found
        if each["event_id"] is not None
    ]
    return events, found[0]["xmin"]
