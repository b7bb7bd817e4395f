"""The two ways to the database: a transactional write door and an autocommit read door."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import orjson
import psycopg
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg.waiting import wait_async
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from addrsvc.settings import Settings

LOOKUP_RUNNERS = 2
"""Statements of coalesced callers under way at once: while one is, the next can start."""

_POINTS = 2
"""Questions about points under way at once: they would else take every connection of lookups."""

_LOOKUPS = 2 * LOOKUP_RUNNERS + _POINTS
"""Connections for lookups: of codes, of house numbers, and for points."""

_RECONNECT_S = 5.0
"""A pool tries so long to replace a connection, then when the next is asked for: the driver's own
pauses grow to minutes, during which a database that is back would not be noticed."""

Answer = TypeVar("Answer")


class PromptConnection(psycopg.AsyncConnection[TupleRow]):
    """A connection given up at once when whoever waits on it gives up.

    The driver asks the server to cancel the statement and waits ten seconds for it to be so. A
    frozen server does neither, and the request that ran into its deadline would wait on. A server
    that runs ends what it does for a client that is gone (``client_connection_check_interval``).
    """

    async def wait(
        self,
        gen: PQGen[Answer],
        interval: float = 0.1,
        timeout: float | None = None,  # noqa: ASYNC109 -- the driver's own signature
    ) -> Answer:
        """Wait for an answer of the server; close the connection when cancelled meanwhile."""
        try:
            return await wait_async(gen, self.pgconn.socket, interval, timeout)
        except asyncio.CancelledError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise


Reader = psycopg.AsyncConnection[TupleRow]
ReadPool = AsyncConnectionPool[Reader]


def conninfo(url: str, *, statement_timeout_ms: int, read_only: bool, settings: str = "") -> str:
    """Give a libpq connection string with our timeouts on it.

    ``tcp_user_timeout`` and keepalives end a connection whose peer vanished; a peer that
    hangs is caught by the caller's own deadline, since it cannot time itself out.
    """
    given = conninfo_to_dict(url)
    options = [
        str(given.pop("options", "") or ""),
        f"-c statement_timeout={statement_timeout_ms}",
        f"-c idle_in_transaction_session_timeout={statement_timeout_ms * 4}",
        "-c client_connection_check_interval=1000",
        "-c timezone=UTC",
        settings,
    ]
    if read_only:
        options.append("-c default_transaction_read_only=on")
    defaults: dict[str, str | int] = {
        "connect_timeout": 5,
        "tcp_user_timeout": 10_000,
        "application_name": "addrsvc",
    }
    return make_conninfo(
        "", **{**defaults, **given, "options": " ".join(part for part in options if part)}
    )


@dataclass(frozen=True)
class Doors:
    """Open connections of one process; made by :func:`open_doors`, closed by ``close``."""

    engine: AsyncEngine
    """Writes and everything transactional: SQLAlchemy Core on the write URL."""

    pool: ReadPool
    """Hot public reads: psycopg, autocommit, read only, prepared statements."""

    lookups: ReadPool
    """The same for the statements behind code lookups, probes and points: planned once per
    connection, since planning their joins anew takes three times as long as running them. Not
    checked before use: ask through :func:`ask_lookups`."""

    primary: ReadPool
    """Reads that must see what was just written, such as sessions: read only, on the write URL;
    the very ``pool`` where there is no other."""

    points: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_POINTS))
    """To hold while asking ``lookups`` about a point."""

    async def close(self) -> None:
        """Close every connection of both doors."""
        await self.lookups.close()
        await self.pool.close()
        if self.primary is not self.pool:
            await self.primary.close()
        await self.engine.dispose()


def make_engine(settings: Settings) -> AsyncEngine:
    """Make the write door for these settings; connects when first used."""
    dsn = conninfo(
        settings.database_url.get_secret_value(),
        statement_timeout_ms=settings.statement_timeout_ms,
        read_only=False,
    )

    async def connect() -> psycopg.AsyncConnection[TupleRow]:
        conn = await PromptConnection.connect(dsn)
        await read_json_quickly(conn)
        return conn

    return create_async_engine(
        "postgresql+psycopg://",
        async_creator=connect,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=settings.request_deadline_s,
        pool_pre_ping=True,
        hide_parameters=True,  # an error never quotes what people typed
        execution_options={"settings": settings},  # which keys a transaction encrypts with
    )


async def open_doors(settings: Settings) -> Doors:
    """Open both doors; the read pools fill in the background, so a server may be down."""
    checked = AsyncConnectionPool.check_connection
    pool = _read_pool(settings, name="read", size=settings.pool_size, check=checked)
    lookups = _read_pool(
        settings,
        name="lookups",
        size=_LOOKUPS,
        plans="-c plan_cache_mode=force_generic_plan",
    )
    await pool.open(wait=False)
    await lookups.open(wait=False)
    primary = pool
    if settings.read_database_url is not None:
        on_primary = settings.model_copy(update={"read_database_url": None})
        primary = _read_pool(on_primary, name="primary", size=2, check=checked)
        await primary.open(wait=False)
    return Doors(engine=make_engine(settings), pool=pool, lookups=lookups, primary=primary)


def _read_pool(
    settings: Settings,
    *,
    name: str,
    size: int,
    plans: str = "",
    check: Callable[[psycopg.AsyncConnection[TupleRow]], Awaitable[None]] | None = None,
) -> ReadPool:
    read_url = settings.read_database_url or settings.database_url
    return AsyncConnectionPool(
        conninfo(
            read_url.get_secret_value(),
            statement_timeout_ms=settings.statement_timeout_ms,
            read_only=True,
            settings=plans,
        ),
        connection_class=PromptConnection,
        min_size=1,
        max_size=size,
        reconnect_timeout=_RECONNECT_S,
        timeout=settings.request_deadline_s,
        kwargs={"autocommit": True, "prepare_threshold": 1},
        configure=read_json_quickly,
        open=False,
        name=name,
        check=check,
    )


async def ask_lookups(pool: ReadPool, ask: Callable[[Reader], Awaitable[Answer]]) -> Answer:
    """Ask on a connection of the lookups, once more where it had died since it was last used.

    Cheaper than asking every time whether it still lives.

    Raises:
        psycopg.Error, PoolTimeout: the database does not answer.
    """
    try:
        async with pool.connection() as conn:
            return await ask(conn)
    except psycopg.OperationalError:
        async with pool.connection() as conn:
            return await ask(conn)


async def read_json_quickly(conn: psycopg.AsyncConnection[TupleRow]) -> None:
    """Read and write jsonb with orjson: documents are most of what is read and written."""
    set_json_loads(orjson.loads, conn)
    set_json_dumps(orjson.dumps, conn)
