"""Decide by rules what becomes of a record that is kept: into the register, or to a supervisor."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.auth.model import Principal
from addrsvc.clock import Clock
from addrsvc.settings import Settings


async def decide(
    engine: AsyncEngine,
    submission_id: UUID,
    principal: Principal,
    clock: Clock,
    settings: Settings,
) -> None:
    """Decide about a record that waits for the register; about any other nothing is done.

    One transaction of its own, which holds the record: done twice, at once or later, it is decided
    once. Where the database fails, the record waits for the register still, and the worker goes on.

    Args:
        engine: the write door.
        submission_id: the record, kept and committed.
        principal: the device that sent it, which acts in the register.
        clock: the moment of the decision.
        settings: of the service.

    Raises:
        DBAPIError, psycopg.Error: the database failed; nothing of it was done.
    """
