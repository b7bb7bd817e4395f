"""Jobs as their owners see them: followed, started, ended, taken; nobody else's."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import psycopg
import pytest
from fastapi import FastAPI, Request
from file_jobs_world import Send, folders_in
from psycopg import sql
from psycopg.types.json import Jsonb

from addrsvc.clock import FixedClock
from addrsvc.errors import Text, problem_kept
from addrsvc.file_jobs import router
from addrsvc.file_jobs.model import FileJob
from addrsvc.file_jobs.progress import Standing
from addrsvc.file_jobs.running_errors import JobGivenUp

pytestmark = pytest.mark.anyio

RESULT = "Số nhà,Địa chỉ,status\n1,12 Đường Lê Lợi,certain\n2,,refused\n".encode()


def put(url: str, job_id: str, **facts: Any) -> None:
    """Write down what a worker would."""
    with psycopg.connect(url) as conn:
        pairs = [
            sql.SQL("{} = {}").format(sql.Identifier(name), value) for name, value in facts.items()
        ]
        statement = sql.SQL("UPDATE personal.file_job SET {} WHERE job_id = %s")
        conn.execute(statement.format(sql.SQL(", ").join(pairs)), [job_id])


@pytest.fixture
def wait_for_look(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[FileJob], bool]], Awaitable[None]]:
    """Give a way to wait until who follows a job has been told of it as wanted."""
    watch, told = app.state.progress_watch, []
    look = watch.look

    async def noted(job_id: UUID) -> Standing | None:
        found: Standing | None = await look(job_id)
        told.append(found)
        return found

    monkeypatch.setattr(watch, "look", noted)

    async def wait(is_wanted: Callable[[FileJob], bool]) -> None:
        async with asyncio.timeout(60):
            while not (told and told[-1] and is_wanted(told[-1].job)):
                await asyncio.sleep(0.01)

    return wait


def be_done(url: str, job_id: str, files_dir: Path, codes: list[list[Any]] | None = None) -> None:
    folder = files_dir / job_id
    folder.joinpath("result.csv").write_bytes(RESULT)
    rows = b"".join(orjson.dumps(each) + b"\n" for each in codes or [])
    folder.joinpath("codes.ndjson").write_bytes(rows)
    put(
        url,
        job_id,
        state="done",
        rows_total=2,
        rows_done=2,
        counts=Jsonb({"certain": 1, "refused": 1}),
        result_name="hồ sơ.ketqua.csv",
        result_bytes=len(RESULT),
        result_sha256=hashlib.sha256(RESULT).hexdigest(),
        found=Jsonb({"roles": {"address": "Địa chỉ"}}),
        event_first=3,
        event_last=4,
        began_at="2026-01-15T03:00:00Z",
        ended_at="2026-01-15T03:00:04Z",
    )


def _has_done(rows: int, job: FileJob) -> bool:
    return job.rows_done == rows


async def test_a_job_is_followed_to_its_end(
    app: FastAPI,
    send: Send,
    owner: dict[str, str],
    database_url: str,
    files_dir: Path,
    wait_for_look: Callable[[Callable[[FileJob], bool]], Awaitable[None]],
) -> None:
    job_id = (await send()).json()["job_id"]
    seen: list[dict[str, Any]] = []
    # a client of its own: this transport gives an answer only once it is whole
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=httpx.URL("http://test")) as client:
        following = asyncio.create_task(
            client.get(f"/v1/jobs/{job_id}/progress", headers={**owner, "Last-Event-ID": "7"})
        )
        for done in (1, 2):
            await wait_for_look(partial(_has_done, done - 1))
            facts = {"state": "running", "rows_total": 2, "rows_done": done}
            await asyncio.to_thread(put, database_url, job_id, **facts)
        await wait_for_look(lambda job: job.rows_done == 2)
        await asyncio.to_thread(be_done, database_url, job_id, files_dir)
        answer = await asyncio.wait_for(following, 60)
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.text.splitlines()
        seen = [json.loads(each[6:]) for each in lines if each.startswith("data: ")]
        again = {**owner, "Last-Event-ID": "over"}
        stay_away = await client.get(f"/v1/jobs/{job_id}/progress", headers=again)
        assert stay_away.status_code == 204
    assert [each["rows"]["done"] for each in seen] == [0, 1, 2, 2]
    assert [each["state"] for each in seen] == ["waiting", "running", "running", "done"]
    assert [each for each in lines if each.startswith("id: ")][-1] == "id: over"
    assert seen[-1]["rows"]["per_s"] == 0.5
    assert app.state.job_streams._taken == 0


async def test_a_stream_ends_with_its_key_and_with_the_process(
    app: FastAPI,
    client: httpx.AsyncClient,
    send: Send,
    owner: dict[str, str],
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job_id = (await send()).json()["job_id"]
    asked, read = asyncio.Event(), router.read_credentials

    async def noted(request: Request) -> object:
        found = await read(request)
        if request.url.path == path:
            asked.set()
        return found

    monkeypatch.setattr(router, "read_credentials", noted)
    monkeypatch.setattr(router, "HEARTBEAT_S", 0.2)
    path = f"/v1/jobs/{job_id}/progress"
    following = asyncio.create_task(client.get(path, headers=owner))
    await asyncio.wait_for(asked.wait(), 60)  # as it is before each heartbeat
    with psycopg.connect(database_url) as conn:
        conn.execute("UPDATE api_key SET revoked_at = '2026-01-01'")
    answer = await asyncio.wait_for(following, 60)
    assert ": \n\n" in answer.text
    with psycopg.connect(database_url) as conn:
        conn.execute("UPDATE api_key SET revoked_at = NULL")
    following = asyncio.create_task(client.get(path, headers=owner))
    await asyncio.sleep(0.3)
    app.state.progress_watch.end()
    await asyncio.wait_for(following, 60)


async def test_a_result_is_taken_whole_or_in_part_and_deleted(
    client: httpx.AsyncClient,
    send: Send,
    owner: dict[str, str],
    database_url: str,
    files_dir: Path,
) -> None:
    job = (await send()).json()
    path = f"/v1/jobs/{job['job_id']}"
    early = await client.get(f"{path}/result", headers=owner)
    assert (early.status_code, early.json()["type"]) == (409, "/problems/file-job-not-over")
    assert (await client.delete(path, headers=owner)).status_code == 409
    be_done(database_url, job["job_id"], files_dir)
    whole = await client.get(f"{path}/result", headers=owner)
    assert (whole.status_code, whole.content) == (200, RESULT)
    assert whole.headers["etag"] == f'"{hashlib.sha256(RESULT).hexdigest()}"'
    assert whole.headers["content-disposition"] == (
        "attachment; filename*=utf-8''h%E1%BB%93%20s%C6%A1.ketqua.csv"
    )
    part = {**owner, "Range": "bytes=5-9", "If-Range": whole.headers["etag"]}
    answer = await client.get(f"{path}/result", headers=part)
    assert (answer.status_code, answer.content) == (206, RESULT[5:10])
    beyond = await client.get(f"{path}/result", headers={**owner, "Range": "bytes=9999-"})
    assert beyond.status_code == 416
    told = (await client.get(path, headers=owner)).json()
    receipt = told["receipt"]
    assert told["links"]["result"] == f"{path}/result"
    assert sum(receipt["counts"].values()) == receipt["rows"] == 2
    assert receipt["input"] == {"bytes": job["bytes"], "sha256": receipt["input"]["sha256"]}
    assert receipt["result"]["sha256"] == hashlib.sha256(RESULT).hexdigest()
    assert (receipt["event_first"], receipt["event_last"]) == (3, 4)
    assert receipt["asked"]["kind"] == "geocode"
    assert receipt["columns"] == {"address": "Địa chỉ"}
    assert receipt["software"]
    gone = await client.delete(path, headers=owner)
    assert gone.json()["receipt"] == receipt
    assert not (files_dir / job["job_id"]).exists()
    assert "result" not in gone.json()["links"]
    assert (await client.delete(path, headers=owner)).json()["files_gone_at"] is not None
    for what in ("result", "changes"):
        late = await client.get(f"{path}/{what}", headers=owner)
        assert (late.status_code, late.json()["type"]) == (410, "/problems/file-job-files-expired")
    with psycopg.connect(database_url) as conn:
        found = conn.execute(
            "SELECT action FROM audit_entry WHERE subject = %s ORDER BY audit_id", [job["job_id"]]
        ).fetchall()
    acts = [action for (action,) in found]
    assert (acts[0], acts[-1]) == ("file-job.create", "file-job.forget-files")
    assert acts.count("file-job.download") == 3


async def test_a_job_is_started_with_its_columns_and_ended(
    client: httpx.AsyncClient,
    send: Send,
    owner: dict[str, str],
    database_url: str,
    files_dir: Path,
) -> None:
    job_id = (await send(start=False)).json()["job_id"]
    start, cancel = f"/v1/jobs/{job_id}:start", f"/v1/jobs/{job_id}:cancel"
    early = await client.post(start, json={}, headers=owner)
    assert (early.status_code, early.json()["state"]) == (409, "waiting")
    columns = ["Số nhà", "Địa chỉ", "Đường"]
    roles = {"address": "Địa chỉ", "house_number": "Số nhà"}
    found = {"columns": columns, "roles": roles, "rows": [["1", "12 Đường Lê Lợi", ""]]}
    put(database_url, job_id, state="needs_columns", found=Jsonb(found))
    asked = (await client.get(f"/v1/jobs/{job_id}", headers=owner)).json()
    assert asked["links"]["start"] == start
    assert asked["found"] == found
    for columns, slug in (
        ({"nothing": "Địa chỉ"}, "job-role-unknown"),
        ({"address": "Không có"}, "column-unknown"),
        ({"address": ""}, "file-job-columns-needed"),
    ):
        refused = await client.post(start, json={"columns": columns}, headers=owner)
        assert refused.json()["type"] == f"/problems/{slug}"
    chosen = {"columns": {"address": "dia_chi", "house_number": ""}}
    begun = await client.post(start, json=chosen, headers=owner)
    assert (begun.status_code, begun.json()["state"]) == (200, "waiting")
    assert begun.json()["options"]["columns"] == chosen["columns"]
    for _ in range(2):
        ended = await client.post(cancel, headers=owner)
        assert (ended.status_code, ended.json()["state"]) == (200, "cancelled")
        assert ended.json()["files_gone_at"] is not None
        assert "rows" not in ended.json()["found"]  # they are people's too
    assert not (files_dir / job_id).exists()
    taken = await client.get(f"/v1/jobs/{job_id}/result", headers=owner)
    assert taken.json()["type"] == "/problems/file-job-no-result"
    # one that failed says why, in the asker's language
    job_id = (await send()).json()["job_id"]
    put(database_url, job_id, state="failed", problem=Jsonb(problem_kept(JobGivenUp())))
    for language in ("vi", "en"):
        headers = {**owner, "Accept-Language": language}
        told = (await client.get(f"/v1/jobs/{job_id}", headers=headers)).json()["problem"]
        assert told["type"] == "/problems/job-given-up"
        assert Text.in_(JobGivenUp.message, language) == told["detail"]
    over = await client.post(f"/v1/jobs/{job_id}:cancel", headers=owner)
    assert (over.status_code, over.json()["type"]) == (409, "/problems/file-job-over")


async def test_a_job_ended_while_its_file_comes_is_not_begun(
    client: httpx.AsyncClient, send: Send, owner: dict[str, str], files_dir: Path
) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"a" * 2_000_000
        (job,) = (await client.get("/v1/jobs", headers=owner)).json()["items"]
        assert job["state"] == "receiving"
        await client.post(f"/v1/jobs/{job['job_id']}:cancel", headers=owner)
        yield b"b"

    answer = await send(body())
    assert (answer.status_code, answer.json()["state"]) == (409, "cancelled")
    assert folders_in(files_dir) == []


async def test_jobs_are_listed_to_their_owner_alone(
    client: httpx.AsyncClient,
    send: Send,
    owner: dict[str, str],
    other: dict[str, str],
    clock: FixedClock,
    database_url: str,
    files_dir: Path,
) -> None:
    ids = [(await send(name=f"{n}.csv")).json()["job_id"] for n in range(3)]
    be_done(database_url, ids[0], files_dir)
    page = (await client.get("/v1/jobs?limit=2", headers=owner)).json()
    rest = (await client.get(f"/v1/jobs?cursor={page['next']}", headers=owner)).json()
    listed = [each["job_id"] for each in page["items"] + rest["items"]]
    assert (sorted(listed), rest["next"]) == (sorted(ids), None)
    assert "found" not in page["items"][0]
    assert (await client.get("/v1/jobs", headers=other)).json()["items"] == []
    assert (await client.get("/v1/jobs")).status_code == 401
    for method, end in (
        ("GET", ""),
        ("DELETE", ""),
        ("POST", ":start"),
        ("POST", ":cancel"),
        ("GET", "/result"),
        ("GET", "/progress"),
        ("GET", "/changes"),
    ):
        for job_id in (ids[0], uuid4()):
            path = f"/v1/jobs/{job_id}{end}"
            sent = {"json": {}} if end == ":start" else {}
            answer = await client.request(method, path, headers=other, **sent)
            told = (answer.status_code, answer.json()["type"])
            assert told == (404, "/problems/file-job-not-found"), (method, end)
            assert (await client.request(method, path, **sent)).status_code == 401
