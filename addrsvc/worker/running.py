"""One worker process: jobs, the loops without end, and the leaving of periodic jobs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import threading
from collections.abc import (
    AsyncIterator,
    Callable,
    Coroutine,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import structlog
from procrastinate.worker import Worker
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.clock import Clock
from addrsvc.db.doors import make_engine
from addrsvc.db.transaction import transaction
from addrsvc.edge.background import Background
from addrsvc.queue import presence
from addrsvc.queue.model import Queue, Task
from addrsvc.queue.presence import WorkEntry
from addrsvc.settings import Settings
from addrsvc.worker.file_process import FileProcess
from addrsvc.worker.leading import lead
from addrsvc.worker.library import make_app, make_worker
from addrsvc.worker.model import Continuous, JobFunction, Periodic
from addrsvc.worker.periodic import CONTINUOUS, PERIODIC
from addrsvc.worker.tasks import TASKS

log = structlog.get_logger("addrsvc")

_LONG_STATEMENT_MS: Final = 600_000
"""Nobody waits for a job at a browser."""
_HEAR_S: Final = 5.0
_GRACE_S: Final = 12.0
"""So long running jobs may take to finish; then they go back. Below what ``serve`` waits."""
_LAST_S: Final = 19.0
"""So long after a signal a worker is gone, whatever it waits for: a frozen database says nothing
and lets nobody go. Longer than what ends as it should takes; below what ``serve`` waits."""
_LONE_GRACE_S: Final = 2.0
"""The worker that waits for it ends meanwhile."""


@dataclass(frozen=True)
class Plan:
    """What one worker process does."""

    concurrency: int = 4
    queues: Sequence[Queue] = (Queue.DEFAULT, Queue.PERIODIC)
    tasks: Mapping[str, JobFunction] = field(default_factory=lambda: TASKS)
    continuous: Sequence[Continuous] = CONTINUOUS
    periodic: Sequence[Periodic] = PERIODIC

    @property
    def takes_files(self) -> bool:
        """Tell whether it does slices of jobs over files."""
        return Queue.FILES in self.queues

    def functions(self, files: FileProcess) -> Mapping[str, JobFunction]:
        """Give the function of every task; one is of the process itself."""
        return {**self.tasks, Task.FILE_JOB: files.run}


FILES: Final = Plan(concurrency=1, queues=(Queue.FILES,), continuous=(), periodic=())
"""A process for jobs over files: hours of computing, one slice after the other."""


async def run(settings: Settings, clock: Clock, plan: Plan) -> bool:
    """Work until a signal says stop; False: it ended without one, so it is to be started again.

    Raises:
        procrastinate.exceptions.ConnectorException: the database cannot be reached, or was lost.
        sqlalchemy.exc.OperationalError: the same.
    """
    jobs = _engine(settings, 2 * plan.concurrency + 2)
    loops = _engine(settings, 3 * len(plan.continuous) + 2)
    files = FileProcess()
    app = make_app(
        settings,
        jobs,
        clock,
        plan.functions(files),
        plan.periodic,
        concurrency=plan.concurrency,
    )
    worker = make_worker(
        app,
        jobs,
        settings,
        queues=plan.queues,
        concurrency=plan.concurrency,
        goes_on=True,
        # meanwhile it gives no sign of life, and must not be taken for dead
        grace_s=min(_GRACE_S, settings.worker_stalled_s * 0.4),
    )

    try:
        with stopping(_both(files, worker)) as asked:
            if plan.continuous or plan.periodic:
                async with transaction(loops) as conn:
                    await presence.record_work(conn, entries(plan.continuous, plan.periodic))
            async with files, app.open_async(), _loops(loops, settings, clock, plan):
                log.info("worker started", queues=[*plan.queues], concurrency=plan.concurrency)
                if not asked:  # else it would be forgotten: to run begins with that
                    await worker.run()  # type: ignore[no-untyped-call]  # untyped upstream
        log.info("worker stopped", asked=bool(asked))
        return bool(asked)
    finally:
        await jobs.dispose()
        await loops.dispose()


async def run_alone(settings: Settings, clock: Clock, plan: Plan) -> None:
    """Run the jobs that wait to be run alone, one after the other, until no more are due.

    Raises:
        procrastinate.exceptions.ConnectorException: the database cannot be reached, or was lost.
    """
    engine = _engine(settings, 4)
    files = FileProcess()
    app = make_app(
        settings,
        engine,
        clock,
        plan.functions(files),
        plan.periodic,
        concurrency=1,
        leaves_periodic=False,
    )
    worker = make_worker(
        app,
        engine,
        settings,
        queues=[Queue.ISOLATED],
        concurrency=1,
        goes_on=False,
        grace_s=_LONE_GRACE_S,
    )

    try:
        async with files, app.open_async():
            with stopping(_both(files, worker)):
                await worker.run()  # type: ignore[no-untyped-call]  # untyped upstream
    finally:
        await engine.dispose()


def _both(files: FileProcess, worker: Worker) -> Callable[[], None]:
    """Give what stops a worker, and the slice of a job it is at."""

    def stop() -> None:
        files.stop()
        worker.stop()  # type: ignore[no-untyped-call]  # untyped upstream

    return stop


def entries(continuous: Iterable[Continuous], periodic: Iterable[Periodic]) -> list[WorkEntry]:
    """Give the list of all that happens by itself."""
    return [
        *(WorkEntry(each.name, "continuous", None, each.purpose) for each in continuous),
        *(WorkEntry(each.name, "periodic", each.cron, each.purpose) for each in periodic),
    ]


@contextlib.contextmanager
def stopping(stop: Callable[[], None]) -> Iterator[list[signal.Signals]]:
    """Stop when a signal says so; gives a list that then holds it."""
    received: list[signal.Signals] = []
    loop = asyncio.get_running_loop()
    last = threading.Timer(_LAST_S, _leave)
    last.daemon = True

    def receive(number: signal.Signals) -> None:
        if not received:
            last.start()
        received.append(number)
        stop()

    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, receive, number)
    try:
        yield received
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
        last.cancel()


def _leave() -> None:
    """End at once: what is under way here is found as a dead worker's."""
    log.error("worker does not end")
    os._exit(1)


