"""What every command shares: who runs it, one transaction, and the terminal's language."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.auth.model import Principal, command_line
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings

T = TypeVar("T")

_LONG_STATEMENT_MS = 3_600_000
"""At a terminal somebody waits and can stop it; a request's limit would end every import."""


def operator() -> Principal:
    """Give the principal of whoever sits at this machine."""
    return command_line(getpass.getuser())


async def reach(settings: Settings) -> None:
    """Connect once before pools are opened: these would try for long, and say so each time.

    Raises:
        sqlalchemy.exc.OperationalError: the database cannot be reached.
    """
    engine = make_engine(settings)
    try:
        async with engine.connect():
            pass
    finally:
        await engine.dispose()


def in_transaction(
    act: Callable[[AsyncConnection], Awaitable[T]], given: Settings | None = None
) -> T:
    """Run one act in one transaction of the write door; it may take minutes.

    ``given`` None: settings are those of the environment.
    """

    async def run() -> T:
        settings = given or Settings()
        longer = max(settings.statement_timeout_ms, _LONG_STATEMENT_MS)
        engine = make_engine(settings.model_copy(update={"statement_timeout_ms": longer}))
        try:
            async with transaction(engine) as conn:
                return await act(conn)
        finally:
            await engine.dispose()

    return asyncio.run(run())
