"""Keep a partition ready for the year to come, of every table that is kept by year.

Migration ``partitions`` says which and why years. Rows of a year nobody made a partition for go to
the table's ``_other`` and stay there: nothing is refused, only a year is not apart.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from psycopg import errors
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.clock import Clock, today
from addrsvc.db.rows import row
from addrsvc.db.transaction import transaction

_AHEAD = timedelta(days=366)

_log = structlog.get_logger("addrsvc.db")


async def make_partitions(engine: AsyncEngine, clock: Clock) -> int:
    """Make the partitions of twelve months ahead that are not there yet; give how many.

    Where somebody has held a table for seconds, nothing is made: it is tried again when this is
    next due.
    """
    try:
        async with transaction(engine) as conn:
            until = {"until": today(clock) + _AHEAD}
            made = await row(conn, "SELECT make_partitions(%(until)s::date) AS count", until)
    except (errors.LockNotAvailable, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if not isinstance(cause, errors.LockNotAvailable):
            raise
        _log.warning("partitions not made: a table is in use")
        return 0
    count = made["count"] if made is not None else 0
    if count:
        _log.info("partitions made", count=count, until=until["until"].isoformat())
    return int(count)
