"""As of another time over HTTP: one address, lists, history, differences."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI
from registry_fixtures import IN_WEST, WEST

from addrsvc.clock import FixedClock

pytestmark = pytest.mark.anyio


async def test_an_address_and_what_was_said_of_it(
    app: FastAPI, client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    body = {
        "kind": "dwelling",
        "source": "field",
        "position": IN_WEST,
        "components": {"house_number": "1", "thoroughfare": "Đường Mẫu"},
        "valid_from": "2026-01-10",
    }
    code = (await client.post("/v1/addresses", json=body, headers=writer)).json()["code"]
    path = f"/v1/addresses/{code}"
    app.state.clock = FixedClock(datetime(2026, 1, 20, tzinfo=UTC))
    moved = {"position": {**IN_WEST, "lat": 10.951}}
    answer = await client.patch(path, json=moved, headers={**writer, "If-Match": "*"})
    assert answer.status_code == 200

    then = await client.get(path, params={"known_at": "2026-01-16T00:00:00+07:00"})
    assert then.json()["position"]["lat"] == 10.95
    assert then.json()["as_of"] == {"valid_at": None, "known_at": "2026-01-16T00:00:00+07:00"}
    assert then.headers["etag"].startswith('W/"'), "no version that could be changed"
    assert "recorded_to" not in then.json(), "the register's clock is for scopes"
    same = await client.get(f"{path}?lang=en")
    assert same.headers["etag"].startswith('"2.'), "other parameters ask for the present"

    early = await client.get(f"{path}?valid_at=2026-01-09")
    assert (early.status_code, early.json()["since"]) == (404, "2026-01-10")
    unknown = await client.get(f"{path}?known_at=2026-01-14")
    assert (unknown.status_code, unknown.json()["type"]) == (
        404,
        "/problems/address-not-known-then",
    )
    future = await client.get(f"{path}?valid_at=2027-01-01")
    assert (future.status_code, future.json()["type"]) == (422, "/problems/time-in-future")

    listing = {"commune": WEST, "known_at": "2026-01-16"}
    listed = (await client.get("/v1/addresses", params=listing, headers=writer)).json()
    assert [each["position"]["lat"] for each in listed["items"]] == [10.95]
    assert listed["items"][0]["recorded_to"] is not None
    refused = await client.get("/v1/addresses", params={**listing, "parent": code}, headers=writer)
    assert (refused.status_code, refused.json()["filter"]) == (422, "parent")

    versions = (await client.get(f"{path}/history", params=listing, headers=writer)).json()
    assert [each["version"] for each in versions["versions"]] == [1]
    assert versions["versions"][0]["act_id"] is None
    diff = (await client.get(f"{path}/diff", headers=writer)).json()
    assert [(each["field"], each["moved_m"]) for each in diff["differences"]] == [
        ("position", pytest.approx(110.6, abs=0.1))
    ]
    assert (diff["from"]["version"], diff["to"]["version"]) == (1, 2)
    missing = await client.get(f"{path}/diff?from=7", headers=writer)
    assert (missing.status_code, missing.json()["latest"]) == (404, 2)
    for closed in ("history", "diff"):
        assert (await client.get(f"{path}/{closed}")).status_code == 401
