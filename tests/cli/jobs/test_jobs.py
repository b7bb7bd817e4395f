"""Jobs and what happens by itself, from the command line."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from click.testing import Result
from service_settings import as_role
from typer.testing import CliRunner

from addrsvc.cli import build
from addrsvc.db.roles import WRITER
from addrsvc.worker.periodic import CONTINUOUS, PERIODIC

Run = Callable[..., Result]

_PARK = """
    WITH job AS (
        INSERT INTO queue.procrastinate_jobs (queue_name, task_name, args, status)
        VALUES ('isolated', 'noop', '{"address_id": 7}', 'failed') RETURNING id
    )
    INSERT INTO queue.lone_death SELECT id, 3, now(), true FROM job RETURNING job_id
"""


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(database_url, WRITER))
    return lambda *words: CliRunner().invoke(build(words[0]), [*words])


def test_a_parked_job_is_seen_begun_anew_and_cancelled_and_both_are_audited(
    run: Run, database_url: str
) -> None:
    assert "no such jobs" in run("jobs", "list").output
    with psycopg.connect(database_url, autocommit=True) as conn:
        row = conn.execute(_PARK).fetchone()
        assert row is not None
        number = str(row[0])
        assert "parked" in run("jobs", "list", "--state", "parked").output
        assert "no such jobs" in run("jobs", "list", "--state", "failed").output
        assert '{"address_id": 7}' in run("jobs", "show", number).output
        assert run("jobs", "retry", number).exit_code == 0
        assert "waiting" in run("jobs", "show", number).output
        assert run("jobs", "cancel", number).exit_code == 0
        assert "cancelled" in run("jobs", "list").output
        audited = conn.execute(
            "SELECT action, subject FROM audit_entry ORDER BY audit_id"
        ).fetchall()
        assert audited == [("job.retry", number), ("job.cancel", number)]
    assert "addrsvc jobs list" in str(run("jobs", "show", "999999").exception)


def test_all_that_happens_by_itself_is_listed_before_any_worker_ran(run: Run) -> None:
    listed = run("worker", "--list").output
    for each in (*CONTINUOUS, *PERIODIC):
        assert f"{each.name}: {each.purpose.en}" in listed
    assert "run addrsvc worker" in listed
    assert "last —, next 20" in listed


def test_jobs_that_killed_a_worker_are_not_run_beside_others(run: Run) -> None:
    refused = run("worker", "--queues", "isolated")
    assert refused.exit_code == 2


def test_jobs_over_files_are_not_run_beside_others(run: Run) -> None:
    refused = run("worker", "--queues", "files", "--queues", "default")
    assert refused.exit_code == 2
