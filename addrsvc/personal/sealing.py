"""Seal what was kept plain, and seal anew what an older key sealed; in batches, resumable.

Each batch is a transaction of its own: whoever is interrupted goes on where it stopped, and a row
somebody holds is left for a later batch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.db.roles import open_rows
from addrsvc.db.rows import execute, rows
from addrsvc.db.transaction import transaction
from addrsvc.personal.crypto import keyring_of
from addrsvc.personal.holders import QUERIES, open_holders, person_of, sealed_columns
from addrsvc.personal.model import Person
from addrsvc.types import AddressId

BATCH_ROWS = 500

_COMPACT = "VACUUM (FULL, ANALYZE) personal.address_holder"
_OTHERS_S = 60.0
"""So long transactions begun before the last batch are waited for: they may still see its rows."""
_LOOK_S = 0.1

_log = structlog.get_logger("addrsvc.personal")


async def open_all(conn: AsyncConnection) -> None:
    """Open every guarded row of people: for upkeep, never for an answer."""
    await open_holders(conn, None)
    await open_rows(conn, "requests", None)
    await open_rows(conn, "tickets", None)
    await open_rows(conn, "submissions", None)


async def seal_plain(engine: AsyncEngine) -> int:
    """Seal the holders kept before there was a key, and leave no plain text in the table's file.

    Args:
        engine: of the tables' owner, who alone may rewrite the file.

    Returns:
        How many were sealed.

    Raises:
        EncryptionKeyMissing: there are some, and no key.
    """
    total = await _in_batches(engine, _seal_batch)
    if total:
        # the former rows lie in the file until it is written anew
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as conn:
            await _outlast_others(conn)
            await conn.exec_driver_sql(_COMPACT)
    return total


async def _outlast_others(conn: AsyncConnection) -> None:
    """Wait for the end of what began before now, in any database of the server.

    While it goes on, former rows are not taken out of a file that is written anew.
    """
    found = await rows(conn, QUERIES["mark_now"], {})
    time = asyncio.get_running_loop().time
    until = time() + _OTHERS_S
    while time() < until:
        ended = await rows(conn, QUERIES["has_all_before_ended"], {"mark": found[0]["mark"]})
        if ended[0]["ended"]:
            return
        await asyncio.sleep(_LOOK_S)
    _log.warning("old transactions go on: former rows may stay in the table's file for now")


async def rotate(engine: AsyncEngine) -> int:
    """Seal with the newest key whatever another key sealed; give how many documents.

    Raises:
        EncryptionKeyMissing: there is no key.
        EncryptionKeyUnknown: something was sealed with a key that is not in the ring any more.
    """
    steps = (_reseal_holders, _reseal_requests, _reseal_notes, _reseal_said, _reseal_collected)
    return sum([await _in_batches(engine, step) for step in steps])


async def key_uses(conn: AsyncConnection) -> Mapping[str | None, int]:
    """Count the documents each key sealed; None: rows still plain."""
    await open_all(conn)
    return {each["key_id"]: each["documents"] for each in await rows(conn, QUERIES["key_uses"], {})}


async def _in_batches(
    engine: AsyncEngine, step: Callable[[AsyncConnection], Awaitable[int]]
) -> int:
    total = 0
    while True:
        async with transaction(engine) as conn:
            await open_all(conn)
            done = await step(conn)
        total += done
        if done == 0:
            return total


async def _seal_batch(conn: AsyncConnection) -> int:
    found = await rows(conn, QUERIES["plain_holders"], {"limit": BATCH_ROWS})
    if found:
        people = [
            (AddressId(each["address_id"]), Person(each["name"], each["phone"])) for each in found
        ]
        await execute(conn, QUERIES["reseal_holders"], sealed_columns(keyring_of(conn), people))
    return len(found)


async def _reseal_holders(conn: AsyncConnection) -> int:
    ring = keyring_of(conn)
    params = {"limit": BATCH_ROWS, "key_id": ring.key_id}
    found = await rows(conn, QUERIES["holders_of_other_keys"], params)
    if found:
        people = [(AddressId(each["address_id"]), person_of(ring, each)) for each in found]
        await execute(conn, QUERIES["reseal_holders"], sealed_columns(ring, people))
    return len(found)


async def _reseal_requests(conn: AsyncConnection) -> int:
    return await _reseal(conn, "requests_of_other_keys", "reseal_request", "request:{id}")


async def _reseal_notes(conn: AsyncConnection) -> int:
    return await _reseal(conn, "notes_of_other_keys", "reseal_note", "reading_note:{address_id}")


async def _reseal_said(conn: AsyncConnection) -> int:
    return await _reseal(conn, "said_of_other_keys", "reseal_said", "ticket:{id}")


async def _reseal_collected(conn: AsyncConnection) -> int:
    return await _reseal(conn, "collected_of_other_keys", "reseal_collected", "submission:{id}")


async def _reseal(conn: AsyncConnection, find: str, put: str, owner: str) -> int:
    """Seal one batch of single documents anew."""
    ring = keyring_of(conn)
    found = await rows(conn, QUERIES[find], {"limit": BATCH_ROWS, "key_id": ring.key_id})
    for each in found:
        bound_to = owner.format_map(each)
        plain = ring.decrypt(each["sealed"], bound_to=bound_to, key_id=each["key_id"])
        sealed = ring.encrypt(plain, bound_to=bound_to)
        new = {"id": each["id"], "sealed": sealed.token, "key_id": sealed.key_id}
        await execute(conn, QUERIES[put], new)
    return len(found)
