"""Bring stored search keys up to the rules of this release, in batches that can be taken up again.

``parsing.keys`` makes the keys; ``KEYS_VERSION`` there changes with what it makes. Rows written
meanwhile have their keys already: making them once more changes nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.clock import Clock
from addrsvc.db.rows import Connection, execute, row, rows
from addrsvc.db.transaction import transaction
from addrsvc.events import service as events
from addrsvc.parsing.keys import KEYS_VERSION
from addrsvc.registry.model import Document
from addrsvc.registry.repository import QUERIES
from addrsvc.registry.timeline import former_keys
from addrsvc.registry.versions import put_former_keys, slice_of

_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Stale:
    """An address whose keys are not those its document gives now."""

    address_id: int
    version: int
    base_key: str | None
    number_key: str | None
    """As they ought to be."""


@dataclass(frozen=True, slots=True)
class KeyBatch:
    """A run of addresses in order of identity."""

    read: int
    last_id: int
    stale: list[Stale]


async def read_batch(conn: Connection, after: int, limit: int = _BATCH) -> KeyBatch:
    """Compare the keys of the next addresses with what their documents give."""
    found = await rows(conn, QUERIES["search_keys_after"], {"after": after, "limit": limit})
    stale = []
    for each in found:
        base_key, number_key = Document.from_json(each["document"]).components.search_keys()
        if (each["base_key"], each["number_key"]) != (base_key, number_key):
            stale.append(Stale(each["address_id"], each["version"], base_key, number_key))
    return KeyBatch(len(found), found[-1]["address_id"] if found else after, stale)


async def bring_up_to_date(
    engine: AsyncEngine, clock: Clock, *, version: int = KEYS_VERSION, batch: int = _BATCH
) -> int:
    """Make every key anew where the rules have changed; give how many rows had other keys.

    Each batch is a transaction that also notes how far it got, so that a run that was killed
    goes on where it ended. Two runs at once take turns.
    """
    changed = 0
    done = False
    while not done:
        async with transaction(engine) as conn:
            found = await _one_batch(conn, clock, version, batch)
        done = found is None
        changed += found or 0
    return changed


async def _one_batch(conn: AsyncConnection, clock: Clock, version: int, limit: int) -> int | None:
    """Do the next batch and give how many rows changed; None: all are up to date."""
    state = await row(conn, QUERIES["lock_search_key_version"], {})
    if state is None or state["version"] == version:
        return None
    after = state["done_up_to"] if state["next"] == version else 0
    read = await read_batch(conn, after, limit)
    if read.stale:
        params = {
            "ids": [each.address_id for each in read.stale],
            "versions": [each.version for each in read.stale],
            "base_keys": [each.base_key for each in read.stale],
            "number_keys": [each.number_key for each in read.stale],
        }
        await execute(conn, QUERIES["update_search_keys"], params)
    await _make_former_keys(conn, after, read.last_id)
    finished = read.read < limit
    await execute(
        conn,
        QUERIES["note_search_keys"],
        {
            "version": version if finished else state["version"],
            "next": None if finished else version,
            "done_up_to": 0 if finished else read.last_id,
        },
    )
    if finished:
        facts = {"version": version}
        await events.record(
            conn, type="search-keys.made", subject="addresses", at=clock.now(), data=facts
        )
    return len(read.stale)


async def _make_former_keys(conn: Connection, after: int, last: int) -> None:
    """Make the keys of past slices anew for a run of addresses, locked against writers."""
    locked = await rows(conn, QUERIES["lock_with_past"], {"after": after, "last": last})
    if not locked:
        return
    ids = [each["address_id"] for each in locked]
    slices = await rows(conn, QUERIES["slices_of"], {"ids": ids})
    former = {
        address_id: former_keys(tuple(map(slice_of, said)))
        for address_id, said in groupby(slices, key=itemgetter("address_id"))
    }
    await put_former_keys(conn, former)


async def stale_keys(conn: Connection) -> AsyncIterator[Stale]:
    """Give every address whose keys are not those its document gives."""
    batch = await read_batch(conn, 0)
    while batch.read:
        for each in batch.stale:
            yield each
        batch = await read_batch(conn, batch.last_id)
