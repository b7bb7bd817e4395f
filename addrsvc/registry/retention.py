"""What is kept of people no longer than needed: once a day, each deletion counted in the log.

Days are settings; the person goes, the address stays.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.audit import service as audit
from addrsvc.clock import Clock
from addrsvc.db import idempotency
from addrsvc.db.rows import execute, rows
from addrsvc.db.transaction import transaction
from addrsvc.personal import holders, sealing, upkeep
from addrsvc.personal.collected import drop_collected
from addrsvc.registry.persons import QUERIES
from addrsvc.settings import Settings
from addrsvc.types import AddressId

_BATCH: Final = 1_000
_PRINCIPAL: Final = "service:retention"


async def run_retention(engine: AsyncEngine, settings: Settings, clock: Clock) -> None:
    """Erase what is older than its settings say; may be interrupted and run again."""
    now = clock.now()

    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    await _erase_ended(engine, before(settings.keep_ended_holders_days), now)
    async with transaction(engine) as conn:
        await sealing.open_all(conn)
        counts = {
            "requests": await upkeep.forget_askers(
                conn, before=before(settings.keep_requests_days)
            ),
            "reading_notes": await upkeep.drop_notes(
                conn, before=before(settings.keep_reading_notes_days)
            ),
            "collected": await drop_collected(conn, before=before(settings.keep_collected_days)),
            "import_rejections": await execute(
                conn,
                QUERIES["drop_old_rejections"],
                {"before": before(settings.keep_import_rejections_days)},
            ),
            "idempotency_keys": await idempotency.forget(
                conn, before=before(settings.keep_idempotency_days)
            ),
        }
        await _note(conn, counts, now)


async def _erase_ended(engine: AsyncEngine, before: datetime, at: datetime) -> None:
    """Erase the people behind addresses that ended before a moment, batch by batch."""
    after = AddressId(0)
    while True:
        async with transaction(engine) as conn:
            await sealing.open_all(conn)
            page = await upkeep.list_held(conn, after=after, limit=_BATCH)
            if not page:
                return
            erased = await holders.erase_holders(conn, await _ended(conn, page, before))
            await _note(conn, {"holders": erased}, at)
        after = page[-1]


async def _ended(
    conn: AsyncConnection, ids: Collection[AddressId], before: datetime
) -> list[AddressId]:
    params = {"ids": list(ids), "before": before}
    found = await rows(conn, QUERIES["ended_holders"], params)
    return [AddressId(each["address_id"]) for each in found]


async def _note(conn: AsyncConnection, counts: Mapping[str, int], at: datetime) -> None:
    """Leave in the log what one transaction took out, if anything."""
    if any(counts.values()):
        await audit.record(
            conn,
            principal=_PRINCIPAL,
            action="retention.run",
            subject="retention",
            at=at,
            detail=counts,
        )
