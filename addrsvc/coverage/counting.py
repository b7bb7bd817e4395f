"""Keep counts of addresses ready: all of them are counted anew, as often as it pays.

A count of a province takes a second or two and one of a country minutes, so no request makes
one. Whoever counts looks first whether anything at all was written since: an event, or an entry
of the audit log, by which marks of notices show. One counts at a time; another goes away. Killed
anywhere, nothing has happened. Only rows that differ are written, and nothing before all is
counted: followers of the feed wait for whoever has written something and goes on.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.clock import Clock
from addrsvc.db.queries import Queries
from addrsvc.db.repeating import Pause, keep_doing
from addrsvc.db.rows import execute, row
from addrsvc.db.transaction import transaction
from addrsvc.events import reading as events
from addrsvc.notices import service as notices
from addrsvc.registry.model import PRIVATE_KINDS, Method
from addrsvc.settings import Settings

QUERIES: Final = Queries("addrsvc.coverage")

AT_PLACE: Final = frozenset({Method.GNSS, Method.SURVEY})
"""Ways to take a position that need somebody there."""

EVERY_S: Final = 60.0
"""So old counts may be in a province while things change."""
_SHARE: Final = 20.0
"""So many times as long as counting took is the pause behind it."""
_LONGEST_PAUSE_S: Final = 3600.0
_PATIENCE: Final = "SET LOCAL statement_timeout = '30min'"


async def count_addresses(
    conn: AsyncConnection, clock: Clock, *, everything: bool = False
) -> bool | None:
    """Count all addresses if anything was written since the last time.

    Args:
        conn: a transaction of its own, not ``REPEATABLE READ``.
        clock: for when the counts were right.
        everything: whatever was written.

    Returns:
        Whether it counted; None where somebody else is counting.
    """
    state = await row(conn, QUERIES["take_state"], {})
    if state is None or not state["is_mine"]:
        return None
    at = clock.now()
    # before anything is counted: what is numbered by now has committed, and will be seen
    last = await events.last_numbers(conn)
    seen = {"event_number": last["events"], "audit_number": last["audit"]}
    is_old = everything or state["counted_at"] is None
    if not is_old and seen == {name: state[name] for name in seen}:
        return False
    await execute(conn, _PATIENCE, {})
    marked = await notices.marked_by_commune(conn)
    params = {
        "at_place": sorted(AT_PLACE),
        "lived_in": sorted(PRIVATE_KINDS),
        "marked_communes": [each.commune for each in marked],
        "marked_visibilities": [each.visibility for each in marked],
        "marked_notified": [each.notified for each in marked],
        "marked_fixed": [each.plate_fixed for each in marked],
    }
    await execute(conn, QUERIES["count_all"], params)
    await execute(conn, QUERIES["set_state"], {**seen, "at": at})
    return True


async def count_everything(engine: AsyncEngine, _settings: Settings, clock: Clock) -> None:
    """Count whatever was written: work for the night."""
    async with transaction(engine) as conn:
        await count_addresses(conn, clock, everything=True)


async def keep_counting(
    engine: AsyncEngine, _settings: Settings, clock: Clock, *, every_s: float = EVERY_S
) -> None:
    """Count again and again until cancelled, in any number of workers."""
    rest = Pause(every_s, _LONGEST_PAUSE_S, _SHARE)
    await keep_doing(engine, "coverage", lambda conn: count_addresses(conn, clock), rest)
