"""Files on their way to jobs: whole or not at all, and within what one owner may have."""

from __future__ import annotations

import asyncio
import hashlib
import tracemalloc
import unicodedata
from collections.abc import AsyncIterator, MutableMapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from file_jobs_world import ROWS, Send, folders_in

from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio


def jobs_of(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as conn:
        query = "SELECT state, file_name, input_bytes FROM personal.file_job ORDER BY created_at"
        return conn.execute(query).fetchall()


async def test_a_large_file_goes_to_the_disk_and_not_into_memory(
    send: Send, files_dir: Path
) -> None:
    piece, pieces = b"0123456789abcdef" * 4_096, 320  # 20 MB
    digest = hashlib.sha256()

    async def body() -> AsyncIterator[bytes]:
        for _ in range(pieces):
            digest.update(piece)
            yield piece

    await send()  # what is loaded once is loaded now
    tracemalloc.start()
    answer = await send(body(), name="lớn.csv")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 201, answer.text
    job = answer.json()
    assert answer.headers["location"] == f"/v1/jobs/{job['job_id']}"
    assert job["state"] == "waiting"
    assert job["queue"]["workers"] == 0
    assert "addrsvc worker --queues files" in job["queue"]["note"]
    assert job["options"]["result"] == "csv"
    path = files_dir / job["job_id"] / "input.csv"
    assert path.stat().st_size == job["bytes"] == len(piece) * pieces
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert hashlib.sha256(path.read_bytes()).digest() == digest.digest()
    assert most < 8_000_000


async def test_who_goes_away_half_way_leaves_nothing(
    app: FastAPI, send: Send, owner: dict[str, str], database_url: str, files_dir: Path
) -> None:
    messages = [
        {"type": "http.request", "body": ROWS, "more_body": True},
        {"type": "http.disconnect"},
    ]
    answered: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def answer(message: MutableMapping[str, Any]) -> None:
        answered.append(message)

    headers = [(name.lower().encode(), value.encode()) for name, value in owner.items()]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/jobs",
        "raw_path": b"/v1/jobs",
        "root_path": "",
        "query_string": b"kind=geocode&name=a.csv",
        "headers": [*headers, (b"content-length", b"1000")],
        "client": ("127.0.0.1", 1),
        "server": ("test", 80),
        "state": {},
    }
    await app(scope, receive, answer)
    assert answered[0]["status"] == 422
    assert b"file-cut-off" in answered[1]["body"]
    assert jobs_of(database_url) == []
    assert folders_in(files_dir) == []


async def test_what_is_too_much_is_refused(
    send: Send, settings: Settings, database_url: str, files_dir: Path
) -> None:
    declared = {"Content-Length": "30000001"}
    answer = await send(ROWS, headers=declared)
    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/file-too-large"

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1_000_000

    answer = await send(endless())
    assert (answer.status_code, answer.json()["limit_bytes"]) == (413, 30_000_000)
    answer = await send(b"")
    assert answer.json()["type"] == "/problems/file-nothing-in"
    assert jobs_of(database_url) == []
    assert folders_in(files_dir) == []

    # two at once that are too much together: one stays
    async def unsaid() -> AsyncIterator[bytes]:
        for _ in range(25):
            yield b"y" * 1_000_000
            await asyncio.sleep(0)

    both = await asyncio.gather(send(unsaid()), send(unsaid()))
    assert sorted(each.status_code for each in both) == [201, 409]
    refused = next(each.json() for each in both if each.status_code == 409)
    assert refused["type"] == "/problems/file-bytes-too-many"
    assert (await send(b"x" * 16_000_000)).json()["used_bytes"] == 25_000_000
    # and so many at once that there are more jobs than one may have
    many = await asyncio.gather(*(send() for _ in range(6)))
    assert sorted(each.status_code for each in many) == [201, 201, 201, 201, 429, 429]
    assert "cancel" in next(each.json()["detail"] for each in many if each.status_code == 429)
    assert len(jobs_of(database_url)) == len(folders_in(files_dir)) == settings.file_jobs_each


async def test_names_are_clean_and_say_the_format(send: Send, database_url: str) -> None:
    nfd = unicodedata.normalize("NFD", "Hồ sơ đất Thủ Dầu Một.XLSX")
    given = ["../../x.csv", nfd, "a" * 300 + ".json", "C:\\tep\\b\u202e\n.tsv"]
    told = [(await send(name=name)).json() for name in given]
    assert [each["file_name"] for each in told] == [
        "x.csv",
        "Hồ sơ đất Thủ Dầu Một.XLSX",
        "a" * 195 + ".json",
        "b.tsv",
    ]
    assert [each["options"]["result"] for each in told] == ["csv", "xlsx", "geojson", "csv"]
    for wrong in ("a.exe", "csv", "x.csv/", "../..", "a.csv\0.exe"):
        answer = await send(name=wrong)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/format-unknown")
    for asked in (
        {"column": "x"},
        {"column": "nothing:Địa chỉ"},
        {"column": ["address:a", "address:b"]},
        {"encoding": "latin1"},
        {"crs": "EPSG:none"},
        {"kind": "nothing"},
        {"result": "exe"},
        {"at": "yesterday"},
    ):
        assert (await send(**asked)).status_code == 422, asked
    assert len(jobs_of(database_url)) == len(given)


async def test_a_file_sent_again_under_its_key_is_one_job(
    send: Send, database_url: str, files_dir: Path
) -> None:
    key = {"Idempotency-Key": "tep-1"}
    first, second = await asyncio.gather(send(headers=key), send(headers=key))
    again = await send(headers=key)
    ids = {each.json()["job_id"] for each in (first, second, again)}
    assert len(ids) == 1
    assert {each.status_code for each in (first, second, again)} == {201}
    assert again.headers["idempotency-replayed"] == "true"
    assert len(jobs_of(database_url)) == 1
    assert folders_in(files_dir) == list(ids)
    other = await send(ROWS + b"3,x\n", headers=key)
    assert (other.status_code, other.json()["type"]) == (409, "/problems/idempotency-key-reused")
    assert (await send(headers={"Idempotency-Key": "ă".encode()})).status_code == 422
    # also when no more jobs may be begun: it begins none
    for _ in range(4):
        await send()
    assert (await send()).status_code == 429
    assert (await send(headers=key)).json()["job_id"] in ids


async def test_who_may_send_what(send: Send, owner: dict[str, str], other: dict[str, str]) -> None:
    assert (await send(by={})).status_code == 401
    refused = await send(kind="dossiers")
    assert (refused.status_code, refused.json()["scope"]) == (403, "dossiers:write")
    assert (await send(kind="dossiers", by=other)).status_code == 201


@pytest.mark.parametrize("files_dir", [None])
async def test_without_a_folder_the_operator_is_told_which(send: Send, files_dir: None) -> None:
    answer = await send()
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/files-not-taken")
    assert "ADDRSVC_FILES_DIR" in answer.json()["detail"]
