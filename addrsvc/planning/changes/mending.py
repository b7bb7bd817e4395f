"""Fail comparisons whose work was given up; leave work again where none is left.

The queue gives work up after some errors, or parks it when it killed its worker each time: the
comparison would stand as waiting for ever. Asked for again, it begins anew.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from psycopg.types.json import Jsonb
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.clock import Clock
from addrsvc.db.rows import execute, rows
from addrsvc.db.transaction import transaction
from addrsvc.errors import problem_kept
from addrsvc.planning.changes.errors import ComparisonGivenUp
from addrsvc.planning.changes.repository import QUERIES
from addrsvc.planning.changes.service import leave_work
from addrsvc.queue.jobs import list_standing
from addrsvc.queue.model import State, Task
from addrsvc.settings import Settings

log = structlog.get_logger("addrsvc.planning")

MEND_S: Final = 10.0


async def keep_mending(engine: AsyncEngine, _settings: Settings, _clock: Clock) -> None:
    """Fail comparisons that cannot be gone on with, again and again."""
    while True:
        await mend_lost(engine)
        await asyncio.sleep(MEND_S)


async def mend_lost(engine: AsyncEngine) -> None:
    """Fail comparisons whose work was given up; leave work again where none is left."""
    async with transaction(engine) as conn:
        # first: work is left together with what the row says
        under_way = await rows(conn, QUERIES["comparisons_under_way"], {})
        if not under_way:
            return
        standing: dict[object, set[State]] = {}
        for args, state in await list_standing(conn, Task.PLAN_CHANGES):
            standing.setdefault(args["comparison_id"], set()).add(state)
        for each in under_way:
            number: int = each["comparison_id"]
            states = standing.get(number, set())
            if not states:
                await leave_work(conn, number)
                log.warning("comparison found without work", comparison=number)
            elif states == {State.FAILED}:
                problem = Jsonb(problem_kept(ComparisonGivenUp(comparison_id=number)))
                failed = {"comparison_id": number, "problem": problem}
                await execute(conn, QUERIES["fail_comparison"], failed)
                log.error("comparison given up", comparison=number)
