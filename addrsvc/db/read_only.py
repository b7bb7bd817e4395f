"""Read-only mode: whether writes are accepted just now, and why not.

Three reasons, each by itself: the setting ``ADDRSVC_READ_ONLY``, the switch operators keep in the
database, and a primary that is away, a standby or read-only itself. Each worker looks once a
second through a connection of its own, so that a full pool is not taken for a database that is
gone; what it finds holds for all its requests until it looks again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import psycopg
import structlog

from addrsvc.db.doors import PromptConnection, conninfo
from addrsvc.problems import ReadOnlyNow
from addrsvc.settings import Settings

log = structlog.get_logger("addrsvc.db")

SWITCH: Final = "read-only"
"""Key of the switch in ``service_state``; its value is true or false."""

_LOOK_S: Final = 1.0
_PATIENCE_S: Final = 2.0
_SHARE_OF_DEADLINE: Final = 0.2

# Sessions take a new default of their database or role only when they begin: it is asked of the
# catalogue, where it stands as it was typed (on, true, 1).
_STATE: Final = """
SELECT pg_is_in_recovery()
       OR current_setting('default_transaction_read_only')::boolean
       OR EXISTS (SELECT FROM pg_db_role_setting AS s, unnest(s.setconfig) AS given
                  WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database
                                              WHERE datname = current_database()))
                    AND s.setrole IN (0, current_user::regrole)
                    AND CASE WHEN given ^@ 'default_transaction_read_only='
                        THEN split_part(given, '=', 2)::boolean ELSE false END),
       coalesce((SELECT value = 'true'::jsonb FROM service_state WHERE key = %s), false)
"""


class Reason(StrEnum):
    """Why no writes are accepted."""

    SETTING = "setting"
    SWITCH = "switch"
    PRIMARY = "primary"
    """Away, a standby, or read-only itself."""


@dataclass
class ReadOnly:
    """What one process knows of it."""

    reasons: set[Reason] = field(default_factory=set)

    @property
    def is_on(self) -> bool:
        """Tell whether writes are refused."""
        return bool(self.reasons)

    def require_writable(self) -> None:
        """Pass only while writes are accepted.

        Raises:
            ReadOnlyNow: they are not.
        """
        if self.reasons:
            raise ReadOnlyNow

    def note(self, reason: Reason, *, holds: bool) -> bool:
        """Take down whether a reason holds; tell whether that is news."""
        if holds == (reason in self.reasons):
            return False
        (self.reasons.add if holds else self.reasons.discard)(reason)
        log.warning("read-only", reason=reason.value, holds=holds)
        return True


def patience_with_primary_s(request_deadline_s: float) -> float:
    """Give after how many seconds a primary that says nothing is taken for one that is away.

    >>> patience_with_primary_s(10), patience_with_primary_s(60)
    (2.0, 12.0)
    """
    return max(_PATIENCE_S, request_deadline_s * _SHARE_OF_DEADLINE)


class Watch:
    """Look at the primary for ever."""

    def __init__(
        self, state: ReadOnly, settings: Settings, renew: Callable[[], Awaitable[None]]
    ) -> None:
        self._state = state
        self._renew = renew
        self._dsn = conninfo(
            settings.database_url.get_secret_value(),
            statement_timeout_ms=settings.statement_timeout_ms,
            read_only=False,
        )
        self._patience_s = patience_with_primary_s(settings.request_deadline_s)
        self._conn: PromptConnection | None = None

    async def run(self) -> None:
        """Look once a second; cancel it to end."""
        try:
            while True:
                await self.look()
                await asyncio.sleep(_LOOK_S)
        finally:
            await self._close()

    async def look(self) -> None:
        """Look once: at the primary and, where it answers, at the switch."""
        try:
            async with asyncio.timeout(self._patience_s):
                refuses, switched = await self._ask()
        except (TimeoutError, psycopg.Error):
            await self._close()
            self._state.note(Reason.PRIMARY, holds=True)
            return
        self._state.note(Reason.SWITCH, holds=switched)
        if refuses:
            await self._close()  # a session that began so stays so
        if self._state.note(Reason.PRIMARY, holds=refuses) and not refuses:
            await self._renew()

    async def _ask(self) -> tuple[bool, bool]:
        if self._conn is None:
            self._conn = await PromptConnection.connect(self._dsn, autocommit=True)
        cursor = await self._conn.execute(_STATE, (SWITCH,))
        row = await cursor.fetchone()
        if row is None:
            raise psycopg.OperationalError
        return row[0], row[1]

    async def _close(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            with suppress(psycopg.Error, OSError):
                await conn.close()
