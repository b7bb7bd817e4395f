"""Run jobs and all that happens by itself, or list it."""

from __future__ import annotations

import asyncio

import structlog
import typer
from procrastinate.exceptions import ConnectorException

from addrsvc.cli import NoDatabase
from addrsvc.cli.session import reach
from addrsvc.clock import SystemClock
from addrsvc.edge import logs
from addrsvc.queue.model import Queue
from addrsvc.settings import Settings
from addrsvc.worker import logs as library_logs
from addrsvc.worker.running import Plan, run

_QUEUES = (Queue.DEFAULT, Queue.PERIODIC)


def worker(
    concurrency: int = typer.Option(
        4,
        envvar="ADDRSVC_WORKER_CONCURRENCY",
        min=1,
        max=32,
        help="Jobs under way at once.",
    ),
    queues: list[Queue] = typer.Option(
        _QUEUES, help="Take jobs from these queues only; repeat for several."
    ),
) -> None:
    """Run jobs and all that happens by itself until interrupted.

    ``addrsvc serve`` runs one beside the web server. On a machine of its own let the system
    start it again whenever it ends. It needs a connection straight to PostgreSQL, not through a
    pooler: it listens, and holds locks for as long as it is connected.
    """
    settings = Settings()
    logs.configure()
    library_logs.configure()
    plan = Plan(concurrency=concurrency, queues=queues)

    async def work() -> bool:
        await reach(settings)
        return await run(settings, SystemClock(), plan)

    try:
        asked = asyncio.run(work())
    except ConnectorException as error:
        raise NoDatabase(reason=str(error.__cause__ or error).partition("\n")[0][:300]) from error
    if not asked:
        structlog.get_logger("addrsvc").error("worker ended by itself")
        raise typer.Exit(1)
