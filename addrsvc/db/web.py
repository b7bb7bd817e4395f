"""FastAPI dependencies for the two doors and the clock.

The write connection's scope is ``function``: with the default scope the commit would happen
after the answer went out, and a failed commit would still answer 201.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from addrsvc.clock import Clock
from addrsvc.db.doors import Doors, ReadPool
from addrsvc.db.read_only import ReadOnly
from addrsvc.db.transaction import transaction
from addrsvc.settings import Settings

_OPERATIONS = "/v1/operations"
"""Operators look at the primary, and turn the switch, also in read-only mode."""


def doors_of(request: Request) -> Doors:
    """Give the open doors of this process."""
    return cast("Doors", request.app.state.doors)


def origin_of(request: Request) -> str:
    """Give scheme and host under which citizens reach the service, without an ending slash."""
    settings = cast("Settings", request.app.state.settings)
    return settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")


def _settings(request: Request) -> Settings:
    return cast("Settings", request.app.state.settings)


def _clock(request: Request) -> Clock:
    return cast("Clock", request.app.state.clock)


def _read_pool(request: Request) -> ReadPool:
    return doors_of(request).pool


async def _write_conn(request: Request) -> AsyncIterator[AsyncConnection]:
    read_only = cast("ReadOnly", request.app.state.read_only)
    if not request.url.path.startswith(_OPERATIONS):
        read_only.require_writable()
    async with transaction(doors_of(request).engine) as conn:
        yield conn


async def _any_time(request: Request) -> AsyncIterator[AsyncConnection]:
    async with transaction(doors_of(request).engine) as conn:
        yield conn


def longer_deadline(seconds: float) -> Any:
    """Give a dependency that lets a route take its time before its answer starts.

    For routes that are slow on purpose: ``dependencies=[longer_deadline(35)]``. Everything else
    keeps ``Settings.request_deadline_s``.
    """

    async def declare(request: Request) -> None:
        lengthen_deadline(request, seconds)

    return Depends(declare)


def lengthen_deadline(request: Request, seconds: float) -> None:
    """Let the answer to a request begin so much later than now, once it is known to wait."""
    deadline = cast("asyncio.Timeout | None", request.scope.get("addrsvc.deadline"))
    if deadline is not None and deadline.when() is not None:
        deadline.reschedule(asyncio.get_running_loop().time() + seconds)


AppSettings = Annotated[Settings, Depends(_settings)]
AppClock = Annotated[Clock, Depends(_clock)]
ReadDoor = Annotated[ReadPool, Depends(_read_pool)]
"""Hot public reads: the psycopg pool, autocommit, read only."""
WriteConn = Annotated[AsyncConnection, Depends(_write_conn, scope="function")]
"""One transaction for the whole request, committed before the answer goes out."""
AnyTimeConn = Annotated[AsyncConnection, Depends(_any_time, scope="function")]
"""The write door, also while nothing may be changed: for what readers have no right to."""
