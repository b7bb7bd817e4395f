"""Duplicates over HTTP: refused with candidates, listed, kept as codes that lead on, told apart."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from registry_fixtures import IN_WEST, IssueKey

from addrsvc.auth.model import Scope

pytestmark = pytest.mark.anyio

HOUSE: dict[str, Any] = {
    "kind": "dwelling",
    "source": "field",
    "position": IN_WEST,
    "components": {"house_number": "1", "thoroughfare": "Đường Mẫu"},
}


@pytest.fixture
async def registrar(client: httpx.AsyncClient, issue_key: IssueKey) -> dict[str, str]:
    scopes = (Scope.ADDRESSES_READ, Scope.ADDRESSES_WRITE, Scope.ADDRESSES_OVERRIDE)
    return {"Authorization": f"Bearer {await issue_key(*scopes)}"}


async def test_from_refusal_to_a_code_that_leads_on(
    client: httpx.AsyncClient, writer: dict[str, str], registrar: dict[str, str]
) -> None:
    first = (await client.post("/v1/addresses", json=HOUSE, headers=writer)).json()
    refused = await client.post("/v1/addresses", json=HOUSE, headers=writer)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/duplicate-address")
    assert refused.json()["candidates"] == [
        {
            "ref": first["code"],
            "printed": first["printed"],
            "label": first["label"],
            "why": "same-components",
            "distance_m": 0.0,
        }
    ]
    assert first["printed"] in refused.json()["detail"]
    vpostcode = {"scheme": "vpostcode", "value": "75123ABCDE12"}
    reasoned = {**HOUSE, "distinct_because": "nhà sau, cùng số", "aliases": [vpostcode]}

    async def carriers() -> set[str]:
        found = await client.get("/v1/identifiers/vpostcode/75123ABCDE12")
        return {each["code"] for each in found.json()["items"]}

    forbidden = await client.post("/v1/addresses", json=reasoned, headers=writer)
    assert forbidden.status_code == 403
    second = (await client.post("/v1/addresses", json=reasoned, headers=registrar)).json()

    path = f"/v1/addresses/{second['code']}:duplicate-of"
    body = {"keep": first["printed"], "reason": "một nhà nhập hai lần"}
    dry = await client.post(
        path, params={"dry_run": True}, json=body, headers={**writer, "If-Match": '"1"'}
    )
    assert dry.json()["dry_run"] is True
    assert (await client.post(path, json=body, headers=writer)).status_code == 428
    done = await client.post(path, json=body, headers={**writer, "If-Match": '"1"'})
    assert done.status_code == 200, done.text
    assert [each["status"] for each in done.json()["addresses"]] == ["retired"]

    found = await client.get(f"/v1/addresses/{second['printed']}")
    assert (found.status_code, found.json()["code"]) == (200, first["code"])
    assert found.json()["resolved_from"] == {
        "code": second["code"],
        "printed": second["printed"],
        "relation": "duplicate",
    }
    assert first["code"] in await carriers()
    undone = await client.post(
        f"/v1/acts/{done.json()['act_id']}:undo", json={"reason": "nhầm"}, headers=writer
    )
    assert undone.status_code == 200, undone.text
    found = await client.get(f"/v1/addresses/{second['code']}")
    assert (found.json()["code"], found.json()["status"]) == (second["code"], "current")
    assert "resolved_from" not in found.json()
    assert await carriers() == {second["code"]}


async def test_groups_are_listed_until_told_apart(
    client: httpx.AsyncClient, writer: dict[str, str], registrar: dict[str, str]
) -> None:
    first = (await client.post("/v1/addresses", json=HOUSE, headers=writer)).json()
    other = {**HOUSE, "components": {**HOUSE["components"], "house_number": "3"}}
    second = (await client.post("/v1/addresses", json=other, headers=writer)).json()
    listing = {"commune": "25747"}
    listed = await client.get("/v1/duplicates", params=listing, headers=writer)
    assert listed.json() == {"items": [], "next": None, "groups": 0}
    assert (await client.get("/v1/duplicates", params=listing)).status_code == 401
    path = f"/v1/addresses/{first['code']}:distinct-from"
    body = {"other": second["printed"], "reason": "hai nhà"}
    assert (await client.post(path, json=body, headers=writer)).status_code == 403
    assert (await client.post(path, json=body, headers=registrar)).status_code == 200
    same = {"components": HOUSE["components"]}
    mended = await client.patch(
        f"/v1/addresses/{second['code']}", json=same, headers={**writer, "If-Match": "*"}
    )
    assert mended.status_code == 200, mended.text
    listed = await client.get("/v1/duplicates", params=listing, headers=writer)
    assert listed.json()["groups"] == 0
