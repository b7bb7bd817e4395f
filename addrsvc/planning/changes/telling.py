"""Tell followers of the addresses for which something else is planned: the worker's part.

In the order of addresses; how far stands in a row that moves in the transaction that leaves the
events. So whoever is killed anywhere, or two at once, tell of each address once. No transaction
leaves more than ``BATCH`` events.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.clock import Clock
from addrsvc.db.rows import execute, row
from addrsvc.db.transaction import transaction
from addrsvc.events import service as events
from addrsvc.events.service import Event
from addrsvc.planning.changes import repository
from addrsvc.planning.changes.repository import QUERIES
from addrsvc.settings import Settings

BATCH: Final = 2_000
"""Addresses looked at in one transaction."""


async def tell(
    engine: AsyncEngine,
    _settings: Settings,
    clock: Clock,
    *,
    telling_id: int,
    batch: int = BATCH,
) -> None:
    """Tell of all addresses a plan concerns, from where that was left."""
    while await _tell_next(engine, clock, telling_id, batch):
        pass


async def _tell_next(engine: AsyncEngine, clock: Clock, telling_id: int, batch: int) -> bool:
    """Tell of the next addresses; False: there are no more."""
    async with transaction(engine) as conn:
        telling = await row(conn, QUERIES["take_telling"], {"telling_id": telling_id})
        if telling is None or telling["finished_at"] is not None:
            return False
        at = clock.now()
        found, last = await repository.next_addresses(
            conn,
            telling["before_ids"],
            telling["after_ids"],
            after=telling["done_up_to"],
            limit=batch,
        )
        told = [
            Event(
                "address.replanned",
                each.code,
                {
                    "plan": telling["plan_id"],
                    "act": telling["act"],
                    "before": list(each.before),
                    "after": list(each.after),
                    "effective_on": telling["effective_on"].isoformat(),
                },
            )
            for each in found
        ]
        if told:
            await events.record_many(conn, at=at, told=told)
        params = {
            "telling_id": telling_id,
            "done_up_to": last,
            "told": len(told),
            "finished_at": at if last is None else None,
        }
        await execute(conn, QUERIES["move_telling"], params)
    return last is not None
