"""What has happened since to the addresses that the answers of a job named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import orjson
import psycopg
import pytest
from file_jobs_world import ROWS
from geocoding_fixtures import Assign
from registry_fixtures import EAST, IN_EAST, WEST, IssueKey
from service_settings import service_settings

from addrsvc.auth.model import Scope
from addrsvc.file_jobs import changes
from addrsvc.registry.model import Visibility
from addrsvc.settings import Settings

pytestmark = pytest.mark.anyio

SEND = "/v1/jobs?kind=geocode&name=a.csv"
DONE = """UPDATE personal.file_job SET state = 'done', result_name = 'x.csv', event_last = 9,
    began_at = '2026-01-15T02:00Z', ended_at = '2026-01-15T02:10Z' WHERE job_id = %s"""


@pytest.fixture
def settings(registry_url: str, tmp_path: Path) -> Settings:
    return service_settings(registry_url, files_dir=tmp_path)


def be_done(url: str, files_dir: Path, job_id: str, codes: list[str]) -> None:
    rows = b"".join(orjson.dumps([n, code]) + b"\n" for n, code in enumerate(codes, start=2))
    (files_dir / job_id / "codes.ndjson").write_bytes(rows)
    with psycopg.connect(url) as conn:
        conn.execute(DONE, [job_id])


async def test_rows_whose_address_changed_are_told(
    client: httpx.AsyncClient,
    writer: dict[str, str],
    assign: Assign,
    issue_key: IssueKey,
    registry_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(changes, "_BATCH", 3)
    split, moved, same, secret, heir = [
        await assign(n, "Đường Lê Lợi", shift_deg=int(n) / 1000, visibility=level)
        for n, level in (
            ("1", Visibility.PUBLIC),
            ("2", Visibility.PUBLIC),
            ("3", Visibility.PUBLIC),
            ("4", Visibility.RESTRICTED),
            ("5", Visibility.PUBLIC),
        )
    ]
    reader = {"Authorization": f"Bearer {await issue_key(Scope.ADDRESSES_READ)}"}
    in_east = await issue_key(Scope.ADDRESSES_READ, areas=[EAST])
    keys = {"": reader, "east": {"Authorization": f"Bearer {in_east}"}}
    jobs: dict[str, str] = {}
    codes = [split, same, moved, secret, split, "9999900000", same]
    for name, key in keys.items():
        sent = await client.post(SEND, content=ROWS, headers=key)
        jobs[name] = sent.json()["job_id"]
        be_done(registry_url, tmp_path, jobs[name], codes)

    async def read(name: str = "", **asked: Any) -> dict[str, Any]:
        path = f"/v1/jobs/{jobs[name]}/changes"
        headers = {**keys[name], "Accept-Language": "en"}
        answer = await client.get(path, params=asked, headers=headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    assert (await read())["items"] == []
    act = {**writer, "If-Match": "*"}
    retire = {"reason": "tách", "successors": [heir], "relation": "split"}
    for method, path, body in (
        ("POST", f"/v1/addresses/{split}:retire", retire),
        ("PATCH", f"/v1/addresses/{moved}", {"position": IN_EAST}),
        ("PATCH", f"/v1/addresses/{secret}", {"name": "Kho"}),
    ):
        answer = await client.request(method, path, json=body, headers=act)
        assert answer.status_code == 200, answer.text
    whole = await read()
    assert (whole["next"], whole["event_last"]) == (None, 9)
    told = {each["line"]: each for each in whole["items"]}
    assert sorted(told) == [2, 4, 5, 6]
    gone = told[2]
    assert [each["act"] for each in gone["changes"]] == ["retire"]
    assert gone["changes"][0]["may_be_in_answers"] is False
    assert gone["address"]["status"] == "retired"
    assert gone["address"]["successors"] == [{"code": heir, "relation": "split"}]
    assert told[6] == {**gone, "line": 6}
    assert told[4]["address"]["commune"]["code"] == EAST
    assert told[5]["address"]["label"].startswith("4 Đường Lê Lợi")
    # page by page, to the same end
    pages, cursor = [], 0
    while cursor is not None:
        page = await read(cursor=cursor, limit=1)
        pages += page["items"]
        cursor = page["next"]
    assert pages == whole["items"]
    # a few rows at a time where nothing is found
    monkeypatch.setattr(changes, "_SCAN", 3)
    first = await read()
    assert [each["line"] for each in first["items"]] == [2, 4]
    assert first["next"] is not None
    # who works elsewhere does not see what became of a restricted one
    hidden = {each["line"]: each for each in (await read("east", cursor=first["next"]))["items"]}
    assert hidden[5] == {"line": 5, "code": secret, "changes": [], "address": None}
    assert WEST not in str(hidden[5])
    for cursor in (1, 10_000_000):
        wrong = await client.get(
            f"/v1/jobs/{jobs['']}/changes", params={"cursor": cursor}, headers=reader
        )
        assert wrong.json()["type"] == "/problems/file-job-cursor-unknown"
