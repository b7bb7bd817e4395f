"""The function of every task a job can name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.clock import Clock
from addrsvc.dossiers.proposals.counting import count_linked
from addrsvc.planning import checking_task
from addrsvc.planning.changes import comparing, telling
from addrsvc.queue.model import Task
from addrsvc.settings import Settings
from addrsvc.worker.model import JobFunction


async def do_nothing(_engine: AsyncEngine, _settings: Settings, _clock: Clock) -> None:
    """Show that jobs are run."""


TASKS: Mapping[str, JobFunction] = {
    Task.NOOP: do_nothing,
    Task.PLAN_FILE: checking_task.run,
    # plans know no dossiers, which are counted here
    Task.PLAN_CHANGES: partial(comparing.work_out, count_linked=count_linked),
    Task.PLAN_TELLING: telling.tell,
}
