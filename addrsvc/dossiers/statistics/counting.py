"""Keep the counts of dossiers right, behind the backs of those who write.

The database notes which days are touched, in the transaction of the change itself: when a dossier
is added, changed or decided on, and when an address a dossier names comes to another commune.
Whoever counts takes these notes away and counts those days anew, in one transaction: killed
anywhere, nothing has happened. What commits while it counts has a note of its own, for the next
time. One counts at a time; another goes away. Every night everything is counted again, which also
mends what went past the notes, such as rows restored from a dump without their triggers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.clock import Clock
from addrsvc.db.queries import Queries
from addrsvc.db.repeating import Pause, keep_doing
from addrsvc.db.roles import open_rows
from addrsvc.db.rows import execute, row, rows
from addrsvc.db.transaction import transaction
from addrsvc.events import reading as events
from addrsvc.settings import Settings

QUERIES: Final = Queries("addrsvc.dossiers.statistics")

EVERY_S: Final = 60.0
"""So old counts may be while nothing large is going on."""
_SHARE: Final = 10.0
"""While dossiers come in by the hundred thousand: so many times as long as counting took is the
pause behind it."""
_LONGEST_PAUSE_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Counted:
    """What one call counted."""

    days: int
    """0: nothing had changed."""
    event_number: int
    """Every event up to this one is in the counts."""


async def count_dossiers(
    conn: AsyncConnection, clock: Clock, *, everything: bool = False
) -> Counted | None:
    """Count the days that changed since the last time, or all there are; opens all dossiers.

    Args:
        conn: a transaction of its own, not ``REPEATABLE READ``.
        clock: for when the counts were right.
        everything: all days, whatever changed; so it is the first time too.

    Returns:
        What was counted; None where somebody else is counting.
    """
    state = await row(conn, QUERIES["take_state"], {})
    if state is None:
        return None
    at = clock.now()
    # before the notes are taken: what is numbered by now has committed, its note is there
    number = await events.last_number(conn)
    await open_rows(conn, "dossiers", None)
    days = [each["day"] for each in await rows(conn, QUERIES["take_due"], {})]
    if everything or state["counted_at"] is None:
        days = [each["day"] for each in await rows(conn, QUERIES["every_day"], {})]
    if days:
        for name in ("forget_addresses", "forget_dossiers", "count_days"):
            await execute(conn, QUERIES[name], {"days": days})
    await execute(conn, QUERIES["set_state"], {"at": at, "event_number": number})
    return Counted(len(days), number)


async def count_everything(engine: AsyncEngine, _settings: Settings, clock: Clock) -> None:
    """Count all dossiers anew: work for the night."""
    async with transaction(engine) as conn:
        await count_dossiers(conn, clock, everything=True)


async def keep_counting(
    engine: AsyncEngine, _settings: Settings, clock: Clock, *, every_s: float = EVERY_S
) -> None:
    """Count what changed, again and again until cancelled, in any number of workers."""
    rest = Pause(every_s, _LONGEST_PAUSE_S, _SHARE)
    await keep_doing(
        engine, "statistics of dossiers", lambda conn: count_dossiers(conn, clock), rest
    )
