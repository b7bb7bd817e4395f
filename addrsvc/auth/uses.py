"""Remember when keys and sessions were last used, without a write in any request.

A request holding one connection must never wait for a second: it only leaves a note here, and
one task of the process writes the notes down now and then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import structlog
from psycopg import Error
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from addrsvc.auth import service
from addrsvc.db.transaction import transaction

log = structlog.get_logger("addrsvc.auth")

WriteUses = Callable[[AsyncConnection, Mapping[str, datetime]], Awaitable[None]]


class KeyUses:
    """Notes of one process, kept until the database has them."""

    def __init__(self, write: WriteUses = service.note_uses) -> None:
        self._write = write
        self._notes: dict[str, datetime] = {}

    def note(self, key_id: str, at: datetime) -> None:
        """Leave a note that a key was used."""
        self._notes[key_id] = at

    async def write_down(self, engine: AsyncEngine) -> None:
        """Write the notes down; without a writable database they are kept for next time."""
        if not self._notes:
            return
        notes, self._notes = self._notes, {}
        are_written = False
        try:
            async with transaction(engine) as conn:
                await self._write(conn, notes)
            are_written = True
        except (DBAPIError, PoolExhausted, Error, OSError) as error:
            log.warning("last uses not written", error=type(error).__name__)
        finally:
            if not are_written:  # also when the process ends meanwhile: it tries once more
                self._notes = {**notes, **self._notes}

    async def keep_writing(self, engine: AsyncEngine, every_s: float) -> None:
        """Write the notes down for ever; cancel it to end."""
        while True:
            await asyncio.sleep(every_s)
            await self.write_down(engine)
