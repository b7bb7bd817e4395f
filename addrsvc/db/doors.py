"""The two ways to the database: a transactional write door and an autocommit read door."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from addrsvc.settings import Settings

ReadPool = AsyncConnectionPool[psycopg.AsyncConnection[TupleRow]]


def conninfo(url: str, *, statement_timeout_ms: int, read_only: bool) -> str:
    """Give a libpq connection string with our timeouts on it.

    ``tcp_user_timeout`` and keepalives end a connection whose peer vanished; a peer that
    hangs is caught by the caller's own deadline, since it cannot time itself out.
    """
    given = conninfo_to_dict(url)
    options = [
        str(given.pop("options", "") or ""),
        f"-c statement_timeout={statement_timeout_ms}",
        f"-c idle_in_transaction_session_timeout={statement_timeout_ms * 4}",
        "-c timezone=UTC",
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

    async def close(self) -> None:
        """Close every connection of both doors."""
        await self.pool.close()
        await self.engine.dispose()


def make_engine(settings: Settings) -> AsyncEngine:
    """Make the write door for these settings; connects when first used."""
    dsn = conninfo(
        settings.database_url.get_secret_value(),
        statement_timeout_ms=settings.statement_timeout_ms,
        read_only=False,
    )

    async def connect() -> psycopg.AsyncConnection[TupleRow]:
        return await psycopg.AsyncConnection.connect(dsn)

    return create_async_engine(
        "postgresql+psycopg://",
        async_creator=connect,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=settings.request_deadline_s,
        pool_pre_ping=True,
    )


async def open_doors(settings: Settings) -> Doors:
    """Open both doors; the read pool fills in the background, so a server may be down."""
    read_url = settings.read_database_url or settings.database_url
    pool: ReadPool = AsyncConnectionPool(
        conninfo(
            read_url.get_secret_value(),
            statement_timeout_ms=settings.statement_timeout_ms,
            read_only=True,
        ),
        min_size=1,
        max_size=settings.pool_size,
        timeout=settings.request_deadline_s,
        kwargs={"autocommit": True, "prepare_threshold": 1},
        open=False,
        name="read",
        check=AsyncConnectionPool.check_connection,
    )
    await pool.open(wait=False)
    return Doors(engine=make_engine(settings), pool=pool)
