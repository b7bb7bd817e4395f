"""Processes killed at random moments: every row of the file is in the result, once, in order."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest
from file_slices_world import LE_LOI, files_of, job_of, open_room, receive, result_of
from geocoding_fixtures import Assign

from addrsvc.clock import SystemClock
from addrsvc.file_jobs.model import JobState

pytestmark = pytest.mark.anyio

ROWS = 5_000


async def test_no_row_is_lost_or_doubled(
    registry_url: str, assign: Assign, tmp_path: Path, untraced: None
) -> None:
    await assign("12", "Đường Lê Lợi")
    lines = [f'{number},"{LE_LOI if number % 2 else ""}"' for number in range(ROWS)]
    content = "\n".join(["Số,Địa chỉ", *lines]).encode()
    async with open_room(registry_url, SystemClock(), tmp_path) as room:
        job_id = await receive(room, content)
        command = [
            sys.executable,
            "tests/killed_slices.py",
            registry_url,
            str(tmp_path),
            str(ROWS),
            "7",
        ]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)  # noqa: ASYNC221, S603
        assert ended.returncode == 0, ended.stderr[-2000:]
        assert ended.stdout.count("running") >= 3, "killed when nothing was under way"
        job = await job_of(room, job_id)
        assert job.state is JobState.DONE
        result = result_of(room, job).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(result, newline="")))[1:]
        assert [row[:2] for row in rows] == [
            [str(number), LE_LOI if number % 2 else ""] for number in range(ROWS)
        ]
        assert {row[2] for row in rows[1::2]} == {"certain"}
        assert {row[2] for row in rows[::2]} == {"empty"}
        assert job.counts == {"certain": ROWS // 2, "empty": ROWS // 2}
        assert len(files_of(room, job_id).codes.read_bytes().splitlines()) == ROWS // 2
