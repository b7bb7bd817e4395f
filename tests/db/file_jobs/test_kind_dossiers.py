"""A file of dossiers as a job: rows of one code in several parts; persons stay in the file only."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from file_slices_world import LE_LOI, job_of, open_room, receive, result_of, run_all
from geocoding_fixtures import Assign

from addrsvc.clock import FixedClock
from addrsvc.codes.code import DigitalCode
from addrsvc.file_jobs.kinds.work import Room
from addrsvc.file_jobs.model import Kind
from addrsvc.file_jobs.slices import Pace

pytestmark = pytest.mark.anyio

WHO = "Nguyễn Canary Mẫu"
"""Invented."""
FILE = f"""Mã hồ sơ,Chủ hồ sơ,Vai trò,Địa chỉ
H09-260110-0001,{WHO},object,"{WHO}, {LE_LOI}"
H09-260110-0002,{WHO},object,ở đâu đó
{WHO},,,"{LE_LOI}"
H09-260110-0001,{WHO},delivery,ở đâu đó
"""


@pytest.fixture
async def code(assign: Assign) -> str:
    return await assign("12", "Đường Lê Lợi")


@pytest.fixture
async def room(
    registry_url: str, code: str, clock: FixedClock, tmp_path: Path
) -> AsyncIterator[Room]:
    assert code
    async with open_room(registry_url, clock, tmp_path) as room:
        yield room


async def test_rows_become_dossiers_and_the_same_file_again_changes_nothing(
    room: Room, code: str, clock: FixedClock, registry_url: str
) -> None:
    later = replace(room, clock=FixedClock(clock.moment + timedelta(minutes=1)))
    for now, expected in ((room, "received"), (later, "unchanged")):
        job_id = await receive(now, FILE.encode(), kind=Kind.DOSSIERS)
        await run_all(now, Pace(part_rows=2))
        job = await job_of(now, job_id)
        assert job.state == "done", job.problem or job.found
        assert job.counts == {expected: 3, "refused": 1}
        text = result_of(now, job).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert [row["Chủ hồ sơ"] for row in rows] == [WHO, WHO, "", WHO]
        assert rows[0]["dossier_address_code"] == DigitalCode.of(code).printed
        assert rows[0]["dossier_notes"].startswith("Địa chỉ: Đã bỏ tên")
        states = ["Đã liên kết", "Chờ người xem", "", "Chờ người xem"]
        assert [row["dossier_state"] for row in rows] == states
    with psycopg.connect(registry_url) as conn:
        found = conn.execute(
            "SELECT code, version, count(*) FROM personal.dossier JOIN personal.dossier_address"
            " USING (dossier_id) GROUP BY 1, 2 ORDER BY 1"
        ).fetchall()
        for table in ("dossier", "dossier_address"):
            query = f"SELECT count(*) FROM personal.{table} AS t WHERE t::text ILIKE '%canary%'"
            assert conn.execute(query.encode()).fetchone() == (0,)
    assert found == [("H09-260110-0001", 2, 2), ("H09-260110-0002", 1, 1)]
