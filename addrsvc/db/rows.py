"""Run named SQL through either door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import AsyncConnection

Connection = psycopg.AsyncConnection[Any] | AsyncConnection
"""Either door: a connection of the read pool, or a running transaction."""

Row = dict[str, Any]


async def driver_connection(conn: Connection) -> psycopg.AsyncConnection[Any]:
    """Give the psycopg connection below either door, in the same transaction."""
    if isinstance(conn, psycopg.AsyncConnection):
        return conn
    raw = (await conn.get_raw_connection()).driver_connection
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
