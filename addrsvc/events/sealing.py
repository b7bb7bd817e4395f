"""Number and chain what both logs hold, behind the writers' backs, so that none waits for it.

Writers add rows without a number, in the transaction of the change itself. The sealer gives every
row it can see and that has none the next number, in the order of the rows' ids, and the hash of
the chain (:mod:`addrsvc.events.chain`). Who reads by number misses nothing: a number, once given,
has all lower ones before it, and what commits late is numbered late. Neither a long import nor an
idle transaction holds anybody up, which reading below ``pg_snapshot_xmin`` would; nor do the
transaction numbers of another server matter, after a dump was restored.

**Causes go first.** Where a change depends on another (it waited for its row, or has read it),
the other had committed before, so: its event took its id from the sequence before this one was
asked for, hence has the lower id; and a snapshot that shows this event shows the other too, since
PostgreSQL makes a commit visible before it lets go of the transaction's row locks. So whenever the
sealer takes an event, the one it depends on is numbered already or lies before it in the same
batch; a batch that ends early changes nothing, as it takes the lowest ids of its snapshot.
Changes that do not depend on each other come in any order.

**One sealer at a time** for each log: whoever holds its row of ``log_head``; others go away. Rows,
numbers, hashes and head are committed together, so a sealer killed half-way leaves no trace.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from psycopg import Error
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.audit.service import QUERIES as AUDIT_QUERIES
from addrsvc.db.queries import Queries
from addrsvc.db.rows import Row, execute, row, rows
from addrsvc.db.transaction import transaction
from addrsvc.events.chain import entry_hash, moment
from addrsvc.events.feed import QUERIES

BATCH = 5_000
"""Most rows sealed in one transaction: some 100 ms."""

_PATIENCE_S = 30.0
"""A server that hangs cannot time its statements out; by then another may be the primary."""

_LONGEST_PAUSE_S = 30.0

_log = structlog.get_logger("addrsvc.events")


@dataclass(frozen=True)
class Log:
    """One of the chained logs."""

    name: str
    """As in ``log_head``."""

    queries: Queries
    """Has ``unsealed``, ``set_numbers`` and ``sealed_entries``."""


EVENTS: Final = Log("events", QUERIES)
AUDIT: Final = Log("audit", AUDIT_QUERIES)
LOGS: Final = (EVENTS, AUDIT)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one call sealed."""

    count: int
    last: int
    """Number of the last entry of the log; 0: the log is empty."""


def entry_of(found: Row) -> Mapping[str, Any]:
    """Give what is hashed of a row: everything but its id and its hash."""
    entry = {name: value for name, value in found.items() if name not in {"id", "hash"}}
    entry["recorded_at"] = moment(found["recorded_at"])
    return entry


async def seal(conn: AsyncConnection, log: Log = EVENTS, *, limit: int = BATCH) -> Sealed | None:
    """Number and chain the rows of a log that have committed and have no number yet.

    Args:
        conn: a transaction used for nothing else that waits: numbers count from its commit on. In
            ``REPEATABLE READ`` it fails where another sealer has been done since it began to see.
        log: which of the two.
        limit: at most so many rows, the oldest first.

    Returns:
        What was sealed; None where another sealer is at work.
    """
    waiting = await row(conn, log.queries["is_waiting"], {})
    # where nothing waits, nothing is locked either: that would be a write, four times a second
    take = "take_head" if waiting is not None and waiting["is_waiting"] else "head"
    head = await row(conn, QUERIES[take], {"log": log.name})
    if head is None:
        return None
    last, before = head["number"], head["hash"]
    found: list[Row] = []
    if take == "take_head":
        found = await rows(conn, log.queries["unsealed"], {"limit": limit})
    if not found:
        return Sealed(0, last)
    hashes: list[bytes] = []
    for number, each in enumerate(found, last + 1):
        before = entry_hash(before, entry_of({**each, "number": number}))
        hashes.append(before)
    numbered = {
        "ids": [each["id"] for each in found],
        "moments": [each["recorded_at"] for each in found],
        "hashes": hashes,
        "first": last + 1,
    }
    await execute(conn, log.queries["set_numbers"], numbered)
    last += len(found)
    await execute(conn, QUERIES["move_head"], {"log": log.name, "number": last, "hash": before})
    return Sealed(len(found), last)


async def seal_all(engine: AsyncEngine) -> int:
    """Seal both logs until nothing is left, in transactions of its own; give how many rows.

    Raises:
        TimeoutError: the server does not answer.
    """
    count = 0
    for log in LOGS:
        more = True
        while more:
            async with asyncio.timeout(_PATIENCE_S), transaction(engine) as conn:
                sealed = await seal(conn, log)
            count += sealed.count if sealed is not None else 0
            more = sealed is not None and sealed.count == BATCH
    return count


async def keep_sealing(engine: AsyncEngine, every_s: float = 0.25) -> None:
    """Seal both logs until cancelled; a database that is away is asked again, ever less often."""
    pause_s = every_s
    while True:
        try:
            await seal_all(engine)
            pause_s = every_s
        except (DBAPIError, PoolExhausted, Error, OSError) as error:
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
            _log.warning("sealer waits", error=type(error).__name__, pause_s=pause_s)
        await asyncio.sleep(pause_s)
