"""Jobs over files of everybody, from the command line."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from service_settings import as_role
from typer.testing import CliRunner

from addrsvc.cli import build
from addrsvc.db.roles import WRITER

_JOB = """
    INSERT INTO personal.file_job (owner, scopes, kind, file_name, options, state, rows_total,
                                   rows_done, problem, created_at, expires_at)
    VALUES ('account:bia', '{addresses:read}', 'geocode', 'nha-bia.csv',
            '{"result": "csv", "columns": {}}', %s, 2000, 1000, %s, now(),
            now() + interval '7 days')
    RETURNING job_id
"""
_WHY = """{"slug": "file-broken", "title": {"vi": "Hỏng", "en": "Damaged file"},
           "detail": {"vi": "Hỏng ở dòng 3.", "en": "Damaged at line 3."}, "line": 3}"""


def test_jobs_of_everybody_are_seen_ended_and_their_files_deleted_on_record(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADDRSVC_DATABASE_URL", as_role(database_url, WRITER))
    monkeypatch.delenv("ADDRSVC_FILES_DIR", raising=False)

    def run(*words: str) -> str:
        done = CliRunner().invoke(build("files"), ["files", *words])
        return done.output if done.exception is None else str(done.exception)

    assert "no such jobs" in run("list")
    with psycopg.connect(database_url, autocommit=True) as conn:

        def add(state: str, problem: str | None = None) -> UUID:
            found = conn.execute(_JOB, [state, problem]).fetchone()
            assert found is not None
            (tmp_path / str(found[0])).mkdir()
            return UUID(str(found[0]))

        running, done, refused = add("running"), add("done"), add("refused", _WHY)
        assert len(run("list").splitlines()) == 3
        (line,) = run("list", "--under-way").splitlines()
        for each in (str(running), "Running", "1000/2000", "account:bia", "nha-bia.csv"):
            assert each in line
        assert "Damaged at line 3." in run("show", str(refused))
        assert '"rows": 2000' in run("show", str(done))
        assert "cancel" in run("forget", str(running))
        assert "nothing left to cancel" in run("cancel", str(done))
        assert "the worker deletes its files" in run("forget", str(done))
        assert (tmp_path / str(done)).exists()
        monkeypatch.setenv("ADDRSVC_FILES_DIR", str(tmp_path))
        for act, job in (("cancel", running), ("cancel", running), ("forget", done)):
            assert "its files are deleted" in run(act, str(job))
            assert not (tmp_path / str(job)).exists()
        assert "its files are deleted" in run("forget", str(done))
        assert run("list", "--under-way") == run("list", "--under-way", "--limit", "9")
        assert "no such jobs" in run("list", "--under-way")
        assert "/v1/jobs" in run("show", "00000000-0000-4000-8000-000000000000")
        audited = conn.execute(
            "SELECT action, subject FROM audit_entry ORDER BY audit_id"
        ).fetchall()
    assert audited == [
        ("file-job.forget-files", str(done)),
        ("file-job.cancel", str(running)),
        ("file-job.forget-files", str(done)),
    ]
