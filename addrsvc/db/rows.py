"""Run named SQL through either door."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row, tuple_row
from sqlalchemy.ext.asyncio import AsyncConnection

Connection = psycopg.AsyncConnection[Any] | AsyncConnection
"""Either door: a connection of the read pool, or a running transaction."""

Row = dict[str, Any]


async def driver_connection(conn: Connection) -> psycopg.AsyncConnection[Any]:
    """Give the psycopg connection below either door, in the same transaction."""
    if isinstance(conn, psycopg.AsyncConnection):
        return conn
    # the plain way round costs a switch of greenlets for each statement
    sync = conn.sync_connection
    if sync is None:
        raise TypeError("not in a transaction")
    raw = sync.connection.driver_connection
    if not isinstance(raw, psycopg.AsyncConnection):
        raise TypeError(f"not a psycopg connection: {raw!r}")
    return raw


async def rows(conn: Connection, statement: LiteralString, params: Mapping[str, Any]) -> list[Row]:
    """Run one statement and give its rows."""
    driver = await driver_connection(conn)
    async with driver.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(statement, params)
        return await cursor.fetchall()


async def row(conn: Connection, statement: LiteralString, params: Mapping[str, Any]) -> Row | None:
    """Run one statement and give its first row, or None."""
    found = await rows(conn, statement, params)
    return found[0] if found else None


async def execute(conn: Connection, statement: LiteralString, params: Mapping[str, Any]) -> int:
    """Run one statement and give the number of rows it touched."""
    driver = await driver_connection(conn)
    cursor = await driver.execute(statement, params)
    return cursor.rowcount


async def stream(
    driver: psycopg.AsyncConnection[Any], statement: LiteralString, *, piece: int
) -> AsyncIterator[tuple[Any, ...]]:
    """Give the rows of a long answer; inside a transaction, one stream at a time.

    The event loop is free between two pieces of so many rows. The cursor lives in the transaction
    and ends with it, so whoever is cancelled half-way leaves nothing open.
    """
    await driver.execute(f"DECLARE stream NO SCROLL CURSOR FOR {statement}")
    async with driver.cursor(row_factory=tuple_row) as cursor:
        found: list[tuple[Any, ...]] | None = None
        while found is None or len(found) == piece:
            # a prepared one would stand for the first stream of this name
            await cursor.execute(f"FETCH {piece:d} FROM stream".encode(), prepare=False)
            found = await cursor.fetchall()
            for each in found:
                yield each
            await asyncio.sleep(0)
    await driver.execute("CLOSE stream")