@contextlib.asynccontextmanager
async def _loops(
    engine: AsyncEngine, settings: Settings, clock: Clock, plan: Plan
) -> AsyncIterator[None]:
    """Keep the continuous work and our own presence going meanwhile."""
    background = Background()
    leads: dict[str, datetime] = {}
    if plan.takes_files:
        leads[presence.TAKES_FILES] = clock.now()
    for each in plan.continuous:
        background.keep(each.name, _led(each, engine, settings, clock, leads))
    background.keep("presence", lambda: _keep_present(engine, leads, background.failing))
    try:
        yield
    finally:
        await background.end()


def _led(
    continuous: Continuous,
    engine: AsyncEngine,
    settings: Settings,
    clock: Clock,
    leads: dict[str, datetime],
) -> Callable[[], Coroutine[Any, Any, None]]:
    def began() -> None:
        leads[continuous.name] = clock.now()
        log.info("leading", work=continuous.name)

    async def run() -> None:
        try:
            work = continuous.run
            await lead(settings, continuous.name, lambda: work(engine, settings, clock), began)
        finally:
            leads.pop(continuous.name, None)

    return run


async def _keep_present(
    engine: AsyncEngine,
    leads: Mapping[str, datetime],
    failing: Callable[[], Mapping[str, str]],
) -> None:
    """Say every few seconds that we are there, what we lead and what fails."""
    async with transaction(engine) as conn:
        process_id = await presence.enter(conn, socket.gethostname(), os.getpid())
    try:
        is_known = True
        while is_known:
            async with transaction(engine) as conn:
                is_known = await presence.hear(conn, process_id, leads, failing())
            await asyncio.sleep(_HEAR_S)
    finally:
        async with transaction(engine) as conn:
            await presence.leave(conn, process_id)


def _engine(settings: Settings, connections: int) -> AsyncEngine:
    longer = max(settings.statement_timeout_ms, _LONG_STATEMENT_MS)
    return make_engine(
        settings.model_copy(update={"statement_timeout_ms": longer, "pool_size": connections})
    )
