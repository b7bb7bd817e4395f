"""Slices of jobs over files: from a file received to its result, receipt and codes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from file_slices_world import (
    LE_LOI,
    files_of,
    job_of,
    open_room,
    receive,
    result_of,
    run_all,
    run_next,
)
from geocoding_fixtures import Assign

from addrsvc.clock import FixedClock
from addrsvc.db.transaction import transaction
from addrsvc.file_jobs import cutting
from addrsvc.file_jobs.kinds.work import Room
from addrsvc.file_jobs.model import FileJob, JobState
from addrsvc.file_jobs.running import mend_lost
from addrsvc.file_jobs.slices import Pace

pytestmark = pytest.mark.anyio

SLOW = Pace(slice_s=0, part_rows=3)
"""One step a slice."""
ONE = Pace(slice_s=0, part_rows=1)

POINT = '{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[106.6,10.9]}}'
BROKEN = f'{{"type":"FeatureCollection","features":[{POINT},{{"type":]}}'.encode()


@pytest.fixture
async def code(assign: Assign) -> str:
    """Give the code of the one registered address."""
    return await assign("12", "Đường Lê Lợi")


@pytest.fixture
async def room(
    registry_url: str, code: str, clock: FixedClock, tmp_path: Path
) -> AsyncIterator[Room]:
    async with open_room(registry_url, clock, tmp_path) as room:
        yield room


def rows_of(room: Room, job: FileJob) -> list[list[str]]:
    text = result_of(room, job).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


async def test_a_file_becomes_its_result_row_by_row(room: Room, code: str) -> None:
    lines = ["STT,Địa chỉ,Địa chỉ,geocode_code,Ghi chú"]
    lines += [f'{number},"{LE_LOI}",x,y,"=1+{number}"' for number in range(5)]
    lines += ['5,"",x,y,', "6,ngắn", f'7,"{"a" * 2001}",x,y,"hai', 'dòng"']
    content = "\r\n".join(lines).encode() + b"\r\n8,\xff\xfe,x,y,z\r\n9,Hu,\xff,y,z\r\n"
    job_id = await receive(room, content, encoding="utf-8")
    slices = await run_all(room, SLOW)
    job = await job_of(room, job_id)
    header, *rows = rows_of(room, job)

    assert job.state is JobState.DONE
    assert len(slices) > 5
    assert header[:5] == ["STT", "Địa chỉ", "Địa chỉ", "geocode_code", "Ghi chú"]
    assert [row[0] for row in rows] == [str(number) for number in range(10)]
    assert [row[5] for row in rows] == [
        *["certain"] * 5,
        "empty",
        "unreadable",
        "too_long",
        "unreadable",
        "not_found",
    ]
    assert rows[0][4] == "'=1+0"
    assert rows[7][4] == "hai\ndòng"
    assert rows[6][:5] == ["6", "ngắn", "", "", ""]
    assert "Dòng 8: Dòng có 2 ô" in rows[6][-1]
    assert "Dòng 11" in rows[8][-1]
    assert rows[9][2] == "?"
    assert rows[0][header.index("geocode_code (2)")] == code
    assert job.counts == {
        "certain": 5,
        "empty": 1,
        "unreadable": 2,
        "too_long": 1,
        "not_found": 1,
    }
    assert (job.rows_total, job.rows_done, job.parts) == (10, 10, 4)
    assert "rows" not in (job.found or {})
    assert job.result_name == "ho-so.ketqua.csv"
    assert job.ended_at == room.clock.now()
    assert job.event_first is not None
    assert job.event_last is not None
    files = files_of(room, job_id)
    assert [json.loads(line) for line in files.codes.read_bytes().splitlines()] == [
        [line, code] for line in range(2, 7)
    ]
    assert not files.parts.exists()


@pytest.mark.parametrize("ending", ["xlsx", "ndjson", "geojson", "gpkg", "parquet"])
async def test_results_of_every_format_hold_all_rows(room: Room, ending: str) -> None:
    from addrsvc.tabular.sources import open_source  # noqa: PLC0415 -- heavy libraries

    content = f"Địa chỉ;Số\n{LE_LOI};'=1\n;2\n{LE_LOI};3\n".encode()
    job_id = await receive(room, content, result=ending)
    await run_all(room, Pace(part_rows=2))
    job = await job_of(room, job_id)
    assert job.state is JobState.DONE, job.problem
    result_of(room, job)
    source = open_source(files_of(room, job_id).result(ending))
    assert [record.cells[1] for record in source.records()] == ["=1", "2", "3"]


async def test_columns_that_cannot_be_told_are_asked_for(room: Room) -> None:
    content = f"a,b\n1,{LE_LOI.split(',', maxsplit=1)[0]}\n".encode()
    unclear = await receive(room, content, kind="check")
    held = await receive(room, "Địa chỉ\nx\n".encode(), start=False)
    wrong = await receive(room, "Địa chỉ\nx\n".encode(), columns={"address": "Nhà"})
    unknown = await receive(room, "Địa chỉ\nx\n".encode(), columns={"adres": "Địa chỉ"})
    await run_all(room)
    asked = [await job_of(room, each) for each in (unclear, held, wrong, unknown)]
    assert {each.state for each in asked} == {JobState.NEEDS_COLUMNS}
    found = asked[0].found or {}
    assert found["header"] == ["a", "b"]
    assert found["rows"] == [["1", "12 Đường Lê Lợi"]]
    assert (asked[1].found or {})["roles"] == {"address": "Địa chỉ"}
    assert [each.problem and each.problem["slug"] for each in asked] == [
        None,
        None,
        "column-unknown",
        "job-role-unknown",
    ]


async def test_what_cannot_be_used_is_refused_or_failed_with_the_reason(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cutting.ROW_LIMITS, ".xlsx", 3)
    many = b"address\n" + b"1 Le Loi\n" * 4
    jobs = {
        "file-empty": await receive(room, b"\n\n"),
        "format-unknown": await receive(room, b"PK\x03\x04"),
        "file-broken": await receive(room, BROKEN, name="x.geojson", kind="reverse"),
        "crs-not-understood": await receive(room, b"x,y\n1,2\n", kind="reverse", crs="?"),
        "result-too-many-rows": await receive(room, many, result="xlsx"),
        "job-owner-ended": await receive(room, many, owner="key:gone"),
        "job-files-gone": await receive(room, many),
    }
    files_of(room, jobs["job-files-gone"]).input("x.csv").unlink()
    await run_all(room)
    found = {slug: await job_of(room, job_id) for slug, job_id in jobs.items()}
    assert {slug: each.problem and each.problem["slug"] for slug, each in found.items()} == {
        slug: slug for slug in jobs
    }
    failed = {slug for slug, each in found.items() if each.state is JobState.FAILED}
    assert failed == {"job-owner-ended", "job-files-gone"}
    assert found["file-broken"].problem["line"] == 1  # type: ignore[index]


async def test_a_file_without_rows_is_done(room: Room) -> None:
    job_id = await receive(room, "Địa chỉ\n".encode())
    await run_all(room)
    job = await job_of(room, job_id)
    assert (job.state, job.rows_total, job.counts) == (JobState.DONE, 0, {})
    assert rows_of(room, job)[0][0] == "Địa chỉ"


async def test_owners_take_turns(room: Room) -> None:
    big = await receive(room, b"address\n" + b"1 Le Loi\n" * 40, owner="cli:big")
    await run_next(room, ONE)
    small = await receive(room, b"address\n" + b"1 Le Loi\n" * 2, owner="cli:small")
    order = await run_all(room, ONE)
    last_of_small = max(at for at, each in enumerate(order) if each == str(small))
    assert order[last_of_small + 1 :].count(str(big)) > order[: last_of_small + 1].count(str(big))
    assert {(await job_of(room, each)).state for each in (big, small)} == {JobState.DONE}


async def test_a_job_ends_where_it_is_cancelled_or_expires(room: Room, clock: FixedClock) -> None:
    content = b"address\n" + b"1 Le Loi\n" * 12
    cancelled, expired = await receive(room, content), await receive(room, content)
    for _ in range(4):
        await run_next(room, SLOW)
    async with transaction(room.engine) as conn:
        text = "UPDATE personal.file_job SET state = 'cancelled' WHERE job_id = :id"
        await conn.execute(sa.text(text), {"id": cancelled})
        text = "UPDATE personal.file_job SET expires_at = :at WHERE job_id = :id"
        await conn.execute(sa.text(text), {"id": expired, "at": clock.now() - timedelta(days=1)})
    await run_all(room, SLOW)
    job, late = await job_of(room, cancelled), await job_of(room, expired)
    assert job.state is JobState.CANCELLED
    assert job.rows_done < 12
    assert late.state is JobState.FAILED
    assert (late.problem or {})["slug"] == "job-expired"


async def test_a_step_that_was_given_up_fails_its_job_and_lost_slices_are_left_again(
    room: Room, clock: FixedClock
) -> None:
    content = b"address\n" + b"1 Le Loi\n" * 12
    given_up, lost = await receive(room, content), await receive(room, content)
    await run_next(room, SLOW)
    await run_next(room, SLOW)
    async with transaction(room.engine) as conn:
        text = """
            UPDATE queue.procrastinate_jobs SET status = 'failed'
            WHERE status = 'todo' AND args ->> 'job_id' = :id;
        """
        await conn.execute(sa.text(text), {"id": str(given_up)})
        text = "DELETE FROM queue.procrastinate_jobs WHERE args ->> 'job_id' = :id"
        await conn.execute(sa.text(text), {"id": str(lost)})
    await mend_lost(room.engine, clock)
    await run_all(room, SLOW)
    job = await job_of(room, given_up)
    assert job.state is JobState.FAILED
    assert (job.problem or {})["slug"] == "job-given-up"
    assert (await job_of(room, lost)).state is JobState.DONE
