"""Identifiers over HTTP: who sees what, added once, refused with the other address."""

from __future__ import annotations

import httpx
import pytest
from registry_fixtures import IN_EAST, IN_WEST

pytestmark = pytest.mark.anyio

LOCATION = {"scheme": "location-id", "value": "000 123 456 789", "source": "Sở Mẫu"}


async def register(client: httpx.AsyncClient, writer: dict[str, str], place: object) -> str:
    body = {"kind": "state_office", "source": "field", "position": place}
    answer = await client.post("/v1/addresses", json=body, headers=writer)
    code: str = answer.json()["code"]
    return code


async def test_added_found_translated_and_withdrawn(
    client: httpx.AsyncClient, writer: dict[str, str]
) -> None:
    one = await register(client, writer, IN_WEST)
    other = await register(client, writer, IN_EAST)
    path = f"/v1/addresses/{one}/identifiers"
    body = {**LOCATION, "confidence": 0.9, "valid_from": "2026-01-01"}
    once = {**writer, "Idempotency-Key": "one"}
    made = await client.post(path, json=body, headers=once)
    assert (made.status_code, made.json()["outcome"]) == (201, "added")
    assert (await client.post(path, json=body, headers=once)).json() == made.json()
    taken = await client.post(f"/v1/addresses/{other}/identifiers", json=LOCATION, headers=writer)
    assert (taken.status_code, taken.json()["other"]) == (409, one)
    old = {"scheme": "old-number", "value": "123/45/6A", "source": "biển số cũ"}
    assert (await client.post(path, json=old, headers=writer)).status_code == 201

    found = await client.get("/v1/identifiers/old-number/123/45/6a?to=location-id")
    [item] = found.json()["items"]
    assert item["code"] == one
    assert item["link"] == {
        "scheme": "old-number",
        "value": "123/45/6A",
        "confidence": None,
        "valid_from": None,
        "valid_to": None,
    }
    assert [each["value"] for each in item["identifiers"]] == ["000123456789"]
    assert (await client.get("/v1/identifiers/parcel/25747-1-1")).status_code == 401

    listed = (await client.get(path, headers=writer)).json()["identifiers"]
    assert {each["scheme"] for each in listed} == {"code", "location-id", "old-number", "plus-code"}
    assert {each["source"] for each in listed} >= {"Test", "Sở Mẫu", "computed"}

    asked = {
        "items": [{"scheme": "location-id", "value": "000123456789"}, {"scheme": "x", "value": "1"}]
    }
    resolved = (await client.post("/v1/identifiers:resolve", json=asked, headers=writer)).json()
    assert [each["matches"][0]["ref"] for each in resolved["items"][:1]] == [one]
    assert resolved["items"][1]["reason"]["type"] == "/problems/scheme-unknown"
    assert (await client.post("/v1/identifiers:resolve", json=asked)).status_code == 401

    wrong = {"scheme": "location-id", "value": "000123456789", "reason": "nhầm"}
    gone = await client.post(f"{path}:withdraw", json=wrong, headers=writer)
    assert gone.status_code == 200
    nothing = await client.get("/v1/identifiers/location-id/000123456789")
    assert (nothing.status_code, nothing.json()["items"]) == (200, [])
