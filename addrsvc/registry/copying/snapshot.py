"""The whole register as it is when exactly the events up to one number have happened.

The sealer is kept out by its own lock while one transaction takes its snapshot and seals every
event visible in it: what the last of them is numbered is the number of the snapshot. A second
connection takes over that same snapshot, and the first is done: nobody waits while the addresses
are read. On a server that cannot be written to (a standby, a database that is read-only itself; the
switch of operators is no hindrance) the number is that of the last event sealed, and the addresses
may be ahead of it; a follower's next pages bring it there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, LiteralString

import orjson
from psycopg import errors, sql
from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.audit import service as audit
from addrsvc.auth.model import Principal, Scope
from addrsvc.auth.sight import Sight, sight_of
from addrsvc.clock import Clock
from addrsvc.db.apart import reader_apart
from addrsvc.db.doors import Reader
from addrsvc.db.rows import row, rows
from addrsvc.db.transaction import transaction
from addrsvc.events import feed, sealing
from addrsvc.events.chain import moment
from addrsvc.events.sighting import mark_of, sees_all
from addrsvc.registry import repository
from addrsvc.registry.copying.documents import QUERIES, copy_out
from addrsvc.settings import Settings

_PIECE: Final = 100
"""Addresses read and written at once: some milliseconds on the event loop."""

_LONGEST_S: Final = 3 * 3600.0
"""A reader that takes little at a time holds up others, and what the server has to clear away."""

_TRIES: Final = 200
_PAUSE_S: Final = 0.05

_BEGIN: Final[LiteralString] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An open snapshot: a transaction that sees the register of one moment."""

    conn: Reader
    number: int
    """Of the last event that is in it."""
    hash: bytes
    is_exact: bool
    """Later events are not in it, either."""
    at: datetime
    sight: Sight


async def open_snapshot(
    settings: Settings,
    engine: AsyncEngine,
    principal: Principal,
    clock: Clock,
    held: AsyncExitStack,
) -> Snapshot:
    """Open a snapshot of what a principal may see; ``held`` closes its connection.

    Raises:
        NotSignedIn, ScopeMissing: it takes a principal that may follow and read lists.
    """
    principal.require(Scope.EVENTS_READ)
    principal.require(Scope.ADDRESSES_READ)
    conn = await held.enter_async_context(reader_apart(settings))
    now, is_exact = clock.now(), True
    try:
        # what has gathered is sealed in small transactions first
        await sealing.seal_all(engine)
        number, last_hash = await _open_exactly(engine, conn, principal, now)
    except errors.ReadOnlySqlTransaction:
        is_exact = False
        await conn.execute(_BEGIN)
        head = (await rows(conn, feed.QUERIES["head"], {"log": "events"}))[0]
        number, last_hash = head["number"], bytes(head["hash"])
    return Snapshot(conn, number, last_hash, is_exact, now, sight_of(principal))


async def _open_exactly(
    engine: AsyncEngine, conn: Reader, principal: Principal, at: datetime
) -> tuple[int, bytes]:
    """Open the transaction of ``conn`` on a moment at which all events are sealed."""
    for _ in range(_TRIES):
        try:
            async with transaction(engine, repeatable_read=True) as sealer:
                sealed = await _seal_visible(sealer)
                if sealed is not None:
                    await _hand_over(sealer, conn)
                    await audit.record(
                        sealer,
                        principal=principal.id,
                        action="snapshot.take",
                        subject=f"event:{sealed[0]}",
                        at=at,
                    )
                    return sealed
        except errors.SerializationFailure:
            pass  # a sealer was done between our snapshot and our asking for its lock
        await asyncio.sleep(_PAUSE_S)
    raise errors.LockNotAvailable("the sealer does not let go")


async def _seal_visible(conn: AsyncConnection) -> tuple[int, bytes] | None:
    """Seal all events this transaction sees; give where the chain ends, None: another seals."""
    sealed = await sealing.seal(conn)
    while sealed is not None and sealed.count == sealing.BATCH:
        sealed = await sealing.seal(conn)
    if sealed is None:
        return None
    head = (await rows(conn, feed.QUERIES["head"], {"log": "events"}))[0]
    return head["number"], bytes(head["hash"])


async def _hand_over(source: AsyncConnection, taker: Reader) -> None:
    found = await row(source, "SELECT pg_export_snapshot() AS id", {})
    if found is None:
        raise TypeError("no snapshot was exported")
    await taker.execute(_BEGIN)
    await taker.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(found["id"])))


async def lines(snapshot: Snapshot) -> AsyncGenerator[bytes]:
    """Give the snapshot as lines of JSON, several at a time: what it is, addresses, the end.

    The last line has the SHA-256 of all before it: who lacks it has only a part.

    Raises:
        TimeoutError: who takes them is too slow.
    """
    now = asyncio.get_running_loop().time
    until = now() + _LONGEST_S
    digest, count = sha256(), 0
    first = _line({"snapshot": _header(snapshot)})
    digest.update(first)
    yield first
    declared = "DECLARE copied NO SCROLL CURSOR FOR " + QUERIES["addresses_in_copy"]
    await snapshot.conn.execute(declared, snapshot.sight.params())
    async with snapshot.conn.cursor(row_factory=dict_row) as cursor:
        while True:
            await cursor.execute(f"FETCH {_PIECE:d} FROM copied".encode(), prepare=False)
            found = await cursor.fetchall()
            if not found:
                break
            piece = b"".join(
                _line(copy_out(repository.address_of(each), snapshot.sight)) for each in found
            )
            digest.update(piece)
            count += len(found)
            yield piece
            if now() > until:
                raise TimeoutError
    yield _line({"end": {"addresses": count, "sha256": digest.hexdigest()}})


def _header(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "number": snapshot.number,
        # as in the feed: only who sees every event is given hashes
        "hash": snapshot.hash.hex() if sees_all(snapshot.sight) else None,
        "at": moment(snapshot.at),
        "exact": snapshot.is_exact,
        "sight": mark_of(snapshot.sight),
    }


def _line(content: dict[str, Any]) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)
