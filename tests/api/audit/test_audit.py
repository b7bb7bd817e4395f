"""Auditors read who did what, and what was refused to whom; nobody else does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from addrsvc.auth.model import Scope
from addrsvc.events.chain import BEGINNING, entry_hash
from addrsvc.events.sealing import seal_all

pytestmark = pytest.mark.anyio

IssueKey = Callable[..., Awaitable[str]]


async def headers(issue_key: IssueKey, *scopes: Scope) -> dict[str, str]:
    return {"Authorization": f"Bearer {await issue_key(*scopes)}"}


@pytest.fixture
async def auditor(issue_key: IssueKey) -> dict[str, str]:
    return await headers(issue_key, Scope.AUDIT_READ)


async def test_the_log_is_read_in_pages_both_ways_and_filtered(
    app: FastAPI, client: httpx.AsyncClient, auditor: dict[str, str], database_url: str
) -> None:
    with psycopg.connect(database_url) as conn:
        conn.execute(
            "INSERT INTO audit_entry (recorded_at, principal, action, subject, outcome, detail)"
            " SELECT '2026-01-15'::timestamptz + i * interval '1 hour', 'key:' || i % 2,"
            " CASE WHEN i < 5 THEN 'address.assign' ELSE 'prefix.import' END, 's' || i, 'done',"
            " '{\"version\": 1}' FROM generate_series(1, 6) AS i"
        )
    assert (await client.get("/v1/audit", headers=auditor)).json()["items"] == []
    await seal_all(app.state.doors.engine)

    async def numbers(**asked: object) -> list[int]:
        told = await client.get("/v1/audit", params=asked, headers=auditor)
        assert told.status_code == 200, told.text
        return [each["number"] for each in told.json()["items"]]

    # the first is the key of the auditor
    whole = (await client.get("/v1/audit", headers=auditor)).json()
    assert [each["number"] for each in whole["items"]] == [1, 2, 3, 4, 5, 6, 7]
    assert whole["next"] is None
    before = BEGINNING
    for each in whole["items"]:
        told = bytes.fromhex(each.pop("hash"))
        before = entry_hash(before, each)
        assert told == before
    first = (await client.get("/v1/audit", params={"limit": 3}, headers=auditor)).json()
    assert first["next"] == 3
    assert await numbers(limit=3, behind=first["next"]) == [4, 5, 6]
    assert await numbers(newest_first=True, limit=2) == [7, 6]
    assert await numbers(newest_first=True, limit=2, behind=6) == [5, 4]
    assert await numbers(principal="key:1") == [2, 4, 6]
    assert await numbers(action="address.") == [2, 3, 4, 5]
    assert await numbers(subject="s6") == [7]
    assert await numbers(outcome="refused") == []
    assert await numbers(since="2026-01-15T02:00:00Z", until="2026-01-15T04:00:00Z") == [3, 4]
    assert (
        await client.get("/v1/audit", params={"since": "2026-01-15T02:00:00"}, headers=auditor)
    ).status_code == 422


async def test_refusals_are_recorded_once_for_many_and_only_of_who_is_known(
    app: FastAPI,
    client: httpx.AsyncClient,
    issue_key: IssueKey,
    auditor: dict[str, str],
    database_url: str,
) -> None:
    reader = await headers(issue_key, Scope.ADDRESSES_READ)
    marked = {**reader, "X-Request-Id": "request-of-a-test"}
    assert (await client.get("/v1/audit")).status_code == 401
    assert (await client.get("/v1/audit", headers=marked)).status_code == 403
    for _ in range(4):
        assert (await client.get("/v1/audit?subject=typed", headers=reader)).status_code == 403
    assert (await client.post("/v1/addresses", json={}, headers=reader)).status_code in {403, 422}
    assert (
        await client.get("/v1/audit", headers={"Authorization": "Bearer adr_00000000_no"})
    ).status_code == 401
    await app.state.refusals.write_down(app.state.doors.engine)
    await app.state.refusals.write_down(app.state.doors.engine)
    await seal_all(app.state.doors.engine)
    found = await client.get("/v1/audit", params={"outcome": "refused"}, headers=auditor)
    entry = next(each for each in found.json()["items"] if each["subject"] == "GET /v1/audit")
    assert entry["action"] == "request.make"
    assert entry["principal"].startswith("key:")
    assert entry["detail"] == {"problem": "scope-missing", "times": 5}
    assert entry["request_id"] == "request-of-a-test"
    assert "typed" not in found.text
    assert {each["principal"] for each in found.json()["items"]} == {entry["principal"]}
