"""Bulk acts over HTTP: plan, preview, run, undo; who may not."""

from __future__ import annotations

import httpx
import pytest
from registry_fixtures import IN_WEST, WEST, IssueKey

from addrsvc.auth.model import Scope

pytestmark = pytest.mark.anyio

PLAN = {
    "kind": "name-street",
    "on": "2026-01-15",
    "instrument": {"number": "1/NQ", "issued_on": "2026-01-02", "issuer": "Cơ quan mẫu"},
    "communes": [WEST],
    "old": "Đường Mẫu",
    "new": "Đường Mới",
}


async def test_from_the_plan_to_the_undoing(client: httpx.AsyncClient, issue_key: IssueKey) -> None:
    key = await issue_key(Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE, Scope.ACTS_WRITE)
    headers = {"Authorization": f"Bearer {key}"}
    house = {
        "kind": "dwelling",
        "source": "test",
        "position": IN_WEST,
        "components": {"house_number": "1", "thoroughfare": "Đường Mẫu"},
    }
    made = (await client.post("/v1/addresses", json=house, headers=headers)).json()
    once = {**headers, "Idempotency-Key": "plan-1"}
    planned = await client.post("/v1/acts", json=PLAN, headers=once)
    assert planned.status_code == 201, planned.text
    path = planned.headers["Location"]
    again = await client.post("/v1/acts", json=PLAN, headers=once)
    assert again.json() == planned.json()
    assert (await client.get(path, headers=headers)).json()["status"] == "planned"
    seen = (await client.get(f"{path}/preview?with_map=true", headers=headers)).json()
    assert (seen["examined"], seen["changed"]) == (1, 1)
    (sample,) = seen["samples"]
    assert (sample["ref"], sample["outcome"]) == (made["code"], "changed")
    assert sample["differences"][0]["after"] == "Đường Mới"
    assert seen["map"]["features"][0]["properties"]["outcome"] == "changed"
    done = (await client.post(f"{path}:run", headers=headers)).json()
    assert (done["done"], done["changed"]) == (True, 1)
    assert (await client.get(f"{path}/undecided", headers=headers)).json()["items"] == []
    listed = (await client.get("/v1/acts?limit=1", headers=headers)).json()
    assert listed["items"][0]["status"] == "done"
    undone = await client.post(f"{path}:revert", json={"reason": "nhầm"}, headers=headers)
    assert undone.json()["done"], undone.text
    now = (await client.get(f"/v1/addresses/{made['code']}")).json()
    assert "Đường Mẫu" in str(now["components"])
    elsewhere = await client.post(f"{path}:undo", json={"reason": "nhầm"}, headers=headers)
    assert elsewhere.json()["type"].endswith("undo-in-chunks")
    refused = await client.post(f"{path}:cancel", headers=headers)
    assert (refused.status_code, refused.json()["standing"]) == (409, "undone")


async def test_who_may_not_and_what_cannot_be(
    client: httpx.AsyncClient, issue_key: IssueKey, writer: dict[str, str]
) -> None:
    for headers, status in (({}, 401), (writer, 403)):
        answers = [
            await client.post("/v1/acts", json=PLAN, headers=headers),
            await client.get("/v1/acts/1/preview", headers=headers),
            await client.get("/v1/acts/1/undecided", headers=headers),
            await client.post("/v1/acts/1:run", headers=headers),
            await client.post("/v1/acts/1:revert", json={"reason": "x"}, headers=headers),
            await client.post("/v1/acts/1:cancel", headers=headers),
        ]
        assert [each.status_code for each in answers] == [status] * len(answers)
    headers = {"Authorization": f"Bearer {await issue_key(Scope.ACTS_WRITE)}"}
    reorganise = {key: PLAN[key] for key in ("on", "instrument")} | {"kind": "reorganise"}
    row = {"from_code": "99999", "to_code": WEST, "kind": "whole"}
    answer = await client.post("/v1/acts", json={**reorganise, "mapping": [row]}, headers=headers)
    assert answer.json()["type"].endswith("mapping-refused"), answer.text
    assert answer.json()["errors"][0]["pointer"] == "/rows/0"
    assert (await client.post("/v1/acts/99:run", headers=headers)).status_code == 404
