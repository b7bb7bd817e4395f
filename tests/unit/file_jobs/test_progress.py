"""Rows per second and time left, as told of a job."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from addrsvc.file_jobs.model import FileJob, JobState, Kind
from addrsvc.file_jobs.progress import Standing, _standing
from addrsvc.file_jobs.schemas import progress_out

NOW = datetime(2026, 1, 15, 3, tzinfo=UTC)


def job(state: JobState, *, began_s: float | None = 100, done: int = 0) -> FileJob:
    began = None if began_s is None else NOW - timedelta(seconds=began_s)
    return FileJob(
        job_id=UUID(int=1),
        owner="key:a",
        scopes=frozenset(),
        areas=None,
        kind=Kind.GEOCODE,
        file_name="a.csv",
        options={},
        state=state,
        input_bytes=1,
        input_sha256="0",
        found=None,
        rows_total=10_000,
        rows_done=done,
        counts={},
        parts=10,
        parts_written=0,
        written_to=0,
        result_name=None,
        result_bytes=None,
        result_sha256=None,
        event_first=None,
        event_last=None,
        problem=None,
        created_at=NOW,
        began_at=began,
        ended_at=NOW if state.is_over else None,
        expires_at=NOW,
        files_gone_at=None,
    )


@pytest.mark.parametrize(
    ("state", "began_s", "done", "lately", "pace", "left_s"),
    [
        (JobState.WAITING, None, 0, 0, None, None),
        (JobState.CHECKING, 5, 0, 0, None, None),
        (JobState.RUNNING, 100, 4_000, 3_000, 100, 60),  # of the last half minute
        (JobState.RUNNING, 10, 4_000, 4_000, 400, 15),  # of all there was yet
        (JobState.RUNNING, 100, 4_000, 0, None, None),  # it stands still
        (JobState.RUNNING, 0, 0, 0, None, None),
        (JobState.DONE, 100, 10_000, 0, 100, None),
        (JobState.DONE, 0, 10_000, 0, None, None),
        (JobState.FAILED, 100, 4_000, 0, None, None),
    ],
)
def test_paces(
    state: JobState,
    began_s: float | None,
    done: int,
    lately: int,
    pace: float | None,
    left_s: float | None,
) -> None:
    found = _standing(job(state, began_s=began_s, done=done), lately, None, NOW, None)
    assert (found.rows_per_s, found.left_s) == (pace, left_s)


def test_what_is_told_anew_is_what_changed() -> None:
    before = Standing(job(JobState.RUNNING, done=1), 5.0, 9.0, None, 2)
    assert before.told == Standing(job(JobState.RUNNING, done=1), 6.0, 8.0, None, 1).told
    assert before.told != Standing(job(JobState.RUNNING, done=2), 5.0, 9.0, None, 2).told
    stuck = Standing(job(JobState.RUNNING, done=1), 5.0, 9.0, None, 0)
    assert before.told != stuck.told
    note = progress_out(stuck, "vi")["queue"]["note"]
    assert "Quản trị viên" in note
