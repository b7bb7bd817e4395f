"""How jobs go, and telling those who watch: one look at the database for all of a process.

Nobody who watches holds a connection. While somebody does, their jobs are looked at twice a second;
while nobody does, not at all.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import psycopg
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncEngine

from addrsvc.clock import Clock
from addrsvc.db.rows import Connection, rows
from addrsvc.db.transaction import transaction
from addrsvc.file_jobs import repository
from addrsvc.file_jobs.model import FileJob, JobState
from addrsvc.queue.presence import count_file_workers
from addrsvc.settings import Settings

log = structlog.get_logger("addrsvc")

EVERY_S: Final = 0.5
_WINDOW_S: Final = 30.0
"""Rows per second are those of the last half minute: what a slow start was, soon no longer counts.
"""
_PATIENCE_S: Final = 5.0
_WITH_WORKER: Final = frozenset(
    {JobState.WAITING, JobState.CHECKING, JobState.RUNNING, JobState.WRITING}
)
"""States in which a worker has to do something."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A job, and how it goes."""

    job: FileJob
    rows_per_s: float | None = None
    """None: not running, or nothing to tell it by yet; of a job that is done, over all of it."""
    left_s: float | None = None
    """Until all rows are done."""
    ahead: int | None = None
    """Jobs that wait longer; None: it does not wait."""
    workers: int | None = None
    """Processes that take files, as heard of; None: it needs none."""

    @property
    def told(self) -> tuple[object, ...]:
        """Give what those who watch are told of anew when it changes."""
        job = self.job
        counts = tuple(sorted(job.counts.items()))
        numbers = (job.rows_total, job.rows_done, job.parts_written, self.ahead)
        return (job.state, *numbers, counts, self.workers == 0)


async def list_standings(
    conn: Connection, jobs: Sequence[FileJob], settings: Settings, clock: Clock
) -> list[Standing]:
    """Give how some jobs go."""
    now = clock.now()
    running = [each.job_id for each in jobs if each.state is JobState.RUNNING]
    waiting = [each.job_id for each in jobs if each.state is JobState.WAITING]
    paces: Mapping[UUID, int] = {}
    ahead: Mapping[UUID, int] = {}
    if running:
        since = now - timedelta(seconds=_WINDOW_S)
        params = {"job_ids": running, "since": since}
        found = await rows(conn, repository.QUERIES["paces"], params)
        paces = {each["job_id"]: each["rows"] for each in found}
    if waiting:
        found = await rows(conn, repository.QUERIES["ahead"], {"job_ids": waiting})
        ahead = {each["job_id"]: each["ahead"] for each in found}
    workers = None
    if any(each.state in _WITH_WORKER for each in jobs):
        workers = await count_file_workers(conn, stalled_s=settings.worker_stalled_s)
    return [
        _standing(
            each,
            paces.get(each.job_id, 0),
            ahead.get(each.job_id),
            now,
            workers if each.state in _WITH_WORKER else None,
        )
        for each in jobs
    ]


def _standing(
    job: FileJob, rows_lately: int, ahead: int | None, now: datetime, workers: int | None
) -> Standing:
    pace = _pace(job, rows_lately, now)
    left_s = None
    if pace and job.state is JobState.RUNNING and job.rows_total is not None:
        left_s = (job.rows_total - job.rows_done) / pace
    return Standing(job, pace, left_s, ahead, workers)


def _pace(job: FileJob, rows_lately: int, now: datetime) -> float | None:
    if job.began_at is None:
        return None
    if job.state is JobState.RUNNING:
        since_s = min((now - job.began_at).total_seconds(), _WINDOW_S)
        return rows_lately / since_s if since_s > 0 and rows_lately else None
    if job.state is JobState.DONE and job.ended_at is not None:
        took_s = (job.ended_at - job.began_at).total_seconds()
        return job.rows_done / took_s if took_s > 0 else None
    return None


class ProgressWatch:
    """Looks at the jobs that somebody of this process watches."""

    def __init__(
        self, engine: AsyncEngine, settings: Settings, clock: Clock, *, every_s: float = EVERY_S
    ) -> None:
        self._engine, self._settings, self._clock = engine, settings, clock
        self._every_s = every_s
        self._watched: Counter[UUID] = Counter()
        self._is_asked = asyncio.Event()
        self._next: asyncio.Future[Mapping[UUID, Standing | None]] | None = None
        self.is_ending = False
        """The process is asked to stop: nobody watches any more."""

    @contextmanager
    def watching(self, job_id: UUID) -> Iterator[None]:
        """Have a job looked at meanwhile."""
        self._watched[job_id] += 1
        self._is_asked.set()
        try:
            yield
        finally:
            self._watched[job_id] -= 1
            if not self._watched[job_id]:
                del self._watched[job_id]

    async def look(self, job_id: UUID) -> Standing | None:
        """Wait for the next look at a watched job; None: there is no such job any more.

        Raises:
            TimeoutError: the database does not answer; or the process ends.
        """
        async with asyncio.timeout(_PATIENCE_S):
            while not self.is_ending:
                if self._next is None:
                    self._next = asyncio.get_running_loop().create_future()
                found = await asyncio.shield(self._next)
                if job_id in found:  # else that look had begun before
                    return found[job_id]
        raise TimeoutError

    async def run(self) -> None:
        """Look until cancelled; a database that is away is asked again."""
        while True:
            await self._is_asked.wait()
            try:
                # one that hangs would keep everybody waiting who comes to this process
                asked = list(self._watched)
                async with asyncio.timeout(_PATIENCE_S), transaction(self._engine) as conn:
                    jobs = await repository.list_watched(conn, asked)
                    found = await list_standings(conn, jobs, self._settings, self._clock)
            except (DBAPIError, PoolExhausted, psycopg.Error, OSError) as error:
                log.warning("progress waits", error=type(error).__name__)
            else:
                told, self._next = self._next, None
                if told is not None and not told.done():
                    there = {each.job.job_id: each for each in found}
                    told.set_result({job_id: there.get(job_id) for job_id in asked})
            if not self._watched:
                self._is_asked.clear()
            await asyncio.sleep(self._every_s)

    def end(self) -> None:
        """Let everybody go who watches."""
        self.is_ending = True
        if self._next is not None and not self._next.done():
            self._next.set_exception(TimeoutError())
            self._next.exception()  # nobody may be there to hear it
