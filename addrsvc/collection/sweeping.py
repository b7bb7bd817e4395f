"""Decide what a request left undecided: its server died, or the database did, in between."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import structlog
from psycopg import Error
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import Principal
from addrsvc.auth.permissions import DEVICE_SCOPES
from addrsvc.auth.present import as_of_now
from addrsvc.clock import Clock
from addrsvc.collection import deciding, judging
from addrsvc.collection.model import Finding
from addrsvc.collection.records import QUERIES
from addrsvc.db.rows import row
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings

PATIENCE: Final = timedelta(seconds=20)
"""So old a record is before it is taken for left behind, and so long after a try it is tried again:
longer than a request may take."""
MOST_TRIES: Final = 8
"""What cannot be decided by rules after so many is for a supervisor."""
_AT_ONCE: Final = 100
_EVERY_S: Final = 5.0

log = structlog.get_logger("addrsvc.collection")


async def keep_deciding(engine: AsyncEngine, settings: Settings, clock: Clock) -> None:
    """Decide what was left until cancelled."""
    while True:
        if await decide_left(engine, settings, clock) < _AT_ONCE:
            await asyncio.sleep(_EVERY_S)


async def decide_left(engine: AsyncEngine, settings: Settings, clock: Clock) -> int:
    """Decide records that were left, each as its device may now; gives how many were looked at.

    One after the other, and each try is counted before it begins: a record that kills whoever
    decides on it is not tried for ever, and counts against no other.
    """
    at = clock.now()
    params = {"before": at - PATIENCE, "at": at, "limit": 1}
    for looked_at in range(_AT_ONCE):
        async with transaction(engine) as conn:
            left = await row(conn, QUERIES["left_undecided"], params)
        if left is None:
            return looked_at
        try:
            await _decide(engine, left, settings, clock)
        except (DBAPIError, Error) as error:  # the next try may meet a better moment
            log.warning("a record was not decided", error=type(error).__name__)
    return _AT_ONCE


async def _decide(
    engine: AsyncEngine, left: Mapping[str, Any], settings: Settings, clock: Clock
) -> None:
    record, tries = left["submission_id"], left["tries"]
    if tries > MOST_TRIES:
        finding = Finding(judging.UNDECIDED, {"tries": MOST_TRIES})
        await deciding.hold(engine, record, finding, clock)
        return
    sender = left["device"]
    # of a sheet who brought it, see ``sheet_import``
    device = Principal(sender if ":" in sender else f"device:{sender}", DEVICE_SCOPES)
    async with transaction(engine) as conn:
        principal = await as_of_now(conn, device, clock.now())
    if principal is None:
        await deciding.hold(engine, record, Finding(judging.DEVICE_ENDED, {}), clock)
        return
    await deciding.decide(engine, record, principal, clock, settings)
