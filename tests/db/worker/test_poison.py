"""Workers as processes that are killed and kill themselves: nothing vanishes, nobody else pays."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from service_settings import as_role

from addrsvc.db.roles import WRITER

_WORKER = Path(__file__).resolve().parents[2] / "poisoned_worker.py"
_ROOT = _WORKER.parents[1]

LEAVE = """
    INSERT INTO queue.procrastinate_jobs (queue_name, task_name, args)
    SELECT 'default', task, args FROM unnest(%s::text[], %s::jsonb[]) AS left_job (task, args)
"""


class Workers:
    """One worker at a time, begun again when it is gone, as a supervisor does."""

    def __init__(self, database_url: str) -> None:
        self._environment = {
            **os.environ,
            "PYTHONPATH": f"{_ROOT}:{_WORKER.parent}",
            "ADDRSVC_DATABASE_URL": as_role(database_url, WRITER),
            "ADDRSVC_WORKER_STALLED_S": "1.5",
            "ADDRSVC_WORKER_RETRY_S": "0.01",
        }
        self.begun = 0
        self.process = self._begin()

    def _begin(self) -> subprocess.Popen[bytes]:
        self.begun += 1
        return subprocess.Popen(  # noqa: S603 -- our own command
            [sys.executable, str(_WORKER)],
            env=self._environment,
            stdout=subprocess.DEVNULL,
        )

    def watch(self) -> None:
        if self.process.poll() is not None:
            self.process = self._begin()

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


@pytest.fixture
def conn(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute("CREATE TABLE noted (number integer, pid integer)")
        conn.execute("GRANT INSERT ON noted TO addrsvc_writer")
        yield conn


@pytest.fixture
def workers(conn: psycopg.Connection, database_url: str) -> Iterator[Workers]:
    workers = Workers(database_url)
    yield workers
    with contextlib.suppress(subprocess.TimeoutExpired):
        workers.end()
    workers.process.kill()


def _leave(conn: psycopg.Connection, *jobs: tuple[str, str]) -> None:
    tasks, args = zip(*jobs, strict=True)
    conn.execute(LEAVE, (list(tasks), list(args)))


def _count(conn: psycopg.Connection, statement: str) -> int:
    row = conn.execute(statement.encode()).fetchone()
    assert row is not None
    return int(row[0])


def _until(condition: Callable[[], bool], watch: Callable[[], None], within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        watch()
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.usefixtures("untraced")
def test_only_the_poison_is_parked_and_every_other_job_is_done(
    conn: psycopg.Connection, workers: Workers
) -> None:
    good = [("note", f'{{"number": {number}}}') for number in range(200)]
    _leave(conn, *good[:60], ("kill", "{}"), *good[60:], ("fail", '{"secret": "0900000000"}'))
    kills = 0
    noted = "SELECT count(DISTINCT number) FROM noted"
    for reached in (10, 90, 150):  # of which the first comes before the poison
        _until(lambda least=reached: _count(conn, noted) >= least, workers.watch, 120)
        workers.process.kill()
        kills += 1
    _until(
        lambda: (
            _count(
                conn,
                "SELECT count(*) FROM queue.procrastinate_jobs WHERE status IN ('todo', 'doing')",
            )
            == 0
        ),
        workers.watch,
        120,
    )
    assert workers.end() == 0
    assert _count(conn, noted) == 200
    over = conn.execute(
        "SELECT task_name, status::text, count(*), coalesce(sum(deaths), 0), bool_or(is_parked)"
        " FROM queue.procrastinate_jobs LEFT JOIN queue.lone_death ON job_id = id"
        " GROUP BY 1, 2 ORDER BY 1"
    ).fetchall()
    assert over == [
        ("fail", "failed", 1, 0, None),
        ("kill", "failed", 1, 3, True),
        ("note", "succeeded", 200, 0, None),
    ]
    assert workers.begun >= kills + 1


@pytest.mark.usefixtures("untraced")
def test_asked_to_end_it_gives_back_what_it_cannot_finish(
    conn: psycopg.Connection, workers: Workers
) -> None:
    _leave(conn, ("linger", '{"number": 1}'))
    _until(lambda: _count(conn, "SELECT count(*) FROM noted") == 1, lambda: None, 60)
    assert workers.end() == 0  # the job itself would take ten minutes
    status = conn.execute("SELECT status, queue_name FROM queue.procrastinate_jobs").fetchall()
    assert status == [("todo", "default")]
