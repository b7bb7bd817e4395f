"""Tell monitoring how many requests of people are late; a number, and nobody's name."""

from __future__ import annotations

import asyncio

import structlog
from prometheus_client import Gauge
from psycopg import Error
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.clock import Clock
from addrsvc.db.transaction import transaction
from addrsvc.personal.requests import count_overdue

log = structlog.get_logger("addrsvc.personal")

OVERDUE = Gauge(
    "addrsvc_person_requests_overdue",
    "Requests of people about their data that should have been answered before today",
    multiprocess_mode="max",
)


async def keep_counting(engine: AsyncEngine, clock: Clock, every_s: float) -> None:
    """Count for ever, and warn in the log while there are some; cancel it to end."""
    while True:
        await asyncio.sleep(every_s)
        await count(engine, clock)


async def count(engine: AsyncEngine, clock: Clock) -> None:
    """Count once; without a database the number stays what it was."""
    try:
        async with transaction(engine) as conn:
            overdue = await count_overdue(conn, clock)
    except (DBAPIError, PoolExhausted, Error, OSError) as error:
        log.warning("late requests not counted", error=type(error).__name__)
        return
    OVERDUE.set(overdue)
    if overdue:
        log.warning("requests of people are late", overdue=overdue)
