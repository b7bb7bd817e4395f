"""When a job is tried again, which tasks are known, and what the log tells of it."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.jobs import Job
from structlog.testing import capture_logs

from addrsvc.queue.model import Task
from addrsvc.queue.presence import next_due
from addrsvc.worker import logs
from addrsvc.worker.file_process import FileProcess
from addrsvc.worker.library import MOST_RETRIES, Backoff
from addrsvc.worker.periodic import CONTINUOUS, PERIODIC
from addrsvc.worker.running import Plan

_NIGHT = datetime(2026, 1, 15, 19, 30, tzinfo=UTC)


def _job(attempts: int = 0) -> Job:
    return Job(
        id=7,
        queue="default",
        lock=None,
        queueing_lock=None,
        task_name="noop",
        task_kwargs={"phone": "0900000000"},  # invented
        attempts=attempts,
    )


def test_every_task_a_job_can_name_is_known_to_the_worker() -> None:
    assert set(Plan().functions(FileProcess())) == set(Task)


def test_names_of_what_happens_by_itself_are_distinct_and_its_times_are_read() -> None:
    names = [each.name for each in (*CONTINUOUS, *PERIODIC)]
    assert len(names) == len(set(names))
    assert not set(names) & set(Task)
    for each in PERIODIC:
        assert _NIGHT < next_due(each.cron, _NIGHT) <= _NIGHT + timedelta(days=32)


def test_due_times_are_in_utc_wherever_the_clock_is() -> None:
    there = _NIGHT.astimezone()
    assert next_due("20 19 * * *", there) == datetime(2026, 1, 16, 19, 20, tzinfo=UTC)


def test_pauses_grow_and_end_and_a_stopped_worker_costs_none() -> None:
    strategy = Backoff(10)
    pauses = []
    for attempts in range(MOST_RETRIES):
        decision = strategy.get_retry_decision(exception=KeyError(), job=_job(attempts))
        assert decision is not None
        assert decision.retry_at is not None
        pauses.append((decision.retry_at - datetime.now(UTC)).total_seconds())
    assert pauses == pytest.approx([10, 40, 160, 640, 2560], abs=2)
    given_up = _job(MOST_RETRIES)
    assert strategy.get_retry_decision(exception=KeyError(), job=given_up) is None
    stopped = strategy.get_retry_decision(exception=asyncio.CancelledError(), job=given_up)
    assert stopped is not None


@pytest.fixture
def loggers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the loggers of libraries as they were."""
    for name in ("procrastinate", "psycopg.pool"):
        logger = logging.getLogger(name)
        for attribute in ("level", "propagate", "handlers"):
            monkeypatch.setattr(logger, attribute, getattr(logger, attribute))


@pytest.mark.usefixtures("loggers")
def test_the_log_names_job_and_task_and_never_the_arguments() -> None:
    logs.configure()
    job = _job()
    logger = logging.getLogger("procrastinate.worker")
    with capture_logs() as logged:
        logger.info("idle", extra={"action": "start_worker"})
        logger.info(
            "Job %s ended",
            job.call_string,
            extra={"action": "job_success", "job": job.log_context(), "duration": 0.25},
        )
        logger.warning("Odd %s", job.call_string)
        logging.getLogger("psycopg.pool").warning("error connecting in %s", "pool")
    assert logged == [
        {"event": "job_success", "log_level": "info", "job": 7, "task": "noop", "duration_ms": 250},
        {"event": "procrastinate.worker", "log_level": "warning"},
        {"event": "psycopg.pool", "log_level": "warning", "message": "error connecting in pool"},
    ]
