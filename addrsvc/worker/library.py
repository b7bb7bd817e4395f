"""The queue library, set up for us: tasks and schedules bound, retries, connections."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

import procrastinate
import procrastinate.exceptions
from procrastinate.job_context import AbortReason, JobContext
from procrastinate.jobs import Job
from procrastinate.worker import Worker
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.clock import Clock
from addrsvc.db.doors import conninfo
from addrsvc.db.rows import execute
from addrsvc.db.transaction import transaction
from addrsvc.queue.model import Queue, Task
from addrsvc.queue.service import QUERIES
from addrsvc.settings import Settings
from addrsvc.worker.model import JobFunction, Periodic

MOST_RETRIES: Final = 5
"""With the usual pauses the last one comes an hour after the first error."""
_RETRIES_OF: Final[dict[str, int]] = {Task.FILE_JOB: 3, Task.PLAN_FILE: 3, Task.PLAN_CHANGES: 3}
"""Somebody waits for what is done: they are told within minutes that it cannot be."""
_SAY_AGAIN_S: Final = (0.2, 1.0, 3.0)
_POLL_S: Final = 1.0
"""New jobs are told of at once; those that wait for a moment or a lock are found so."""
_CATCH_UP_S: Final = 40 * 86_400
"""Periodic work that was due while no worker ran is done once when one starts again."""


class Backoff(procrastinate.BaseRetryStrategy):
    """After an error a job waits, four times as long each time, and is given up in the end."""

    def __init__(self, first_s: float, most: int = MOST_RETRIES) -> None:
        self._first_s = first_s
        self._most = most

    def get_retry_decision(
        self, *, exception: BaseException, job: Job
    ) -> procrastinate.RetryDecision | None:
        """Tell when to try again; None: never."""
        if isinstance(exception, asyncio.CancelledError):  # the worker is being stopped
            return procrastinate.RetryDecision(retry_in={"seconds": 0})
        if job.attempts >= self._most:
            return None
        pause_s = self._first_s * 4**job.attempts
        return procrastinate.RetryDecision(retry_in={"seconds": pause_s})


class _Insisting(Worker):
    """Says again how a job ended when the database did not hear it.

    The library says it once: after a broken connection the job would stand as under way for as
    long as this worker lives. In the end the worker stops, and the job is found as a dead one's.
    """

    async def _persist_job_status(self, *args: Any, **kwargs: Any) -> None:
        for pause_s in _SAY_AGAIN_S:
            try:
                await super()._persist_job_status(*args, **kwargs)
            except procrastinate.exceptions.ConnectorException:
                await asyncio.sleep(pause_s)
            else:
                return
        self.stop()  # type: ignore[no-untyped-call]  # untyped upstream


def make_app(
    settings: Settings,
    engine: AsyncEngine,
    clock: Clock,
    tasks: Mapping[str, JobFunction],
    periodic: Iterable[Periodic],
    *,
    concurrency: int,
    leaves_periodic: bool = True,
) -> procrastinate.App:
    """Bind every task and all periodic work to the library; connects when opened.

    ``leaves_periodic`` False: its jobs are run, but others leave them.
    """
    dsn = conninfo(
        settings.database_url.get_secret_value(),
        statement_timeout_ms=settings.statement_timeout_ms,
        read_only=False,
        settings="-c search_path=queue",
    )
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(
            conninfo=dsn, min_size=1, max_size=concurrency + 2
        ),
        periodic_defaults={"max_delay": _CATCH_UP_S},
    )
    retry = Backoff(settings.worker_retry_s)
    for name, function in tasks.items():
        patience = Backoff(settings.worker_retry_s, _RETRIES_OF.get(name, MOST_RETRIES))
        app.task(name=name, queue=Queue.DEFAULT, retry=patience)(
            _bound(function, engine, settings, clock)
        )
    for each in periodic:
        task = app.task(
            name=each.name,
            queue=Queue.PERIODIC,
            retry=retry,
            lock=each.name,
            queueing_lock=each.name,
        )(_bound_periodic(each, engine, settings, clock))
        if leaves_periodic:
            app.periodic(cron=each.cron)(task)
    return app


def make_worker(
    app: procrastinate.App,
    engine: AsyncEngine,
    settings: Settings,
    *,
    queues: Iterable[Queue],
    concurrency: int,
    goes_on: bool,
    grace_s: float,
) -> Worker:
    """Make what takes jobs and runs them; ``goes_on`` False: until no more are due."""

    async def begin(
        call_next: Callable[[], Awaitable[Any]], context: JobContext, _worker: Worker
    ) -> Any:
        if context.job.queueing_lock is not None:
            async with transaction(engine) as conn:
                await execute(conn, QUERIES["begin_job"], {"job_id": context.job.id})
        try:
            return await call_next()
        except asyncio.CancelledError:
            if context.abort_reason() is AbortReason.USER_REQUEST:
                raise procrastinate.exceptions.JobAborted from None  # else it would be retried
            raise

    return _Insisting(
        app,
        queues=[queue.value for queue in queues],
        concurrency=concurrency,
        wait=goes_on,
        shutdown_graceful_timeout=grace_s,
        install_signal_handlers=False,
        fetch_job_polling_interval=_POLL_S,
        update_heartbeat_interval=settings.worker_stalled_s / 5,
        stalled_worker_timeout=settings.worker_stalled_s,
        worker_middleware=[begin],
    )


def _bound(
    function: JobFunction, engine: AsyncEngine, settings: Settings, clock: Clock
) -> JobFunction:
    async def run(**args: object) -> None:
        await function(engine, settings, clock, **args)

    return run


def _bound_periodic(
    periodic: Periodic, engine: AsyncEngine, settings: Settings, clock: Clock
) -> JobFunction:
    async def run(timestamp: int) -> None:
        del timestamp  # when it was due: what it does goes by the present moment
        await periodic.run(engine, settings, clock)

    return run
